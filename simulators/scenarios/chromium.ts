import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Debian's Chromium, without what would reach out of this machine. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface View {
  width: number;
  height: number;
  theme: 'dark' | 'light';
}

/** A person's own window. */
export const openWindow = (browser: Browser, { width, height, theme }: View): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });

/** Signs in at the desk as a person does. */
export async function signInAtDesk(
  page: Page,
  desk: { url: string; name: string; password: string },
): Promise<void> {
  await page.goto(desk.url);
  await page.getByLabel(/name/i).first().fill(desk.name);
  await page
    .getByLabel(/password/i)
    .first()
    .fill(desk.password);
  await page.keyboard.press('Enter');
  await page.getByText('Linden Pharmacy').first().waitFor();
}

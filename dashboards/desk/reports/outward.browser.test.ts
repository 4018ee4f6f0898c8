/// <reference types="node" />
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { breakIn } from '../fixtures/incidents.ts';
import { buildDesk, openBrowser } from '../testing/browser.ts';
import { type DeskServer, startDeskServer } from '../testing/server.ts';

let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let server: DeskServer;
let context: BrowserContext;
let complaints: string[] = [];

beforeAll(async () => {
  built = await buildDesk();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
afterEach(async () => {
  await context?.close();
  await server?.close();
});

async function open(
  path: string,
  width: number,
  theme: 'dark' | 'light',
  content: 'full' | 'empty' = 'full',
) {
  server = await startDeskServer({ folder: built.folder, isSignedIn: true, content, role: 'supervisor' });
  context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(server.address + path);
  return page;
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found, passes } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(passes.length).toBeGreaterThan(15);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** An address, and a text that is there once the page is. */
const places = [
  ['#/reports', 'Content SHA-256'],
  ['#/reports/scheduled', 'Made by themselves'],
  ['#/duties', 'Grave, and nobody has said anything yet'],
  [`#/duties/${breakIn.id}`, 'When we became aware'],
  ['#/intelligence', 'Techniques seen'],
  ['#/intelligence/indicators', 'TLP:AMBER+STRICT'],
  ['#/intelligence/feeds', 'it does not answer'],
  ['#/intelligence/sharing', 'What left, and what waits'],
] as const;

it.each([
  [390, 'light', places],
  // Each colour in each theme, each width once; not each with each.
  [834, 'light', places.filter(([path]) => path === '#/reports')],
  [1_440, 'dark', places],
] as const)(
  'no page breaks a rule of accessibility, nor its frame, at %d px, %s',
  async (width, theme, shown) => {
    const page = await open('#/reports', width, theme);
    for (const [path, text] of shown) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, path);
      await page.getByText(text).first().waitFor();
      expect({ path, found: await violations(page) }).toEqual({ path, found: [] });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect({ path, wider: Math.max(0, wider) }).toEqual({ path, wider: 0 });
      if (process.env.GATEHOUSE_SCREENS !== undefined)
        await page.screenshot({
          path: `${process.env.GATEHOUSE_SCREENS}/${path.replaceAll(/[#/]+/g, '-').slice(1, 24)}-${width}-${theme}.png`,
        });
    }
    expect(complaints).toEqual([]);
  },
  120_000,
);

it('awareness is stated with the keyboard alone, and the clocks run', async () => {
  const page = await open(`#/duties/${breakIn.id}`, 1_440, 'dark');
  await page.getByRole('button', { name: 'State it' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Moment of awareness').waitFor();
  await page.keyboard.press('Tab');
  for (let step = 0; step < 6; step++) {
    if (await page.getByRole('button', { name: 'Record' }).evaluate((one) => one === document.activeElement))
      break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByText('Mara Oduya acknowledged the incident (critical).').waitFor();
  const sent = server.received.find(({ path }) => path.endsWith('/awareness'));
  expect(sent?.token).toBe('t-1');
  expect(await page.getByRole('list', { name: 'Clocks' }).getByText('runs').count()).toBeGreaterThan(0);
});

it('says what is missing where there is nothing', async () => {
  const page = await open('#/duties', 1_440, 'light', 'empty');
  await page.getByText('Nobody has to be told of anything').waitFor();
  await page.evaluate(() => {
    location.hash = '#/intelligence/sharing';
  });
  await page.getByText('Nothing was shared yet').waitFor();
  expect(complaints).toEqual([]);
});

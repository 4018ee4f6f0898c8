/// <reference types="node" />
/** Assets and threats, risk, cascading effects: three pages over one landscape, in Chromium, with axe. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildDesk, openBrowser } from '../testing/browser.ts';
import { type DeskServer, startDeskServer } from '../testing/server.ts';

const LONG_MS = 60_000;
let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let server: DeskServer;
let context: BrowserContext;
let complaints: string[] = [];

beforeAll(async () => {
  built = await buildDesk();
  browser = await openBrowser();
}, LONG_MS);
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
afterEach(async () => {
  await context?.close();
  await server?.close();
  expect(complaints).toEqual([]);
});

async function open(
  path: string,
  options: { width?: number; theme?: 'dark' | 'light'; content?: 'full' | 'empty' } = {},
): Promise<Page> {
  const { width = 1_440, theme = 'light', content = 'full' } = options;
  server = await startDeskServer({ folder: built.folder, isSignedIn: true, content, role: 'supervisor' });
  context = await browser.newContext({
    // On a phone the bar below lies over what is scrolled under it: there all of a page is in sight.
    viewport: { width, height: width < 500 ? 6_000 : 1_000 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
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

/** Nothing is wider than the page. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const shot = async (page: Page, name: string) => {
  const folder = process.env.GATEHOUSE_SCREENS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
};

/** Each page in both themes and two widths; not each with each: axe takes seconds for each. */
const screens = [
  [1_440, 'light', 'desk', ['assets', 'cascade']],
  [834, 'dark', 'tablet', ['risk', 'mitigations', 'assets']],
  [390, 'light', 'phone', ['risk', 'cascade']],
] as const;

const steps = {
  async assets(page: Page) {
    await page.goto(`${server.address}#/assets/map/fridge-1`);
    await page.getByRole('button', { name: /^Medicine fridge 1, Fridge\./ }).waitFor();
    await page.getByRole('heading', { name: 'Needed by' }).waitFor();
  },
  async risk(page: Page) {
    await page.goto(`${server.address}#/risk`);
    await page.getByRole('heading', { name: 'Heat map' }).waitFor();
  },
  async mitigations(page: Page) {
    await page.goto(`${server.address}#/risk/mitigations`);
    await page.getByText('Without it').first().waitFor();
  },
  async cascade(page: Page) {
    await page.goto(`${server.address}#/cascade/fail/linden-mains:down`);
    await page.getByRole('heading', { name: 'Strongest paths' }).waitFor();
    await page.locator('fieldset').nth(1).getByRole('button', { name: 'Add' }).click();
    await page.getByText('With the changes').first().waitFor();
  },
};

it.each(screens)(
  'no page breaks a rule of accessibility at %i px, %s',
  async (width, theme, name, shown) => {
    const page = await open('#/assets', { width, theme });
    for (const step of shown) {
      await steps[step](page);
      await shot(page, `${step}-${name}`);
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
  },
  LONG_MS,
);

it(
  'the map is walked, an asset changed and taken into use by keyboard alone',
  async () => {
    const page = await open('#/assets');
    const map = page.locator('.asset-drawing');
    await map.waitFor();
    await page.getByRole('button', { name: 'Nearer' }).focus();
    const before = await map.getAttribute('viewBox');
    await page.keyboard.press('Enter');
    expect(await map.getAttribute('viewBox')).not.toBe(before);
    await map.locator('[tabindex="0"]').focus();
    const first = await page.evaluate(() => document.activeElement?.getAttribute('data-asset'));
    await page.keyboard.press('ArrowRight');
    const second = await page.evaluate(() => document.activeElement?.getAttribute('data-asset'));
    expect(second).not.toBe(first);
    await page.goto(`${server.address}#/assets/map/fridge-1`);
    await page.getByRole('button', { name: 'Edit', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog');
    const needs = dialog.getByLabel('Needs');
    await needs.fill('nowhere');
    await needs.press('Enter');
    await dialog.getByText('there is no asset "nowhere".').waitFor();
    expect(await needs.getAttribute('aria-invalid')).toBe('true');
    await needs.fill('');
    await dialog.getByLabel('Name', { exact: false }).first().fill('Fridge by the window');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${server.address}#/assets/waiting`);
    await page.getByText('name: … → Fridge by the window').waitFor();
    await page.getByRole('button', { name: 'Take into use' }).press('Enter');
    await page.getByText('Nothing waits').waitFor();
    expect(server.received.map(({ path }) => path)).toEqual([
      '/api/registry/assets/fridge-1',
      '/api/registry/assets/fridge-1',
      '/api/registry/use',
    ]);
  },
  LONG_MS,
);

it(
  'a what-if is kept and found again by its address; a risk is decided on',
  async () => {
    const page = await open('#/cascade/fail/linden-mains:down');
    await page.getByRole('heading', { name: 'Strongest paths' }).waitFor();
    await page.getByRole('button', { name: 'Keep this comparison' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Power cut with a UPS');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/cascade\/kept\/kept-1$/);
    await page.getByRole('link', { name: 'Power cut with a UPS' }).waitFor();
    await page.goto(`${server.address}#/risk`);
    await page
      .getByRole('button', { name: /^Decide on / })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Decision').selectOption('accept');
    await dialog.getByRole('button', { name: 'Decide' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Accepted').first().waitFor();
    expect(server.received.at(-1)?.body).toMatchObject({ decision: 'accept', owner: 'Mara Oduya' });
  },
  LONG_MS,
);

it(
  'nothing there is said as such',
  async () => {
    const page = await open('#/risk', { content: 'empty', theme: 'dark' });
    await page.getByText('No risk is written down').waitFor();
    await page.getByRole('button', { name: 'Choose a starter catalogue' }).click();
    await page
      .getByLabel(/^Starter catalogue for/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.address}#/assets`);
    await page.getByText('Nothing to draw').waitFor();
    await page.goto(`${server.address}#/cascade`);
    await page.getByText('Nothing was asked yet').waitFor();
    expect(await violations(page)).toEqual([]);
  },
  LONG_MS,
);

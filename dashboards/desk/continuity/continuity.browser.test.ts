/// <reference types="node" />
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { builtApplication, openWindow, stageBrowser, type Window } from '../../kit/testing/stage.ts';
import { breakIn } from '../fixtures/incidents.ts';
import { type DeskServer, startDeskServer } from '../testing/server.ts';

let folder: string;
let browser: Browser;
let server: DeskServer;
let window: Window;
/** Where to keep pictures of the pages; they are looked at by people. */
const screens = process.env.GATEHOUSE_SCREENS;

beforeAll(async () => {
  [folder, browser] = await Promise.all([builtApplication('desk'), stageBrowser()]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  await window?.context.close();
  await server?.close();
});

async function open(path: string, width: number, theme: 'dark' | 'light'): Promise<Page> {
  server = await startDeskServer({ folder, isSignedIn: true, role: 'supervisor' });
  window = await openWindow(browser, server.address, { width, theme, height: width < 500 ? 844 : 950 });
  await window.page.goto(`${server.address}#/${path}`);
  return window.page;
}
const go = async (page: Page, path: string, text: string) => {
  await page.evaluate((to) => {
    location.hash = to;
  }, `#/${path}`);
  await page.getByText(text).first().waitFor();
};
async function expectGood(page: Page, name: string): Promise<void> {
  if (screens !== undefined) await page.screenshot({ path: `${screens}/${name}.png` });
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

it.each([
  [1_440, 'light'],
  [390, 'dark'],
] as const)('breaks no rule of accessibility at %i, %s', async (width, theme) => {
  const page = await open('continuity', width, theme);
  await page.getByText('Checkout and payment of the shop').waitFor();
  await expectGood(page, `list-${width}`);
  await go(page, 'continuity/recovery/r-1', 'Choose the fall-back and move the goods');
  await expectGood(page, `recovery-${width}`);
  await go(page, 'continuity/plan/cold', 'Cool boxes with conditioned packs');
  await expectGood(page, `plan-${width}`);
  await go(page, 'continuity/plan/cold/edit', 'Add a fall-back');
  await expectGood(page, `editor-${width}`);
  await go(page, 'continuity/exercise/e-2', 'Lessons written');
  await expectGood(page, `exercise-${width}`);
  await go(page, 'continuity/lessons', 'A second logger for the boxes');
  await expectGood(page, `lessons-${width}`);
});

it('a recovery is worked through by the keyboard alone, from the incident on', async () => {
  const page = await open(`incidents/${breakIn.id}`, 1_440, 'light');
  await page.getByText('until it fails').waitFor();
  if (screens !== undefined)
    await page
      .getByRole('heading', { name: 'Keep going' })
      .locator('xpath=../..')
      .screenshot({ path: `${screens}/panel.png` });
  await page.getByRole('button', { name: 'Activate plan: Cold chain' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Why, in a sentence').focus();
  await page.keyboard.type('It will be warm in an hour');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('timer').waitFor();
  await page.getByRole('button', { name: 'Done: Stop handing out' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Open again: Stop handing out' }).waitFor();
  await page.getByRole('button', { name: 'Take this way: Cool boxes' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Leave it again: Cool boxes' }).waitFor();
  expect(
    server.received.filter(({ path }) => path.startsWith('/api/continuity')).map(({ body }) => body),
  ).toEqual([
    { plan: 'cold', text: 'It will be warm in an hour', incident: breakIn.id },
    { type: 'done', step: 's2', text: '' },
    { type: 'take', fallback: 'cool-boxes', text: '' },
  ]);
  expect(window.complaints).toEqual([]);
});

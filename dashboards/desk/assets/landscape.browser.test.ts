/// <reference types="node" />
/** Assets and threats, risk, cascading effects: three pages over one landscape, in Chromium. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sweep } from '../../kit/testing/accessibility.ts';
import { type DeskOptions, type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import type { DeskServer } from '../testing/server.ts';

const LONG_MS = 60_000;
let browser: Browser;
let desk: OpenDesk | undefined;
let server: DeskServer;
let complaints: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await desk?.close();
  desk = undefined;
  expect(complaints).toEqual([]);
});

async function open(path: string, options: DeskOptions = {}): Promise<Page> {
  desk = await openDesk(browser, path, { role: 'supervisor', ...options });
  ({ server, complaints } = desk);
  return desk.page;
}

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
    const page = await open('#/risk', { content: 'empty' });
    await page.getByText('No risk is written down').waitFor();
    await page.getByRole('button', { name: 'Choose a starter catalogue' }).click();
    await page
      .getByLabel(/^Starter catalogue for/)
      .first()
      .waitFor();
    expect(await sweep(page)).toEqual([]);
    await page.goto(`${server.address}#/assets`);
    await page.getByText('Nothing to draw').waitFor();
    await page.goto(`${server.address}#/cascade`);
    await page.getByText('Nothing was asked yet').waitFor();
  },
  LONG_MS,
);

/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { breakIn } from '../fixtures/incidents.ts';
import { type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import type { DeskServer } from '../testing/server.ts';

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
});

async function open(
  path: string,
  width: number,
  theme: 'dark' | 'light',
  content: 'full' | 'empty' = 'full',
): Promise<Page> {
  desk = await openDesk(browser, path, { width, theme, content, role: 'supervisor' });
  ({ server, complaints } = desk);
  return desk.page;
}

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
  await expect.poll(() => server.received.find(({ path }) => path.endsWith('/awareness'))?.token).toBe('t-1');
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

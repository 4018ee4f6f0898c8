/// <reference types="node" />
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sweep } from '../../kit/testing/accessibility.ts';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import { en } from './words.ts';

let browser: Browser;
let desk: OpenDesk | undefined;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

it('a gateway is enrolled and another cut off, by the keyboard alone', async () => {
  desk = await openDesk(browser, '#/gateways', { width: 1_440, theme: 'light', role: 'administrator' });
  const { page, server } = desk;
  await page.getByText('linden-gateway').first().waitFor();
  expect(await sweep(page)).toEqual([]);
  await page.getByRole('button', { name: 'Enrol a gateway' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Name of the gateway').fill('annex-gateway');
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: 'The code as a square to scan' }).waitFor();
  expect(await page.getByText('gatehouse enrol 04Z8K').isVisible()).toBe(true);
  expect(server.received.at(-1)).toMatchObject({
    path: '/api/gateways/codes',
    body: { gateway: 'annex-gateway', site: 'linden', lifetimeMs: 3_600_000 },
  });
  expect(await sweep(page)).toEqual([]);
  await page.getByRole('button', { name: 'Done' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Cut off linden-gateway' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Why').fill('stolen with the safe');
  await page.keyboard.press('Enter');
  await page.getByText('To be made anew').waitFor();
  expect(await page.getByText('camera password: camera').isVisible()).toBe(true);
}, 60_000);

it('has all its texts, and uses all of them', () => {
  const source = sourcesIn(new URL('.', import.meta.url).pathname);
  const { missing, unused } = keyUse(source, 'words', Object.keys(en));
  expect(missing).toEqual([]);
  // These are said by the names that the cloud gives.
  expect(unused.filter((key) => !/^(state|sealing|bundle)\./.test(key))).toEqual([]);
});

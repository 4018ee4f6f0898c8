/// <reference types="node" />
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sweep } from '../../kit/testing/accessibility.ts';
import { type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';

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

it('shows the 19 tools; one is switched off by the keyboard, with a reason, and its page is gone', async () => {
  // As it was called once.
  desk = await openDesk(browser, '#/monitors', { width: 1_440, theme: 'light', role: 'administrator' });
  const { page, server } = desk;
  await page.getByText('5 of 9 at work').waitFor();
  await page.getByText('8 of 10 at work').waitFor();
  await page.getByText('The last 2 it found').click();
  expect(await page.getByRole('link', { name: /store room camera/ }).getAttribute('href')).toContain(
    '#/incidents/',
  );
  const navigation = page.getByRole('navigation').first();
  expect(await navigation.getByRole('link', { name: 'Risk and resilience', exact: true }).count()).toBe(1);

  await page.getByRole('switch', { name: 'Incident desk at work' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This stands still with it: Response.').waitFor();
  expect(await sweep(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await page.getByRole('switch', { name: 'Risk and resilience at work' }).focus();
  await page.keyboard.press('Space');
  await dialog.getByText('There is no register').waitFor();
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Switch off' }).click();
  await dialog.getByLabel('Why is it switched off?').fill('Another house keeps the register');
  await dialog.getByRole('button', { name: 'Switch off' }).press('Enter');
  await page.getByText('Another house keeps the register').waitFor();
  await page.getByText('7 of 10 at work').waitFor();
  await expect
    .poll(() => navigation.getByRole('link', { name: 'Risk and resilience', exact: true }).count())
    .toBe(0);
  await page.getByRole('button', { name: /^Accept: A script/ }).click();
  await page.getByText('All is as it was.').waitFor();
  expect(server.received.map(({ path, body }) => [path, body])).toEqual([
    ['/api/toolkit/risk', { enabled: false, reason: 'Another house keeps the register' }],
    ['/api/integrity/accept', { id: 'f1' }],
  ]);
}, 60_000);

it('offers no switch to others, fits a phone, and says what can not be had', async () => {
  desk = await openDesk(browser, '#/toolkit', { width: 360, theme: 'dark' });
  const { page, server } = desk;
  await page.getByText('5 of 9 at work').waitFor();
  expect(await page.getByRole('switch').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  server.fail(true);
  await page.reload();
  await page.getByText('The store does not answer.').first().waitFor();
}, 60_000);

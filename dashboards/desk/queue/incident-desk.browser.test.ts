/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { violations } from '../../kit/testing/accessibility.ts';
import { breakIn } from '../fixtures/incidents.ts';
import { type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import type { DeskServer } from '../testing/server.ts';

const LONG_MS = 60_000;
let browser: Browser;
let desk: OpenDesk | undefined;
let server: DeskServer;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

async function open(path: string, width: number, theme: 'dark' | 'light'): Promise<Page> {
  desk = await openDesk(browser, path, { width, theme, role: 'supervisor' });
  ({ server } = desk);
  return desk.page;
}

it('with the keyboard alone several are chosen and closed with one reason', {
  timeout: LONG_MS,
}, async () => {
  const page = await open('#/incidents', 1_440, 'dark');
  await page.getByRole('link', { name: /Cool store/ }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  const bar = page.getByRole('region', { name: 'With those chosen' });
  await bar.getByText('3 chosen').waitFor();
  expect(await violations(page)).toEqual([]);
  await bar.getByRole('button', { name: 'False alarm' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel(/Why, for the record/).fill('A test of the siren.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => server.received.at(-1))
    .toMatchObject({
      path: '/api/incidents/bulk',
      body: { verb: 'false-alarm', text: 'A test of the siren.', ids: expect.arrayContaining([breakIn.id]) },
    });
  await page.getByText(/3 were left as they are/).waitFor();
});

it('a view is kept under a name', { timeout: LONG_MS }, async () => {
  const page = await open('#/incidents', 390, 'light');
  await page.getByLabel('Severity').selectOption('high');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view' }).click();
  await page.getByLabel(/^Name/).fill('Urgent');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect
    .poll(() => server.received.at(-1)?.body)
    .toEqual({
      name: 'Urgent',
      shared: false,
      view: { states: ['open', 'acknowledged', 'contained'], severity: 'high' },
    });
});

it('an incident’s links are read from its graph, its time is zoomed, and one sees who writes', {
  timeout: LONG_MS,
}, async () => {
  const page = await open(`#/incidents/${breakIn.id}`, 1_440, 'light');
  await page.getByText('Tom Feld is writing').waitFor();
  const edge = page.locator('.why-edge').first();
  await edge.focus();
  await page.keyboard.press('Enter');
  await page.locator('.why-evidence li').first().waitFor();
  const marks = await page.locator('.step-mark').count();
  await page.locator('.timeline').getByRole('button', { name: 'Closer' }).focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect.poll(() => page.locator('.step-mark').count()).toBeLessThan(marks);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('0');
  await expect.poll(() => page.locator('.step-mark').count()).toBe(marks);
});

it('a search says where it is wrong, takes the suggestion, and narrows by a facet', {
  timeout: LONG_MS,
}, async () => {
  const page = await open('#/search', 1_440, 'dark');
  await page.getByText('20 found').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('kind:door.opend');
  await page.keyboard.press('Enter');
  await page.getByText(/At column 1/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'kind:door.opened', exact: true }).click();
  await page.getByText('20 found').waitFor();
  await page.locator('.hunt-row summary').first().focus();
  await page.keyboard.press('Enter');
  await page.getByText('gw/e/0').waitFor();
});

it('one goes on duty and hands over with a note', { timeout: LONG_MS }, async () => {
  const page = await open('#/shifts', 834, 'dark');
  await page.getByText('Tom Feld').first().waitFor();
  await page.getByRole('button', { name: 'Go on duty' }).press('Enter');
  await page.getByRole('button', { name: 'Hand over' }).press('Enter');
  await page.getByLabel(/What the next one has to know/).fill('The back door sticks.');
  expect(await violations(page)).toEqual([]);
  await page.locator('dialog').getByRole('button', { name: 'Hand over' }).press('Enter');
  await expect.poll(() => server.received.at(-1)?.body).toEqual({ note: 'The back door sticks.' });
});

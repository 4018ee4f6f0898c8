/**
 * The pages of a site for docs/screens, on an ordinary morning: GATEHOUSE_SCREENS=docs/screens names where they go.
 * Those with alarms, and the desk's, come from break-in.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../stage/stage.ts';
import { openChromium, openWindow, type View } from './chromium.ts';

const screens = process.env.GATEHOUSE_SCREENS;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-screens-'));
const ending = new AbortController();
const SPEED = 30;
/** The shop has been open for a while; there have been badges, and fridges that were stocked. */
const ORIGIN = Date.parse('2026-11-24T09:10:00+01:00');
/** How much of the morning is to have passed. */
const STORY_MS = 35 * 60_000;

const tablet: View = { width: 1_280, height: 860, theme: 'light' };
const phone: View = { width: 390, height: 844, theme: 'dark' };

async function signIn(page: Page, { pinOf }: Stage['sitePage']): Promise<void> {
  const [[person = '', pin = ''] = []] = Object.entries(pinOf);
  await page.getByRole('button', { name: 'See pictures' }).click();
  const dialog = page.getByRole('dialog').last();
  await dialog.getByRole('button', { name: person }).click();
  for (const digit of pin) await dialog.getByRole('button', { name: digit, exact: true }).click();
  await dialog.getByRole('button', { name: 'OK' }).click();
}

describe.skipIf(screens === undefined)('the site page on an ordinary morning', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await openStage(
      {
        folder: join(folder, 'run'),
        port: 0,
        speed: SPEED,
        originMs: ORIGIN,
        seed: 7,
        withDay: true,
        say: () => {},
      },
      ending.signal,
    );
    browser = await openChromium();
    await new Promise((resolve) => setTimeout(resolve, STORY_MS / SPEED));
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await stage?.stop();
    ending.abort();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['tablet', tablet, '', ['', 'today', 'cameras', 'temperatures', 'devices']],
    ['phone in the dark', phone, '-phone-dark', ['', 'cameras']],
  ] as const)(
    'on a %s',
    async (_name, view, suffix, sections) => {
      const window = await openWindow(browser, view);
      const page = await window.newPage();
      page.setDefaultTimeout(30_000);
      await page.goto(`${stage.sitePage.url}/#/cameras`);
      await signIn(page, stage.sitePage);
      await page.locator('.live-picture').first().waitFor();
      for (const section of sections) {
        await page.goto(`${stage.sitePage.url}/#/${section}`);
        await page.locator('h1').first().waitFor();
        // Pictures and curves come a moment later.
        await page.waitForTimeout(3_500);
        expect(await page.locator('main').textContent()).not.toMatch(/\{\w+\}|undefined|NaN/);
        await page.screenshot({
          path: join(screens ?? folder, `site-${section === '' ? 'now' : section}${suffix}.png`),
        });
      }
      await window.close();
    },
    120_000,
  );
});

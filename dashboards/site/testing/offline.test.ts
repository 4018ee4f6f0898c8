/// <reference types="node" />
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sweep } from '../../kit/testing/accessibility.ts';
import * as pages from '../fixtures/pages.ts';
import { buildSite, openBrowser } from './browser.ts';
import { startSiteServer } from './server.ts';

const WITH_A_BROWSER_MS = 90_000;
let built: Awaited<ReturnType<typeof buildSite>>;
let browser: Browser;

beforeAll(async () => {
  built = await buildSite();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

async function open(locale = 'en-GB') {
  const server = await startSiteServer({ folder: built.folder, page: pages.alarm });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale });
  onTestFinished(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(server.address);
  return { server, page };
}

describe('on a phone', { timeout: WITH_A_BROWSER_MS }, () => {
  it('opens without the gateway, says since when it was not heard, and comes back by itself', async () => {
    const { server, page } = await open();
    await page.getByRole('heading', { name: '2 alarms' }).waitFor();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await server.vanish();
    await page.reload();
    await page.getByText('The gateway has not been heard since 10:42').waitFor();
    await page.getByText('Lindenhof Pharmacy').waitFor();
    expect(await page.getByText('2 alarms').count()).toBe(0);
    expect(await sweep(page)).toEqual([]);
    // Nothing that the gateway says is kept on the device.
    const kept = await page.evaluate(async () => {
      const [name = ''] = await caches.keys();
      return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
    });
    expect(kept.length).toBeGreaterThan(4);
    expect(kept.filter((path) => path.includes('/api/'))).toEqual([]);
  });

  it('can be installed: a manifest with icons that are there and as large as they say', async () => {
    const { page, server } = await open();
    const href = await page.locator('link[rel=manifest]').getAttribute('href');
    const manifest: { display: string; start_url: string; icons: { src: string; sizes: string }[] } = await (
      await fetch(new URL(href ?? '', server.address))
    ).json();
    expect(manifest).toMatchObject({ display: 'standalone', start_url: './' });
    for (const { src, sizes } of manifest.icons) {
      const bytes = await readFile(join(built.folder, src));
      // PNG: width and height stand at bytes 16 and 20 (RFC 2083, 11.2.1).
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
    }
  });
});

describe('languages', { timeout: WITH_A_BROWSER_MS }, () => {
  it('German: the page, the alarm’s words and its instruction; the choice is kept', async () => {
    const { page } = await open('de-DE');
    await page.getByRole('heading', { name: '2 Alarme' }).waitFor();
    await page.getByText('wurde ohne Karte, Taster oder Entriegelung geöffnet').waitFor();
    await page.getByText(/Gehen Sie nicht allein hin/).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.goto(page.url().replace(/#.*|$/, '#/more'));
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'More' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'More' }).waitFor();
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Mehr' }).waitFor();
  });

  it.each([
    ['fr-FR', 'Maintenant', '2 alarmes', /ouverture sans badge/],
    ['es-ES', 'Ahora', '2 alarmas', /se abrió sin tarjeta/],
    ['it-IT', 'Adesso', '2 allarmi', /aperta senza badge/],
  ])('%s: the page and the alarm’s words', async (locale, now, alarms, words) => {
    const { page } = await open(locale);
    await page.getByRole('link', { name: now }).waitFor();
    await page.getByRole('heading', { name: alarms }).waitFor();
    await page.getByText(words).waitFor();
  });
});

/// <reference types="node" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SitePage } from '../../../edge/api/contract.ts';
import { day, quietDay, walked, walking } from '../fixtures/day.ts';
import * as pages from '../fixtures/pages.ts';
import { dayStart } from '../today/day-start.ts';
import { buildSite, type OpenOptions, openBrowser, openSite } from './browser.ts';

const MANY_CHECKS_MS = 120_000;
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

const open = (shown: SitePage, path: string, options: OpenOptions = {}) =>
  openSite(browser, built.folder, shown, path, options);

describe('the day', { timeout: MANY_CHECKS_MS }, () => {
  it('tells who was last at a door, and those who were refused', async () => {
    const { page } = await open(pages.calm, '#/today');
    const door = page.locator('.pass-door', { hasText: 'Back door' });
    await door.getByText('Jonas Keller').waitFor();
    await door.getByText('3 more before').click();
    await door.getByText('Unknown badge').waitFor();
    await page.getByText('Alarm switched off, Anna Weber').waitFor();
    expect(await page.locator('.happening').count()).toBe(day.entries.length);
  });
  it('is told in the reader’s language, alarms as well', async () => {
    const { page } = await open(pages.calm, '#/today', { locale: 'de-DE' });
    await page.getByText('Medicine fridge 1 ist nicht mehr im erlaubten Temperaturbereich.').waitFor();
    await page.getByText('Alarmanlage aus, Anna Weber').waitFor();
  });
  it('says that nothing has happened, and why it can’t be had', async () => {
    const quiet = await open(pages.calm, '#/today', { server: { day: quietDay } });
    await quiet.page.getByText('Nothing has happened yet').waitFor();
    const failing = await open(pages.calm, '#/today', { server: { day: 'failing' } });
    await failing.page.getByText('The gateway could not do that.').waitFor();
    await failing.page.getByRole('button', { name: 'Try again' }).waitFor();
  });
  it('begins at the site’s midnight, also on the days on which the clock is changed', () => {
    const berlin = 'Europe/Berlin';
    expect(dayStart(Date.UTC(2026, 6, 1, 10, 30), berlin)).toBe(Date.UTC(2026, 5, 30, 22));
    expect(dayStart(Date.UTC(2026, 2, 29, 12), berlin)).toBe(Date.UTC(2026, 2, 28, 23));
    expect(dayStart(Date.UTC(2026, 9, 25, 12), berlin)).toBe(Date.UTC(2026, 9, 24, 22));
    expect(dayStart(Date.UTC(2026, 9, 25, 0, 30), berlin)).toBe(Date.UTC(2026, 9, 24, 22));
  });
});

describe('arming by zone', { timeout: MANY_CHECKS_MS }, () => {
  it('says before arming what is ready, blocked and left out, and leaves out by name', async () => {
    const { page, server } = await open(pages.calm, '', { server: { isSignedIn: true } });
    await page.getByRole('button', { name: 'Choose zones' }).click();
    const dialog = page.getByRole('dialog');
    const store = dialog.locator('.zone', { hasText: 'Store room' });
    await store.getByText('Blocked').waitFor();
    await store.getByText('it is open').waitFor();
    await store.getByRole('switch').click();
    await store.getByText('Left out').waitFor();
    await store.getByText('Watched all the same: Controlled-drugs cabinet').waitFor();
    await dialog.getByRole('button', { name: 'Switch on: 2 zones' }).click();
    await page.getByText('Leave now').waitFor();
    expect(server.received.at(-1)?.body).toEqual({
      mode: 'away',
      bypass: ['store-room-door', 'store-room-motion'],
    });
  });
});

describe('a walk test', { timeout: MANY_CHECKS_MS }, () => {
  it('ticks sensors off as they are heard, and names those that were not', async () => {
    const { page, server } = await open(walking, '#/walk-test');
    await page.getByText('2 of 5 sensors heard').waitFor();
    await page.locator('.try-ask', { hasText: 'Store room motion' }).getByText('Walk past it').waitFor();
    const { walkTest } = walking;
    if (walkTest === undefined) throw new Error('no walk test');
    const points = walkTest.points.map((point) =>
      point.asset === 'store-room-motion' ? { ...point, heardAt: pages.NOW } : point,
    );
    server.show({ ...walking, walkTest: { ...walkTest, points } });
    await page.getByText('3 of 5 sensors heard').waitFor();
    server.show(walked);
    await page.locator('.try-ask', { hasText: 'Back door reader' }).getByText('Was not heard').waitFor();
  });
});

describe('a device in use', { timeout: MANY_CHECKS_MS }, () => {
  it('is taken out of use only when that is said twice', async () => {
    const { page } = await open(pages.calm, '#/devices', { server: { isSignedIn: true } });
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'DELETE') asked.push(decodeURIComponent(new URL(request.url()).pathname));
    });
    const takeOut = page.getByRole('button', { name: 'Take out of use: Siren relay' });
    await takeOut.waitFor();
    await takeOut.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Siren relay tells about nothing any more/).waitFor();
    expect(asked).toEqual([]);
    await dialog.getByRole('button', { name: 'Take out of use' }).click();
    await page.getByText('Siren relay is out of use.').waitFor();
    expect(asked).toEqual(['/api/devices/shelly:shellyplus1-siren']);
  });
});

describe('goods that were too warm', { timeout: MANY_CHECKS_MS }, () => {
  it('wait for a decision, which needs a reason and a person', async () => {
    const [fridge, ...others] = pages.alarm.temperatures;
    if (fridge === undefined) throw new Error('no fridge');
    const startedAt = pages.NOW - 3_600_000;
    const warm: SitePage['temperatures'][number] = {
      ...fridge,
      excursion: { side: 'above', startedAt, peakCelsius: 11.3, peakAt: pages.NOW, stage: 'excursion' },
      setApart: [{ startedAt, quarantinedAt: pages.NOW - 600_000, side: 'above', peakCelsius: 11.3 }],
      calibration: { state: 'overdue', text: '' },
    };
    const { page, server } = await open(
      { ...pages.alarm, temperatures: [warm, ...others] },
      '#/temperatures',
      {
        server: { isSignedIn: true },
      },
    );
    await page.getByText('Goods are set apart').waitFor();
    await page.getByText(/Too warm for 1 h/).waitFor();
    await page.getByRole('button', { name: 'Release the goods' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Release the goods' }).click();
    await dialog.getByText('Say why').waitFor();
    await dialog.getByLabel(/Reason/).fill('The maker allows 12 h at 15 °C.');
    await dialog.getByRole('button', { name: 'Release the goods' }).click();
    await page.getByText('The decision is written down.').waitFor();
    expect(server.received.at(-1)).toMatchObject({
      path: '/api/cold-chain/fridge-1/decision',
      body: { startedAt, decision: 'release', reason: 'The maker allows 12 h at 15 °C.' },
    });
  });
});

describe('changed rules', { timeout: MANY_CHECKS_MS }, () => {
  it('show what would come as well and what would not come any more', async () => {
    const { page, server } = await open(pages.calm, '#/rules', { server: { isSignedIn: true } });
    const rules = page.getByLabel('Settings');
    await rules.fill('- rule: held-open');
    await page.getByText('7 days').click();
    await page.getByRole('button', { name: 'Try them' }).click();
    await page.getByText('Would come as well').waitFor();
    await page.getByText('Would not come any more').waitFor();
    await page.getByText('Paul Schnell at Delivery entrance: outside the hours').waitFor();
    expect(server.received.at(-1)).toMatchObject({
      path: '/api/rules/try',
      body: { text: '- rule: held-open', hours: 168 },
    });
  });
});

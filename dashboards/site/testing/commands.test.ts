/// <reference types="node" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BadgeSignIn, SiteCommand } from '../../../edge/api/contract.ts';
import { newestFor } from '../commands/command-actions.ts';
import * as pages from '../fixtures/pages.ts';
import { buildSite, openBrowser, openSite } from './browser.ts';

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

const open = (
  shown: Parameters<typeof openSite>[2],
  path = '',
  options: Parameters<typeof openSite>[4] = {},
) => openSite(browser, built.folder, shown, path, options);

describe('a command', { timeout: MANY_CHECKS_MS }, () => {
  it('that is dangerous is asked first, given by keyboard alone, and says what came of it', async () => {
    const { page, server } = await open(pages.calm, '', {
      server: { isSignedIn: true, outcome: 'confirmed' },
    });
    const door = page.locator('.tile', { hasText: 'Back door' }).first();
    const unlock = door.getByRole('button', { name: 'Unlock: Back door lock' });
    await unlock.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Unlock: Back door lock' });
    await dialog.getByText('Whoever stands there can come in.').waitFor();
    expect(server.received.map(({ path }) => path)).toEqual(['/api/commands']);
    await dialog.getByRole('button', { name: 'Unlock', exact: true }).focus();
    await page.keyboard.press('Enter');
    await door.getByText('done, the device says so itself').waitFor();
    await door.getByText('Anna Weber, 10:42').waitFor();
    expect(server.received).toMatchObject([
      { path: '/api/commands', token: 't-1', body: { action: 'lock.unlock', asset: 'back-door-lock' } },
      { path: '/api/commands/q-1/confirm', token: 't-1' },
    ]);
  });
  it('is not given when Escape leaves the question', async () => {
    const { page, server } = await open(pages.calm, '', { server: { isSignedIn: true } });
    const sound = page.getByRole('button', { name: 'Sound: Siren' });
    await sound.click();
    await page.getByRole('dialog').getByText('The whole street hears it.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(server.received.map(({ path }) => path)).toEqual(['/api/commands']);
    expect(await sound.evaluate((element) => element === document.activeElement)).toBe(true);
  });
  it('whose question came too late is asked anew', async () => {
    const { page, server } = await open(pages.calm, '', { server: { isSignedIn: true, isLate: true } });
    await page.getByRole('button', { name: 'Sound: Siren' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Sound', exact: true }).click();
    await expect.poll(() => server.received.filter(({ path }) => path === '/api/commands').length).toBe(2);
    await dialog.getByText('The whole street hears it.').waitFor();
  });
  it('that must not be given is not offered, and it says why; every outcome has its words', async () => {
    const { page, server } = await open(pages.troubled, '', { server: { isSignedIn: true } });
    const door = page.locator('.tile', { hasText: 'Back door' }).first();
    await door.getByText(/Can’t be unlocked now: Back door lock is not connected/).waitFor();
    expect(await door.getByRole('button', { name: /Unlock/ }).count()).toBe(0);
    await door.getByText('not done, the device was not reached in time').waitFor();
    await page.getByText('go and look').waitFor();
    await page.getByText('Safe lock').first().waitFor();
    server.show(pages.calm);
    await page.getByText(/Can’t be locked from here: Front door is an escape route/).waitFor();
  });
  it('given here is shown as sent until the gateway tells of it, and not for ever', () => {
    const command = (id: string, at: number, state: SiteCommand['state']): SiteCommand => ({
      command: id,
      action: 'lock.lock',
      asset: 'bolt',
      by: '',
      at,
      state,
    });
    const own = new Map([['bolt', command('b', 1_000, 'sent')]]);
    expect(newestFor('bolt', [], own, 1_500)?.state).toBe('sent');
    expect(newestFor('bolt', [command('b', 1_000, 'failed')], own, 1_500)?.state).toBe('failed');
    expect(newestFor('bolt', [command('a', 900, 'failed')], own, 1_500)?.command).toBe('b');
    expect(newestFor('bolt', [command('c', 1_200, 'failed')], own, 1_500)?.command).toBe('c');
    expect(newestFor('bolt', [], own, 100_000)).toBeUndefined();
    expect(newestFor('other', [command('b', 1_000, 'failed')], own, 1_500)).toBeUndefined();
  });
});

describe('the monitoring station', { timeout: MANY_CHECKS_MS }, () => {
  it('stands among the devices with each line, and above everything when none answers', async () => {
    const { page, server } = await open(pages.calm, '#/devices');
    const card = page.locator('.card', { hasText: 'Monitoring station' });
    await card.getByText('Answers').waitFor();
    await card.getByText('Not tried yet').waitFor();
    await card.getByText('Every alarm was acknowledged there.').waitFor();
    server.show(pages.troubled);
    await page.getByText('Nobody hears an alarm there now.').waitFor();
    await card.getByText('not encrypted').waitFor();
    await card.getByText('2 alarms were not acknowledged there yet.').waitFor();
    server.show(pages.empty);
    await card.getByText('Alarms go to no monitoring station.').waitFor();
  });
});

describe('a live picture', { timeout: MANY_CHECKS_MS }, () => {
  const [camera] = pages.cameraStatus;
  if (camera === undefined) throw new Error('no camera');

  it('renews itself, says its age, and stops while nobody sees it', async () => {
    let taken = 0;
    const { page, server } = await open(pages.calm, '#/cameras', {
      server: { isSignedIn: true, cameras: () => [{ ...camera, lastPictureAt: pages.NOW + taken++ * 10 }] },
    });
    await page.getByText(/^Live, /).waitFor();
    await page.locator('.live-picture').waitFor();
    const fetched = () => [...server.asked.keys()].filter((path) => path.includes('/picture?')).length;
    await expect.poll(fetched, { timeout: 15_000 }).toBeGreaterThan(2);
    // Two seconds between any two, and each picture once.
    const before = server.asked.get('cameras') ?? 0;
    await page.waitForTimeout(3_000);
    expect((server.asked.get('cameras') ?? 0) - before).toBeLessThanOrEqual(2);
    expect([...server.asked].filter(([path, times]) => path.includes('/picture?') && times > 1)).toEqual([]);
    await page.goto(`${server.address}#/more`);
    await page.getByRole('heading', { name: 'More' }).waitFor();
    const [asked, pictures] = [server.asked.get('cameras'), fetched()];
    await page.waitForTimeout(2_500);
    expect([server.asked.get('cameras'), fetched()]).toEqual([asked, pictures]);
  });
  it('says why there is none, and that an old one is old', async () => {
    const states: [Partial<typeof camera>, RegExp][] = [
      [{ hasPictures: false }, /set up to take no pictures/],
      [{ roles: [{ role: 'snapshot', works: false, why: '401' }] }, /It brings no picture: 401/],
      [{}, /has not brought a picture yet/],
      [{ lastPictureAt: pages.NOW - 120_000 }, /nothing newer has come/],
    ];
    const { lastPictureAt: _none, ...without } = camera;
    for (const [state, words] of states) {
      const { page } = await open(pages.calm, '#/cameras', {
        server: { isSignedIn: true, cameras: () => [{ ...without, ...state }] },
      });
      await page.getByText(words).waitFor();
    }
    const elsewhere = await open(pages.calm, '#/cameras', {
      server: { isSignedIn: true, cameras: () => [] },
    });
    await elsewhere.page.getByText('Its pictures do not come to this gateway.').waitFor();
  });
  it('is for people who are signed in', async () => {
    const { page, server } = await open(pages.calm, '#/cameras');
    await page.getByRole('button', { name: 'See pictures' }).click();
    expect(server.asked.get('cameras')).toBeUndefined();
    await page.getByRole('button', { name: 'Anna Weber' }).click();
    for (const digit of '246810') await page.keyboard.press(digit);
    await page.keyboard.press('Enter');
    await page.locator('.live-picture').waitFor();
  });
  it('can be turned to a preset', async () => {
    const { page, server } = await open(pages.calm, '#/cameras', {
      server: { isSignedIn: true, outcome: 'confirmed' },
    });
    await page.getByRole('button', { name: 'Look elsewhere' }).click();
    await page.getByRole('button', { name: 'Shelves' }).click();
    await page.getByText(/Turn: *done, the device says so itself/).waitFor();
    expect(server.received.at(-1)).toMatchObject({
      path: '/api/cameras/store-room-camera/preset',
      body: { preset: '2' },
    });
  });
});

describe('signing in with a badge', { timeout: MANY_CHECKS_MS }, () => {
  const reader = { asset: 'back-door-reader', name: 'Back door reader' };
  const shown = { ...pages.calm, badgeReaders: [{ ...reader, secondFactor: 'pin' as const }] };
  const standing: BadgeSignIn = {
    until: pages.NOW + 45_000,
    word: 'amber-otter',
    reader,
    times: 1,
    secondFactor: 'pin',
    state: 'waiting',
  };
  const choose = async (page: Awaited<ReturnType<typeof open>>['page']) => {
    await page
      .getByRole('button', { name: 'Silence: Siren' })
      .or(page.getByRole('button', { name: 'Sound: Siren' }))
      .click();
    await page.getByRole('button', { name: 'With a badge: Back door reader' }).click();
  };

  it('shows its word, waits for the badge, then asks for the PIN', async () => {
    let state: BadgeSignIn['state'] = 'waiting';
    const { page, server } = await open(shown, '', { server: { badge: () => ({ ...standing, state }) } });
    await choose(page);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Hold your badge to Back door reader, once.').waitFor();
    await dialog.getByText('amber-otter').waitFor();
    state = 'presented';
    await dialog.getByText('Your badge was read. Now your PIN').waitFor();
    for (const digit of '111111') await page.keyboard.press(digit);
    await page.keyboard.press('Enter');
    await dialog.getByText('That is not the right PIN.').waitFor();
    for (const digit of '246810') await page.keyboard.press(digit);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('The whole street hears it.').waitFor();
    expect(server.received.filter(({ path }) => path.endsWith('/finish'))).toHaveLength(2);
  });
  it('without a PIN finishes by itself when the badge was held to it often enough', async () => {
    let state: BadgeSignIn['state'] = 'waiting';
    const { page, server } = await open(shown, '', {
      server: { badge: () => ({ ...standing, secondFactor: 'none', times: 4, state }) },
    });
    await choose(page);
    await page.getByText('Hold your badge to Back door reader 4 times, no more and no less.').waitFor();
    state = 'ready';
    await page.getByRole('dialog').getByText('The whole street hears it.').waitFor();
    expect(server.received.filter(({ path }) => path.endsWith('/finish'))).toMatchObject([{ body: {} }]);
  });
  it('says that the reader is taken, why a badge was refused, and gives the reader back', async () => {
    const taken = await open(shown, '', { server: { badge: () => 'taken' } });
    await choose(taken.page);
    await taken.page.getByText(/“amber-otter” stands on their screen/).waitFor();
    const refused = await open(shown, '', {
      server: { badge: () => ({ ...standing, state: 'refused', because: 'not-a-user' }) },
    });
    await choose(refused.page);
    await refused.page.getByText('This badge opens doors, but may not sign in here.').waitFor();
    const given = await open(shown, '', { server: { badge: () => standing } });
    await choose(given.page);
    await given.page.getByText('amber-otter').waitFor();
    await given.page.getByRole('button', { name: 'Another way' }).click();
    await given.page.getByRole('button', { name: 'Anna Weber' }).waitFor();
    await expect.poll(() => given.server.received.at(-1)?.path).toBe('DELETE /api/session/badge');
  });
});

/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArmingAnswer, SitePage } from '../../../edge/api/contract.ts';
import * as pages from '../fixtures/pages.ts';
import { buildSite, type OpenOptions, openBrowser, openSite } from './browser.ts';
import type { SiteServer } from './server.ts';

const PIN = '246810';

let folder: string;
let browser: Browser;
let server: SiteServer;

beforeAll(async () => {
  browser = await openBrowser();
  ({ folder } = await buildSite());
});
afterAll(() => browser?.close());

async function open(
  shown: SitePage,
  { path = '', ...options }: OpenOptions & { path?: string } = {},
): Promise<Page> {
  const site = await openSite(browser, folder, shown, path, { width: 1_024, height: 800, ...options });
  ({ server } = site);
  return site.page;
}

async function signInWith(page: Page, pin: string): Promise<void> {
  await page.getByRole('button', { name: 'Anna Weber' }).click();
  await page.getByText('Anna Weber, your PIN').waitFor();
  for (const digit of pin) await page.keyboard.press(digit);
  await page.keyboard.press('Enter');
}

describe('an alarm', () => {
  it('says what to do, and is taken note of with a name and a PIN', async () => {
    const page = await open(pages.alarm);
    await page.getByText('Do not go there alone.').waitFor();
    await expect.poll(() => page.title()).toContain('(2)');
    await page.getByRole('button', { name: 'I’ve seen it' }).first().click();
    await signInWith(page, PIN);
    await page
      .getByText(/Anna Weber has seen it/)
      .first()
      .waitFor();
    expect(server.received.map(({ path, token }) => [path, token])).toEqual([
      ['/api/session', undefined],
      [`/api/alarms/${pages.forcedOpen.id}/acknowledge`, 't-1'],
    ]);
  });
  it('among many can be taken note of with one tap', async () => {
    const page = await open(pages.alarm, { server: { isSignedIn: true } });
    await page.getByRole('button', { name: 'I’ve seen all 2' }).click();
    await page.getByRole('heading', { name: 'Something to look at' }).waitFor();
    expect(server.received.map(({ path }) => path).toSorted()).toEqual(
      pages.alarm.alarms.map(({ id }) => `/api/alarms/${id}/acknowledge`).toSorted(),
    );
    await page.getByText('What to do').first().click();
    expect(await page.getByText('Do not go there alone.').isVisible()).toBe(true);
  });
  it('with a wrong PIN says so and takes the next one', async () => {
    const page = await open(pages.alarm);
    await page.getByRole('button', { name: 'Silence the siren' }).click();
    await signInWith(page, '111111');
    await page.getByText('That is not the right PIN.').waitFor();
    for (const digit of PIN) await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: 'OK' }).click();
    await page.getByText('The siren is told to be silent.').waitFor();
    expect(server.received.at(-1)).toMatchObject({ path: '/api/sirens/off', token: 't-1' });
    expect(await page.getByText('Siren is sounding').count()).toBe(0);
  });
});

describe('switching on', () => {
  const inTheWay: ArmingAnswer = {
    result: 'blocked',
    ready: false,
    bypassed: [],
    blockedBy: [
      { asset: 'back-door', name: 'Back door', because: 'it is open', canLeaveOut: true },
      { asset: 'safe', name: 'Safe', because: 'it is silent', canLeaveOut: false },
    ],
  };
  it('counts down, and can be stopped', async () => {
    const page = await open(pages.calm);
    await page.getByRole('button', { name: /Switch on and leave/ }).click();
    await signInWith(page, PIN);
    await page.getByText('Leave now').waitFor();
    const timer = page.getByRole('timer');
    const first = Number.parseInt((await timer.getAttribute('aria-label')) ?? '', 10);
    expect(first).toBeGreaterThan(30);
    await expect
      .poll(async () => Number.parseInt((await timer.getAttribute('aria-label')) ?? '', 10), {
        timeout: 5_000,
      })
      .toBeLessThan(first);
    await page.getByRole('button', { name: 'Stop, I stay' }).click();
    await expect.poll(() => server.received.at(-1)?.body).toEqual({ mode: 'disarmed', bypass: [] });
  });
  it('names what is in the way; what may not be left out stays in the way', async () => {
    const page = await open(pages.calm, { server: { isSignedIn: true, arming: () => inTheWay } });
    await page.waitForTimeout(100);
    await page.getByRole('button', { name: /Switch on and leave/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('it is open').waitFor();
    expect(await dialog.getByRole('switch').count()).toBe(1);
    await dialog.getByRole('switch').click();
    expect(await dialog.getByRole('button', { name: /Switch on without/ }).count()).toBe(0);
    await dialog.getByText('Can’t be left out').waitFor();
  });
  it('leaves out by name only, and only when asked to', async () => {
    const page = await open(pages.calm, {
      server: {
        isSignedIn: true,
        arming: (_mode, bypass) =>
          bypass.includes('back-door')
            ? { result: 'arming', ready: true, blockedBy: [], bypassed: [], until: pages.NOW + 45_000 }
            : { ...inTheWay, blockedBy: inTheWay.blockedBy.slice(0, 1) },
      },
    });
    await page.waitForTimeout(100);
    await page.getByRole('button', { name: /Switch on and leave/ }).click();
    await page.getByRole('switch').click();
    await page.getByRole('button', { name: 'Switch on without it' }).click();
    await page.getByText('Leave now').waitFor();
    expect(server.received.map(({ body }) => body)).toEqual([
      { mode: 'away', bypass: [] },
      { mode: 'away', bypass: ['back-door'] },
    ]);
  });
});

describe('what is shown', () => {
  it('changes as the gateway says so', async () => {
    const page = await open(pages.calm);
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
    server.show(pages.alarm);
    await page.getByRole('heading', { name: '2 alarms' }).waitFor();
    server.show(pages.cutOff);
    await page.getByText('The security desk can’t be reached since 10:32').waitFor();
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
  });
  it('is marked as old when the gateway is gone, and never says that all is well', async () => {
    const page = await open(pages.calm);
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
    await server.vanish();
    await page.getByText('No connection to the gateway').waitFor({ timeout: 40_000 });
    expect(await page.getByRole('heading', { name: 'All is well' }).isVisible()).toBe(false);
  }, 60_000);
  it('says why it can’t be loaded, and tries again when asked', async () => {
    const page = await open(pages.calm, { server: { reading: 'failing' } });
    await page.getByText('The gateway could not do that.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('The gateway could not do that.').waitFor();
  });
  it('needs name and PIN from outside, then shows the site', async () => {
    const page = await open(pages.calm, { server: { isLocked: true } });
    await page.getByLabel('Your name').fill('Anna Weber');
    await page.keyboard.press('Enter');
    await page.getByText('Anna Weber, your PIN').waitFor();
    for (const digit of PIN) await page.keyboard.press(digit);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
  });
});

describe('by keyboard alone', () => {
  it('a device is put to use', async () => {
    const page = await open(pages.inbox, { path: '#/devices', server: { isSignedIn: true } });
    await page.getByRole('button', { name: /Shelly Plus i4/ }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    for (const name of [
      'Doors',
      'Front door',
      'input:1 on',
      'A door or window contact',
      'Use it without trying',
    ]) {
      const button = dialog.getByRole('button', { name, exact: true });
      await button.waitFor();
      await button.focus();
      await page.keyboard.press('Enter');
    }
    await page.getByText('Shelly Plus i4 now belongs to Front door.').waitFor();
    expect(server.received.at(-1)).toMatchObject({
      path: '/api/inbox/shelly:shellyplusi4-a8032ab1/assign',
      body: { asset: 'front-door', part: 'input:1', treatAs: 'contact' },
    });
  });
  it('Escape leaves the PIN, and nothing was done', async () => {
    const page = await open(pages.alarm);
    const button = page.getByRole('button', { name: 'I’ve seen it' }).first();
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(server.received).toEqual([]);
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });
  it('the schedule is changed, and saved only when it is complete', async () => {
    const page = await open(pages.calm, { path: '#/schedule', server: { isSignedIn: true } });
    await page.getByRole('button', { name: 'Add a time' }).focus();
    await page.keyboard.press('Enter');
    const entry = page.locator('.entry').last();
    const save = page.getByRole('button', { name: 'Save' });
    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) {
      await entry.getByRole('button', { name: day }).focus();
      await page.keyboard.press(' ');
    }
    expect(await save.isDisabled()).toBe(true);
    await entry.getByRole('button', { name: 'Sunday' }).focus();
    await page.keyboard.press(' ');
    await entry.getByLabel('Hour').selectOption('19');
    await save.click();
    await page.getByText('The schedule is saved.').waitFor();
    expect(server.received.at(-1)?.body).toMatchObject({
      entries: [{}, {}, {}, { days: ['sun'], at: '19:00', mode: 'away' }],
    });
  });
});

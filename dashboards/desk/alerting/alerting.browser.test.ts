/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sweep } from '../../kit/testing/accessibility.ts';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import type { DeskServer } from '../testing/server.ts';
import { en } from './words.ts';

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

async function open(width: number, theme: 'dark' | 'light'): Promise<Page> {
  desk = await openDesk(browser, '#/alerts', { width, theme, role: 'supervisor' });
  ({ server } = desk);
  await desk.page.getByRole('heading', { name: 'Ways to reach me' }).waitFor();
  return desk.page;
}

it('is changed by the keyboard alone', async () => {
  const page = await open(1_440, 'light');
  await page.getByLabel('Browsers and phones').focus();
  await page.keyboard.press('End');
  await page.getByRole('switch', { name: /alone at certain hours/ }).focus();
  await page.keyboard.press('Space');
  expect(await sweep(page)).toEqual([]);
  await page.getByLabel('E-mail address').focus();
  await page.keyboard.type('mara@elsewhere.example');
  await page.keyboard.press('Enter');
  await page.getByText('Saved.').waitFor();
  const saved = server.received.find(({ path }) => path.endsWith('/preferences'))?.body;
  expect(saved).toMatchObject({
    push: 'off',
    address: 'mara@elsewhere.example',
    quiet: { hours: [{ from: '22:00', to: '06:00' }], except: 'critical' },
  });

  await page.goto(`${server.address}#/alerts/chains`);
  await page.getByRole('button', { name: 'New chain' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Bank: Frankfurt');
  await page.getByRole('button', { name: 'Add a step' }).focus();
  await page.keyboard.press('Enter');
  expect(await sweep(page)).toEqual([]);
  const minutes = page.getByLabel('Minutes after the first');
  await minutes.nth(2).fill('4');
  await page.getByRole('button', { name: 'Save chain' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('more than in the step before').waitFor();
  await minutes.nth(2).fill('12');
  await page.getByRole('button', { name: 'Save chain' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Bank: Frankfurt' }).waitFor();
  expect(server.received.at(-1)).toMatchObject({
    path: '/api/alerting/chains/bank-frankfurt',
    body: { sites: [], from: 'high', steps: [{ afterMs: 0 }, { afterMs: 300_000 }, { afterMs: 720_000 }] },
  });
}, 60_000);

it('shows a message that comes while the desk is closed, and opens nothing by itself', async () => {
  const page = await open(1_440, 'light');
  await page.context().grantPermissions(['notifications'], { origin: new URL(server.address).origin });
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('./service-worker.js');
    await navigator.serviceWorker.ready;
  });
  const devtools = await page.context().newCDPSession(page);
  const registration = new Promise<string>((resolve) =>
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    }),
  );
  await devtools.send('ServiceWorker.enable');
  const message = {
    id: 'a-1',
    incident: 'i-1',
    title: 'Critical: Back door forced',
    text: 'New incident.',
    severity: 'critical',
    isQuiet: false,
    open: `${server.address}#/incidents/i-1`,
    acknowledge: `${server.address}alert/token`,
  };
  const deliver = async (data: object) =>
    devtools.send('ServiceWorker.deliverPushMessage', {
      origin: new URL(server.address).origin,
      registrationId: await registration,
      data: JSON.stringify(data),
    });
  await deliver(message);
  await deliver({ ...message, id: 'a-2', text: 'Nobody has taken it for 5 minutes.' });
  const shown = () =>
    page.evaluate(async () =>
      (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => ({
        title,
        body,
        tag,
      })),
    );
  await expect
    .poll(shown)
    .toEqual([
      { title: 'Critical: Back door forced', body: 'Nobody has taken it for 5 minutes.', tag: 'i-1' },
    ]);
}, 60_000);

it('has all its texts, and uses all of them', () => {
  const source = sourcesIn(new URL('.', import.meta.url).pathname);
  expect(keyUse(source, 'words', Object.keys(en))).toEqual({ missing: [], unused: [] });
});

/// <reference types="node" />
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { buildDesk, openBrowser } from '../testing/browser.ts';
import { type DeskServer, startDeskServer } from '../testing/server.ts';
import { en } from './words.ts';

let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let server: DeskServer;
let context: BrowserContext;

beforeAll(async () => {
  built = await buildDesk();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
afterEach(async () => {
  await context?.close();
  await server?.close();
});

async function open(width: number, theme: 'dark' | 'light'): Promise<Page> {
  server = await startDeskServer({ folder: built.folder, isSignedIn: true, role: 'supervisor' });
  context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(6_000);
  await page.goto(`${server.address}#/alerts`);
  await page.getByRole('heading', { name: 'Ways to reach me' }).waitFor();
  return page;
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found, passes } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(passes.length).toBeGreaterThan(15);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const wideEnough = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

it.each([
  [1_440, 'dark'],
  [834, 'light'],
  [390, 'light'],
] as const)(
  'breaks no rule of accessibility at %i, %s, whatever is open',
  async (width, theme) => {
    const page = await open(width, theme);
    await page.getByRole('switch', { name: /alone at certain hours/ }).click();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.address}#/alerts/chains`);
    await page.getByRole('heading', { name: 'Pharmacies at night' }).waitFor();
    await page.getByRole('button', { name: 'Change Pharmacies at night' }).click();
    expect(await violations(page)).toEqual([]);
    expect(await wideEnough(page)).toBe(true);
    await page.goto(`${server.address}#/alerts/sent`);
    await page.getByText('Taken from the alert').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await wideEnough(page)).toBe(true);
  },
  60_000,
);

it('is changed by the keyboard alone', async () => {
  const page = await open(1_440, 'light');
  await page.getByLabel('Browsers and phones').focus();
  await page.keyboard.press('End');
  await page.getByRole('switch', { name: /alone at certain hours/ }).focus();
  await page.keyboard.press('Space');
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
  await context.grantPermissions(['notifications'], { origin: new URL(server.address).origin });
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('./service-worker.js');
    await navigator.serviceWorker.ready;
  });
  const devtools = await context.newCDPSession(page);
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

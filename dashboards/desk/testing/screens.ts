/// <reference types="node" />
/** For development: `node dashboards/desk/testing/screens.ts FOLDER [name…]` takes pictures of every page. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { Role } from '../../../cloud/api/contract.ts';
import { buildApplication, chromiumOptions } from '../../kit/testing/making.ts';
import { type DeskServer, startDeskServer } from './server.ts';

const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 834, height: 1_112 },
  desk: { width: 1_440, height: 900 },
  wall: { width: 1_920, height: 1_080 },
};

interface Shot {
  name: string;
  size: keyof typeof sizes;
  theme: 'dark' | 'light';
  path: string;
  server?: 'full' | 'empty' | 'signed-out';
  full?: boolean;
  role?: Role;
  before?: (server: DeskServer) => void;
  act?: (page: Page, server: DeskServer) => Promise<void>;
}

const incident = '#/incidents/i-2026-0117';
const shots: Shot[] = [
  { name: 'picture-desk-dark', size: 'desk', theme: 'dark', path: '' },
  { name: 'picture-desk-light', size: 'desk', theme: 'light', path: '', full: true },
  { name: 'picture-wall-dark', size: 'wall', theme: 'dark', path: '' },
  { name: 'picture-phone-dark', size: 'phone', theme: 'dark', path: '', full: true },
  { name: 'picture-tablet-light', size: 'tablet', theme: 'light', path: '' },
  { name: 'queue-desk-dark', size: 'desk', theme: 'dark', path: '#/incidents' },
  { name: 'queue-desk-light', size: 'desk', theme: 'light', path: '#/incidents' },
  { name: 'queue-phone-light', size: 'phone', theme: 'light', path: '#/incidents' },
  { name: 'incident-desk-dark', size: 'desk', theme: 'dark', path: incident, full: true },
  { name: 'incident-desk-light', size: 'desk', theme: 'light', path: incident },
  { name: 'incident-wall-dark', size: 'wall', theme: 'dark', path: incident },
  { name: 'incident-phone-dark', size: 'phone', theme: 'dark', path: incident, full: true },
  { name: 'incident-tablet-light', size: 'tablet', theme: 'light', path: incident },
  {
    name: 'toolkit-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: '#/toolkit',
    role: 'administrator',
  },
  {
    name: 'toolkit-desk-light',
    size: 'desk',
    theme: 'light',
    path: '#/toolkit',
    full: true,
    role: 'administrator',
  },
  { name: 'toolkit-phone-light', size: 'phone', theme: 'light', path: '#/toolkit', full: true },
  { name: 'toolkit-empty-desk-light', size: 'desk', theme: 'light', path: '#/toolkit', server: 'empty' },
  {
    name: 'toolkit-error-phone-dark',
    size: 'phone',
    theme: 'dark',
    path: '#/toolkit',
    before: (server) => server.fail(true),
  },
  {
    name: 'suppressions-desk-light',
    size: 'desk',
    theme: 'light',
    path: '#/suppressions',
    role: 'supervisor',
  },
  {
    name: 'suppressions-phone-dark',
    size: 'phone',
    theme: 'dark',
    path: '#/suppressions',
    role: 'supervisor',
  },
  {
    name: 'suppressions-empty-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: '#/suppressions',
    server: 'empty',
  },
  {
    name: 'split-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: incident,
    async act(page) {
      await page.getByRole('button', { name: 'Take apart' }).click();
      await page.getByRole('checkbox', { name: 'Take step 2 out' }).check();
      await page.getByRole('checkbox', { name: 'Take step 2 out' }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'merge-phone-light',
    size: 'phone',
    theme: 'light',
    path: incident,
    async act(page) {
      await page.getByRole('button', { name: 'Join with' }).click();
      await page.waitForSelector('.choice');
    },
  },
  {
    name: 'suppress-desk-light',
    size: 'desk',
    theme: 'light',
    path: incident,
    role: 'supervisor',
    async act(page) {
      await page.getByRole('button', { name: /^Suppress .* step 1$/ }).click();
      await page.waitForSelector('dialog');
    },
  },
  {
    name: 'asset-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: '',
    async act(page) {
      await page
        .getByRole('button', { name: /^Medicine fridge/ })
        .first()
        .click();
      await page.waitForSelector('.details .chart-line');
    },
  },
  {
    name: 'asset-phone-light',
    size: 'phone',
    theme: 'light',
    path: '',
    async act(page) {
      await page
        .getByRole('button', { name: /^Medicine fridge/ })
        .first()
        .click();
      await page.waitForSelector('.details .chart-line');
    },
  },
  {
    name: 'resolve-desk-light',
    size: 'desk',
    theme: 'light',
    path: incident,
    async act(page) {
      await page.getByRole('button', { name: 'Resolve' }).click();
      await page.locator('dialog').getByRole('button', { name: 'Resolve' }).click();
    },
  },
  {
    name: 'evidence-desk-light',
    size: 'desk',
    theme: 'light',
    path: incident,
    async act(page) {
      for (const summary of await page.locator('.evidence summary').all()) await summary.click();
      await page.locator('#step-5').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'help-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: '#/incidents',
    async act(page) {
      await page.keyboard.press('?');
      await page.waitForSelector('dialog');
    },
  },
  {
    name: 'new-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: '',
    async act(page, server) {
      server.refuse('The incident was merged meanwhile.');
      await page.keyboard.press('g');
      await page.keyboard.press('i');
      await page.waitForSelector('a[data-incident]');
      await page.waitForTimeout(300);
      await page.keyboard.press('j');
      await page.keyboard.press('a');
      await page.waitForSelector('.toast');
    },
  },
  { name: 'sign-in-desk-dark', size: 'desk', theme: 'dark', path: '', server: 'signed-out' },
  { name: 'sign-in-phone-light', size: 'phone', theme: 'light', path: '', server: 'signed-out' },
  { name: 'empty-picture-desk-dark', size: 'desk', theme: 'dark', path: '', server: 'empty' },
  { name: 'empty-queue-desk-light', size: 'desk', theme: 'light', path: '#/incidents', server: 'empty' },
  { name: 'error-desk-dark', size: 'desk', theme: 'dark', path: '', before: (server) => server.fail(true) },
  {
    name: 'loading-desk-dark',
    size: 'desk',
    theme: 'dark',
    path: incident,
    before: (server) => server.hold(true),
  },
  {
    name: 'offline-desk-light',
    size: 'desk',
    theme: 'light',
    path: '',
    async act(page, server) {
      await page.context().setOffline(true);
      server.cut();
      await page.waitForSelector('.connection-offline', { timeout: 30_000 });
    },
  },
];

const [folder = 'screens', ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const parent = await mkdtemp(join(tmpdir(), 'gatehouse-screens-'));
const built = await buildApplication('desk', parent);
const browser = await chromium.launch(chromiumOptions);
for (const shot of shots) {
  if (names.length > 0 && !names.some((name) => shot.name.includes(name))) continue;
  const server = await startDeskServer({
    folder: built,
    isSignedIn: shot.server !== 'signed-out',
    content: shot.server === 'empty' ? 'empty' : 'full',
    ...(shot.role === undefined ? {} : { role: shot.role }),
  });
  shot.before?.(server);
  const context = await browser.newContext({
    viewport: sizes[shot.size],
    colorScheme: shot.theme,
    hasTouch: shot.size === 'phone' || shot.size === 'tablet',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.log(`${shot.name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.log(`${shot.name}: ${error.message}`));
  await page.goto(server.address + shot.path);
  await page.waitForTimeout(700);
  await shot.act?.(page, server);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(folder, `${shot.name}.png`), fullPage: shot.full ?? false });
  await context.close();
  server.fail(false);
  await server.close();
}
await browser.close();
await rm(parent, { recursive: true, force: true });

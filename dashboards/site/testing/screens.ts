/// <reference types="node" />
/** For development: `node dashboards/site/testing/screens.ts FOLDER [name…]` takes pictures of every page. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { SitePage } from '../../../edge/api/contract.ts';
import { buildApplication, chromiumOptions } from '../../kit/testing/making.ts';
import { quietDay, walked, walking } from '../fixtures/day.ts';
import * as pages from '../fixtures/pages.ts';
import { type SiteServer, startSiteServer } from './server.ts';

const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 1_024, height: 768 },
  desk: { width: 1_440, height: 900 },
};

interface Shot {
  name: string;
  page: SitePage;
  path?: string;
  sizes?: (keyof typeof sizes)[];
  themes?: ('dark' | 'light')[];
  server?: Partial<Parameters<typeof startSiteServer>[0]>;
  act?: (page: Page, server: SiteServer) => Promise<void>;
}

const everySize: (keyof typeof sizes)[] = ['phone', 'tablet', 'desk'];
const both: ('dark' | 'light')[] = ['dark', 'light'];
const typePin = async (page: Page, pin: string) => {
  for (const digit of pin) await page.keyboard.press(digit);
};

const shots: Shot[] = [
  { name: 'calm', page: pages.calm, sizes: everySize, themes: both },
  { name: 'alarm', page: pages.alarm, sizes: everySize, themes: both },
  {
    name: 'many',
    page: {
      ...pages.alarm,
      alarms: [
        ...pages.alarm.alarms,
        {
          ...pages.lowBattery,
          id: 'm1',
          severity: 'medium',
          summary: 'Store room camera sees nothing any more.',
        },
        pages.lowBattery,
      ],
    },
    sizes: ['phone', 'tablet'],
  },
  { name: 'seen', page: pages.seen, themes: both },
  { name: 'armed', page: pages.armed },
  { name: 'leaving', page: pages.leaving, sizes: ['phone', 'tablet'] },
  { name: 'entering', page: pages.entering, sizes: ['phone', 'tablet'] },
  { name: 'triggered', page: pages.triggered, themes: both },
  { name: 'cut-off', page: pages.cutOff },
  { name: 'empty', page: pages.empty },
  {
    name: 'who',
    page: pages.calm,
    sizes: ['phone', 'tablet'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Switch on and leave' }).click();
    },
  },
  {
    name: 'pin',
    page: pages.calm,
    sizes: ['phone', 'tablet'],
    themes: both,
    act: async (page) => {
      await page.getByRole('button', { name: 'Switch on and leave' }).click();
      await page.getByRole('button', { name: 'Anna Weber' }).click();
      await typePin(page, '135');
    },
  },
  {
    name: 'pin-wrong',
    page: pages.calm,
    act: async (page) => {
      await page.getByRole('button', { name: 'Switch on and leave' }).click();
      await page.getByRole('button', { name: 'Anna Weber' }).click();
      await typePin(page, '111111');
      await page.keyboard.press('Enter');
      await page.getByText('not the right PIN').waitFor();
    },
  },
  {
    name: 'blocked',
    page: pages.alarm,
    sizes: ['phone', 'tablet'],
    themes: both,
    server: {
      isSignedIn: true,
      arming: () => ({
        result: 'blocked',
        ready: false,
        bypassed: [],
        blockedBy: [
          { asset: 'back-door', name: 'Back door', because: 'it is open', canLeaveOut: true },
          {
            asset: 'store-room-motion',
            name: 'Store room motion',
            because: 'it is silent',
            canLeaveOut: true,
          },
        ],
      }),
    },
    act: async (page) => {
      await page.getByRole('button', { name: 'Switch on and leave' }).click();
      await page.getByRole('switch').first().click();
    },
  },
  { name: 'temperatures', page: pages.alarm, path: '#/temperatures', sizes: everySize, themes: both },
  {
    name: 'temperatures-failing',
    page: pages.calm,
    path: '#/temperatures',
    server: { temperatures: 'failing' },
  },
  { name: 'temperatures-empty', page: pages.empty, path: '#/temperatures' },
  { name: 'schedule', page: pages.calm, path: '#/schedule', sizes: everySize, themes: both },
  {
    name: 'schedule-changed',
    page: pages.calm,
    path: '#/schedule',
    sizes: ['phone', 'tablet'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a time' }).click();
      const last = page.locator('.entry').last();
      for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'])
        await last.getByRole('button', { name: day }).click();
    },
  },
  { name: 'devices', page: pages.inbox, path: '#/devices', sizes: everySize, themes: both },
  { name: 'refused', page: pages.cutOff, path: '#/devices', sizes: ['phone', 'tablet'] },
  { name: 'devices-empty', page: pages.empty, path: '#/devices' },
  {
    name: 'assign',
    page: pages.inbox,
    path: '#/devices',
    sizes: ['phone', 'tablet'],
    themes: both,
    act: async (page) => {
      await page.getByRole('button', { name: /Shelly Plus i4/ }).click();
    },
  },
  {
    name: 'assign-try',
    page: pages.inbox,
    sizes: ['phone', 'tablet'],
    themes: both,
    path: '#/devices',
    act: async (page) => {
      await page.getByRole('button', { name: /Shelly Plus i4/ }).click();
      await page.locator('dialog').getByRole('button', { name: 'Doors' }).click();
      await page.locator('dialog').getByRole('button', { name: 'Front door' }).click();
      await page
        .locator('dialog')
        .getByRole('button', { name: /input:1/ })
        .click();
      await page.getByRole('button', { name: 'A door or window contact' }).click();
    },
  },
  {
    name: 'lost',
    page: pages.calm,
    sizes: ['phone', 'tablet'],
    themes: both,
    act: async (page, server) => {
      await server.vanish();
      await page.getByText('No connection to the gateway').waitFor({ timeout: 40_000 });
    },
  },
  { name: 'today', page: pages.alarm, path: '#/today', sizes: everySize, themes: both },
  { name: 'today-empty', page: pages.calm, path: '#/today', server: { day: quietDay } },
  { name: 'today-failing', page: pages.calm, path: '#/today', server: { day: 'failing' } },
  { name: 'more', page: pages.calm, path: '#/more', sizes: ['phone', 'tablet'], themes: both },
  { name: 'walk-test', page: walking, path: '#/walk-test', sizes: ['phone', 'tablet'], themes: both },
  { name: 'walked', page: walked, path: '#/walk-test' },
  { name: 'backup', page: pages.calm, path: '#/backup', sizes: ['phone', 'tablet'] },
  { name: 'diagnostics', page: pages.calm, path: '#/diagnostics' },
  { name: 'cameras', page: pages.seen, path: '#/cameras', sizes: ['phone', 'tablet'] },
  {
    name: 'rules',
    page: pages.calm,
    path: '#/rules',
    sizes: ['phone', 'tablet'],
    themes: both,
    server: { isSignedIn: true },
    act: async (page) => {
      await page.getByRole('button', { name: 'Try them' }).click();
      await page.getByText('Would come as well').waitFor();
      await page.getByText('Would come as well').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'zones',
    page: pages.calm,
    sizes: ['phone', 'tablet'],
    themes: both,
    act: async (page) => {
      await page.getByRole('button', { name: 'Choose zones' }).click();
      await page.getByRole('switch').last().click();
    },
  },
  { name: 'loading', page: pages.calm, server: { reading: 'held' } },
  { name: 'failing', page: pages.calm, server: { reading: 'failing' } },
  { name: 'locked', page: pages.calm, server: { isLocked: true }, sizes: ['phone', 'tablet'] },
];

const [folder = 'screens', ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const parent = await mkdtemp(join(tmpdir(), 'gatehouse-screens-'));
const built = await buildApplication('site', parent);
const browser = await chromium.launch(chromiumOptions);
try {
  for (const shot of shots.filter(({ name }) => names.length === 0 || names.includes(name))) {
    for (const size of shot.sizes ?? ['tablet']) {
      for (const theme of shot.themes ?? ['light']) {
        const server = await startSiteServer({ folder: built, page: shot.page, ...shot.server });
        const context = await browser.newContext({
          viewport: sizes[size],
          colorScheme: theme,
          reducedMotion: 'reduce',
          hasTouch: size !== 'desk',
          isMobile: size === 'phone',
        });
        const page = await context.newPage();
        page.on('pageerror', (error) => console.error(`${shot.name}: ${error.message}`));
        await page.goto(server.address + (shot.path ?? ''));
        await page.waitForTimeout(400);
        await shot.act?.(page, server);
        await page.waitForTimeout(300);
        const file = join(folder, `${shot.name}-${size}-${theme}.png`);
        const isLong = size === 'phone' && shot.act === undefined;
        await page.screenshot({ path: file, fullPage: isLong });
        console.log(file);
        await context.close();
        await server.close();
      }
    }
  }
} finally {
  await browser.close();
  await rm(parent, { recursive: true, force: true });
}

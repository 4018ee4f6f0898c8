/// <reference types="node" />
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { SituationalPicture } from '../../../cloud/api/contract.ts';
import { manySites, mappedPicture } from '../fixtures/many-sites.ts';
import { buildDesk, openBrowser } from '../testing/browser.ts';
import { type DeskServer, startDeskServer } from '../testing/server.ts';

const SLOW_MS = 60_000;

let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let server: DeskServer;
let context: BrowserContext;
let complaints: string[] = [];

beforeAll(async () => {
  built = await buildDesk();
  browser = await openBrowser();
}, SLOW_MS);
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
afterEach(async () => {
  await context?.close();
  await server?.close();
});

async function open(
  path: string,
  options: { width?: number; theme?: 'dark' | 'light'; picture?: SituationalPicture } = {},
): Promise<Page> {
  const { width = 1_440, theme = 'dark', picture = mappedPicture } = options;
  server = await startDeskServer({ folder: built.folder, isSignedIn: true, role: 'supervisor', picture });
  context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.address)) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(server.address + path);
  return page;
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found, passes } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(passes.length).toBeGreaterThan(10);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

it(
  'five hundred sites are on a map of our own, found, chosen and shown with their plan, by keyboard alone',
  async () => {
    const page = await open('#/map', { theme: 'light', picture: manySites(500) });
    await page.locator('.map-ground').waitFor();
    expect(await page.locator('.map-ground').getAttribute('d')).toMatch(/^M[\d.]/);
    const before = await page.locator('.map-mark').count();
    expect(before).toBeGreaterThan(8);
    expect(before).toBeLessThan(300);
    expect(await page.getByText('Not on the map').isVisible()).toBe(true);
    expect(await violations(page)).toEqual([]);
    const map = page.getByRole('application');
    await map.focus();
    const place = () => page.locator('.map-land g').getAttribute('transform');
    const first = await place();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const nearer = await place();
    expect(nearer).not.toBe(first);
    await page.keyboard.press('ArrowLeft');
    expect(await place()).not.toBe(nearer);
    await page.keyboard.press('0');
    expect(await place()).toBe(first);
    await page.getByRole('textbox', { name: 'Find a site' }).focus();
    await page.keyboard.type('pharmacy 149');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Pharmacy 149/ }).waitFor();
    await page.getByRole('figure', { name: 'Floor plan of Pharmacy 149' }).waitFor();
    expect(await page.locator('.map-mark-chosen').count()).toBe(1);
    expect(complaints).toEqual([]);
  },
  SLOW_MS,
);

it(
  'the past is shown as the past, moved and left by keyboard',
  async () => {
    const page = await open('', { width: 834, theme: 'dark' });
    await page.locator('.map-ground').waitFor();
    await page.getByRole('button', { name: '2 people' }).click();
    await page.getByRole('heading', { name: 'Who is here' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Look back' }).press('Enter');
    const slider = page.getByRole('slider', { name: 'Time' });
    await slider.waitFor();
    await page.getByText('3 incidents in this time').waitFor();
    await page.keyboard.press('[');
    await page.keyboard.press('[');
    await page.getByText('armed', { exact: false }).first().waitFor();
    await expect.poll(() => page.locator('.site-card .asset-alarm').count()).toBe(0);
    const at = await slider.inputValue();
    await slider.focus();
    await page.keyboard.press('PageDown');
    await expect.poll(() => slider.inputValue()).toBe(String(Number(at) - 3_600_000));
    expect(await page.getByText('This is how it was, not how it is.').isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: 'Needs attention' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.site-card .asset-alarm').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  },
  SLOW_MS,
);

it(
  'the wall screen takes turns, and says plainly when the connection is lost',
  async () => {
    const page = await open('#/wall', { theme: 'light' });
    await page.getByRole('heading', { name: 'Lindenhof Pharmacy' }).waitFor();
    expect(await page.locator('.wall-night').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await context.setOffline(true);
    server.cut();
    await page.getByRole('alert').filter({ hasText: 'connection' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Lindenhof Pharmacy' }).isVisible()).toBe(true);
    await context.setOffline(false);
    await page.keyboard.press('Escape');
    await page.waitForURL(/#\/$/);
    expect(complaints).toEqual([]);
  },
  SLOW_MS,
);

it(
  'a plan is drawn by keyboard and by pointer, undone, saved; a second writer is asked what to keep',
  async () => {
    const page = await open('#/plans/pharmacy-lindenhof', { width: 1_100, theme: 'light' });
    await page.getByRole('button', { name: 'Draw the zone Back yard as a box' }).press('Enter');
    await page.getByRole('button', { name: /^Corner 1 of Back yard/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page
      .getByRole('button', { name: 'Place Gateway; then move it with the arrow keys' })
      .press('Enter');
    const gateway = page.getByRole('button', { name: /^Gateway: arrow keys/ });
    await gateway.focus();
    const left = await gateway.evaluate((element) => parseFloat((element as HTMLElement).style.left));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const after = await gateway.evaluate((element) => parseFloat((element as HTMLElement).style.left));
    expect(after).toBeCloseTo(left - (2 * 2 * 100) / 160, 3);
    await page.keyboard.press('Control+z');
    expect(await gateway.evaluate((element) => parseFloat((element as HTMLElement).style.left))).toBeCloseTo(
      left,
      3,
    );
    const canvas = page.getByRole('figure');
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the plan is not on the screen');
    const door = page.getByRole('button', { name: /^Front door: arrow keys/ });
    await door.hover();
    await page.mouse.down();
    // Near the wall between counter and store: it goes into it.
    await page.mouse.move(box.x + box.width * (63.5 / 160), box.y + box.height * 0.2, { steps: 4 });
    await page.mouse.up();
    await page.locator('.plan-door').waitFor();
    // Corners that lie on a device are pulled away, not pressed.
    await page.keyboard.press('Escape');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Changed by Ines Brandt').waitFor();
    const sent = server.received.at(-1);
    expect(sent).toMatchObject({
      path: '/api/plans/pharmacy-lindenhof',
      token: 't-1',
      body: { revision: 0 },
    });
    expect(JSON.stringify(sent?.body)).toMatch(/"asset":"front-door","x":62,"y":[\d.]+,"angle":90/);
    // Somebody else saves in the meantime.
    await page.evaluate(async () => {
      const plan = await (await fetch('api/plans/pharmacy-lindenhof')).json();
      await fetch('api/plans/pharmacy-lindenhof', { method: 'PUT', body: JSON.stringify(plan) });
    });
    await gateway.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog', { name: 'Somebody was faster' }).waitFor();
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(server.received.at(-1)).toMatchObject({ body: { revision: 2 } });
    await page.locator('input[type=file]').setInputFiles({
      name: 'plan.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('<svg viewBox="0 0 160 100"/>'),
    });
    await page.locator('.plan-image').waitFor();
    await page.getByText('Left out of it: element script').waitFor();
    expect(complaints).toEqual([]);
  },
  SLOW_MS,
);

it(
  'picture, map and plan fit a phone',
  async () => {
    const page = await open('', { width: 390, theme: 'light' });
    await page.locator('.map-ground').waitFor();
    // What the bar below the page covers would count as too small.
    await page.setViewportSize({ width: 390, height: 2_600 });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await wide()).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.address}#/map`);
    await page.getByRole('textbox', { name: 'Find a site' }).waitFor();
    expect(await wide()).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.address}#/plans/warehouse-nord`);
    await page.getByRole('heading', { name: 'Floor plan of Warehouse North' }).waitFor();
    expect(await wide()).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  },
  SLOW_MS,
);

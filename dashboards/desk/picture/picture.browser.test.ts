/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { violations } from '../../kit/testing/accessibility.ts';
import { manySites, mappedPicture } from '../fixtures/many-sites.ts';
import { type DeskOptions, type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import type { DeskServer } from '../testing/server.ts';

const SLOW_MS = 60_000;

let browser: Browser;
let desk: OpenDesk | undefined;
let server: DeskServer;
let complaints: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

async function open(path: string, options: DeskOptions = {}): Promise<Page> {
  desk = await openDesk(browser, path, {
    theme: 'dark',
    role: 'supervisor',
    picture: mappedPicture,
    ...options,
  });
  ({ server, complaints } = desk);
  return desk.page;
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
    await page.context().setOffline(true);
    server.cut();
    await page.getByRole('alert').filter({ hasText: 'connection' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Lindenhof Pharmacy' }).isVisible()).toBe(true);
    await page.context().setOffline(false);
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

/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakIn } from '../fixtures/incidents.ts';
import { buildDesk, openBrowser } from './browser.ts';
import { type DeskServer, startDeskServer } from './server.ts';

const MAX_JAVASCRIPT_BYTES = 60_000;
/** Five pages, each looked at by axe, on a small machine that others use too. */
const MANY_CHECKS_MS = 120_000;
const widths = { phone: 390, tablet: 834, desk: 1_440 };
const incidentPath = `#/incidents/${breakIn.id}`;

let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let server: DeskServer;
let context: BrowserContext;
let complaints: string[] = [];

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

async function open(
  path: string,
  options: {
    width?: number;
    theme?: 'dark' | 'light';
    isSignedIn?: boolean;
    content?: 'full' | 'empty';
  } = {},
): Promise<Page> {
  const { width = widths.desk, theme = 'dark', isSignedIn = true, content = 'full' } = options;
  server = await startDeskServer({ folder: built.folder, isSignedIn, content });
  context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(6_000);
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
  // An empty page would break no rule either.
  expect(passes.length).toBeGreaterThan(15);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

describe('the built desk', () => {
  it('loads at most 60 kB of script, nothing inline, addresses relative', () => {
    const scripts = readdirSync(built.folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    );
    const bytes = scripts.reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(built.folder, name))).length,
      0,
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MAX_JAVASCRIPT_BYTES);
    const page = readFileSync(join(built.folder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    expect(page).not.toMatch(/(src|href)="(\/|https?:)/);
  });
});

/** Every colour once in each theme, every width once; not each with each. */
const screens = [
  ['phone', 'light'],
  ['tablet', 'dark'],
  ['desk', 'light'],
  ['desk', 'dark'],
] as const;

describe('on every screen', () => {
  it.each(screens)(
    'no page breaks a rule of accessibility on a %s, %s',
    async (name, theme) => {
      const page = await open('', { width: widths[name], theme });
      await page.getByRole('heading', { name: 'Lindenhof Pharmacy' }).waitFor();
      expect(await violations(page)).toEqual([]);

      await page.getByRole('button', { name: /^Medicine fridge/ }).click();
      await page.locator('.details .chart-line').first().waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');

      await page.goto(`${server.address}#/incidents`);
      await page.getByRole('link', { name: /Cool store/ }).waitFor();
      expect(await violations(page)).toEqual([]);

      await page.goto(server.address + incidentPath);
      await page.getByRole('heading', { name: breakIn.title }).waitFor();
      for (const summary of await page.locator('.evidence summary').all()) await summary.click();
      expect(await violations(page)).toEqual([]);

      await page.getByRole('button', { name: 'Contain' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Contain' }).click();
      expect(await violations(page)).toEqual([]);

      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    },
    MANY_CHECKS_MS,
  );
});

describe.each(['dark', 'light'] as const)('in the %s theme', (theme) => {
  it('the sign-in page and the empty desk are as accessible', async () => {
    const page = await open('', { theme, isSignedIn: false, content: 'empty' });
    await page.getByLabel('Name').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Name').fill('mara');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('Name or password is wrong.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await page.getByText('No sites yet').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe('with the keyboard alone', () => {
  it('one goes from the picture through the queue to an acknowledged incident', async () => {
    const page = await open('');
    await page.getByRole('heading', { name: 'Lindenhof Pharmacy' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: breakIn.title }).waitFor();
    await page.keyboard.press('a');
    await page.locator('.incident-facts').getByText('Acknowledged').waitFor();
    await expect
      .poll(() => server.received)
      .toEqual([{ path: `/api/incidents/${breakIn.id}/acknowledge`, token: 't-1', body: {} }]);
    await page.keyboard.press('u');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-incident')))
      .toBe(breakIn.id);
  });
  it('the filters narrow the queue, and are cleared from where nothing is left', async () => {
    const page = await open('#/incidents');
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    await page.getByLabel('Severity').selectOption('high');
    await expect.poll(() => page.locator('.queue a[data-incident]').count()).toBe(2);
    await page.getByLabel('Site').selectOption('branch-markt');
    await page.getByText('No incidents here').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    const tabs = page.getByRole('radiogroup', { name: 'State' });
    await tabs.getByRole('radio', { name: /Active/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('link', { name: /Vaccine fridge/ }).waitFor();
    await expect.poll(() => page.locator('.queue a[data-incident]').count()).toBe(6);
  });
  it('an incident is assigned through the menu', async () => {
    const page = await open(incidentPath);
    const button = page.getByRole('button', { name: 'Assign' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => server.received.map(({ body }) => body)).toEqual([{ assignee: 'Tom Feld' }]);
    expect(await page.locator('.incident-when').textContent()).toContain('Tom Feld');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await button.click();
    await button.click();
    expect(await page.getByRole('menu').count()).toBe(0);
  });
  it('a mark’s details open, another’s take their place, Escape gives the focus back', async () => {
    const page = await open('');
    const fridge = page.getByRole('button', { name: /^Medicine fridge/ });
    await fridge.click();
    await page.getByRole('dialog', { name: 'Medicine fridge' }).waitFor();
    await page.getByRole('button', { name: /^Siren, off/ }).click();
    await page.getByRole('dialog', { name: 'Siren' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Siren, off');
  });
  it('a row of the queue is acknowledged in place', async () => {
    const page = await open('#/incidents');
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await expect
      .poll(() => server.received.map(({ path }) => path))
      .toEqual([`/api/incidents/${breakIn.id}/acknowledge`]);
    expect(await page.getByRole('link', { name: /Break-in/ }).textContent()).toContain('Acknowledged');
  });
  it('single letters can be switched off', async () => {
    const page = await open('#/incidents');
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe('when the server refuses', () => {
  it('the change is put back and its reason told', async () => {
    const page = await open(incidentPath);
    await page.getByRole('heading', { name: breakIn.title }).waitFor();
    server.refuse('Somebody else was faster.');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText(/Somebody else was faster/).waitFor();
    expect(await page.locator('.incident-facts').textContent()).toContain('Open');
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
  });
  it('a note that was not taken is still in its field', async () => {
    const page = await open(incidentPath);
    await page.getByLabel('Note').fill('Guard is on site.');
    server.refuse('The record is sealed.');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByText(/The record is sealed/).waitFor();
    await expect.poll(() => page.getByLabel('Note').inputValue()).toBe('Guard is on site.');
    expect(await page.locator('.activities').textContent()).not.toContain('Guard is on site.');
  });
});

describe('live', () => {
  it('a new incident appears in its place and is announced', async () => {
    const page = await open('#/incidents');
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    server.send({
      type: 'incident',
      data: { ...breakIn, id: 'i-new', title: 'Vault door forced', priority: 80 },
    });
    await page
      .locator('.toast')
      .getByText(/Vault door forced/)
      .waitFor();
    const order = await page
      .locator('.queue a[data-incident]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-incident')));
    expect(order.slice(0, 3)).toEqual([breakIn.id, 'i-new', 'i-2026-0116']);
    await expect.poll(() => page.title()).toContain('(3)');
  });
  it('a door that opens shows on the plan', async () => {
    const page = await open('');
    await page.getByRole('button', { name: 'Front door, closed' }).waitFor();
    const state = { property: 'contact', value: 'open', since: Date.now(), seenAt: Date.now() };
    server.send({ type: 'asset', data: { site: 'pharmacy-lindenhof', asset: 'front-door', state } });
    await page.getByRole('button', { name: 'Front door, open' }).waitFor();
  });
  it('what happened while the connection was cut is caught up with', async () => {
    const page = await open('');
    await page.getByText('Live', { exact: true }).waitFor();
    // The first event gives the browser an id to resume from.
    server.send({ type: 'scenario', data: { id: 'card-testing', running: true } });
    await page.getByText('Running').first().waitFor();
    server.cut();
    server.send({ type: 'scenario', data: { id: 'break-in', running: true } });
    await expect
      .poll(() => page.locator('.shell-foot').getByText('Running').count(), { timeout: 15_000 })
      .toBe(2);
    await page.getByText('Live', { exact: true }).waitFor();
  });
  it('alarms on the plans follow an incident', async () => {
    const page = await open('');
    await page.getByRole('button', { name: 'Front door, closed' }).waitFor();
    const asked = page.waitForRequest(/api\/picture$/);
    server.send({ type: 'incident', data: { ...breakIn, detections: 8 } });
    await asked;
  });
  it('an answer that is older than an event does not undo it', async () => {
    const page = await open('');
    await page.getByRole('button', { name: 'Front door, closed' }).waitFor();
    server.hold(true);
    const asked = page.waitForRequest(/api\/picture$/);
    server.send({ type: 'incident', data: { ...breakIn, detections: 8 } });
    await asked;
    const state = { property: 'contact', value: 'open', since: Date.now(), seenAt: Date.now() };
    server.send({ type: 'asset', data: { site: 'pharmacy-lindenhof', asset: 'front-door', state } });
    await page.getByRole('button', { name: 'Front door, open' }).waitFor();
    const answered = page.waitForResponse(/api\/picture$/);
    server.hold(false);
    await answered;
    // The server's picture still says closed: the event came after it was asked.
    await page.waitForTimeout(300);
    expect(await page.getByRole('button', { name: 'Front door, open' }).count()).toBe(1);
  });
  it('when the stream cannot be resumed, everything is fetched afresh', async () => {
    const page = await open('');
    await page.getByRole('button', { name: 'Front door, closed' }).waitFor();
    const asked = page.waitForRequest(/api\/picture$/);
    server.send({ type: 'restart', data: {} });
    await asked;
  });
  it('an incident that was merged into another leads there', async () => {
    const page = await open('#/incidents/i-2026-0115');
    await page.getByRole('heading', { name: /Cool store/ }).waitFor();
    server.send({ type: 'incident-gone', data: { id: 'i-2026-0115', into: breakIn.id } });
    await page.getByRole('heading', { name: breakIn.title }).waitFor();
    expect(page.url()).toContain(breakIn.id);
  });
  it('the demonstration is started with a token', async () => {
    const page = await open('');
    await page.getByRole('button', { name: 'Start: Break-in at the pharmacy' }).click();
    await page.locator('.shell-foot').getByText('Running').waitFor();
    // The page says so as soon as it has asked.
    await expect
      .poll(() => server.received)
      .toEqual([{ path: '/api/scenarios/break-in', token: 't-1', body: {} }]);
  });
});

describe('when reading fails', () => {
  it('the page says so and tries again when asked', async () => {
    const page = await open('#/incidents', { isSignedIn: true });
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    server.fail(true);
    await page.getByRole('radio', { name: /Closed/ }).click();
    await page.getByText('The store does not answer.').waitFor();
    expect(await violations(page)).toEqual([]);
    server.fail(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: /Vaccine fridge/ }).waitFor();
  });
  it('a session that ended leads to the sign-in page, with a word why', async () => {
    const page = await open('#/incidents');
    await page.getByRole('link', { name: /Cool store/ }).waitFor();
    await page.evaluate(() => fetch('api/session', { method: 'DELETE' }));
    await page.getByRole('radio', { name: /Closed/ }).click();
    await page.getByText(/You have been signed out/).waitFor();
  });
});

describe('the theme', () => {
  it('that was chosen is remembered over a reload', async () => {
    const page = await open('', { theme: 'dark' });
    await page.getByRole('button', { name: 'Theme: as the system' }).click();
    await page.getByRole('button', { name: 'Theme: dark' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Theme: light' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('light');
  });
});

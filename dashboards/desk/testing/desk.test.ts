/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gzipBytes, scriptsAtOnce } from '../../at-once.ts';
import { sweep, violations } from '../../kit/testing/accessibility.ts';
import { builtApplication } from '../../kit/testing/stage.ts';
import { breakIn } from '../fixtures/incidents.ts';
import { type DeskOptions, type OpenDesk, openBrowser, openDesk } from './browser.ts';
import type { DeskServer } from './server.ts';

const MAX_JAVASCRIPT_BYTES = 60_000;
const widths = { phone: 390, tablet: 834, desk: 1_440 };
const incidentPath = `#/incidents/${breakIn.id}`;

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
  desk = await openDesk(browser, path, { theme: 'dark', ...options });
  ({ server, complaints } = desk);
  return desk.page;
}

describe('the built desk', () => {
  it('loads at most 60 kB of script, nothing inline, addresses relative', async () => {
    const folder = await builtApplication('desk');
    const scripts = scriptsAtOnce(folder);
    expect(scripts.length).toBeGreaterThan(0);
    expect(gzipBytes(folder, scripts)).toBeLessThanOrEqual(MAX_JAVASCRIPT_BYTES);
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    expect(page).not.toMatch(/(src|href)="(\/|https?:)/);
  });
});

/** What of an incident's page no single press opens; each page is looked at in pages.browser.test.ts. */
describe('what is opened by more than one press', () => {
  it('breaks no rule of accessibility on any screen: details with a chart, evidence, a wrong password', async () => {
    const page = await open('', { theme: 'light' });
    await page.getByRole('button', { name: /^Medicine fridge/ }).click();
    await page.locator('.details .chart-line').first().waitFor();
    expect(await sweep(page, '[popover]:popover-open')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.evaluate(() => fetch('api/session', { method: 'DELETE' }));
    await page.reload();
    await page.getByLabel('Name').fill('mara');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('Name or password is wrong.').waitFor();
    expect(await sweep(page)).toEqual([]);
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Lindenhof Pharmacy' }).waitFor();
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

describe('taking apart and joining', () => {
  it('chosen steps are taken out with a reason, and come back when that is undone', async () => {
    const page = await open(incidentPath);
    await page.getByRole('button', { name: 'Take apart' }).click();
    const takeOut = page.getByRole('button', { name: 'Take out' });
    expect(await takeOut.isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Take step 2 out' }).check();
    await page.getByRole('checkbox', { name: 'Take step 5 out' }).check();
    await page.getByText('2 steps chosen').waitFor();
    expect(await violations(page)).toEqual([]);
    await takeOut.click();
    const dialog = page.locator('dialog');
    await dialog.getByRole('button', { name: 'Take out' }).click();
    await dialog.getByText('Write a few words').waitFor();
    expect(server.received).toEqual([]);
    await dialog.getByLabel(/Why do they not belong/).fill('A colleague.');
    await dialog.getByRole('button', { name: 'Take out' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Undo joining: Same van/ }).click();
    await expect
      .poll(() => server.received)
      .toEqual([
        {
          path: `/api/incidents/${breakIn.id}/split`,
          token: 't-1',
          body: { detections: ['d2', 'd5'], text: 'A colleague.' },
        },
        { path: '/api/rulings/ruling-1/undo', token: 't-1', body: {} },
      ]);
    expect(complaints).toEqual([]);
  });
  it('another incident is found and joined; what the server refuses stays open, with the reason', async () => {
    const page = await open(incidentPath, { width: widths.phone, theme: 'light' });
    await page.getByRole('button', { name: 'Join with' }).click();
    const dialog = page.locator('dialog');
    await dialog.getByLabel('Find an incident').fill('warehouse');
    await dialog.getByRole('radio', { name: /Cool store/ }).check();
    await dialog.getByLabel(/Why are they one/).fill('Same van.');
    expect(await violations(page)).toEqual([]);
    server.refuse('These two are one incident already.');
    await dialog.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByText(/one incident already/).waitFor();
    server.refuse(undefined);
    await dialog.getByRole('button', { name: 'Join', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(server.received.at(-1)?.body).toEqual({ incident: 'i-2026-0115', text: 'Same van.' });
  });
});

describe('suppressions', () => {
  it('a rule is suppressed from a step, by whoever may, and taken back', async () => {
    const page = await open(incidentPath, { role: 'supervisor' });
    await page.getByRole('button', { name: /^Suppress login.brute-force, as in step 1$/ }).click();
    const dialog = page.locator('dialog');
    await dialog.getByLabel('Where').selectOption({ label: 'With ip 203.0.113.77' });
    await dialog.getByLabel('For how long').selectOption({ label: '24 hours' });
    await dialog.getByLabel(/Why is it no alarm/).fill('Our own test.');
    await dialog.getByRole('button', { name: 'Suppress', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(server.received.at(-1)?.body).toMatchObject({
      rule: 'login.brute-force',
      observable: { name: 'ip', value: '203.0.113.77' },
      owner: 'Mara Oduya',
      text: 'Our own test.',
    });
    await page.goto(`${server.address}#/suppressions`);
    await page.getByText('What it held back').first().click();
    await page.getByText('The front door was held open for 2 minutes.').first().waitFor();
    await page.getByRole('button', { name: 'Undo the suppression of held-open' }).click();
    await dialog.getByLabel(/Why is it over/).fill('They left.');
    await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByText('Undone', { exact: true }).waitFor();
    expect(server.received.at(-1)?.path).toBe('/api/suppressions/suppression-1/end');
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

describe('the registry', () => {
  it('shows what speaks for a link and against it, takes a decision, and what was heard', async () => {
    const page = await open('#/registry/suggestions', { role: 'supervisor' });
    const accept = page.getByRole('button', { name: 'Accept: 04a1b2c3, a.weber' });
    await accept.waitFor();
    await page.getByText('a.weber was seen on 1 day without 04a1b2c3').waitFor();
    await accept.click();
    await page.getByText('1 decided').waitFor();
    expect(await accept.count()).toBe(0);
    expect(server.received.at(-1)).toEqual({
      path: '/api/registry/suggestions',
      token: 't-1',
      body: { id: 'badge-account:04a1b2c3>a.weber', decision: 'accepted' },
    });
    await page.getByRole('radio', { name: /Discovered/ }).click();
    await page.getByRole('button', { name: 'Take in: 10.0.4.99' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take in' }).click();
    await page.getByRole('button', { name: 'Take in: 10.0.4.99' }).waitFor({ state: 'detached' });
    expect(server.received.at(-1)?.body).toMatchObject({ take: { id: 'camera-10-0-4-99', kind: 'camera' } });
    expect(complaints).toEqual([]);
  });
  it('finds people, and shows what an import would change before it is applied', async () => {
    const page = await open('#/registry', { role: 'administrator', theme: 'light', width: widths.phone });
    await page.getByText('Jonas Keller').waitFor();
    await page.getByLabel(/^Find by name/).fill('weber');
    await page.getByText('Jonas Keller').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Import' }).click();
    const choose = (text: string) =>
      page
        .getByLabel('Files')
        .setInputFiles({ name: 'assets.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await choose('id,site\na,nowhere');
    await page.getByText('assets.csv:3 column site').waitFor();
    expect(await page.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await choose('id,site\na,linden');
    await page.getByText('2 changes').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(server.received.at(-1)?.body).toMatchObject({ dryRun: false });
    expect(complaints).toEqual([]);
  });
});

/// <reference types="node" />
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../cloud/api/contract.ts';
import { breakIn } from '../fixtures/incidents.ts';
import { buildDesk, openBrowser } from '../testing/browser.ts';
import { type DeskServer, startDeskServer } from '../testing/server.ts';

const widths = { phone: 390, tablet: 834, desk: 1_440 };
/** Where pictures of the pages are wanted. */
const screens = process.env.GATEHOUSE_SCREENS;

let built: Awaited<ReturnType<typeof buildDesk>>;
let browser: Browser;
let server: DeskServer;
let context: BrowserContext;
let complaints: string[] = [];

beforeAll(async () => {
  built = await buildDesk();
  browser = await openBrowser();
}, 120_000);
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
  { width = widths.desk, theme = 'light' as 'dark' | 'light', role = 'supervisor' as Role } = {},
): Promise<Page> {
  server = await startDeskServer({ folder: built.folder, isSignedIn: true, role });
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
  await page.goto(server.address + path);
  return page;
}

async function violations(page: Page, part = 'html'): Promise<string[]> {
  const { violations: found, passes } = await new AxeBuilder({ page })
    .include(part)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(passes.length).toBeGreaterThan(15);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const shoot = async (page: Page, name: string) => {
  if (screens !== undefined) await page.screenshot({ path: `${screens}/response-${name}.png` });
};

/** The focus goes to what is named, by the Tab key alone. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return `${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`;
    });
    if (typeof name === 'string' ? focused.includes(name) : name.test(focused)) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}

describe('the response', { timeout: 120_000 }, () => {
  it.each([
    ['phone', 'light'],
    ['tablet', 'dark'],
    ['desk', 'dark'],
  ] as const)('breaks no rule of accessibility on a %s, %s', async (name, theme) => {
    const page = await open('#/response', { width: widths[name], theme });
    await page.getByRole('heading', { name: 'Playbooks' }).waitFor();
    await page.getByRole('link', { name: 'Open Forced door or break-in' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shoot(page, `library-${name}-${theme}`);

    await page.getByRole('link', { name: /Open the run of Forced door/ }).click();
    await page.getByRole('heading', { name: 'Lock the door behind them or before them' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shoot(page, `run-${name}-${theme}`);

    await page.goto(`${server.address}#/response`);
    await page.getByRole('link', { name: 'Open Forced door or break-in' }).click();
    await page.getByRole('button', { name: /Call the police/ }).click();
    await page.getByLabel('What is to be done').waitFor();
    expect(await violations(page)).toEqual([]);
    await shoot(page, `editor-${name}-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(widths[name]);
    expect(complaints).toEqual([]);
  });

  it('is begun, agreed to and done by keyboard alone', async () => {
    const page = await open(`#/incidents/${breakIn.id}`);
    await page.getByRole('button', { name: 'Begin “Forced door or break-in”' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('the lock of the door concerned').waitFor();
    await tabTo(page, 'Dry run');
    await page.keyboard.press('Enter');
    await dialog.getByText('Lock: Back door lock (Lindenhof Pharmacy)').waitFor();
    expect(await violations(page, 'dialog[open]')).toEqual([]);
    await tabTo(page, /^\s*Begin/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Call the police' }).waitFor();

    await tabTo(page, 'Agree: Lock the door');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => server.received.some(({ path }) => path.endsWith('/lock.1/approve')), { timeout: 5_000 })
      .toBe(true);
    // What must be answered first keeps the button shut.
    const finish = page.getByRole('button', { name: 'Done: Call the police' });
    expect(await finish.isDisabled()).toBe(true);
    await page.getByRole('radio', { name: 'Yes' }).focus();
    await page.keyboard.press('Space');
    await finish.focus();
    await page.keyboard.press('Enter');
    await expect
      .poll(() => server.received.at(-1), { timeout: 5_000 })
      .toMatchObject({
        path: '/api/response/runs/run-1/steps/police.1/done',
        body: { values: { __is_real__: 'true' } },
      });
    await page.getByRole('button', { name: 'More for “Block the account that was used”' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Leave out' }).press('Enter');
    await page.getByRole('textbox', { name: /Why/ }).fill('did it at the console');
    await page.getByRole('button', { name: 'Leave out', exact: true }).press('Enter');
    await expect
      .poll(() => server.received.at(-1), { timeout: 5_000 })
      .toMatchObject({
        path: '/api/response/runs/run-1/steps/block.1/skip',
        body: { text: 'did it at the console' },
      });
    expect(complaints).toEqual([]);
  });

  it('edits a playbook: along the arrows, wrong at the step, undone, kept', async () => {
    const page = await open('#/response');
    await page.getByRole('link', { name: 'Open Forced door or break-in' }).click();
    const chosen = page.locator('.flow-step[aria-pressed="true"]');
    await chosen.focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => chosen.textContent()).toContain('Look and listen');
    await page.getByRole('button', { name: 'Call the police' }).press('Enter');
    const field = page.getByLabel('What is to be done');
    await field.fill('');
    await page.locator('.flow-wrong').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('says nothing');
    expect(await page.getByRole('button', { name: 'Keep as a new version' }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+z');
    await expect.poll(() => field.inputValue()).toContain('Give: address');
    const before = await page.locator('.flow-step').count();
    await page.getByRole('button', { name: 'Add a step after it' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Device at the site' }).press('Enter');
    await expect.poll(() => page.locator('.flow-step').count()).toBe(before + 1);
    expect(await page.getByLabel('Command').inputValue()).toBe('lock.lock __lock__:value');
    await page.getByRole('button', { name: 'Take the step out' }).press('Enter');
    await expect.poll(() => page.locator('.flow-step').count()).toBe(before);
    await page.getByRole('button', { name: 'Call the police' }).press('Enter');
    await page.getByLabel('What it is called').fill('Call the police now');
    const keep = page.getByRole('button', { name: 'Keep as a new version' });
    await expect.poll(() => keep.isDisabled()).toBe(false);
    await keep.press('Enter');
    await expect
      .poll(() => server.received.findLast(({ path }) => path === '/api/response/playbooks')?.body)
      .toMatchObject({ basedOn: 0 });
    await page.getByText('Version 1 is kept.').waitFor();
    expect(complaints).toEqual([]);
  });
});

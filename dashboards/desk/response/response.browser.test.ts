/// <reference types="node" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../kit/testing/accessibility.ts';
import { breakIn } from '../fixtures/incidents.ts';
import { type DeskOptions, type OpenDesk, openBrowser, openDesk } from '../testing/browser.ts';
import type { DeskServer } from '../testing/server.ts';

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
  desk = await openDesk(browser, path, { role: 'supervisor', ...options });
  ({ server, complaints } = desk);
  return desk.page;
}

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
    // It goes on where it was begun, beside the incident's story.
    await page.getByRole('heading', { name: 'Call the police' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/incidents/${breakIn.id}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Agree: Lock the door/ }).press('Enter');
    await expect
      .poll(() => server.received.some(({ path }) => path.endsWith('/lock.1/approve')), { timeout: 5_000 })
      .toBe(true);
    // One question of yes or no: its answer is all there is to do.
    expect(await page.getByRole('button', { name: 'Done: Call the police' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Yes: Are they on their way?' }).press('Enter');
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

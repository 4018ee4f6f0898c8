/// <reference types="node" />
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sweep } from '../../kit/testing/accessibility.ts';
import { builtApplication, openWindow, stageBrowser } from '../../kit/testing/stage.ts';
import { type LearnServer, startLearnServer } from './server.ts';

const MANY_CHECKS_MS = 120_000;

let browser: Browser;
let server: LearnServer;

beforeAll(async () => {
  browser = await stageBrowser();
  server = await startLearnServer(await builtApplication('awareness'));
}, MANY_CHECKS_MS);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(
  path: string,
  options: { javaScriptEnabled?: boolean } = {},
): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
  const { page, complaints, context } = await openWindow(browser, new URL('/', server.address).href, options);
  await page.goto(server.address + path);
  return { page, complaints, close: () => context.close() };
}

it('reads without a script, lesson, quiz answers and all', async () => {
  const { page, complaints, close } = await open('de/lessons/phishing/', { javaScriptEnabled: false });
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Phishing');
  expect(await page.locator('.without li').count()).toBe(4);
  expect(complaints).toEqual([]);
  await close();
});

it(
  'is played by keyboard alone, and no case breaks a rule of accessibility',
  async () => {
    const { page, complaints, close } = await open('en/lessons/fake-shops/');
    await page.getByRole('button', { name: 'orders.lindenhof.example/cart' }).click();
    await page.getByText('Right.').waitFor();
    expect(await sweep(page)).toEqual([]);

    await page.goto(`${server.address}en/game/#412-4`);
    await page.getByRole('button', { name: 'Start: 8 cases' }).focus();
    await page.keyboard.press('Enter');
    let wasTapping = false;
    // Each question takes the focus when it is there: a key that came before would go nowhere.
    const choose = async (button: Locator) => {
      await button.waitFor();
      await page.waitForFunction(() => document.activeElement?.closest('.case-ask') != null);
      await button.press('Enter');
    };
    const next = page.getByRole('button', { name: /^(Next case|See the result)$/ });
    const place = page.locator('.mock-tap').first();
    for (let played = 0; played < 8; played++) {
      await page.getByRole('button', { name: 'A trap' }).press('Enter');
      await choose(page.getByRole('button', { name: 'Fairly sure' }));
      await next.or(place).first().waitFor();
      if (await place.isVisible()) {
        if (!wasTapping) expect(await sweep(page)).toEqual([]);
        wasTapping = true;
        await choose(place);
        await page.getByRole('button', { name: 'These it is' }).press('Enter');
        for (let asked = 0; asked < 2; asked++) {
          const before = await page.locator('.case-ask').textContent();
          await choose(page.locator('.case-ask .choice').first());
          await page.waitForFunction(
            (text) => document.querySelector('.case-ask')?.textContent !== text,
            before,
          );
        }
      }
      await next.waitFor();
      await next.press('Enter');
    }
    await page.getByRole('heading', { name: 'Round over' }).waitFor();
    expect(wasTapping).toBe(true);
    expect(await sweep(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  },
  MANY_CHECKS_MS,
);

it('keeps nothing on a device before its person allows it, and deletes all when they take it back', async () => {
  const { page, complaints, close } = await open('en/lessons/phishing/');
  for (const answer of [/number on your card/, /hang up/, /stop and read it/, /wherever it is used/]) {
    await page.getByRole('button', { name: answer }).click();
    await page.getByRole('button', { name: /^(Next question|See the result)$/ }).click();
  }
  await page.getByText('Passed. Well done!').waitFor();
  const kept = () => page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)));
  expect(await kept()).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
  await page.goto(`${server.address}en/privacy/`);
  await page.getByRole('switch').click();
  await page.getByText('Remembered on this device.').waitFor();
  expect(await kept()).toContain('gatehouse.learn.remember');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.getByRole('switch').click();
  await page.getByText('Nothing is remembered').waitFor();
  await expect.poll(kept).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

it('asks before it remembers an invitation, and tells the workplace that a lesson is done', async () => {
  server.received.length = 0;
  const { page, close } = await open('en/staff/#i=abcdefghijklmnopqrstuvwxyz');
  await page.getByRole('button', { name: 'Agree and begin' }).waitFor();
  expect(server.received).toEqual([]);
  await page.getByRole('button', { name: 'Agree and begin' }).click();
  await page.getByText('1 of 8 lessons done').waitFor();
  expect(page.url()).not.toContain('abcdefg');
  await page.getByRole('link', { name: 'Fake shops' }).click();
  for (const answer of [/orders.lindenhof/, /strong sign/, /national register must/, /stop or recall/]) {
    await page.getByRole('button', { name: answer }).click();
    await page.getByRole('button', { name: /^(Next question|See the result)$/ }).click();
  }
  await page.getByText('Noted as done').waitFor();
  expect(server.received.find(({ path }) => path.endsWith('/done'))).toEqual({
    path: '/api/learn/done',
    bearer: 'Bearer abcdefghijklmnopqrstuvwxyz',
    body: '{"lesson":"fake-shops","answers":[2,0,1,1]}',
  });
  await close();
});

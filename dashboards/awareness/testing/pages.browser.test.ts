/// <reference types="node" />
/**
 * Every page that is written for the public, in both themes at three widths, and by the Tab key alone. All languages come
 * from one mould: English is looked at in full, of the others each page's width on a phone, where words are longest.
 */
import { readdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sweep, widths } from '../../kit/testing/accessibility.ts';
import { tabWalk } from '../../kit/testing/keyboard.ts';
import { watchAnswers } from '../../kit/testing/settled.ts';
import { builtApplication, openWindow, stageBrowser } from '../../kit/testing/stage.ts';
import { type LearnServer, startLearnServer } from './server.ts';

const MANY_PAGES_MS = 300_000;
let browser: Browser;
let server: LearnServer;
let written: string[];

beforeAll(async () => {
  const folder = await builtApplication('awareness');
  written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('index.html'))
    .map((name) => name.slice(0, -'index.html'.length));
  [browser, server] = await Promise.all([stageBrowser(), startLearnServer(folder)]);
}, MANY_PAGES_MS);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

it(
  'no page breaks a rule of accessibility on any screen, and each is walked by keyboard',
  async () => {
    const { page, context, complaints, unanswered } = await openWindow(
      browser,
      new URL('/', server.address).href,
    );
    const settled = watchAnswers(page);
    const english = written.filter((path) => path.startsWith('en/'));
    expect(english.length).toBeGreaterThan(8);
    const faults: string[] = [];
    for (const path of english) {
      await page.goto(server.address + path);
      await settled();
      faults.push(
        ...[...(await sweep(page)), ...(await tabWalk(page, 'body'))].map((fault) => `${path}: ${fault}`),
      );
    }
    expect(faults).toEqual([]);
    expect(unanswered).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  },
  MANY_PAGES_MS,
);

it(
  'in no language a page is wider than a phone',
  async () => {
    const { page, context } = await openWindow(browser, new URL('/', server.address).href, {
      width: widths.phone,
      javaScriptEnabled: false,
    });
    const wide: string[] = [];
    for (const path of written.filter((each) => !each.startsWith('en/') && each.includes('/'))) {
      await page.goto(server.address + path, { waitUntil: 'load' });
      const { scrollWidth } = await page.locator('html').evaluate(({ scrollWidth }) => ({ scrollWidth }));
      if (scrollWidth > widths.phone) wide.push(path);
    }
    expect(wide).toEqual([]);
    await context.close();
  },
  MANY_PAGES_MS,
);

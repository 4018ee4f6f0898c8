/// <reference types="node" />
/**
 * Every page of the desk, each of its views and whatever one press opens, in both themes at three widths, and by the Tab
 * key alone. A page that is added to ../pages.ts is in it by itself.
 */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../cloud/api/contract.ts';
import { sweep } from '../../kit/testing/accessibility.ts';
import { openEach } from '../../kit/testing/dialogs.ts';
import { tabWalk } from '../../kit/testing/keyboard.ts';
import { watchAnswers } from '../../kit/testing/settled.ts';
import { builtApplication, openWindow, stageBrowser } from '../../kit/testing/stage.ts';
import { breakIn } from '../fixtures/incidents.ts';
import { mappedPicture } from '../fixtures/many-sites.ts';
import { startDeskServer } from './server.ts';

const MANY_PAGES_MS = 120_000;
const sections = [
  ...readFileSync(new URL('../pages.ts', import.meta.url), 'utf8').matchAll(/^ {4}section: '([^']*)'/gm),
].map(([, section = '']) => section);

/** What is behind a page and has an address of its own. */
const furtherIn = [
  `incidents/${breakIn.id}`,
  'incidents/i-2026-0115',
  'incidents/nowhere',
  'assets/map/fridge-1',
  'cascade/fail/linden-mains:down',
  `duties/${breakIn.id}`,
  'plans/pharmacy-lindenhof',
  'response/forced-door',
  'response/runs/run-1',
  'nowhere',
];

let folder: string;
let browser: Browser;
beforeAll(async () => {
  [folder, browser] = await Promise.all([builtApplication('desk'), stageBrowser()]);
}, MANY_PAGES_MS);
afterAll(() => browser?.close());

async function open(options: { content?: 'full' | 'empty'; role?: Role; isSignedIn?: boolean } = {}) {
  const { content = 'full', role = 'administrator', isSignedIn = true } = options;
  const server = await startDeskServer({
    folder,
    isSignedIn,
    content,
    role,
    ...(content === 'full' ? { picture: mappedPicture } : {}),
  });
  const window = await openWindow(browser, server.address);
  const settled = watchAnswers(window.page);
  await window.page.goto(server.address);
  await settled();
  const show = async (path: string) => {
    await window.page.evaluate((to) => {
      location.hash = to;
    }, `#/${path}`);
    await settled();
    // What is folded up is a part of the page.
    await window.page.evaluate(() => {
      for (const each of document.querySelectorAll<HTMLElement>('main details:not([open]) > summary'))
        each.click();
    });
    await settled();
  };
  const close = async () => {
    await window.context.close();
    await server.close();
  };
  return { ...window, server, settled, show, close };
}

describe('every page of the desk', () => {
  let desk: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    desk = await open();
    desk.server.refuse('Not in a test.');
  }, MANY_PAGES_MS);
  afterAll(() => desk?.close());

  it('is offered to an administrator, and so looked at here', async () => {
    const offered = await desk.page
      .locator('nav a[href^="#/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')?.slice(2)));
    expect(sections.length).toBeGreaterThan(15);
    expect(sections.filter((section) => !offered.includes(section))).toEqual([]);
  });

  it.each([...sections, ...furtherIn])(
    '#/%s breaks no rule of accessibility on any screen, and is walked by keyboard',
    async (path) => {
      desk.unanswered.length = 0;
      await desk.show(path);
      const faults = [...(await sweep(desk.page)), ...(await tabWalk(desk.page))];
      faults.push(...(await openEach(desk.page)).faults);
      expect(faults).toEqual([]);
      expect(desk.unanswered.filter((asked) => !asked.endsWith('nowhere'))).toEqual([]);
      expect(desk.complaints).toEqual([]);
    },
    MANY_PAGES_MS,
  );
});

describe('the desk', () => {
  it.each(['', 'incidents', 'map'])(
    '#/%s breaks no rule while there is nothing, nor does the page that asks who is there',
    async (path) => {
      const desk = await open({ content: 'empty', isSignedIn: path !== '' });
      await desk.show(path);
      expect(await sweep(desk.page)).toEqual([]);
      expect(await tabWalk(desk.page)).toEqual([]);
      await desk.close();
    },
    MANY_PAGES_MS,
  );
});

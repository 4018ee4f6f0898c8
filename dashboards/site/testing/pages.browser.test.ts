/// <reference types="node" />
/**
 * Every page of the site page, the states of the first one, and whatever one press opens, in both themes at three widths,
 * and by the Tab key alone. A page that is added to ../site.tsx is in it by itself.
 */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SitePage } from '../../../edge/api/contract.ts';
import { sweep } from '../../kit/testing/accessibility.ts';
import { openEach } from '../../kit/testing/dialogs.ts';
import { tabWalk } from '../../kit/testing/keyboard.ts';
import { watchAnswers } from '../../kit/testing/settled.ts';
import { quietDay, walking } from '../fixtures/day.ts';
import * as pages from '../fixtures/pages.ts';
import { buildSite, type OpenOptions, openBrowser, openSite } from './browser.ts';

const MANY_PAGES_MS = 120_000;
const sections = [
  ...readFileSync(new URL('../site.tsx', import.meta.url), 'utf8').matchAll(
    /^ {4}case '([^']*)':\n {6}return <\w+Page/gm,
  ),
].map(([, section = '']) => section);
/** All that a site can be at once. */
const full: SitePage = {
  ...walking,
  ...pages.troubled,
  alarms: pages.alarm.alarms,
  inbox: pages.inbox.inbox,
  ...(walking.walkTest === undefined ? {} : { walkTest: walking.walkTest }),
};
const states: Record<string, SitePage> = {
  calm: pages.calm,
  alarm: pages.alarm,
  seen: pages.seen,
  armed: pages.armed,
  leaving: pages.leaving,
  entering: pages.entering,
  triggered: pages.triggered,
  cutOff: pages.cutOff,
  empty: pages.empty,
};

let folder: string;
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
  ({ folder } = await buildSite());
}, MANY_PAGES_MS);
afterAll(() => browser?.close());

async function open(shown: SitePage, options: OpenOptions = {}) {
  const site = await openSite(browser, folder, shown, '', { width: 1_440, height: 900, ...options });
  const settled = watchAnswers(site.page);
  const show = async (path: string) => {
    await site.page.evaluate((to) => {
      location.hash = to;
    }, `#/${path}`);
    await settled();
  };
  await show('');
  return { ...site, settled, show };
}

const wider = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('every page of a site', { timeout: MANY_PAGES_MS }, () => {
  it('is known here', () => expect(sections).toContain('devices'));

  it.each([...sections, 'nowhere'])(
    '#/%s breaks no rule of accessibility on any screen, and is walked by keyboard',
    async (path) => {
      const site = await open(full, { server: { isSignedIn: true } });
      await site.show(path);
      const faults = [...(await sweep(site.page)), ...(await tabWalk(site.page))];
      if (path !== '') faults.push(...(await openEach(site.page)).faults);
      expect(faults).toEqual([]);
      expect(site.unanswered).toEqual([]);
      expect(site.complaints).toEqual([]);
    },
  );

  it('breaks none in any state, nor do the pages that ask for a name, or say what is missing', async () => {
    const site = await open(pages.calm);
    const faults: string[] = [];
    for (const [state, shown] of Object.entries(states)) {
      site.server.show(shown);
      await site.settled();
      faults.push(...(await sweep(site.page)).map((fault) => `${state}: ${fault}`));
    }
    faults.push(...(await openEach(site.page)).faults);
    expect(faults).toEqual([]);
    for (const [path, server] of [
      ['', { isLocked: true }],
      ['', { reading: 'failing' }],
      ['cameras', {}],
      ['today', { day: quietDay }],
      ['temperatures', { temperatures: 'failing' }],
    ] as const) {
      const other = await open(path === '' ? pages.calm : pages.empty, { server });
      await other.show(path);
      expect([path, server, await sweep(other.page)]).toEqual([path, server, []]);
    }
  });

  it.each(['de-DE', 'fr-FR', 'es-ES', 'it-IT'])(
    'fits a phone in %s, whose words are longer',
    async (locale) => {
      const { page, show, settled } = await open(full, { locale, server: { isSignedIn: true } });
      await settled();
      expect(await sweep(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      const wide: string[] = [];
      for (const path of sections) {
        await show(path);
        if ((await wider(page)) > 0) wide.push(path);
      }
      expect(wide).toEqual([]);
    },
  );
});

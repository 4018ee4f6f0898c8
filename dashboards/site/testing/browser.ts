/// <reference types="node" />
/** For tests only: the built site page over a fixture, in a window of the run's own Chromium. */
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { SitePage } from '../../../edge/api/contract.ts';
import { violations } from '../../kit/testing/accessibility.ts';
import {
  builtApplication,
  openWindow,
  stageBrowser,
  type Window,
  type WindowOptions,
} from '../../kit/testing/stage.ts';
import { type SiteServer, startSiteServer } from './server.ts';

/** The site page as this run built it. */
export const buildSite = async (): Promise<{ folder: string; remove: () => Promise<void> }> => ({
  folder: await builtApplication('site'),
  // It goes with the run.
  remove: async () => undefined,
});

export const openBrowser = stageBrowser;

export interface OpenOptions extends WindowOptions {
  server?: Partial<Parameters<typeof startSiteServer>[0]>;
}

/** The built page over a fixture, in a window of its own, until the test is over. */
export async function openSite(
  browser: Browser,
  folder: string,
  shown: SitePage,
  path: string,
  options: OpenOptions = {},
): Promise<Window & { server: SiteServer }> {
  const { server: wanted, ...window } = options;
  const server = await startSiteServer({ folder, page: shown, ...wanted });
  const opened = await openWindow(browser, server.address, {
    width: 390,
    height: 844,
    locale: 'en-GB',
    serviceWorkers: 'block',
    ...window,
  });
  onTestFinished(async () => {
    await opened.context.close();
    await server.close();
  });
  await opened.page.goto(server.address + path);
  return { ...opened, server };
}

/** What breaks a rule of accessibility as it is shown now; each page is looked at in pages.browser.test.ts. */
export const faultsOf = (page: Page): Promise<string[]> => violations(page, 'dialog[open]');

/// <reference types="node" />
/** For tests only: builds the site page and opens it in Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { onTestFinished } from 'vitest';
import type { SitePage } from '../../../edge/api/contract.ts';
import { type SiteServer, startSiteServer } from './server.ts';

/** Builds into a folder of its own, so that it is never another state of the sources that is tested. */
export async function buildSite(): Promise<{ folder: string; remove: () => Promise<void> }> {
  // A test runner's own NODE_ENV would build in the libraries' checks for development.
  process.env.NODE_ENV = 'production';
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-site-'));
  await build({
    configFile: new URL('../../vite.config.ts', import.meta.url).pathname,
    mode: 'site',
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface OpenOptions {
  width?: number;
  theme?: 'dark' | 'light';
  locale?: string;
  server?: Partial<Parameters<typeof startSiteServer>[0]>;
}

/** The built page over a fixture, in a window of its own, until the test is over. */
export async function openSite(
  browser: Browser,
  folder: string,
  shown: SitePage,
  path: string,
  options: OpenOptions = {},
): Promise<{ page: Page; server: SiteServer }> {
  const { width = 390, theme = 'light', locale = 'en-GB' } = options;
  const server = await startSiteServer({ folder, page: shown, ...options.server });
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: theme,
    locale,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  onTestFinished(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  await page.goto(server.address + path);
  return { page, server };
}

/** What breaks a rule of accessibility, or the width of the screen. */
export async function faultsOf(page: Page): Promise<string[]> {
  // On a screen as high as the page: on a lower one a bar may cover half of a button that one scroll brings out.
  const screen = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (screen !== null) await page.setViewportSize({ ...screen, height: Math.max(height, screen.height) });
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  if (screen !== null) await page.setViewportSize(screen);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`),
    ...(tooWide ? ['wider than the screen'] : []),
  ];
}

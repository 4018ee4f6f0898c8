/// <reference types="node" />
/** For tests only: builds the site page and opens it in Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';

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

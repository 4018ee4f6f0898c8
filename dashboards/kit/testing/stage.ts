/// <reference types="node" />
/** For tests only: the built applications and the browser that all tests of a run share, and windows in it. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { inject } from 'vitest';
import type { Application } from './making.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where dashboards/kit/testing/stage-setup.ts listens. */
    stage: string;
  }
}

/** How long a test may wait for what is shown; generous, for a machine that others use as well. */
const PATIENCE_MS = 10_000;

async function ask(name: string): Promise<string> {
  const response = await fetch(new URL(name, inject('stage')));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** Folder of an application, built once for the whole run from the sources as they are. */
export const builtApplication = (name: Application): Promise<string> => ask(name);

/** The run's one Chromium. Closing it closes the caller's windows only. */
export const stageBrowser = async (): Promise<Browser> => chromium.connect(await ask('browser'));

export interface Window {
  page: Page;
  context: BrowserContext;
  /** What no page may do: throw, break its own policy, ask another server for anything. */
  complaints: string[];
  /** What the page asked its server for in vain. */
  unanswered: string[];
}

export interface WindowOptions extends Omit<BrowserContextOptions, 'viewport' | 'colorScheme'> {
  width?: number;
  height?: number;
  theme?: 'dark' | 'light';
}

/**
 * A window of its own, without motion, watched for complaints.
 * @param address what belongs to the page's own server begins with it
 */
export async function openWindow(
  browser: Browser,
  address: string,
  { width = 1_440, height = 900, theme = 'light', ...options }: WindowOptions = {},
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) complaints.push(`asked for ${request.url()}`);
  });
  const unanswered: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 404) unanswered.push(response.url().replace(address, ''));
  });
  return { page, context, complaints, unanswered };
}

/// <reference types="node" />
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Browser, Locator, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../desk/testing/browser.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const MANY_CHECKS_MS = 120_000;
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

let folder: string;
let browser: Browser;
let server: ReturnType<typeof serve>;
let address: string;
let received: { path: string; bearer: string | undefined; body: string }[] = [];

beforeAll(async () => {
  process.env.NODE_ENV = 'production';
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-learn-'));
  await build({
    configFile: new URL('../../vite.config.ts', import.meta.url).pathname,
    mode: 'awareness',
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('content-security-policy', POLICY);
  });
  app.use('/api/*', async (context, next) => {
    const bearer = context.req.header('authorization');
    received.push({ path: context.req.path, bearer, body: await context.req.text() });
    return next();
  });
  app.get('/api/learn/campaigns', (context) =>
    context.json({
      items: [
        {
          id: 'w-1',
          text: {
            en: 'A false courier has been seen in Lindau.',
            de: 'Ein falscher Bote wurde gesehen in Lindau.',
          },
          lesson: 'parcel-scams',
          until: 1,
        },
      ],
    }),
  );
  app.get('/api/learn/mine', (context) =>
    context.json({
      ...(context.req.header('authorization') === undefined
        ? {}
        : { learner: { name: 'Tom Feld', done: [{ lesson: 'phishing', at: 1 }] } }),
      retentionDays: 730,
    }),
  );
  app.post('/api/learn/done', (context) => context.json({ passed: true, recorded: true }));
  app.post('/api/learn/certificates/check', (context) =>
    context.json({ valid: true, course: 'shop', at: Date.UTC(2026, 10, 23), share: 0.94, nameFits: true }),
  );
  app.get('/learn/*', async (context) => {
    const path = context.req.path.slice('/learn'.length);
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const type = types[extname(file)] ?? 'application/octet-stream';
      return context.body(await readFile(join(folder, file)), 200, { 'content-type': type });
    } catch {
      return context.notFound();
    }
  });
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/learn/`;
  browser = await openBrowser();
}, MANY_CHECKS_MS);
afterAll(async () => {
  await browser?.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function open(
  path: string,
  { width = 1_280, theme = 'light' as 'light' | 'dark', javaScriptEnabled = true } = {},
): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    javaScriptEnabled,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL('/', address).href)) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(address + path);
  return { page, complaints, close: () => context.close() };
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found, passes } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(passes.length).toBeGreaterThan(10);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`);
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

it('reads without a script, lesson, quiz answers and all', async () => {
  const { page, complaints, close } = await open('de/lessons/phishing/', { javaScriptEnabled: false });
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Phishing');
  expect(await page.locator('.without li').count()).toBe(4);
  expect(complaints).toEqual([]);
  await close();
});

it.each([
  ['phone', 390, 'dark'],
  ['tablet', 834, 'light'],
  ['desk', 1_280, 'dark'],
] as const)(
  'is played by keyboard alone on a %s, and no page breaks a rule of accessibility',
  async (_name, width, theme) => {
    const { page, complaints, close } = await open('en/', { width, theme });
    await page.getByText('seen in Lindau').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    await page.goto(`${address}en/lessons/fake-shops/`);
    await page.getByRole('button', { name: 'orders.lindenhof.example/cart' }).click();
    await page.getByText('Right.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    await page.goto(`${address}en/game/#412-4`);
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
        if (!wasTapping) expect(await violations(page)).toEqual([]);
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
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
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
  await page.goto(`${address}en/privacy/`);
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
  received = [];
  const { page, close } = await open('en/staff/#i=abcdefghijklmnopqrstuvwxyz');
  await page.getByRole('button', { name: 'Agree and begin' }).waitFor();
  expect(received).toEqual([]);
  await page.getByRole('button', { name: 'Agree and begin' }).click();
  await page.getByText('1 of 8 lessons done').waitFor();
  expect(page.url()).not.toContain('abcdefg');
  await page.getByRole('link', { name: 'Fake shops' }).click();
  for (const answer of [/orders.lindenhof/, /strong sign/, /national register must/, /stop or recall/]) {
    await page.getByRole('button', { name: answer }).click();
    await page.getByRole('button', { name: /^(Next question|See the result)$/ }).click();
  }
  await page.getByText('Noted as done').waitFor();
  expect(received.find(({ path }) => path.endsWith('/done'))).toEqual({
    path: '/api/learn/done',
    bearer: 'Bearer abcdefghijklmnopqrstuvwxyz',
    body: '{"lesson":"fake-shops","answers":[2,0,1,1]}',
  });
  await close();
});

/** The built page by HTTPS in a browser: what only works there is that it opens when the gateway is gone. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../devices/model/clock.ts';
import { readGatewayConfiguration } from './config.ts';
import { runGateway } from './run.ts';
import { openSitePage } from './site-page.ts';
import { configuredFolder } from './testing/gateway-process.ts';

let folder: string;

beforeAll(async () => {
  // A test runner's own NODE_ENV would build in the libraries' checks for development.
  process.env.NODE_ENV = 'production';
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-https-'));
  await build({
    configFile: fileURLToPath(new URL('../dashboards/vite.config.ts', import.meta.url)),
    mode: 'site',
    logLevel: 'silent',
    build: { outDir: join(folder, 'page'), emptyOutDir: true },
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A gateway in this process, serving the page that was just built. */
async function startPage() {
  const ending = new AbortController();
  const configured = await configuredFolder((text) =>
    text.replace('  trustProxy: true', '  tls: { host: 127.0.0.1, port: 0 }\n  names: [gate.local]'),
  );
  const onDefect = (error: unknown) => {
    throw error;
  };
  const configuration = readGatewayConfiguration(join(configured, 'gateway.yaml'));
  const log = pino({ level: 'silent' });
  const running = await runGateway(
    { configuration, clock: systemClock, log, onFatal: onDefect, onChanged: () => {} },
    ending.signal,
  );
  const page = await openSitePage(
    running,
    { clock: systemClock, files: join(folder, 'page'), isHealthy: () => true, onDefect },
    ending.signal,
  );
  const stop = async () => {
    if (ending.signal.aborted) return;
    ending.abort();
    await running.drivers.broker.closed;
    await running.outbox.close();
  };
  onTestFinished(stop);
  return { page, stop };
}

/** A browser to which gate.local is this machine, and that takes certificates with this key behind them. */
async function browserThatTrusts(authority: X509Certificate) {
  const key = authority.publicKey.export({ type: 'spki', format: 'der' });
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium',
    reducedMotion: 'reduce',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      '--host-resolver-rules=MAP gate.local 127.0.0.1',
      `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`,
    ],
  });
  onTestFinished(() => context.close());
  return context;
}

it('a phone in the site’s network keeps the page, by HTTPS and not without', {
  timeout: 120_000,
}, async () => {
  const gateway = await startPage();
  const crt = await fetch(`http://127.0.0.1:${gateway.page.port}/ca.crt`);
  const context = await browserThatTrusts(new X509Certificate(Buffer.from(await crt.arrayBuffer())));
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);

  await page.goto(`http://gate.local:${gateway.page.port}/`);
  await page.getByText('Test Shop').first().waitFor();
  expect(await page.evaluate<boolean>("'serviceWorker' in navigator")).toBe(false);

  await page.goto(`https://gate.local:${gateway.page.tlsPort}/`);
  await page.getByText('Test Shop').first().waitFor();
  const worker = await page.evaluate<string>(
    'navigator.serviceWorker.ready.then(({ active }) => active.scriptURL)',
  );
  expect(worker).toBe(`https://gate.local:${gateway.page.tlsPort}/service-worker.js`);
  await gateway.stop();
  await page.reload();
  await page.getByText(/The gateway has not been heard since/).waitFor();
});

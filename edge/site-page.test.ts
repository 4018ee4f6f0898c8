/** The built page in a browser, over a gateway with real devices: all that stands between a finger and a siren. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../devices/model/clock.ts';
import { readGatewayConfiguration } from './config.ts';
import { runGateway } from './run.ts';
import { type OpenSitePage, openSitePage } from './site-page.ts';
import { configuredFolder, Devices, pins } from './testing/gateway-process.ts';

let folder: string;
let browser: Browser;

beforeAll(async () => {
  // A test runner's own NODE_ENV would build in the libraries' checks for development.
  process.env.NODE_ENV = 'production';
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-page-'));
  await build({
    configFile: fileURLToPath(new URL('../dashboards/vite.config.ts', import.meta.url)),
    mode: 'site',
    logLevel: 'silent',
    build: { outDir: folder, emptyOutDir: true },
  });
  browser = await chromium.launch({
    executablePath: process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A gateway in this process, serving the page that was just built. */
async function startPage(change?: (configuration: string) => string) {
  const ending = new AbortController();
  const configuration = readGatewayConfiguration(join(await configuredFolder(change), 'gateway.yaml'));
  const onDefect = (error: unknown) => {
    throw error;
  };
  let page: OpenSitePage | undefined;
  const running = await runGateway(
    {
      configuration,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      onFatal: onDefect,
      onChanged: () => page?.changed(),
    },
    ending.signal,
  );
  page = await openSitePage(
    running,
    { clock: systemClock, files: folder, isHealthy: () => true, onDefect },
    ending.signal,
  );
  onTestFinished(async () => {
    ending.abort();
    await running.drivers.broker.closed;
    await running.outbox.close();
  });
  const devices = await Devices.connect({ mqttPort: running.drivers.broker.ports.plain ?? 0 });
  return { url: `http://127.0.0.1:${page.port}/`, devices };
}

async function phone(url: string, path = ''): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => console.error(error));
  await page.goto(url + path);
  return page;
}

async function signInWith(page: Page, pin: string): Promise<void> {
  await page.getByRole('button', { name: 'Anna Weber' }).click();
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: 'OK' }).click();
}

describe('somebody at the tablet', () => {
  it('arms with one door left out, is told of a forced door, and ends the alarm', {
    timeout: 90_000,
  }, async () => {
    const { url, devices } = await startPage();
    await devices.say('siren/status/switch:0', { id: 0, output: false });
    await devices.door('front', 'open');
    await devices.door('back', 'closed');
    const context = await browser.newContext({
      viewport: { width: 1_024, height: 768 },
      reducedMotion: 'reduce',
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(url);
    await page.getByText('Not ready to be switched on').waitFor();

    await page.getByRole('button', { name: /Switch on and leave/ }).click();
    await page.getByRole('button', { name: 'Anna Weber' }).click();
    for (const digit of pins.anna) await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: 'OK' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('it is open').waitFor();
    await dialog.getByRole('switch').click();
    await dialog.getByRole('button', { name: 'Switch on without it' }).click();
    await page.getByText('On: everyone is away').waitFor();
    await page.getByText('Front door, by Anna Weber').waitFor();

    await devices.door('back', 'open');
    await page.getByText('Siren is sounding').waitFor();
    expect(devices.orders.at(-1)).toEqual({ on: true });
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('Siren is sounding').waitFor({ state: 'detached' });
    expect(devices.orders.at(-1)).toEqual({ on: false });
    const seen = page.getByRole('button', { name: 'I’ve seen it' });
    for (let left = await seen.count(); left > 0; left = await seen.count()) {
      await seen.first().click();
      await expect.poll(() => seen.count()).toBeLessThan(left);
    }
    await page
      .getByText(/Anna Weber has seen it/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });

  it('puts a new door contact to use within two minutes of its being powered, by tapping alone', {
    timeout: 120_000,
  }, async () => {
    const { url, devices } = await startPage((configuration) =>
      configuration.replace(/ {2}- \{ device: 'zigbee2mqtt:0x0000000000000001'.*\n/, ''),
    );
    const page = await phone(url, '#/devices');
    await page.getByText('No new devices').waitFor();
    // Powered: the contact joins and says how it is, as zigbee2mqtt tells it.
    const poweredAt = performance.now();
    await devices.door('front', 'closed');
    await page.getByRole('button', { name: /contact (open|closed)/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /Doors/ }).click();
    await dialog.getByRole('button', { name: 'Front door' }).click();
    await dialog.getByText('Open it now: Front door').waitFor();
    await devices.door('front', 'open');
    await dialog.getByText('Heard').waitFor();
    await devices.door('front', 'closed');
    await dialog.getByRole('button', { name: 'Put it to use' }).click();
    await signInWith(page, pins.anna);
    await page.getByText(/now belongs to Front door/).waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    const tile = page.locator('.tile', { hasText: 'Front door' });
    // It is known at once how the door is; nobody waits for the contact's next word.
    await tile.getByText('Closed').waitFor();
    await devices.door('front', 'open');
    await tile.getByText('Open', { exact: true }).waitFor();
    expect(performance.now() - poweredAt).toBeLessThan(2 * 60_000);
  });

  it('is told that a contact is wired the other way round, and it is read so', {
    timeout: 90_000,
  }, async () => {
    const { url, devices } = await startPage((configuration) =>
      configuration.replace(/ {2}- \{ device: 'zigbee2mqtt:0x0000000000000001'.*\n/, ''),
    );
    await devices.door('front', 'open');
    const page = await phone(url, '#/devices');
    await page.getByRole('button', { name: /contact (open|closed)/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /Doors/ }).click();
    await dialog.getByRole('button', { name: 'Front door' }).click();
    // The door is opened, and the contact says "closed".
    await devices.door('front', 'closed');
    await dialog.getByRole('button', { name: 'Yes, it is open' }).click();
    await dialog.getByText('Heard').waitFor();
    await devices.door('front', 'open');
    await dialog.getByRole('button', { name: 'Put it to use' }).click();
    await signInWith(page, pins.anna);
    await page.getByText(/now belongs to Front door/).waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    await page.locator('.tile', { hasText: 'Front door' }).getByText('Closed').waitFor();
  });

  it('walks through the site, and takes a back-up that another passphrase does not open', {
    timeout: 120_000,
  }, async () => {
    const { url, devices } = await startPage();
    await devices.door('front', 'closed');
    await devices.door('back', 'closed');
    const page = await phone(url, '#/walk-test');
    await page.getByRole('button', { name: 'Begin the walk test' }).click();
    await signInWith(page, pins.anna);
    await page.getByText('0 of 3 sensors heard').waitFor();
    await devices.door('front', 'open');
    await page
      .locator('.try-ask', { hasText: 'Front door' })
      .getByText(/Heard at/)
      .waitFor();
    await devices.fridge(4.2);
    await page.getByText('2 of 3 sensors heard').waitFor();
    await page.getByRole('button', { name: 'End the walk test' }).click();
    await page.locator('.try-ask', { hasText: 'Back door' }).getByText('Was not heard').waitFor();

    await page.goto(`${url}#/backup`);
    await page.getByLabel('Passphrase', { exact: true }).fill('vier Kühe auf der Wiese');
    await page.getByLabel('The same once more').fill('vier Kühe auf der Wiese');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Take a back-up' }).click();
    const file = await (await saving).path();
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"format":"gatehouse-backup"/);
    await page.getByLabel('Choose the file').setInputFiles(file);
    const passphrase = page.getByLabel('Passphrase of the back-up');
    await passphrase.fill('drei Kühe');
    await page.getByRole('button', { name: 'Restore it here' }).click();
    await page.getByText('That is not the right passphrase').waitFor();
    await passphrase.fill('vier Kühe auf der Wiese');
    await page.getByRole('button', { name: 'Restore it here' }).click();
    await page.getByText('Start the gateway again now').waitFor();

    await page.goto(`${url}#/diagnostics`);
    const making = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Make the file' }).click();
    expect((await making).suggestedFilename()).toBe('gatehouse-gateway-1-diagnostics.tar.gz');

    await page.goto(`${url}#/today`);
    await page.locator('.pass-door', { hasText: 'Front door' }).getByText('opened once').waitFor();
    // Installed and opened without the gateway: it is served by the gateway itself under its own policy.
    expect(await page.evaluate('navigator.serviceWorker.ready.then(({ active }) => active !== null)')).toBe(
      true,
    );
  });
});

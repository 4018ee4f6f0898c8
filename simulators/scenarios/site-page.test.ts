/** The built site page in Chromium over a real gateway, with simulated devices on real sockets. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { pino } from 'pino';
import type { Browser, Download, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { makeCertificate } from '../../edge/broker/certificate.ts';
import { readGatewayConfiguration } from '../../edge/config.ts';
import { runGateway } from '../../edge/run.ts';
import { type OpenSitePage, openSitePage } from '../../edge/site-page.ts';
import { configuredFolder, Devices, editFile, pins } from '../../edge/testing/gateway-process.ts';
import { Camera } from '../devices/camera/camera.ts';
import { answerProbes } from '../devices/camera/discovery.ts';
import { openChromium } from './chromium.ts';

const WITH_A_BROWSER_MS = 90_000;
let files: string;
let browser: Browser;

beforeAll(async () => {
  // A test runner's own NODE_ENV would build in the libraries' checks for development.
  process.env.NODE_ENV = 'production';
  files = await mkdtemp(join(tmpdir(), 'gatehouse-page-'));
  await build({
    configFile: fileURLToPath(new URL('../../dashboards/vite.config.ts', import.meta.url)),
    mode: 'site',
    logLevel: 'silent',
    build: { outDir: files, emptyOutDir: true },
  });
  browser = await openChromium();
}, WITH_A_BROWSER_MS);
afterAll(async () => {
  await browser?.close();
  await rm(files, { recursive: true, force: true });
});

/** A gateway in this process, serving the page that was just built. */
async function startPage(folder: string) {
  const ending = new AbortController();
  const configuration = readGatewayConfiguration(join(folder, 'gateway.yaml'));
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
      onObserved: (observation) => page?.observed(observation),
    },
    ending.signal,
  );
  page = await openSitePage(
    running,
    { clock: systemClock, files, isHealthy: () => true, onDefect },
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

/** Somebody's phone; what the page itself or its policy complains of fails the test. */
async function phone(url: string, path = '', locale = 'en-GB') {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
    acceptDownloads: true,
    locale,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url + path);
  return page;
}

/** The same at a desk, in the dark. */
async function desk(url: string, path = '') {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: 'dark',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  onTestFinished(() => context.close());
  await page.goto(url + path);
  return page;
}

/** For eyes: where GATEHOUSE_PAGE_SHOTS names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.GATEHOUSE_PAGE_SHOTS;
  const { width = 0 } = page.viewportSize() ?? {};
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}-${width}.png`) });
}

/** What axe finds wrong with what is on the screen. */
async function axeIn(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function typePin(page: Page, pin: string): Promise<void> {
  const dialog = page.getByRole('dialog').last();
  for (const digit of pin) await dialog.getByRole('button', { name: digit, exact: true }).click();
  await dialog.getByRole('button', { name: 'OK' }).click();
}

async function signInAs(page: Page, name: string, pin: string): Promise<void> {
  await page.getByRole('dialog').last().getByRole('button', { name }).click();
  await typePin(page, pin);
}

async function download(page: Page, name: string): Promise<{ file: string; bytes: Buffer }> {
  const coming: Promise<Download> = page.waitForEvent('download');
  await page.getByRole('link', { name, exact: true }).click();
  const arrived = await coming;
  return { file: arrived.suggestedFilename(), bytes: readFileSync(await arrived.path()) };
}

describe('a fridge that was too warm', { timeout: WITH_A_BROWSER_MS }, () => {
  /** Judged within seconds; Anna alone answers for it. */
  async function warmFridge() {
    const folder = await configuredFolder((text) =>
      text.replace(
        'rules:\n',
        'rules:\n  - { rule: temperature-excursion, warningMs: 100, sustainedMs: 400, criticalMs: 600000, gapMs: 60000 }\n',
      ),
    );
    editFile(folder, 'registry.yaml', (text) =>
      text.replace(
        'band: { minCelsius: 2, maxCelsius: 8 } }',
        'band: { minCelsius: 2, maxCelsius: 8 }, coldChain: { responsible: [anna] } }',
      ),
    );
    const started = await startPage(folder);
    await started.devices.fridge(11.5);
    return started;
  }

  it('is decided about by who may, with a reason, and the record of the day is a PDF that says so', async () => {
    const { url, devices } = await warmFridge();
    const page = await phone(url, '#/temperatures');
    await page.getByText('Goods are set apart').waitFor();
    await page.getByText(/Too warm for/).waitFor();

    // Somebody who may not decide is told so, and the goods wait on.
    await page.getByRole('button', { name: 'Discard the goods' }).click();
    const discarding = page.getByRole('dialog', { name: 'Discard the goods' }).first();
    const discard = discarding.getByRole('button', { name: 'Discard the goods' });
    await discard.click();
    await discarding.getByText('Say why: the record needs it.').waitFor();
    await discarding.getByLabel(/Reason/).fill('I thought so.');
    await discard.click();
    await signInAs(page, 'Jonas Keller', pins.jonas);
    await discarding.getByText('Only Anna Weber may decide about these goods.').waitFor();
    // What was typed is still there.
    expect(await discarding.getByLabel(/Reason/).inputValue()).toBe('I thought so.');
    await discarding.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Goods are set apart').waitFor();
    await page.getByRole('button', { name: 'Jonas Keller: sign out' }).click();

    await devices.fridge(5);
    await page.getByText(/Too warm for/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Release the goods' }).click();
    const releasing = page.getByRole('dialog', { name: 'Release the goods' }).first();
    await releasing.getByLabel(/Reason/).fill('Insulin lot 4711: 12 h at 15 °C are allowed.');
    await releasing.getByRole('button', { name: 'Release the goods' }).click();
    // This phone remembers who used it last.
    await page.getByRole('button', { name: 'Somebody else' }).click();
    await signInAs(page, 'Anna Weber', pins.anna);
    await page.getByText('The decision is written down.').waitFor();
    await page.getByText('Goods are set apart').waitFor({ state: 'detached' });

    const pdf = await download(page, 'Record of today');
    expect(pdf.file).toMatch(/^fridge-1-\d{4}-\d{2}-\d{2}\.pdf$/);
    expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.bytes.subarray(-8).toString()).toContain('%%EOF');
    expect(pdf.bytes.length).toBeGreaterThan(2_000);
    const month = await download(page, 'Record of the month');
    expect(month.file).toMatch(/^fridge-1-\d{4}-\d{2}\.pdf$/);
    const csv = await download(page, 'CSV');
    expect(csv.file).toMatch(/\.csv$/);
    const text = csv.bytes.toString();
    expect(text).toContain('Insulin lot 4711: 12 h at 15 °C are allowed.');
    expect(text).toContain('Anna Weber');
    expect(text).not.toContain('I thought so.');

    await page.goto(`${url}#/today`);
    await page.getByText('Anna Weber released the goods in Medicine fridge').waitFor();
  });
});

describe('a siren', { timeout: WITH_A_BROWSER_MS }, () => {
  it('is sounded in two steps, says itself that it does, and stands in the record of the day', async () => {
    const { url, devices } = await startPage(await configuredFolder());
    await devices.say('siren/status/switch:0', { id: 0, output: false });
    const page = await phone(url, '', 'de-DE');
    await page.getByRole('button', { name: 'Auslösen: Siren' }).click();
    await signInAs(page, 'Anna Weber', pins.anna);
    const question = page.getByRole('dialog', { name: 'Auslösen: Siren' });
    await question.getByText('Siren ertönt, höchstens drei Minuten lang.').waitFor();
    expect(devices.orders).toEqual([]);
    await question.getByRole('button', { name: 'Auslösen', exact: true }).click();
    await page.getByText('erledigt, das Gerät sagt es selbst').waitFor();
    expect(devices.orders).toContainEqual({ on: true });
    await page.getByRole('button', { name: 'Abstellen: Siren' }).click();
    await expect.poll(() => devices.orders.at(-1)).toEqual({ on: false });
    await page.goto(`${url}#/today`);
    await page.getByText('Siren hat getan, was es sollte (Auslösen)').waitFor();
  });
});

describe('a camera', { timeout: WITH_A_BROWSER_MS }, () => {
  it('shows what it sees now, again and again, and is turned to a preset', async () => {
    const powerOff = new AbortController();
    onTestFinished(() => powerOff.abort());
    const camera = await Camera.start(
      { clock: systemClock, username: 'gatehouse', password: 'secret', serial: 'S1', logIn: 'digest-both' },
      powerOff.signal,
    );
    const folder = await configuredFolder(
      (text) => `${text}
cameras:
  - { asset: room-camera, host: 127.0.0.1, port: ${camera.port}, username: gatehouse, passwordFile: camera-password, picture: { everyMs: 400 } }
`,
    );
    writeFileSync(join(folder, 'camera-password'), 'secret\n');
    editFile(folder, 'registry.yaml', (text) =>
      text.replace(
        'identities:',
        '  - { id: room-camera, kind: camera, name: Room camera, site: shop, zone: shop.room }\nidentities:',
      ),
    );
    const { url } = await startPage(folder);
    const page = await phone(url, '#/cameras');
    await page.getByRole('button', { name: 'See pictures' }).click();
    await signInAs(page, 'Anna Weber', pins.anna);
    const picture = page.locator('.live-picture');
    await picture.waitFor();
    // Drawn, and not merely asked for.
    await expect
      .poll(() => picture.evaluate((image) => ('naturalWidth' in image ? Number(image.naturalWidth) : 0)))
      .toBeGreaterThan(100);
    const first = await picture.getAttribute('src');
    await expect.poll(() => picture.getAttribute('src'), { timeout: 10_000 }).not.toBe(first);
    await page.getByRole('button', { name: 'Look elsewhere' }).click();
    await page.getByRole('button', { name: 'Ceiling' }).click();
    await page.getByText(/Turn: *done, the device says so itself/).waitFor();

    camera.answers = 'no-picture';
    await page.getByText(/nothing newer has come/).waitFor({ timeout: 40_000 });
  });
});

describe('a camera that nobody has set up', { timeout: WITH_A_BROWSER_MS }, () => {
  const roomCamera =
    '  - { id: room-camera, kind: camera, name: Room camera, site: shop, zone: shop.room }\n';
  /** By HTTPS, on a network that it can be looked for in. */
  async function shopWithCamera(more = '') {
    const powerOff = new AbortController();
    onTestFinished(() => powerOff.abort());
    const pair = makeCertificate(['camera.local'], Date.now());
    const camera = await Camera.start(
      {
        clock: systemClock,
        username: 'gatehouse',
        password: 'Quitte-7281',
        serial: 'S9',
        logIn: 'digest-both',
        tls: pair,
      },
      powerOff.signal,
    );
    await answerProbes({ address: camera.address, endpoint: camera.endpoint, name: 'Room' }, powerOff.signal);
    const folder = await configuredFolder();
    editFile(folder, 'registry.yaml', (text) => text.replace('identities:', `${more}identities:`));
    const { fingerprint256 } = new X509Certificate(pair.certificate);
    return { ...(await startPage(folder)), folder, camera, fingerprint: fingerprint256 };
  }
  /** From the button to the proof, with a wrong password on the way. */
  async function proveAt(page: Page) {
    await page.getByRole('button', { name: 'Add a camera' }).first().click();
    await signInAs(page, 'Anna Weber', pins.anna);
    const dialog = page.getByRole('dialog').last();
    await dialog.getByText('127.0.0.1').waitFor();
    await shoot(page, 'camera-add-where');
    // What is at the machine itself is not asked unless somebody wants it.
    const inside = dialog.getByRole('checkbox', { name: /127\.0\.0\.1/ });
    expect(await inside.isChecked()).toBe(false);
    for (const box of await dialog.getByRole('checkbox').all()) await box.setChecked(false);
    expect(await dialog.getByRole('button', { name: 'Look for cameras' }).isDisabled()).toBe(true);
    await inside.setChecked(true);
    await dialog.getByRole('button', { name: 'Look for cameras' }).click();
    await dialog.getByText('Which camera is it?').waitFor();
    await shoot(page, 'camera-add-found');
    await dialog.getByRole('button', { name: /Room/ }).first().click();
    await dialog.getByLabel(/User name/).fill('gatehouse');
    await dialog.getByLabel(/Password/).fill('wrong');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog.getByText('does not take this user name and password').waitFor();
    await dialog.getByLabel(/Password/).fill('Quitte-7281');
    await shoot(page, 'camera-add-sign-in');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog.getByText('The sign-in is good').waitFor();
    return dialog;
  }

  it('is found, proved with its certificate shown, entered as a new one, seen live, and removed', async () => {
    const { url, folder, fingerprint, devices } = await shopWithCamera();
    await devices.say('siren/status/switch:0', { id: 0, output: false });
    const page = await phone(url, '#/cameras');
    const dialog = await proveAt(page);
    await dialog.getByText(fingerprint).waitFor();
    const proved = dialog.getByRole('img', { name: /sees now/ });
    await expect
      .poll(() => proved.evaluate((drawn) => ('width' in drawn ? Number(drawn.width) : 0)))
      .toBeGreaterThan(50);
    await shoot(page, 'camera-add-place');
    expect(await axeIn(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Put it to use' }).click();
    await dialog.getByText('This is needed.').waitFor();
    await dialog.getByLabel(/What is it called/).fill('Büro Kamera');
    await dialog.getByRole('button', { name: 'Put it to use' }).click();
    await page.getByText('Büro Kamera is in use.').waitFor();
    await expect.poll(() => page.locator('.live-picture').count(), { timeout: 40_000 }).toBe(1);
    const registry = readFileSync(join(folder, 'registry.yaml'), 'utf8');
    expect(registry).toContain('{ id: buero-kamera, kind: camera, name: Büro Kamera, site: shop');
    expect(readFileSync(join(folder, 'gateway.yaml'), 'utf8')).not.toContain('Quitte-7281');
    await shoot(page, 'camera-added');

    await page.getByRole('button', { name: 'Remove Büro Kamera' }).click();
    await page.getByRole('dialog').last().getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Büro Kamera is removed.').waitFor();
    await expect.poll(() => page.locator('.live-picture').count(), { timeout: 10_000 }).toBe(0);
    await page.getByText('Its pictures do not come to this gateway.').waitFor();
  });

  it('is put where the registry has one, at a desk in the dark; going back loses nothing but the password', async () => {
    const { url } = await shopWithCamera(roomCamera);
    const page = await desk(url, '#/cameras');
    const dialog = await proveAt(page);
    expect(await axeIn(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Back' }).click();
    expect(await dialog.getByLabel(/Address/).inputValue()).toBe('127.0.0.1');
    await dialog.getByLabel(/User name/).fill('gatehouse');
    await dialog.getByLabel(/Password/).fill('Quitte-7281');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog.getByRole('radio', { name: 'Room camera' }).setChecked(true);
    await shoot(page, 'camera-add-place');
    await dialog.getByRole('button', { name: 'Put it to use' }).click();
    await page.getByText('Room camera is in use.').waitFor();
    await page.locator('.live-picture').waitFor({ timeout: 40_000 });
  });
});

describe('a badge', { timeout: WITH_A_BROWSER_MS }, () => {
  it('and the PIN of whoever holds it sign in at the page', async () => {
    const folder = await configuredFolder((text) =>
      text
        .replace("'found/#'", "'found/#', 'node/#'")
        .replace('\nrules:', "\n  - { device: 'door-node:desk', asset: desk-reader }\nrules:")
        .replace('  people:', '  badgeReaders: [{ reader: desk-reader }]\n  people:'),
    );
    editFile(folder, 'registry.yaml', (text) =>
      text
        .replace(
          'identities:',
          '  - { id: desk-reader, kind: reader, name: Desk reader, site: shop, zone: shop.room }\nidentities:',
        )
        .replace('accounts: [a.weber]', "accounts: [a.weber], badges: ['04A1B2C3']"),
    );
    const { url, devices } = await startPage(folder);
    await devices.say('siren/status/switch:0', { id: 0, output: false });
    const page = await phone(url);
    await page.getByRole('button', { name: 'Sound: Siren' }).click();
    await page.getByRole('button', { name: 'With a badge: Desk reader' }).click();
    await page.getByText('Hold your badge to Desk reader, once.').waitFor();
    await devices.say('node/desk/state', { boot: 'a', sequence: 1, badge: '04A1B2C3' });
    await page.getByText('Your badge was read. Now your PIN').waitFor();
    await typePin(page, pins.anna);
    await page.getByText(/The whole street hears it/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Anna Weber: sign out' }).waitFor();
  });
});

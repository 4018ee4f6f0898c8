/**
 * Measures the desk in Chromium over a cloud of its own process: first useful paint, bytes of script, how soon a new
 * incident is on the screen, the longest frame while the queue is scrolled. Run: npm run bench:ui
 */
import '../../devices/engine.ts';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { chromium } from 'playwright-core';
import { hashPassword } from '../../cloud/api/password.ts';
import { startCloud } from '../../cloud/cloud.ts';
import { readCloudConfiguration } from '../../cloud/config.ts';
import { TestLane } from '../../cloud/ingest/testing.ts';
import { openSqliteStore } from '../../cloud/store/sqlite.ts';
import { systemClock } from '../../devices/model/clock.ts';
import { detection, severities } from '../../devices/model/detection.ts';

const SITES = 500;
const PER_SITE = 20;
const ARRIVALS = 40;
const PASSWORD = 'correct horse battery';
const TOKEN = 'a-token-of-a-gateway';
const HOUR_MS = 3_600_000;
const goals = { paintMs: 1_500, scriptBytes: 90_000, arrivalMs: 1_000, frameMs: 50 };

/** Every detection in a zone of its own that touches none: an incident each. */
function judged(site: number, at: number, place: number) {
  return detection.parse({
    id: `bench/${site}/${place}/${at}`,
    at,
    rule: ['forced-open', 'held-open', 'motion-after-hours', 'camera-obscured'][place % 4],
    severity: severities[1 + ((site + place) % 3)],
    source: 'bench',
    site: `site-${site}`,
    assets: [`door-${site}-${place}`],
    identities: [],
    observables: {},
    summary: `Door ${place} of site ${site} was forced`,
  });
}

async function serve(folder: string): Promise<void> {
  const ids = Array.from({ length: SITES }, (_, site) => site);
  const places = Array.from({ length: PER_SITE + 1 }, (_, place) => place);
  const registry = {
    sites: ids.map((site) => ({ id: `site-${site}`, name: `Branch ${site}`, timeZone: 'Europe/Berlin' })),
    zones: ids.flatMap((site) =>
      places.map((place) => ({ id: `zone-${site}-${place}`, site: `site-${site}`, name: `Room ${place}` })),
    ),
    assets: ids.flatMap((site) =>
      places.map((place) => ({
        id: `door-${site}-${place}`,
        kind: 'door',
        name: `Door ${place}`,
        site: `site-${site}`,
        zone: `zone-${site}-${place}`,
      })),
    ),
    identities: [],
  };
  writeFileSync(join(folder, 'registry.yaml'), JSON.stringify(registry));
  const file = join(folder, 'cloud.yaml');
  writeFileSync(
    file,
    JSON.stringify({
      registry: 'registry.yaml',
      state: 'state',
      http: { port: 0, pages: process.env.GATEHOUSE_BENCH_PAGES },
      ingest: { mqtt: { plain: { port: 0 } } },
      gateways: ids.map((site) => ({
        id: `gateway-${site}`,
        site: `site-${site}`,
        tokenSha256: createHash('sha256').update(TOKEN).digest('hex'),
      })),
      accounts: [{ name: 'mara', role: 'operator', passwordHash: await hashPassword(PASSWORD, 1_024) }],
    }),
  );
  mkdirSync(join(folder, 'state'));
  const store = openSqliteStore({
    file: join(folder, 'state', 'store.sqlite'),
    clock: systemClock,
    sitesOf: () => [],
  });
  const now = Date.now();
  await store.append(
    [],
    ids.flatMap((site) =>
      places.slice(0, PER_SITE).map((place) => judged(site, now - (PER_SITE - place) * HOUR_MS, place)),
    ),
  );
  await store.close();
  const ending = new AbortController();
  const cloud = await startCloud(
    {
      configuration: readCloudConfiguration(file),
      clock: systemClock,
      log: pino({ level: 'silent' }),
      onFatal: (error) => {
        throw error;
      },
    },
    ending.signal,
  );
  process.stdout.write(`${JSON.stringify({ port: cloud.ports.http })}\n`);
  process.once('SIGTERM', () => ending.abort());
  await cloud.done;
}

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-desk-bench-'));
  const server = spawn(process.execPath, [import.meta.filename, 'serve', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const browser = await chromium.launch({
    executablePath: process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    let port = 0;
    for await (const line of createInterface(server.stdout)) {
      ({ port } = JSON.parse(line) as { port: number });
      break;
    }
    const address = `http://127.0.0.1:${port}`;
    const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
    const signedIn = await context.request.post(`${address}/api/session`, {
      data: { name: 'mara', password: PASSWORD },
      headers: { origin: address },
    });
    if (!signedIn.ok()) throw new Error(`sign-in: ${signedIn.status()} ${await signedIn.text()}`);
    const page = await context.newPage();
    const scripts: Promise<number>[] = [];
    let isFirst = true;
    page.on('response', (response) => {
      if (isFirst && new URL(response.url()).pathname.endsWith('.js'))
        scripts.push(response.body().then((body) => gzipSync(body).length));
    });
    const began = performance.now();
    await page.goto(`${address}/#/incidents`, { waitUntil: 'commit' });
    await page.locator('[data-incident]').first().waitFor();
    const paintMs = performance.now() - began;
    isFirst = false;
    const bytes = (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0);
    const total = async () =>
      Number(
        /of ([\d,]+)/.exec((await page.locator('.queue-end').textContent()) ?? '')?.[1]?.replaceAll(',', ''),
      );
    const open = await total();
    report('first useful paint', paintMs, goals.paintMs, 'ms');
    report('JavaScript until then, gzip', bytes, goals.scriptBytes, 'bytes');
    console.log(`  ${open} open incidents at ${SITES} sites`);

    await page.waitForTimeout(2_000);
    const times: number[] = [];
    for (let number = 0; number < ARRIVALS; number++) {
      const site = number * 7;
      const lane = new TestLane('alarm', `gateway-${site}`);
      const before = await total();
      const seen = page.evaluate<number>(untilTotal(before + 1));
      const sentAt = Date.now();
      const record = lane.record(() => ({ type: 'detection', detection: judged(site, sentAt, PER_SITE) }));
      const answer = await fetch(`${address}/ingest/v1/gateway-${site}/alarm`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
        body: Buffer.from(lane.batch([record])),
      });
      if (!answer.ok) throw new Error(`ingest: ${answer.status} ${await answer.text()}`);
      const shownAt = await Promise.race([
        seen,
        new Promise<never>((_, reject) => setTimeout(reject, 15_000, new Error('it was never shown'))),
      ]);
      times.push(shownAt - sentAt);
    }
    times.sort((a, b) => a - b);
    const part = (share: number) => times[Math.ceil((times.length - 1) * share)] ?? Number.NaN;
    report(
      `new incident on the screen, p99 of ${ARRIVALS} (p50 ${part(0.5)} ms)`,
      part(0.99),
      goals.arrivalMs,
      'ms',
    );

    const frames = await page.evaluate<number[]>(scrolled(600));
    const longest = Math.max(...frames);
    const usual = frames.toSorted((a, b) => a - b)[Math.floor(frames.length / 2)] ?? 0;
    const late = frames.filter((ms) => ms > goals.frameMs).length;
    report(
      `longest frame of ${frames.length} while scrolling (${late} over ${goals.frameMs} ms, usual ${Math.round(usual)} ms)`,
      longest,
      goals.frameMs,
      'ms',
    );
    console.log(`  ${await page.locator('[data-incident]').count()} rows in the page at its end`);
  } finally {
    await browser.close();
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the page: when the queue says that there are so many. */
const untilTotal = (wanted: number): string => `new Promise((resolve) => {
  const look = () => {
    const text = document.querySelector('.queue-end')?.textContent ?? '';
    const now = Number(/of ([\\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''));
    if (now >= ${wanted}) resolve(Date.now());
    else requestAnimationFrame(look);
  };
  look();
})`;

/** In the page: how long each frame took, from the first row to the last, so many px a frame. */
const scrolled = (stepPx: number): string => `new Promise((resolve) => {
  const found = [];
  const scroller = document.scrollingElement;
  let last = performance.now();
  const step = (now) => {
    found.push(now - last);
    last = now;
    if (scroller.scrollTop >= scroller.scrollHeight - innerHeight - 2) resolve(found.slice(1));
    else {
      scroller.scrollTop += ${stepPx};
      requestAnimationFrame(step);
    }
  };
  requestAnimationFrame(step);
})`;

function report(what: string, value: number, goal: number, unit: string): void {
  console.log(
    `${what}: ${Math.round(value)} ${unit} (goal at most ${goal}); ratio ${(value / goal).toFixed(2)}`,
  );
}

if (process.argv[2] === 'serve') await serve(process.argv[3] ?? '');
else await measure();

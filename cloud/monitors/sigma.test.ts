import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ManualClock, manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Detector } from '../detector.ts';
import { type RuleSet, ruleSetOf } from '../sigma/rule-set.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { SigmaMonitor } from './sigma.ts';
import { openSigma } from './sigma-folder.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const MINUTE = 60_000;
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden' }],
    zones: [{ id: 'back', site: 'linden', name: 'Back room' }],
    assets: [
      { id: 'back-door', kind: 'door', name: 'Back door', site: 'linden', zone: 'back' },
      { id: 'shop-server', kind: 'host', name: 'Server', site: 'linden', zone: 'back' },
      { id: 'web-shop', kind: 'shop', name: 'Shop', site: 'linden' },
    ],
    identities: [{ id: 'anna', name: 'Anna Weber', accounts: ['a.weber'], badges: ['04A1'] }],
  }),
);

const rules = `title: Forced door
name: forced
logsource: {category: physical, service: door}
detection: {s: {kind: door.alarm-started}, condition: s}
---
title: Log-in
name: login
logsource: {category: authentication}
detection: {s: {kind: login.succeeded}, condition: s}
---
title: Log-in behind a forced door
id: forced-login
level: critical
tags: [attack.initial-access, attack.t1078]
correlation: {type: temporal_ordered, rules: [forced, login], group-by: [site], timespan: 10m}
---
title: SQL injection
id: sqli
level: high
tags: [attack.t1190]
logsource: {category: webserver}
detection: {s: {cs-uri-query|contains: union select}, condition: s}
---
title: Door left alone
id: quiet
logsource: {category: physical}
correlation: {type: event_count, rules: [opened], group-by: [asset], timespan: 1h, condition: {eq: 0}}
---
title: Opened
name: opened
logsource: {category: physical}
detection: {s: {kind: door.opened, zone: back}, condition: s}`;

const setOf = (text: string): RuleSet => {
  const set = ruleSetOf([{ file: 'x.yml', text }]);
  expect(set.failed).toEqual([]);
  return set;
};

let sequence = 0;
const seen = (
  kind: Observation['kind'],
  asset: string,
  observedAt: number,
  over: Partial<Observation> = {},
): Observation =>
  observation.parse({
    id: `gw/epoch000/${String(++sequence).padStart(6, '0')}`,
    kind,
    site: 'linden',
    asset,
    source: 'sensor:1',
    observedAt,
    receivedAt: observedAt,
    clock: 'set',
    ...over,
  });
const injection = (at: number, over: Partial<Observation> = {}) =>
  seen('web.requested', 'web-shop', at, {
    source: 'web-access:shop',
    observables: { ip: '203.0.113.7', path: '/p?id=1+UNION SELECT+1', method: 'GET' },
    facts: { status: 200 },
    ...over,
  });

const settings = { pauseMs: 10 * MINUTE, latenessMs: 60 * MINUTE, latenessBySource: {} };
let clock: ManualClock;
beforeEach(() => {
  clock = manualClock(NOW);
  sequence = 0;
});
const monitorOf = (set = setOf(rules), over: Partial<typeof settings> = {}) =>
  new SigmaMonitor(set, { ...settings, ...over, registry, clock });

function standing(monitor: SigmaMonitor, batches: readonly (readonly Observation[])[]): Detection[] {
  const found = new Map<string, Detection>();
  for (const batch of batches) {
    const { put, withdraw } = monitor.observe(batch);
    for (const id of withdraw) found.delete(id);
    for (const one of put) found.set(one.id, detection.parse(one));
  }
  return [...found.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

test('a forced door and a log-in behind it are one detection, with both assets and the person', () => {
  const door = seen('door.alarm-started', 'back-door', NOW - 5 * MINUTE);
  const login = seen('login.succeeded', 'shop-server', NOW - MINUTE, {
    source: 'syslog:servers',
    subjects: { account: 'a.weber' },
    facts: { service: 'ssh' },
  });
  expect(standing(monitorOf(), [[door], [login]])).toMatchObject([
    {
      rule: 'sigma:forced-login',
      at: login.observedAt,
      severity: 'critical',
      tactic: 'T1078',
      site: 'linden',
      assets: ['back-door', 'shop-server'],
      identities: ['anna'],
      evidence: [door.id, login.id],
      facts: { title: 'Log-in behind a forced door' },
    },
  ]);
});

test('what a gateway judged is looked at as well: a door forced open, and a log-in behind it', () => {
  const judged = detection.parse({
    id: 'gw/forced-open/1',
    at: NOW - 5 * MINUTE,
    rule: 'forced-open',
    severity: 'high',
    source: 'linden-gateway',
    site: 'linden',
    assets: ['back-door'],
    identities: [],
    observables: {},
    summary: 'Back door was forced open',
    evidence: ['gw/epoch000/7'],
  });
  const login = seen('login.succeeded', 'shop-server', NOW - MINUTE, { subjects: { account: 'a.weber' } });
  const monitor = monitorOf(
    setOf(
      rules
        .replace('{category: physical, service: door}', '{category: detection, service: forced-open}')
        .replace('{kind: door.alarm-started}', '{severity: high}'),
    ),
  );
  monitor.observe([], [judged]);
  expect(monitor.observe([login], [judged]).put).toMatchObject([
    {
      rule: 'sigma:forced-login',
      assets: ['back-door', 'shop-server'],
      evidence: ['gw/epoch000/7', login.id],
    },
  ]);
});

test('a rule that matches again and again is one detection that counts, until a pause', () => {
  const times = [0, 1, 2, 3, 30].map((minute) => NOW - 50 * MINUTE + minute * MINUTE);
  const found = standing(
    monitorOf(),
    times.map((at) => [injection(at)]),
  );
  expect(found.map(({ at, count, severity, observables }) => ({ at, count, severity, observables }))).toEqual(
    [
      { at: times[0], count: 4, severity: 'high', observables: { ip: '203.0.113.7' } },
      { at: times[4], count: 1, severity: 'high', observables: { ip: '203.0.113.7' } },
    ],
  );
});

test('a log says what it is and brings its own fields, but does not speak for the house', () => {
  const monitor = monitorOf(
    setOf(
      'title: tool\nid: tool\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image|endswith: \\tool.exe, asset: shop-server}, condition: s}',
    ),
  );
  const logged = (fields: Record<string, string>) =>
    seen('process.started', 'shop-server', NOW, {
      log: { category: 'process_creation', product: 'windows', service: 'sysmon', fields },
    });
  expect(monitor.observe([logged({ Image: 'C:\\x\\TOOL.exe', asset: 'another' })]).put).toMatchObject([
    { rule: 'sigma:tool', assets: ['shop-server'] },
  ]);
});

test('absence is told when the time has passed, though nothing came', () => {
  const monitor = monitorOf(undefined, { latenessMs: 5 * MINUTE });
  const opened = seen('door.opened', 'back-door', NOW - MINUTE);
  expect(monitor.observe([opened]).put).toEqual([]);
  clock.advance(63 * MINUTE);
  monitor.pass();
  expect(monitor.observe([]).put).toEqual([]);
  clock.advance(2 * MINUTE);
  monitor.pass();
  expect(monitor.observe([]).put).toMatchObject([
    {
      rule: 'sigma:quiet',
      at: opened.observedAt + 60 * MINUTE,
      assets: ['back-door'],
      evidence: [opened.id],
    },
  ]);
});

test('what comes later than the lateness is told all the same, by itself; a source may have a lateness of its own', () => {
  const monitor = monitorOf();
  monitor.observe([injection(NOW)]);
  const late = injection(NOW - 2 * 60 * MINUTE);
  expect(monitor.observe([late]).put).toMatchObject([{ rule: 'sigma:sqli', count: 1, evidence: [late.id] }]);
  const patient = monitorOf(undefined, { latenessBySource: { 'web-access': 3 * 60 * MINUTE } });
  patient.observe([injection(NOW)]);
  const first = injection(NOW - 2 * 60 * MINUTE);
  const second = injection(NOW - 2 * 60 * MINUTE + MINUTE);
  expect(patient.observe([second, first]).put).toMatchObject([{ count: 2, evidence: [first.id, second.id] }]);
});

test('a clock that is years ahead shuts nobody else out', () => {
  const monitor = monitorOf();
  monitor.observe([injection(NOW + 365 * 24 * 60 * MINUTE)]);
  const [a, b] = [injection(NOW - 2 * MINUTE), injection(NOW - MINUTE)];
  expect(monitor.observe([a, b]).put).toMatchObject([{ count: 2 }]);
});

test('any order of arrival, in any batches, with repeats, gives the same detections', () => {
  const at = (minute: number) => NOW - 55 * MINUTE + minute * MINUTE;
  const all = [
    ...[0, 4, 9, 25, 26].map((minute) => injection(at(minute))),
    injection(at(5), { observables: { ip: '198.51.100.3', path: '/union select' } }),
    seen('door.alarm-started', 'back-door', at(10)),
    seen('login.succeeded', 'shop-server', at(12)),
    seen('login.succeeded', 'shop-server', at(19)),
    seen('door.alarm-started', 'back-door', at(40)),
    seen('login.succeeded', 'shop-server', at(39)),
  ];
  const expected = standing(monitorOf(), [[...all].sort((a, b) => a.observedAt - b.observedAt)]);
  expect(expected.length).toBeGreaterThan(3);
  const withRepeats = fc.shuffledSubarray([...all, ...all.slice(0, 4)], { minLength: all.length + 4 });
  fc.assert(
    fc.property(withRepeats, fc.integer({ min: 1, max: 5 }), (order, size) => {
      const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, index) =>
        order.slice(index * size, (index + 1) * size),
      );
      expect(standing(monitorOf(), batches)).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test('new rules judge what was lately seen, and go on from there', () => {
  const monitor = monitorOf(
    setOf('title: nothing\nlogsource: {category: webserver}\ndetection: {s: {a: 1}, condition: s}'),
  );
  const door = seen('door.alarm-started', 'back-door', NOW - 5 * MINUTE);
  const login = seen('login.succeeded', 'shop-server', NOW - MINUTE);
  expect(monitor.observes.has('door.alarm-started')).toBe(false);
  expect(monitor.observe([door]).put).toEqual([]);
  monitor.replace(setOf(rules), (kinds) => [door].filter(({ kind }) => kinds.includes(kind)));
  expect(monitor.observes.has('door.alarm-started')).toBe(true);
  expect(monitor.observe([login]).put).toMatchObject([{ rule: 'sigma:forced-login' }]);
});

describe('in the cloud', () => {
  let folder: string;
  const ended: AbortController[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-sigma-'));
    mkdirSync(join(folder, 'rules'));
    writeFileSync(join(folder, 'rules', 'shop.yml'), rules);
  });
  afterEach(() => {
    for (const one of ended.splice(0)) one.abort();
    rmSync(folder, { recursive: true });
  });

  function openFolder(store: Parameters<typeof openSigma>[0]['store']) {
    const log = { info: vi.fn(), warn: vi.fn() };
    const sigma = openSigma({
      configuration: {
        registry,
        resolve: (path) => join(folder, path),
        sigma: { rules: 'rules', ...settings },
      },
      store,
      clock,
      log,
    });
    if (sigma === undefined) throw new Error('a folder is configured');
    return { sigma, log };
  }

  test('without a folder there is nothing', () => {
    const log = { info: vi.fn(), warn: vi.fn() };
    const configuration = { registry, resolve: (path: string) => path, sigma: undefined };
    expect(openSigma({ configuration, store: { observations: () => [] }, clock, log })).toBeUndefined();
  });

  test('a changed folder is read again; a bad file is named with its reason, the others are kept', async () => {
    const { sigma, log } = openFolder({ observations: () => [] });
    const wake = vi.fn();
    const ending = new AbortController();
    ended.push(ending);
    sigma.start(ending.signal, wake);
    expect(sigma.monitor.judges('sigma:sqli')).toBe(true);
    writeFileSync(
      join(folder, 'rules', 'bad.yml'),
      'title: bad\nlogsource: {}\ndetection: {s: {a|x: 1}, condition: s}',
    );
    writeFileSync(
      join(folder, 'rules', 'new.yml'),
      'title: new\nid: new\nlogsource: {category: webserver}\ndetection: {s: {sc-status: 200}, condition: s}',
    );
    await vi.waitFor(() => expect(sigma.monitor.judges('sigma:new')).toBe(true), 10_000);
    expect(sigma.monitor.judges('sigma:sqli')).toBe(true);
    expect(log.warn).toHaveBeenCalledWith(
      { file: 'bad.yml', error: 'detection.s.a|x: there is no modifier "x"' },
      'a Sigma rule is left out',
    );
    expect(wake).toHaveBeenCalled();
  });

  test('detections are stored, become incidents, and are the same after a restart', async () => {
    const store = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => ['linden'] });
    const lead = async () => {
      const { sigma } = openFolder(store);
      const ending = new AbortController();
      ended.push(ending);
      const detector = new Detector({
        store,
        registry,
        clock,
        monitors: {},
        sigma: sigma.monitor,
        onDetected: () => undefined,
        onFailed: (error) => expect(error).toBeUndefined(),
        signal: ending.signal,
      });
      await detector.restore();
      return detector;
    };
    const take = async (detector: Detector, observations: Observation[]) => {
      await store.append(observations, []);
      await detector.take(observations, []);
      await detector.settled();
    };
    const stored = () => [...store.detections({ from: 0 })].filter(({ rule }) => rule.startsWith('sigma:'));
    const first = await lead();
    await take(first, [
      seen('door.alarm-started', 'back-door', NOW - 5 * MINUTE),
      injection(NOW - 4 * MINUTE),
    ]);
    // The second half comes in the next life.
    const second = await lead();
    await take(second, [seen('login.succeeded', 'shop-server', NOW - MINUTE), injection(NOW - MINUTE)]);
    expect(stored().map(({ rule, count }) => ({ rule, count }))).toEqual(
      expect.arrayContaining([
        { rule: 'sigma:sqli', count: 2 },
        { rule: 'sigma:forced-login', count: 2 },
      ]),
    );
    expect(stored()).toHaveLength(2);
    const before = stored();
    await lead();
    expect(stored()).toEqual(before);
    expect(store.incidents({ offset: 0, limit: 9 }).flatMap(({ incident }) => incident.detections)).toEqual(
      expect.arrayContaining(before.map(({ id }) => id)),
    );
    await store.close();
  });
});

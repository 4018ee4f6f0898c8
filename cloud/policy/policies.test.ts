import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { type PolicyEntry, policyDocument, policyEntry, policyFrom, readPolicies } from './document.ts';
import { ageLimit } from './kinds/age-limit.ts';
import { atLeastEvery } from './kinds/at-least-every.ts';
import { byTime } from './kinds/by-time.ts';
import { mustNot } from './kinds/must-not.ts';
import { presence } from './kinds/presence.ts';
import { twoPerson } from './kinds/two-person.ts';
import { inForceSince, MAX_SCOPES, Policies } from './policies.ts';

const DAY_MS = 24 * 3_600_000;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const registry = registryOf(
  registryDocument.parse({
    sites: [
      { id: 'branch', name: 'Branch', timeZone: 'UTC', opening: [{ days, from: '08:00', to: '20:00' }] },
      { id: 'online', name: 'Web shop', timeZone: 'UTC' },
    ],
    zones: [{ id: 'room', site: 'branch', name: 'Room' }],
    assets: [
      { id: 'reader-1', kind: 'reader', name: 'Reader', site: 'branch' },
      { id: 'reader-2', kind: 'reader', name: 'Reader at the exit', site: 'branch' },
      { id: 'branch-host', kind: 'host', name: 'Till', site: 'branch' },
      { id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: 'branch', zone: 'room' },
      { id: 'cabinet-reader', kind: 'reader', name: 'Cabinet reader', site: 'branch', zone: 'room' },
      { id: 'panel', kind: 'alarm-panel', name: 'Alarm', site: 'branch' },
      { id: 'gateway', kind: 'gateway', name: 'Gateway', site: 'branch' },
      { id: 'clean-room-door', kind: 'door', name: 'Clean room door', site: 'branch' },
      {
        id: 'fridge',
        kind: 'fridge',
        name: 'Fridge',
        site: 'branch',
        band: { minCelsius: 2, maxCelsius: 8 },
        coldChain: { calibration: { calibratedOn: '1970-01-10', dueOn: '1972-01-10' } },
      },
      { id: 'shop-admin', kind: 'shop', name: 'Shop administration', site: 'online' },
      { id: 'web-shop', kind: 'shop', name: 'Web shop', site: 'online' },
    ],
    identities: [
      { id: 'anna', name: 'Anna Weber', accounts: ['a.weber'], badges: ['04A1', '04A9'] },
      { id: 'ben', name: 'Ben Kurz', accounts: ['b.kurz'], badges: ['04B2'] },
    ],
  }),
);

const whole = (
  partial: Partial<Observation> & Pick<Observation, 'kind' | 'asset' | 'observedAt'>,
  index: number,
) =>
  observation.parse({
    id: `gateway/epoch000/${String(index + 1).padStart(4, '0')}`,
    site: registry.asset(partial.asset)?.site ?? 'branch',
    source: 'test',
    receivedAt: partial.observedAt,
    clock: 'set',
    ...partial,
  });

const described = { id: 'rule', title: 'A rule', serves: [{ standard: 'NIS2', section: 'Art. 21' }] };
const kinds = [presence, twoPerson, atLeastEvery, ageLimit, mustNot, byTime].map(({ kind, samples }) => ({
  kind,
  samples: samples.map(({ settings, ...sample }) => ({
    ...sample,
    entry: policyEntry.parse({ ...described, ...settings, kind }),
    observations: sample.observations.map(whole),
  })),
}));

const policiesOf = (entries: readonly PolicyEntry[]) =>
  new Policies(entries, { registry, inForce: new Map(entries.map(({ id }) => [id, 0])), now: 0 });

/** Everything put and not withdrawn. */
function standing(policies: Policies, batches: readonly (readonly Observation[])[], now: number) {
  const found = new Map<string, unknown>();
  for (const told of [...batches.map((batch) => policies.observe(batch)), policies.pass(now)]) {
    for (const id of told.withdraw) found.delete(id);
    for (const one of told.put) found.set(one.id, detection.parse(one));
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe.each(kinds)('$kind', ({ samples }) => {
  test.each(samples)('$name', ({ entry, observations, now, expect: expected, hasNoData = false }) => {
    const policy = policyFrom(entry);
    const scopes = new Set([
      ...policy.scopes(registry),
      ...observations.flatMap((one) => policy.scopesOf(one, registry)),
    ]);
    const verdicts = [...scopes].map((scope) =>
      policy.judge({
        scope,
        observations: observations.filter((one) => policy.scopesOf(one, registry).includes(scope)),
        now,
        inForceFrom: 0,
        registry,
      }),
    );
    const breaches = verdicts.flatMap((verdict) => verdict.breaches).sort((a, b) => a.at - b.at);
    expect(
      breaches.map(({ at, count, until }, index) => ({
        at,
        ...(expected[index]?.count === undefined ? {} : { count }),
        ...(expected[index]?.until === undefined ? {} : { until }),
      })),
    ).toEqual(expected);
    expect(verdicts.length > 0 && verdicts.every((verdict) => verdict.hasNoData)).toBe(hasNoData);
  });

  test('any order of arrival, in any batches, with repeats, gives the same detections', () => {
    for (const { entry, observations, now } of samples) {
      if (observations.length < 2) continue;
      const expected = standing(policiesOf([entry]), [observations], now);
      const shuffled = fc.shuffledSubarray([...observations, ...observations], {
        minLength: 2 * observations.length,
      });
      fc.assert(
        fc.property(shuffled, fc.integer({ min: 1, max: 3 }), (order, size) => {
          const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, at) =>
            order.slice(at * size, (at + 1) * size),
          );
          expect(standing(policiesOf([entry]), batches, now)).toEqual(expected);
        }),
        { numRuns: 25 },
      );
    }
  });
});

const noSecondFactor = policyEntry.parse({
  ...described,
  ...mustNot.samples.find(({ name }) => name.startsWith('an account that was ended'))?.settings,
  kind: 'must-not',
  severity: 'high',
});

test('a detection says which rule of which law was broken', () => {
  const { observations, entry, now } = kinds[1]?.samples[1] ?? {
    observations: [],
    entry: noSecondFactor,
    now: 0,
  };
  const [found] = standing(policiesOf([entry]), [observations], now);
  expect(found?.[1]).toMatchObject({
    rule: 'policy:rule',
    severity: 'medium',
    site: 'branch',
    assets: ['cabinet'],
    identities: ['anna'],
    facts: { policy: 'rule', regulation: 'NIS2, Art. 21', people: 1, needed: 2 },
    evidence: observations.map(({ id }) => id),
  });
});

test('what comes late takes a detection back', () => {
  const entry = policyEntry.parse({ ...described, kind: 'presence' });
  const policies = policiesOf([entry]);
  const logIn = whole(
    { kind: 'login.succeeded', asset: 'branch-host', observedAt: 60_000, subjects: { account: 'a.weber' } },
    1,
  );
  const badge = whole(
    { kind: 'access.granted', asset: 'reader-1', observedAt: 1_000, subjects: { badge: '04A1' } },
    0,
  );
  policies.observe([logIn]);
  const told = policies.pass(DAY_MS);
  expect(told.put).toHaveLength(1);
  expect(policies.states()[0]).toMatchObject({ state: 'violated', since: 60_000 });
  expect(policies.observe([badge])).toEqual({ put: [], withdraw: [told.put[0]?.id] });
  expect(policies.states()[0]).toMatchObject({ state: 'met', breaches: [] });
});

test('a state says met, violated, without data, not applicable, switched off', () => {
  const backUp = atLeastEvery.samples[0]?.settings;
  const entries = [
    policyEntry.parse({ ...described, id: 'backed-up', ...backUp, kind: 'at-least-every' }),
    policyEntry.parse({
      ...described,
      id: 'calibrated',
      kind: 'age-limit',
      of: { from: 'calibration', maxAgeDays: 365 },
    }),
    policyEntry.parse({ ...described, id: 'present', kind: 'presence' }),
    policyEntry.parse({ ...described, id: 'off', kind: 'presence', enabled: false }),
  ];
  const policies = policiesOf(entries);
  const statesAt = (now: number) => {
    policies.pass(now);
    return Object.fromEntries(policies.states().map(({ id, state }) => [id, state]));
  };
  expect(statesAt(3_600_000)).toEqual({
    'backed-up': 'no-data',
    calibrated: 'met',
    present: 'not-applicable',
    off: 'switched-off',
  });
  expect(statesAt(400 * DAY_MS)).toMatchObject({ 'backed-up': 'violated', calibrated: 'violated' });
});

test('what was so before a rule held is not its business', () => {
  const { entry, observations, now } = kinds[1]?.samples[1] ?? {
    entry: noSecondFactor,
    observations: [],
    now: 0,
  };
  const policies = new Policies([entry], { registry, inForce: new Map([['rule', 30_000]]), now: 0 });
  expect(standing(policies, [observations], now)).toEqual([]);
});

test('a breach that has been told stands when what it rests on is forgotten', () => {
  const { entry, observations } = kinds[1]?.samples[1] ?? { entry: noSecondFactor, observations: [] };
  const policies = policiesOf([entry]);
  policies.observe(observations);
  expect(policies.pass(DAY_MS).put).toHaveLength(1);
  for (const day of [7, 9, 20, 40]) expect(policies.pass(day * DAY_MS)).toEqual({ put: [], withdraw: [] });
});

test('what was stored in former lives is known again, and judged with the time', () => {
  const { entry, observations, now } = kinds[1]?.samples[1] ?? {
    entry: noSecondFactor,
    observations: [],
    now: 0,
  };
  const policies = policiesOf([entry]);
  policies.recall((kind) => observations.filter((one) => one.kind === kind));
  expect(policies.observe(observations).put.length + policies.pass(now).put.length).toBe(1);
});

test('more scopes than there is room for are given up, and counted', () => {
  const entry = policyEntry.parse({
    ...described,
    kind: 'must-not',
    seen: { kinds: ['login.succeeded'], where: { 'facts.secondFactor': false } },
    per: 'person',
    what: 'did',
  });
  const policies = policiesOf([entry]);
  const many = Array.from({ length: MAX_SCOPES + 5 }, (_, index) => ({
    ...whole(
      { kind: 'login.succeeded', asset: 'shop-admin', observedAt: index, facts: { secondFactor: false } },
      index,
    ),
    subjects: { account: `a${index}` },
  }));
  expect(policies.observe(many).put).toHaveLength(MAX_SCOPES);
  expect(policies.forgotten).toBe(5);
  expect(policies.states()[0]?.scopes).toBe(MAX_SCOPES);
});

test('since when a rule holds outlives a restart', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-policies-')), 'policies.json');
  expect(inForceSince(file, [noSecondFactor], 1_000).get('rule')).toBe(1_000);
  expect(inForceSince(file, [noSecondFactor], 9_000).get('rule')).toBe(1_000);
});

test('the starter catalogue can be read, and every rule of it names what it serves', () => {
  const entries = readPolicies(join(import.meta.dirname, 'starter.yaml'));
  expect(entries.length).toBeGreaterThanOrEqual(10);
  expect(new Set(entries.map(({ kind }) => kind)).size).toBe(6);
  for (const { serves } of entries) expect(serves.length).toBeGreaterThan(0);
});

test('a wrong rule is refused by name', () => {
  const wrong = policyDocument.safeParse({ policies: [{ ...described, kind: 'presence', validMs: 'long' }] });
  expect(wrong.error?.issues[0]?.path).toEqual(['policies', 0, 'validMs']);
  expect(policyDocument.safeParse({ policies: [noSecondFactor, noSecondFactor] }).success).toBe(false);
});

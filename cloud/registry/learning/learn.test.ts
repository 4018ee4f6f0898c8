import { describe, expect, it } from 'vitest';
import { type Observation, observation } from '../../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../../devices/model/registry.ts';
import { Diary, MAX_NAMES } from './diary.ts';
import { isSure, Learning, type Suggestion, USED_FROM } from './learn.ts';
import { accountLikeness, personLikeness, plainAccount } from './name-likeness.ts';
import { simulateStaff } from './simulated-staff.ts';
import { SiteDays } from './site-day.ts';

const learned = (registry: Parameters<typeof registryOf>[0], seen: readonly Observation[]): Suggestion[] => {
  const learning = new Learning(registryOf(registry));
  for (const one of seen) learning.note(one);
  return learning.suggestions();
};

/** The temper was chosen on the seeds 1 to 10; these are others. */
const worlds = [101, 102, 103, 104, 105, 106, 107].flatMap((seed) => [
  { seed, people: 12, days: 30 },
  { seed, people: 40, days: 45 },
  { seed, people: 80, days: 60 },
  { seed, people: 40, days: 14 },
]);

describe('with staff whose truth is known', () => {
  const told = worlds.flatMap((settings) => {
    const staff = simulateStaff(settings);
    const truth = {
      'badge-account': staff.truth,
      'account-account': staff.accounts,
      'account-host': staff.workstations,
      'badge-vehicle': staff.vehicles,
      'address-asset': new Set<string>(),
    };
    const found = learned(staff.registry, staff.observations).map(({ kind, a, b, confidence }) => ({
      kind,
      confidence,
      isTrue: truth[kind].has(`${a}>${b}`),
    }));
    return [{ settings, truth, found }];
  });
  const all = told.flatMap(({ found }) => found);
  const precision = (list: typeof all) => list.filter(({ isTrue }) => isTrue).length / list.length;

  it.each(['badge-account', 'account-account', 'account-host', 'badge-vehicle'] as const)(
    'what is used of %s is true in 95 of 100 cases',
    (kind) => {
      const used = all.filter((one) => one.kind === kind && isSure(one));
      expect(used.length).toBeGreaterThan(10);
      expect(precision(used)).toBeGreaterThanOrEqual(0.95);
    },
  );
  it('is right about as often as it says, and the surer the righter', () => {
    const between = (from: number, to: number) =>
      all.filter(({ confidence }) => confidence >= from && confidence < to);
    const [doubtful, likely, sure] = [between(0.5, 0.75), between(0.75, 0.95), between(USED_FROM, 1)];
    expect(precision(likely)).toBeGreaterThan(0.75);
    expect(precision(doubtful)).toBeLessThan(precision(sure));
    expect(precision(sure)).toBeGreaterThan(0.97);
  });
  it('finds most of the badges and accounts of six weeks, and few of two: it waits rather than guesses', () => {
    const recall = (days: number) => {
      const some = told.filter(({ settings }) => settings.days === days);
      const right = some.flatMap(({ found }) =>
        found.filter((one) => one.kind === 'badge-account' && one.isTrue && one.confidence >= USED_FROM),
      ).length;
      return right / some.reduce((sum, { truth }) => sum + truth['badge-account'].size, 0);
    };
    expect(recall(45)).toBeGreaterThan(0.75);
    expect(recall(60)).toBeGreaterThan(0.75);
    expect(recall(14)).toBeLessThan(recall(45));
  });
});

it('any order of the same observations gives the same, and a repeat changes nothing', () => {
  const { registry, observations } = simulateStaff({ seed: 7, people: 15, days: 25 });
  const turned = observations
    .map((one, index) => ({ one, key: (index * 7_919) % observations.length }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
  const plain = learned(registry, observations);
  expect(plain.length).toBeGreaterThan(3);
  expect(learned(registry, turned)).toEqual(plain);
  expect(learned(registry, [...observations, ...turned])).toEqual(plain);
});

it('a suggestion shows its days, its observations, what speaks against it and the next best', () => {
  const { registry, observations, truth } = simulateStaff({ seed: 3, people: 20, days: 40 });
  const best = learned(registry, observations).find(
    ({ kind, confidence }) => kind === 'badge-account' && confidence >= USED_FROM,
  );
  if (best === undefined) throw new Error('nothing was learned');
  expect(truth).toContain(`${best.a}>${best.b}`);
  expect(best.words).toBe(
    `badge ${best.a} and account ${best.b}: seen together on ${best.together} of ${best.days} days`,
  );
  const known = new Map(observations.map((one) => [one.id, one]));
  expect(best.evidence.length).toBeGreaterThan(2);
  for (const id of best.evidence)
    expect([best.a, best.b]).toContain(known.get(id)?.subjects?.badge ?? known.get(id)?.subjects?.account);
  const against = best.against
    .filter(({ what }) => what !== 'without-second')
    .reduce((sum, { days }) => sum + days, 0);
  expect(against).toBeLessThanOrEqual(best.days - best.together);
});

it('what is written down already is not asked again, and two who are written down are never brought together', () => {
  const { registry, observations } = simulateStaff({ seed: 3, people: 20, days: 40 });
  const best = learned(registry, observations).filter(({ kind }) => kind === 'badge-account');
  const [one, other] = best;
  if (one === undefined || other === undefined) throw new Error('too little was learned');
  const written = registryDocument.parse({
    ...registry,
    identities: [
      { id: 'p1', name: 'One', badges: [one.a], accounts: [one.b] },
      { id: 'p2', name: 'Two', badges: [other.a] },
      { id: 'p3', name: 'Three', accounts: [other.b] },
    ],
  });
  const ids = learned(written, observations).map(({ id }) => id);
  expect(ids).not.toContain(one.id);
  expect(ids).not.toContain(other.id);
});

it('a name that a machine gives itself in its log is its address', () => {
  const registry = registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden', timeZone: 'Europe/Berlin' }],
    assets: [{ id: 'pos', kind: 'host', name: 'Till', site: 'linden' }],
  });
  const seen = Array.from({ length: 20 }, (_, day) =>
    observation.parse({
      id: `o${day}`,
      kind: 'host.logged',
      site: 'linden',
      asset: 'pos',
      source: 'syslog',
      observedAt: Date.UTC(2026, 4, 1 + day, 9),
      receivedAt: Date.UTC(2026, 4, 1 + day, 9),
      clock: 'set',
      facts: { host: 'POS-01' },
    }),
  );
  expect(learned(registry, seen)).toMatchObject([{ kind: 'address-asset', a: 'pos-01', b: 'pos', days: 20 }]);
});

describe('addresses', () => {
  const registry = registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden', timeZone: 'UTC' }],
    assets: [
      { id: 'pos', kind: 'host', name: 'Till', site: 'linden', addresses: ['pos-01'] },
      { id: 'logs', kind: 'host', name: 'Log collector', site: 'linden' },
    ],
  });
  const logged = (day: number, over: object) =>
    observation.parse({
      id: `o${day}-${JSON.stringify(over)}`.slice(0, 250),
      kind: 'host.logged',
      site: 'linden',
      asset: 'logs',
      source: 'test',
      observedAt: Date.UTC(2026, 4, 1 + day, 9),
      receivedAt: Date.UTC(2026, 4, 1 + day, 9),
      clock: 'set',
      ...over,
    });
  const days = Array.from({ length: 20 }, (_, day) => day);
  const lease = (name: string, ip: string) => ({
    observables: { ip, device: 'aa:bb:cc:00:11:22' },
    facts: { application: 'dhcp', name },
  });

  it('that are leased to a machine of a known name are its own, until another has them as well', () => {
    const kept = days.map((day) => logged(day, lease('POS-01', '10.0.1.20')));
    const found = learned(registry, kept);
    expect(found.map(({ a, b }) => `${a} ${b}`).sort()).toEqual(['10.0.1.20 pos', 'aa:bb:cc:00:11:22 pos']);
    expect(found[0]?.confidence).toBeGreaterThan(USED_FROM);
    const changing = days.map((day) => logged(day, lease('POS-01', `10.0.1.${day % 10}`)));
    expect(learned(registry, changing).map(({ a }) => a)).toEqual(['aa:bb:cc:00:11:22']);
  });
  it('of the many machines whose logs one gathers are not that one’s', () => {
    const gathered = days.flatMap((day) =>
      ['ws-1', 'ws-2', 'ws-3'].map((host) => logged(day, { facts: { host } })),
    );
    expect(learned(registry, gathered)).toEqual([]);
  });
});

it('names of one person in two systems are known by their form', () => {
  expect(plainAccount('CORP\\A_Weber')).toBe('a.weber');
  expect(accountLikeness('a.weber', 'A.Weber@shop.example')).toBe('same');
  expect(accountLikeness('aweber', 'anna.weber@shop.example')).toBe('likely');
  expect(accountLikeness('weber.a', 'b.klein')).toBe('unlike');
  expect(accountLikeness('admin', 'admin@shop.example')).toBe('unknown');
  expect(personLikeness('Dr. Anna Weber', 'a.weber')).toBe('same');
  expect(personLikeness('Anna Weber', 'b.klein')).toBe('unlike');
});

it('a night shift is one day, on the clock of the site', () => {
  const days = new SiteDays([{ id: 'a', timeZone: 'Australia/Sydney' }]);
  const evening = Date.UTC(2026, 4, 4, 12);
  expect(days.dayOf('a', evening + 5 * 3_600_000)).toBe(days.dayOf('a', evening));
  expect(days.dayOf('a', evening + 9 * 3_600_000)).toBe(days.dayOf('a', evening) + 1);
});

it('a flood of names fills no more than its room', () => {
  const diary = new Diary();
  for (let number = 0; number < MAX_NAMES + 50; number++)
    diary.note({ name: `n${number}`, site: 's', at: 0, id: 'o' }, 0);
  expect(diary.leftOut).toBe(50);
  expect(diary.of('s')).toHaveLength(MAX_NAMES);
});

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ManualClock, manualClock } from '../../devices/model/clock.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { type DurableOutbox, openOutbox } from '../outbox/open.ts';
import { everyRule } from '../rules/configuration.ts';
import { ColdChain } from './cold-chain.ts';
import { ColdChainStore } from './store.ts';

const minute = 60_000;
const start = Date.parse('2026-11-22T08:00:00Z');
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'shop', name: 'Shop' }],
    assets: [
      {
        id: 'fridge-1',
        kind: 'fridge',
        name: 'Fridge',
        site: 'shop',
        band: { minCelsius: 2, maxCelsius: 8 },
      },
      { id: 'probe-1', kind: 'sensor', name: 'Probe', site: 'shop', hostedOn: 'fridge-1' },
      { id: 'fridge-door', kind: 'door', name: 'Fridge door', site: 'shop', hostedOn: 'fridge-1' },
      { id: 'ups', kind: 'sensor', name: 'UPS', site: 'shop' },
    ],
  }),
);
const { privateKey } = generateKeyPairSync('ed25519');
const anna = { name: 'Anna', identity: 'anna', from: 'site' } as const;

interface Site {
  clock: ManualClock;
  outbox: DurableOutbox;
  coldChain: ColdChain;
  seen: Observation[];
  observe(
    kind: ObservationKind,
    asset: string,
    value?: number,
    observedAt?: number,
    more?: Partial<Observation>,
  ): void;
  /** As a pulled plug: what was not written is not written. */
  end(): Promise<void>;
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function site(
  directory: string,
  clock = manualClock(start),
  onTrouble?: (message: string) => void,
): Promise<Site> {
  const outbox = await openOutbox({
    directory: join(directory, 'outbox'),
    gateway: 'gateway-1',
    signingKey: privateKey,
    clock,
    onFatal: (error) => {
      throw error;
    },
  });
  const ending = new AbortController();
  const seen: Observation[] = [];
  const store = await ColdChainStore.open({
    directory: join(directory, 'cold-chain'),
    now: () => clock.now(),
    committed: () => outbox.committed(),
    onTrouble: () => undefined,
  });
  let newest = 0;
  const record = (draft: Omit<Observation, 'id'>) => {
    outbox.stage(draft.kind === 'clock.set' ? 'alarm' : 'bulk', draft.observedAt, (id) => {
      const observation = { id, ...draft };
      newest ||= Number(id.slice(id.lastIndexOf('/') + 1));
      seen.push(observation);
      return { type: 'observation', observation };
    });
    const last = seen.at(-1);
    if (last !== undefined) coldChain.take(last);
  };
  const common = () => ({ site: 'shop', receivedAt: clock.now(), clock: 'set' as const });
  const coldChain = new ColdChain(
    {
      gateway: 'gateway-1',
      site: 'shop',
      registry,
      rules: everyRule(),
      clock,
      store,
      outbox,
      signingKey: privateKey,
      note: async (kind, facts, by, asset) => {
        const who = by === undefined ? {} : { by: by.name };
        const subjects = by?.identity === undefined ? {} : { subjects: { identity: by.identity } };
        record({
          kind,
          asset,
          source: 'gateway:gateway-1',
          observedAt: clock.now(),
          ...common(),
          ...subjects,
          facts: { ...who, ...facts },
        });
        await outbox.committed();
      },
      onTrouble:
        onTrouble ??
        ((message) => {
          throw new Error(message);
        }),
    },
    ending.signal,
  );
  const observe: Site['observe'] = (kind, asset, value, observedAt = clock.now(), more = {}) =>
    record({
      kind,
      asset,
      source: 'zigbee:1',
      observedAt,
      ...common(),
      ...(value === undefined ? {} : { value }),
      ...more,
    });
  observe('gateway.started', 'ups');
  await coldChain.recall(newest, ending.signal);
  return {
    clock,
    outbox,
    coldChain,
    seen,
    observe,
    end: async () => {
      ending.abort();
      await outbox.close();
    },
  };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-site-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const setApart = ({ seen }: Site) => seen.filter(({ kind }) => kind === 'goods.quarantined');

/** Each opens a log of its own, with a thread and a disk, on a machine that others use, too. */
const patience = { timeout: 30_000 };

describe('goods of a fridge', patience, () => {
  test('are set apart once, when the excursion has begun, though the probe has fallen silent', async () => {
    const shop = await site(folder());
    shop.observe('temperature.measured', 'probe-1', 9);
    shop.clock.advance(14 * minute);
    await settle();
    expect(setApart(shop)).toEqual([]);
    shop.clock.advance(2 * minute);
    await settle();
    expect(setApart(shop)).toMatchObject([{ asset: 'fridge-1', facts: { startedAt: start, side: 'above' } }]);
    for (const value of [10, 11, 12]) {
      shop.observe('temperature.measured', 'probe-1', value);
      shop.clock.advance(minute);
      await settle();
    }
    expect(setApart(shop)).toHaveLength(1);
    await shop.end();
  });

  test('stay set apart over a pulled plug, once, and are decided once', async () => {
    const directory = folder();
    const before = await site(directory);
    before.observe('temperature.measured', 'fridge-1', 9);
    before.clock.advance(20 * minute);
    await settle();
    expect(setApart(before)).toHaveLength(1);
    await before.end();
    const shop = await site(directory, before.clock);
    const watch = shop.coldChain.watchOf('fridge-1');
    expect(watch?.waiting()).toMatchObject([{ startedAt: start }]);
    expect(watch?.excursion(shop.clock.now())).toMatchObject({ stage: 'excursion', peakCelsius: 9 });
    await settle();
    expect(setApart(shop)).toEqual([]);

    const decide = (decision: 'release' | 'discard', startedAt = start) =>
      shop.coldChain.decide('fridge-1', startedAt, decision, 'checked', anna);
    expect(await decide('release')).toMatchObject({ refused: 'not-now' });
    expect(await decide('release', 1)).toMatchObject({ refused: 'no-such-case' });
    shop.observe('temperature.measured', 'fridge-1', 5);
    expect(await decide('release')).toMatchObject({
      decisions: [{ by: 'Anna', identity: 'anna', reason: 'checked' }],
    });
    expect(await decide('release')).toMatchObject({ refused: 'not-now' });
    expect(await decide('discard')).toMatchObject({
      decisions: [{ decision: 'release' }, { decision: 'discard' }],
    });
    expect(await decide('release')).toMatchObject({ refused: 'not-now' });
    expect(watch?.waiting()).toEqual([]);
    await shop.end();
  });

  test('excursions that a probe tells of when they are over set them apart as well, each once', async () => {
    const shop = await site(folder());
    shop.clock.advance(60 * minute);
    for (const [minutes, value] of [
      [0, 5],
      [5, 12],
      [30, 12],
      [40, 5],
      [41, 9],
      [57, 5],
    ] as const)
      shop.observe('temperature.measured', 'fridge-1', value, start + minutes * minute);
    await expect.poll(() => setApart(shop).length, { timeout: 10_000 }).toBe(2);
    expect(setApart(shop)).toMatchObject([
      { facts: { startedAt: start + 5 * minute, peakCelsius: 12 } },
      { facts: { startedAt: start + 41 * minute, peakCelsius: 9 } },
    ]);
    await shop.end();
  });
});

test('what the log has and the store had not written yet is taken up, each once', patience, async () => {
  const directory = folder();
  const before = await site(directory);
  const steps = async (shop: Site, from: number, count: number) => {
    for (let index = 0; index < count; index++) {
      shop.observe('temperature.measured', 'fridge-1', (from + index) / 10);
      shop.clock.advance(minute);
    }
    await shop.outbox.committed();
  };
  await steps(before, 30, 20);
  before.observe('door.opened', 'fridge-door');
  before.observe('power.failed', 'ups');
  await before.outbox.committed();
  await before.end();
  const shop = await site(directory, before.clock);
  await steps(shop, 50, 10);
  const watch = shop.coldChain.watchOf('fridge-1');
  expect(watch?.doorOpenSince).toBe(start + 20 * minute);
  expect(shop.coldChain.powerLostSince).toBe(start + 20 * minute);
  const made = await shop.coldChain.record('fridge-1', '2026-11-22', shop.clock.now());
  expect(made?.record.readings.map(({ celsius }) => celsius)).toEqual(
    Array.from({ length: 30 }, (_, index) => (30 + index) / 10),
  );
  expect(made?.record.doors).toEqual([{ from: start + 20 * minute }]);
  expect(made?.record.power).toEqual([{ asset: 'ups', from: start + 20 * minute }]);
  expect(made?.seal.statement.log?.record).toMatch(/^gateway-1\//);
  expect(shop.coldChain.record('fridge-1', '2026-13', shop.clock.now())).toBeUndefined();
  expect(shop.coldChain.record('ups', '2026-11-22', shop.clock.now())).toBeUndefined();
  shop.observe('power.restored', 'ups');
  expect(shop.coldChain.powerLostSince).toBeUndefined();
  await shop.end();
});

test('a warming fridge is forecast, and the record’s formats come from one making', patience, async () => {
  const shop = await site(folder());
  shop.observe('door.opened', 'fridge-door');
  for (let index = 0; index <= 8; index++) {
    const value = Math.round((22 - 17.5 * Math.exp(-index / 4 / 18)) * 10) / 10;
    shop.observe('temperature.measured', 'fridge-1', value);
    shop.clock.advance(15_000);
  }
  const now = shop.clock.now();
  const said = shop.coldChain.watchOf('fridge-1')?.forecast(now);
  expect(Math.abs((said?.leavesAt ?? 0) - (start + 4 * minute))).toBeLessThan(minute);
  const asOf = shop.clock.now();
  expect(shop.coldChain.record('fridge-1', '2026-11-22', asOf)).toBe(
    shop.coldChain.record('fridge-1', '2026-11-22', asOf),
  );
  await shop.end();
});

describe('readings from before the clock was set', patience, () => {
  const unset = { clock: 'unset' } as const;
  const wrong = start - 100 * 24 * 60 * minute;
  const correctionMs = start - wrong;
  async function recorded(shop: Site, asOf = start + 30 * minute) {
    const made = await shop.coldChain.record('fridge-1', '2026-11-22', asOf);
    return made?.record.readings;
  }

  test('are in the record at the time at which they were taken', async () => {
    const shop = await site(folder());
    shop.observe('temperature.measured', 'fridge-1', 5, wrong, unset);
    expect(await recorded(shop, start + 29 * minute)).toEqual([]);
    shop.observe('clock.set', 'ups', undefined, start + minute, { facts: { correctionMs } });
    shop.observe('temperature.measured', 'fridge-1', 6, start + 2 * minute);
    expect((await recorded(shop))?.map(({ at, celsius }) => [at - start, celsius])).toEqual([
      [0, 5],
      [2 * minute, 6],
    ]);
    await shop.end();
  });

  test('also when the plug was pulled in between; those whose time was never known are left out', async () => {
    const directory = folder();
    const before = await site(directory);
    before.observe('temperature.measured', 'fridge-1', 5, wrong, unset);
    before.observe('clock.set', 'ups', undefined, start + minute, { facts: { correctionMs } });
    await before.outbox.committed();
    await before.end();
    const never = await site(directory, before.clock);
    never.observe('temperature.measured', 'fridge-1', 7, wrong + minute, unset);
    await never.outbox.committed();
    await never.end();
    const troubles: string[] = [];
    const shop = await site(directory, before.clock, (message) => troubles.push(message));
    expect((await recorded(shop))?.map(({ celsius }) => celsius)).toEqual([5]);
    expect(troubles).toEqual([expect.stringMatching(/never known: 1;/)]);
    await shop.end();
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, manualClock } from '../../devices/model/clock.ts';
import { gatewayHealth } from '../../devices/wire.ts';
import { Health, type HealthOptions, READ_EVERY_MS } from './health.ts';
import { type HealthState, judgeHealth } from './judgement.ts';
import { type HealthReading, readHealth } from './reading.ts';

const GIB = 1_073_741_824;
const well: HealthReading = {
  disk: { bytes: 64 * GIB, freeBytes: 32 * GIB },
  outbox: { waitingBytes: 0, maxBytes: GIB, isFull: false },
  celsius: 50,
  isOnMains: true,
  batteryPercent: 100,
  loadPerProcessor: 0.5,
  memory: { bytes: 4 * GIB, freeBytes: 2 * GIB },
};

/** What is told of one reading after the other. */
function toldOf(readings: readonly Partial<HealthReading>[]) {
  let state: HealthState = new Set();
  return readings.flatMap((reading) => {
    const judged = judgeHealth(state, { ...well, ...reading });
    state = judged.state;
    return judged.news.map(({ kind }) => kind);
  });
}

describe('the health of a gateway', () => {
  it('that is well says nothing', () => expect(toldOf([{}, {}, {}])).toEqual([]));

  it('is told when it turns and when it is well again, not at the edge', () => {
    const free = (part: number) => ({ disk: { bytes: 64 * GIB, freeBytes: 64 * GIB * part } });
    expect(toldOf([free(0.09), free(0.07), free(0.09), free(0.07), free(0.13), free(0.09)])).toEqual([
      'gateway.disk-low',
      'gateway.disk-normal',
    ]);
    expect(toldOf([{ celsius: 79 }, { celsius: 80 }, { celsius: 75 }, { celsius: 69.9 }])).toEqual([
      'gateway.hot',
      'gateway.cooled',
    ]);
    expect(toldOf([{ isOnMains: false }, { isOnMains: false, batteryPercent: 15 }, {}])).toEqual([
      'power.failed',
      'battery.low',
      'power.restored',
      'battery.normal',
    ]);
    expect(toldOf([{ loadPerProcessor: 5 }, { loadPerProcessor: 3 }, { loadPerProcessor: 1 }])).toEqual([
      'gateway.overloaded',
      'gateway.load-normal',
    ]);
    const memory = (part: number) => ({ memory: { bytes: GIB, freeBytes: GIB * part } });
    expect(toldOf([memory(0.04), memory(0.07), memory(0.2)])).toEqual([
      'gateway.memory-low',
      'gateway.memory-normal',
    ]);
    const outbox = (part: number, isFull = false) => ({
      outbox: { waitingBytes: GIB * part, maxBytes: GIB, isFull },
    });
    expect(toldOf([outbox(0.2, true), outbox(0.6), outbox(0.4)])).toEqual([
      'gateway.outbox-filling',
      'gateway.outbox-normal',
    ]);
  });

  it('on a small disk counts what is left, whatever part of it that is', () => {
    const small = { bytes: 2 * GIB, freeBytes: 200 * 1_048_576 };
    expect(toldOf([{ disk: small }])).toEqual(['gateway.disk-low']);
  });

  it('of what is not measured any more stays as it was', () => {
    const { celsius: _gone, ...blind } = well;
    let { state } = judgeHealth(new Set(), { ...well, celsius: 90 });
    ({ state } = judgeHealth(state, blind));
    expect([...state]).toEqual(['temperature']);
  });

  it('is told in turns: whatever is measured, a beginning follows an end', () => {
    const celsius = fc.double({ min: 20, max: 110, noNaN: true });
    fc.assert(
      fc.property(fc.array(celsius), (degrees) => {
        const told = toldOf(degrees.map((one) => ({ celsius: one })));
        expect(told).toEqual(told.map((_, index) => (index % 2 === 0 ? 'gateway.hot' : 'gateway.cooled')));
      }),
    );
  });
});

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-health-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

it('is read from where Linux tells it', async () => {
  const thermal = folder({
    'thermal_zone0/temp': '48250\n',
    'thermal_zone1/temp': '61000\n',
    'thermal_zone2/temp': '999000\n',
    'cooling_device0/temp': '99000\n',
  });
  const powerSupply = folder({
    'AC/type': 'Mains\n',
    'AC/online': '0\n',
    'BAT0/type': 'Battery\n',
    'BAT0/capacity': '37\n',
    'mouse/type': 'Battery\n',
    'mouse/scope': 'Device\n',
    'mouse/capacity': '3\n',
  });
  const reading = await readHealth({ state: tmpdir(), thermal, powerSupply });
  expect(reading).toMatchObject({ celsius: 61, isOnMains: false, batteryPercent: 37 });
  expect(reading.disk?.freeBytes).toBeLessThanOrEqual(reading.disk?.bytes ?? 0);
  expect(reading.memory.freeBytes).toBeGreaterThan(0);
  const nowhere = '/nowhere/at/all';
  const blind = await readHealth({ state: nowhere, thermal: nowhere, powerSupply: nowhere });
  expect(Object.keys(blind).sort()).toEqual(['loadPerProcessor', 'memory']);
});

describe('a gateway looks after itself', () => {
  const thermal = () => folder({ 'thermal_zone0/temp': '90000' });

  function begun(over: Partial<HealthOptions> & { thermal: string; clock?: Clock }) {
    const told: unknown[][] = [];
    const kept = new Map<string, unknown>();
    let givenUp = 0;
    const health = new Health({
      clock: manualClock(0),
      outbox: {
        metrics: () => ({ bytes: 0, full: false, commits: 0, givenUp, stagedRecords: 0 }),
        progress: (lane) => ({ lane, acknowledged: 0, waiting: 2_000_000 }),
        kept: () => kept,
        keep: (key, value) => void kept.set(key, JSON.parse(JSON.stringify(value))),
      },
      maxOutboxBytes: GIB,
      hasCloud: true,
      folders: { state: tmpdir(), thermal: over.thermal, powerSupply: '/nowhere' },
      tell: async (kind, facts) => void told.push([kind, facts]),
      onTrouble: (message) => {
        throw new Error(message);
      },
      ...over,
    });
    return { health, told, kept, lose: (records: number) => (givenUp += records) };
  }

  it('every minute, and tells what has changed', async () => {
    const clock = manualClock(0);
    const { health, told, lose } = begun({ thermal: thermal(), clock });
    const stopping = new AbortController();
    health.start(stopping.signal);
    lose(7);
    clock.advance(READ_EVERY_MS);
    await expect.poll(() => told).toContainEqual(['gateway.records-lost', { records: 7 }]);
    expect(told).toContainEqual(['gateway.hot', { celsius: 90 }]);
    expect(told.map(([kind]) => kind)).toContain('gateway.outbox-filling');
    const report = health.report();
    expect(gatewayHealth.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report).toMatchObject({ clock: 'set', celsius: 90 });
    expect(report.troubles).toContain('temperature');
    stopping.abort();
    const before = told.length;
    clock.advance(10 * READ_EVERY_MS);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toHaveLength(before);
  });

  it('and after a restart still knows what goes on', async () => {
    const first = begun({ thermal: thermal() });
    await first.health.look();
    const outbox = {
      metrics: () => ({ bytes: 0, full: false, commits: 0, givenUp: 0, stagedRecords: 0 }),
      progress: (lane: 'alarm' | 'bulk') => ({ lane, acknowledged: 0, waiting: 0 }),
      kept: () => first.kept,
      keep: () => {},
    };
    const next = begun({ thermal: folder({ 'thermal_zone0/temp': '40000' }), outbox });
    await next.health.look();
    expect(next.told).toContainEqual(['gateway.cooled', { celsius: 40 }]);
  });

  it('but says nothing of the machine that a demonstration runs on', async () => {
    const { health, told } = begun({ thermal: thermal(), clock: { ...manualClock(0), rate: 60 } });
    await health.look();
    expect(told).toEqual([]);
    expect(health.latest?.celsius).toBe(90);
  });
});

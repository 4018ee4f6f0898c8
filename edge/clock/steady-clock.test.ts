import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClockMode, EARLIEST_MS, judgeClock, SLEW_RATE, SLEW_WITHIN_MS } from './clock-policy.ts';
import { instantMover } from './move-instants.ts';
import { SteadyClock } from './steady-clock.ts';
import { isTrackingSynchronized, synchronization } from './synchronized.ts';
import { testSystemTime } from './testing.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;

async function begun(system = testSystemTime(NOON), newestAt = 0, mode: ClockMode = 'system') {
  const clock = new SteadyClock(mode, system);
  await clock.begin(newestAt);
  return { clock, system };
}

describe('the clock of a gateway', () => {
  it('is the machine’s where that can be right', async () => {
    const { clock, system } = await begun();
    expect([clock.now(), clock.quality]).toEqual([NOON, 'set']);
    system.advance(1_500);
    expect(clock.now()).toBe(NOON + 1_500);
    expect(clock.compare()).toBeUndefined();
  });

  it('can be handed on in parts, as any clock', async () => {
    const { clock, system } = await begun();
    const { now, monotonicMs, schedule } = clock;
    let ran = 0;
    schedule(500, () => ran++);
    system.advance(1_500);
    expect([now(), monotonicMs(), ran]).toEqual([NOON + 1_500, 1_500, 1]);
  });

  it('begins behind the newest time that was recorded where the machine has forgotten the time', async () => {
    const { clock, system } = await begun(testSystemTime(30_000), NOON);
    expect([clock.now(), clock.quality]).toEqual([NOON + 1, 'unset']);
    system.advance(60_000);
    expect(clock.compare()).toBeUndefined();
    expect(clock.now()).toBe(NOON + 60_001);
    // Its last shutdown is no better than 1970.
    const other = await begun(testSystemTime(NOON - 5 * HOUR), NOON);
    expect([other.clock.now(), other.clock.quality]).toEqual([NOON + 1, 'unset']);
    expect(other.clock.standing.because).toContain('behind what was already recorded');
  });

  it('begins in the year it was made where nothing was ever recorded', async () => {
    const { clock } = await begun(testSystemTime(0));
    expect([clock.now(), clock.quality]).toEqual([EARLIEST_MS, 'unset']);
  });

  it('steps once when the machine is set, and says by how much and from where', async () => {
    const { clock, system } = await begun(testSystemTime(0), NOON);
    system.advance(10_000);
    system.set(NOON + 72 * HOUR);
    expect(clock.compare()).toEqual({
      quality: 'set',
      correctionMs: 72 * HOUR - 10_001,
      from: NOON + 1,
      until: NOON + 10_001,
      because: "the system's clock was set",
    });
    expect([clock.now(), clock.quality]).toEqual([NOON + 72 * HOUR, 'set']);
    expect(clock.compare()).toBeUndefined();
  });

  it('is not moved by a machine that is suddenly 56 years ahead, nor by one that goes back by an hour', async () => {
    const { clock, system } = await begun();
    system.advance(1_000);
    system.set(Date.UTC(2082, 0, 1));
    expect(clock.compare()).toMatchObject({ quality: 'unset', correctionMs: 0 });
    expect(clock.now()).toBe(NOON + 1_000);
    system.set(NOON + 1_000);
    expect(clock.compare()).toMatchObject({ quality: 'set', correctionMs: 0 });
    system.set(NOON + 1_000 - HOUR);
    expect(clock.compare()).toMatchObject({ quality: 'unset', correctionMs: 0 });
    system.advance(1_000);
    expect(clock.now()).toBe(NOON + 2_000);
  });

  it('goes back by an hour where a time server says so, told as a step', async () => {
    const system = testSystemTime(NOON, true);
    const stopping = new AbortController();
    const clock = new SteadyClock('system', system);
    await clock.begin(0);
    const changes: unknown[] = [];
    clock.watch((change) => changes.push(change), stopping.signal);
    system.set(NOON - HOUR, true);
    system.advance(5_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes).toMatchObject([
      { quality: 'set', correctionMs: -HOUR, because: 'a time server has set it' },
    ]);
    expect(clock.now()).toBe(NOON - HOUR + 5_000);
    stopping.abort();
    system.set(NOON, true);
    system.advance(60_000);
    expect(changes).toHaveLength(1);
  });

  it('does not keep the wrong time of an earlier life where a time server knows better', async () => {
    const { clock } = await begun(testSystemTime(NOON, true), NOON + 9_000 * HOUR);
    expect([clock.now(), clock.quality]).toEqual([NOON, 'set']);
  });

  it('asked for it, believes nothing before a time server has answered, and goes on when that is away', async () => {
    const { clock, system } = await begun(testSystemTime(NOON), 0, 'synchronized');
    expect(clock.quality).toBe('unset');
    system.set(NOON, true);
    await clock.begin(0);
    expect(clock.quality).toBe('set');
    system.set(NOON + 2_000, false);
    expect(clock.compare()).toBeUndefined();
    expect(clock.quality).toBe('set');
  });

  it('approaches a small difference without ever standing still or running back', async () => {
    const { clock, system } = await begun();
    system.set(NOON - 4_000);
    let before = clock.now();
    for (let passed = 0; passed < 1_000_000; passed += 5_000) {
      clock.compare();
      system.advance(5_000);
      const now = clock.now();
      expect(now - before).toBeGreaterThanOrEqual(5_000 * (1 - SLEW_RATE) - 1);
      before = now;
    }
    expect(Math.abs(clock.now() - system.now())).toBeLessThanOrEqual(30);
  });

  it('never runs back within a life unless a time server is believed, whatever the machine does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ passes: fc.nat(50_000), jumps: fc.integer({ min: -1e12, max: 2e12 }) })),
        async (steps) => {
          const { clock, system } = await begun();
          let before = clock.now();
          for (const { passes, jumps } of steps) {
            system.advance(passes);
            system.set(Math.max(0, system.now() + jumps));
            clock.compare();
            expect(clock.now()).toBeGreaterThanOrEqual(before);
            before = clock.now();
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is judged by what the system says and what was recorded', () => {
    const reading = {
      mode: 'system',
      systemMs: NOON,
      isSynchronized: false,
      ownMs: NOON,
      wasSet: true,
    } as const;
    expect(judgeClock(reading)).toMatchObject({ quality: 'set', act: 'slew' });
    expect(judgeClock({ ...reading, ownMs: NOON + SLEW_WITHIN_MS + 1 })).toMatchObject({ quality: 'unset' });
    expect(judgeClock({ ...reading, ownMs: NOON - SLEW_WITHIN_MS - 1 })).toMatchObject({ act: 'step' });
    expect(judgeClock({ ...reading, systemMs: EARLIEST_MS - 1, isSynchronized: true })).toMatchObject({
      quality: 'unset',
    });
  });
});

it('reads what chrony says of its reference', () => {
  const fields = (leap: string) =>
    `C0A80001,192.168.0.1,3,1795435200.1,0.000012,-0.00001,0.00002,1.2,0.0,0.1,0.002,0.001,64.5,${leap}\n`;
  expect(isTrackingSynchronized(fields('Normal'))).toBe(true);
  expect(isTrackingSynchronized(fields('Insert second'))).toBe(true);
  expect(isTrackingSynchronized(fields('Not synchronised'))).toBe(false);
  expect(isTrackingSynchronized('')).toBe(false);
  expect(isTrackingSynchronized('506 Cannot talk to daemon')).toBe(false);
});

it('asks timesyncd, and chrony now and then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [timesync, pidFile] = [join(folder, 'synchronized'), join(folder, 'chronyd.pid')];
  let asked = 0;
  const isSynchronized = synchronization({ timesync, chrony: [join(folder, 'none'), pidFile] }, async () => {
    asked++;
    return `C0A80001,192.168.0.1,3,1795435200.1,0.1,0.1,0.1,1.2,0.0,0.1,0.002,0.001,64.5,Normal\n`;
  });
  expect(await isSynchronized()).toBe(false);
  // A daemon that has ended leaves its file behind.
  writeFileSync(pidFile, '999999999\n');
  expect([await isSynchronized(), asked]).toEqual([false, 0]);
  writeFileSync(pidFile, `${process.pid}\n`);
  expect([await isSynchronized(), await isSynchronized(), asked]).toEqual([true, true, 1]);
  writeFileSync(pidFile, '');
  expect(await isSynchronized()).toBe(false);
  writeFileSync(timesync, '');
  expect(await isSynchronized()).toBe(true);
});

it('moves the instants of a state, and nothing that is none', () => {
  const [from, until] = [NOON, NOON + 60_000];
  const move = instantMover({ quality: 'set', correctionMs: HOUR, from, until, because: '' });
  const state = { since: NOON + 1, delayMs: 30_000, of: [NOON - 1, until + 30_000], name: 'door', at: null };
  expect(move(state)).toEqual({
    since: NOON + 1 + HOUR,
    delayMs: 30_000,
    of: [NOON - 1, until + 30_000 + HOUR],
    name: 'door',
    at: null,
  });
  expect(move([Number.POSITIVE_INFINITY, 1.5, -1])).toEqual([Number.POSITIVE_INFINITY, 1.5, -1]);
});

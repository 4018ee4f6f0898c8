import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FridgeReading } from './excursion.ts';
import type { Happening } from './journal.ts';
import { packed, thinned, unpacked } from './readings.ts';
import { ColdChainStore } from './store.ts';
import { defaultLimits } from './stretch.ts';

const start = Date.parse('2026-03-10T00:00:00Z');
const minute = 60_000;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-cold-chain-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const opened = (directory: string, more: Partial<Parameters<typeof ColdChainStore.open>[0]> = {}) =>
  ColdChainStore.open({
    directory,
    now: () => start,
    committed: () => Promise.resolve(),
    onTrouble: (message) => {
      throw new Error(message);
    },
    ...more,
  });

const reading = (minutes: number, celsius: number, probe = 'p1'): FridgeReading => ({
  at: start + minutes * minute,
  celsius,
  probe,
});

const anyReadings = fc.array(
  fc.record({
    at: fc.integer({ min: start, max: start + 10 * minute }),
    celsius: fc.integer({ min: -300, max: 500 }).map((tenths) => tenths / 10),
    probe: fc.constantFrom('p1', 'p2'),
  }),
  { maxLength: 60 },
);

describe('thinning', () => {
  test('comes to the same in any order and however it was divided', () => {
    fc.assert(
      fc.property(anyReadings, fc.nat(), fc.nat(), (readings, at, seed) => {
        const whole = thinned(readings);
        const cut = at % (readings.length + 1);
        expect(thinned([...thinned(readings.slice(cut)), ...thinned(readings.slice(0, cut))])).toEqual(whole);
        const shuffled = [...readings].sort((a, b) => ((a.at ^ seed) % 97) - ((b.at ^ seed) % 97));
        expect(thinned(shuffled)).toEqual(whole);
        const celsius = readings.map((one) => one.celsius);
        expect(Math.max(...whole.map((one) => one.celsius))).toBe(Math.max(...celsius));
        expect(Math.min(...whole.map((one) => one.celsius))).toBe(Math.min(...celsius));
      }),
    );
  });

  test('packed readings come out as they went in', () => {
    fc.assert(
      fc.property(anyReadings, (readings) => {
        const one = thinned(readings).filter(({ probe }) => probe === 'p1');
        expect(unpacked(packed(one), 'p1')).toEqual(one);
      }),
    );
  });
});

describe('the store', () => {
  test('gives back what it was given, once, in order, of the fridge that was asked for', async () => {
    const directory = folder();
    const store = await opened(directory);
    const opening: Happening = { at: start + minute, kind: 'door.opened', asset: 'fridge-1', id: 'g/e/1' };
    store.addReading('fridge-1', reading(2, 5.2), 0.1);
    store.addReading('fridge-1', reading(1, 5.1), 0.1);
    store.addReading('fridge-2', reading(1, 7), 0);
    store.addHappening(opening);
    await store.write();
    // Again, as after a restart that takes up from the log.
    store.addReading('fridge-1', reading(1, 5.1), 0.1);
    store.addHappening(opening);
    const window = await store.window(['fridge-1'], start, start + 60 * minute);
    expect(window.readings).toEqual([reading(1, 5.1), reading(2, 5.2)]);
    expect(window.happenings).toEqual([opening]);
    expect(window.offsets).toEqual(new Map([['p1', new Set([0.1])]]));
    expect(window.damaged).toEqual([]);
    await store.close();
  });

  test('a reading that is told late is in the record of the time it was taken', async () => {
    let now = start;
    const store = await opened(folder(), { now: () => now });
    now = Date.parse('2026-04-02T00:00:00Z');
    store.addReading('fridge-1', reading(5, 9), 0);
    expect((await store.window(['fridge-1'], start, start + 60 * minute)).readings).toEqual([reading(5, 9)]);
    await store.close();
  });

  test('each month begins with what is needed to understand it, and with its mark', async () => {
    let now = start;
    const directory = folder();
    const store = await opened(directory, { now: () => now });
    const terms = {
      band: { minCelsius: 2, maxCelsius: 8 },
      limits: defaultLimits,
      warnMarginCelsius: 0,
      frozen: false,
    };
    store.opening = () => [{ t: 'terms', asset: 'fridge-1', at: start, terms }];
    store.addReading('fridge-1', reading(1, 5), 0);
    store.reached({ epoch: 'epoch-01', sequence: 7 });
    await store.write();
    now = Date.parse('2026-05-02T00:00:00Z');
    store.addReading('fridge-1', { at: now, celsius: 6, probe: 'p1' }, 0);
    await store.write();
    const may = await store.window(['fridge-1'], Date.parse('2026-05-01T00:00:00Z'), now + 1);
    expect(may.terms).toEqual([{ at: start, terms }]);
    await store.close();
    expect((await opened(directory, { now: () => now })).mark).toEqual({ epoch: 'epoch-01', sequence: 7 });
  });

  test('nothing is written before it is durable in the log, and a refusal loses nothing', async () => {
    const troubles: string[] = [];
    let isRefused = true;
    const store = await opened(folder(), {
      committed: () => (isRefused ? Promise.reject(new Error('no room')) : Promise.resolve()),
      onTrouble: (message) => troubles.push(message),
    });
    store.addReading('fridge-1', reading(1, 5), 0);
    store.reached({ epoch: 'epoch-01', sequence: 1 });
    await store.write();
    expect(troubles[0]).toMatch(/no room/);
    expect(store.mark).toBeUndefined();
    isRefused = false;
    store.addReading('fridge-1', reading(2, 6), 0);
    await store.write();
    expect(store.mark).toEqual({ epoch: 'epoch-01', sequence: 1 });
    expect((await store.window(['fridge-1'], start, start + 60 * minute)).readings).toHaveLength(2);
    await store.close();
  });

  test('a disk that refuses is told of, and tried again', async () => {
    const directory = folder();
    const troubles: string[] = [];
    const store = await opened(directory, { onTrouble: (message) => troubles.push(message) });
    // Where the month's file should be.
    mkdirSync(join(directory, '2026-03.log'));
    store.addReading('fridge-1', reading(1, 5), 0);
    await store.write();
    rmdirSync(join(directory, '2026-03.log'));
    expect(troubles).toHaveLength(1);
    expect((await store.window(['fridge-1'], start, start + 60 * minute)).readings).toHaveLength(1);
    await store.close();
  });

  test('after kill -9 everything that was said to be safe is there, and its mark', async () => {
    const directory = folder();
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./testing-writer.ts', import.meta.url)), directory],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split('\n').length > 40) child.kill('SIGKILL');
      });
    });
    const safe = Number(said.split('\n').slice(0, -1).at(-1));
    expect(safe).toBeGreaterThan(30);
    const from = 1_800_000_000_000;
    const store = await opened(directory, { now: () => from });
    const { readings, damaged } = await store.window(['fridge-1'], from, from + 1e9);
    expect(damaged).toEqual([]);
    expect(readings.length).toBeGreaterThanOrEqual(safe);
    expect(readings[safe - 1]?.celsius).toBe(safe / 10);
    expect(store.mark?.sequence).toBeGreaterThanOrEqual(safe);
    await store.close();
  }, 30_000);
});

import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SitePage } from './contract.ts';
import { HEARTBEAT_MS, LivePages, MAX_PAGES_PER_SECOND, MAX_READERS, SLOW_READER_MS } from './live.ts';
import { MAX_POINTS, MAX_SLOTS, SLOT_MS, Temperatures } from './temperatures.ts';

const page = (gateway: string): SitePage => ({
  gateway,
  site: { id: 's', name: 'S', timeZone: 'UTC', isOpen: true },
  clock: { now: 1, rate: 1 },
  arming: {
    mode: 'disarmed',
    phase: 'settled',
    since: 0,
    by: 'Anna',
    ready: true,
    blockedBy: [],
    bypassed: [],
    schedule: { entries: [] },
  },
  people: ['Anna'],
  alarms: [],
  doors: [],
  temperatures: [],
  cameras: [],
  sirens: [],
  devices: [],
  inbox: [],
  assets: [],
  watched: [],
  quarantine: { total: 0, newest: [] },
});

afterEach(() => void vi.useRealTimers());

/** A stream whose page is the count of how often it was asked for. */
function counting() {
  vi.useFakeTimers();
  const ending = new AbortController();
  const counted = { pages: 0 };
  const live = new LivePages(
    () => page(String(++counted.pages)),
    () => ({ now: 1, rate: 1 }),
    ending.signal,
  );
  return { live, counted, ending };
}

const never = new AbortController().signal;
const ignore = () => undefined;

/** Reads what is there, as text. */
async function readAll(
  stream: ReadableStream<Uint8Array>,
  into: { text: string; ended?: boolean },
): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) into.text += decoder.decode(chunk);
  } catch {
    // Cut off.
  }
  into.ended = true;
}

describe('the live page', () => {
  it('goes out at most four times a second, however much happens, and the last word is the newest', async () => {
    const { live, counted, ending } = counting();
    const got = { text: '' };
    const stream = live.open(true, never, ignore);
    if (stream === undefined) throw new Error('no stream');
    const reading = readAll(stream, got);
    for (let change = 0; change < 1_000; change++) {
      live.changed();
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(counted.pages).toBeLessThanOrEqual(2 + MAX_PAGES_PER_SECOND + 1);
    expect(got.text).toContain(`"gateway":"${counted.pages}"`);
    ending.abort();
    await reading;
  });

  it('is not made at all while nobody looks', async () => {
    const { live, counted } = counting();
    for (let change = 0; change < 10; change++) live.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(counted.pages).toBe(0);
  });

  it('cuts off who does not read, and goes on for the others', async () => {
    const { live } = counting();
    const dropped: string[] = [];
    const stuck = live.open(true, never, () => void dropped.push('stuck'));
    const good = live.open(true, never, () => void dropped.push('good'));
    if (stuck === undefined || good === undefined) throw new Error('no stream');
    const got = { text: '' };
    void readAll(good, got);
    for (let second = 0; second < (SLOW_READER_MS + 3 * HEARTBEAT_MS) / 1_000; second++) {
      live.changed();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect([live.readers, live.slowCut, dropped]).toEqual([1, 1, ['stuck']]);
    const late = { text: '', ended: false };
    await readAll(stuck, late);
    expect(late.ended).toBe(true);
    expect(got.text.split('event: site').length).toBeGreaterThan(30);
    expect(got.text).toContain('event: clock');
  });

  it('keeps names from who may not see them, has a bound, and ends with the session', async () => {
    const { live } = counting();
    const got: { text: string; ended?: boolean } = { text: '' };
    const session = new AbortController();
    const stream = live.open(false, session.signal, ignore);
    if (stream === undefined) throw new Error('no stream');
    const reading = readAll(stream, got);
    await vi.advanceTimersByTimeAsync(10);
    expect(got.text).toContain('"people":[]');
    const others = Array.from({ length: MAX_READERS }, () => live.open(true, never, ignore));
    expect(others.filter((each) => each === undefined)).toHaveLength(1);
    session.abort();
    await reading;
    expect(got.ended).toBe(true);
    expect(live.readers).toBe(MAX_READERS - 1);
  });
});

describe('temperatures', () => {
  it('keep lowest and highest whatever comes in whatever order, in order of time', () => {
    const reading = fc.record({
      at: fc.integer({ min: 0, max: 200 * SLOT_MS }),
      celsius: fc.integer({ min: -300, max: 600 }).map((tenths) => tenths / 10),
    });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 300 }), (readings) => {
        const temperatures = new Temperatures();
        for (const { at, celsius } of readings) temperatures.add('fridge', at, celsius);
        const points = temperatures.between('fridge', 0, 200 * SLOT_MS);
        const values = (list: { celsius: number }[]) => list.map(({ celsius }) => celsius);
        expect(Math.min(...values(points))).toBe(Math.min(...values(readings)));
        expect(Math.max(...values(points))).toBe(Math.max(...values(readings)));
        expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted((a, b) => a - b));
        for (const point of points) expect(readings).toContainEqual(point);
      }),
    );
  });
  it('are bounded in memory and in an answer, and an outlier survives the thinning', () => {
    const temperatures = new Temperatures();
    for (let slot = 0; slot < MAX_SLOTS + 500; slot++)
      temperatures.add('fridge', slot * SLOT_MS, slot === 3_000 ? 19.5 : 4 + (slot % 10) / 10);
    const points = temperatures.between('fridge', 0, (MAX_SLOTS + 500) * SLOT_MS);
    expect(points.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(points[0]?.at).toBeGreaterThanOrEqual(500 * SLOT_MS);
    expect(points.map(({ celsius }) => celsius)).toContain(19.5);
    expect(temperatures.between('fridge', 10 * SLOT_MS, 20 * SLOT_MS)).toEqual([]);
    expect(temperatures.between('unknown', 0, 1)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentSummary, ServiceLevels } from '../../../cloud/api/contract.ts';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { serviceClock } from './service-clock.ts';
import { BEYOND, chosenAfter, drawnRows, shiftOf } from './window.ts';
import { en } from './words.ts';

describe('a window on a long list', () => {
  it('draws what is seen and a little more, and never more than that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -500, max: 700_000 }),
        fc.nat(2_000),
        fc.nat(20_000),
        (top, height, count) => {
          const { from, to } = drawnRows(top, height, 64, count);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(count);
          expect(to - from).toBeLessThanOrEqual(Math.ceil(height / 64) + 2 * BEYOND + 1);
          for (const row of [Math.floor(top / 64), Math.floor((top + height - 1) / 64)])
            if (row >= 0 && row < count && height > 0) expect(row >= from && row < to).toBe(true);
        },
      ),
    );
  });
  it('keeps what is seen in place when news comes in above it', () => {
    expect(shiftOf(['a', 'b', 'c'], ['new', 'a', 'b', 'c'], 2, 64)).toBe(64);
    expect(shiftOf(['a', 'b', 'c'], ['b', 'c'], 2, 64)).toBe(-64);
    expect(shiftOf(['a', 'b', 'c'], ['new', 'a', 'b', 'c'], 0, 64)).toBe(0);
  });
  it('chooses one by one, and from the last to this one', () => {
    const ids = ['a', 'b', 'c', 'd'];
    expect([...chosenAfter(new Set(['b']), ids, 'd', 'b', true)]).toEqual(['b', 'c', 'd']);
    expect([...chosenAfter(new Set(['d']), ids, 'b', 'd', true)].toSorted()).toEqual(['b', 'c', 'd']);
    expect([...chosenAfter(new Set(['b']), ids, 'b', 'b', false)]).toEqual([]);
    expect([...chosenAfter(new Set(), ids, 'c', 'gone', true)]).toEqual(['c']);
  });
});

describe('the clocks of the service level', () => {
  const levels: ServiceLevels = { acknowledgeMs: { high: 100 }, containMs: { high: 1_000 }, warnAt: 0.75 };
  const of = (over: Partial<IncidentSummary>): IncidentSummary => ({
    id: 'i',
    title: 't',
    severity: 'high',
    priority: 1,
    state: 'open',
    first: 0,
    last: 0,
    sites: [],
    assets: [],
    people: [],
    detections: 1,
    worlds: [],
    openedAt: 1_000,
    ...over,
  });
  it('run, warn, and are past; the nearer one is shown', () => {
    expect(serviceClock(of({}), levels, 1_010)).toEqual({
      what: 'acknowledge',
      dueAt: 1_100,
      state: 'running',
    });
    expect(serviceClock(of({}), levels, 1_080)?.state).toBe('soon');
    expect(serviceClock(of({}), levels, 1_100)?.state).toBe('late');
    expect(serviceClock(of({ state: 'acknowledged' }), levels, 1_900)).toEqual({
      what: 'contain',
      dueAt: 2_000,
      state: 'soon',
    });
  });
  it('stop when there is nothing to wait for', () => {
    for (const state of ['contained', 'resolved', 'false-alarm'] as const)
      expect(serviceClock(of({ state }), levels, 9_000)).toBeUndefined();
    expect(serviceClock(of({ severity: 'info' }), levels, 9_000)).toBeUndefined();
  });
});

it('the queue’s texts are all there and all used', () => {
  const source = sourcesIn(new URL('.', import.meta.url).pathname);
  expect(keyUse(source, 'words', Object.keys(en))).toEqual({ missing: [], unused: [] });
});

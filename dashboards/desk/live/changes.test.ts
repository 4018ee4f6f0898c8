import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentState, IncidentSummary } from '../../../cloud/api/contract.ts';
import { incidents } from '../fixtures/incidents.ts';
import { fullPicture, NOW, pharmacy } from '../fixtures/sites.ts';
import { changePicture } from './picture-changes.ts';
import {
  changeQueue,
  dropFromQueue,
  everything,
  isOutOfOrder,
  matches,
  type Queue,
} from './queue-changes.ts';
import { eventOf } from './stream-event.ts';

const [first] = incidents;
if (first === undefined) throw new Error('the fixtures hold no incident');
const incident = (rest: Partial<IncidentSummary>): IncidentSummary => ({ ...first, ...rest });

const queueOf = (items: IncidentSummary[]): Queue => {
  const counts: Record<IncidentState, number> = {
    open: 0,
    acknowledged: 0,
    contained: 0,
    resolved: 0,
    'false-alarm': 0,
  };
  for (const { state } of items) counts[state]++;
  return { items, total: items.length, counts, countsStale: false };
};
const ids = (queue: Queue) => queue.items.map(({ id }) => id);

describe('the queue', () => {
  const a = incident({ id: 'a', priority: 90 });
  const b = incident({ id: 'b', priority: 50 });
  const c = incident({ id: 'c', priority: 10 });
  const held = queueOf([a, b, c]);

  it('puts a new incident where its urgency says', () => {
    const grown = changeQueue(held, incident({ id: 'n', priority: 60 }), everything);
    expect(ids(grown)).toEqual(['a', 'n', 'b', 'c']);
    expect(grown.total).toBe(4);
    expect(grown.countsStale).toBe(true);
  });
  it('leaves a row in place when it becomes more urgent, and says that the order is off', () => {
    const changed = changeQueue(held, { ...c, priority: 99 }, everything);
    expect(ids(changed)).toEqual(['a', 'b', 'c']);
    expect(isOutOfOrder(changed)).toBe(true);
    expect(isOutOfOrder(held)).toBe(false);
  });
  it('moves the counts with the state, and drops what the filter no longer shows', () => {
    const resolved = changeQueue(held, { ...b, state: 'resolved' }, everything);
    expect(ids(resolved)).toEqual(['a', 'c']);
    expect(resolved.counts).toMatchObject({ open: 2, resolved: 1 });
    expect(resolved.total).toBe(2);
  });
  it('asks for the counts when an incident that it does not hold changes elsewhere', () => {
    const elsewhere = changeQueue(held, incident({ id: 'x', state: 'resolved' }), everything);
    expect(ids(elsewhere)).toEqual(['a', 'b', 'c']);
    expect(elsewhere.countsStale).toBe(true);
  });
  it('does not show an incident that belongs on a page not loaded yet', () => {
    const partly = { ...held, total: 80 };
    const grown = changeQueue(partly, incident({ id: 'n', priority: 1 }), everything);
    expect(ids(grown)).toEqual(['a', 'b', 'c']);
    expect(grown.total).toBe(81);
  });
  it('drops an incident that another one took over', () => {
    expect(ids(dropFromQueue(held, 'b'))).toEqual(['a', 'c']);
    expect(dropFromQueue(held, 'b').counts.open).toBe(2);
    expect(dropFromQueue(held, 'unknown').countsStale).toBe(true);
  });
  it('filters by state, site and severity', () => {
    expect(matches(a, everything)).toBe(true);
    expect(matches(a, { ...everything, site: 'elsewhere' })).toBe(false);
    expect(matches(a, { ...everything, site: pharmacy.id, severity: 'critical' })).toBe(true);
    expect(matches(incident({ severity: 'high' }), { ...everything, severity: 'critical' })).toBe(false);
    expect(matches(incident({ state: 'false-alarm' }), { ...everything, state: 'closed' })).toBe(true);
  });
  it('never holds an incident twice, whatever comes in which order', () => {
    const change = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      priority: fc.integer({ min: 0, max: 100 }),
      state: fc.constantFrom<IncidentState>('open', 'acknowledged', 'contained', 'resolved', 'false-alarm'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const end = changes.reduce(
          (queue, rest) => changeQueue(queue, incident(rest), everything),
          queueOf([]),
        );
        expect(new Set(ids(end)).size).toBe(end.items.length);
        expect(end.total).toBe(end.items.length);
        for (const item of end.items) expect(matches(item, everything)).toBe(true);
      }),
    );
  });
});

describe('the picture', () => {
  const opened = {
    type: 'asset',
    data: {
      site: pharmacy.id,
      asset: 'front-door',
      state: { property: 'contact', value: 'open', since: NOW, seenAt: NOW },
    },
  } as const;
  const frontDoor = (picture: typeof fullPicture) =>
    picture.sites.find(({ id }) => id === pharmacy.id)?.assets.find(({ id }) => id === 'front-door');

  it('takes over a state, and leaves the other sites the same objects', () => {
    const after = changePicture(fullPicture, opened);
    expect(frontDoor(after)?.states.find(({ property }) => property === 'contact')?.value).toBe('open');
    expect(after.sites[1]).toBe(fullPicture.sites[1]);
    expect(fullPicture).not.toBe(after);
  });
  it('does not go back to an older state that the stream repeats', () => {
    const late = {
      ...opened,
      data: { ...opened.data, state: { ...opened.data.state, seenAt: NOW - 3_600_000 } },
    };
    expect(frontDoor(changePicture(fullPicture, late))?.states[0]?.value).toBe('closed');
  });
  it('adds a property that was not known', () => {
    const state = { property: 'tamper', value: 'active', since: NOW, seenAt: NOW };
    const after = changePicture(fullPicture, { ...opened, data: { ...opened.data, state } });
    expect(frontDoor(after)?.states).toContainEqual(state);
  });
  it('is left alone by what it does not hold', () => {
    expect(changePicture(fullPicture, { ...opened, data: { ...opened.data, site: 'unknown' } })).toBe(
      fullPicture,
    );
  });
  it('forgets the worst severity when a site has none any more', () => {
    const calm = { id: pharmacy.id, isOpen: true, openIncidents: 0 };
    const site = changePicture(fullPicture, { type: 'site', data: calm }).sites[0];
    expect(site).toMatchObject(calm);
    expect(site?.worst).toBeUndefined();
  });
  it('shows a scenario as running', () => {
    const after = changePicture(fullPicture, { type: 'scenario', data: { id: 'break-in', running: true } });
    expect(after.scenarios.map(({ running }) => running)).toEqual([true, false]);
  });
});

describe('a message of the stream', () => {
  it('becomes an event when it has the shape of one', () => {
    expect(eventOf('clock', { now: 1, rate: 6 })).toEqual({ type: 'clock', data: { now: 1, rate: 6 } });
    expect(eventOf('incident', first)).toEqual({ type: 'incident', data: first });
  });
  it('is left out when it does not, or is of a kind not known', () => {
    expect(eventOf('clock', { now: 'noon' })).toBeUndefined();
    expect(eventOf('incident', null)).toBeUndefined();
    expect(eventOf('weather', { now: 1, rate: 1 })).toBeUndefined();
  });
});

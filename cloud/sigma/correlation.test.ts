import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CorrelationChanges, CorrelationEngine, type CorrelationMatch } from './correlation.ts';
import { MAX_GROUPS } from './correlation-node.ts';
import type { EventFields } from './event-fields.ts';
import { MAX_GROUP_EVENTS } from './group.ts';
import type { CorrelationRule, CorrelationType } from './rule.ts';
import { ruleSetOf } from './rule-set.ts';

const base = ['a', 'b', 'c']
  .map(
    (name) =>
      `title: ${name}\nname: ${name}\nlogsource: {category: x}\ndetection: {s: {k: ${name}}, condition: s}`,
  )
  .join('\n---\n');

function engineOf(text: string, latenessMs = 1_000_000_000): CorrelationEngine {
  const set = ruleSetOf([{ file: 'x.yml', text: `${base}\n---\n${text}` }]);
  expect(set.failed).toEqual([]);
  return new CorrelationEngine(set.correlations, { latenessMs });
}

interface Arrival {
  rule: string;
  at: number;
  id: string;
  event: EventFields;
}
const arrival = (rule: string, at: number, id: string, event: EventFields = { u: 'x' }): Arrival => ({
  rule,
  at,
  id,
  event,
});

/** What stands in the end, and how often each was told. */
class Standing {
  readonly matches = new Map<string, CorrelationMatch>();
  take({ put, withdraw }: CorrelationChanges): this {
    for (const id of withdraw) this.matches.delete(id);
    for (const one of put) this.matches.set(one.id, one);
    return this;
  }
  get brief() {
    return [...this.matches.values()]
      .map(({ rule, group, at, lastAt, anchor, count }) => ({
        rule: rule.title,
        group: group.join(),
        at,
        lastAt,
        anchor,
        count,
      }))
      .sort((a, b) => a.at - b.at || a.rule.localeCompare(b.rule) || a.group.localeCompare(b.group));
  }
}

function run(engine: CorrelationEngine, arrivals: readonly Arrival[], batch = 1_000): Standing {
  const standing = new Standing();
  arrivals.forEach((one, index) => {
    engine.add(one.rule, one.at, one.id, one.event);
    if (index % batch === batch - 1) standing.take(engine.settle());
  });
  return standing.take(engine.settle()).take(engine.finish());
}

const correlation = (type: string, rest: string, rules = '[a]') =>
  `title: it\ncorrelation: {type: ${type}, rules: ${rules}, group-by: [u], timespan: 10s, ${rest}}`;

describe('windows', () => {
  test('the window is (t − timespan, t]: what lies just at its beginning is out', () => {
    const rule = correlation('event_count', 'condition: {gte: 2}');
    expect(run(engineOf(rule), [arrival('a', 0, '1'), arrival('a', 10_000, '2')]).brief).toEqual([]);
    expect(run(engineOf(rule), [arrival('a', 1, '1'), arrival('a', 10_000, '2')]).brief).toMatchObject([
      { at: 10_000, count: 2, anchor: '2' },
    ]);
  });

  test('a condition that goes on holding is one match, which grows', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gte: 3}'));
    const standing = new Standing();
    const ids = new Set<string>();
    for (let index = 0; index < 8; index++) {
      engine.add('a', index * 1_000, `e${index}`, { u: 'x' });
      standing.take(engine.settle());
      for (const id of standing.matches.keys()) ids.add(id);
    }
    expect(ids.size).toBe(1);
    expect(standing.brief).toEqual([
      { rule: 'it', group: 'x', at: 2_000, lastAt: 7_000, anchor: 'e2', count: 8 },
    ]);
    expect([...standing.matches.values()][0]?.evidence).toEqual(Array.from({ length: 8 }, (_, i) => `e${i}`));
  });

  test('an event that comes late revises what was found, and one that comes twice changes nothing', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gte: 3}'));
    const standing = new Standing();
    for (const [at, id] of [
      [0, 'e0'],
      [2_000, 'e2'],
      [3_000, 'e3'],
    ] as const)
      engine.add('a', at, id, { u: 'x' });
    standing.take(engine.settle());
    expect(standing.brief).toMatchObject([{ at: 3_000, count: 3 }]);
    engine.add('a', 1_000, 'e1', { u: 'x' });
    engine.add('a', 1_000, 'e1', { u: 'x' });
    const changes = engine.settle();
    expect(changes.withdraw).toHaveLength(1);
    expect(standing.take(changes).brief).toMatchObject([{ at: 2_000, lastAt: 3_000, count: 4 }]);
  });

  test('what comes after the watermark is left out and counted, as is what lacks the group', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gte: 1}'), 1_000);
    engine.advance(100_000);
    expect(engine.add('a', 98_999, 'e', { u: 'x' })).toBe(false);
    engine.add('a', 99_500, 'f', { other: 1 });
    expect(engine.settle().put).toEqual([]);
    expect(engine.counts).toMatchObject({ tooLate: 1, withoutGroup: 1 });
  });
});

describe('bounds', () => {
  test('a group that grows beyond its bound loses its oldest events, counted; a match keeps its count and its first evidence', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gte: 2}'));
    const standing = new Standing();
    const total = MAX_GROUP_EVENTS + 5_000;
    for (let index = 0; index < total; index++) {
      engine.add('a', index / 10, `e${String(index).padStart(6, '0')}`, { u: 'x' });
      if (index % 1_000 === 999) standing.take(engine.settle());
    }
    expect(engine.counts.droppedEvents).toBe(5_000);
    expect(engine.events).toBe(MAX_GROUP_EVENTS);
    expect(standing.brief).toMatchObject([{ count: total }]);
    const [match] = standing.matches.values();
    expect(match?.evidence[0]).toBe('e000000');
    expect(match?.evidence.at(-1)).toBe(`e0${total - 1}`);
    expect(match?.evidence.length).toBeLessThanOrEqual(64);
  });

  test('more groups than the bound: a quiet one goes, counted, and the others are still found', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gte: 2}'));
    for (let index = 0; index < MAX_GROUPS + 10; index++)
      engine.add('a', index, `e${index}`, { u: `u${index}` });
    engine.add('a', MAX_GROUPS + 10, 'again', { u: `u${MAX_GROUPS}` });
    expect(engine.counts.droppedGroups).toBe(10);
    expect(engine.settle().put).toMatchObject([{ group: [`u${MAX_GROUPS}`] }]);
  });

  test('what is over leaves memory', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gte: 2}'), 1_000);
    for (let index = 0; index < 1_000; index++) engine.add('a', index, `e${index}`, { u: `u${index % 7}` });
    engine.settle();
    expect(engine.events).toBe(1_000);
    engine.advance(60_000);
    engine.settle();
    expect(engine.events).toBe(0);
  });
});

describe('absence', () => {
  const rule = correlation('event_count', 'condition: {eq: 0}');

  test('it is told once the watermark has passed the window, and not before', () => {
    const engine = engineOf(rule, 2_000);
    engine.add('a', 1_000, 'last', { u: 'x' });
    engine.advance(12_999);
    expect(engine.settle().put).toEqual([]);
    engine.advance(13_000);
    expect(engine.settle().put).toMatchObject([{ at: 11_000, anchor: 'last', evidence: ['last'] }]);
  });

  test('it is told of each group, as often as it happens, and leaves nothing in memory', () => {
    const engine = engineOf(rule, 0);
    const told: number[] = [];
    for (const [at, u] of [
      [0, 'x'],
      [15_000, 'x'],
      [15_500, 'y'],
      [40_000, 'y'],
    ] as const) {
      engine.add('a', at, `${u}${at}`, { u });
      for (let now = at; now < at + 25_000; now += 500) {
        if (now > 15_000 && at === 0) break;
        if (now > 15_500 && at === 15_000) break;
        if (now > 40_000 && at === 15_500) break;
        engine.advance(now);
        told.push(...engine.settle().put.map((one) => one.at));
      }
    }
    expect(told).toEqual([10_000, 25_000, 25_500, 50_000]);
    expect(engine.events).toBe(0);
  });

  test('an event within the window, however late, is no absence', () => {
    const engine = engineOf(rule, 2_000);
    engine.add('a', 1_000, 'e', { u: 'x' });
    engine.advance(12_500);
    engine.settle();
    engine.add('a', 10_900, 'late', { u: 'x' });
    engine.advance(14_000);
    expect(engine.settle().put).toEqual([]);
  });
});

describe('types', () => {
  test('temporal: all rules in any order, of one group', () => {
    const rule = correlation('temporal', '', '[a, b, c]');
    const events = [
      arrival('c', 0, '1'),
      arrival('a', 4_000, '2'),
      arrival('b', 9_000, '3'),
      arrival('b', 9_500, '4', { u: 'y' }),
    ];
    expect(run(engineOf(rule), events).brief).toEqual([
      { rule: 'it', group: 'x', at: 9_000, lastAt: 9_000, anchor: '3', count: 3 },
    ]);
    expect(run(engineOf(rule), events.slice(1)).brief).toEqual([]);
  });

  test('temporal_ordered: in the order of the rules; at the same time counts as in order', () => {
    const rule = correlation('temporal_ordered', '', '[a, b, c]');
    expect(
      run(engineOf(rule), [arrival('c', 0, '1'), arrival('a', 1_000, '2'), arrival('b', 2_000, '3')]).brief,
    ).toEqual([]);
    expect(
      run(engineOf(rule), [arrival('c', 2_000, '3'), arrival('b', 2_000, '2'), arrival('a', 2_000, '1')])
        .brief,
    ).toMatchObject([{ at: 2_000, count: 3 }]);
    expect(
      run(engineOf(rule), [arrival('a', 0, '1'), arrival('b', 2_000, '2'), arrival('c', 10_000, '3')]).brief,
    ).toEqual([]);
  });

  test('values: sum, average, median, percentile, smallest and greatest', () => {
    const values = [1, 2, 3, 10];
    const events = values.map((n, index) => arrival('a', index, `${index}`, { u: 'x', n: String(n) }));
    const holdsFor = (type: string, condition: string) =>
      run(engineOf(correlation(type, `condition: {field: n, ${condition}}`)), events).brief.map(
        ({ at }) => at,
      );
    expect(holdsFor('value_sum', 'eq: 16')).toEqual([3]);
    expect(holdsFor('value_avg', 'gte: 4')).toEqual([3]);
    expect(holdsFor('value_median', 'eq: 2.5')).toEqual([3]);
    expect(holdsFor('value_median', 'eq: 2')).toEqual([2]);
    expect(holdsFor('value_percentile', 'percentile: 90, gt: 7')).toEqual([3]);
    expect(holdsFor('value_min', 'eq: 1')).toEqual([0]);
    expect(holdsFor('value_max', 'gte: 3')).toEqual([2]);
  });

  test('value_count: a list of fields is taken together; without the value an event does not count', () => {
    const engine = engineOf(correlation('value_count', 'condition: {field: [n, m], gte: 3}'));
    const events = [
      { u: 'x', n: 1, m: 1 },
      { u: 'x', n: 1, m: 2 },
      { u: 'x', n: 1, m: 1 },
      { u: 'x', n: 3 },
      { u: 'x', n: 2, m: 2 },
    ].map((event, index) => arrival('a', index, `${index}`, event));
    expect(run(engine, events).brief).toMatchObject([{ at: 4 }]);
    expect(engine.counts.withoutValue).toBe(1);
  });

  test('a range of counts', () => {
    const engine = engineOf(correlation('event_count', 'condition: {gt: 1, lte: 2}'));
    const events = [0, 1, 2].map((at) => arrival('a', at, `${at}`));
    expect(run(engine, events).brief).toMatchObject([{ at: 1, lastAt: 1 }]);
  });
});

test('aliases: one value under another name in each rule', () => {
  const rule = `title: it
correlation:
  type: temporal
  rules: [a, b]
  group-by: [who]
  timespan: 10s
  aliases: {who: {a: badge.holder, b: user}}`;
  const events = [
    arrival('a', 0, '1', { badge: { holder: 'anna' } }),
    arrival('b', 1, '2', { user: 'anna' }),
    arrival('b', 2, '3', { user: 'ben' }),
  ];
  expect(run(engineOf(rule), events).brief).toMatchObject([{ group: 'anna', at: 1 }]);
});

test('chains: many failures and then a success, each correlation with a group of its own', () => {
  const rules = `title: broken in
correlation: {type: temporal_ordered, rules: [many, b], group-by: [u], timespan: 10s}
---
title: many
name: many
correlation: {type: event_count, rules: [a], group-by: [u, host], timespan: 10s, condition: {gte: 3}}`;
  const event = { u: 'x', host: 'h' };
  const failures = [0, 1_000, 2_000, 15_000, 16_000, 17_000].map((at) => arrival('a', at, `f${at}`, event));
  const success = arrival('b', 17_500, 'success', { u: 'x' });
  const found = run(engineOf(rules), [...failures, success], 2).brief;
  expect(found.filter(({ rule }) => rule === 'many')).toMatchObject([{ at: 2_000 }, { at: 17_000 }]);
  expect(found.filter(({ rule }) => rule === 'broken in')).toMatchObject([{ at: 17_500, group: 'x' }]);
  // Without one of the failures nothing is left of it.
  const fewer = run(engineOf(rules), [...failures.slice(0, 3), ...failures.slice(4), success], 1).brief;
  expect(fewer.map(({ rule }) => rule)).toEqual(['many']);
});

/** What a correlation finds, worked out instant by instant from the whole list. */
function plainly(rule: CorrelationRule, arrivals: readonly Arrival[]) {
  const found: { group: string; at: number; lastAt: number; anchor: string; count: number }[] = [];
  const span = rule.timespanMs;
  const kind = ({ rule: name }: Arrival) => rule.rules.indexOf(name);
  const absent = rule.bounds.some(({ by, value }) => by === 'lt' && value > 0);
  for (const group of new Set(arrivals.map(({ event }) => String(event.u)))) {
    const own = arrivals
      .filter((one) => String(one.event.u) === group && kind(one) >= 0)
      .sort((a, b) => a.at - b.at || kind(a) - kind(b) || (a.id < b.id ? -1 : 1));
    let open: (typeof found)[number] | undefined;
    for (const time of new Set(own.map(({ at }) => at))) {
      const end = absent ? time + span : time;
      const inside = own.filter(({ at }) => at > end - span && at <= end);
      const isHeld = rule.bounds.every(({ by, value }) => {
        const read = plainRead(rule.type, inside, kind, rule.percentile);
        return (
          read !== undefined && (by === 'gte' ? read >= value : by === 'lt' ? read < value : read === value)
        );
      });
      if (!isHeld) open = undefined;
      else if (open !== undefined && end - open.lastAt < span) open.lastAt = end;
      else {
        open = { group, at: end, lastAt: end, anchor: own.find(({ at }) => at === time)?.id ?? '', count: 0 };
        found.push(open);
      }
    }
  }
  for (const one of found) {
    const shift = absent ? span : 0;
    const own = arrivals.filter(
      ({ event, rule: name }) => String(event.u) === one.group && rule.rules.includes(name),
    );
    one.count = own.filter(({ at }) =>
      absent ? at >= one.at - shift && at <= one.lastAt - shift : at > one.at - span && at <= one.lastAt,
    ).length;
  }
  return found.sort((a, b) => a.at - b.at || a.group.localeCompare(b.group));
}

function plainRead(
  type: CorrelationType,
  inside: readonly Arrival[],
  kind: (one: Arrival) => number,
  percentile: number,
): number | undefined {
  const values = inside.map(({ event }) => Number(event.n)).sort((a, b) => a - b);
  if (type === 'event_count') return inside.length;
  if (type === 'value_count') return new Set(values).size;
  if (type === 'temporal') return new Set(inside.map(kind)).size;
  if (type === 'temporal_ordered') {
    const longest = (from: number, after: number): number =>
      inside.reduce(
        (best, one, index) =>
          index >= from && kind(one) > after ? Math.max(best, 1 + longest(index + 1, kind(one))) : best,
        0,
      );
    return longest(0, -1);
  }
  if (values.length === 0) return undefined;
  if (type === 'value_sum') return values.reduce((sum, one) => sum + one, 0);
  const rank = (percentile / 100) * (values.length - 1);
  const [low = 0, high = 0] = [values[Math.floor(rank)], values[Math.ceil(rank)]];
  return low + (high - low) * (rank - Math.floor(rank));
}

const arrivals = fc
  .array(
    fc.record({
      rule: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: 0, max: 60 }).map((n) => n * 1_000),
      u: fc.constantFrom('x', 'y'),
      n: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 60 },
  )
  .map((list) =>
    list.map(({ rule, at, u, n }, index) =>
      arrival(rule, at, `e${String(index).padStart(3, '0')}`, { u, n }),
    ),
  );

describe('in any order of arrival and in any batches a correlation finds what the whole list says', () => {
  test.each([
    ['event_count', 'condition: {gte: 3}', '[a, b]'],
    ['event_count', 'condition: {eq: 2}', '[a]'],
    ['event_count', 'condition: {lt: 2}', '[a, b]'],
    ['value_count', 'condition: {field: n, gte: 3}', '[a, b, c]'],
    ['value_sum', 'condition: {field: n, gte: 9}', '[a, b]'],
    ['value_percentile', 'condition: {field: n, percentile: 75, gte: 4}', '[a, b]'],
    ['temporal', '', '[a, b, c]'],
    ['temporal_ordered', '', '[a, b, c]'],
    ['temporal_ordered', 'condition: {eq: 2}', '[a, b, c]'],
  ])('%s %s', (type, rest, rules) => {
    const text = correlation(type, rest, rules);
    const set = ruleSetOf([{ file: 'x.yml', text: `${base}\n---\n${text}` }]);
    const rule = set.correlations[0]?.rule;
    expect(rule).toBeDefined();
    fc.assert(
      fc.property(
        arrivals.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        fc.integer({ min: 1, max: 9 }),
        ([list, order], batch) => {
          const found = run(engineOf(text), order, batch).brief.map(({ rule: _rule, ...one }) => one);
          expect(found).toEqual(rule === undefined ? [] : plainly(rule, list));
        },
      ),
      { numRuns: 200 },
    );
  });

  const many = `title: many
name: many
correlation: {type: event_count, rules: [a, b], group-by: [u], timespan: 10s, condition: {gte: 3}}`;
  const chain = `title: outer
correlation: {type: temporal, rules: [many, c], group-by: [u], timespan: 7s}
---
${many}
---
title: often
correlation: {type: event_count, rules: [many], group-by: [u], timespan: 1m, condition: {gte: 2}}`;
  // What `many` passes on carries fields that its own groups leave open, and one event stands in several groups.
  const across = `title: outer
name: outer
correlation: {type: temporal, rules: [many, c], group-by: [n], timespan: 7s}
---
${many}
---
title: often
correlation: {type: event_count, rules: [outer, many], group-by: [n], timespan: 1m, condition: {gte: 3}}`;
  const inLists = arrivals.map((list) =>
    list.map((one) => ({
      ...one,
      event: { ...one.event, u: Number(one.event.n) > 3 ? ['x', 'y'] : one.event.u },
    })),
  );

  test.each([
    ['a chain', chain, arrivals],
    ['a chain over other fields, of events with lists', across, inLists],
  ])('%s', (_, rules, lists) => {
    fc.assert(
      fc.property(
        lists.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        fc.integer({ min: 1, max: 9 }),
        ([list, order], batch) => {
          const inOrder = [...list].sort((a, b) => a.at - b.at);
          expect(run(engineOf(rules), order, batch).brief).toEqual(
            run(engineOf(rules), inOrder, 10_000).brief,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('an inner match that begins earlier than it seemed stays where it was for correlations of time', () => {
    const late = [
      arrival('a', 0, 'e0'),
      arrival('a', 1_000, 'e3'),
      arrival('c', 0, 'c0'),
      arrival('a', 0, 'e1'),
      arrival('a', 0, 'e2'),
    ];
    expect(run(engineOf(chain), late, 1).brief.filter(({ rule }) => rule === 'outer')).toEqual([
      { rule: 'outer', group: 'x', at: 0, lastAt: 1_000, anchor: 'e0', count: 3 },
    ]);
  });

  test('an inner match that moves, and one that begins before it, both count', () => {
    const late = [0, 12_000, 11_000, 0, 10_000, 2_000].map((at, index) => arrival('a', at, `e${index}`));
    expect(run(engineOf(chain), late, 1).brief.filter(({ rule }) => rule === 'often')).toEqual([
      { rule: 'often', group: 'x', at: 11_000, lastAt: 11_000, anchor: 'e2', count: 2 },
    ]);
  });

  test.each([
    ['a count', correlation('event_count', 'condition: {gte: 3}', '[a, b]'), arrivals],
    ['a chain', chain, arrivals],
    ['a chain over other fields, of events with lists', across, inLists],
  ])(
    'with a watermark that follows, what comes within the lateness is found the same: %s',
    (_, text, lists) => {
      fc.assert(
        fc.property(
          lists,
          fc.array(fc.nat({ max: 9_000 }), { minLength: 60, maxLength: 60 }),
          (list, delays) => {
            const order = list
              .map((one, index) => ({ one, arrives: one.at + (delays[index] ?? 0) }))
              .sort((a, b) => a.arrives - b.arrives)
              .map(({ one }) => one);
            const engine = engineOf(text, 10_000);
            const standing = new Standing();
            let newest = 0;
            for (const one of order) {
              newest = Math.max(newest, one.at);
              engine.add(one.rule, one.at, one.id, one.event);
              engine.advance(newest);
              standing.take(engine.settle());
            }
            standing.take(engine.finish());
            expect(engine.counts.tooLate).toBe(0);
            const whole = run(
              engineOf(text),
              [...list].sort((a, b) => a.at - b.at),
            ).brief;
            expect(standing.brief.map(({ at, lastAt, anchor }) => ({ at, lastAt, anchor }))).toEqual(
              whole.map(({ at, lastAt, anchor }) => ({ at, lastAt, anchor })),
            );
          },
        ),
        { numRuns: 200 },
      );
    },
  );
});

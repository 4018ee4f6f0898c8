import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakIn, breakInPage } from '../fixtures/incidents.ts';
import { factName } from './fact-name.ts';
import { type LaneStep, layOutLanes, strengthOf, timeScale } from './lanes.ts';
import { foresee, possible, putBack } from './life.ts';
import { MAX_SPLITS, numberRanges, splitsOf } from './splits.ts';

const MINUTE = 60_000;
const NO_MARGIN = { left: 0, right: 0 };
const step = (
  id: string,
  minute: number,
  world: LaneStep['world'],
  rest: Partial<LaneStep> = {},
): LaneStep => ({
  id,
  at: minute * MINUTE,
  world,
  ...rest,
});

describe('the lanes', () => {
  it('put each world in its own lane, in order of time', () => {
    const { marks, lanes } = layOutLanes(
      [step('a', 0, 'cyber'), step('b', 10, 'physical'), step('c', 20, 'cyber')],
      900,
      NO_MARGIN,
      'UTC',
    );
    const [a, b, c] = marks;
    expect(marks.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(a && b && c && a.x < b.x && b.x < c.x).toBe(true);
    expect(b?.y).toBeLessThan(lanes.cyber.top);
    expect(a?.y).toBeGreaterThan(lanes.cyber.top);
  });
  it('stack steps that come at the same moment', () => {
    const { marks } = layOutLanes(
      [step('a', 5, 'physical'), step('b', 5, 'physical'), step('c', 30, 'physical')],
      600,
      NO_MARGIN,
      'UTC',
    );
    expect(marks[0]?.x).toBe(marks[1]?.x);
    expect(marks[0]?.y).not.toBe(marks[1]?.y);
  });
  it('draw a long time without a step as a break, and leave ticks out of it', () => {
    const { breaks, ticks, marks } = layOutLanes(
      [step('a', 0, 'cyber'), step('b', 5, 'cyber'), step('c', 605, 'physical'), step('d', 610, 'physical')],
      900,
      NO_MARGIN,
      'UTC',
    );
    expect(breaks.map(({ ms }) => ms)).toEqual([600 * MINUTE]);
    expect((marks[1]?.x ?? 0) - (marks[0]?.x ?? 0)).toBeGreaterThan(150);
    expect(ticks.filter(({ at }) => at > 5 * MINUTE && at < 605 * MINUTE)).toEqual([]);
  });
  it('stand in the middle when everything happened at once', () => {
    expect(timeScale([7, 7], 0, 100).x(7)).toBe(50);
  });
  it('draw a line to the step that one belongs with, as strong as its weight', () => {
    const { curves } = layOutLanes(
      [
        step('a', 0, 'cyber'),
        step('b', 9, 'physical', { to: 'a', weight: 0.9 }),
        step('c', 12, 'physical', { to: 'gone' }),
      ],
      900,
      NO_MARGIN,
      'UTC',
    );
    expect(curves.map(({ from, to, strength }) => [from, to, strength])).toEqual([['a', 'b', 'strong']]);
    expect([0.7, 0.4, 0.39].map(strengthOf)).toEqual(['strong', 'likely', 'weak']);
  });
  it('keep every mark inside, in order, and ticks apart, whatever the times', () => {
    const steps = fc
      .array(fc.record({ at: fc.integer({ min: 0, max: 5_000 * MINUTE }), isCyber: fc.boolean() }), {
        minLength: 1,
        maxLength: 25,
      })
      .map((list) =>
        list
          .toSorted((one, other) => one.at - other.at)
          .map(({ at, isCyber }, index) => ({
            id: `s${index}`,
            at,
            world: isCyber ? ('cyber' as const) : ('physical' as const),
          })),
      );
    fc.assert(
      fc.property(steps, fc.integer({ min: 260, max: 2_000 }), (story, width) => {
        const { marks, height, ticks } = layOutLanes(story, width, NO_MARGIN, 'Europe/Berlin');
        marks.forEach((mark, index) => {
          expect(mark.x).toBeGreaterThanOrEqual(0);
          expect(mark.x).toBeLessThanOrEqual(width);
          expect(mark.y).toBeLessThan(height);
          const before = marks[index - 1];
          if (before !== undefined) expect(mark.x).toBeGreaterThanOrEqual(before.x - 1e-6);
        });
        const places = ticks.map(({ x }) => x).sort((a, b) => a - b);
        places.slice(1).forEach((x, index) => expect(x - (places[index] ?? 0)).toBeGreaterThanOrEqual(69.9));
      }),
    );
  });
});

describe('what would split an incident', () => {
  const link = (a: string, b: string) => ({ a, b, weight: 0.5, evidence: [] });
  it('is the link that alone holds two parts together', () => {
    const splits = splitsOf(
      ['a', 'b', 'c', 'd'],
      [link('a', 'b'), link('b', 'c'), link('a', 'c'), link('c', 'd')],
    );
    expect(splits.map(({ one, other }) => [one, other])).toEqual([[['a', 'b', 'c'], ['d']]]);
  });
  it('is nothing when every part is held twice', () => {
    expect(splitsOf(['a', 'b'], [link('a', 'b'), link('a', 'b')])).toEqual([]);
  });
  it('leaves out links to detections that are not shown', () => {
    expect(splitsOf(['a', 'b'], [link('a', 'b'), link('b', 'z')]).length).toBe(1);
  });
  it('of the break-in are the change of the schedule and the fridge', () => {
    const ids = breakInPage.story.map(({ detection }) => detection.id);
    expect(splitsOf(ids, breakInPage.links).map(({ link: { a, b } }) => [a, b])).toEqual([
      ['d6', 'd7'],
      ['d3', 'd4'],
    ]);
  });
  it('is exactly what falls apart when taken out, whatever the links', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const end = fc.constantFrom(...ids);
    const parts = (links: { a: string; b: string }[]): number => {
      const group = new Map(ids.map((id) => [id, id]));
      for (const { a, b } of links) {
        const [one, other] = [group.get(a), group.get(b)];
        for (const [id, name] of group) if (name === other && one !== undefined) group.set(id, one);
      }
      return new Set(group.values()).size;
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(end, end), { maxLength: 12 }), (pairs) => {
        const links = pairs.map(([a, b]) => link(a, b));
        const expected = links.filter((one) => parts(links.filter((other) => other !== one)) > parts(links));
        expect(new Set(splitsOf(ids, links).map((split) => split.link))).toEqual(new Set(expected));
      }),
    );
  });
  it('is found in a chain of thousands', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `d${index}`);
    const chain = ids.slice(1).map((id, index) => link(`d${index}`, id));
    expect(splitsOf(ids, chain)).toHaveLength(MAX_SPLITS);
  });
  it('is told with ranges of steps', () => {
    expect(numberRanges([3, 1, 2, 5, 7, 8])).toBe('1–3, 5, 7–8');
    expect(numberRanges([])).toBe('');
  });
});

describe('the life of an incident', () => {
  it('is foreseen as the server will have it', () => {
    expect(foresee(breakIn, 'acknowledge', {}).state).toBe('acknowledged');
    expect(foresee(breakIn, 'assign', { assignee: 'Tom Feld' })).toMatchObject({
      state: 'open',
      assignee: 'Tom Feld',
    });
    expect(foresee(breakIn, 'note', { text: 'seen' })).toEqual(breakIn);
  });
  it('undoes only what was foreseen when the server refuses', () => {
    const foreseen = foresee(breakIn, 'acknowledge', {});
    const meanwhile = { ...foreseen, assignee: 'Tom Feld', detections: 9 };
    expect(putBack(meanwhile, breakIn, foreseen)).toEqual({
      ...breakIn,
      assignee: 'Tom Feld',
      detections: 9,
    });
    expect(putBack({ ...foreseen, state: 'resolved' }, breakIn, foreseen).state).toBe('resolved');
    const assigned = foresee(breakIn, 'assign', { assignee: 'Mara Oduya' });
    expect(putBack(assigned, breakIn, assigned)).toEqual(breakIn);
  });
  it('offers acknowledging only while nobody has', () => {
    expect(possible.open[0]).toBe('acknowledge');
    expect(possible.acknowledged).not.toContain('acknowledge');
    expect(possible.resolved).toEqual(['reopen']);
  });
  it('reads facts in plain words', () => {
    expect(['failedAttempts', 'user-agent', 'mean_kinetic'].map(factName)).toEqual([
      'failed attempts',
      'user agent',
      'mean kinetic',
    ]);
  });
});

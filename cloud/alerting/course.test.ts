import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severity } from '../../devices/model/detection.ts';
import { incidentState } from '../../devices/model/incident.ts';
import { type Chain, chain, chainFor, DEFAULT_CHAIN, dueSteps } from './chain.ts';
import { type Course, follow, type Standing } from './course.ts';

const MINUTE = 60_000;
const start = 1_000_000;
const open: Standing = { id: 'i-1', severity: 'high', state: 'open' };

function told(...standings: [minutes: number, standing: Partial<Standing>][]) {
  let course: Course | undefined;
  const said: string[] = [];
  for (const [minutes, change] of standings) {
    const next = follow(course, { ...open, ...change }, DEFAULT_CHAIN, start + minutes * MINUTE);
    course = next.course;
    said.push(
      next.orders
        .map(({ reason, step, isQuiet }) => `${reason} ${step}${isQuiet ? ' quietly' : ''}`)
        .join(', '),
    );
  }
  return said;
}

describe('people are told', () => {
  test('once, however much news there is', () => {
    expect(told([0, {}], [1, {}], [2, {}])).toEqual(['opened 0', '', '']);
  });
  test('and those further up when nobody takes it', () => {
    expect(told([0, {}], [4.9, {}], [5, {}], [15, {}], [99, {}])).toEqual([
      'opened 0',
      '',
      'not-taken 1',
      'not-taken 2',
      '',
    ]);
  });
  test('of all that fell due while nobody looked', () => {
    expect(told([0, {}], [60, {}])).toEqual(['opened 0', 'not-taken 1, not-taken 2']);
  });
  test('no more once somebody has it in hand', () => {
    expect(told([0, {}], [3, { state: 'acknowledged' }], [60, { state: 'acknowledged' }])).toEqual([
      'opened 0',
      '',
      '',
    ]);
  });
  test('when it gets graver, even in hand; quietly when it gets milder', () => {
    expect(
      told(
        [0, { severity: 'medium' }],
        [1, { severity: 'critical' }],
        [2, { severity: 'high' }],
        [3, { severity: 'critical', state: 'acknowledged' }],
      ),
    ).toEqual(['opened 0', 'graver 0', 'milder 0 quietly', 'graver 0']);
  });
  test('anew when what was over begins again', () => {
    expect(told([0, {}], [1, { state: 'resolved' }], [50, {}], [56, {}])).toEqual([
      'opened 0',
      '',
      'opened-again 0',
      'not-taken 1',
    ]);
  });
  test('never of what somebody has in hand before they heard of it', () => {
    expect(told([0, { state: 'contained' }])).toEqual(['']);
  });
});

const chains: Chain[] = [
  chain.parse({
    id: 'all',
    title: 'All',
    from: 'medium',
    steps: [{ afterMs: 0, to: [{ kind: 'on-duty' }] }],
  }),
  chain.parse({
    id: 'grave',
    title: 'Grave',
    from: 'critical',
    steps: [{ afterMs: 0, to: [{ kind: 'role', role: 'supervisor' }] }],
  }),
  chain.parse({
    id: 'bank',
    title: 'Bank',
    sites: ['bank'],
    from: 'low',
    steps: [{ afterMs: 0, to: [{ kind: 'person', account: 'ines' }] }],
  }),
];

test('the chain that names the site goes first, then the one for what is graver', () => {
  const of = (grave: Standing['severity'], ...sites: string[]) =>
    chainFor({ severity: grave, sites }, chains)?.id;
  expect([of('critical', 'shop'), of('high', 'shop'), of('low', 'bank'), of('low', 'shop')]).toEqual([
    'grave',
    'all',
    'bank',
    undefined,
  ]);
});

test('the last step comes again as often as is said, with the same pause', () => {
  const one = chain.parse({
    id: 'a',
    title: 'A',
    from: 'high',
    steps: [
      { afterMs: 0, to: [{ kind: 'on-duty' }] },
      { afterMs: 2 * MINUTE, to: [{ kind: 'role', role: 'supervisor' }] },
    ],
    repeats: 2,
  });
  expect(dueSteps(one).map(({ afterMs }) => afterMs / MINUTE)).toEqual([0, 2, 4, 6]);
});

test('whatever happens: each step is taken at most once a round, in order, and never while somebody has it in hand', () => {
  const happening = fc.record({
    afterMs: fc.nat(10 * MINUTE),
    severity: fc.constantFrom(...severity.options),
    state: fc.constantFrom(...incidentState.options),
  });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      let course: Course | undefined;
      let now = start;
      let lastStep = -1;
      for (const { afterMs, ...change } of happenings) {
        now += afterMs;
        const wasOver = course === undefined || course.state === 'resolved' || course.state === 'false-alarm';
        const next = follow(
          course,
          { ...open, ...change },
          chainFor({ severity: change.severity, sites: [] }, [DEFAULT_CHAIN]),
          now,
        );
        const steps = next.orders.filter(({ reason }) => reason !== 'graver' && reason !== 'milder');
        if (change.state !== 'open') expect(steps).toEqual([]);
        if (wasOver && steps.length > 0) lastStep = -1;
        for (const { step } of steps) {
          expect(step).toBe(lastStep + 1);
          lastStep = step;
        }
        if (next.lookAt !== undefined) expect(next.lookAt).toBeGreaterThan(now);
        course = next.course;
      }
    }),
  );
});

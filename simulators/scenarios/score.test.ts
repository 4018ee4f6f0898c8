import { expect, test } from 'vitest';
import type { GroundTruth } from './pilot.ts';
import { scoreOf, scoreText, type ToldDetection, type ToldIncident } from './score.ts';

const truth: GroundTruth = {
  incidents: [{ id: 'raid', title: 'The raid' }],
  sites: ['market'],
  steps: [
    {
      id: 'door',
      text: 'a door is forced',
      signs: [{ rule: 'forced-open', asset: 'door' }],
      also: [{ rule: 'tamper', asset: 'door' }],
    },
    {
      id: 'box',
      text: 'a box calls outside',
      signs: [{ rule: 'device-talks-outside', observables: { ip: ['203.0.113.1', '203.0.113.2'] } }],
      showsAfterMs: 5_000,
    },
  ],
};
const toldAt = new Map([
  ['door', 100_000],
  ['box', 200_000],
]);
const detection = (id: string, over: Partial<ToldDetection> = {}): ToldDetection => ({
  id,
  rule: 'forced-open',
  at: 101_000,
  assets: ['door'],
  observables: {},
  summary: id,
  because: [],
  seenAt: 110_000,
  ...over,
});
const box = (over: Partial<ToldDetection> = {}) =>
  detection('box', {
    rule: 'device-talks-outside',
    assets: ['network'],
    observables: { ip: '203.0.113.2' },
    at: 206_000,
    seenAt: 211_000,
    because: ['Both name the address 203.0.113.2.'],
    ...over,
  });
const incident = (id: string, story: ToldDetection[], over: Partial<ToldIncident> = {}): ToldIncident => ({
  id,
  title: id,
  severity: 'high',
  priority: 50,
  sites: ['market'],
  story,
  ...over,
});
const score = (told: ToldIncident[]) => scoreOf('bank', { truth, toldAt }, told);

test('all steps in one incident, nothing else in it, in time', () => {
  const result = score([incident('one', [detection('a'), box()])]);
  expect(result.shortfalls).toEqual([]);
  const [only] = result.incidents;
  expect(only).toMatchObject({ purity: 1, detectMs: 10_000, told: { id: 'one', rank: 1 } });
  expect(only?.steps.map(({ detectMs }) => detectMs)).toEqual([10_000, 6_000]);
  expect(scoreText(result)).toContain('Both name the address 203.0.113.2.');
});

test('a step that was seen, but in another incident, is told so', () => {
  const { shortfalls } = score([incident('one', [detection('a')]), incident('two', [box()])]);
  expect(shortfalls).toEqual(['step "box" stands in another incident (device-talks-outside)']);
});

test('part of a step in another incident is a shortfall as well', () => {
  const { shortfalls } = score([
    incident('one', [detection('a'), box()]),
    incident('two', [box({ observables: { ip: '203.0.113.1' } })]),
  ]);
  expect(shortfalls).toEqual(['part of step "box" stands in another incident (device-talks-outside)']);
});

test('a step nobody saw, and one that was never told', () => {
  expect(score([incident('one', [detection('a')])]).shortfalls).toEqual(['step "box" was missed']);
  const { shortfalls } = scoreOf('bank', { truth, toldAt: new Map([['door', 100_000]]) }, [
    incident('one', [detection('a')]),
  ]);
  expect(shortfalls).toEqual(['step "box" was never told']);
});

test('what is none of the attack makes the incident impure, and another site makes it wrong', () => {
  const { incidents, shortfalls } = score([
    incident('one', [detection('a'), box(), detection('b', { assets: ['harbour-door'] })], {
      sites: ['market', 'harbour'],
    }),
  ]);
  expect(incidents[0]?.purity).toBeCloseTo(2 / 3);
  expect(shortfalls).toEqual([
    'in the incident and none of the attack: forced-open (harbour-door): b',
    'the incident reaches the site "harbour"',
  ]);
});

test('what belongs to a step as well is no noise, and does not show it', () => {
  const tamper = detection('t', { rule: 'tamper' });
  expect(score([incident('one', [detection('a'), tamper, box()])]).shortfalls).toEqual([]);
  expect(score([incident('one', [tamper, box()])]).shortfalls).toEqual(['step "door" was missed']);
});

test('what happened before a step is no sign of it', () => {
  expect(score([incident('one', [detection('a', { at: 40_000 })])]).shortfalls).toEqual([
    'no incident shows "raid"',
  ]);
});

test('later than a minute is too late', () => {
  const { shortfalls } = score([incident('one', [detection('a', { seenAt: 170_000 }), box()])]);
  expect(shortfalls).toEqual(['detected after 70 s, later than 60 s']);
});

test('two incidents of the truth told as one', () => {
  const apart: GroundTruth = {
    ...truth,
    incidents: [...truth.incidents, { id: 'call', title: 'The call' }],
    steps: truth.steps.map((step) => (step.id === 'box' ? { ...step, incident: 'call' } : step)),
  };
  const { shortfalls } = scoreOf('bank', { truth: apart, toldAt }, [
    incident('one', [detection('a'), box()]),
  ]);
  expect(shortfalls.at(-1)).toBe('"raid" and "call" are one incident and should be two');
});

import { describe, expect, test } from 'vitest';
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { sampleRegistry, sampleSiteId } from '../rules/sample-site.ts';
import {
  type HandOverInput,
  type HandOverState,
  handOverStep,
  initialHandOver,
  nextHandOverWake,
  vehicleOfTag,
} from './hand-over.ts';
import { type DeliveryConfiguration, deliveryConfiguration } from './hand-over-configuration.ts';
import type { ObservationDraft } from './outcome.ts';

const registry = registryOf(
  registryDocument.parse({
    ...sampleRegistry.document,
    assets: [
      ...sampleRegistry.document.assets,
      { id: 'van-1', kind: 'vehicle', name: 'Van 1', site: sampleSiteId },
      { id: 'van-2', kind: 'vehicle', name: 'Van 2', site: sampleSiteId },
    ],
    identities: [
      ...sampleRegistry.document.identities,
      { id: 'courier-2', name: 'Courier 2', kind: 'courier', sites: [sampleSiteId], badges: ['0000COU2'] },
    ],
  }),
);
const context = { site: sampleSiteId, registry };
/** A Monday. */
const time = (clock: string, day = '2026-11-23') => Date.parse(`${day}T${clock}:00+01:00`);

const announced = deliveryConfiguration.parse({
  points: ['reader-back'],
  vehicles: [
    { asset: 'van-1', tags: ['7-7'], plates: ['HH-AB 12'] },
    { asset: 'van-2', tags: ['8-8'] },
  ],
  expected: [
    {
      id: 'morning',
      what: 'Wholesale, morning',
      who: ['courier-1'],
      days: ['mon', 'tue'],
      from: '06:30',
      to: '07:30',
      vehicle: 'van-1',
    },
    { id: 'parcels', what: 'Parcels', who: ['courier-2'], days: ['mon'], from: '13:00', to: '14:00' },
    {
      id: 'narcotics',
      what: 'Special order',
      who: ['courier-1'],
      on: '2026-11-23',
      from: '16:00',
      to: '16:30',
    },
  ],
});

class Day {
  state: HandOverState;
  readonly observations: ObservationDraft[] = [];
  readonly detections: { severity: string; summary: string; evidence: string[] }[] = [];
  private readonly configuration: DeliveryConfiguration;
  private sequence = 0;

  constructor(configuration: DeliveryConfiguration = announced, from = time('05:00')) {
    this.configuration = configuration;
    this.state = initialHandOver(from);
  }

  private take(input: HandOverInput): this {
    const made = handOverStep(this.state, input, this.configuration, context);
    this.state = JSON.parse(JSON.stringify(made.state));
    this.observations.push(...made.observations);
    this.detections.push(...made.detections);
    return this;
  }

  /** Time passes up to here, with a wake whenever one is asked for. */
  until(at: number): this {
    let now = this.state.lookedUntil;
    for (let wakes = 0; wakes < 100; wakes++) {
      const due = nextHandOverWake(this.state, now, this.configuration, context);
      if (due === undefined || due > at) break;
      now = due;
      this.take({ type: 'time', at: due });
    }
    return this.take({ type: 'time', at });
  }

  see(at: number, kind: Observation['kind'], more: Partial<Observation>): this {
    return this.take({
      type: 'observation',
      observation: {
        id: `gateway-1/epoch001/${++this.sequence}`,
        kind,
        asset: 'reader-back',
        site: sampleSiteId,
        source: 'test',
        observedAt: at,
        receivedAt: at,
        clock: 'set',
        ...more,
      },
    });
  }

  comes(at: number, badge = '0badcafe', kind: Observation['kind'] = 'access.granted'): this {
    return this.see(at, kind, { subjects: { badge } });
  }

  tag(at: number, badge: string): this {
    return this.see(at, 'badge.presented', { subjects: { badge } });
  }

  get outcomes(): string[] {
    return this.observations.map(({ facts }) => [facts?.outcome, facts?.delivery].filter(Boolean).join(' '));
  }
  get severities(): string[] {
    return this.detections.map(({ severity }) => severity);
  }
}

describe('whoever comes to deliver', () => {
  test.each<[string, (day: Day) => Day, string[], string[]]>([
    [
      'as announced, with the vehicle',
      (day) => day.tag(time('06:50'), '7-7').comes(time('06:52')),
      ['as-expected morning'],
      [],
    ],
    [
      'with the vehicle seen by its plate',
      (day) =>
        day.see(time('06:50'), 'motion.started', { observables: { plate: 'hhab12' } }).comes(time('06:52')),
      ['as-expected morning'],
      [],
    ],
    [
      'badge first, vehicle a little later',
      (day) => day.comes(time('06:50')).tag(time('06:50') + 15_000, '7-7'),
      ['as-expected morning'],
      [],
    ],
    [
      'within the tolerance',
      (day) => day.tag(time('06:16'), '7-7').comes(time('06:16')),
      ['as-expected morning'],
      [],
    ],
    [
      'without a vehicle where none is asked for',
      (day) => day.comes(time('13:30'), '0000cou2'),
      ['as-expected parcels'],
      [],
    ],
    ['on the one day', (day) => day.comes(time('16:10')), ['as-expected narcotics'], []],
    [
      'too early',
      (day) => day.tag(time('05:30'), '7-7').comes(time('05:30')),
      ['too-early morning'],
      ['low'],
    ],
    ['too late', (day) => day.comes(time('17:30')), ['too-late narcotics'], ['low']],
    ['another courier', (day) => day.comes(time('06:50'), '0000cou2'), ['too-early parcels'], ['low']],
    [
      'in another vehicle',
      (day) => day.tag(time('06:50'), '8-8').comes(time('06:51')).until(time('06:53')),
      ['wrong-vehicle morning'],
      ['medium'],
    ],
    [
      'in none',
      (day) => day.comes(time('06:50')).until(time('06:53')),
      ['wrong-vehicle morning'],
      ['medium'],
    ],
    [
      'refused at the door is checked all the same',
      (day) => day.comes(time('05:30'), '0badcafe', 'access.denied'),
      ['too-early morning'],
      ['low'],
    ],
    ['staff are not', (day) => day.comes(time('06:50'), '04a1b2c3'), [], []],
    [
      'a badge alone, before access has answered, is not',
      (day) => day.tag(time('06:50'), '0badcafe'),
      [],
      [],
    ],
  ])('%s', (_name, story, outcomes, severities) => {
    const day = story(new Day());
    // What was announced for earlier that day and did not come is told besides.
    expect(day.outcomes.filter((outcome) => !outcome.startsWith('missed'))).toEqual(outcomes);
    expect(
      day.severities.slice(day.outcomes.filter((outcome) => outcome.startsWith('missed')).length),
    ).toEqual(severities);
  });

  test('somebody else in the time of a delivery is the serious case', () => {
    const only = deliveryConfiguration.parse({ ...announced, expected: announced.expected.slice(0, 1) });
    const day = new Day(only).comes(time('06:50'), '0000cou2');
    expect(day.outcomes).toEqual(['wrong-person morning']);
    expect(day.severities).toEqual(['high']);
    expect(day.detections[0]?.summary).toContain('for somebody else');
    // It is still expected of whom it was announced for.
    day.tag(time('07:00'), '7-7').comes(time('07:00'));
    expect(day.outcomes.at(-1)).toBe('as-expected morning');
  });

  test('nobody is announced at all', () => {
    const day = new Day(deliveryConfiguration.parse({ points: ['reader-back'] })).comes(time('10:00'));
    expect(day.outcomes).toEqual(['unexpected']);
    expect(day.severities).toEqual(['medium']);
    expect(day.detections[0]?.evidence).toEqual(['gateway-1/epoch001/1']);
  });

  test('comes back with the second parcel: that is no second delivery', () => {
    const day = new Day()
      .tag(time('06:50'), '7-7')
      .comes(time('06:51'))
      .comes(time('06:55'))
      .comes(time('07:05'));
    expect(day.outcomes).toEqual(['as-expected morning']);
  });

  test('and comes again hours later: that is one too many', () => {
    const day = new Day().comes(time('13:30'), '0000cou2').comes(time('15:30'), '0000cou2');
    expect(day.outcomes).toEqual(['missed morning', 'as-expected parcels', 'unexpected']);
  });

  test('does not come: told once, after the tolerance, also when nothing else happens for days', () => {
    const day = new Day().until(time('23:00'));
    expect(day.outcomes).toEqual(['missed morning', 'missed parcels', 'missed narcotics']);
    expect(day.severities).toEqual(['low', 'low', 'low']);
    expect(day.observations[0]?.observedAt).toBe(time('07:45'));
    expect(day.until(time('23:30')).outcomes).toHaveLength(3);
    expect(day.until(time('12:00', '2026-11-24')).outcomes.slice(3)).toEqual(['missed morning']);
  });

  test('came, and is not missed', () => {
    const day = new Day().tag(time('06:50'), '7-7').comes(time('06:51')).until(time('12:00'));
    expect(day.outcomes).toEqual(['as-expected morning']);
  });
});

test('what is wrong in the announcements is said', () => {
  const wrong = (change: object) =>
    deliveryConfiguration
      .safeParse({
        points: ['reader-back'],
        expected: [
          { id: 'a', what: 'A', who: ['courier-1'], days: ['mon'], from: '06:00', to: '07:00', ...change },
        ],
      })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  expect(wrong({})).toBeUndefined();
  expect(wrong({ vehicle: 'van-9' })).toEqual(['expected.0.vehicle: "van-9" is none of the vehicles']);
  expect(wrong({ at: 'reader-front' })).toEqual(['expected.0.at: "reader-front" is none of the points']);
  expect(wrong({ on: '2026-11-23' })).toEqual(['expected.0: needs either on or days']);
  expect(wrong({ from: '08:00' })).toEqual(['expected.0: from must be before to, on the same day']);
});

test('a tag is known however it is written', () => {
  const configuration = deliveryConfiguration.parse({ vehicles: [{ asset: 'van-1', tags: ['04A1FF'] }] });
  expect(vehicleOfTag('04a1ff', configuration)).toBe('van-1');
  expect(vehicleOfTag('04a1fe', configuration)).toBeUndefined();
});

import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ since: z.number() });
type State = z.infer<typeof state>;

interface Trouble {
  begins: ObservationKind;
  ends: readonly ObservationKind[];
  severity: Severity;
  /** Goes on after the gateway's name. */
  says(facts: Observation['facts']): string;
}

const told = (facts: Observation['facts'], key: string, unit: string): string =>
  typeof facts?.[key] === 'number' ? ` (${facts[key]} ${unit})` : '';

const troubles: Record<string, Trouble> = {
  disk: {
    begins: 'gateway.disk-low',
    ends: ['gateway.disk-normal'],
    severity: 'medium',
    says: (facts) => `has little room left on its disk${told(facts, 'freeMegabytes', 'MB free')}.`,
  },
  outbox: {
    begins: 'gateway.outbox-filling',
    ends: ['gateway.outbox-normal'],
    severity: 'medium',
    says: (facts) =>
      `keeps more and more for a cloud that does not take it${told(facts, 'filledPercent', '% of what it can')}.`,
  },
  temperature: {
    begins: 'gateway.hot',
    ends: ['gateway.cooled'],
    severity: 'medium',
    says: (facts) => `is too hot${told(facts, 'celsius', '°C')}.`,
  },
  power: {
    begins: 'power.failed',
    ends: ['power.restored'],
    severity: 'medium',
    says: (facts) => `runs from its battery${told(facts, 'batteryPercent', '%')}: it has no mains power.`,
  },
  load: {
    begins: 'gateway.overloaded',
    ends: ['gateway.load-normal'],
    severity: 'low',
    says: () => 'has more to do than its processor can.',
  },
  memory: {
    begins: 'gateway.memory-low',
    ends: ['gateway.memory-normal'],
    severity: 'medium',
    says: (facts) => `has little memory left${told(facts, 'freeMegabytes', 'MB')}.`,
  },
  clock: {
    begins: 'clock.unset',
    // A new life says anew whether it knows the time.
    ends: ['clock.set', 'gateway.started'],
    severity: 'medium',
    says: ({ because } = {}) =>
      `does not know the time for certain${typeof because === 'string' ? `: ${because}` : ''}.`,
  },
  records: {
    begins: 'gateway.records-lost',
    ends: [],
    severity: 'high',
    says: (facts) => `had to give up records${told(facts, 'records', 'records')}: its disk was full.`,
  },
};
const nameByKind = new Map(
  Object.entries(troubles).flatMap(([name, { begins, ends }]) =>
    [begins, ...ends].map((kind): [ObservationKind, string] => [kind, name]),
  ),
);

/** The gateway is not well itself: it sees, records or reports less than it should, or soon will. */
export const gatewayTrouble: RuleKind<Configuration, State | null> = {
  kind: 'gateway-trouble',
  title: 'Gateway needs attention',
  instruction:
    'Look at the gateway: is it plugged in, free of dust and in a cool place, and does the router work? Then call whoever looks after it, and read this message to them.',
  configuration,
  state: state.nullable(),
  observes: [...nameByKind.keys()],
  fits: () => true,
  initial: () => null,

  // Only what it says of itself: that a UPS or a door controller has no power is told elsewhere.
  key: ({ kind, source }) => (source.startsWith('gateway:') ? nameByKind.get(kind) : undefined),

  step(before, { id, kind, asset, observedAt, facts }, name, _settings, { registry }) {
    const trouble = troubles[name];
    if (trouble === undefined) return undefined;
    if (kind !== trouble.begins) return before ? { state: undefined } : undefined;
    // What is lost is lost: each time is told, and nothing ends it.
    if (before && trouble.ends.length > 0) return undefined;
    return {
      state: trouble.ends.length === 0 ? undefined : { since: observedAt },
      findings: [
        {
          severity: trouble.severity,
          summary: `${nameOf(asset, registry)} ${trouble.says(facts)}`,
          assets: [asset],
          facts: { trouble: name, ...facts },
          evidence: [id],
        },
      ],
    };
  },

  active: (running) => running !== null,

  samples: [
    {
      name: 'a disk that fills up, once for as long as it lasts, and again later',
      observations: [
        {
          kind: 'gateway.disk-low',
          asset: 'panel-1',
          observedAt: 1_000,
          source: 'gateway:g',
          facts: { freeMegabytes: 90 },
        },
        { kind: 'gateway.disk-low', asset: 'panel-1', observedAt: 2_000, source: 'gateway:g' },
        { kind: 'gateway.disk-normal', asset: 'panel-1', observedAt: 3_000, source: 'gateway:g' },
        { kind: 'gateway.disk-low', asset: 'panel-1', observedAt: 4_000, source: 'gateway:g' },
      ],
      expect: [
        { at: 1_000, severity: 'medium', asset: 'panel-1' },
        { at: 4_000, severity: 'medium', asset: 'panel-1' },
      ],
    },
    {
      name: 'each trouble for itself',
      observations: [
        {
          kind: 'gateway.hot',
          asset: 'panel-1',
          observedAt: 1_000,
          source: 'gateway:g',
          facts: { celsius: 84 },
        },
        { kind: 'gateway.overloaded', asset: 'panel-1', observedAt: 2_000, source: 'gateway:g' },
        { kind: 'gateway.memory-low', asset: 'panel-1', observedAt: 3_000, source: 'gateway:g' },
        { kind: 'gateway.outbox-filling', asset: 'panel-1', observedAt: 4_000, source: 'gateway:g' },
        { kind: 'power.failed', asset: 'panel-1', observedAt: 5_000, source: 'gateway:g' },
      ],
      expect: [
        { at: 1_000, severity: 'medium', asset: 'panel-1' },
        { at: 2_000, severity: 'low', asset: 'panel-1' },
        { at: 3_000, severity: 'medium', asset: 'panel-1' },
        { at: 4_000, severity: 'medium', asset: 'panel-1' },
        { at: 5_000, severity: 'medium', asset: 'panel-1' },
      ],
    },
    {
      name: 'a clock that is not known, until it is set or the gateway begins anew and says nothing of it',
      observations: [
        { kind: 'gateway.started', asset: 'panel-1', observedAt: 500, source: 'gateway:g' },
        { kind: 'clock.unset', asset: 'panel-1', observedAt: 1_000, source: 'gateway:g' },
        { kind: 'clock.unset', asset: 'panel-1', observedAt: 1_500, source: 'gateway:g' },
        { kind: 'gateway.started', asset: 'panel-1', observedAt: 2_000, source: 'gateway:g' },
        { kind: 'clock.unset', asset: 'panel-1', observedAt: 2_001, source: 'gateway:g' },
        { kind: 'clock.set', asset: 'panel-1', observedAt: 3_000, source: 'gateway:g' },
      ],
      expect: [
        { at: 1_000, severity: 'medium', asset: 'panel-1' },
        { at: 2_001, severity: 'medium', asset: 'panel-1' },
      ],
    },
    {
      name: 'records that were given up, each time',
      observations: [
        {
          kind: 'gateway.records-lost',
          asset: 'panel-1',
          observedAt: 1_000,
          source: 'gateway:g',
          facts: { records: 9 },
        },
        {
          kind: 'gateway.records-lost',
          asset: 'panel-1',
          observedAt: 2_000,
          source: 'gateway:g',
          facts: { records: 1 },
        },
      ],
      expect: [
        { at: 1_000, severity: 'high', asset: 'panel-1' },
        { at: 2_000, severity: 'high', asset: 'panel-1' },
      ],
    },
    {
      name: 'what a UPS says of the mains is not the gateway’s own',
      observations: [
        { kind: 'power.failed', asset: 'sensor-office', observedAt: 1_000 },
        { kind: 'clock.set', asset: 'panel-1', observedAt: 2_000, source: 'gateway:g' },
      ],
      expect: [],
    },
  ],
};

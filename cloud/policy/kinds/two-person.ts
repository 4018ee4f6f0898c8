import { z } from 'zod';
import { durationMs, identifier } from '../../../devices/model/identifiers.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import { type Condition, condition, kindsOf, meets } from '../condition.ts';
import type { Breach, PolicyKind } from '../policy-kind.ts';

const shape = {
  opening: condition.prefault({ kinds: ['door.opened'], assetKinds: ['cabinet'] }),
  badge: condition.prefault({ kinds: ['access.granted'] }),
  /** Readers that count besides those on the asset and in its zone. */
  readers: z.array(identifier).max(1_000).default([]),
  people: z.number().int().min(2).max(8).default(2),
  withinMs: durationMs.min(1_000).default(60_000),
};

const DAY_MS = 24 * 3_600_000;
const LATER_MS = 3_600_000;

/** The assets whose opening a reader speaks for. */
function besides(
  reader: string,
  opening: Condition,
  readers: readonly string[],
  registry: Registry,
): string[] {
  const asset = registry.asset(reader);
  if (asset === undefined) return [];
  return registry
    .assetsOf(asset.site)
    .filter(
      ({ id, zone, kind }) =>
        (opening.assets?.includes(id) ?? opening.assetKinds?.includes(kind) ?? false) &&
        (asset.hostedOn === id ||
          asset.id === id ||
          readers.includes(reader) ||
          (zone !== undefined && zone === asset.zone)),
    )
    .map(({ id }) => id);
}

const opened = (at: number) => ({ kind: 'door.opened' as const, asset: 'cabinet', observedAt: at });
const badged = (at: number, badge: string, over: Partial<Observation> = {}) => ({
  kind: 'access.granted' as const,
  asset: 'cabinet-reader',
  observedAt: at,
  subjects: { badge },
  ...over,
});

/** This is opened by two people together, or not at all. */
export const twoPerson: PolicyKind<typeof shape> = {
  kind: 'two-person',
  settings: z.strictObject(shape),
  observes: ({ opening, badge }) => kindsOf([opening, badge]),
  spanMs: ({ withinMs }) => withinMs + LATER_MS,
  scopes: ({ opening }, registry) =>
    registry.document.assets
      .filter(
        ({ id, kind, site }) =>
          (opening.assets?.includes(id) ?? opening.assetKinds?.includes(kind) ?? false) &&
          (opening.sites?.includes(site) ?? true),
      )
      .map(({ id }) => id),
  scopesOf({ opening, badge, readers }, observation, registry) {
    if (meets(opening, observation, registry)) return [observation.asset];
    return meets(badge, observation, registry) ? besides(observation.asset, opening, readers, registry) : [];
  },
  judge({ settings, scope, observations, now, latenessMs, registry }) {
    const { opening, badge, people, withinMs } = settings;
    const breaches = observations.flatMap((one): Breach[] => {
      if (one.asset !== scope || !meets(opening, one, registry)) return [];
      if (now < one.observedAt + withinMs + latenessMs) return [];
      const badges = observations.filter(
        (other) => meets(badge, other, registry) && Math.abs(other.observedAt - one.observedAt) <= withinMs,
      );
      const who = new Map(
        badges.map((other) => {
          const person = registry.resolve(other.subjects ?? {}, other.asset);
          return [
            person?.id ?? other.subjects?.badge?.toLowerCase() ?? other.subjects?.account ?? '',
            person,
          ];
        }),
      );
      who.delete('');
      if (who.size >= people) return [];
      const name = registry.asset(scope)?.name ?? scope;
      const known = [...who.values()].flatMap((person) => person ?? []);
      const by =
        who.size === 0
          ? 'and nobody had shown a badge'
          : `by ${known.map((person) => person.name).join(', ') || 'one badge'} alone`;
      return [
        {
          anchor: one.id,
          at: one.observedAt,
          until: one.observedAt + DAY_MS,
          assets: [scope],
          identities: known.map(({ id }) => id),
          summary: `${name} was opened ${by}: it takes ${people} people`,
          facts: { people: who.size, needed: people },
          evidence: [...badges.map(({ id }) => id).slice(0, 8), one.id],
        },
      ];
    });
    return { breaches, hasNoData: observations.length === 0 };
  },
  samples: [
    {
      name: 'two badges and then it is opened',
      settings: {},
      observations: [badged(0, '04A1'), badged(10_000, '04B2'), opened(20_000)],
      now: DAY_MS,
      expect: [],
    },
    {
      name: 'one badge',
      settings: {},
      observations: [badged(0, '04A1'), opened(20_000)],
      now: DAY_MS,
      expect: [{ at: 20_000 }],
    },
    {
      name: 'one badge twice is one person',
      settings: {},
      observations: [badged(0, '04A1'), badged(5_000, '04a1'), opened(20_000)],
      now: DAY_MS,
      expect: [{ at: 20_000 }],
    },
    {
      name: 'two badges of one person are one person',
      settings: {},
      observations: [badged(0, '04A1'), badged(5_000, '04A9'), opened(20_000)],
      now: DAY_MS,
      expect: [{ at: 20_000 }],
    },
    {
      name: 'the second badge a quarter of an hour before',
      settings: {},
      observations: [badged(0, '04B2'), badged(900_000, '04A1'), opened(910_000)],
      now: DAY_MS,
      expect: [{ at: 910_000 }],
    },
    { name: 'nothing was opened', settings: {}, observations: [badged(0, '04A1')], now: DAY_MS, expect: [] },
    { name: 'nothing is known', settings: {}, observations: [], now: DAY_MS, expect: [], hasNoData: true },
  ],
};

import { z } from 'zod';
import type { Asset } from '../../devices/model/asset.ts';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { RuleKind } from './rule.ts';
import { openingsOf } from './surroundings.ts';
import { durationText, nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** Length of one unit of the site's floor plan. Absent: the plan is not to scale, and only zones are counted. */
  planUnitMetres: z.number().positive().max(1_000).optional(),
  /** Nobody goes faster on foot for long. */
  metresPerSecond: z.number().min(0.5).max(20).default(4),
  /** Passing through one zone that lies between takes at least this. */
  perZoneMs: durationMs.max(600_000).default(3_000),
  /** Readers tell late, and not all equally late. */
  slackMs: durationMs.max(600_000).default(5_000),
  /** After this the badge is forgotten: no way on one site takes longer. */
  rememberMs: durationMs.min(1_000).default(900_000),
});
type Configuration = z.infer<typeof configuration>;

/** Pairs of readers that one series tells of. */
const MAX_PAIRS = 16;

const state = z.object({
  reader: z.string(),
  at: z.number(),
  observation: z.string(),
  /** Pairs of readers that were reported since the badge was last at rest. */
  told: z.array(z.string()).max(MAX_PAIRS),
});
type State = z.infer<typeof state>;

/** The reader, or what it belongs to, as far as that stands still; undefined: it drives about. */
function fixed(reader: string, registry: Registry): Asset[] | undefined {
  const own = registry.asset(reader);
  if (own === undefined) return [];
  const host = own.hostedOn === undefined ? undefined : registry.asset(own.hostedOn);
  const all = [own, ...(host === undefined ? [] : [host]), ...openingsOf(reader, registry)];
  return all.some(({ kind }) => kind === 'vehicle') ? undefined : all;
}

/** Zones from which a person stands at it: a door's reader may hang on either side. */
function zonesOf(assets: readonly Asset[]): Set<string> {
  return new Set(
    assets.flatMap(({ zone, connects = [] }) => [...(zone === undefined ? [] : [zone]), ...connects]),
  );
}

/** Zones that lie between; 0 for the same and for neighbours, undefined where no way is known. */
function zonesBetween(
  from: ReadonlySet<string>,
  to: ReadonlySet<string>,
  registry: Registry,
): number | undefined {
  if (from.size === 0 || to.size === 0) return undefined;
  const seen = new Set(from);
  let edge = [...from];
  for (let steps = 0; edge.length > 0; steps++) {
    if (edge.some((zone) => to.has(zone))) return Math.max(0, steps - 1);
    edge = edge
      .flatMap((zone) => [...registry.touching(zone)])
      .filter((zone) => !seen.has(zone) && seen.add(zone));
  }
  return undefined;
}

/** The least that a person needs from one reader to the other, and how far it is; the unknown takes no time. */
function way(
  from: string,
  to: string,
  settings: Configuration,
  registry: Registry,
): { ms: number; metres?: number } {
  const [one, other] = [fixed(from, registry), fixed(to, registry)];
  if (one === undefined || other === undefined) return { ms: 0 };
  const between = zonesBetween(zonesOf(one), zonesOf(other), registry) ?? 0;
  const byZones = between * settings.perZoneMs;
  const a = one.find(({ position }) => position !== undefined)?.position;
  const b = other.find(({ position }) => position !== undefined)?.position;
  if (settings.planUnitMetres === undefined || a === undefined || b === undefined) return { ms: byZones };
  const metres = Math.hypot(b.x - a.x, b.y - a.y) * settings.planUnitMetres;
  return { ms: Math.max(byZones, (metres / settings.metresPerSecond) * 1_000), metres: Math.round(metres) };
}

/** One badge is shown at two readers, sooner than anybody gets from one to the other: there are two of it. */
export const badgeInTwoPlaces: RuleKind<Configuration, State | null> = {
  kind: 'badge-in-two-places',
  title: 'One badge in two places',
  instruction:
    'Block the badge. Find its owner and ask where they are; whoever is at the other reader has a copy. Do not go there alone.',
  configuration,
  state: state.nullable(),
  observes: ['badge.presented', 'access.granted', 'access.denied'],
  fits: ({ kind }) => kind === 'reader',
  key: ({ subjects }) => subjects?.badge?.toLowerCase(),
  initial: () => null,

  step(before, { asset, observedAt, id, subjects, clock }, _key, settings, { registry }) {
    // A reader's own clock, hours later: what it says was a moment apart may not have been.
    if (clock === 'foreign') return undefined;
    const told = before?.told ?? [];
    const here: State = { reader: asset, at: observedAt, observation: id, told };
    const wakeAt = observedAt + settings.rememberMs;
    // What a reader tells and what the door decides on it are one showing.
    if (before === null || before.reader === asset)
      return before !== null && before.at >= observedAt ? undefined : { state: here, wakeAt };
    const tookMs = Math.abs(observedAt - before.at);
    const { ms: needsMs, metres } = way(before.reader, asset, settings, registry);
    const pair = [before.reader, asset].sort().join(' ');
    const [earlier, newest] = observedAt >= before.at ? [before, here] : [here, before];
    const restAt = newest.at + settings.rememberMs;
    if (tookMs + settings.slackMs >= needsMs || told.includes(pair) || told.length >= MAX_PAIRS)
      return { state: { ...newest, told }, wakeAt: restAt };
    const person = subjects && registry.resolve(subjects);
    const who = person === undefined ? 'One badge' : `The badge of ${person.name}`;
    return {
      state: { ...newest, told: [...told, pair] },
      wakeAt: restAt,
      findings: [
        {
          severity: 'high',
          summary: `${who} was shown at ${nameOf(earlier.reader, registry)} and ${durationText(tookMs)} later at ${nameOf(newest.reader, registry)}${
            metres === undefined ? '' : `, ${metres} m away`
          }: nobody is that fast, so there are two of it.`,
          assets: [newest.reader, earlier.reader],
          ...(person === undefined ? {} : { identities: [person.id] }),
          ...(subjects?.badge === undefined ? {} : { observables: { badge: subjects.badge.toLowerCase() } }),
          facts: {
            tookMs,
            needsMs: Math.round(needsMs),
            ...(metres === undefined ? {} : { metres }),
            ...(person === undefined ? {} : { who: person.name }),
          },
          evidence: [earlier.observation, newest.observation],
          tactic: 'TA0001',
          continues: told.length > 0,
        },
      ],
    };
  },

  wake(before, _key, { rememberMs }, { now }) {
    if (before === null) return undefined;
    const restAt = before.at + rememberMs;
    return now >= restAt ? { state: undefined } : { state: before, wakeAt: restAt };
  },

  samples: [
    {
      name: 'the owner is at the entrance, the copy in the office, eighty metres and ten seconds apart',
      configuration: { planUnitMetres: 1 },
      observations: [
        { kind: 'badge.presented', asset: 'reader-front', observedAt: 0, subjects: { badge: '04A1B2C3' } },
        { kind: 'access.granted', asset: 'reader-front', observedAt: 50, subjects: { badge: '04A1B2C3' } },
        {
          kind: 'badge.presented',
          asset: 'reader-office',
          observedAt: 10_000,
          subjects: { badge: '04a1b2c3' },
        },
        {
          kind: 'access.granted',
          asset: 'reader-office',
          observedAt: 10_050,
          subjects: { badge: '04a1b2c3' },
        },
      ],
      expect: [{ at: 10_000, severity: 'high', asset: 'reader-office' }],
    },
    {
      name: 'told once, however often owner and copy take turns',
      configuration: { planUnitMetres: 1 },
      observations: [0, 4, 8, 12].map((second) => ({
        kind: 'badge.presented' as const,
        asset: second % 8 === 0 ? 'reader-front' : 'reader-office',
        observedAt: second * 1_000,
        subjects: { badge: '04A1B2C3' },
      })),
      expect: [{ at: 4_000, severity: 'high', asset: 'reader-office' }],
    },
    {
      name: 'who walks there takes half a minute',
      configuration: { planUnitMetres: 1 },
      observations: [
        { kind: 'badge.presented', asset: 'reader-front', observedAt: 0, subjects: { badge: '04A1B2C3' } },
        {
          kind: 'badge.presented',
          asset: 'reader-office',
          observedAt: 30_000,
          subjects: { badge: '04A1B2C3' },
        },
      ],
      expect: [],
    },
    {
      name: 'two people, one after the other',
      configuration: { planUnitMetres: 1 },
      observations: [
        { kind: 'badge.presented', asset: 'reader-front', observedAt: 0, subjects: { badge: '04A1B2C3' } },
        {
          kind: 'badge.presented',
          asset: 'reader-office',
          observedAt: 1_000,
          subjects: { badge: '0BADCAFE' },
        },
      ],
      expect: [],
    },
    {
      name: 'without a scale, whoever passes the store room needs more than a moment',
      configuration: { slackMs: 1_000 },
      observations: [
        { kind: 'badge.presented', asset: 'reader-front', observedAt: 0, subjects: { badge: '0BADCAFE' } },
        { kind: 'badge.presented', asset: 'reader-office', observedAt: 500, subjects: { badge: '0BADCAFE' } },
      ],
      expect: [{ at: 500, severity: 'high', asset: 'reader-office' }],
    },
    {
      name: 'readers side by side in one room',
      configuration: { slackMs: 0 },
      observations: [
        { kind: 'badge.presented', asset: 'reader-back', observedAt: 0, subjects: { badge: '04A1B2C3' } },
        {
          kind: 'badge.presented',
          asset: 'reader-cabinet',
          observedAt: 800,
          subjects: { badge: '04A1B2C3' },
        },
      ],
      expect: [],
    },
  ],
};

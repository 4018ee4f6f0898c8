import { z } from 'zod';
import { distanceM, type GeographicPoint, geographicPoint } from '../../devices/model/geofence.ts';
import { identifier } from '../../devices/model/identifiers.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { identitiesOf, type Monitor, whoAndWhence } from './monitor.ts';

const configuration = z.strictObject({
  /** Where the sites are: a badge shown there says where its owner is. */
  sites: z.record(identifier, geographicPoint).default({}),
  /** Addresses from which people work, and at which site they are then. */
  addresses: z.record(z.string().max(64), identifier).default({}),
  /** Faster than this nobody drives. */
  vehicleKmh: z.number().min(50).max(1_000).default(180),
  /** Faster than this nobody flies, the way to the airport counted. */
  personKmh: z.number().min(100).max(2_000).default(700),
  /** Below this two places are one: receivers err. */
  leastKm: z.number().min(0.1).max(1_000).default(3),
});
type Configuration = z.infer<typeof configuration>;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** What lies further apart in time says nothing. */
const TOGETHER_MS = 24 * HOUR_MS;
/** Two of one place within this are one journey's end. */
const FOLDED_MS = HOUR_MS;

interface Sighting {
  observation: Observation;
  point: GeographicPoint;
  where: string;
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Where it happened; undefined: nobody knows. Only what was let in counts: a refused badge may be anybody's. */
function sightingOf(
  observation: Observation,
  { sites, addresses }: Configuration,
  registry: Registry,
): Sighting | undefined {
  const latitude = numberOf(observation.facts?.latitude);
  const longitude = numberOf(observation.facts?.longitude);
  if (latitude !== undefined && longitude !== undefined && Math.abs(latitude) <= 90)
    return {
      observation,
      point: { latitude, longitude },
      where: `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`,
    };
  const isBadge = observation.kind === 'access.granted';
  const site = isBadge ? observation.site : addresses[observation.observables?.ip ?? ''];
  const point = site === undefined ? undefined : sites[site];
  if (site === undefined || point === undefined) return undefined;
  return { observation, point, where: registry.site(site)?.name ?? site };
}

const at = (observedAt: number, latitude: number, longitude: number, over: Partial<Observation> = {}) => ({
  kind: 'position.reported' as const,
  asset: 'van-1',
  observedAt,
  facts: { latitude, longitude },
  ...over,
});
const places = {
  sites: { online: { latitude: 52.52, longitude: 13.4 }, far: { latitude: 48.14, longitude: 11.58 } },
  addresses: { '198.51.100.20': 'far' },
};
const badge = (observedAt: number) => ({
  kind: 'access.granted' as const,
  asset: 'shop-server',
  observedAt,
  subjects: { account: 'a.weber' },
});
const login = (observedAt: number, ip: string, facts = {}) => ({
  kind: 'login.succeeded' as const,
  asset: 'shop-admin',
  observedAt,
  subjects: { account: 'a.weber' },
  observables: { ip },
  facts,
});

/** What is the same of people and of vehicles: two places, the time between them, and how fast anybody is. */
const judge: Monitor<Configuration>['judge'] = ({ observations }, settings, registry) => {
  const found: { late: Sighting; early: Sighting; km: number; ms: number }[] = [];
  let last: Sighting | undefined;
  for (const observation of observations) {
    const here = sightingOf(observation, settings, registry);
    if (here === undefined) continue;
    const ms = here.observation.observedAt - (last?.observation.observedAt ?? 0);
    const km = last === undefined ? 0 : distanceM(last.point, here.point) / 1_000;
    const limit = observation.kind === 'position.reported' ? settings.vehicleKmh : settings.personKmh;
    // A minute in favour of the traveller: clocks differ.
    const kmh = km / ((ms + MINUTE_MS) / HOUR_MS);
    if (last !== undefined && ms <= TOGETHER_MS && km > settings.leastKm && kmh > limit)
      found.push({ early: last, late: here, km, ms });
    last = here;
  }
  // There and back is one finding, however often a receiver jumps.
  const first = found.filter(
    ({ late }, index) =>
      index === 0 ||
      late.observation.observedAt - (found[index - 1]?.late.observation.observedAt ?? 0) > FOLDED_MS,
  );
  return first.map(({ early, late, km, ms }) => {
    const next = first.find((other) => other.late.observation.observedAt > late.observation.observedAt);
    const count = found.filter(
      (one) =>
        one.late.observation.observedAt >= late.observation.observedAt &&
        (next === undefined || one.late.observation.observedAt < next.late.observation.observedAt),
    ).length;
    const { observation } = late;
    const isVehicle = observation.kind === 'position.reported';
    const person = registry.resolve(observation.subjects ?? {}, observation.asset);
    const who = isVehicle
      ? (registry.asset(observation.asset)?.name ?? observation.asset)
      : (person?.name ?? observation.subjects?.account ?? 'Somebody');
    const seconds = Math.round(ms / 1_000);
    return {
      anchor: observation.id,
      at: observation.observedAt,
      severity: isVehicle ? ('medium' as const) : ('high' as const),
      summary: `${who} was at ${early.where} and ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} later at ${late.where}, ${Math.round(km)} km away: ${isVehicle ? 'its position is not true' : 'one of the two is somebody else'}`,
      assets: [...new Set([observation.asset, early.observation.asset])],
      identities: identitiesOf(observation, registry),
      observables: whoAndWhence(observation),
      facts: { km: Math.round(km), seconds },
      evidence: [early.observation.id, observation.id],
      tactic: isVehicle ? 'T0856' : 'T1078',
      count,
    };
  });
};
const rememberMs = () => TOGETHER_MS + 24 * HOUR_MS;

/** A badge or an account is at two places between which nobody can travel in that time: one of them is somebody else. */
export const impossibleTravel: Monitor<Configuration> = {
  kind: 'impossible-travel',
  title: 'Impossible travel',
  configuration,
  observes: ['login.succeeded', 'access.granted'],
  keys(observation, registry) {
    const person = registry.resolve(observation.subjects ?? {}, observation.asset);
    const account = observation.subjects?.account?.toLowerCase();
    if (person !== undefined) return [`person|${person.id}`];
    return account === undefined ? [] : [`account|${account}`];
  },
  rememberMs,
  judge,
  samples: [
    {
      name: 'a badge opens a door here, and the same person logs in from the other site',
      configuration: places,
      observations: [badge(0), login(20 * MINUTE_MS, '198.51.100.20')],
      expect: [{ at: 20 * MINUTE_MS, severity: 'high', count: 1 }],
    },
    {
      name: 'who travels for half a day may be there in the evening',
      configuration: places,
      observations: [badge(0), login(6 * HOUR_MS, '198.51.100.20')],
      expect: [],
    },
    {
      name: 'an account logs in from two places that the shop names',
      observations: [
        login(0, '192.0.2.1', { latitude: 52.5, longitude: 13.4 }),
        login(HOUR_MS, '192.0.2.2', { latitude: 40.7, longitude: -74 }),
      ],
      expect: [{ at: HOUR_MS, severity: 'high', count: 1 }],
    },
    {
      name: 'where nobody knows where an address is, nobody is far away',
      configuration: places,
      observations: [badge(0), login(MINUTE_MS, '203.0.113.9')],
      expect: [],
    },
  ],
};

/** A van is where it can't have driven to: its receiver is deceived, or another sends in its name. */
export const impossiblePosition: Monitor<Configuration> = {
  kind: 'impossible-position',
  title: 'Impossible position of a vehicle',
  configuration,
  observes: ['position.reported'],
  keys: ({ asset }) => [asset],
  rememberMs,
  judge,
  samples: [
    {
      name: 'a van is a hundred kilometres away within a minute',
      observations: [at(0, 52.5, 13.4), at(60_000, 51.6, 13.4), at(120_000, 51.61, 13.4)],
      expect: [{ at: 60_000, severity: 'medium', count: 1 }],
    },
    {
      name: 'a van on the motorway, a receiver that errs, and a night in the garage',
      observations: [
        at(0, 52.5, 13.4),
        at(60_000, 52.52, 13.4),
        at(61_000, 52.54, 13.4),
        at(10 * HOUR_MS, 51, 13.4),
      ],
      expect: [],
    },
  ],
};

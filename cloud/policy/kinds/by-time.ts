import { z } from 'zod';
import { durationMs, identifier } from '../../../devices/model/identifiers.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Site } from '../../../devices/model/site.ts';
import { isOpen } from '../../situation/opening.ts';
import { condition, kindsOf, meets } from '../condition.ts';
import { type Breach, LOOK_BACK_MS, type PolicyKind } from '../policy-kind.ts';

const shape = {
  /** The site's closing time, or a time of day in its own time zone. */
  by: z.union([z.literal('closing'), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM')]),
  set: condition,
  unset: condition,
  /** So long after that time it may still be done. */
  graceMs: durationMs.default(30 * 60_000),
  sites: z.array(identifier).max(1_000).optional(),
  what: z.string().min(1).max(128),
};

const DAY_MS = 24 * 3_600_000;
const STEP_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Deadlines of sites that are kept: they are the same for a whole quarter of an hour. */
const MAX_KEPT = 2_000;
const kept = new Map<string, readonly number[]>();

/** Moments at which opening hours end, between two times; to the minute. */
function closings(site: Pick<Site, 'opening' | 'timeZone'>, from: number, to: number): readonly number[] {
  const start = Math.floor(from / STEP_MS) * STEP_MS;
  const end = Math.floor(to / STEP_MS) * STEP_MS;
  const key = JSON.stringify([site.opening, site.timeZone, start, end]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const found: number[] = [];
  let wasOpen = isOpen(site, start);
  for (let at = start + STEP_MS; at <= end; at += STEP_MS) {
    const isNow = isOpen(site, at);
    if (wasOpen && !isNow) {
      let low = at - STEP_MS;
      let high = at;
      while (high - low > MINUTE_MS) {
        const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
        if (isOpen(site, middle)) low = middle;
        else high = middle;
      }
      found.push(high);
    }
    wasOpen = isNow;
  }
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, found);
  return found;
}

const panel = (
  kind: 'alarm.armed' | 'alarm.disarmed',
  at: number,
): Pick<Observation, 'kind' | 'asset' | 'observedAt'> => ({
  kind,
  asset: 'panel',
  observedAt: at,
});
const alarm = {
  by: 'closing' as const,
  set: { kinds: ['alarm.armed' as const] },
  unset: { kinds: ['alarm.disarmed' as const] },
  what: 'The alarm was not set at closing time',
};
/** The samples' site is open from 08:00 to 20:00 UTC. */
const hour = (of: number): number => of * 3_600_000;

/** This is done by a certain time of the day. */
export const byTime: PolicyKind<typeof shape> = {
  kind: 'by-time',
  settings: z.strictObject(shape),
  observes: ({ set, unset }) => kindsOf([set, unset]),
  spanMs: () => 2 * DAY_MS,
  scopes: ({ sites, by }, registry) =>
    registry.document.sites
      .filter(
        ({ id, opening }) =>
          (sites?.includes(id) ?? registry.assetsOf(id).some(({ kind }) => kind === 'alarm-panel')) &&
          (by !== 'closing' || opening.length > 0),
      )
      .map(({ id }) => id),
  scopesOf({ set, unset, sites }, observation, registry) {
    if (!meets(set, observation, registry) && !meets(unset, observation, registry)) return [];
    return (sites?.includes(observation.site) ?? true) ? [observation.site] : [];
  },
  judge({ settings, scope, observations, now, latenessMs, inForceFrom, registry }) {
    const { by, set, unset, graceMs, what } = settings;
    const site = registry.site(scope);
    const changes = observations.flatMap((one) => {
      const isSet = meets(set, one, registry);
      return isSet || meets(unset, one, registry)
        ? [{ at: one.observedAt, isSet, id: one.id, asset: one.asset }]
        : [];
    });
    if (site === undefined || changes.length === 0) return { breaches: [], hasNoData: true };
    const hours =
      by === 'closing'
        ? site
        : { timeZone: site.timeZone, opening: [{ days: [...everyDay], from: '00:00', to: by }] };
    const from = Math.max(inForceFrom, now - LOOK_BACK_MS - DAY_MS);
    const breaches = closings(hours, from, now).flatMap((closing): Breach[] => {
      const deadline = closing + graceMs;
      if (closing < inForceFrom || now < deadline + latenessMs) return [];
      const last = changes.findLast(({ at }) => at <= deadline);
      // Before the first word of the panel nobody knows.
      if (last === undefined || last.isSet) return [];
      const next = changes.find(({ at, isSet }) => at > deadline && isSet)?.at;
      return [
        {
          anchor: String(closing),
          at: deadline,
          ...(next === undefined && now < closing + DAY_MS
            ? {}
            : { until: Math.min(next ?? Number.MAX_SAFE_INTEGER, closing + DAY_MS) }),
          assets: [last.asset],
          summary: `${what}: ${site.name}`,
          facts: { closing: new Date(closing).toISOString() },
          evidence: [last.id],
        },
      ];
    });
    return { breaches, hasNoData: false };
  },
  samples: [
    {
      name: 'set a quarter of an hour after closing',
      settings: alarm,
      observations: [panel('alarm.disarmed', hour(8)), panel('alarm.armed', hour(20.25))],
      now: hour(23),
      expect: [],
    },
    {
      name: 'not set in the evening, only at night',
      settings: alarm,
      observations: [panel('alarm.disarmed', hour(8)), panel('alarm.armed', hour(22))],
      now: hour(23),
      expect: [{ at: hour(20.5), until: hour(22) }],
    },
    {
      name: 'not set at all, two days long',
      settings: alarm,
      observations: [panel('alarm.disarmed', hour(8))],
      now: hour(47),
      expect: [{ at: hour(20.5), until: hour(44) }, { at: hour(44.5) }],
    },
    {
      name: 'the panel’s word may still be under way',
      settings: alarm,
      observations: [panel('alarm.disarmed', hour(8))],
      now: hour(20.5) + 60_000,
      expect: [],
    },
    {
      name: 'by a time of day',
      settings: { ...alarm, by: '22:00', graceMs: 0 },
      observations: [panel('alarm.disarmed', hour(8))],
      now: hour(23),
      expect: [{ at: hour(22) }],
    },
    {
      name: 'nothing is known',
      settings: alarm,
      observations: [],
      now: hour(23),
      expect: [],
      hasNoData: true,
    },
  ],
};

import { z } from 'zod';
import { durationMs } from '../../../devices/model/identifiers.ts';
import { assetsOf, condition, kindsOf, meets } from '../condition.ts';
import type { Breach, PolicyKind } from '../policy-kind.ts';

const shape = {
  seen: condition,
  everyMs: durationMs.min(60_000),
  /** Once for each asset, or once for all of them together. */
  per: z.enum(['asset', 'all']).default('asset'),
  /** What is done, for people: `back-up`. */
  what: z.string().min(1).max(128).default('what is asked for'),
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ALL = 'all';
const backUp = (at: number, asset = 'branch-host') => ({
  kind: 'host.logged' as const,
  asset,
  observedAt: at,
  facts: { message: 'Backup finished' },
});
const dailyBackUp = {
  seen: {
    kinds: ['host.logged' as const],
    assets: ['branch-host'],
    where: { 'facts.message': { contains: 'backup finished' } },
  },
  everyMs: DAY_MS,
};

/** This happens at least so often. */
export const atLeastEvery: PolicyKind<typeof shape> = {
  kind: 'at-least-every',
  settings: z.strictObject(shape),
  observes: ({ seen }) => kindsOf([seen]),
  spanMs: ({ everyMs }) => 2 * everyMs,
  scopes: ({ seen, per }, registry) => (per === 'all' ? [ALL] : (assetsOf(seen, registry) ?? [])),
  scopesOf({ seen, per }, observation, registry) {
    if (!meets(seen, observation, registry)) return [];
    return [per === 'all' ? ALL : observation.asset];
  },
  judge({ settings: { everyMs, what, seen }, scope, observations, now, latenessMs, inForceFrom, registry }) {
    const breaches: Breach[] = [];
    const first = observations[0]?.observedAt ?? Number.POSITIVE_INFINITY;
    // Before the rule held nobody had to.
    const begins = first <= inForceFrom ? [] : [{ id: 'the beginning', observedAt: inForceFrom }];
    const marks = [...begins, ...observations];
    const name = registry.asset(scope)?.name;
    marks.forEach(({ id, observedAt }, index) => {
      const due = observedAt + everyMs;
      const next = marks[index + 1]?.observedAt;
      if (next === undefined ? now < due + latenessMs : next <= due) return;
      breaches.push({
        anchor: id,
        at: Math.max(due, inForceFrom),
        ...(next === undefined ? {} : { until: next }),
        assets: scope === ALL ? (seen.assets ?? []).slice(0, 64) : [scope],
        summary: `No ${what}${name === undefined ? '' : ` of ${name}`} within ${hoursText(everyMs)}${id === 'the beginning' ? '' : ` of the one before`}`,
        facts: { everyHours: Math.round(everyMs / HOUR_MS) },
        evidence: id === 'the beginning' ? [] : [id],
      });
    });
    return { breaches, hasNoData: observations.length === 0 && breaches.length === 0 };
  },
  samples: [
    {
      name: 'every day',
      settings: dailyBackUp,
      observations: [backUp(HOUR_MS), backUp(24 * HOUR_MS), backUp(47 * HOUR_MS)],
      now: 50 * HOUR_MS,
      expect: [],
    },
    {
      name: 'a day is left out',
      settings: dailyBackUp,
      observations: [backUp(HOUR_MS), backUp(49 * HOUR_MS)],
      now: 50 * HOUR_MS,
      expect: [{ at: 25 * HOUR_MS, until: 49 * HOUR_MS }],
    },
    {
      name: 'it has stopped',
      settings: dailyBackUp,
      observations: [backUp(HOUR_MS)],
      now: 40 * HOUR_MS,
      expect: [{ at: 25 * HOUR_MS }],
    },
    {
      name: 'it was never done',
      settings: dailyBackUp,
      observations: [],
      now: 40 * HOUR_MS,
      expect: [{ at: 24 * HOUR_MS }],
    },
    {
      name: 'it may still be under way',
      settings: dailyBackUp,
      observations: [backUp(HOUR_MS)],
      now: 25 * HOUR_MS + 60_000,
      expect: [],
    },
    {
      name: 'nobody could know yet',
      settings: dailyBackUp,
      observations: [],
      now: HOUR_MS,
      expect: [],
      hasNoData: true,
    },
    {
      name: 'another host’s does not count',
      settings: dailyBackUp,
      observations: [backUp(HOUR_MS), backUp(20 * HOUR_MS, 'web-shop')],
      now: 40 * HOUR_MS,
      expect: [{ at: 25 * HOUR_MS }],
    },
  ],
};

export const hoursText = (ms: number): string => {
  const hours = Math.round(ms / HOUR_MS);
  return hours >= 72 ? `${Math.round(hours / 24)} days` : `${hours} h`;
};

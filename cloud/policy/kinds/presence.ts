import { z } from 'zod';
import { durationMs, identifier } from '../../../devices/model/identifiers.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import { condition, kindsOf, meets } from '../condition.ts';
import { type Breach, folded, type PolicyKind } from '../policy-kind.ts';

const shape = {
  /** What only somebody who is there may do. */
  activity: condition.prefault({ kinds: ['login.succeeded'] }),
  badgeIn: condition.prefault({ kinds: ['access.granted'] }),
  badgeOut: condition.prefault({ kinds: ['access.granted'], where: { 'facts.direction': 'out' } }),
  /** Readers on the way out: a badge there means that its owner leaves. */
  exitReaders: z.array(identifier).max(1_000).default([]),
  /** A badge-in older than this no longer counts. */
  validMs: durationMs.min(60_000).default(16 * 3_600_000),
  /** The badge may follow so soon after: clocks differ. */
  graceMs: durationMs.default(2 * 60_000),
  /** The same person again within this time is one breach. */
  foldMs: durationMs.default(8 * 3_600_000),
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Sites where a badge can be shown. */
const hasReader = (site: string, registry: Registry): boolean =>
  registry.assetsOf(site).some(({ kind }) => kind === 'reader');

const badge = (at: number, over: Partial<Observation> = {}) => ({
  kind: 'access.granted' as const,
  asset: 'reader-1',
  observedAt: at,
  subjects: { badge: '04A1' },
  ...over,
});
const logIn = (at: number, over: Partial<Observation> = {}) => ({
  kind: 'login.succeeded' as const,
  asset: 'branch-host',
  observedAt: at,
  subjects: { account: 'a.weber' },
  ...over,
});

/** Nobody does this at the site who has not badged in. */
export const presence: PolicyKind<typeof shape> = {
  kind: 'presence',
  settings: z.strictObject(shape),
  observes: ({ activity, badgeIn, badgeOut }) => kindsOf([activity, badgeIn, badgeOut]),
  spanMs: ({ validMs }) => validMs,
  scopes: () => [],
  scopesOf({ activity, badgeIn, badgeOut }, observation, registry) {
    if (![activity, badgeIn, badgeOut].some((one) => meets(one, observation, registry))) return [];
    const person = registry.resolve(observation.subjects ?? {}, observation.asset);
    // Who has no badge can't be asked for one.
    if (person === undefined || person.badges.length === 0 || person.kind === 'service') return [];
    return hasReader(observation.site, registry) ? [`${person.id}@${observation.site}`] : [];
  },
  judge({ settings, scope, observations, now, latenessMs, registry }) {
    const { activity, badgeIn, badgeOut, exitReaders, validMs, graceMs, foldMs } = settings;
    const [personId = '', site = ''] = scope.split('@');
    const person = registry.identity(personId);
    const passages = observations.flatMap((one) => {
      const isOut = meets(badgeOut, one, registry) || exitReaders.includes(one.asset);
      return isOut || meets(badgeIn, one, registry) ? [{ at: one.observedAt, isOut, id: one.id }] : [];
    });
    const breaches = observations.flatMap((one): Breach[] => {
      if (!meets(activity, one, registry) || now < one.observedAt + graceMs + latenessMs) return [];
      const before = passages.findLast(({ at }) => at <= one.observedAt);
      const soon = passages.find(
        ({ at, isOut }) => !isOut && at > one.observedAt && at <= one.observedAt + graceMs,
      );
      const isThere = before !== undefined && !before.isOut && one.observedAt - before.at <= validMs;
      if (isThere || soon !== undefined) return [];
      const left = before?.isOut === true && one.observedAt - before.at <= validMs;
      const where = registry.asset(one.asset)?.name ?? one.asset;
      return [
        {
          anchor: one.id,
          at: one.observedAt,
          until: one.observedAt + DAY_MS,
          assets: [one.asset],
          identities: [personId],
          summary: `${person?.name ?? personId} was active at ${where}, ${registry.site(site)?.name ?? site}, ${left ? 'after having badged out' : 'without having badged in'}`,
          facts: { badgedOut: left },
          evidence: [...(left ? [before.id] : []), one.id],
        },
      ];
    });
    return { breaches: folded(breaches, foldMs), hasNoData: false };
  },
  samples: [
    {
      name: 'badged in, then logged in',
      settings: {},
      observations: [badge(0), logIn(60_000)],
      now: DAY_MS,
      expect: [],
    },
    {
      name: 'logged in without a badge',
      settings: {},
      observations: [logIn(60_000)],
      now: DAY_MS,
      expect: [{ at: 60_000 }],
    },
    {
      name: 'logged in again and again without a badge is one breach',
      settings: {},
      observations: [logIn(0), logIn(HOUR_MS), logIn(2 * HOUR_MS)],
      now: DAY_MS,
      expect: [{ at: 0, count: 3 }],
    },
    {
      name: 'after the badge at the exit',
      settings: { exitReaders: ['reader-2'] },
      observations: [badge(0), badge(HOUR_MS, { asset: 'reader-2' }), logIn(2 * HOUR_MS)],
      now: DAY_MS,
      expect: [{ at: 2 * HOUR_MS }],
    },
    {
      name: 'after a badge that says "out"',
      settings: {},
      observations: [badge(0), badge(HOUR_MS, { facts: { direction: 'out' } }), logIn(2 * HOUR_MS)],
      now: DAY_MS,
      expect: [{ at: 2 * HOUR_MS }],
    },
    {
      name: 'the badge of the day before has lost its force',
      settings: {},
      observations: [badge(0), logIn(20 * HOUR_MS)],
      now: 2 * DAY_MS,
      expect: [{ at: 20 * HOUR_MS }],
    },
    {
      name: 'the badge a moment later, by another clock',
      settings: {},
      observations: [logIn(0), badge(30_000)],
      now: DAY_MS,
      expect: [],
    },
    {
      name: 'the gateway’s records may still be under way',
      settings: {},
      observations: [logIn(0)],
      now: 60_000,
      expect: [],
    },
    {
      name: 'who has no badge, and what is at a site without readers, is not asked',
      settings: {},
      observations: [
        logIn(0, { subjects: { account: 'stranger' } }),
        logIn(0, { asset: 'web-shop', site: 'online' }),
      ],
      now: DAY_MS,
      expect: [],
    },
  ],
};

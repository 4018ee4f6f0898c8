import { z } from 'zod';
import { durationMs, identifier } from '../../../devices/model/identifiers.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import { condition, kindsOf, meets } from '../condition.ts';
import { type Breach, folded, type PolicyKind } from '../policy-kind.ts';

const shape = {
  seen: condition,
  /** Told apart by this: the person (or the bare account), or the asset. */
  per: z.enum(['person', 'asset']).default('asset'),
  /** People whom this is forbidden; anybody where it is not said. */
  people: z.array(identifier).max(1_000).optional(),
  /** Only once this has been seen of the same person or asset, and not undone by `until`. */
  after: condition.optional(),
  until: condition.optional(),
  /** Fine if `ends` follows within `lastsMs`. */
  ends: condition.optional(),
  lastsMs: durationMs.min(1_000).optional(),
  /** Again within this time is the same breach. */
  foldMs: durationMs.default(3_600_000),
  what: z.string().min(1).max(256),
};

const DAY_MS = 24 * 3_600_000;
const MINUTE = 60_000;
/** Accounts are ended months before they should not have been used. */
const AFTER_MS = 60 * DAY_MS;

function subjectOf(observation: Observation, registry: Registry): string | undefined {
  const person = registry.resolve(observation.subjects ?? {}, observation.asset);
  return (
    person?.id ?? observation.subjects?.account?.toLowerCase() ?? observation.subjects?.badge?.toLowerCase()
  );
}

const logIn = (at: number, facts: Record<string, string | boolean> = {}) => ({
  kind: 'login.succeeded' as const,
  asset: 'shop-admin',
  observedAt: at,
  subjects: { account: 'a.weber' },
  facts,
});
const account = (at: number, change: string) => ({
  kind: 'account.changed' as const,
  asset: 'shop-admin',
  observedAt: at,
  subjects: { account: 'a.weber' },
  facts: { change },
});
const left = {
  seen: { kinds: ['login.succeeded' as const] },
  per: 'person' as const,
  after: { kinds: ['account.changed' as const], where: { 'facts.change': ['disabled', 'deleted'] } },
  until: { kinds: ['account.changed' as const], where: { 'facts.change': ['enabled', 'created'] } },
  what: 'used an account that was ended',
};
const secondFactor = {
  seen: {
    kinds: ['login.succeeded' as const],
    where: { 'facts.role': ['admin', 'root'], 'facts.secondFactor': false },
  },
  per: 'person' as const,
  what: 'logged in as an administrator without a second factor',
};
const propped = {
  seen: { kinds: ['door.opened' as const], assets: ['clean-room-door'] },
  ends: { kinds: ['door.closed' as const] },
  lastsMs: 2 * MINUTE,
  what: 'stood open',
};
const door = (kind: 'door.opened' | 'door.closed', at: number) => ({
  kind,
  asset: 'clean-room-door',
  observedAt: at,
});

/** This does not happen; or not after something else, or not for long. */
export const mustNot: PolicyKind<typeof shape> = {
  kind: 'must-not',
  settings: z.strictObject(shape),
  observes: ({ seen, after, until, ends }) => kindsOf([seen, after, until, ends]),
  spanMs: ({ after, lastsMs = 0, foldMs }) => (after === undefined ? lastsMs + foldMs : AFTER_MS),
  scopes: () => [],
  scopesOf({ seen, after, until, ends, per, people }, observation, registry) {
    const concerns = [seen, after, until, ends].some(
      (one) => one !== undefined && meets(one, observation, registry),
    );
    if (!concerns) return [];
    const subject = per === 'asset' ? observation.asset : subjectOf(observation, registry);
    if (subject === undefined) return [];
    if (people !== undefined && !people.includes(subjectOf(observation, registry) ?? '')) return [];
    return [subject];
  },
  judge({ settings, scope, observations, now, latenessMs, registry }) {
    const { seen, after, until, ends, lastsMs = 0, foldMs, per, what } = settings;
    let since: Observation | undefined;
    const breaches: Breach[] = [];
    observations.forEach((one, index) => {
      if (until !== undefined && meets(until, one, registry)) since = undefined;
      if (after !== undefined && meets(after, one, registry)) since = one;
      if (!meets(seen, one, registry) || (after !== undefined && since === undefined)) return;
      const end =
        ends === undefined
          ? undefined
          : observations.slice(index + 1).find((later) => meets(ends, later, registry));
      const at = one.observedAt + (ends === undefined ? 0 : lastsMs);
      if (ends !== undefined && (end === undefined ? now < at + latenessMs : end.observedAt <= at)) return;
      const person = registry.identity(scope) ?? registry.resolve(one.subjects ?? {}, one.asset);
      const place = registry.asset(one.asset)?.name ?? one.asset;
      breaches.push({
        anchor: one.id,
        at,
        ...(ends === undefined ? { until: at + DAY_MS } : end === undefined ? {} : { until: end.observedAt }),
        assets: [one.asset],
        identities: person === undefined ? [] : [person.id],
        summary: per === 'person' ? `${person?.name ?? scope} ${what}, at ${place}` : `${place} ${what}`,
        evidence: [...(since === undefined ? [] : [since.id]), one.id],
      });
    });
    return { breaches: folded(breaches, foldMs), hasNoData: false };
  },
  samples: [
    {
      name: 'an account that was ended is used',
      settings: left,
      observations: [account(0, 'disabled'), logIn(DAY_MS)],
      now: 2 * DAY_MS,
      expect: [{ at: DAY_MS }],
    },
    {
      name: 'it was opened again in between',
      settings: left,
      observations: [account(0, 'disabled'), account(1_000, 'enabled'), logIn(DAY_MS)],
      now: 2 * DAY_MS,
      expect: [],
    },
    {
      name: 'it was used before its end',
      settings: left,
      observations: [logIn(0), account(1_000, 'deleted')],
      now: 2 * DAY_MS,
      expect: [],
    },
    {
      name: 'an administrator without a second factor, twice',
      settings: secondFactor,
      observations: [
        logIn(0, { role: 'admin', secondFactor: false }),
        logIn(MINUTE, { role: 'Admin', secondFactor: false }),
      ],
      now: MINUTE,
      expect: [{ at: 0, count: 2 }],
    },
    {
      name: 'an administrator with one, and a customer without',
      settings: secondFactor,
      observations: [
        logIn(0, { role: 'admin', secondFactor: true }),
        logIn(0, { role: 'customer', secondFactor: false }),
      ],
      now: MINUTE,
      expect: [],
    },
    {
      name: 'a door of the clean room is propped',
      settings: propped,
      observations: [door('door.opened', 0), door('door.closed', 10 * MINUTE)],
      now: DAY_MS,
      expect: [{ at: 2 * MINUTE, until: 10 * MINUTE }],
    },
    {
      name: 'and closed in time',
      settings: propped,
      observations: [door('door.opened', 0), door('door.closed', MINUTE)],
      now: DAY_MS,
      expect: [],
    },
    {
      name: 'and stands open still',
      settings: propped,
      observations: [door('door.opened', 0)],
      now: DAY_MS,
      expect: [{ at: 2 * MINUTE }],
    },
  ],
};

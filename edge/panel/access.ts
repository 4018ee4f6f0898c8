/**
 * Who may open which door: a badge is presented, the panel answers. Pure: it gives back the observation that
 * says how it answered, and the command to the door's lock; it also locks again.
 */
import { z } from 'zod';
import { durationMs, identifier } from '../../devices/model/identifiers.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { type OpeningHours, openingHours } from '../../devices/model/site.ts';
import { DEFAULT_ACTION_LIFETIME_MS } from '../rules/rule.ts';
import { around, openingsOf } from '../rules/surroundings.ts';
import { each } from './alarm.ts';
import { isOpen } from './opening.ts';
import type { PanelContext, PanelOutcome } from './outcome.ts';

const personKind = z.enum(['staff', 'courier', 'customer', 'contractor', 'service']);

/** Readers with settings of their own. */
const MAX_READERS = 500;

/** The `access` part of a gateway's configuration. */
export const accessConfiguration = z.strictObject({
  /** How long a lock stays open for one badge. */
  unlockMs: durationMs.min(500).max(600_000).default(5_000),
  /** Whose badges work outside the hours. */
  outsideHours: z.array(personKind).default(['staff']),
  /** Locks that lock again by themselves get no command for it. */
  selfLocking: z.array(identifier).max(MAX_READERS).default([]),
  readers: z
    .array(
      z.strictObject({
        reader: identifier,
        /** What it opens; absent: the doors and cabinets that it guards or is built into. */
        opens: z.array(identifier).min(1).max(16).optional(),
        /** Its own hours; absent: the site's opening hours. */
        hours: z.array(openingHours).max(28).optional(),
      }),
    )
    .max(MAX_READERS)
    .default([]),
});
export type AccessConfiguration = z.infer<typeof accessConfiguration>;

/** Locks that are open for a badge, and until when. */
export const accessState = z.object({ openUntil: z.record(z.string(), z.number()) });
export type AccessState = z.infer<typeof accessState>;
export const initialAccess = (): AccessState => ({ openUntil: {} });

export type Refusal = 'unknown-badge' | 'no-door' | 'not-of-this-site' | 'not-this-door' | 'outside-hours';

export type AccessDecision =
  | { granted: true; person: Identity; opens: string[] }
  | { granted: false; because: Refusal; person?: Identity; opens: string[] };

/** Whether this badge opens what belongs to this reader at this time, and why not. */
export function decideAccess(
  badge: string,
  reader: string,
  at: number,
  configuration: AccessConfiguration,
  { site, registry }: PanelContext,
): AccessDecision {
  const own = configuration.readers.find((entry) => entry.reader === reader);
  const opens = own?.opens ?? openingsOf(reader, registry).map(({ id }) => id);
  const person = registry.resolve({ badge });
  if (person === undefined) return { granted: false, because: 'unknown-badge', opens };
  const refused = (because: Refusal): AccessDecision => ({ granted: false, because, person, opens });
  if (opens.length === 0) return refused('no-door');
  if (!person.sites.includes(site)) return refused('not-of-this-site');
  const allowed = opens.filter(
    (id) => person.mayOpen.length === 0 || person.mayOpen.includes(id) || person.mayOpen.includes(reader),
  );
  if (allowed.length === 0) return refused('not-this-door');
  if (!configuration.outsideHours.includes(person.kind) && !withinHours(own?.hours, at, site, registry))
    return refused('outside-hours');
  return { granted: true, person, opens: allowed };
}

function withinHours(
  hours: OpeningHours[] | undefined,
  at: number,
  siteId: string,
  registry: PanelContext['registry'],
): boolean {
  const site = registry.site(siteId);
  return site !== undefined && isOpen({ timeZone: site.timeZone, opening: hours ?? site.opening }, at);
}

export type AccessInput = { type: 'observation'; observation: Observation } | { type: 'time'; at: number };

/** One step. Locks whose time is over are locked first. */
export function accessStep(
  before: AccessState,
  input: AccessInput,
  configuration: AccessConfiguration,
  context: PanelContext,
): PanelOutcome<AccessState> {
  const at =
    input.type === 'time' ? input.at : Math.min(input.observation.observedAt, input.observation.receivedAt);
  const relocked = lockAgain(before, at);
  if (input.type === 'time' || input.observation.kind !== 'badge.presented') return relocked;
  const { observation } = input;
  const badge = observation.subjects?.badge;
  if (badge === undefined) return relocked;
  const decision = decideAccess(badge, observation.asset, observation.observedAt, configuration, context);
  const answer = {
    kind: decision.granted ? ('access.granted' as const) : ('access.denied' as const),
    asset: observation.asset,
    observedAt: observation.observedAt,
    subjects: { badge, ...(decision.person && { identity: decision.person.id }) },
    facts: {
      presented: observation.id,
      opens: decision.opens.join(', ').slice(0, 512),
      ...(!decision.granted && { because: decision.because }),
    },
  };
  if (!decision.granted) return { ...relocked, observations: [...relocked.observations, answer] };
  const locks = decision.opens.flatMap((id) => locksOf(id, context));
  const until = at + configuration.unlockMs;
  const timed = locks.filter((lock) => !configuration.selfLocking.includes(lock));
  const lifetimeMs = Math.min(DEFAULT_ACTION_LIFETIME_MS, configuration.unlockMs);
  return {
    state: {
      openUntil: { ...relocked.state.openUntil, ...Object.fromEntries(timed.map((lock) => [lock, until])) },
    },
    observations: [...relocked.observations, answer],
    detections: [],
    actions: [
      ...relocked.actions,
      ...each(locks, 'lock.unlock', `badge of ${decision.person.name}`).map((action) => ({
        ...action,
        // Nobody waits at a door longer than it would have stayed open.
        lifetimeMs,
        issuedBy: 'access',
      })),
    ],
  };
}

/** When a lock is next to be locked again; undefined: all are. */
export function nextAccessWake({ openUntil }: AccessState): number | undefined {
  const times = Object.values(openUntil);
  return times.length === 0 ? undefined : Math.min(...times);
}

function locksOf(opening: string, { registry }: PanelContext): string[] {
  if (registry.asset(opening)?.kind === 'lock') return [opening];
  return around(opening, registry, ['lock']).map(({ id }) => id);
}

function lockAgain(before: AccessState, at: number): PanelOutcome<AccessState> {
  const over = Object.entries(before.openUntil)
    .filter(([, until]) => until <= at)
    .sort(([a, untilA], [b, untilB]) => untilA - untilB || (a < b ? -1 : 1))
    .map(([lock]) => lock);
  if (over.length === 0) return { state: before, observations: [], detections: [], actions: [] };
  return {
    state: {
      openUntil: Object.fromEntries(
        Object.entries(before.openUntil).filter(([lock]) => !over.includes(lock)),
      ),
    },
    observations: [],
    detections: [],
    actions: each(over, 'lock.lock', 'the time for the badge is over').map((action) => ({
      ...action,
      issuedBy: 'access',
    })),
  };
}

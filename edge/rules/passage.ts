import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** Somebody was at a door: who, when, and how it was known. */
export const passage = z.object({
  at: z.number(),
  observation: z.string(),
  how: z.enum(['granted', 'denied', 'exit', 'command']),
  identity: z.string().optional(),
  badge: z.string().optional(),
  /** The person's name, or the badge where nobody is known to hold it. */
  who: z.string().optional(),
});
export type Passage = z.infer<typeof passage>;

const ways: Partial<Record<Observation['kind'], Passage['how']>> = {
  'access.granted': 'granted',
  'access.denied': 'denied',
  'exit.requested': 'exit',
};

/** A command to unlock that was done, or that may have been: the lock took it and did not answer. */
const isUnlocking = ({ kind, facts }: Observation): boolean =>
  facts?.action === 'lock.unlock' &&
  (kind === 'command.executed' || (kind === 'command.failed' && facts.outcome === 'unconfirmed'));

/** Who issues a command that only carries out what somebody was let through for. */
const ACCESS = 'access';

/** The passage that an observation tells of, if it does: a badge's answer, an exit button, an unlock by command. */
export function passageOf(observation: Observation, registry: Registry): Passage | undefined {
  const how = ways[observation.kind] ?? (isUnlocking(observation) ? 'command' : undefined);
  if (how === undefined) return undefined;
  const person = observation.subjects && registry.resolve(observation.subjects);
  const badge = observation.subjects?.badge;
  const by = observation.facts?.by;
  const who =
    person?.name ??
    (badge === undefined
      ? how === 'command' && typeof by === 'string' && by !== ACCESS
        ? by
        : undefined
      : `unknown badge ${badge}`);
  return {
    at: observation.observedAt,
    observation: observation.id,
    how,
    ...(person && { identity: person.id }),
    ...(badge !== undefined && { badge }),
    ...(who !== undefined && { who }),
  };
}

/** The newer of two, where a lock that does what a badge was shown for is still the passage of whoever showed it. */
export const newerPassage = (before: Passage | undefined, seen: Passage): Passage =>
  seen.how === 'command' && seen.who === undefined && before !== undefined && before.how !== 'denied'
    ? { ...before, at: seen.at }
    : seen;

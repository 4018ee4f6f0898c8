/** What an observation says of people, and what is left of it without. Pure. */
import type { Observation } from '../../../devices/model/observation.ts';
import { withoutStrangers } from '../../redaction/free-text.ts';
import type { KnownNames } from '../../redaction/known-names.ts';

/** Observables and facts that are a person's, or may be. */
const personal: ReadonlySet<string> = new Set([
  'account',
  'user',
  'username',
  'badge',
  'holder',
  'person',
  'name',
  'customer',
  'email',
  'phone',
  'card',
  'plate',
  'ip',
  'address',
  'session',
  'device',
  'user-agent',
  'userAgent',
  'order',
]);

/** As long as a fact or an observable may be. */
const MAX_FIELD = 512;

/** Shorter names stand in too many words. */
const SHORTEST = 4;

/** Kinds that are the record of who came in, or logged in. */
const accessKinds: ReadonlySet<string> = new Set([
  'badge.presented',
  'access.granted',
  'access.denied',
  'access.pending',
  'exit.requested',
  'delivery.checked',
  'handover.proved',
  'handover.refused',
  'alarm.armed',
  'alarm.disarmed',
  'login.failed',
  'login.succeeded',
  'camera.login-failed',
  'account.elevated',
  'account.changed',
  'duress.signalled',
]);

export const isAccessRecord = ({ kind }: Pick<Observation, 'kind'>): boolean => accessKinds.has(kind);

/** Whether it says anything of a person that could be taken out. */
export function namesSomebody(
  { subjects, observables = {}, facts = {}, log }: Observation,
  known?: KnownNames,
): boolean {
  const says = ([name, value]: [string, unknown]) =>
    personal.has(name) || (typeof value === 'string' && anonymous(value, known) !== value);
  return (
    subjects !== undefined ||
    log !== undefined ||
    Object.entries(observables).some(says) ||
    Object.entries(facts).some(says)
  );
}

const anonymous = (text: string, known: KnownNames | undefined): string =>
  withoutStrangers(known?.without(text) ?? text).slice(0, MAX_FIELD);

/**
 * Without anything that tells who it was; that it happened, when, and where, stays. Fields in words lose whoever is
 * named in them, as far as that can be found (see free-text.ts).
 */
export function withoutPeople(
  { subjects: _, log: __, observables, facts, ...rest }: Observation,
  known?: KnownNames,
): Observation {
  return {
    ...rest,
    ...(observables === undefined ? {} : { observables: kept(observables, known) }),
    ...(facts === undefined ? {} : { facts: { ...kept(facts, known), redacted: true } }),
    ...(facts === undefined ? { facts: { redacted: true } } : {}),
  };
}

function kept<Value>(
  fields: Readonly<Record<string, Value>>,
  known: KnownNames | undefined,
): Record<string, Value | string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      personal.has(name) ? [] : [[name, typeof value === 'string' ? anonymous(value, known) : value]],
    ),
  );
}

/** Everything that stands for one person, in lower case. */
export type Names = ReadonlySet<string>;

/** Whether an observation is of one of these names: as its subject, or in a field that names people. */
export function isOf(
  { subjects = {}, observables = {}, facts = {}, log }: Observation,
  names: Names,
): boolean {
  const says = (value: unknown) => typeof value === 'string' && names.has(value.toLowerCase());
  // Somebody may be named within a sentence; a number of one or two digits would be in any.
  const tells = (value: unknown) => {
    const text = typeof value === 'string' ? value.toLowerCase() : '';
    for (const name of names) if (name.length >= SHORTEST && text.includes(name)) return true;
    return false;
  };
  return (
    Object.values(subjects).some(says) ||
    Object.entries(observables).some(([name, value]) => (personal.has(name) ? says(value) : tells(value))) ||
    Object.entries(facts).some(([name, value]) => (personal.has(name) ? says(value) : tells(value))) ||
    Object.values(log?.fields ?? {}).some(says)
  );
}

/** What an observation says of people, and what is left of it without. Pure. */
import type { Observation } from '../../../devices/model/observation.ts';

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
export const namesSomebody = ({ subjects, observables = {}, facts = {}, log }: Observation): boolean =>
  subjects !== undefined ||
  log !== undefined ||
  Object.keys(observables).some((name) => personal.has(name)) ||
  Object.keys(facts).some((name) => personal.has(name));

/** Without anything that tells who it was; that it happened, when, and where, stays. */
export function withoutPeople({
  subjects: _,
  log: __,
  observables,
  facts,
  ...rest
}: Observation): Observation {
  return {
    ...rest,
    ...(observables === undefined ? {} : { observables: kept(observables) }),
    ...(facts === undefined ? {} : { facts: { ...kept(facts), redacted: true } }),
    ...(facts === undefined ? { facts: { redacted: true } } : {}),
  };
}

const kept = <Value>(fields: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !personal.has(name)));

/** Everything that stands for one person, in lower case. */
export type Names = ReadonlySet<string>;

/** Whether an observation is of one of these names: as its subject, or in a field that names people. */
export function isOf(
  { subjects = {}, observables = {}, facts = {}, log }: Observation,
  names: Names,
): boolean {
  const says = (value: unknown) => typeof value === 'string' && names.has(value.toLowerCase());
  return (
    Object.values(subjects).some(says) ||
    Object.entries(observables).some(([name, value]) => personal.has(name) && says(value)) ||
    Object.entries(facts).some(([name, value]) => personal.has(name) && says(value)) ||
    Object.values(log?.fields ?? {}).some(says)
  );
}

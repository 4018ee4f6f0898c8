/** From "whoever is on duty" to the channels of people, by what each of them wants. Pure. */
import { type Severity, severityRank } from '../../devices/model/detection.ts';
import { isOpen } from '../situation/opening.ts';
import type { Role } from '../store/store.ts';
import type { Target } from './chain.ts';
import type { From, Preferences } from './preferences.ts';

/** Somebody who may be told. */
export interface Person {
  account: string;
  role: Role;
  /** Whether the incident is among what they may see. */
  sees: boolean;
  isOnDuty: boolean;
  preferences: Preferences;
  /** Ids of the browsers and phones that they added. */
  devices: readonly string[];
}

/** One thing to be said to one address. */
export interface Delivery {
  channel: 'push' | 'mail' | 'webhook';
  /** An account; for a webhook its name. */
  to: string;
  /** Id of a device, an address, or again the webhook's name. */
  address: string;
}

export interface Resolved {
  deliveries: Delivery[];
  /** People whose quiet hours hold it back. */
  held: string[];
  /** People who are meant and have no channel for it. */
  unreachable: string[];
}

const reaches = (severity: Severity, from: From): boolean =>
  from !== 'off' && severityRank(severity) >= severityRank(from);

/** Whether a person's quiet hours hold back something of this severity now. On duty nobody is quiet. */
export function isQuietFor(
  { preferences: { quiet }, isOnDuty }: Pick<Person, 'preferences' | 'isOnDuty'>,
  severity: Severity,
  now: number,
): boolean {
  if (quiet === undefined || isOnDuty || reaches(severity, quiet.except)) return false;
  return isOpen({ opening: quiet.hours, timeZone: quiet.timeZone }, now);
}

/** Who is meant: those who may see the incident and do something about it. */
export function meant(targets: readonly Target[], people: readonly Person[]): Person[] {
  const seeing = people.filter(({ sees }) => sees);
  const onDuty = seeing.filter(({ isOnDuty }) => isOnDuty);
  const ofRole = (role: Person['role']) => seeing.filter((one) => one.role === role);
  const found = targets.flatMap((target): readonly Person[] => {
    switch (target.kind) {
      case 'on-duty':
        return [onDuty, ofRole('operator'), ofRole('supervisor')].find((found) => found.length > 0) ?? [];
      case 'role':
        return seeing.filter(({ role }) => role === target.role);
      case 'person':
        return seeing.filter(({ account }) => account === target.account);
      case 'webhook':
        return [];
    }
  });
  return [...new Map(found.map((one) => [one.account, one])).values()];
}

export function resolve(
  targets: readonly Target[],
  severity: Severity,
  people: readonly Person[],
  now: number,
): Resolved {
  const answer: Resolved = { deliveries: [], held: [], unreachable: [] };
  for (const person of meant(targets, people)) {
    const own = deliveriesTo(person, severity);
    if (own.length === 0) answer.unreachable.push(person.account);
    else if (isQuietFor(person, severity, now)) answer.held.push(person.account);
    else answer.deliveries.push(...own);
  }
  for (const target of targets)
    if (target.kind === 'webhook')
      answer.deliveries.push({ channel: 'webhook', to: target.name, address: target.name });
  return answer;
}

/** The channels that a person wants to hear of such a severity by. */
export function deliveriesTo({ account, preferences, devices }: Person, severity: Severity): Delivery[] {
  const { push, mail, address } = preferences;
  return [
    ...(reaches(severity, push)
      ? devices.map((device): Delivery => ({ channel: 'push', to: account, address: device }))
      : []),
    ...(address !== undefined && reaches(severity, mail)
      ? [{ channel: 'mail', to: account, address } as const]
      : []),
  ];
}

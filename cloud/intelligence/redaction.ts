/** Takes persons out of what leaves the house: names, accounts, badges, addresses of theirs. Pure. */
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation, Subjects } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { withoutStrangers } from '../redaction/free-text.ts';

/** Shorter names stand in too many words. */
const SHORTEST = 3;
/** Observables that are a person's, or may be. */
const personal: ReadonlySet<string> = new Set([
  'account',
  'user',
  'username',
  'badge',
  'email',
  'phone',
  'card',
  'plate',
  'name',
  'session',
  'device',
  'order',
]);

export interface Redaction {
  /** Text for people, with every known name replaced, and whatever else looks like a person (see free-text.ts). */
  text(text: string): string;
  /** `person-1`: the same for all that is known to be one person within what is exported. */
  person(of: Subjects): string | undefined;
  /** Observables that may go out. */
  observables(observables: Readonly<Record<string, string>>): Record<string, string>;
  readonly isOn: boolean;
}

/** Nothing is taken out: somebody asked for it. */
export const openly: Redaction = {
  isOn: false,
  text: (text) => text,
  person: ({ account, badge, identity }) => account ?? identity ?? badge,
  observables: (observables) => ({ ...observables }),
};

export function redactionOf(
  registry: Registry,
  detections: readonly Detection[],
  observations: readonly Observation[],
): Redaction {
  const numbers = new Map<string, string>();
  const words = new Map<string, string>();
  const numberOf = (key: string): string => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const name = `person-${numbers.size + 1}`;
    numbers.set(key, name);
    return name;
  };
  const keyOf = ({ account, badge, identity }: Subjects) => {
    const person = registry.resolve({
      ...(account === undefined ? {} : { account }),
      ...(badge === undefined ? {} : { badge }),
      ...(identity === undefined ? {} : { identity }),
    });
    return person?.id ?? account?.toLowerCase() ?? identity ?? badge?.toLowerCase();
  };
  const say = (word: string, key: string) => {
    if (word.length >= SHORTEST) words.set(word.toLowerCase(), numberOf(key));
  };
  for (const { identities, observables } of detections) {
    for (const id of identities) {
      say(id, id);
      const person = registry.identity(id);
      if (person === undefined) continue;
      for (const word of [person.name, ...person.name.split(' '), ...person.accounts, ...person.badges])
        say(word, id);
    }
    for (const name of personal) {
      const value = observables[name];
      if (value !== undefined) say(value, keyOf({ account: value }) ?? value);
    }
  }
  for (const { subjects = {}, observables = {} } of observations) {
    const key = keyOf(subjects);
    for (const word of [subjects.account, subjects.badge, subjects.identity])
      if (word !== undefined && key !== undefined) say(word, key);
    for (const name of personal) {
      const value = observables[name];
      if (value !== undefined) say(value, keyOf({ account: value }) ?? value);
    }
  }
  // Anybody else who is known, wherever a sentence names them.
  for (const person of registry.document.identities)
    for (const word of [person.name, ...person.accounts, ...person.badges])
      if (word.length >= SHORTEST && !words.has(word.toLowerCase()))
        words.set(word.toLowerCase(), 'a person');
  const longestFirst = [...words.keys()].sort((a, b) => b.length - a.length);
  const pattern =
    longestFirst.length === 0
      ? undefined
      : new RegExp(
          `(?<![\\p{L}\\d])(?:${longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})(?![\\p{L}\\d])`,
          'giu',
        );
  return {
    isOn: true,
    text: (text) =>
      withoutStrangers(
        pattern === undefined
          ? text
          : text.replace(pattern, (word) => words.get(word.toLowerCase()) ?? 'a person'),
      ),
    person(of) {
      const key = keyOf(of);
      return key === undefined ? undefined : numberOf(key);
    },
    observables: (observables) =>
      Object.fromEntries(Object.entries(observables).filter(([name]) => !personal.has(name))),
  };
}

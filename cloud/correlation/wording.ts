/** The words of titles and reasons, so that the same thing is always said in the same way. */
import type { ObservableClass } from './link-rules.ts';
import type { Place } from './memory.ts';
import { ruleWords, type ThemeName } from './theme.ts';

/** `40 s`, `14 min`, `3 h 20 min`, `2 days`. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `14 min apart`, `at the same moment`. */
export const apartText = (ms: number): string => (ms < 500 ? 'at the same moment' : `${spanText(ms)} apart`);

/** `Back door` → `the back door`; `Medicine fridge 1` and `North Warehouse` are names and stay as they are. */
export function theName(name: string): string {
  const isName = /\d$/.test(name) || /^\p{Lu}\p{L}*\s+.*\p{Lu}/u.test(name) || /^\p{Lu}{2}/u.test(name);
  return isName ? name : `the ${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

/** An asset in a sentence; its id in quotes where it is not registered. */
export const thePlace = (place: Place): string =>
  place.asset === undefined ? `"${place.id}"` : theName(place.name);

const observableWords: Readonly<Record<ObservableClass, string>> = {
  ip: 'the address',
  'inside-ip': 'the inside address',
  account: 'the account',
  'common-account': 'the common account',
  badge: 'the badge',
  hash: 'the file hash',
  domain: 'the domain',
  device: 'the device',
  session: 'the session',
  email: 'the e-mail address',
  phone: 'the phone number',
  order: 'the order',
  payment: 'the payment',
  card: 'the card',
  plate: 'the number plate',
  other: 'the value',
};

/** Longest value that is quoted whole in a sentence. */
const MAX_QUOTED = 64;

export const theObservable = (of: ObservableClass, value: string): string =>
  `${observableWords[of]} ${value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value}`;

/** What happened, as a noun that fits behind "after" and in front of "follows". */
const themeNouns: Readonly<Partial<Record<ThemeName, string>>> = {
  scan: 'scan',
  guessing: 'password guessing',
  'new-address': 'log-in from a new address',
  'two-places': 'use in two places at once',
  'unusual-login': 'unusual log-in',
  'failed-login': 'failed log-in',
  elevation: 'gain of rights',
  malware: 'malware',
  altered: 'altered page or file',
  'web-attack': 'web attack',
  exfiltration: 'outflow of data',
  takeover: 'takeover of an account',
  'outside-call': 'call to the outside',
  'new-talk': 'talk with somebody new',
  'alarm-change': 'change of the alarm',
  forced: 'forced entry',
  blinded: 'blinded camera',
  tamper: 'tampering',
  'without-badge': 'opening without a badge',
  'after-hours': 'opening after hours',
  denied: 'refused access',
  'held-open': 'door held open',
  excursion: 'temperature excursion',
  motion: 'motion',
  duress: 'call for help',
  passage: 'doubtful passage',
  unusual: 'unusual reading',
  payment: 'payment anomaly',
  outage: 'outage',
};

/** The theme's noun, or the rule's own words where the theme is not known. */
export const happening = (theme: ThemeName, rule: string): string => themeNouns[theme] ?? wordsOf(rule);

const MAX_RULE_WORDS_LENGTH = 80;

/** A rule that is but a number in somebody else's list: `suricata:2260002`, `sigma:5f1b…`. */
const numbered = /^([a-z][a-z\d-]*):(?:\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

function wordsOf(rule: string): string {
  const list = numbered.exec(rule)?.[1];
  if (list !== undefined) return `${list} alert`;
  return ruleWords(rule).slice(0, MAX_RULE_WORDS_LENGTH) || 'detection';
}

/** What became of a guard, by what was detected on it. */
export function guardFate(theme: ThemeName): string {
  switch (theme) {
    case 'alarm-change':
      return 'was changed';
    case 'blinded':
      return 'was blinded';
    case 'tamper':
      return 'was tampered with';
    case 'outage':
      return 'fell silent';
    case 'forced':
      return 'was forced';
    default:
      return 'was reported';
  }
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

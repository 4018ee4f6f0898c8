/**
 * Alarms in the reader's language. The gateway says them in English, which is what the record holds; here their
 * kind is put into words again. A kind that has no words yet is said as the gateway says it.
 */
import type { SiteAlarm } from '../../../edge/api/contract.ts';
import { inLanguage, locale } from '../../kit/i18n.ts';
import { duration } from '../../kit/time.ts';
import type { AlarmWords, WordsOfAlarms } from './alarms/words.ts';
import { type DetectionWords, type Formats, sentenceOf } from './detections/sentence.ts';

const words = inLanguage<WordsOfAlarms>({
  de: () => import('./alarms/de.ts').then(({ de }) => de),
  fr: () => import('./alarms/fr.ts').then(({ fr }) => fr),
  es: () => import('./alarms/es.ts').then(({ es }) => es),
  it: () => import('./alarms/it.ts').then(({ it }) => it),
});

/** A rule is named `kind` or `kind:name`; an alarm's id tells which of its kind's troubles it is. Pure. */
export function wordsFor(
  { rule, id }: Pick<SiteAlarm, 'rule' | 'id'>,
  { alarms }: WordsOfAlarms,
): AlarmWords | undefined {
  const [kind = rule] = rule.split(':', 1);
  const [, trouble = ''] = id.split('/', 2);
  return alarms[`${kind}/${trouble}`] ?? alarms[kind];
}

const wordsOfDetections = inLanguage<DetectionWords>({
  en: () => import('./detections/en.ts').then(({ en }) => en),
  de: () => import('./detections/de.ts').then(({ de }) => de),
});
const formats: Formats = {
  number: (value, digits) =>
    new Intl.NumberFormat(locale(), {
      maximumFractionDigits: digits ?? 2,
      minimumFractionDigits: digits === 1 ? 1 : 0,
    }).format(value),
  duration,
  date: (day) => {
    const at = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(at)
      ? day
      : new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
  },
};

type Said = Pick<SiteAlarm, 'id' | 'rule' | 'summary'> &
  Partial<Pick<SiteAlarm, 'facts' | 'count' | 'instruction'>> & { assets: readonly { name: string }[] };

/**
 * An alarm in the reader's language: a sentence made of its facts; where facts are missing, what its kind is called;
 * and where there are no words at all, what the gateway says.
 */
export function wordsOf(alarm: Said): { summary: string; instruction: string } {
  const own = words();
  const found = own === undefined ? undefined : wordsFor(alarm, own);
  const names = alarm.assets.map(({ name }) => name);
  const [summary, instruction = alarm.instruction ?? ''] = found ?? [];
  return { summary: sentenceFor(alarm, names) ?? titled(summary, names) ?? alarm.summary, instruction };
}

function sentenceFor({ rule, facts, count }: Said, names: readonly string[]): string | undefined {
  const known = wordsOfDetections();
  if (known === undefined || facts === undefined || names.length === 0) return undefined;
  const { because } = facts;
  const said = typeof because === 'string' ? { ...facts, because: reasonOf(because) } : facts;
  return sentenceOf({ rule, facts: said, names, ...(count === undefined ? {} : { count }) }, known, formats);
}

const titled = (summary: string | undefined, names: readonly string[]): string | undefined =>
  summary === undefined || names.length === 0
    ? undefined
    : `${names.join(', ')}${summary.trimStart().startsWith(':') ? '' : ' '}${summary}`;

/** Why something stands in the way: `it is open`, or several, with names: `Back door: it is open; Safe: it is silent`. */
export const reasonOf = (because: string): string =>
  because
    .split(/(: |, |; )/)
    .map((part) => words()?.reasons[part] ?? part)
    .join('');

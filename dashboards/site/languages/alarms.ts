/**
 * Alarms in the reader's language. The gateway says them in English, which is what the record holds; here their
 * kind is put into words again. A kind that has no words yet is said as the gateway says it.
 */
import type { SiteAlarm } from '../../../edge/api/contract.ts';
import { inLanguage } from '../../kit/i18n.ts';
import type { AlarmWords, WordsOfAlarms } from './alarms/words.ts';

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

type Said = Pick<SiteAlarm, 'id' | 'rule' | 'summary' | 'instruction'> & {
  assets: readonly { name: string }[];
};

export function wordsOf(alarm: Said): { summary: string; instruction: string } {
  const own = words();
  const found = own === undefined ? undefined : wordsFor(alarm, own);
  if (found === undefined) return alarm;
  const [summary, instruction] = found;
  const names = alarm.assets.map(({ name }) => name).join(', ');
  return {
    summary: summary.trimStart().startsWith(':') ? names + summary : `${names} ${summary}`,
    instruction,
  };
}

export const reasonOf = (because: string): string => words()?.reasons[because] ?? because;

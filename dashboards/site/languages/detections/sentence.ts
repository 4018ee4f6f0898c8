/**
 * What a detection says, made from its facts in the reader's language: numbers, durations and temperatures as one
 * writes them there. The sentences are data (en.ts, de.ts); here is how they are read.
 *
 * Pure, and no import but of types: also read by a test that knows every kind of rule.
 */

export type Fact = string | number | boolean;

/** What the facts must be: that value, one of those values, or (`true`) there and neither nothing nor nought. */
type Condition = Readonly<Record<string, Fact | readonly Fact[]>>;
/** `{place}`s are filled with facts, `{name}` with the first asset's name; used only where all of them are known. */
export type Alternative = string | readonly [when: Condition, text: string];
/** A sentence: of its alternatives the first that fits. */
export type Sentence = readonly Alternative[];

export interface DetectionWords {
  /** By the kind of rule. The first sentence is always said, the others where one of their alternatives fits. */
  sentences: Readonly<Record<string, readonly [Sentence, ...Sentence[]]>>;
  /** Words that stand in facts, as `fact.word`, and beginnings of what stands there, as `begin.words`. */
  words: Readonly<Record<string, string>>;
}

/** How a language writes what stands in facts. */
export interface Formats {
  number(value: number, digits?: number): string;
  /** `45 s`, `16 min`. */
  duration(ms: number): string;
  /** A day of the calendar, from `2026-10-31`. */
  date(day: string): string;
}

export interface Told {
  rule: string;
  facts: Readonly<Record<string, Fact>>;
  /** Of the assets, the first being what it is about. */
  names: readonly string[];
  count?: number;
}

/** @returns undefined where there are no words for this kind, or facts are missing */
export function sentenceOf(told: Told, words: DetectionWords, formats: Formats): string | undefined {
  const [kind = told.rule] = told.rule.split(':', 1);
  const sentences = Object.hasOwn(words.sentences, kind) ? words.sentences[kind] : undefined;
  if (sentences === undefined) return undefined;
  const facts = { ...(told.count === undefined ? {} : { count: told.count }), ...told.facts };
  const said = sentences.map((sentence) => saidOf(sentence, { ...told, facts }, words, formats));
  return said[0] === undefined ? undefined : said.filter((each) => each !== undefined).join(' ');
}

function saidOf(sentence: Sentence, told: Told, words: DetectionWords, formats: Formats): string | undefined {
  for (const alternative of sentence) {
    const [when, text] = typeof alternative === 'string' ? [{}, alternative] : alternative;
    if (!fits(when, told.facts)) continue;
    const filled = fill(text, told, words, formats);
    if (filled !== undefined) return filled;
  }
  return undefined;
}

const fits = (when: Condition, facts: Told['facts']): boolean =>
  Object.entries(when).every(([name, wanted]) => {
    const fact = facts[name];
    if (wanted === true) return fact !== undefined && fact !== '' && fact !== 0 && fact !== false;
    const among: readonly Fact[] = Array.isArray(wanted) ? wanted : [wanted];
    return fact !== undefined && among.includes(fact);
  });

/** `{fact}`, or `{fact|ms}` where its name does not tell what it is. */
const places = /\{(\w+)(?:\|(\w+))?\}/g;

function fill(text: string, { facts, names }: Told, words: DetectionWords, formats: Formats) {
  let isWhole = true;
  const filled = text.replaceAll(places, (_whole, name: string, as?: string) => {
    const fact = name === 'name' ? names[0] : name === 'names' ? names.join(', ') : facts[name];
    if (fact === undefined || fact === '') isWhole = false;
    return fact === undefined ? '' : written(fact, name, as, words, formats);
  });
  return isWhole ? filled : undefined;
}

function written(
  fact: Fact,
  name: string,
  as: string | undefined,
  { words }: DetectionWords,
  formats: Formats,
): string {
  if (typeof fact === 'boolean') return String(fact);
  if (typeof fact === 'number') {
    if (as === 'ms' || name.endsWith('Ms')) return formats.duration(fact);
    if (name.endsWith('Minutes')) return formats.duration(fact * 60_000);
    if (/celsius$/i.test(name)) return `${formats.number(fact, 1)} °C`;
    if (/percent$/i.test(name)) return `${formats.number(fact, 0)} %`;
    if (as === 'position') return formats.number(fact, 5);
    return formats.number(fact);
  }
  if (as === 'date') return formats.date(fact);
  const own = words[`${as ?? name}.${fact}`] ?? words[`${name}.${fact}`];
  if (own !== undefined) return own;
  const parts = fact.split(/,? /).map((part) => words[`${name}.${part}`]);
  if (parts.every((part) => part !== undefined)) return parts.join(', ');
  const begin = Object.keys(words).find(
    (key) => key.startsWith('begin.') && fact.startsWith(key.slice('begin.'.length)),
  );
  return begin === undefined ? fact : `${words[begin]}${fact.slice(begin.length - 'begin.'.length)}`;
}

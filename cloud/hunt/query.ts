/**
 * The language of the search: words, "words together", and `key:value`, each of which narrows; a minus in front takes
 * away; commas give a choice. Pure: text in, a query or a complaint that points at a column out.
 */

/** What may stand before a colon. */
export const huntKeys = [
  'kind',
  'rule',
  'site',
  'asset',
  'person',
  'address',
  'severity',
  'source',
  'after',
  'before',
] as const;
export type HuntKey = (typeof huntKeys)[number];

/** Longest query, and terms in it. */
export const MAX_QUERY_LENGTH = 1_000;
export const MAX_TERMS = 32;
const MAX_CHOICES = 16;

export interface HuntTerm {
  key: Exclude<HuntKey, 'after' | 'before'> | 'text';
  /** Any of these will do. */
  values: string[];
  isNegated: boolean;
  /** Of the term in the text, from 1, and how long it is. */
  column: number;
  length: number;
}

export interface HuntQuery {
  terms: HuntTerm[];
  /** Milliseconds since 1970. */
  from?: number;
  to?: number;
}

export interface HuntComplaint {
  column: number;
  length: number;
  message: string;
  /** What may have been meant, to stand in place of the text at the column. */
  suggestions: string[];
}

export type HuntReading = { query: HuntQuery } | { complaint: HuntComplaint };

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};

interface Token {
  column: number;
  length: number;
  isNegated: boolean;
  key: string | undefined;
  /** Column of the value. */
  at: number;
  values: string[];
}

/** @param now what `after:2h` counts back from */
export function readHunt(text: string, now: number): HuntReading {
  const complain = (column: number, length: number, message: string, suggestions: string[] = []) => ({
    complaint: { column, length, message, suggestions },
  });
  if (text.length > MAX_QUERY_LENGTH)
    return complain(
      MAX_QUERY_LENGTH + 1,
      text.length - MAX_QUERY_LENGTH,
      `At most ${MAX_QUERY_LENGTH} characters.`,
    );
  const query: HuntQuery = { terms: [] };
  for (const token of tokensOf(text)) {
    if ('complaint' in token) return token;
    const { key, column, length, at, values, isNegated } = token;
    if (query.terms.length >= MAX_TERMS) return complain(column, length, `At most ${MAX_TERMS} terms.`);
    if (key === undefined) {
      query.terms.push({ key: 'text', values, isNegated, column, length });
      continue;
    }
    const known = huntKeys.find((one) => one === key);
    if (known === undefined)
      return complain(
        column + (isNegated ? 1 : 0),
        key.length,
        `There is no "${key}:". A word with a colon in it goes into quotes.`,
        nearest(key, huntKeys).map((one) => `${one}:`),
      );
    if (known === 'after' || known === 'before') {
      const moment = momentFrom(values[0] ?? '', now);
      if (isNegated || values.length !== 1 || moment === undefined)
        return complain(
          at,
          Math.max(1, length - (at - column)),
          isNegated
            ? `Leave the minus out: "${known === 'after' ? 'before' : 'after'}:" says the same.`
            : 'A moment is 30min, 2h, 3d, 2026-11-23 or 2026-11-23T14:05.',
          isNegated ? [] : ['2h', '1d', new Date(now).toISOString().slice(0, 10)],
        );
      if (known === 'after') query.from = Math.max(query.from ?? 0, moment);
      else query.to = Math.min(query.to ?? Number.MAX_SAFE_INTEGER, moment);
      if (query.from !== undefined && query.to !== undefined && query.from >= query.to)
        return complain(column, length, 'Nothing lies between: "before:" is earlier than "after:".');
      continue;
    }
    query.terms.push({ key: known, values, isNegated, column, length });
  }
  return { query };
}

function* tokensOf(text: string): Generator<Token | { complaint: HuntComplaint }> {
  let at = 0;
  const complain = (column: number, length: number, message: string, suggestions: string[] = []) => ({
    complaint: { column, length, message, suggestions },
  });
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at++;
      continue;
    }
    const start = at;
    const isNegated = text[at] === '-' && at + 1 < text.length && !/\s/.test(text[at + 1] ?? '');
    if (isNegated) at++;
    // An IPv6 address is full of colons, a key is a word.
    const named = /^([A-Za-z]+):(?!:)/.exec(text.slice(at));
    const isAddress = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*/i.test(text.slice(at));
    const key = named === null || isAddress ? undefined : named[1]?.toLowerCase();
    if (key !== undefined) at += key.length + 1;
    const valueAt = at;
    const values: string[] = [];
    for (;;) {
      if (text[at] === '"') {
        const end = text.indexOf('"', at + 1);
        if (end < 0) {
          yield complain(at + 1, text.length - at, 'The quotes are not closed.', [`${text.slice(at)}"`]);
          return;
        }
        values.push(text.slice(at + 1, end));
        at = end + 1;
      } else {
        const bare = /^[^\s",]+/.exec(text.slice(at))?.[0] ?? '';
        values.push(bare);
        at += bare.length;
      }
      if (text[at] !== ',' || values.length >= MAX_CHOICES) break;
      at++;
    }
    const length = Math.max(1, at - start);
    if (at === start || (values.length >= MAX_CHOICES && text[at] === ',')) {
      yield complain(at + 1, 1, at === start ? "This can't stand here." : `At most ${MAX_CHOICES} choices.`);
      return;
    }
    if (values.every((value) => value.trim() === '')) {
      yield complain(
        valueAt + 1,
        1,
        key === undefined ? 'There is nothing between the quotes.' : `Something must follow "${key}:".`,
      );
      return;
    }
    yield {
      column: start + 1,
      length,
      isNegated,
      key,
      at: valueAt + 1,
      values: values.map((value) => value.trim()).filter((value) => value !== ''),
    };
  }
}

/** `2h` before now, or a day or a moment (UTC where it says no zone). */
function momentFrom(text: string, now: number): number | undefined {
  const ago = /^(\d{1,6})(s|m|min|h|d|w)$/.exec(text);
  if (ago !== null) return Math.max(0, now - Number(ago[1]) * (units[ago[2] ?? ''] ?? 0));
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text))
    return undefined;
  const zoned = /T/.test(text) && !/(Z|[+-]\d{2}:\d{2})$/.test(text) ? `${text}Z` : text;
  const at = Date.parse(zoned);
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

/** Writes a term so that it is read as the same. */
export function hold(key: HuntKey | undefined, value: string): string {
  const needsQuotes = value === '' || /[\s",:]|^-/.test(value);
  const quoted = needsQuotes ? `"${value.replaceAll('"', ' ')}"` : value;
  return key === undefined ? quoted : `${key}:${quoted}`;
}

/** The few of some names that are closest to a word, the closest first. */
export function nearest(word: string, names: readonly string[], most = 3): string[] {
  const sought = word.toLowerCase();
  const far = Math.max(2, Math.ceil(sought.length / 3));
  return names
    .map((name) => {
      const lower = name.toLowerCase();
      const isPart = sought.length > 1 && (lower.includes(sought) || sought.includes(lower));
      return { name, distance: isPart ? 0.5 : distance(sought, lower, far) };
    })
    .filter((one) => one.distance <= far)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Levenshtein's, given up beyond `far`. */
function distance(one: string, other: string, far: number): number {
  if (Math.abs(one.length - other.length) > far) return far + 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[other.length] ?? far + 1;
}

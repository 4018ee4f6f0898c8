/** The visible shape of a page: which words and which tags, without the numbers, prices and dates in them. */
import { z } from 'zod';

/** Different words and pairs of tags that are kept. */
export const MAX_WORDS = 3_000;
export const MAX_TAG_PAIRS = 1_000;
const MAX_BEGINNING = 20_000;

export const pageText = z.strictObject({
  title: z.string().max(300),
  /** How often each word stands there. */
  words: z.record(z.string().max(32), z.number().int()),
  /** How often a tag follows another. */
  tags: z.record(z.string().max(64), z.number().int()),
  /** Words that defacers leave. */
  boast: z.string().max(64).optional(),
});
export type PageText = z.infer<typeof pageText>;

export class TextGatherer {
  readonly #words = new Map<string, number>();
  readonly #tags = new Map<string, number>();
  #title = '';
  #lastTag = '';
  /** The beginning of the text, where a boast would stand. */
  #beginning = '';

  title(text: string): void {
    if (this.#title === '') this.#title = text.trim().slice(0, 300);
  }

  tag(name: string): void {
    const tag = name.slice(0, 24);
    const pair = `${this.#lastTag} ${tag}`;
    this.#lastTag = tag;
    const count = this.#tags.get(pair);
    if (count !== undefined || this.#tags.size < MAX_TAG_PAIRS) this.#tags.set(pair, (count ?? 0) + 1);
  }

  said(text: string): void {
    if (this.#beginning.length < MAX_BEGINNING) this.#beginning += ` ${text.slice(0, MAX_BEGINNING)}`;
    for (const [match] of text.toLowerCase().matchAll(/\p{L}{2,32}/gu)) {
      const count = this.#words.get(match);
      if (count !== undefined || this.#words.size < MAX_WORDS) this.#words.set(match, (count ?? 0) + 1);
    }
  }

  done(): PageText {
    const boast = boastIn(`${this.#title} ${this.#beginning}`.replace(/\s+/g, ' '));
    return {
      title: this.#title,
      words: sorted(this.#words),
      tags: sorted(this.#tags),
      ...(boast === undefined ? {} : { boast: boast.slice(0, 64) }),
    };
  }
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries(
    [...counts].filter(([name]) => name !== '__proto__').sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** How much two counts have in common: 0 nothing, 1 all (Jaccard's index with counts, dampened by a root). */
export function alikeness(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): number {
  let shared = 0;
  let all = 0;
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const one = Math.sqrt(Object.hasOwn(a, name) ? (a[name] ?? 0) : 0);
    const other = Math.sqrt(Object.hasOwn(b, name) ? (b[name] ?? 0) : 0);
    shared += Math.min(one, other);
    all += Math.max(one, other);
  }
  return all === 0 ? 1 : shared / all;
}

/** Words that defacers leave, in the languages they mostly write. */
const boasts =
  /\b(?:hacked|owned|pwned|defaced|rooted|stamped|breached) (?:by|from)\b|\bh4ck(?:ed|er)|\byou(?:'ve| have) been (?:hacked|pwned)\b|\bhackeado por\b|\bpirat[ée] par\b|\bgehackt von\b|\bgreetz\b/i;

/** The text that makes a boast of it. `undefined`: none. */
export const boastIn = (text: string): string | undefined => boasts.exec(text)?.[0].toLowerCase();

/** A title without its numbers: a counter of messages in it is no change. */
export const titleKey = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

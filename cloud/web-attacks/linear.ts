import { nativeOf } from '../sigma/regular-expression.ts';

/**
 * A regular expression, one of several branches, that was proved to need time in proportion to the text: no unbounded
 * repetition, few ways to match a branch at one place. For lower-case text. @throws Error at load where it can't be
 */
export function linear(...branches: readonly string[]): RegExp {
  const proved = branches.map((source) => {
    const one = nativeOf(source, { ignoreCase: false, multiLine: false, dotAll: true });
    if (one === undefined) throw new Error(`not proved linear: ${source}`);
    return one.source;
  });
  return new RegExp(proved.join('|'), 'u');
}

/** One branch a word: `before`, one of the words, `after`. */
export const anyOf = (text: string, before = '\\b', after = '\\b'): RegExp =>
  linear(...words(text).map((word) => `${before}${word}${after}`));

/** The words of a text, split at blanks: how lists of words are written in this folder. */
export const words = (text: string): string[] => text.trim().split(/\s+/);

/** The same for looking them up. */
export const wordSet = (text: string): ReadonlySet<string> => new Set(words(text));

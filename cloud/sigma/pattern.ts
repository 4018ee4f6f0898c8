/** A value with wildcards: Sigma 2.1, "Wildcard" and "Escaping". */
import { fold } from './fold.ts';

/** Literal text, `?` (one character) or `*` (any characters, also none). */
export type Part = { text: string } | 'one' | 'many';
export type Pattern = readonly Part[];

/** Adjacent text becomes one part, adjacent `*` one `*`. */
export function joined(parts: Iterable<Part>): Pattern {
  const pattern: Part[] = [];
  for (const part of parts) {
    const last = pattern.at(-1);
    if (part === 'many' && last === 'many') continue;
    if (typeof part === 'string') pattern.push(part);
    else if (part.text === '') continue;
    else if (typeof last === 'object') pattern[pattern.length - 1] = { text: last.text + part.text };
    else pattern.push(part);
  }
  return pattern;
}

/** Text without wildcards. */
export const literal = (text: string): Pattern => joined([{ text }]);

/** Reads `*`, `?` and the backslash before them; a backslash before anything else is a backslash. */
export function readPattern(value: string): Pattern {
  const parts: Part[] = [];
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    const next = value.charAt(at + 1);
    if (character === '\\' && (next === '\\' || next === '*' || next === '?')) {
      parts.push({ text: next });
      at++;
    } else if (character === '*') parts.push('many');
    else if (character === '?') parts.push('one');
    else parts.push({ text: character });
  }
  return joined(parts);
}

/** The text of a pattern without wildcards; undefined where it has some. */
export function plainTextOf(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const [only] = pattern;
  return pattern.length === 1 && typeof only === 'object' ? only.text : undefined;
}

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

type Segment = readonly Exclude<Part, 'many'>[];

/** Where a segment that begins at `at` ends; -1: it does not match there. */
function endOf(segment: Segment, text: string, at: number): number {
  let end = at;
  for (const part of segment) {
    if (part === 'one') {
      if (end >= text.length) return -1;
      const isPair = isHighSurrogate(text.charCodeAt(end)) && isLowSurrogate(text.charCodeAt(end + 1));
      end += isPair ? 2 : 1;
    } else if (text.startsWith(part.text, end)) end += part.text.length;
    else return -1;
  }
  return end;
}

/** Where a segment that ends with the text begins; -1: it does not match there. */
function startOfLast(segment: Segment, text: string): number {
  let start = text.length;
  for (let index = segment.length - 1; index >= 0; index--) {
    const part = segment[index];
    if (part === undefined || part === 'one') {
      if (start <= 0) return -1;
      const isPair =
        isLowSurrogate(text.charCodeAt(start - 1)) && isHighSurrogate(text.charCodeAt(start - 2));
      start -= isPair ? 2 : 1;
    } else if (start >= part.text.length && text.startsWith(part.text, start - part.text.length))
      start -= part.text.length;
    else return -1;
  }
  return start;
}

/** Segments between `*`: each is looked for from left to right, the last one at the end. No way back is ever needed. */
function matchSegments(segments: readonly Segment[], text: string): boolean {
  const last = segments.length - 1;
  let at = endOf(segments[0] ?? [], text, 0);
  if (at < 0) return false;
  if (last === 0) return at === text.length;
  for (let index = 1; index < last; index++) {
    const segment = segments[index] ?? [];
    const [first] = segment;
    let end = -1;
    for (let from = at; end < 0; from++) {
      if (typeof first === 'object') from = text.indexOf(first.text, from);
      if (from < 0 || from > text.length) return false;
      end = endOf(segment, text, from);
    }
    at = end;
  }
  return startOfLast(segments[last] ?? [], text) >= at;
}

/** A function of text; where case does not count, the text must be folded already. */
export function matcherOf(pattern: Pattern, isCased: boolean): (text: string) => boolean {
  const parts = isCased
    ? pattern
    : pattern.map((part) => (typeof part === 'object' ? { text: fold(part.text) } : part));
  const plain = plainTextOf(parts);
  if (plain !== undefined) return (text) => text === plain;
  const [first, second, third] = parts;
  if (parts.length === 1 && first === 'many') return () => true;
  if (parts.length === 2 && first === 'many' && typeof second === 'object') {
    const { text: end } = second;
    return (text) => text.endsWith(end);
  }
  if (parts.length === 2 && typeof first === 'object' && second === 'many') {
    const { text: start } = first;
    return (text) => text.startsWith(start);
  }
  if (parts.length === 3 && first === 'many' && typeof second === 'object' && third === 'many') {
    const { text: inner } = second;
    return (text) => text.includes(inner);
  }
  const segments: Exclude<Part, 'many'>[][] = [[]];
  for (const part of parts) {
    if (part === 'many') segments.push([]);
    else segments.at(-1)?.push(part);
  }
  return (text) => matchSegments(segments, text);
}

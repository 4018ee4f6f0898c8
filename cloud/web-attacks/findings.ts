import type { Part } from './request-parts.ts';

export const families = [
  'sql-injection',
  'cross-site-scripting',
  'path-traversal',
  'file-disclosure',
  'remote-inclusion',
  'server-side-request',
  'command-injection',
  'php-injection',
  'code-injection',
  'template-injection',
  'directory-query-injection',
  'xml-injection',
  'document-query-injection',
  'serialised-object',
  'lookup-injection',
  'response-splitting',
  'protocol',
  'scanner',
  'probe',
  'open-redirect',
  'session-fixation',
] as const;
export type Family = (typeof families)[number];

/** One sign of an attack: where, what, how much it weighs, and the decoded text it was seen in. */
export interface Finding {
  family: Family;
  /** Points; THRESHOLD of them are an attack. */
  points: number;
  what: string;
  where: string;
  text: string;
}

/** Points of one part of a request from which on it is an attack. Set on the development half, see docs. */
export const THRESHOLD = 5;
/** More signs than this change no verdict. */
const MAX_FINDINGS = 48;
const MAX_TEXT = 160;

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is shown to people must not move their cursor.
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A piece of a stranger's text for people: bounded, on one line. */
export function shown(text: string, at = 0): string {
  const start = Math.max(0, Math.min(at - 24, text.length - MAX_TEXT));
  const piece = text.slice(start, start + MAX_TEXT).replace(unfit, '\ufffd');
  return `${start > 0 ? '…' : ''}${piece}${start + MAX_TEXT < text.length ? '…' : ''}`.toWellFormed();
}

/** Signs of one request as the families find them. */
export class Findings {
  readonly list: Finding[] = [];

  /** The same sign in the same place counts once, with its greatest weight. */
  add(family: Family, points: number, found: string, part: Part, at = 0): void {
    // Both may hold a stranger's text: the parameter's name, the word that was found.
    const what = shown(found);
    const where = shown(part.where);
    const known = this.list.find((one) => one.family === family && one.what === what && one.where === where);
    if (known !== undefined) known.points = Math.max(known.points, points);
    else if (this.list.length < MAX_FINDINGS)
      this.list.push({ family, points, what, where, text: shown(part.text, at) });
  }

  /** What was found in another part before; not changed any more. */
  take(found: readonly Finding[]): void {
    for (const one of found) if (this.list.length < 2 * MAX_FINDINGS) this.list.push(one);
  }

  /** The points of the part that has most. Signs of different parts are not added: a shop has many parameters. */
  get score(): number {
    if (this.list.length === 0) return 0;
    const byPart = new Map<string, number>();
    for (const { where, points } of this.list) byPart.set(where, (byPart.get(where) ?? 0) + points);
    return Math.max(...byPart.values());
  }
}

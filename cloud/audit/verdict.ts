/** What came of checking an export or a copy of the log, in the words of whoever asked. */

/**
 * `verified`: all of it is as it was written. `synchronising`: so is all that the checkpoint covers, and something
 * newer is not covered yet. `outdated`: it is consistent, and ends before a checkpoint that is known.
 * `malicious`: something was altered, taken away, put in or moved.
 */
export type VerdictState = 'verified' | 'synchronising' | 'outdated' | 'malicious';

export const exitStatus: Readonly<Record<VerdictState, number>> = {
  verified: 0,
  malicious: 1,
  synchronising: 3,
  outdated: 4,
};

export interface Finding {
  what: 'altered' | 'missing' | 'inserted' | 'reordered' | 'unreadable' | 'unsigned' | 'forked';
  /** Place in the log, from 0. */
  entry?: number;
  /** Line of the file, from 1. */
  line?: number;
  message: string;
}

export interface Verdict {
  state: VerdictState;
  origin: string;
  /** Whose signature: compare it with the one you were given. */
  key: string;
  /** Entries that the checkpoint covers. */
  size: number;
  entries: number;
  incidents: number;
  records: number;
  /** The first thing that is wrong; absent where nothing is. */
  first?: Finding;
  /** What a person should know besides. */
  remarks: string[];
}

const headline: Readonly<Record<VerdictState, string>> = {
  verified: 'verified: everything is as it was written down',
  synchronising:
    'synchronising: all that is covered is as it was written down, the newest is not covered yet',
  outdated: 'outdated: it is consistent, and ends before the checkpoint that you hold',
  malicious: 'malicious: this is not what was written down',
};

/** For a terminal. */
export function verdictText({
  state,
  origin,
  key,
  size,
  entries,
  incidents,
  records,
  first,
  remarks,
}: Verdict): string {
  return [
    headline[state],
    ...(first === undefined
      ? []
      : [`first: ${first.message}${first.line === undefined ? '' : ` (line ${first.line})`}`]),
    `checked: ${entries} of ${size} entries, ${incidents} incidents, ${records} records of gateways; log ${origin}, key ${key}`,
    ...remarks.map((remark) => `note: ${remark}`),
    '',
  ].join('\n');
}

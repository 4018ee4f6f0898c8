import { type Detection, type Severity, severities } from '../../devices/model/detection.ts';
import { MAX_FIELDS } from '../../devices/model/observation.ts';
import type { Correlated } from './traits.ts';

/** A detection line longer than this is a mistake. */
export const MAX_LINE_LENGTH = 1024 * 1024;
const MAX_NAME_LENGTH = 256;
const MAX_NAMES = 64;
/** The last moment a Date can hold. */
const LAST_INSTANT_MS = 8_640_000_000_000_000;

const severityNames: ReadonlySet<string> = new Set(severities);

/** Keys that a detection may carry; others are taken along unread. */
const knownKeys: ReadonlySet<string> = new Set([
  'id',
  'at',
  'rule',
  'severity',
  'source',
  'site',
  'assets',
  'identities',
  'observables',
  'tactic',
  'summary',
  'count',
  'facts',
  'evidence',
] satisfies (keyof Detection)[]);

export type ReadDetection = { detection: Correlated; unknown: string[] } | { refused: string };

class Refusal extends Error {}

/**
 * One line of JSON to what correlation reads of it. Checked by hand: this stands on the way of every one of
 * a million lines. Only `id` and `at` must be there; severity is medium where none is given.
 */
export function readDetection(line: string): ReadDetection {
  if (line.length > MAX_LINE_LENGTH) return { refused: `longer than ${MAX_LINE_LENGTH} characters` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { refused: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isRecord(value)) return { refused: 'expected an object with id and at' };
  try {
    const site = name(value, 'site', undefined);
    const tactic = name(value, 'tactic', undefined);
    const detection: Correlated = {
      id: required(value, 'id'),
      at: instantOf(value.at),
      rule: name(value, 'rule', 'unknown') ?? 'unknown',
      severity: severityOf(value.severity),
      source: name(value, 'source', 'unknown') ?? 'unknown',
      assets: names(value, 'assets'),
      identities: names(value, 'identities'),
      observables: observablesOf(value.observables),
      ...(site === undefined ? {} : { site }),
      ...(tactic === undefined ? {} : { tactic }),
    };
    return { detection, unknown: Object.keys(value).filter((key) => !knownKeys.has(key)) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function required(record: Record<string, unknown>, key: string): string {
  const found = name(record, key, undefined);
  if (found === undefined || found === '') throw new Refusal(`${key}: must be there and must not be empty`);
  return found;
}

function name(record: Record<string, unknown>, key: string, missing: string | undefined): string | undefined {
  const value = record[key];
  if (value === undefined || value === null) return missing;
  if (typeof value !== 'string') throw new Refusal(`${key}: expected a text, got ${typeof value}`);
  if (value.length > MAX_NAME_LENGTH) throw new Refusal(`${key}: longer than ${MAX_NAME_LENGTH} characters`);
  return value;
}

function instantOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LAST_INSTANT_MS)
    return value;
  throw new Refusal(`at: expected whole milliseconds since 1970, got ${JSON.stringify(value)}`);
}

function severityOf(value: unknown): Severity {
  if (value === undefined || value === null) return 'medium';
  if (isSeverity(value)) return value;
  throw new Refusal(`severity: expected one of ${severities.join(', ')}, got ${JSON.stringify(value)}`);
}

const isSeverity = (value: unknown): value is Severity =>
  typeof value === 'string' && severityNames.has(value);

const NONE: string[] = [];

function names(record: Record<string, unknown>, key: string): string[] {
  const value = record[key];
  if (value === undefined || value === null) return NONE;
  if (!Array.isArray(value)) throw new Refusal(`${key}: expected a list of names`);
  if (value.length > MAX_NAMES) throw new Refusal(`${key}: more than ${MAX_NAMES} names`);
  return value.map((entry: unknown, index) => {
    if (typeof entry === 'string' && entry !== '' && entry.length <= MAX_NAME_LENGTH) return entry;
    throw new Refusal(`${key}[${index}]: expected a name of 1 to ${MAX_NAME_LENGTH} characters`);
  });
}

const NO_OBSERVABLES: Readonly<Record<string, string>> = {};

function observablesOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return NO_OBSERVABLES;
  if (!isRecord(value)) throw new Refusal('observables: expected an object of texts');
  const entries = Object.entries(value);
  if (entries.length > MAX_FIELDS) throw new Refusal(`observables: more than ${MAX_FIELDS}`);
  const read: Record<string, string> = {};
  for (const [key, entry] of entries) {
    if (entry === null) continue;
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean')
      throw new Refusal(`observables.${key}: expected a text`);
    read[key] = String(entry);
  }
  return read;
}

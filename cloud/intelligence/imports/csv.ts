/** Indicators out of comma-separated lists (RFC 4180), by names or numbers of their columns. Pure. */
import { z } from 'zod';
import { compiled, type Indicator } from '../indicator.ts';
import { type IndicatorType, indicatorTypes } from '../matching/observable.ts';
import { tlpOfText } from '../stix/markings.ts';
import {
  type Imported,
  MAX_REFUSALS,
  nameFrom,
  type Origin,
  patternOf,
  type Refused,
  refanged,
  typeOfValue,
  valueId,
} from './imported.ts';

const column = z.union([z.string().min(1).max(128), z.number().int().min(1).max(1_000)]);

/** Where to find what: the column's name, or its number from 1. */
export const csvColumns = z.strictObject({
  value: column,
  /** The type in the list's own words; guessed from the value where there is none. */
  type: column.optional(),
  name: column.optional(),
  confidence: column.optional(),
  validFrom: column.optional(),
  validUntil: column.optional(),
  tlp: column.optional(),
});
export const csvShape = z.strictObject({
  columns: csvColumns.default({ value: 1 }),
  /** One character. */
  separator: z.string().length(1).default(','),
  /** Whether the first line names the columns. */
  header: z.boolean().default(true),
  /** Lines that begin with it are passed over. */
  comment: z.string().max(8).default('#'),
  /** All values are of this type. */
  type: z.enum(indicatorTypes).optional(),
});
export type CsvShape = z.infer<typeof csvShape>;

const typeWords: Readonly<Record<string, IndicatorType>> = {
  ip: 'ip',
  ipv4: 'ip',
  ipv6: 'ip',
  cidr: 'ip',
  'ip-src': 'ip',
  'ip-dst': 'ip',
  domain: 'domain',
  hostname: 'domain',
  host: 'domain',
  fqdn: 'domain',
  url: 'url',
  uri: 'url',
  hash: 'hash',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  sha512: 'hash',
  email: 'email',
  'e-mail': 'email',
  account: 'account',
  user: 'account',
  username: 'account',
  mac: 'mac',
  filename: 'file-name',
  'file-name': 'file-name',
  'user-agent': 'user-agent',
};

/** @throws Error where a column that is asked for is not there */
export function readCsv(text: string, shape: CsvShape, origin: Origin): Imported {
  const records = recordsOf(text.replace(/^\ufeff/, ''), shape);
  const first = shape.header ? records.next() : undefined;
  const head: readonly string[] = first?.done === false ? first.value.fields : [];
  const indexOf = (wanted: string | number | undefined): number | undefined => {
    if (wanted === undefined) return undefined;
    if (typeof wanted === 'number') return wanted - 1;
    const at = head.findIndex((name) => name.trim().toLowerCase() === wanted.toLowerCase());
    if (at === -1) throw new Error(`there is no column "${wanted}"`);
    return at;
  };
  const places = {
    value: indexOf(shape.columns.value) ?? 0,
    type: indexOf(shape.columns.type),
    name: indexOf(shape.columns.name),
    confidence: indexOf(shape.columns.confidence),
    validFrom: indexOf(shape.columns.validFrom),
    validUntil: indexOf(shape.columns.validUntil),
    tlp: indexOf(shape.columns.tlp),
  };
  const indicators = new Map<string, Indicator>();
  const refused: Refused[] = [];
  let ignored = 0;
  for (const { fields, line } of records) {
    const at = (place: number | undefined) => (place === undefined ? '' : (fields[place]?.trim() ?? ''));
    const value = refanged(at(places.value));
    if (value === '') {
      ignored++;
      continue;
    }
    const made = indicatorOf(value, at, places, shape, origin);
    if (typeof made !== 'string') indicators.set(made.id, made);
    else if (refused.length < MAX_REFUSALS) refused.push({ what: `line ${line}`, why: made });
  }
  return { indicators: [...indicators.values()], revoked: [], refused, ignored };
}

type Places = Record<
  'value' | 'type' | 'name' | 'confidence' | 'validFrom' | 'validUntil' | 'tlp',
  number | undefined
>;

function indicatorOf(
  value: string,
  at: (place: number | undefined) => string,
  places: Places,
  shape: CsvShape,
  { source, confidence, tlp, subdomains, now }: Origin,
): Indicator | string {
  const word = at(places.type).toLowerCase();
  const type = shape.type ?? (word === '' ? typeOfValue(value) : (typeWords[word] ?? typeOfValue(value)));
  if (type === undefined) return 'neither an address, a name, a hash nor anything else that is known';
  const pattern = patternOf(type, value, subdomains);
  if (pattern === undefined) return `not a value of type ${type}`;
  try {
    compiled(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const timeAt = (place: number | undefined): number | undefined => {
    const text = at(place);
    if (text === '') return undefined;
    const ms = /^\d{9,11}$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
    return Number.isNaN(ms) || ms < 0 ? undefined : ms;
  };
  const given = Number(at(places.confidence) || Number.NaN);
  const validFrom = timeAt(places.validFrom) ?? now;
  const validUntil = timeAt(places.validUntil);
  return {
    source,
    id: valueId(source, type, value),
    name: nameFrom(at(places.name) || value),
    pattern,
    type,
    confidence: given >= 0 && given <= 100 ? Math.round(given) : confidence,
    validFrom,
    ...(validUntil === undefined ? {} : { validUntil }),
    modified: validFrom,
    tlp: tlpOfText(at(places.tlp)) ?? tlp,
    labels: [],
  };
}

/** Fields in quotes may hold separators, line breaks and doubled quotes. */
function* recordsOf(
  text: string,
  { separator, comment }: CsvShape,
): Generator<{ fields: string[]; line: number }> {
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const first = line;
    const isComment = comment !== '' && text.startsWith(comment, at);
    const fields: string[] = [];
    let isEnd = false;
    while (!isEnd) {
      let field = '';
      if (!isComment && text[at] === '"') {
        for (at++; at < text.length; at++) {
          if (text[at] === '"' && text[at + 1] !== '"') break;
          if (text[at] === '"') at++;
          if (text[at] === '\n') line++;
          field += text[at];
        }
        at++;
      }
      const start = at;
      while (at < text.length && text[at] !== '\n' && (isComment || text[at] !== separator)) at++;
      fields.push(field + text.slice(start, at).replace(/\r$/, ''));
      isEnd = at >= text.length || text[at] === '\n';
      at++;
    }
    line++;
    if (!isComment && !(fields.length === 1 && fields[0]?.trim() === '')) yield { fields, line: first };
  }
}

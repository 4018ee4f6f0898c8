/** Resources of TAXII 2.1 (sections 3 to 5) as both sides read and write them. */
import { z } from 'zod';

export const MEDIA_TYPE = 'application/taxii+json;version=2.1';
/** Objects of one page, whatever is asked for. */
export const MAX_PAGE = 1_000;
/** Longest request that is taken. */
export const MAX_CONTENT_BYTES = 10 * 1024 * 1024;

const text = z.string().max(10_000);
/** Optional, and never there without a value. */
const maybe = z.exactOptional;
const stixObject = z.looseObject({ type: z.string().min(1).max(250), id: z.string().min(1).max(300) });
export type StixObject = z.infer<typeof stixObject>;

export const discovery = z.looseObject({
  title: text,
  description: maybe(text),
  contact: maybe(text),
  default: maybe(text),
  api_roots: maybe(z.array(text).max(1_000)),
});
export const apiRoot = z.looseObject({
  title: text,
  description: maybe(text),
  versions: z.array(text).min(1).max(100),
  max_content_length: z.number().int().positive(),
});
export const collection = z.looseObject({
  id: z.uuid(),
  title: text,
  description: maybe(text),
  alias: maybe(text),
  can_read: z.boolean(),
  can_write: z.boolean(),
  media_types: maybe(z.array(text).max(100)),
});
export type Collection = z.infer<typeof collection>;
export const collections = z.looseObject({ collections: maybe(z.array(collection).max(10_000)) });
export const envelope = z.looseObject({
  more: maybe(z.boolean()),
  next: maybe(z.string().max(8_192)),
  objects: maybe(z.array(stixObject)),
});
export const manifest = z.looseObject({
  more: maybe(z.boolean()),
  next: maybe(z.string().max(8_192)),
  objects: maybe(
    z.array(
      z.looseObject({
        id: z.string().max(300),
        date_added: z.iso.datetime(),
        version: z.iso.datetime(),
        media_type: maybe(text),
      }),
    ),
  ),
});
export const versions = z.looseObject({
  more: maybe(z.boolean()),
  next: maybe(z.string().max(8_192)),
  versions: maybe(z.array(z.iso.datetime())),
});
const detail = z.looseObject({ id: z.string().max(300), version: z.iso.datetime(), message: maybe(text) });
export const status = z.looseObject({
  id: z.uuid(),
  status: z.enum(['complete', 'pending']),
  request_timestamp: maybe(z.iso.datetime()),
  total_count: z.number().int(),
  success_count: z.number().int(),
  successes: maybe(z.array(detail)),
  failure_count: z.number().int(),
  failures: maybe(z.array(detail)),
  pending_count: z.number().int(),
  pendings: maybe(z.array(detail)),
});
export type Status = z.infer<typeof status>;
export const errorMessage = z.looseObject({
  title: text,
  description: maybe(text),
  error_id: maybe(text),
  error_code: maybe(text),
  http_status: maybe(text),
  details: maybe(z.record(z.string(), z.unknown())),
});

/** Whether what is asked for can be had: `application/taxii+json`, any version of it that is 2.1, or anything. */
export function accepts(header: string | undefined): boolean {
  if (header === undefined) return false;
  return header.split(',').some((part) => {
    const [type = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    if (parameters.includes('q=0')) return false;
    if (type === '*/*' || type === 'application/*') return true;
    const version = parameters.find((one) => one.startsWith('version='));
    return type === 'application/taxii+json' && (version === undefined || version === 'version=2.1');
  });
}

/** Whether a body is of this version. */
export function isTaxii(header: string | undefined): boolean {
  const [type, ...parameters] = (header ?? '').split(';').map((one) => one.trim().toLowerCase());
  return type === 'application/taxii+json' && parameters.includes('version=2.1');
}

/** Microseconds since 1970 as RFC 3339 with six digits. */
export const taxiiTime = (us: number): string =>
  `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 23)}${String(us % 1_000).padStart(3, '0')}Z`;

/** @returns microseconds; undefined: no time of RFC 3339 in UTC */
export function microseconds(time: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(time);
  const ms = Date.parse(`${match?.[1]}Z`);
  if (match === null || Number.isNaN(ms)) return undefined;
  return ms * 1_000 + Number((match[2] ?? '').padEnd(6, '0').slice(0, 6));
}

/** Identifiers that follow from what they name, so that the same thing exported twice is the same object. Pure. */
import { createHash } from 'node:crypto';

/** Of cyber observables: STIX 2.1, section 2.9. */
const OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** Of whatever else this house names. */
const HOUSE = '8b1f7a52-3c3e-5d0a-9f0e-6d3f3f0c2a71';

/** UUID version 5 (RFC 9562, section 5.5). @param namespace a UUID */
export function uuid5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** JSON in one way only (RFC 8785): sorted names, no blanks. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** @param contributing the properties that the specification lists for the type, those that are there */
export const observableId = (type: string, contributing: Readonly<Record<string, unknown>>): string =>
  `${type}--${uuid5(OBSERVABLES, canonicalJson(contributing))}`;

/** Of a thing this house names by itself. @param names what tells it from all others */
export const houseId = (type: string, ...names: readonly string[]): string =>
  `${type}--${uuid5(HOUSE, JSON.stringify([type, ...names]))}`;

/** A type and a UUID of any version. */
export const isStixId = (text: string): boolean =>
  /^[a-z][a-z0-9-]{1,249}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

/** RFC 3339 with milliseconds, as STIX wants them. */
export const stixTime = (ms: number): string => new Date(ms).toISOString();

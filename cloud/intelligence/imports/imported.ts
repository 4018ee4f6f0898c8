/** What a reader of any format makes of its input. */
import type { Indicator, Tlp } from '../indicator.ts';
import { networkOf } from '../matching/network-address.ts';
import { canonical, hashName, type IndicatorType } from '../matching/observable.ts';
import { houseId } from '../stix/identifiers.ts';

/** What was brought, what was taken back, and what could not be read. */
export interface Imported {
  readonly indicators: readonly Indicator[];
  /** Identifiers of what its author no longer stands by. */
  readonly revoked: readonly string[];
  readonly refused: readonly Refused[];
  /** Well-formed, nothing that is looked for. */
  readonly ignored: number;
}

export interface Refused {
  /** Which one: its identifier, or its line. */
  readonly what: string;
  readonly why: string;
}

/** What is taken for granted of a source that does not say it. */
export interface Origin {
  readonly source: string;
  readonly confidence: number;
  readonly tlp: Tlp;
  /** A listed domain stands for all names below it. */
  readonly subdomains: boolean;
  readonly now: number;
}

/** The longest document that is read at once. */
export const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
/** Refusals that are told one by one. */
export const MAX_REFUSALS = 1_000;

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const properties: Readonly<Partial<Record<IndicatorType, string>>> = {
  domain: 'domain-name:value',
  url: 'url:value',
  email: 'email-addr:value',
  account: 'user-account:account_login',
  mac: 'mac-addr:value',
  'file-name': 'file:name',
  'user-agent': "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
};

/** A value alone as a STIX pattern; undefined: it is none of that type. */
export function patternOf(type: IndicatorType, value: string, subdomains = false): string | undefined {
  if (type === 'ip') {
    const network = networkOf(value);
    if (network === undefined) return undefined;
    const object = network.words.length === 1 ? 'ipv4-addr' : 'ipv6-addr';
    return value.includes('/')
      ? `[${object}:value ISSUBSET ${quoted(value.trim())}]`
      : `[${object}:value = ${quoted(value.trim())}]`;
  }
  const name = canonical(type, value);
  if (name === undefined) return undefined;
  if (type === 'hash') {
    const algorithm = hashName(name);
    return algorithm === undefined ? undefined : `[file:hashes.'${algorithm}' = '${name}']`;
  }
  const property = properties[type];
  if (property === undefined) return undefined;
  const equal = `${property} = ${quoted(name)}`;
  return type === 'domain' && subdomains && name.includes('.') && !/[%_]/.test(name)
    ? `[${equal} OR ${property} LIKE ${quoted(`%.${name}`)}]`
    : `[${equal}]`;
}

/** The type that a bare value looks like. */
export function typeOfValue(value: string): IndicatorType | undefined {
  const text = value.trim();
  if (networkOf(text) !== undefined) return 'ip';
  if (canonical('hash', text) !== undefined) return 'hash';
  if (canonical('url', text) !== undefined) return 'url';
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return 'email';
  if (/^([0-9a-f]{2}[-:]){5}[0-9a-f]{2}$/i.test(text)) return 'mac';
  return /^([\p{L}\d_-]+\.)+\p{L}[\p{L}\d-]+\.?$/u.test(text) ? 'domain' : undefined;
}

/** Lists that defuse what they hold: `hxxp://evil[.]example`. */
export const refanged = (value: string): string =>
  value
    .trim()
    .replace(/^hxxp/i, 'http')
    .replaceAll('[.]', '.')
    .replaceAll('(.)', '.')
    .replaceAll('[:]', ':')
    .replaceAll('[@]', '@');

/** A value's identifier where its list gives it none. */
export const valueId = (source: string, type: IndicatorType, value: string): string =>
  houseId('indicator', source, type, value);

/** A name for people: no control characters, not too long. */
export const nameFrom = (text: string): string =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 256);

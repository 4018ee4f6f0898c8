/** What an observation shows of the outside world, as STIX names it, and what of it is looked up. Pure. */
import type { Observation, ObservationKind } from '../../../devices/model/observation.ts';
import { observationKinds } from '../../../devices/model/observation.ts';
import { canonicalAddress } from './network-address.ts';

/** What indicators are about, and how it is looked up. */
export const indicatorTypes = [
  'ip',
  'domain',
  'url',
  'hash',
  'email',
  'account',
  'mac',
  'file-name',
  'user-agent',
  'other',
] as const;
export type IndicatorType = (typeof indicatorTypes)[number];

/** Which part it played: it came to us, something of ours went to it, or it was found with us. */
export type Part = 'inbound' | 'outbound' | 'inside';

/** One value that an observation shows. */
export interface Shown {
  readonly type: IndicatorType;
  readonly value: string;
  readonly part: Part;
}

/** Values by STIX property (`ipv4-addr:value`). */
export type View = ReadonlyMap<string, readonly (string | number)[]>;

/** Longest value that is looked up or compared; longer ones are documents. */
export const MAX_VALUE = 2_048;

/** Properties whose values are exact names, and what they name. */
const typeOfProperty: Readonly<Record<string, IndicatorType>> = {
  'ipv4-addr:value': 'ip',
  'ipv6-addr:value': 'ip',
  'network-traffic:src_ref.value': 'ip',
  'network-traffic:dst_ref.value': 'ip',
  'domain-name:value': 'domain',
  'url:value': 'url',
  'email-addr:value': 'email',
  'email-message:from_ref.value': 'email',
  'email-message:sender_ref.value': 'email',
  'user-account:user_id': 'account',
  'user-account:account_login': 'account',
  'mac-addr:value': 'mac',
  'file:name': 'file-name',
  'network-traffic:extensions.http-request-ext.request_header.User-Agent': 'user-agent',
};

export function typeOf(property: string): IndicatorType {
  if (property.startsWith('file:hashes.')) return 'hash';
  return Object.hasOwn(typeOfProperty, property) ? (typeOfProperty[property] ?? 'other') : 'other';
}

/** One way to write each value, so that equal things are equal texts; undefined: no such value. */
export function canonical(type: IndicatorType, value: string): string | undefined {
  const text = value.trim();
  if (text === '' || text.length > MAX_VALUE) return undefined;
  switch (type) {
    case 'ip':
      return canonicalAddress(text);
    case 'domain': {
      const name = text.toLowerCase().replace(/\.$/, '');
      return /^[^\s/:@]+$/.test(name) ? name : undefined;
    }
    case 'url':
      return canonicalUrl(text);
    case 'hash':
      return /^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i.test(text)
        ? text.toLowerCase()
        : undefined;
    case 'mac': {
      const digits = text.toLowerCase().replace(/[-:.]/g, '');
      return /^[0-9a-f]{12}$/.test(digits) ? digits.replace(/(..)(?!$)/g, '$1:') : undefined;
    }
    case 'email':
    case 'account':
      return text.toLowerCase();
    default:
      return text;
  }
}

/** Scheme and host in lower case, no fragment: what servers see as the same. */
function canonicalUrl(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.hash = '';
  return url.href;
}

const hashNames: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256', 128: 'SHA-512' };
/** `SHA-256`, by how long it is; undefined: none that STIX has a name for. */
export const hashName = (hash: string): string | undefined => hashNames[hash.length];

/** Kinds that may show anything: the cyber world, and readers of the physical one. */
export const lookedAt: readonly ObservationKind[] = (
  Object.keys(observationKinds) as ObservationKind[]
).filter((kind) => observationKinds[kind] === 'cyber');

/** Somebody got in, or was let in: the address it came from is with us now. */
const gotIn: ReadonlySet<ObservationKind> = new Set<ObservationKind>([
  'login.succeeded',
  'account.elevated',
  'account.changed',
  'payout.changed',
]);

/** Everything that can be looked up, each once. */
export function shownBy({ kind, observables = {}, subjects, facts }: Observation): Shown[] {
  const shown = new Map<string, Shown>();
  const add = (type: IndicatorType, value: unknown, part: Part) => {
    const name = typeof value === 'string' ? canonical(type, value) : undefined;
    if (name === undefined) return;
    const key = `${type}\n${name}`;
    const known = shown.get(key);
    if (known === undefined || known.part === 'inbound') shown.set(key, { type, value: name, part });
  };
  add('ip', observables.ip, gotIn.has(kind) ? 'inside' : 'inbound');
  add('ip', observables['destination-ip'], 'outbound');
  add('domain', observables.domain, 'outbound');
  // Its own name for a shop, somebody else's for a proxy.
  add('domain', observables.host, 'outbound');
  add('url', observables.url, 'outbound');
  add('url', observables.referer, 'inbound');
  add('hash', observables.hash, 'inside');
  add('email', observables.email, 'inside');
  add('mac', observables.mac, 'inside');
  add('user-agent', observables['user-agent'], 'inbound');
  const account = subjects?.account ?? observables.account;
  add('account', account, 'inside');
  if (account?.includes('@')) add('email', account, 'inside');
  for (const file of [facts?.file, facts?.image])
    if (typeof file === 'string') add('file-name', file.split(/[\\/]/).at(-1), 'inside');
  return [...shown.values()];
}

/** The same, and what can only be compared, under the names of STIX. */
export function viewOf(observation: Observation, shown: readonly Shown[] = shownBy(observation)): View {
  const { observables = {}, facts = {} } = observation;
  const view = new Map<string, (string | number)[]>();
  const put = (property: string, value: unknown) => {
    if (typeof value !== 'number' && (typeof value !== 'string' || value === '')) return;
    const values = view.get(property);
    if (values === undefined) view.set(property, [value]);
    else if (!values.includes(value)) values.push(value);
  };
  for (const { type, value } of shown) for (const property of propertiesOf(type, value)) put(property, value);
  const source = observables.ip && canonical('ip', observables.ip);
  const target = observables['destination-ip'] && canonical('ip', observables['destination-ip']);
  put('network-traffic:src_ref.value', source);
  put('network-traffic:dst_ref.value', target);
  put('network-traffic:src_port', facts.sourcePort);
  put('network-traffic:dst_port', facts.destinationPort);
  put('network-traffic:protocols[*]', facts.protocol);
  put('network-traffic:extensions.http-request-ext.request_method', observables.method);
  put('network-traffic:extensions.http-request-ext.request_value', observables.path);
  put('process:command_line', facts.command);
  return view;
}

function propertiesOf(type: IndicatorType, value: string): string[] {
  switch (type) {
    case 'ip':
      return [value.includes(':') ? 'ipv6-addr:value' : 'ipv4-addr:value'];
    case 'hash': {
      const name = hashName(value);
      return name === undefined ? [] : [`file:hashes.${name}`];
    }
    case 'account':
      return ['user-account:account_login', 'user-account:user_id'];
    case 'domain':
    case 'url':
    case 'email':
    case 'mac':
    case 'file-name':
    case 'user-agent':
      return Object.keys(typeOfProperty).filter(
        (property) => typeOfProperty[property] === type && !property.startsWith('email-message'),
      );
    default:
      return [];
  }
}

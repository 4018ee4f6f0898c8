import type { ObservableClass } from './link-rules.ts';

/** Field names as sources write them; anything else is `other` unless it is listed as telling nothing. */
const classOfKey: Readonly<Record<string, ObservableClass>> = {
  ip: 'ip',
  address: 'ip',
  src: 'ip',
  srcip: 'ip',
  sourceip: 'ip',
  sourceaddress: 'ip',
  clientip: 'ip',
  remoteip: 'ip',
  remoteaddress: 'ip',
  account: 'account',
  user: 'account',
  username: 'account',
  login: 'account',
  badge: 'badge',
  hash: 'hash',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  filehash: 'hash',
  domain: 'domain',
  device: 'device',
  deviceid: 'device',
  mac: 'device',
  serial: 'device',
  fingerprint: 'device',
  session: 'session',
  sessionid: 'session',
  email: 'email',
  phone: 'phone',
  order: 'order',
  orderid: 'order',
  parcel: 'order',
  shipment: 'order',
  payment: 'payment',
  paymentid: 'payment',
  card: 'card',
  paymentcard: 'card',
  plate: 'plate',
  licenceplate: 'plate',
  licenseplate: 'plate',
};

/** Fields that thousands of unrelated requests share, or that differ in every one: they join nobody. */
const tellsNothing = new Set(
  'path url uri query method status code port srcport dstport dstip destinationip useragent agent referer referrer bytes size count protocol signature host hostname time timestamp message value'.split(
    ' ',
  ),
);

/** Names that exist on every machine and that everybody tries. */
export const commonAccounts: ReadonlySet<string> = new Set(
  'admin administrator root guest test user operator anonymous nobody www-data postgres oracle mysql ubuntu debian pi ftp support demo'.split(
    ' ',
  ),
);

/** Longest value that is compared: longer ones are documents, not names. */
const MAX_VALUE_LENGTH = 256;

const insideAddress =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/;

const normalised = new Map<string, ObservableClass | undefined>();
/** Sources with a new field name in every record must not fill the memory. */
const MAX_NORMALISED = 10_000;

function classOf(key: string): ObservableClass | undefined {
  const known = normalised.get(key);
  if (known !== undefined || normalised.has(key)) return known;
  const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  const found = tellsNothing.has(plain) ? undefined : (classOfKey[plain] ?? 'other');
  if (normalised.size < MAX_NORMALISED) normalised.set(key, found);
  return found;
}

/** What one observable names, in the form it is compared in. Undefined: nothing to join by. */
export function classifyObservable(
  key: string,
  value: string,
): { class: ObservableClass; value: string } | undefined {
  const found = classOf(key);
  const text = value.trim();
  if (found === undefined || text === '' || text === '-' || text.length > MAX_VALUE_LENGTH) return undefined;
  if (found === 'other') return { class: found, value: `${key}=${text}` };
  const plain = text.toLowerCase();
  if (found === 'ip') return { class: insideAddress.test(plain) ? 'inside-ip' : 'ip', value: plain };
  if (found === 'account' && commonAccounts.has(plain)) return { class: 'common-account', value: plain };
  return { class: found, value: plain };
}

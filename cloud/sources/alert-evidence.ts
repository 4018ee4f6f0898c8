/**
 * What a partner's alert carries as evidence, of any shape: looked through within bounds for the few things
 * that others may have seen too.
 */
import { isIP } from 'node:net';
import type { Subjects } from '../../devices/model/observation.ts';
import { isObject } from './json-line.ts';

const MAX_DEPTH = 8;
const MAX_VALUES = 5_000;
const MAX_VALUE_LENGTH = 512;
const MAX_SUBJECTS = 16;

/** Names of fields, lower case without punctuation, and what they are called here. */
const observableNames: Readonly<Record<string, string>> = {
  ip: 'ip',
  srcip: 'ip',
  sourceip: 'ip',
  sourceaddress: 'ip',
  clientip: 'ip',
  remoteip: 'ip',
  remoteaddress: 'ip',
  attackerip: 'ip',
  ipaddress: 'ip',
  dstip: 'destination-ip',
  destip: 'destination-ip',
  destinationip: 'destination-ip',
  destinationaddress: 'destination-ip',
  useragent: 'user-agent',
  url: 'path',
  uri: 'path',
  path: 'path',
  method: 'method',
  domain: 'domain',
  hash: 'hash',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  deviceid: 'device',
  mac: 'device',
  macaddress: 'device',
  email: 'email',
  phone: 'phone',
  orderid: 'order',
  order: 'order',
  parcel: 'order',
  session: 'session',
  sessionid: 'session',
  plate: 'plate',
  licenseplate: 'plate',
  licenceplate: 'plate',
  flowid: 'flow-id',
  communityid: 'community-id',
  hostname: 'host',
  host: 'host',
};
const accountNames = new Set(['account', 'accountname', 'user', 'username', 'login', 'userid']);
const badgeNames = new Set(['badge', 'badgeid', 'cardid', 'rfid']);

export interface Evidence {
  /** The first of each name. */
  observables: Record<string, string>;
  /** Every account and badge, each once. */
  subjects: Subjects[];
}

/** Pure. Looks at what comes first, and at no more than MAX_VALUES values. */
export function evidenceIn(root: unknown): Evidence {
  const observables: Record<string, string> = {};
  const subjects = new Map<string, Subjects>();
  let seen = 0;
  const note = (name: string, text: string): void => {
    if (text === '' || text.length > MAX_VALUE_LENGTH) return;
    const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
    const isAccount = accountNames.has(plain);
    if (isAccount || badgeNames.has(plain)) {
      if (subjects.size < MAX_SUBJECTS)
        subjects.set(`${plain} ${text.toLowerCase()}`, isAccount ? { account: text } : { badge: text });
      return;
    }
    const known = observableNames[plain];
    if (known === undefined || observables[known] !== undefined) return;
    const isAddress = known === 'ip' || known === 'destination-ip';
    if (isAddress && isIP(text) === 0) return;
    observables[known] = isAddress ? text.toLowerCase() : text;
  };
  // Breadth first, so that a deep heap of packets does not hide the address beside it.
  let level: { name: string; value: unknown }[] = [{ name: '', value: root }];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: { name: string; value: unknown }[] = [];
    for (const { name, value } of level) {
      if (++seen > MAX_VALUES) return { observables, subjects: [...subjects.values()] };
      if (typeof value === 'string') note(name, value);
      else if (typeof value === 'number') note(name, String(value));
      else if (Array.isArray(value))
        for (const entry of value.slice(0, MAX_VALUES)) next.push({ name, value: entry });
      else if (isObject(value))
        for (const [key, entry] of Object.entries(value).slice(0, MAX_VALUES))
          next.push({ name: key, value: entry });
    }
    level = next.slice(0, MAX_VALUES);
  }
  return { observables, subjects: [...subjects.values()] };
}

/** What observations show as STIX cyber observables, with identifiers that follow from what they are. Pure. */
import { type Observation, observationKinds } from '../../../devices/model/observation.ts';
import { canonical, hashName, shownBy } from '../matching/observable.ts';
import type { Redaction } from '../redaction.ts';
import type { StixObject } from '../taxii/resources.ts';
import { PHYSICAL_EXTENSION, PHYSICAL_TYPE } from './house-extensions.ts';
import { observableId, stixTime } from './identifiers.ts';

const made = (type: string, contributing: Record<string, unknown>, more: object = {}): StixObject => ({
  type,
  spec_version: '2.1',
  id: observableId(type, contributing),
  ...contributing,
  ...more,
});

/** Each once; never empty for what is physical. */
export function observablesOf(
  observation: Observation,
  redaction: Redaction,
  assetKind: string | undefined,
): StixObject[] {
  const found: StixObject[] = [];
  const addresses = new Map<string, string>();
  for (const { type, value } of shownBy(observation)) {
    const object = observableOf(type, value, redaction);
    if (object === undefined) continue;
    found.push(object);
    if (type === 'ip') addresses.set(value, object.id);
  }
  const traffic = trafficOf(observation, addresses);
  if (traffic !== undefined) found.push(traffic);
  if (observationKinds[observation.kind] === 'physical' || found.length === 0) {
    const { kind, asset, observedAt, value } = observation;
    found.push(
      made(
        PHYSICAL_TYPE,
        { kind, asset, observed: stixTime(observedAt) },
        {
          ...(assetKind === undefined ? {} : { asset_kind: assetKind }),
          ...(value === undefined ? {} : { measured: value }),
          extensions: { [PHYSICAL_EXTENSION]: { extension_type: 'new-sco' } },
        },
      ),
    );
  }
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

function observableOf(type: string, value: string, redaction: Redaction): StixObject | undefined {
  switch (type) {
    case 'ip':
      return made(value.includes(':') ? 'ipv6-addr' : 'ipv4-addr', { value });
    case 'domain':
      return made('domain-name', { value });
    case 'url':
      return made('url', { value });
    case 'mac':
      return made('mac-addr', { value });
    case 'hash': {
      const name = hashName(value);
      return name === undefined ? undefined : made('file', { hashes: { [name]: value } });
    }
    case 'file-name':
      return redaction.isOn ? undefined : made('file', { name: value });
    case 'email':
      return redaction.isOn ? undefined : made('email-addr', { value });
    case 'account': {
      const login = redaction.person({ account: value });
      return login === undefined ? undefined : made('user-account', { account_login: login });
    }
    default:
      return undefined;
  }
}

/** A connection is between two addresses that both are there. */
function trafficOf({ observables = {}, facts = {} }: Observation, ids: ReadonlyMap<string, string>) {
  const source = ids.get(canonical('ip', observables.ip ?? '') ?? '');
  const target = ids.get(canonical('ip', observables['destination-ip'] ?? '') ?? '');
  if (source === undefined || target === undefined) return undefined;
  const port = (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined;
  const [from, to] = [port(facts.sourcePort), port(facts.destinationPort)];
  const protocol = typeof facts.protocol === 'string' ? facts.protocol.toLowerCase() : undefined;
  return made('network-traffic', {
    src_ref: source,
    dst_ref: target,
    ...(from === undefined ? {} : { src_port: from }),
    ...(to === undefined ? {} : { dst_port: to }),
    protocols: [
      source.startsWith('ipv6') ? 'ipv6' : 'ipv4',
      ...(protocol !== undefined && /^(tcp|udp|icmp)$/.test(protocol) ? [protocol] : []),
    ],
  });
}

/** What Suricata writes of traffic beside its alerts: questions, requests, handshakes, flows. Pure. */
import type { Facts, LogEntry } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import {
  flatFields,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  present,
  textAt,
  wordAt,
} from './json-line.ts';
import { domainOf } from './name-server.ts';
import type { Reported } from './source.ts';

export const trafficKinds = ['dns', 'http', 'tls', 'flow', 'anomaly'] as const;
export type TrafficKind = (typeof trafficKinds)[number];

/** Since version 7 the queried name stands in `queries`; before, in `query` or directly. */
function queryIn(dns: JsonObject | undefined): JsonObject | undefined {
  for (const key of ['queries', 'query']) {
    const list = dns?.[key];
    const first: unknown = Array.isArray(list) ? list[0] : undefined;
    if (isObject(first)) return first;
  }
  return dns;
}

export const queriedName = (dns: JsonObject | undefined): string | undefined =>
  textAt(queryIn(dns), 'rrname');

/** Fields by Sigma's names beside the log's own. */
const logOf = (
  entry: JsonObject,
  service: TrafficKind,
  category: string,
  named: LogEntry['fields'],
): LogEntry => ({
  category,
  product: 'suricata',
  service,
  fields: { ...named, ...flatFields(entry) },
});

/**
 * One entry that is no alert; undefined: nothing for us. @param isOurs whether the other end is one of our servers:
 * what is asked of them is a web server's matter, what goes out a proxy's
 */
export function readTraffic(
  entry: JsonObject,
  type: TrafficKind,
  isOurs: boolean,
): Omit<Reported, 'observedAt'> | undefined {
  const ip = addressOf(textAt(entry, 'src_ip') ?? '');
  const target = addressOf(textAt(entry, 'dest_ip') ?? '');
  if (ip === undefined || target === undefined) return undefined;
  const flowId = wordAt(entry, 'flow_id');
  const ends = {
    ip,
    'destination-ip': target,
    'flow-id': flowId,
    'community-id': textAt(entry, 'community_id'),
  };
  const facts: Record<string, Facts[string] | undefined> = {
    protocol: textAt(entry, 'proto'),
    sourcePort: numberAt(entry, 'src_port'),
    destinationPort: numberAt(entry, 'dest_port'),
    application: textAt(entry, 'app_proto'),
  };
  const sigma = present<string | number>({
    src_ip: ip,
    dst_ip: target,
    src_port: numberAt(entry, 'src_port'),
    dst_port: numberAt(entry, 'dest_port'),
  });
  const part = objectAt(entry, type);
  if (type === 'anomaly') {
    const event = textAt(part, 'event');
    return {
      kind: 'network.alerted',
      observables: present(ends),
      facts: present({
        ...facts,
        application: textAt(part, 'app_proto') ?? textAt(entry, 'app_proto'),
        anomaly: event,
        type: textAt(part, 'type'),
      }),
      log: logOf(entry, type, 'network', sigma),
    };
  }
  if (type === 'dns') {
    const query = queryIn(part);
    const name = textAt(query, 'rrname');
    // An answer repeats its question; only that there is no such name is news.
    const isAnswer = textAt(part, 'type') === 'answer' || textAt(part, 'type') === 'response';
    const code = textAt(part, 'rcode');
    if (name === undefined || (isAnswer && code !== 'NXDOMAIN')) return undefined;
    const kind = textAt(query, 'rrtype');
    return {
      kind: 'domain.resolved',
      // Of an answer, the one who asked is its destination.
      observables: present({
        ...ends,
        ip: isAnswer ? target : ip,
        'destination-ip': isAnswer ? ip : target,
        domain: domainOf(name),
      }),
      facts: present({
        ...facts,
        type: kind,
        ...(isAnswer ? { answered: true, succeeded: false, answer: code } : {}),
      }),
      log: logOf(
        entry,
        type,
        'dns',
        present({ ...sigma, query: domainOf(name), record_type: kind, answer: code }),
      ),
    };
  }
  if (type === 'http') {
    const url = textAt(part, 'url');
    if (url === undefined) return undefined;
    const method = textAt(part, 'http_method');
    const agent = textAt(part, 'http_user_agent');
    const host = textAt(part, 'hostname');
    const status = numberAt(part, 'status');
    const referer = textAt(part, 'http_refer');
    return {
      kind: 'network.connected',
      observables: present({
        ...ends,
        path: url,
        method,
        'user-agent': agent,
        domain: host?.toLowerCase(),
        referer,
      }),
      facts: present({ ...facts, application: 'http', action: 'allowed', status }),
      log: logOf(
        entry,
        type,
        isOurs ? 'webserver' : 'proxy',
        present<string | number>({
          ...sigma,
          'c-ip': ip,
          'cs-method': method,
          'c-uri': url,
          'cs-uri-query': url,
          'cs-uri-stem': url.split('?')[0],
          'c-useragent': agent,
          'cs-user-agent': agent,
          'cs-host': host,
          'cs-referer': referer,
          'sc-status': status,
        }),
      ),
    };
  }
  if (type === 'tls') {
    const name = textAt(part, 'sni');
    return {
      kind: 'network.connected',
      observables: present({
        ...ends,
        domain: name === undefined ? undefined : domainOf(name),
        fingerprint: textAt(objectAt(part, 'ja3'), 'hash') ?? textAt(part, 'ja4'),
      }),
      facts: present({
        ...facts,
        application: 'tls',
        action: 'allowed',
        version: textAt(part, 'version'),
        subject: textAt(part, 'subject'),
        issuer: textAt(part, 'issuerdn'),
      }),
      log: logOf(entry, type, 'network', sigma),
    };
  }
  const state = textAt(part, 'state');
  return {
    kind: 'network.connected',
    observables: present(ends),
    facts: present({
      ...facts,
      action: state === 'bypassed' ? 'allowed' : 'closed',
      state,
      bytesOut: numberAt(part, 'bytes_toserver'),
      bytesIn: numberAt(part, 'bytes_toclient'),
      alerted: part?.alerted === true ? true : undefined,
    }),
    log: logOf(
      entry,
      type,
      'firewall',
      present({ ...sigma, action: 'allow', protocol: textAt(entry, 'proto') }),
    ),
  };
}

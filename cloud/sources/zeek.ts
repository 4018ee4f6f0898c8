import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import type { Facts } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { anyInstant } from './instants.ts';
import { flatFields, type JsonObject, jsonObject, numberAt, present, textAt } from './json-line.ts';
import { domainOf } from './name-server.ts';
import { fitText } from './plain-text.ts';
import { zeekSamples } from './samples/zeek.ts';
import { type Reported, sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 128 * 1024;
const MAX_ADDRESSES = 4_096;

/** Logs that are read; their names are in `_path`, or the setting says which one a file is. */
const paths = [
  'conn',
  'dns',
  'http',
  'ssl',
  'ssh',
  'files',
  'notice',
  'weird',
  'x509',
  'smb_files',
  'dce_rpc',
  'rdp',
  'kerberos',
  'dhcp',
] as const;

const settings = z.object({
  /** Which log it is, where its lines do not say so in `_path`. */
  log: z.enum(paths).optional(),
  /** Assets behind the addresses that the sensor sees. */
  addresses: z
    .record(z.union([z.ipv4(), z.ipv6()]), identifier)
    .refine(
      (addresses) => Object.keys(addresses).length <= MAX_ADDRESSES,
      `at most ${MAX_ADDRESSES} addresses`,
    )
    .default({}),
});

/** Which log a line without a name comes from, by what only that one has. */
function guessed(entry: JsonObject): string | undefined {
  if ('conn_state' in entry) return 'conn';
  if ('qtype_name' in entry || ('query' in entry && 'trans_id' in entry)) return 'dns';
  if ('status_code' in entry || ('method' in entry && 'uri' in entry)) return 'http';
  if ('note' in entry) return 'notice';
  if ('server_name' in entry || 'cipher' in entry) return 'ssl';
  if ('auth_success' in entry || 'auth_attempts' in entry) return 'ssh';
  if ('fuid' in entry && 'seen_bytes' in entry) return 'files';
  return undefined;
}

/** A connection's state, as Zeek's documentation lists them. */
const actions: Readonly<Record<string, string>> = {
  S0: 'failed',
  REJ: 'blocked',
  RSTO: 'reset',
  RSTR: 'reset',
  RSTOS0: 'reset',
  RSTRH: 'reset',
  SF: 'closed',
  S1: 'opened',
};

const categories: Readonly<Record<string, string>> = { dns: 'dns', conn: 'firewall' };

/** JSON logs of Zeek, one object a line. Notices are judgements of their own. */
export const zeek = sourceFormat({
  name: 'zeek',
  title: 'Zeek network sensor',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings,
  reader({ log, addresses }, { timeZone }) {
    const assetAt = new Map(Object.entries(addresses).map(([ip, asset]) => [ip.toLowerCase(), asset]));
    return (input) => {
      const entry = jsonObject(input);
      if (typeof entry === 'string') return { refused: entry };
      const path = textAt(entry, '_path') ?? log ?? guessed(entry);
      if (path === undefined) return { refused: '_path: missing, and nothing says which log it is' };
      if (!(paths as readonly string[]).includes(path)) return { ignored: true };
      const observedAt = anyInstant(entry.ts ?? entry._write_ts, timeZone);
      if (observedAt === undefined) return { refused: 'ts: expected seconds or an ISO 8601 time' };
      const found = readEntry(entry, path);
      if (found === undefined) return { ignored: true };
      const { observables } = found;
      const ours = assetAt.get(observables?.['destination-ip'] ?? '');
      const asset = ours ?? assetAt.get(observables?.ip ?? '');
      const category = path === 'http' ? (ours === undefined ? 'proxy' : 'webserver') : categories[path];
      return {
        reported: [
          {
            ...found,
            observedAt,
            ...(asset === undefined ? {} : { asset }),
            log: {
              ...(category === undefined ? {} : { category }),
              product: 'zeek',
              service: path,
              fields: { ...sigmaFields(entry, path), ...flatFields(entry) },
            },
          },
        ],
      };
    };
  },
  samples: zeekSamples,
});

/** Names of Sigma's taxonomy beside Zeek's own. */
function sigmaFields(entry: JsonObject, path: string): Record<string, string | number> {
  const uri = textAt(entry, 'uri');
  return present<string | number>({
    src_ip: textAt(entry, 'id.orig_h'),
    dst_ip: textAt(entry, 'id.resp_h'),
    src_port: numberAt(entry, 'id.orig_p'),
    dst_port: numberAt(entry, 'id.resp_p'),
    ...(path === 'dns' ? { record_type: textAt(entry, 'qtype_name'), answer: undefined } : {}),
    ...(path === 'http'
      ? {
          'c-ip': textAt(entry, 'id.orig_h'),
          'cs-method': textAt(entry, 'method'),
          'c-uri': uri,
          'cs-uri-query': uri,
          'cs-uri-stem': uri?.split('?')[0],
          'c-useragent': textAt(entry, 'user_agent'),
          'cs-user-agent': textAt(entry, 'user_agent'),
          'cs-host': textAt(entry, 'host'),
          'cs-referer': textAt(entry, 'referrer'),
          'sc-status': numberAt(entry, 'status_code'),
        }
      : {}),
  });
}

function readEntry(entry: JsonObject, path: string): Omit<Reported, 'observedAt'> | undefined {
  const ip = addressOf(textAt(entry, 'id.orig_h') ?? textAt(entry, 'src') ?? '');
  const target = addressOf(textAt(entry, 'id.resp_h') ?? textAt(entry, 'dst') ?? '');
  const ends = {
    ip,
    'destination-ip': target,
    'flow-id': textAt(entry, 'uid'),
    'community-id': textAt(entry, 'community_id'),
  };
  const facts: Record<string, Facts[string] | undefined> = {
    protocol: textAt(entry, 'proto'),
    sourcePort: numberAt(entry, 'id.orig_p'),
    destinationPort: numberAt(entry, 'id.resp_p'),
  };
  const named = (name: string | undefined) => (name === undefined ? undefined : domainOf(name));
  switch (path) {
    case 'conn':
      return {
        kind: 'network.connected',
        observables: present(ends),
        facts: present({
          ...facts,
          action: actions[textAt(entry, 'conn_state') ?? ''] ?? 'allowed',
          state: textAt(entry, 'conn_state'),
          application: textAt(entry, 'service'),
          bytesOut: numberAt(entry, 'orig_bytes'),
          bytesIn: numberAt(entry, 'resp_bytes'),
          durationSeconds: numberAt(entry, 'duration'),
        }),
      };
    case 'dns': {
      const domain = named(textAt(entry, 'query'));
      if (domain === undefined) return undefined;
      const code = textAt(entry, 'rcode_name');
      return {
        kind: 'domain.resolved',
        observables: present({ ...ends, domain }),
        facts: present({
          ...facts,
          type: textAt(entry, 'qtype_name'),
          ...(code === undefined ? {} : { answered: true, answer: code, succeeded: code === 'NOERROR' }),
        }),
      };
    }
    case 'http':
      return {
        kind: 'network.connected',
        observables: present({
          ...ends,
          path: textAt(entry, 'uri'),
          method: textAt(entry, 'method'),
          'user-agent': textAt(entry, 'user_agent'),
          domain: named(textAt(entry, 'host')),
          referer: textAt(entry, 'referrer'),
        }),
        facts: present({
          ...facts,
          application: 'http',
          action: 'allowed',
          status: numberAt(entry, 'status_code'),
        }),
        ...(textAt(entry, 'username') === undefined
          ? {}
          : { subjects: { account: textAt(entry, 'username') ?? '' } }),
      };
    case 'ssl':
      return {
        kind: 'network.connected',
        observables: present({
          ...ends,
          domain: named(textAt(entry, 'server_name')),
          fingerprint: textAt(entry, 'ja3') ?? textAt(entry, 'ja4'),
        }),
        facts: present({
          ...facts,
          application: 'tls',
          action: entry.established === false ? 'failed' : 'allowed',
          version: textAt(entry, 'version'),
          subject: textAt(entry, 'subject'),
          issuer: textAt(entry, 'issuer'),
          validation: textAt(entry, 'validation_status'),
        }),
      };
    case 'ssh': {
      // Zeek infers the outcome from the lengths of what it sees; unsure ones are connections.
      const outcome = entry.auth_success;
      if (typeof outcome !== 'boolean')
        return {
          kind: 'network.connected',
          observables: present(ends),
          facts: present({ ...facts, application: 'ssh', action: 'opened' }),
        };
      return {
        kind: outcome ? 'login.succeeded' : 'login.failed',
        observables: present(ends),
        facts: present({
          ...facts,
          service: 'ssh',
          attempts: numberAt(entry, 'auth_attempts'),
          client: textAt(entry, 'client'),
        }),
      };
    }
    case 'notice': {
      const note = textAt(entry, 'note');
      if (note === undefined) return undefined;
      const message = textAt(entry, 'msg') ?? note;
      return {
        kind: 'network.alerted',
        observables: present(ends),
        facts: present({
          ...facts,
          signature: note,
          text: fitText(message, 512),
          detail: textAt(entry, 'sub'),
        }),
        judged: {
          rule: fitText(`zeek:${note}`, 256),
          severity: 'medium',
          summary: fitText(`${note}: ${message}`, 1_000),
        },
      };
    }
    case 'dhcp':
      // Who got which address: the machine is named, not the sensor.
      return {
        kind: 'host.logged',
        observables: present({
          ip: addressOf(textAt(entry, 'assigned_addr') ?? textAt(entry, 'client_addr') ?? ''),
          device: textAt(entry, 'mac')?.toLowerCase(),
        }),
        facts: present({
          application: 'dhcp',
          name: textAt(entry, 'host_name') ?? textAt(entry, 'client_fqdn'),
          leaseSeconds: numberAt(entry, 'lease_time'),
        }),
      };
    case 'files':
      return {
        kind: 'file.changed',
        observables: present({
          ...ends,
          hash: textAt(entry, 'sha256') ?? textAt(entry, 'sha1') ?? textAt(entry, 'md5'),
        }),
        facts: present({
          ...facts,
          file: textAt(entry, 'filename'),
          change: 'transferred',
          type: textAt(entry, 'mime_type'),
        }),
      };
    default:
      return {
        kind: 'network.connected',
        observables: present({ ...ends, domain: named(textAt(entry, 'san.dns')) }),
        facts: present({
          ...facts,
          application: path,
          name: textAt(entry, 'name') ?? textAt(entry, 'endpoint'),
        }),
      };
  }
}

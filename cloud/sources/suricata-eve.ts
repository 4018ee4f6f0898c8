import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import { identifier } from '../../devices/model/identifiers.ts';
import { isoInstant } from './instants.ts';
import { isObject, type JsonObject, jsonObject, numberAt, objectAt, present, textAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { sourceFormat } from './source.ts';

/** An alert may carry its packet and its payload. */
const MAX_LINE_BYTES = 256 * 1024;
const MAX_ADDRESSES = 4_096;

/** Suricata's priorities: 1 is the most serious. */
const severities: Readonly<Record<number, Severity>> = { 1: 'high', 2: 'medium', 3: 'low' };

/** MITRE ATT&CK tactics for the classes of classification.config, where a signature names none itself. */
const tacticOfCategory: Readonly<Record<string, string>> = {
  'Attempted Information Leak': 'TA0043',
  'Detection of a Network Scan': 'TA0043',
  'Attempted Administrator Privilege Gain': 'TA0001',
  'Attempted User Privilege Gain': 'TA0001',
  'Successful Administrator Privilege Gain': 'TA0004',
  'Successful User Privilege Gain': 'TA0004',
  'Web Application Attack': 'TA0001',
  'Access to a Potentially Vulnerable Web Application': 'TA0043',
  'Executable Code was Detected': 'TA0002',
  'Exploit Kit Activity Detected': 'TA0002',
  'A Network Trojan was detected': 'TA0011',
  'Malware Command and Control Activity Detected': 'TA0011',
  'Domain Observed Used for C2 Detected': 'TA0011',
  'Successful Credential Theft Detected': 'TA0006',
  'An attempted login using a suspicious username was detected': 'TA0006',
  'Attempt to login by a default username and password': 'TA0006',
  'Large Scale Information Leak': 'TA0010',
  'Information Leak': 'TA0010',
  'Denial of Service': 'TA0040',
  'Attempted Denial of Service': 'TA0040',
};

const settings = z.object({
  /** Assets behind the addresses that the sensor sees: an alert is about those that take part. */
  addresses: z
    .record(z.union([z.ipv4(), z.ipv6()]), identifier)
    .refine(
      (addresses) => Object.keys(addresses).length <= MAX_ADDRESSES,
      `at most ${MAX_ADDRESSES} addresses`,
    )
    .default({}),
});

/** The first of a signature's metadata values, as EVE writes them: `{"mitre_tactic_id": ["TA0001"]}`. */
function metadataOf(alert: JsonObject, key: string): string | undefined {
  const values = objectAt(alert, 'metadata')?.[key];
  const first: unknown = Array.isArray(values) ? values[0] : values;
  return typeof first === 'string' && /^TA?\d{4}(?:\.\d{3})?$/.test(first) ? first : undefined;
}

/** Since version 7 the queried name stands in `queries`; before, in `query` or directly. */
function queriedName(dns: JsonObject | undefined): string | undefined {
  if (dns === undefined) return undefined;
  for (const key of ['queries', 'query']) {
    const list = dns[key];
    const first: unknown = Array.isArray(list) ? list[0] : undefined;
    if (isObject(first)) return textAt(first, 'rrname');
  }
  return textAt(dns, 'rrname');
}

const at = Date.UTC(2026, 10, 23, 7, 0, 1, 123);
const alertLine = (alert: string, rest = '') =>
  `{"timestamp":"2026-11-23T07:00:01.123456+0000","flow_id":1736432186452213,"event_type":"alert","src_ip":"203.0.113.7","src_port":40122,"dest_ip":"10.0.1.5","dest_port":443,"proto":"TCP"${rest},"alert":${alert}}`;

/** EVE, Suricata's JSON log: alerts are taken, other kinds of entries are passed over. */
export const suricataEve = sourceFormat({
  name: 'suricata-eve',
  title: 'Suricata network sensor',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings,
  reader({ addresses }, { timeZone }) {
    const assetAt = new Map(Object.entries(addresses).map(([ip, asset]) => [ip.toLowerCase(), asset]));
    return (input) => {
      const entry = jsonObject(input);
      if (typeof entry === 'string') return { refused: entry };
      const type = textAt(entry, 'event_type');
      if (type === undefined) return { refused: 'event_type: missing' };
      if (type !== 'alert') return { ignored: true };
      const alert = objectAt(entry, 'alert');
      const signatureId = numberAt(alert, 'signature_id');
      if (alert === undefined || signatureId === undefined) return { refused: 'alert.signature_id: missing' };
      const time = textAt(entry, 'timestamp');
      const observedAt = time === undefined ? undefined : isoInstant(time, timeZone);
      if (observedAt === undefined) return { refused: 'timestamp: expected an ISO 8601 time' };

      // Where a signature says who attacks whom, that counts; the packet may have gone the other way.
      const source = textAt(objectAt(alert, 'source'), 'ip') ?? textAt(entry, 'src_ip');
      const target = textAt(objectAt(alert, 'target'), 'ip') ?? textAt(entry, 'dest_ip');
      const signature = textAt(alert, 'signature') ?? `signature ${signatureId}`;
      const category = textAt(alert, 'category');
      const stated = numberAt(alert, 'severity');
      const tactic =
        metadataOf(alert, 'mitre_tactic_id') ??
        metadataOf(alert, 'mitre_technique_id') ??
        tacticOfCategory[category ?? ''];
      const http = objectAt(entry, 'http');
      const flowId = numberAt(entry, 'flow_id');
      const assets = [target, source].flatMap((ip) => assetAt.get(ip?.toLowerCase() ?? '') ?? []);
      const [asset] = assets;
      return {
        reported: [
          {
            kind: 'network.alerted',
            observedAt,
            observables: present({
              ip: source?.toLowerCase(),
              'destination-ip': target?.toLowerCase(),
              'flow-id': flowId === undefined ? undefined : String(flowId),
              'community-id': textAt(entry, 'community_id'),
              host: textAt(http, 'hostname'),
              path: textAt(http, 'url'),
              method: textAt(http, 'http_method'),
              'user-agent': textAt(http, 'http_user_agent'),
              domain: textAt(objectAt(entry, 'tls'), 'sni') ?? queriedName(objectAt(entry, 'dns')),
            }),
            facts: present<string | number>({
              signature,
              signatureId,
              category,
              priority: stated,
              action: textAt(alert, 'action'),
              protocol: textAt(entry, 'proto'),
              application: textAt(entry, 'app_proto'),
              sourcePort: numberAt(entry, 'src_port'),
              destinationPort: numberAt(entry, 'dest_port'),
              status: numberAt(http, 'status'),
            }),
            ...(asset === undefined ? {} : { asset }),
            judged: {
              rule: `suricata:${signatureId}`,
              severity: stated === undefined ? 'medium' : (severities[stated] ?? 'info'),
              summary: fitText(
                `${signature}: ${source ?? 'somebody'} to ${target ?? 'somebody'}${textAt(alert, 'action') === 'blocked' ? ', blocked' : ''}`,
                1_000,
              ),
              ...(tactic === undefined ? {} : { tactic }),
              ...(assets.length === 0 ? {} : { assets: [...new Set(assets)] }),
            },
          },
        ],
      };
    };
  },
  samples: [
    {
      name: 'an attack on the web shop',
      settings: { addresses: { '10.0.1.5': 'web-shop' } },
      input: alertLine(
        '{"action":"allowed","gid":1,"signature_id":2006446,"rev":13,"signature":"ET WEB_SERVER Possible SQL Injection Attempt UNION SELECT","category":"Web Application Attack","severity":1}',
        ',"community_id":"1:abc=","http":{"hostname":"shop.example","url":"/p?id=1+UNION+SELECT","http_method":"GET","http_user_agent":"sqlmap/1.8","status":200}',
      ),
      expect: {
        reported: [
          {
            kind: 'network.alerted',
            observedAt: at,
            observables: {
              ip: '203.0.113.7',
              'destination-ip': '10.0.1.5',
              'flow-id': '1736432186452213',
              'community-id': '1:abc=',
              host: 'shop.example',
              path: '/p?id=1+UNION+SELECT',
              method: 'GET',
              'user-agent': 'sqlmap/1.8',
            },
            facts: {
              signature: 'ET WEB_SERVER Possible SQL Injection Attempt UNION SELECT',
              signatureId: 2_006_446,
              category: 'Web Application Attack',
              priority: 1,
              action: 'allowed',
              protocol: 'TCP',
              sourcePort: 40_122,
              destinationPort: 443,
              status: 200,
            },
            asset: 'web-shop',
            judged: {
              rule: 'suricata:2006446',
              severity: 'high',
              summary: 'ET WEB_SERVER Possible SQL Injection Attempt UNION SELECT: 203.0.113.7 to 10.0.1.5',
              tactic: 'TA0001',
              assets: ['web-shop'],
            },
          },
        ],
      },
    },
    {
      name: 'a blocked answer of a trojan: the signature says who the attacker is and which tactic',
      input: alertLine(
        '{"action":"blocked","signature_id":9,"signature":"C2","severity":3,"source":{"ip":"198.51.100.66"},"target":{"ip":"10.0.1.7"},"metadata":{"mitre_tactic_id":["TA0011"]}}',
        ',"dns":{"queries":[{"rrname":"evil.example"}]}',
      ),
      expect: {
        reported: [
          {
            kind: 'network.alerted',
            observedAt: at,
            observables: {
              ip: '198.51.100.66',
              'destination-ip': '10.0.1.7',
              'flow-id': '1736432186452213',
              domain: 'evil.example',
            },
            facts: {
              signature: 'C2',
              signatureId: 9,
              priority: 3,
              action: 'blocked',
              protocol: 'TCP',
              sourcePort: 40_122,
              destinationPort: 443,
            },
            judged: {
              rule: 'suricata:9',
              severity: 'low',
              summary: 'C2: 198.51.100.66 to 10.0.1.7, blocked',
              tactic: 'TA0011',
            },
          },
        ],
      },
    },
    {
      name: 'a flow',
      input: '{"timestamp":"2026-11-23T07:00:01.123456+0000","event_type":"flow","flow":{"pkts_toserver":1}}',
      expect: { ignored: true },
    },
    {
      name: 'an alert without a signature',
      input: '{"timestamp":"2026-11-23T07:00:01.123456+0000","event_type":"alert"}',
      expect: { refused: 'alert.signature_id: missing' },
    },
    { name: 'no JSON', input: '11/23/2026-07:00:01 [**] [1:9:1] x', expect: { refused: 'not JSON' } },
  ],
});

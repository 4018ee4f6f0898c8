import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import { identifier } from '../../devices/model/identifiers.ts';
import { isoInstant } from './instants.ts';
import { flatFields, type JsonObject, jsonObject, numberAt, objectAt, present, textAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { suricataEveSamples } from './samples/suricata-eve.ts';
import { sourceFormat } from './source.ts';
import { Fold } from './suricata-fold.ts';
import { queriedName, readTraffic, trafficKinds } from './suricata-traffic.ts';

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
  /** What is taken beside alerts; a busy line writes thousands of them a second, most of which repeat one another. */
  traffic: z
    .array(z.enum(trafficKinds))
    .max(trafficKinds.length)
    .default([...trafficKinds]),
  /** The same two ends about the same matter are kept so often; 0: always. See suricata-fold.ts. */
  repeatMs: z.number().int().min(0).max(3_600_000).default(60_000),
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

/** The packet itself, in base64, is for other tools. */
const withoutPacket = ({ payload: _payload, packet: _packet, ...rest }: JsonObject): JsonObject => rest;

/** EVE, Suricata's JSON log: alerts, and of the traffic what is asked for; other entries are passed over. */
export const suricataEve = sourceFormat({
  name: 'suricata-eve',
  title: 'Suricata network sensor',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings,
  reader({ addresses, traffic, repeatMs }, { timeZone }) {
    const fold = new Fold(repeatMs);
    const assetAt = new Map(Object.entries(addresses).map(([ip, asset]) => [ip.toLowerCase(), asset]));
    return (input) => {
      const entry = jsonObject(input);
      if (typeof entry === 'string') return { refused: entry };
      const type = textAt(entry, 'event_type');
      if (type === undefined) return { refused: 'event_type: missing' };
      const kind = traffic.find((one) => one === type);
      if (kind !== undefined) {
        const seenAt = isoInstant(textAt(entry, 'timestamp') ?? '', timeZone);
        if (seenAt === undefined) return { refused: 'timestamp: expected an ISO 8601 time' };
        const ours = assetAt.get(textAt(entry, 'dest_ip')?.toLowerCase() ?? '');
        const read = readTraffic(entry, kind, ours !== undefined);
        const found = read === undefined ? undefined : fold.take(kind, read, seenAt);
        const about = ours ?? assetAt.get(textAt(entry, 'src_ip')?.toLowerCase() ?? '');
        if (found === undefined) return { ignored: true };
        return {
          reported: [{ ...found, observedAt: seenAt, ...(about === undefined ? {} : { asset: about }) }],
        };
      }
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
            log: {
              category: 'network',
              product: 'suricata',
              service: 'alert',
              fields: flatFields(withoutPacket(entry)),
            },
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
  samples: suricataEveSamples,
});

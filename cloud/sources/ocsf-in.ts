import { z } from 'zod';
import { type Severity, severities } from '../../devices/model/detection.ts';
import type { Facts, ObservationKind } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { anyInstant } from './instants.ts';
import {
  countAt,
  flatFields,
  isObject,
  type JsonObject,
  jsonObject,
  objectAt,
  objectIn,
  present,
  textAt,
  wordAt,
} from './json-line.ts';
import { accountActivities, connectionActivities, fileActivities } from './ocsf.ts';
import { fitText } from './plain-text.ts';
import { ocsfSamples } from './samples/ocsf.ts';
import { type Reported, sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 256 * 1024;
/** A finding's resources that are named as assets. */
const MAX_RESOURCES = 16;

const nameOf = (table: Readonly<Record<string, number>>, activity: number | undefined): string | undefined =>
  Object.keys(table).find((name) => table[name] === activity);

/** OCSF's severities 1 (informational) to 6 (fatal); unknown and other are worth a look. */
const severityOf = (id: number | undefined): Severity =>
  id === undefined || id < 1 || id > 6 ? 'medium' : (severities[Math.min(id, 5) - 1] ?? 'medium');

/** Kind of a class and its activity; undefined: nothing for us (a process ended, a file was read). */
function kindOf(
  classUid: number,
  activity: number | undefined,
  failed: boolean,
): ObservationKind | undefined {
  switch (classUid) {
    case 3002:
      return activity === 1 ? (failed ? 'login.failed' : 'login.succeeded') : undefined;
    case 3001:
      return 'account.changed';
    case 3003:
    case 3005:
      return 'account.elevated';
    case 4001:
      return 'network.connected';
    case 4002:
    case 6001:
      return 'web.requested';
    case 4003:
      return 'domain.resolved';
    case 1001:
      return activity === 2 ? undefined : 'file.changed';
    case 1007:
      return activity === 1 ? 'process.started' : undefined;
    case 2001:
    case 2004:
      return 'network.alerted';
    case 0:
    case 1008:
    case 2002:
    case 2003:
    case 2005:
      return 'host.logged';
    default:
      return undefined;
  }
}

/** Sigma's kinds of log for classes that have one. */
const categories: Readonly<Record<number, string>> = {
  1001: 'file_event',
  1007: 'process_creation',
  3002: 'authentication',
  4001: 'network_connection',
  4002: 'webserver',
  4003: 'dns',
};

const endpoint = (event: JsonObject, key: string) => {
  const one = objectAt(event, key);
  return {
    ip: addressOf(textAt(one, 'ip') ?? ''),
    host: textAt(one, 'hostname') ?? textAt(one, 'domain'),
    port: countAt(one, 'port'),
  };
};

/** Events of other tools in OCSF, one JSON object a line: the classes that say what was done, and findings. */
export const ocsfIn = sourceFormat({
  name: 'ocsf',
  title: 'OCSF events',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  reader(_, { timeZone }) {
    return (input) => {
      const event = jsonObject(input);
      if (typeof event === 'string') return { refused: event };
      const classUid = countAt(event, 'class_uid');
      if (classUid === undefined) return { refused: 'class_uid: missing' };
      const observedAt = anyInstant(event.time ?? event.time_dt, timeZone);
      if (observedAt === undefined) return { refused: 'time: expected milliseconds or an ISO 8601 time' };
      const activity = countAt(event, 'activity_id');
      const kind = kindOf(classUid, activity, countAt(event, 'status_id') === 2);
      if (kind === undefined) return { ignored: true };
      const source = endpoint(event, 'src_endpoint');
      const target = endpoint(event, 'dst_endpoint');
      const device = objectAt(event, 'device');
      const user = objectAt(event, 'user') ?? objectIn(event, 'actor', 'user');
      const account = textAt(user, 'name') ?? textAt(user, 'email_addr') ?? wordAt(user, 'uid');
      const by = textAt(objectIn(event, 'actor', 'user'), 'name');
      const request = objectAt(event, 'http_request');
      const url = objectAt(request, 'url');
      const process = objectAt(event, 'process');
      const file = objectAt(event, 'file') ?? objectAt(process, 'file');
      const hashes: unknown = file?.hashes;
      const hash: unknown = Array.isArray(hashes) ? hashes[0] : undefined;
      const query = objectAt(event, 'query');
      const finding = objectAt(event, 'finding_info') ?? objectAt(event, 'finding');
      const host = textAt(device, 'hostname');
      const status = countAt(event, 'status_id');
      const title = textAt(finding, 'title');
      const change =
        classUid === 3001
          ? (nameOf(accountActivities, activity) ?? 'changed')
          : classUid === 1001
            ? (nameOf(fileActivities, activity) ?? 'changed')
            : undefined;
      const facts: Facts = present<string | number | boolean>({
        host,
        product: textAt(objectIn(event, 'metadata', 'product'), 'name'),
        classUid,
        activity,
        change,
        succeeded: status === 1 ? true : status === 2 ? false : undefined,
        by: by === account ? undefined : by,
        sourcePort: source.port,
        destinationPort: target.port,
        action: classUid === 4001 ? nameOf(connectionActivities, activity) : undefined,
        status: countAt(objectAt(event, 'http_response'), 'code'),
        command: textAt(process, 'cmd_line'),
        image: classUid === 1007 ? textAt(file, 'path') : undefined,
        file: classUid === 1001 ? textAt(file, 'path') : undefined,
        type: textAt(query, 'type'),
        signature: title,
        text: textAt(event, 'message'),
      });
      const reported: Reported = {
        kind,
        observedAt,
        observables: present({
          ip: source.ip ?? addressOf(textAt(device, 'ip') ?? ''),
          host: source.host,
          'destination-ip': target.ip,
          domain: textAt(query, 'hostname'),
          path: textAt(url, 'url_string') ?? textAt(url, 'path'),
          method: textAt(request, 'http_method'),
          'user-agent': textAt(request, 'user_agent'),
          referer: textAt(request, 'referrer'),
          hash: isObject(hash) ? textAt(hash, 'value')?.toLowerCase() : undefined,
        }),
        facts,
        ...(account === undefined ? {} : { subjects: { account } }),
        ...(host === undefined ? {} : { asset: host }),
        log: {
          ...logsourceOf(event, classUid),
          fields: { ...sigmaFields(facts, account), ...flatFields(event) },
        },
      };
      if (classUid !== 2004 && classUid !== 2001) return { reported: [reported] };
      return { reported: [{ ...reported, judged: judgedOf(event, title) }] };
    };
  },
  samples: ocsfSamples,
});

function logsourceOf(event: JsonObject, classUid: number): { category?: string; product?: string } {
  const system = textAt(objectIn(event, 'device', 'os'), 'type')?.toLowerCase();
  return present({
    category: categories[classUid],
    product: system === 'windows' || system === 'linux' || system === 'macos' ? system : undefined,
  });
}

const sigmaFields = ({ command, image, file }: Facts, account: string | undefined) =>
  present({ CommandLine: command, Image: image, TargetFilename: file, User: account });

function judgedOf(event: JsonObject, title: string | undefined): NonNullable<Reported['judged']> {
  const product = textAt(objectIn(event, 'metadata', 'product'), 'name') ?? 'ocsf';
  const attacks: unknown = event.attacks ?? objectAt(event, 'finding_info')?.attacks;
  const attack: unknown = Array.isArray(attacks) ? attacks[0] : undefined;
  const tactic = isObject(attack)
    ? (wordAt(objectAt(attack, 'technique'), 'uid') ?? wordAt(objectAt(attack, 'tactic'), 'uid'))
    : undefined;
  const resources: unknown = event.resources;
  const assets = (Array.isArray(resources) ? resources.slice(0, MAX_RESOURCES) : [])
    .filter(isObject)
    .flatMap((resource) => textAt(resource, 'name') ?? textAt(resource, 'uid') ?? []);
  const analytic = textAt(objectIn(event, 'finding_info', 'analytic'), 'name');
  return {
    rule: fitText(`${product}:${analytic ?? title ?? 'finding'}`, 256),
    severity: severityOf(countAt(event, 'severity_id')),
    summary: fitText(`${product}: ${title ?? textAt(event, 'message') ?? 'a finding'}`, 1_000),
    ...(tactic !== undefined && /^TA?\d{4}(?:\.\d{3})?$/.test(tactic) ? { tactic } : {}),
    ...(assets.length === 0 ? {} : { assets }),
  };
}

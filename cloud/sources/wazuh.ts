import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import type { Facts } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { anyInstant } from './instants.ts';
import {
  countAt,
  flatFields,
  type JsonObject,
  jsonObject,
  objectAt,
  objectIn,
  present,
  textAt,
  wordAt,
} from './json-line.ts';
import { fitText } from './plain-text.ts';
import { wazuhSamples } from './samples/wazuh.ts';
import { type Reported, sourceFormat } from './source.ts';
import { ofManager } from './windows-collectors.ts';
import { reportOfWindows } from './windows-event.ts';

const MAX_LINE_BYTES = 256 * 1024;

const settings = z.object({
  /** Alerts below this level are kept as observations and make no detection of their own. */
  judgedFromLevel: z.number().int().min(0).max(16).default(5),
});

/** Levels 0 to 16 of the rule classification: 12 and above are of high importance. */
const severityOf = (level: number): Severity =>
  level >= 15 ? 'critical' : level >= 12 ? 'high' : level >= 7 ? 'medium' : level >= 4 ? 'low' : 'info';

/** Groups of Wazuh's own rule set, which say what an alert is about. */
function kindOf(groups: readonly string[], path: string | undefined): Reported['kind'] {
  const has = (name: string) => groups.includes(name);
  if (has('authentication_failed') || has('authentication_failures') || has('invalid_login'))
    return 'login.failed';
  if (has('authentication_success')) return 'login.succeeded';
  if (has('syscheck') || path !== undefined) return 'file.changed';
  if (has('sudo')) return 'account.elevated';
  if (has('adduser') || has('account_changed')) return 'account.changed';
  if (has('ids') || has('suricata') || has('firewall')) return 'network.alerted';
  return 'host.logged';
}

const fileChanges: Readonly<Record<string, string>> = {
  added: 'created',
  modified: 'updated',
  deleted: 'deleted',
};

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.slice(0, 32).filter((one): one is string => typeof one === 'string') : [];

/** `alerts.json` of a Wazuh manager. What lies within an alert (a Windows event) is read for rules as well. */
export const wazuh = sourceFormat({
  name: 'wazuh',
  title: 'Wazuh alerts',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings,
  reader({ judgedFromLevel }, { timeZone }) {
    return (input) => {
      const outer = jsonObject(input);
      if (typeof outer === 'string') return { refused: outer };
      // From the indexer, an alert is within `_source`.
      const alert = objectAt(outer, '_source') ?? outer;
      const rule = objectAt(alert, 'rule');
      const ruleId = wordAt(rule, 'id');
      const level = countAt(rule, 'level');
      if (ruleId === undefined || level === undefined) return { refused: 'rule.id, rule.level: missing' };
      const observedAt = anyInstant(alert.timestamp ?? alert['@timestamp'], timeZone);
      if (observedAt === undefined) return { refused: 'timestamp: expected an ISO 8601 time' };
      const inner = innerOf(alert, timeZone);
      const data = objectAt(alert, 'data');
      const agent = objectAt(alert, 'agent');
      const check = objectAt(alert, 'syscheck');
      const file = textAt(check, 'path');
      const groups = textsIn(rule?.groups);
      const mitre = textsIn(objectAt(rule, 'mitre')?.id)[0];
      const host = textAt(agent, 'name') ?? textAt(objectAt(alert, 'predecoder'), 'hostname');
      const title = textAt(rule, 'description') ?? `rule ${ruleId}`;
      const account =
        textAt(data, 'dstuser') ??
        textAt(data, 'srcuser') ??
        inner?.subjects?.account ??
        textAt(check, 'uname_after');
      const ip = addressOf(textAt(data, 'srcip') ?? textAt(data, 'src_ip') ?? '') ?? inner?.observables?.ip;
      const kind = kindOf(groups, file);
      const id = textAt(alert, 'id');
      const facts: Facts = present<string | number | boolean>({
        host,
        ruleId,
        level,
        signature: fitText(title, 512),
        groups: fitText(groups.join(' '), 512),
        firedTimes: countAt(rule, 'firedtimes'),
        decoder: textAt(objectAt(alert, 'decoder'), 'name'),
        file,
        change: file === undefined ? undefined : (fileChanges[textAt(check, 'event') ?? ''] ?? 'updated'),
        command: textAt(data, 'command'),
        text:
          textAt(alert, 'full_log') === undefined ? undefined : fitText(textAt(alert, 'full_log') ?? '', 512),
      });
      const reported: Reported = {
        kind,
        // The manager's own name for it; its clock is in it, a resend repeats it.
        ...(id === undefined ? {} : { id: fitText(id, 128) }),
        observedAt,
        ...(account === undefined ? {} : { subjects: { account } }),
        observables: present({
          ip,
          'destination-ip': addressOf(textAt(data, 'dstip') ?? textAt(data, 'dest_ip') ?? ''),
          hash: (textAt(check, 'sha256_after') ?? textAt(check, 'md5_after'))?.toLowerCase(),
          path: textAt(data, 'url'),
          ...(inner?.observables?.hash === undefined ? {} : { hash: inner.observables.hash }),
        }),
        facts,
        ...(host === undefined ? {} : { asset: host.split('.')[0]?.toLowerCase() ?? host }),
        log: {
          ...(inner?.log ?? { product: 'wazuh', fields: {} }),
          fields: { ...inner?.log?.fields, ...flatFields(alert) },
        },
      };
      if (level < judgedFromLevel) return { reported: [reported] };
      return {
        reported: [
          {
            ...reported,
            judged: {
              rule: `wazuh:${fitText(ruleId, 64)}`,
              severity: severityOf(level),
              summary: fitText(`${title}${host === undefined ? '' : ` at ${host}`}`, 1_000),
              ...(mitre !== undefined && /^T\d{4}(?:\.\d{3})?$/.test(mitre) ? { tactic: mitre } : {}),
            },
          },
        ],
      };
    };
  },
  samples: wazuhSamples,
});

/** The Windows event that an alert is about. */
function innerOf(alert: JsonObject, timeZone: string): Reported | undefined {
  const event = ofManager(objectIn(alert, 'data', 'win'));
  if (event === undefined) return undefined;
  const read = reportOfWindows(event, timeZone);
  return 'reported' in read ? read.reported[0] : undefined;
}

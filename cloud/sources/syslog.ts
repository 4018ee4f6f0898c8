import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import type { LogEntry } from '../../devices/model/observation.ts';
import { readAudit } from './auditd.ts';
import { readFilterlog, readNetfilter } from './firewall.ts';
import { isTimeZone } from './instants.ts';
import { present } from './json-line.ts';
import { nameServers, readNameServer } from './name-server.ts';
import { fitText } from './plain-text.ts';
import { syslogSamples } from './samples/syslog.ts';
import { type Reported, sourceFormat } from './source.ts';
import { readSshd, sshdApplications } from './sshd.ts';
import { readSudo } from './sudo.ts';
import { readSyslogMessage, type SyslogMessage } from './syslog-message.ts';

/** RFC 5425 asks receivers for 8 KiB; some write more. */
const MAX_MESSAGE_BYTES = 16 * 1024;
const MAX_HOSTS = 4_096;
/** Severity `warning`, RFC 5424, table 2. */
const WARNING = 4;

const settings = z.object({
  /** Which of the messages that no reader knows are kept as `host.logged`. A file tells no severity. */
  keep: z.enum(['nothing', 'warnings', 'everything']).default('warnings'),
  /** Asset of each host, by the name that it writes; a host that is named like an asset is that asset. */
  hosts: z
    .record(z.string().max(255), identifier)
    .refine((hosts) => Object.keys(hosts).length <= MAX_HOSTS, `at most ${MAX_HOSTS} hosts`)
    .default({}),
  /** Zone of times that carry none, where it is not that of the site. */
  timeZone: z.string().max(64).refine(isTimeZone, 'expected a zone such as Europe/Berlin or UTC').optional(),
});

const auditors = new Set(['audispd', 'auditd', 'audisp-syslog']);

/** Readers of messages, by the application that writes them. A new one is one file and one line here. */
function readerOf(application: string | undefined): ((text: string) => Reported[]) | undefined {
  if (application === undefined) return undefined;
  if (sshdApplications.has(application))
    return (text) => readSshd(text).map((one) => ({ ...one, log: logOf('sshd', text, 'authentication') }));
  if (application === 'sudo')
    return (text) => readSudo(text).map((one) => ({ ...one, log: sudoLogOf(one, text) }));
  if (application === 'filterlog') return readFilterlog;
  if (nameServers.has(application)) return (text) => readNameServer(text, application);
  if (auditors.has(application))
    return (text) => {
      const result = readAudit(text);
      return 'reported' in result ? result.reported : [];
    };
  return undefined;
}

const logOf = (service: string, message: string, category?: string): LogEntry => ({
  ...(category === undefined ? {} : { category }),
  product: 'linux',
  service,
  fields: { message },
});

/** sudo starts a program: rules for started programs go by these names. */
function sudoLogOf({ subjects, facts }: Reported, message: string): LogEntry {
  const command = typeof facts?.command === 'string' ? facts.command : undefined;
  const folder = typeof facts?.pwd === 'string' ? facts.pwd : undefined;
  const fields = present({
    message,
    CommandLine: command,
    Image: command?.split(' ')[0],
    User: subjects?.account,
    CurrentDirectory: folder,
  });
  return { category: 'process_creation', product: 'linux', service: 'sudo', fields };
}

/** Sigma's names for what several programs do. */
const services: Readonly<Record<string, string>> = {
  CRON: 'cron',
  crond: 'cron',
  cron: 'cron',
  anacron: 'cron',
  clamd: 'clamav',
  freshclam: 'clamav',
};
const MAX_SHOWN_PARAMETERS = 32;

function keptAsLogged(message: SyslogMessage, keep: 'nothing' | 'warnings' | 'everything'): Reported[] {
  const { severity, facility, application, messageId, text, parameters } = message;
  if (keep === 'nothing') return [];
  if (keep === 'warnings' && (severity === undefined || severity > WARNING)) return [];
  return [
    {
      kind: 'host.logged',
      facts: {
        text: fitText(text, 512),
        ...(severity === undefined ? {} : { severity }),
        ...(facility === undefined ? {} : { facility }),
        ...(application === undefined ? {} : { application }),
        ...(messageId === undefined ? {} : { messageId }),
      },
      log: {
        product: 'linux',
        service: services[application ?? ''] ?? application ?? 'syslog',
        fields: {
          ...Object.fromEntries(Object.entries(parameters).slice(0, MAX_SHOWN_PARAMETERS)),
          message: text,
        },
      },
    },
  ];
}

/** RFC 5424 and RFC 3164, from a socket or from a file; sshd, sudo, the audit trail, packet filters and name servers are understood. */
export const syslog = sourceFormat({
  name: 'syslog',
  title: 'System log',
  unit: 'line',
  maxBytes: MAX_MESSAGE_BYTES,
  settings,
  reader({ keep, hosts, timeZone }, surroundings) {
    const assets = new Map(Object.entries(hosts).map(([host, asset]) => [host.toLowerCase(), asset]));
    return (input, receivedAt) => {
      const message = readSyslogMessage(input, receivedAt, timeZone ?? surroundings.timeZone);
      if (typeof message === 'string') return { refused: message };
      const read = readerOf(message.application);
      const filtered = message.application === 'kernel' ? readNetfilter(message.text) : [];
      const found =
        filtered.length > 0
          ? filtered
          : read === undefined
            ? keptAsLogged(message, keep)
            : read(message.text);
      if (found.length === 0) return { ignored: true };
      const host = message.host?.toLowerCase();
      const asset =
        host === undefined ? undefined : (assets.get(host) ?? assets.get(shortName(host)) ?? shortName(host));
      return {
        reported: found.map((reported) => ({
          ...(message.at === undefined ? {} : { observedAt: message.at }),
          ...reported,
          // The machine that wrote it; `host` among the observables is the one that came to it.
          ...(message.host === undefined ? {} : { facts: { ...reported.facts, host: message.host } }),
          ...(asset === undefined ? {} : { asset }),
        })),
      };
    };
  },
  samples: syslogSamples,
});

const shortName = (host: string): string => (/^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? host));

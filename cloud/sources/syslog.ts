import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import { isTimeZone } from './instants.ts';
import { fitText } from './plain-text.ts';
import { type Reported, type SourceResult, sourceFormat } from './source.ts';
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

/** Readers of messages, by the application that writes them. A new one is one file and one line here. */
function readerOf(application: string | undefined): ((text: string) => Reported[]) | undefined {
  if (application === undefined) return undefined;
  if (sshdApplications.has(application)) return readSshd;
  return application === 'sudo' ? readSudo : undefined;
}

function keptAsLogged(message: SyslogMessage, keep: 'nothing' | 'warnings' | 'everything'): Reported[] {
  const { severity, facility, application, messageId, text } = message;
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
    },
  ];
}

const at = Date.UTC(2026, 10, 23, 7, 0, 1);
const ssh = (over: Partial<Reported>): SourceResult => ({
  reported: [{ kind: 'login.failed', observedAt: at, ...over }],
});

/** RFC 5424 and RFC 3164, from a socket or from a file; sshd and sudo are understood. */
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
      const found = read === undefined ? keptAsLogged(message, keep) : read(message.text);
      if (found.length === 0) return { ignored: true };
      const host = message.host?.toLowerCase();
      const asset =
        host === undefined ? undefined : (assets.get(host) ?? assets.get(shortName(host)) ?? shortName(host));
      return {
        reported: found.map((reported) => ({
          ...reported,
          ...(message.at === undefined ? {} : { observedAt: message.at }),
          // The machine that wrote it; `host` among the observables is the one that came to it.
          ...(message.host === undefined ? {} : { facts: { ...reported.facts, host: message.host } }),
          ...(asset === undefined ? {} : { asset }),
        })),
      };
    };
  },
  samples: [
    {
      name: 'a failed password, RFC 3164',
      input:
        '<38>Nov 23 07:00:01 shop-server sshd[4711]: Failed password for root from 203.0.113.7 port 51122 ssh2',
      expect: ssh({
        subjects: { account: 'root' },
        observables: { ip: '203.0.113.7' },
        facts: { service: 'ssh', method: 'password', port: 51_122, host: 'shop-server' },
        asset: 'shop-server',
      }),
    },
    {
      name: 'a name that looks like the rest of the line does not hide the address',
      input:
        '<38>Nov 23 07:00:01 shop-server sshd[1]: Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from 203.0.113.7 port 9 ssh2',
      expect: ssh({
        subjects: { account: 'x from 192.0.2.1 port 22 ssh2' },
        observables: { ip: '203.0.113.7' },
        facts: {
          service: 'ssh',
          method: 'password',
          port: 9,
          reason: 'unknown account',
          host: 'shop-server',
        },
        asset: 'shop-server',
      }),
    },
    {
      name: "an unknown name, in rsyslog's file of today, from a session process",
      input:
        '2026-11-23T08:00:01.250000+01:00 web1.example.org sshd-session[99]: Invalid user admin from 2001:DB8::1 port 4000',
      settings: { hosts: { web1: 'shop-server' } },
      expect: ssh({
        observedAt: at + 250,
        subjects: { account: 'admin' },
        observables: { ip: '2001:db8::1' },
        facts: { service: 'ssh', reason: 'unknown account', host: 'web1.example.org' },
        asset: 'shop-server',
      }),
    },
    {
      name: 'a key is accepted, RFC 5424 with structured data and a byte order mark',
      input:
        '<86>1 2026-11-23T07:00:01Z shop-server sshd 42 - [origin ip="10.0.0.1" note="a \\"quoted\\] one"] \ufeffAccepted publickey for a.weber from 198.51.100.20 port 22 ssh2: ED25519 SHA256:AbC',
      expect: {
        reported: [
          {
            kind: 'login.succeeded',
            observedAt: at,
            subjects: { account: 'a.weber' },
            observables: { ip: '198.51.100.20' },
            facts: {
              service: 'ssh',
              method: 'publickey',
              port: 22,
              key: 'SHA256:AbC',
              keyType: 'ED25519',
              host: 'shop-server',
            },
            asset: 'shop-server',
          },
        ],
      },
    },
    {
      name: 'somebody leaves a server that takes keys alone',
      input:
        'Nov 23 07:00:01 shop-server sshd[1]: Connection closed by authenticating user root 203.0.113.7 port 3 [preauth]',
      expect: ssh({
        subjects: { account: 'root' },
        observables: { ip: '203.0.113.7' },
        facts: { service: 'ssh', reason: 'left before logging in', host: 'shop-server' },
        asset: 'shop-server',
      }),
    },
    {
      name: 'a repeated message counts as often as it was repeated',
      input:
        'Nov 23 07:00:01 h sshd[1]: message repeated 2 times: [ Failed password for root from 203.0.113.7 port 3 ssh2]',
      expect: {
        reported: [1, 2].map(() => ({
          kind: 'login.failed' as const,
          observedAt: at,
          subjects: { account: 'root' },
          observables: { ip: '203.0.113.7' },
          facts: { service: 'ssh', method: 'password', port: 3, host: 'h' },
          asset: 'h',
        })),
      },
    },
    {
      name: 'the last day of the year, received in the new one, in the zone of the site',
      timeZone: 'Europe/Berlin',
      receivedAt: '2027-01-01T00:00:30Z',
      input: '<38>Dec 31 23:59:59 h sshd[1]: Did not receive identification string from 203.0.113.7 port 3',
      expect: {
        reported: [
          {
            kind: 'host.logged',
            observedAt: Date.UTC(2026, 11, 31, 22, 59, 59),
            observables: { ip: '203.0.113.7' },
            facts: { service: 'ssh', reason: 'no log-in tried', host: 'h' },
            asset: 'h',
          },
        ],
      },
    },
    {
      name: 'sudo runs a command',
      input:
        '<85>Nov 23 07:00:01 shop-server sudo:   a.weber : TTY=pts/0 ; PWD=/home/a ; USER=root ; COMMAND=/bin/sh -c id ; ls',
      expect: {
        reported: [
          {
            kind: 'account.elevated',
            observedAt: at,
            subjects: { account: 'a.weber' },
            facts: {
              tty: 'pts/0',
              pwd: '/home/a',
              as: 'root',
              command: '/bin/sh -c id ; ls',
              succeeded: true,
              host: 'shop-server',
            },
            asset: 'shop-server',
          },
        ],
      },
    },
    {
      name: 'sudo refuses after wrong passwords',
      input:
        '<81>Nov 23 07:00:01 shop-server sudo: www-data : 3 incorrect password attempts ; TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/bash',
      expect: {
        reported: [
          {
            kind: 'account.elevated',
            observedAt: at,
            subjects: { account: 'www-data' },
            facts: {
              tty: 'unknown',
              pwd: '/',
              as: 'root',
              command: '/bin/bash',
              succeeded: false,
              reason: '3 incorrect password attempts',
              attempts: 3,
              host: 'shop-server',
            },
            asset: 'shop-server',
          },
        ],
      },
    },
    {
      name: 'sudo refuses somebody who is not in sudoers',
      input:
        '<81>1 2026-11-23T07:00:01Z - sudo - - - eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/su',
      expect: {
        reported: [
          {
            kind: 'account.elevated',
            observedAt: at,
            subjects: { account: 'eve' },
            facts: {
              tty: 'pts/1',
              pwd: '/',
              as: 'root',
              command: '/bin/su',
              succeeded: false,
              reason: 'user NOT in sudoers',
            },
          },
        ],
      },
    },
    {
      name: 'a warning of a router with a number, an unset clock and no application',
      input: '<187>217: *Nov 23 07:00:01.123 UTC: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down',
      expect: {
        reported: [
          {
            kind: 'host.logged',
            observedAt: at + 123,
            facts: {
              text: '%LINK-3-UPDOWN: Interface Gi0/1, changed state to down',
              severity: 3,
              facility: 23,
            },
          },
        ],
      },
    },
    {
      name: 'everyday messages are passed over',
      input: '<30>Nov 23 07:00:01 shop-server systemd[1]: Started Daily apt activities.',
      expect: { ignored: true },
    },
    {
      name: 'what sshd says of itself is passed over',
      input: 'Nov 23 07:00:01 h sshd[1]: Server listening on 0.0.0.0 port 22.',
      expect: { ignored: true },
    },
    {
      name: 'no priority and no time',
      input: 'hello',
      expect: { refused: 'neither a priority nor a time' },
    },
    {
      name: 'a priority that does not exist',
      input: '<192>x',
      expect: { refused: 'the priority 192 is above 191' },
    },
  ],
});

const shortName = (host: string): string => (/^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? host));

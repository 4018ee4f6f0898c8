/**
 * Linux's audit trail, one record a line: `type=EXECVE msg=audit(1795590001.123:4711): argc=2 a0="id" a1=2D75`. A record
 * is judged by itself; `serial` joins those of one event. It is a format of its own (`/var/log/audit/audit.log`) and is
 * reached through syslog as well.
 */
import { z } from 'zod';
import type { Facts } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { present } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { auditdSamples } from './samples/auditd.ts';
import { type Reported, type SourceResult, sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 16 * 1024;
const MAX_FIELDS = 200;
const MAX_ARGUMENTS = 128;

const head =
  /^(?:node=(\S{1,255}) )?type=([A-Z0-9_[\]]{1,48}) msg=audit\((\d{1,12})\.(\d{3}):(\d{1,20})\): ?/;
const pair = /([A-Za-z0-9_-]{1,64})=("(?:[^"]*)"|'(?:[^']*)'|[^\s"']\S*|)/y;

/** Fields that the kernel writes as hex where they hold a blank or worse; a path such as `CAFE` would be in quotes. */
const encoded =
  /^(?:a\d{1,3}|proctitle|exe|comm|name|cwd|path|key|acct|cmd|data|saddr|dir|old|new|device|vm|watch)$/;
/** As in enriched logs: identifiers by name follow this character. */
const GROUP_SEPARATOR = '\u001d';

export type AuditFields = Record<string, string>;

/** Hex to text; NULs, which part the arguments of `proctitle`, become blanks. */
function decoded(name: string, value: string): string {
  if (value.startsWith('"')) return value.slice(1, -1);
  if (value.length < 2 || value.length % 2 !== 0 || !encoded.test(name) || !/^[0-9A-F]+$/.test(value))
    return value;
  if (name === 'saddr') return value;
  // The arguments of a system call are addresses, those of EXECVE texts: see below.
  return Buffer.from(value, 'hex').toString('utf8').replaceAll('\0', ' ').trimEnd();
}

/** The fields of a record, and of the message that user programs put into `msg='…'`. */
export function auditFields(rest: string, type: string): AuditFields {
  const fields: AuditFields = {};
  let count = 0;
  const take = (text: string, depth: number): void => {
    pair.lastIndex = 0;
    for (let at = 0; at < text.length && count < MAX_FIELDS; ) {
      pair.lastIndex = at;
      const match = pair.exec(text);
      if (match === null) {
        const blank = text.indexOf(' ', at);
        if (blank < 0) return;
        at = blank + 1;
        continue;
      }
      at = pair.lastIndex + 1;
      const name = match[1] ?? '';
      const value = match[2] ?? '';
      if (name === '__proto__') continue;
      if (name === 'msg' && value.startsWith("'") && depth === 0) {
        take(value.slice(1, -1), 1);
        continue;
      }
      const bare = value.startsWith("'") ? value.slice(1, -1) : value;
      const isCallArgument = type === 'SYSCALL' && /^a[0-3]$/.test(name);
      fields[name] ??= isCallArgument ? bare : decoded(name, bare);
      count++;
    }
  };
  take(rest.replaceAll(GROUP_SEPARATOR, ' '), 0);
  return fields;
}

/** The command line of an EXECVE record. */
function commandOf(fields: AuditFields): string | undefined {
  const words: string[] = [];
  for (let number = 0; number < MAX_ARGUMENTS; number++) {
    const word = fields[`a${number}`];
    if (word === undefined) break;
    words.push(word);
  }
  return words.length === 0 ? undefined : words.join(' ');
}

const accountChanges: Readonly<Record<string, string>> = {
  ADD_USER: 'created',
  DEL_USER: 'deleted',
  ADD_GROUP: 'rights-granted',
  DEL_GROUP: 'rights-revoked',
  USER_CHAUTHTOK: 'password-changed',
  ACCT_LOCK: 'locked',
  ACCT_UNLOCK: 'unlocked',
  GRP_MGMT: 'changed',
  USER_MGMT: 'changed',
};

const given = (value: string | undefined): string | undefined =>
  value === undefined || value === '' || value === '?' || value === '(unknown)' || value === '(null)'
    ? undefined
    : value;

/** `execve` and `execveat` of x86-64, i386 and ARM64. */
const starting = new Set([
  'c000003e 59',
  'c000003e 322',
  '40000003 11',
  '40000003 358',
  'c00000b7 221',
  'c00000b7 281',
]);

/** Records that tell something of their own; the rest of an event's records is kept where an audit key marks it. */
function reportedOf(type: string, fields: AuditFields): Omit<Reported, 'observedAt'> | undefined {
  const account = given(fields.acct);
  const by = given(fields.AUID) ?? (fields.auid === '4294967295' ? undefined : given(fields.auid));
  const ip = addressOf(fields.addr ?? '');
  const image = given(fields.exe);
  const succeeded = fields.res === undefined ? undefined : /^(?:success|1|yes)$/.test(fields.res);
  const base: Facts = present<string | number | boolean>({
    type,
    key: given(fields.key),
    image,
    terminal: given(fields.terminal) ?? given(fields.tty),
    operation: given(fields.op),
  });
  const who = account === undefined ? {} : { subjects: { account } };
  switch (type) {
    case 'USER_LOGIN':
      return {
        kind: succeeded === true ? 'login.succeeded' : 'login.failed',
        ...who,
        observables: present({ ip, host: ip === undefined ? given(fields.hostname) : undefined }),
        facts: base,
      };
    case 'USER_AUTH':
      // A success is told again by the log-in itself.
      if (succeeded !== false) return undefined;
      return { kind: 'login.failed', ...who, observables: present({ ip }), facts: base };
    case 'USER_CMD':
      return {
        kind: 'account.elevated',
        ...(by === undefined ? {} : { subjects: { account: by } }),
        facts: present<string | number | boolean>({
          ...base,
          command: given(fields.cmd),
          pwd: given(fields.cwd),
          succeeded,
        }),
      };
    case 'EXECVE':
    case 'PROCTITLE': {
      const command = type === 'EXECVE' ? commandOf(fields) : given(fields.proctitle);
      return command === undefined
        ? undefined
        : { kind: 'process.started', facts: present({ ...base, command: fitText(command, 512) }) };
    }
    case 'SYSCALL': {
      const call = given(fields.SYSCALL) ?? fields.syscall;
      return {
        kind: starting.has(`${fields.arch ?? ''} ${fields.syscall ?? ''}`)
          ? 'process.started'
          : 'host.logged',
        facts: present<string | number | boolean>({
          ...base,
          application: 'auditd',
          call,
          command: given(fields.comm),
          succeeded: fields.success === undefined ? undefined : fields.success === 'yes',
          ...(by === undefined ? {} : { by }),
        }),
      };
    }
    case 'PATH':
      if (fields.nametype !== 'CREATE' && fields.nametype !== 'DELETE') return undefined;
      return {
        kind: 'file.changed',
        facts: present({
          ...base,
          file: fitText(fields.name ?? '', 512),
          change: fields.nametype === 'CREATE' ? 'created' : 'deleted',
        }),
      };
  }
  const change = accountChanges[type];
  if (change !== undefined)
    return {
      kind: 'account.changed',
      ...who,
      facts: present<string | number | boolean>({ ...base, change, by, succeeded }),
    };
  const isJudged =
    /^(?:ANOM_|AVC|SECCOMP|DAEMON_|CONFIG_CHANGE|INTEGRITY_|TTY|KERN_MODULE|SERVICE_STOP|BPF)/.test(type);
  return isJudged || base.key !== undefined
    ? { kind: 'host.logged', facts: { ...base, application: 'auditd' } }
    : undefined;
}

/** One record, as its file or syslog gives it. Pure. */
export function readAudit(line: string): SourceResult {
  const match = head.exec(line);
  if (match === null) return { refused: 'not like type=… msg=audit(seconds.milliseconds:serial): …' };
  const [, node, type = '', seconds, milliseconds, serial = ''] = match;
  const observedAt = Number(seconds) * 1_000 + Number(milliseconds);
  const fields = auditFields(line.slice(match[0].length), type);
  const found = reportedOf(type, fields);
  if (found === undefined) return { ignored: true };
  const command = type === 'EXECVE' ? commandOf(fields) : undefined;
  const isProcess = found.kind === 'process.started' || found.kind === 'account.elevated';
  const user = found.subjects?.account ?? fields.AUID;
  return {
    reported: [
      {
        ...found,
        observedAt,
        facts: { ...found.facts, serial, ...(node === undefined ? {} : { host: node }) },
        log: {
          // Rules of the audit trail ask for `type` and its fields, those of processes for their command line.
          ...(isProcess && type !== 'SYSCALL' ? { category: 'process_creation' } : {}),
          ...(found.kind === 'file.changed' ? { category: 'file_event' } : {}),
          product: 'linux',
          service: 'auditd',
          fields: {
            type,
            ...present({
              CommandLine: command ?? given(fields.cmd) ?? given(fields.proctitle),
              Image: given(fields.exe) ?? (type === 'EXECVE' ? given(fields.a0) : undefined),
              TargetFilename: type === 'PATH' ? given(fields.name) : undefined,
              User: given(user),
            }),
            ...fields,
          },
        },
        ...(node === undefined ? {} : { asset: node.split('.')[0] ?? node }),
      },
    ],
  };
}

/** The file that auditd writes. */
export const auditd = sourceFormat({
  name: 'auditd',
  title: 'Linux audit trail',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  reader: () => (input) => readAudit(input.trim()),
  samples: auditdSamples,
});

import { z } from 'zod';
import type { Facts, LogEntry } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { anyInstant } from './instants.ts';
import { countAt, jsonObject, objectIn, present } from './json-line.ts';
import { domainOf } from './name-server.ts';
import { fitText } from './plain-text.ts';
import { windowsEventSamples } from './samples/windows-event.ts';
import { type Reported, type SourceResult, sourceFormat } from './source.ts';
import { ofFlat, ofManager, ofWinlogbeat, ofXml, type WindowsEvent } from './windows-collectors.ts';
import { windowsLogsource } from './windows-logs.ts';

/** A script block event carries up to 32 KiB of script, each character as six in JSON. */
const MAX_LINE_BYTES = 256 * 1024;
const absent = new Set(['-', '', 'N/A', '::1', '127.0.0.1', 'LOCAL']);
const given = (value: string | undefined) => (value === undefined || absent.has(value) ? undefined : value);
/** `SHOP\a.weber` is `a.weber`. */
const bareAccount = (name: string | undefined): string | undefined => given(name)?.replace(/^.*\\/, '');

/** Log-ons of services and of the machine itself are no news. */
const machineAccounts = /^(?:SYSTEM|LOCAL SERVICE|NETWORK SERVICE|DWM-\d+|UMFD-\d+|ANONYMOUS LOGON|.*\$)$/i;
const interactive = new Set(['2', '3', '7', '8', '9', '10', '11']);

const accountChanges: Readonly<Record<number, string>> = {
  4720: 'created',
  4722: 'enabled',
  4723: 'password-changed',
  4724: 'password-reset',
  4725: 'disabled',
  4726: 'deleted',
  4728: 'rights-granted',
  4732: 'rights-granted',
  4756: 'rights-granted',
  4729: 'rights-revoked',
  4733: 'rights-revoked',
  4757: 'rights-revoked',
  4738: 'changed',
  4740: 'locked',
  4767: 'unlocked',
};

/** A hash of Sysmon's `SHA1=…,SHA256=…`: the longest tells most. */
function hashOf(hashes: string | undefined): string | undefined {
  const found = [...(hashes ?? '').matchAll(/\b(SHA256|SHA1|MD5)=([0-9A-Fa-f]{32,64})/g)].slice(0, 8);
  for (const kind of ['SHA256', 'SHA1', 'MD5']) {
    const match = found.find(([, name]) => name === kind);
    if (match?.[2] !== undefined) return match[2].toLowerCase();
  }
  return undefined;
}

/** What an event says in the house's words; every other is `host.logged`, for rules to judge. */
function meaningOf({
  id,
  channel,
  data,
}: WindowsEvent): Pick<Reported, 'kind' | 'subjects' | 'observables' | 'facts'> {
  const log = channel.toLowerCase();
  const target = bareAccount(data.TargetUserName);
  const subject = bareAccount(data.SubjectUserName) ?? bareAccount(data.User);
  const ip = addressOf(given(data.IpAddress) ?? given(data.SourceIp) ?? '');
  const workstation = given(data.WorkstationName) ?? given(data.Workstation);
  const from = present({ ip, host: ip === undefined ? workstation : undefined });
  const who = (account: string | undefined) => (account === undefined ? {} : { subjects: { account } });
  const shown = (facts: Record<string, string | number | boolean | undefined>): Facts => present(facts);
  if (log === 'security') {
    if (
      id === 4625 ||
      id === 4771 ||
      (id === 4776 && data.Status !== undefined && !/^0x0+$/.test(data.Status))
    )
      return {
        kind: 'login.failed',
        ...who(target),
        observables: from,
        facts: shown({
          logonType: given(data.LogonType),
          reason: given(data.SubStatus) ?? given(data.Status),
        }),
      };
    if (id === 4624)
      return {
        kind: 'login.succeeded',
        ...who(target),
        observables: from,
        facts: shown({ logonType: given(data.LogonType) }),
      };
    if (id === 4672) return { kind: 'account.elevated', ...who(subject), facts: { succeeded: true } };
    const change = accountChanges[id];
    if (change !== undefined)
      return {
        kind: 'account.changed',
        ...who(bareAccount(data.MemberName) ?? target),
        facts: shown({ change, by: subject, group: data.MemberName === undefined ? undefined : target }),
      };
    if (id === 4688)
      return {
        kind: 'process.started',
        ...who(subject),
        facts: shown({
          image: given(data.NewProcessName),
          command: given(data.CommandLine),
          parent: given(data.ParentProcessName),
        }),
      };
  }
  if (log === 'microsoft-windows-sysmon/operational') {
    const hash = hashOf(data.Hashes ?? data.Hash);
    const image = given(data.Image);
    if (id === 1)
      return {
        kind: 'process.started',
        ...who(subject),
        observables: present({ hash }),
        facts: shown({ image, command: given(data.CommandLine), parent: given(data.ParentImage) }),
      };
    if (id === 3)
      return {
        kind: 'network.connected',
        ...who(subject),
        observables: present({
          ip,
          'destination-ip': addressOf(data.DestinationIp ?? ''),
          domain: given(data.DestinationHostname)?.toLowerCase(),
        }),
        facts: shown({
          action: 'opened',
          image,
          protocol: given(data.Protocol),
          destinationPort: countAt(data, 'DestinationPort'),
        }),
      };
    if (id === 11 || id === 23 || id === 26)
      return {
        kind: 'file.changed',
        ...who(subject),
        observables: present({ hash }),
        facts: shown({ file: given(data.TargetFilename), change: id === 11 ? 'created' : 'deleted', image }),
      };
    if (id === 22)
      return {
        kind: 'domain.resolved',
        ...who(subject),
        observables: present({ domain: data.QueryName === undefined ? undefined : domainOf(data.QueryName) }),
        facts: shown({ image }),
      };
  }
  return {
    kind: 'host.logged',
    ...who(target ?? subject),
    observables: from,
    facts: shown({ text: given(data.ScriptBlockText)?.replace(/\s+/g, ' ') }),
  };
}

/** An event as a report. Also for what other sources wrap around one. Pure. */
export function reportOfWindows(event: WindowsEvent, timeZone: string): SourceResult {
  const observedAt = anyInstant(event.at, timeZone);
  if (observedAt === undefined) return { refused: 'time of the event: expected an ISO 8601 time' };
  const meaning = meaningOf(event);
  const { id, channel, computer, provider, data } = event;
  if (meaning.kind === 'login.succeeded' || meaning.kind === 'account.elevated') {
    const account = meaning.subjects?.account ?? '';
    if (machineAccounts.test(account)) return { ignored: true };
    if (id === 4624 && !interactive.has(data.LogonType ?? '')) return { ignored: true };
  }
  const fields: LogEntry['fields'] = {};
  if (computer !== undefined) fields.Computer = computer;
  if (provider !== undefined) fields.Provider_Name = provider;
  Object.assign(fields, data, { EventID: id, Channel: channel });
  if (id === 4688 && channel.toLowerCase() === 'security') {
    // Rules for started programs go by Sysmon's names.
    if (data.NewProcessName !== undefined) fields.Image = data.NewProcessName;
    if (data.ParentProcessName !== undefined) fields.ParentImage = data.ParentProcessName;
    if (data.SubjectUserName !== undefined) fields.User = data.SubjectUserName;
  }
  const facts: Facts = { ...meaning.facts, eventId: id, channel: fitText(channel, 256) };
  if (computer !== undefined) facts.host = computer;
  return {
    reported: [
      {
        ...meaning,
        observedAt,
        facts: Object.fromEntries(
          Object.entries(facts).map(([name, value]) => [
            name,
            typeof value === 'string' ? fitText(value, 512) : value,
          ]),
        ),
        log: { ...windowsLogsource(channel, id, data.EventType), fields },
        ...(computer === undefined ? {} : { asset: computer.split('.')[0]?.toLowerCase() ?? computer }),
      },
    ],
  };
}

/** Events of Windows as JSON lines: Winlogbeat, NXLog, the event's XML as JSON. */
export const windowsEvent = sourceFormat({
  name: 'windows-event',
  title: 'Windows event log',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  reader(_, { timeZone }) {
    return (input) => {
      const entry = jsonObject(input);
      if (typeof entry === 'string') return { refused: entry };
      const event = ofWinlogbeat(entry) ?? ofXml(entry) ?? ofManager(objectIn(entry, 'win')) ?? ofFlat(entry);
      if (event === undefined) return { refused: 'neither an event number nor a channel was found' };
      return reportOfWindows(event, timeZone);
    };
  },
  samples: windowsEventSamples,
});

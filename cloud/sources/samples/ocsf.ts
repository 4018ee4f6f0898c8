/** Written from schema.ocsf.io, version 1.3. */
import type { SourceSample } from '../source.ts';

export const ocsfSamples: readonly SourceSample[] = [
  {
    name: 'a log-in fails',
    input:
      '{"class_uid":3002,"category_uid":3,"activity_id":1,"type_uid":300201,"time":1795417201123,"severity_id":2,"status_id":2,"user":{"name":"a.weber"},"src_endpoint":{"ip":"203.0.113.7","port":51122},"metadata":{"version":"1.3.0","product":{"name":"Some IdP"}}}',
    expect: {
      reported: [
        {
          kind: 'login.failed',
          observedAt: 1795417201123,
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            product: 'Some IdP',
            classUid: 3002,
            activity: 1,
            succeeded: false,
            sourcePort: 51122,
          },
          subjects: {
            account: 'a.weber',
          },
          log: {
            category: 'authentication',
            fields: {
              User: 'a.weber',
              class_uid: 3002,
              category_uid: 3,
              activity_id: 1,
              type_uid: 300201,
              time: 1795417201123,
              severity_id: 2,
              status_id: 2,
              'user.name': 'a.weber',
              'src_endpoint.ip': '203.0.113.7',
              'src_endpoint.port': 51122,
              'metadata.version': '1.3.0',
              'metadata.product.name': 'Some IdP',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a program is started',
    input:
      '{"class_uid":1007,"activity_id":1,"time":1795417201123,"severity_id":1,"device":{"hostname":"PC1","os":{"type":"Windows"}},"actor":{"user":{"name":"eve"}},"process":{"cmd_line":"powershell -enc AA","file":{"path":"C:\\\\powershell.exe","hashes":[{"algorithm_id":3,"value":"ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB"}]}},"metadata":{"version":"1.3.0","product":{"name":"EDR"}}}',
    expect: {
      reported: [
        {
          kind: 'process.started',
          observedAt: 1795417201123,
          observables: {
            hash: 'abababababababababababababababababababababababababababababababab',
          },
          facts: {
            host: 'PC1',
            product: 'EDR',
            classUid: 1007,
            activity: 1,
            command: 'powershell -enc AA',
            image: 'C:\\powershell.exe',
          },
          subjects: {
            account: 'eve',
          },
          asset: 'PC1',
          log: {
            category: 'process_creation',
            product: 'windows',
            fields: {
              CommandLine: 'powershell -enc AA',
              Image: 'C:\\powershell.exe',
              User: 'eve',
              class_uid: 1007,
              activity_id: 1,
              time: 1795417201123,
              severity_id: 1,
              'device.hostname': 'PC1',
              'process.cmd_line': 'powershell -enc AA',
              'metadata.version': '1.3.0',
              'device.os.type': 'Windows',
              'actor.user.name': 'eve',
              'process.file.path': 'C:\\powershell.exe',
              'metadata.product.name': 'EDR',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a finding',
    input:
      '{"class_uid":2004,"activity_id":1,"time":1795417201123,"severity_id":5,"finding_info":{"uid":"1","title":"Ransomware behaviour","analytic":{"name":"ransom-1"},"attacks":[{"technique":{"uid":"T1486"}}]},"resources":[{"name":"shop-server"}],"metadata":{"version":"1.3.0","product":{"name":"EDR"}}}',
    expect: {
      reported: [
        {
          kind: 'network.alerted',
          observedAt: 1795417201123,
          observables: {},
          facts: {
            product: 'EDR',
            classUid: 2004,
            activity: 1,
            signature: 'Ransomware behaviour',
          },
          log: {
            fields: {
              class_uid: 2004,
              activity_id: 1,
              time: 1795417201123,
              severity_id: 5,
              'finding_info.uid': '1',
              'finding_info.title': 'Ransomware behaviour',
              'metadata.version': '1.3.0',
              'finding_info.analytic.name': 'ransom-1',
              'metadata.product.name': 'EDR',
            },
          },
          judged: {
            rule: 'EDR:ransom-1',
            severity: 'critical',
            summary: 'EDR: Ransomware behaviour',
            tactic: 'T1486',
            assets: ['shop-server'],
          },
        },
      ],
    },
  },
  {
    name: 'a program ends',
    input: '{"class_uid":1007,"activity_id":2,"time":1795417201123}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'a class that is not read',
    input: '{"class_uid":5001,"time":1795417201123}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'no class',
    input: '{"time":1}',
    expect: {
      refused: 'class_uid: missing',
    },
  },
  {
    name: 'no time',
    input: '{"class_uid":3002,"activity_id":1}',
    expect: {
      refused: 'time: expected milliseconds or an ISO 8601 time',
    },
  },
];

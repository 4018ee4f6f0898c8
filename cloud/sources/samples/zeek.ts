/** Written from Zeek's documentation of its logs. */
import type { SourceSample } from '../source.ts';

export const zeekSamples: readonly SourceSample[] = [
  {
    name: 'a connection is turned away',
    settings: {
      addresses: {
        '10.0.1.5': 'shop-server',
      },
    },
    input:
      '{"_path":"conn","ts":1795417201.123456,"uid":"CAbc1","id.orig_h":"203.0.113.7","id.orig_p":40122,"id.resp_h":"10.0.1.5","id.resp_p":22,"proto":"tcp","duration":0.1,"conn_state":"REJ","orig_bytes":0,"resp_bytes":0}',
    expect: {
      reported: [
        {
          kind: 'network.connected',
          observables: {
            ip: '203.0.113.7',
            'destination-ip': '10.0.1.5',
            'flow-id': 'CAbc1',
          },
          facts: {
            protocol: 'tcp',
            sourcePort: 40122,
            destinationPort: 22,
            action: 'blocked',
            state: 'REJ',
            bytesOut: 0,
            bytesIn: 0,
            durationSeconds: 0.1,
          },
          observedAt: 1795417201123,
          asset: 'shop-server',
          log: {
            category: 'firewall',
            product: 'zeek',
            service: 'conn',
            fields: {
              src_ip: '203.0.113.7',
              dst_ip: '10.0.1.5',
              src_port: 40122,
              dst_port: 22,
              _path: 'conn',
              ts: 1795417201.123456,
              uid: 'CAbc1',
              'id.orig_h': '203.0.113.7',
              'id.orig_p': 40122,
              'id.resp_h': '10.0.1.5',
              'id.resp_p': 22,
              proto: 'tcp',
              duration: 0.1,
              conn_state: 'REJ',
              orig_bytes: 0,
              resp_bytes: 0,
            },
          },
        },
      ],
    },
  },
  {
    name: 'a name that does not exist is looked up',
    input:
      '{"_path":"dns","ts":1795417201.123456,"uid":"C2","id.orig_h":"10.0.1.9","id.orig_p":5353,"id.resp_h":"10.0.1.1","id.resp_p":53,"proto":"udp","trans_id":7,"query":"QX7.Evil.Example","qtype_name":"TXT","rcode_name":"NXDOMAIN","rejected":false}',
    expect: {
      reported: [
        {
          kind: 'domain.resolved',
          observables: {
            ip: '10.0.1.9',
            'destination-ip': '10.0.1.1',
            'flow-id': 'C2',
            domain: 'qx7.evil.example',
          },
          facts: {
            protocol: 'udp',
            sourcePort: 5353,
            destinationPort: 53,
            type: 'TXT',
            answered: true,
            answer: 'NXDOMAIN',
            succeeded: false,
          },
          observedAt: 1795417201123,
          log: {
            category: 'dns',
            product: 'zeek',
            service: 'dns',
            fields: {
              src_ip: '10.0.1.9',
              dst_ip: '10.0.1.1',
              src_port: 5353,
              dst_port: 53,
              record_type: 'TXT',
              _path: 'dns',
              ts: 1795417201.123456,
              uid: 'C2',
              'id.orig_h': '10.0.1.9',
              'id.orig_p': 5353,
              'id.resp_h': '10.0.1.1',
              'id.resp_p': 53,
              proto: 'udp',
              trans_id: 7,
              query: 'QX7.Evil.Example',
              qtype_name: 'TXT',
              rcode_name: 'NXDOMAIN',
              rejected: false,
            },
          },
        },
      ],
    },
  },
  {
    name: 'a request to our shop, the log without its name',
    settings: {
      addresses: {
        '10.0.1.5': 'web-shop',
      },
    },
    input:
      '{"ts":"2026-11-23T07:00:01.123Z","uid":"C3","id.orig_h":"203.0.113.7","id.orig_p":4,"id.resp_h":"10.0.1.5","id.resp_p":80,"method":"GET","host":"shop.example","uri":"/p?id=1%20UNION%20SELECT","user_agent":"sqlmap/1.8","status_code":500,"tags":[]}',
    expect: {
      reported: [
        {
          kind: 'network.connected',
          observables: {
            ip: '203.0.113.7',
            'destination-ip': '10.0.1.5',
            'flow-id': 'C3',
            path: '/p?id=1%20UNION%20SELECT',
            method: 'GET',
            'user-agent': 'sqlmap/1.8',
            domain: 'shop.example',
          },
          facts: {
            sourcePort: 4,
            destinationPort: 80,
            application: 'http',
            action: 'allowed',
            status: 500,
          },
          observedAt: 1795417201123,
          asset: 'web-shop',
          log: {
            category: 'webserver',
            product: 'zeek',
            service: 'http',
            fields: {
              src_ip: '203.0.113.7',
              dst_ip: '10.0.1.5',
              src_port: 4,
              dst_port: 80,
              'c-ip': '203.0.113.7',
              'cs-method': 'GET',
              'c-uri': '/p?id=1%20UNION%20SELECT',
              'cs-uri-query': '/p?id=1%20UNION%20SELECT',
              'cs-uri-stem': '/p',
              'c-useragent': 'sqlmap/1.8',
              'cs-user-agent': 'sqlmap/1.8',
              'cs-host': 'shop.example',
              'sc-status': 500,
              ts: '2026-11-23T07:00:01.123Z',
              uid: 'C3',
              'id.orig_h': '203.0.113.7',
              'id.orig_p': 4,
              'id.resp_h': '10.0.1.5',
              'id.resp_p': 80,
              method: 'GET',
              host: 'shop.example',
              uri: '/p?id=1%20UNION%20SELECT',
              user_agent: 'sqlmap/1.8',
              status_code: 500,
            },
          },
        },
      ],
    },
  },
  {
    name: 'a log-in over SSH fails',
    input:
      '{"_path":"ssh","ts":1795417201,"uid":"C4","id.orig_h":"203.0.113.7","id.orig_p":4,"id.resp_h":"10.0.1.5","id.resp_p":22,"auth_success":false,"auth_attempts":3,"client":"SSH-2.0-Go"}',
    expect: {
      reported: [
        {
          kind: 'login.failed',
          observables: {
            ip: '203.0.113.7',
            'destination-ip': '10.0.1.5',
            'flow-id': 'C4',
          },
          facts: {
            sourcePort: 4,
            destinationPort: 22,
            service: 'ssh',
            attempts: 3,
            client: 'SSH-2.0-Go',
          },
          observedAt: 1795417201000,
          log: {
            product: 'zeek',
            service: 'ssh',
            fields: {
              src_ip: '203.0.113.7',
              dst_ip: '10.0.1.5',
              src_port: 4,
              dst_port: 22,
              _path: 'ssh',
              ts: 1795417201,
              uid: 'C4',
              'id.orig_h': '203.0.113.7',
              'id.orig_p': 4,
              'id.resp_h': '10.0.1.5',
              'id.resp_p': 22,
              auth_success: false,
              auth_attempts: 3,
              client: 'SSH-2.0-Go',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a notice is a judgement',
    input:
      '{"_path":"notice","ts":1795417201,"note":"Scan::Port_Scan","msg":"203.0.113.7 scanned at least 15 unique ports","sub":"remote","src":"203.0.113.7","dst":"10.0.1.5"}',
    expect: {
      reported: [
        {
          kind: 'network.alerted',
          observables: {
            ip: '203.0.113.7',
            'destination-ip': '10.0.1.5',
          },
          facts: {
            signature: 'Scan::Port_Scan',
            text: '203.0.113.7 scanned at least 15 unique ports',
            detail: 'remote',
          },
          judged: {
            rule: 'zeek:Scan::Port_Scan',
            severity: 'medium',
            summary: 'Scan::Port_Scan: 203.0.113.7 scanned at least 15 unique ports',
          },
          observedAt: 1795417201000,
          log: {
            product: 'zeek',
            service: 'notice',
            fields: {
              _path: 'notice',
              ts: 1795417201,
              note: 'Scan::Port_Scan',
              msg: '203.0.113.7 scanned at least 15 unique ports',
              sub: 'remote',
              src: '203.0.113.7',
              dst: '10.0.1.5',
            },
          },
        },
      ],
    },
  },
  {
    name: 'an encrypted connection',
    input:
      '{"_path":"ssl","ts":1795417201,"uid":"C5","id.orig_h":"10.0.1.9","id.orig_p":4,"id.resp_h":"198.51.100.9","id.resp_p":443,"version":"TLSv13","cipher":"x","server_name":"evil.example","established":true,"ja3":"72a589da586844d7f0818ce684948eea"}',
    expect: {
      reported: [
        {
          kind: 'network.connected',
          observables: {
            ip: '10.0.1.9',
            'destination-ip': '198.51.100.9',
            'flow-id': 'C5',
            domain: 'evil.example',
            fingerprint: '72a589da586844d7f0818ce684948eea',
          },
          facts: {
            sourcePort: 4,
            destinationPort: 443,
            application: 'tls',
            action: 'allowed',
            version: 'TLSv13',
          },
          observedAt: 1795417201000,
          log: {
            product: 'zeek',
            service: 'ssl',
            fields: {
              src_ip: '10.0.1.9',
              dst_ip: '198.51.100.9',
              src_port: 4,
              dst_port: 443,
              _path: 'ssl',
              ts: 1795417201,
              uid: 'C5',
              'id.orig_h': '10.0.1.9',
              'id.orig_p': 4,
              'id.resp_h': '198.51.100.9',
              'id.resp_p': 443,
              version: 'TLSv13',
              cipher: 'x',
              server_name: 'evil.example',
              established: true,
              ja3: '72a589da586844d7f0818ce684948eea',
            },
          },
        },
      ],
    },
  },
  {
    name: 'an address is leased',
    input:
      '{"_path":"dhcp","ts":1795417201,"uids":["C6"],"client_addr":"10.0.1.20","server_addr":"10.0.1.1","mac":"AA:BB:CC:00:11:22","host_name":"POS-01","assigned_addr":"10.0.1.20","lease_time":3600,"msg_types":["REQUEST","ACK"]}',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          observedAt: 1795417201000,
          observables: { ip: '10.0.1.20', device: 'aa:bb:cc:00:11:22' },
          facts: { application: 'dhcp', name: 'POS-01', leaseSeconds: 3600 },
          log: {
            product: 'zeek',
            service: 'dhcp',
            fields: {
              _path: 'dhcp',
              ts: 1795417201,
              uids: 'C6',
              client_addr: '10.0.1.20',
              server_addr: '10.0.1.1',
              mac: 'AA:BB:CC:00:11:22',
              host_name: 'POS-01',
              assigned_addr: '10.0.1.20',
              lease_time: 3600,
              msg_types: 'REQUEST, ACK',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a log of Zeek itself',
    input: '{"_path":"stats","ts":1795417201}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'nobody says which log',
    input: '{"ts":1795417201,"x":1}',
    expect: {
      refused: '_path: missing, and nothing says which log it is',
    },
  },
  {
    name: 'no time',
    input: '{"_path":"conn","conn_state":"SF"}',
    expect: {
      refused: 'ts: expected seconds or an ISO 8601 time',
    },
  },
];

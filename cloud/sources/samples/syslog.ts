/** Written from RFC 3164, RFC 5424 and the documentation of the programs that write. */
import type { SourceSample } from '../source.ts';

export const syslogSamples: readonly SourceSample[] = [
  {
    name: 'a failed password, RFC 3164',
    input:
      '<38>Nov 23 07:00:01 shop-server sshd[4711]: Failed password for root from 203.0.113.7 port 51122 ssh2',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'login.failed',
          subjects: {
            account: 'root',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            service: 'ssh',
            method: 'password',
            port: 51122,
            host: 'shop-server',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'Failed password for root from 203.0.113.7 port 51122 ssh2',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
  {
    name: 'a name that looks like the rest of the line does not hide the address',
    input:
      '<38>Nov 23 07:00:01 shop-server sshd[1]: Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from 203.0.113.7 port 9 ssh2',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'login.failed',
          subjects: {
            account: 'x from 192.0.2.1 port 22 ssh2',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            service: 'ssh',
            method: 'password',
            port: 9,
            reason: 'unknown account',
            host: 'shop-server',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message:
                'Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from 203.0.113.7 port 9 ssh2',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
  {
    name: "an unknown name, in rsyslog's file of today, from a session process",
    settings: {
      hosts: {
        web1: 'shop-server',
      },
    },
    input:
      '2026-11-23T08:00:01.250000+01:00 web1.example.org sshd-session[99]: Invalid user admin from 2001:DB8::1 port 4000',
    expect: {
      reported: [
        {
          observedAt: 1795417201250,
          kind: 'login.failed',
          subjects: {
            account: 'admin',
          },
          observables: {
            ip: '2001:db8::1',
          },
          facts: {
            service: 'ssh',
            reason: 'unknown account',
            host: 'web1.example.org',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'Invalid user admin from 2001:DB8::1 port 4000',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
  {
    name: 'a key is accepted, RFC 5424 with structured data and a byte order mark',
    input:
      '<86>1 2026-11-23T07:00:01Z shop-server sshd 42 - [origin ip="10.0.0.1" note="a \\"quoted\\] one"] ﻿Accepted publickey for a.weber from 198.51.100.20 port 22 ssh2: ED25519 SHA256:AbC',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'login.succeeded',
          subjects: {
            account: 'a.weber',
          },
          observables: {
            ip: '198.51.100.20',
          },
          facts: {
            service: 'ssh',
            method: 'publickey',
            port: 22,
            key: 'SHA256:AbC',
            keyType: 'ED25519',
            host: 'shop-server',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'Accepted publickey for a.weber from 198.51.100.20 port 22 ssh2: ED25519 SHA256:AbC',
            },
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
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'login.failed',
          subjects: {
            account: 'root',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            service: 'ssh',
            reason: 'left before logging in',
            host: 'shop-server',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'Connection closed by authenticating user root 203.0.113.7 port 3 [preauth]',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
  {
    name: 'a repeated message counts as often as it was repeated',
    input:
      'Nov 23 07:00:01 h sshd[1]: message repeated 2 times: [ Failed password for root from 203.0.113.7 port 3 ssh2]',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'login.failed',
          subjects: {
            account: 'root',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            service: 'ssh',
            method: 'password',
            port: 3,
            host: 'h',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'message repeated 2 times: [ Failed password for root from 203.0.113.7 port 3 ssh2]',
            },
          },
          asset: 'h',
        },
        {
          observedAt: 1795417201000,
          kind: 'login.failed',
          subjects: {
            account: 'root',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            service: 'ssh',
            method: 'password',
            port: 3,
            host: 'h',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'message repeated 2 times: [ Failed password for root from 203.0.113.7 port 3 ssh2]',
            },
          },
          asset: 'h',
        },
      ],
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
          observedAt: 1798757999000,
          kind: 'host.logged',
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            service: 'ssh',
            reason: 'no log-in tried',
            host: 'h',
          },
          log: {
            category: 'authentication',
            product: 'linux',
            service: 'sshd',
            fields: {
              message: 'Did not receive identification string from 203.0.113.7 port 3',
            },
          },
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
          observedAt: 1795417201000,
          kind: 'account.elevated',
          subjects: {
            account: 'a.weber',
          },
          facts: {
            tty: 'pts/0',
            pwd: '/home/a',
            as: 'root',
            command: '/bin/sh -c id ; ls',
            succeeded: true,
            host: 'shop-server',
          },
          log: {
            category: 'process_creation',
            product: 'linux',
            service: 'sudo',
            fields: {
              message: '  a.weber : TTY=pts/0 ; PWD=/home/a ; USER=root ; COMMAND=/bin/sh -c id ; ls',
              CommandLine: '/bin/sh -c id ; ls',
              Image: '/bin/sh',
              User: 'a.weber',
              CurrentDirectory: '/home/a',
            },
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
          observedAt: 1795417201000,
          kind: 'account.elevated',
          subjects: {
            account: 'www-data',
          },
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
          log: {
            category: 'process_creation',
            product: 'linux',
            service: 'sudo',
            fields: {
              message:
                'www-data : 3 incorrect password attempts ; TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/bash',
              CommandLine: '/bin/bash',
              Image: '/bin/bash',
              User: 'www-data',
              CurrentDirectory: '/',
            },
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
          observedAt: 1795417201000,
          kind: 'account.elevated',
          subjects: {
            account: 'eve',
          },
          facts: {
            tty: 'pts/1',
            pwd: '/',
            as: 'root',
            command: '/bin/su',
            succeeded: false,
            reason: 'user NOT in sudoers',
          },
          log: {
            category: 'process_creation',
            product: 'linux',
            service: 'sudo',
            fields: {
              message: 'eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/su',
              CommandLine: '/bin/su',
              Image: '/bin/su',
              User: 'eve',
              CurrentDirectory: '/',
            },
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
          observedAt: 1795417201123,
          kind: 'host.logged',
          facts: {
            text: '%LINK-3-UPDOWN: Interface Gi0/1, changed state to down',
            severity: 3,
            facility: 23,
          },
          log: {
            product: 'linux',
            service: 'syslog',
            fields: {
              message: '%LINK-3-UPDOWN: Interface Gi0/1, changed state to down',
            },
          },
        },
      ],
    },
  },
  {
    name: 'everyday messages are passed over',
    input: '<30>Nov 23 07:00:01 shop-server systemd[1]: Started Daily apt activities.',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'what sshd says of itself is passed over',
    input: 'Nov 23 07:00:01 h sshd[1]: Server listening on 0.0.0.0 port 22.',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'no priority and no time',
    input: 'hello',
    expect: {
      refused: 'neither a priority nor a time',
    },
  },
  {
    name: 'a priority that does not exist',
    input: '<192>x',
    expect: {
      refused: 'the priority 192 is above 191',
    },
  },
  {
    name: 'netfilter turns a packet away',
    input:
      '<4>Nov 23 07:00:01 shop-server kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=00:11:22:33:44:55:66:77:88:99:aa:bb:08:00 SRC=203.0.113.7 DST=10.0.1.5 LEN=60 TOS=0x00 PREC=0x00 TTL=49 ID=54321 DF PROTO=TCP SPT=40122 DPT=23 WINDOW=64240 RES=0x00 SYN URGP=0',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'network.connected',
          observables: {
            ip: '203.0.113.7',
            'destination-ip': '10.0.1.5',
          },
          facts: {
            action: 'blocked',
            protocol: 'tcp',
            sourcePort: 40122,
            destinationPort: 23,
            inward: 'eth0',
            rule: 'UFW BLOCK',
            length: 60,
            host: 'shop-server',
          },
          log: {
            category: 'firewall',
            product: 'linux',
            service: 'iptables',
            fields: {
              action: 'deny',
              blocked: 'true',
              src_ip: '203.0.113.7',
              dst_ip: '10.0.1.5',
              src_port: 40122,
              dst_port: 23,
              protocol: 'TCP',
              flags: 'SYN',
              rule: 'UFW BLOCK',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
  {
    name: 'an ICMP error carries the packet that it is about: the first addresses count',
    input:
      '<4>Nov 23 07:00:01 shop-server kernel: DROP-IN: IN=eth0 OUT= SRC=198.51.100.1 DST=10.0.1.5 LEN=88 PROTO=ICMP TYPE=3 CODE=1 [SRC=10.0.1.5 DST=203.0.113.9 LEN=60 PROTO=TCP SPT=1 DPT=2 ]',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'network.connected',
          observables: {
            ip: '198.51.100.1',
            'destination-ip': '10.0.1.5',
          },
          facts: {
            action: 'blocked',
            protocol: 'icmp',
            inward: 'eth0',
            rule: 'DROP-IN',
            length: 88,
            host: 'shop-server',
          },
          log: {
            category: 'firewall',
            product: 'linux',
            service: 'iptables',
            fields: {
              action: 'deny',
              blocked: 'true',
              src_ip: '198.51.100.1',
              dst_ip: '10.0.1.5',
              protocol: 'ICMP',
              rule: 'DROP-IN',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
  {
    name: "pf's filterlog",
    input:
      '<134>1 2026-11-23T07:00:01Z firewall.example.org filterlog 55555 - - 5,,,1000000103,igb0,match,block,in,4,0x0,,49,54321,0,DF,6,tcp,60,203.0.113.7,10.0.1.5,40122,3389,0,S,1,,64240,,mss',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'network.connected',
          observables: {
            ip: '203.0.113.7',
            'destination-ip': '10.0.1.5',
          },
          facts: {
            action: 'blocked',
            protocol: 'tcp',
            sourcePort: 40122,
            destinationPort: 3389,
            inward: 'igb0',
            rule: '1000000103',
            length: 60,
            host: 'firewall.example.org',
          },
          log: {
            category: 'firewall',
            product: 'pf',
            service: 'filterlog',
            fields: {
              action: 'deny',
              blocked: 'true',
              src_ip: '203.0.113.7',
              dst_ip: '10.0.1.5',
              src_port: 40122,
              dst_port: 3389,
              protocol: 'tcp',
              rule: '1000000103',
            },
          },
          asset: 'firewall',
        },
      ],
    },
  },
  {
    name: 'the same of IPv6',
    input:
      '<134>1 2026-11-23T07:00:01Z firewall filterlog 55555 - - 5,,,1000000105,igb0,match,pass,out,6,0x00,0x00000,64,tcp,6,20,2001:DB8::7,2001:db8::5,40122,443,0,S,1,,64240,,mss',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'network.connected',
          observables: {
            ip: '2001:db8::7',
            'destination-ip': '2001:db8::5',
          },
          facts: {
            action: 'allowed',
            protocol: 'tcp',
            sourcePort: 40122,
            destinationPort: 443,
            outward: 'igb0',
            rule: '1000000105',
            length: 20,
            host: 'firewall',
          },
          log: {
            category: 'firewall',
            product: 'pf',
            service: 'filterlog',
            fields: {
              action: 'allow',
              src_ip: '2001:db8::7',
              dst_ip: '2001:db8::5',
              src_port: 40122,
              dst_port: 443,
              protocol: 'tcp',
              rule: '1000000105',
            },
          },
          asset: 'firewall',
        },
      ],
    },
  },
  {
    name: 'dnsmasq is asked for a name',
    input: '<30>Nov 23 07:00:01 gateway dnsmasq[99]: query[TXT] QX7.Evil.Example from 10.0.1.9',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'domain.resolved',
          observables: {
            ip: '10.0.1.9',
            domain: 'qx7.evil.example',
          },
          facts: {
            type: 'TXT',
            host: 'gateway',
          },
          log: {
            category: 'dns',
            product: 'linux',
            service: 'dnsmasq',
            fields: {
              query: 'qx7.evil.example',
              record_type: 'TXT',
              src_ip: '10.0.1.9',
            },
          },
          asset: 'gateway',
        },
      ],
    },
  },
  {
    name: 'dnsmasq has no such name, with the asker in front',
    input: '<30>Nov 23 07:00:01 gateway dnsmasq[99]: 17 10.0.1.9/40122 reply qx7.evil.example is NXDOMAIN',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'domain.resolved',
          observables: {
            ip: '10.0.1.9',
            domain: 'qx7.evil.example',
          },
          facts: {
            answered: true,
            succeeded: false,
            answer: 'NXDOMAIN',
            host: 'gateway',
          },
          log: {
            category: 'dns',
            product: 'linux',
            service: 'dnsmasq',
            fields: {
              query: 'qx7.evil.example',
              record_type: 'any',
              src_ip: '10.0.1.9',
              answer: 'NXDOMAIN',
              rcode: 'NXDOMAIN',
            },
          },
          asset: 'gateway',
        },
      ],
    },
  },
  {
    name: 'BIND is asked for a name',
    input:
      '<30>1 2026-11-23T07:00:01Z ns1 named 7 - - client @0x7f7c4c0d5c28 10.0.1.9#40122 (evil.example): query: evil.example IN A +E(0)K (10.0.1.1)',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'domain.resolved',
          observables: {
            ip: '10.0.1.9',
            domain: 'evil.example',
          },
          facts: {
            type: 'A',
            host: 'ns1',
          },
          log: {
            category: 'dns',
            product: 'linux',
            service: 'bind',
            fields: {
              query: 'evil.example',
              record_type: 'A',
              src_ip: '10.0.1.9',
            },
          },
          asset: 'ns1',
        },
      ],
    },
  },
  {
    name: 'Unbound is asked for a name',
    input: '<30>Nov 23 07:00:01 ns1 unbound: [99:0] info: 10.0.1.9 evil.example. AAAA IN',
    expect: {
      reported: [
        {
          observedAt: 1795417201000,
          kind: 'domain.resolved',
          observables: {
            ip: '10.0.1.9',
            domain: 'evil.example',
          },
          facts: {
            type: 'AAAA',
            host: 'ns1',
          },
          log: {
            category: 'dns',
            product: 'linux',
            service: 'unbound',
            fields: {
              query: 'evil.example',
              record_type: 'AAAA',
              src_ip: '10.0.1.9',
            },
          },
          asset: 'ns1',
        },
      ],
    },
  },
  {
    name: 'a record of the audit trail; its own time is finer',
    input:
      '<13>Nov 23 07:00:01 shop-server audispd: type=USER_LOGIN msg=audit(1795417201.123:501): pid=1 uid=0 auid=4294967295 ses=1 msg=\'op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=failed\'',
    expect: {
      reported: [
        {
          observedAt: 1795417201123,
          kind: 'login.failed',
          subjects: {
            account: 'root',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            type: 'USER_LOGIN',
            image: '/usr/sbin/sshd',
            terminal: 'ssh',
            operation: 'login',
            serial: '501',
            host: 'shop-server',
          },
          log: {
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'USER_LOGIN',
              Image: '/usr/sbin/sshd',
              User: 'root',
              pid: '1',
              uid: '0',
              auid: '4294967295',
              ses: '1',
              op: 'login',
              acct: 'root',
              exe: '/usr/sbin/sshd',
              hostname: '?',
              addr: '203.0.113.7',
              terminal: 'ssh',
              res: 'failed',
            },
          },
          asset: 'shop-server',
        },
      ],
    },
  },
];

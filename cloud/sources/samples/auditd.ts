/** Written from the documentation of the Linux audit framework's records. */
import type { SourceSample } from '../source.ts';

export const auditdSamples: readonly SourceSample[] = [
  {
    name: 'a program is started, an argument of it in hex',
    input: 'type=EXECVE msg=audit(1795417201.123:24287): argc=3 a0="curl" a1="-o" a2=2F746D702F6120622E7368',
    expect: {
      reported: [
        {
          kind: 'process.started',
          facts: {
            type: 'EXECVE',
            command: 'curl -o /tmp/a b.sh',
            serial: '24287',
          },
          observedAt: 1795417201123,
          log: {
            category: 'process_creation',
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'EXECVE',
              CommandLine: 'curl -o /tmp/a b.sh',
              Image: 'curl',
              argc: '3',
              a0: 'curl',
              a1: '-o',
              a2: '/tmp/a b.sh',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a system call that a key watches',
    input:
      'node=web1.example.org type=SYSCALL msg=audit(1795417201.123:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 a1=0 a2=7fffd19c4b50 a3=a items=1 ppid=2686 pid=3538 auid=1000 uid=1000 gid=1000 euid=1000 tty=pts0 ses=1 comm="cat" exe="/bin/cat" key="sshd_config"\u001dARCH=x86_64 SYSCALL=open AUID="a.weber" UID="a.weber"',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          facts: {
            type: 'SYSCALL',
            key: 'sshd_config',
            image: '/bin/cat',
            terminal: 'pts0',
            application: 'auditd',
            call: 'open',
            command: 'cat',
            succeeded: false,
            by: 'a.weber',
            serial: '24287',
            host: 'web1.example.org',
          },
          observedAt: 1795417201123,
          log: {
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'SYSCALL',
              Image: '/bin/cat',
              User: 'a.weber',
              arch: 'c000003e',
              syscall: '2',
              success: 'no',
              exit: '-13',
              a0: '7fffd19c5592',
              a1: '0',
              a2: '7fffd19c4b50',
              a3: 'a',
              items: '1',
              ppid: '2686',
              pid: '3538',
              auid: '1000',
              uid: '1000',
              gid: '1000',
              euid: '1000',
              tty: 'pts0',
              ses: '1',
              comm: 'cat',
              exe: '/bin/cat',
              key: 'sshd_config',
              ARCH: 'x86_64',
              SYSCALL: 'open',
              AUID: 'a.weber',
              UID: 'a.weber',
            },
          },
          asset: 'web1',
        },
      ],
    },
  },
  {
    name: 'a log-in fails',
    input:
      'type=USER_LOGIN msg=audit(1795417201.123:501): pid=4711 uid=0 auid=4294967295 ses=4294967295 msg=\'op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=failed\'',
    expect: {
      reported: [
        {
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
          },
          observedAt: 1795417201123,
          log: {
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'USER_LOGIN',
              Image: '/usr/sbin/sshd',
              User: 'root',
              pid: '4711',
              uid: '0',
              auid: '4294967295',
              ses: '4294967295',
              op: 'login',
              acct: 'root',
              exe: '/usr/sbin/sshd',
              hostname: '?',
              addr: '203.0.113.7',
              terminal: 'ssh',
              res: 'failed',
            },
          },
        },
      ],
    },
  },
  {
    name: 'an account that looks like fields is one name',
    input:
      'type=USER_LOGIN msg=audit(1795417201.123:502): pid=1 uid=0 auid=4294967295 ses=1 msg=\'op=login acct=726F6F7420616464723D3139322E302E322E31 exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=failed\'',
    expect: {
      reported: [
        {
          kind: 'login.failed',
          subjects: {
            account: 'root addr=192.0.2.1',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            type: 'USER_LOGIN',
            image: '/usr/sbin/sshd',
            terminal: 'ssh',
            operation: 'login',
            serial: '502',
          },
          observedAt: 1795417201123,
          log: {
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'USER_LOGIN',
              Image: '/usr/sbin/sshd',
              User: 'root addr=192.0.2.1',
              pid: '1',
              uid: '0',
              auid: '4294967295',
              ses: '1',
              op: 'login',
              acct: 'root addr=192.0.2.1',
              exe: '/usr/sbin/sshd',
              hostname: '?',
              addr: '203.0.113.7',
              terminal: 'ssh',
              res: 'failed',
            },
          },
        },
      ],
    },
  },
  {
    name: 'sudo runs a command',
    input:
      'type=USER_CMD msg=audit(1795417201.123:503): pid=9 uid=1000 auid=1000 ses=3 msg=\'cwd="/home/a" cmd=636174202F6574632F736861646F77 exe="/usr/bin/sudo" terminal=pts/0 res=success\'\u001dUID="a.weber" AUID="a.weber"',
    expect: {
      reported: [
        {
          kind: 'account.elevated',
          subjects: {
            account: 'a.weber',
          },
          facts: {
            type: 'USER_CMD',
            image: '/usr/bin/sudo',
            terminal: 'pts/0',
            command: 'cat /etc/shadow',
            pwd: '/home/a',
            succeeded: true,
            serial: '503',
          },
          observedAt: 1795417201123,
          log: {
            category: 'process_creation',
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'USER_CMD',
              CommandLine: 'cat /etc/shadow',
              Image: '/usr/bin/sudo',
              User: 'a.weber',
              pid: '9',
              uid: '1000',
              auid: '1000',
              ses: '3',
              cwd: '/home/a',
              cmd: 'cat /etc/shadow',
              exe: '/usr/bin/sudo',
              terminal: 'pts/0',
              res: 'success',
              UID: 'a.weber',
              AUID: 'a.weber',
            },
          },
        },
      ],
    },
  },
  {
    name: 'an account is added',
    input:
      'type=ADD_USER msg=audit(1795417201.123:504): pid=9 uid=0 auid=1000 ses=3 msg=\'op=add-user acct="backup2" exe="/usr/sbin/useradd" hostname=? addr=? terminal=pts/0 res=success\'',
    expect: {
      reported: [
        {
          kind: 'account.changed',
          subjects: {
            account: 'backup2',
          },
          facts: {
            type: 'ADD_USER',
            image: '/usr/sbin/useradd',
            terminal: 'pts/0',
            operation: 'add-user',
            change: 'created',
            by: '1000',
            succeeded: true,
            serial: '504',
          },
          observedAt: 1795417201123,
          log: {
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'ADD_USER',
              Image: '/usr/sbin/useradd',
              User: 'backup2',
              pid: '9',
              uid: '0',
              auid: '1000',
              ses: '3',
              op: 'add-user',
              acct: 'backup2',
              exe: '/usr/sbin/useradd',
              hostname: '?',
              addr: '?',
              terminal: 'pts/0',
              res: 'success',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a file is made under a watched folder',
    input:
      'type=PATH msg=audit(1795417201.123:505): item=1 name="/etc/cron.d/x" inode=5 dev=fd:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=CREATE',
    expect: {
      reported: [
        {
          kind: 'file.changed',
          facts: {
            type: 'PATH',
            file: '/etc/cron.d/x',
            change: 'created',
            serial: '505',
          },
          observedAt: 1795417201123,
          log: {
            category: 'file_event',
            product: 'linux',
            service: 'auditd',
            fields: {
              type: 'PATH',
              TargetFilename: '/etc/cron.d/x',
              item: '1',
              name: '/etc/cron.d/x',
              inode: '5',
              dev: 'fd:00',
              mode: '0100644',
              ouid: '0',
              ogid: '0',
              rdev: '00:00',
              nametype: 'CREATE',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a record that only completes another',
    input: 'type=CWD msg=audit(1795417201.123:505): cwd="/root"',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'no record at all',
    input: 'Nov 23 07:00:01 h sshd[1]: hello',
    expect: {
      refused: 'not like type=… msg=audit(seconds.milliseconds:serial): …',
    },
  },
];

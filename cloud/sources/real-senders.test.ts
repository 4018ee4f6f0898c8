/** Programs that shops run, as Debian ships them: logger, rsyslog and nginx send, we listen. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { selfSignedCertificate } from '../self-signed.ts';
import { eventually, type Rig, rigUp } from './rig.ts';

let rig: Rig;
const running: ChildProcess[] = [];
beforeEach(async () => {
  rig = await rigUp();
});
afterEach(async () => {
  for (const process of running.splice(0)) {
    if (process.exitCode !== null || process.signalCode !== null) continue;
    const exited = once(process, 'exit');
    process.kill('SIGTERM');
    await exited;
  }
  await rig.stop();
});

function start(command: string, parameters: readonly string[]): ChildProcess {
  const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  running.push(child);
  return child;
}

const source = (name: string, transport: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
  name,
  format: 'syslog',
  asset: 'shop-server',
  transport,
  ...over,
});
const accounts = () => rig.observations().map(({ subjects }) => subjects?.account);

const logger = (port: number, ...parameters: string[]) => {
  const { status, stderr } = spawnSync(
    'logger',
    ['--server', '127.0.0.1', '--port', String(port), '--tag', 'sshd', ...parameters],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
};
const wrong = (account: string) => `Failed password for ${account} from 203.0.113.7 port 51122 ssh2`;

describe.skipIf(!existsSync('/usr/bin/logger'))('logger of util-linux', () => {
  test('speaks both forms over UDP, and over TCP with and without counted octets', async () => {
    const { sources } = rig.start([
      source('datagrams', { type: 'syslog-udp', port: 0 }),
      source('streams', { type: 'syslog-tcp', port: 0 }),
    ]);
    const udp = await eventually('listening', () => sources.port('datagrams'));
    const tcp = await eventually('listening', () => sources.port('streams'));
    const begun = Date.now();
    logger(udp, '--udp', '--rfc5424', '--priority', 'auth.info', wrong('u1'));
    logger(udp, '--udp', '--rfc3164', '--priority', 'auth.info', wrong('u2'));
    logger(tcp, '--tcp', '--rfc5424', wrong('u3'));
    logger(tcp, '--tcp', '--rfc5424', '--octet-count', wrong('u4'));
    logger(tcp, '--tcp', '--rfc3164', '--octet-count', wrong('u5'));
    await eventually('five log-ins', () => accounts().length === 5);
    expect(accounts().sort()).toEqual(['u1', 'u2', 'u3', 'u4', 'u5']);
    for (const { kind, observables, observedAt, facts } of rig.observations()) {
      expect([kind, observables?.ip, facts?.method]).toEqual(['login.failed', '203.0.113.7', 'password']);
      // Old messages know no parts of a second, and no zone: the site's here is UTC.
      if (process.env.TZ === undefined || process.env.TZ === 'UTC')
        expect(Math.abs(observedAt - begun)).toBeLessThan(60_000);
    }
    expect(sources.health().map(({ refused, dropped }) => refused + dropped)).toEqual([0, 0]);
  });

  test('structured data goes along as fields for rules', async () => {
    const { sources } = rig.start([
      source('streams', { type: 'syslog-tcp', port: 0 }, { keep: 'everything' }),
    ]);
    const tcp = await eventually('listening', () => sources.port('streams'));
    const data = ['--sd-id', 'shop@32473', '--sd-param', 'order="7\\]27"', '--msgid', 'PAID'];
    logger(tcp, '--tcp', '--rfc5424', '--tag', 'checkout', ...data, 'an order was paid');
    const [seen] = await eventually('one', () => rig.observations().length > 0 && rig.observations());
    expect(seen).toMatchObject({
      kind: 'host.logged',
      facts: { application: 'checkout', messageId: 'PAID', text: 'an order was paid' },
      log: { product: 'linux', service: 'checkout', fields: { 'shop@32473.order': '7]27' } },
    });
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.skipIf(!existsSync('/usr/sbin/rsyslogd'))('rsyslog', () => {
  const hasTls = ['x86_64', 'aarch64'].some((machine) =>
    existsSync(`/usr/lib/${machine}-linux-gnu/rsyslog/lmnsd_gtls.so`),
  );

  test.each([
    ['syslog-tcp', 'TCP_Framing="octet-counted"'],
    ['syslog-tcp', 'TCP_Framing="traditional"'],
    ...(hasTls
      ? [['syslog-tls', 'StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon"']]
      : []),
  ])('relays a log over %s, %s', async (type, options) => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const day = 86_400_000;
    const der = selfSignedCertificate({
      commonName: 'cloud',
      names: ['localhost'],
      notBefore: Date.now() - day,
      notAfter: Date.now() + day,
      ...keys,
    });
    const at = (name: string) => join(rig.folder, name);
    writeFileSync(at('c.pem'), new X509Certificate(der).toString());
    writeFileSync(at('k.pem'), keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const files = type === 'syslog-tls' ? { certificateFile: at('c.pem'), keyFile: at('k.pem') } : {};
    const { sources } = rig.start([source('relay', { type, port: 0, ...files })]);
    const port = await eventually('listening', () => sources.port('relay'));
    const inPort = await freePort();
    mkdirSync(at('work'));
    writeFileSync(
      at('rsyslog.conf'),
      [
        `global(workDirectory="${at('work')}"${type === 'syslog-tls' ? ` DefaultNetstreamDriverCAFile="${at('c.pem')}"` : ''})`,
        'module(load="imtcp")',
        `input(type="imtcp" address="127.0.0.1" port="${inPort}")`,
        `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format" ${options})`,
        '',
      ].join('\n'),
    );
    start('/usr/sbin/rsyslogd', ['-n', '-f', at('rsyslog.conf'), '-i', at('pid')]);
    await eventually('rsyslog listens', () => {
      const tried = spawnSync('logger', [
        ...['--server', '127.0.0.1', '--port', String(inPort), '--tcp', '--octet-count', '--rfc5424'],
        ...['--tag', 'sshd', wrong('probe')],
      ]);
      return tried.status === 0;
    });
    for (let number = 1; number <= 20; number++)
      logger(inPort, '--tcp', '--octet-count', wrong(`u${number}`));
    await eventually('all of them', () => accounts().filter((account) => account !== 'probe').length >= 20);
    const numbered = accounts().filter((account) => account !== 'probe');
    expect(numbered.sort()).toEqual(Array.from({ length: 20 }, (_, index) => `u${index + 1}`).sort());
    expect(sources.health()[0]).toMatchObject({ refused: 0, dropped: 0 });
  });
});

describe.skipIf(!existsSync('/usr/sbin/nginx'))('nginx', () => {
  test('its access log in a file and through syslog, and its error log, say the same of a request', async () => {
    const port = await freePort();
    const at = (name: string) => join(rig.folder, name);
    mkdirSync(at('www'));
    writeFileSync(at('www/index.html'), 'hello');
    const logins = [{ path: '/account/login', method: 'POST', failedStatus: [401] }];
    const { sources } = rig.start([
      {
        name: 'file',
        format: 'web-access',
        asset: 'web-shop',
        logins,
        transport: { type: 'followed-file', path: at('access.log') },
      },
      { name: 'sent', format: 'web-access', asset: 'web-shop', transport: { type: 'syslog-udp', port: 0 } },
      {
        name: 'errors',
        format: 'web-error',
        asset: 'web-shop',
        transport: { type: 'followed-file', path: at('error.log') },
      },
    ]);
    const syslogPort = await eventually('listening', () => sources.port('sent'));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${at(name)};`)
      .join(' ');
    writeFileSync(
      at('nginx.conf'),
      `daemon off; master_process off; pid ${at('nginx.pid')}; error_log ${at('error.log')} error;
      events {}
      http { ${temporary}
        access_log ${at('access.log')} combined;
        access_log syslog:server=127.0.0.1:${syslogPort},tag=nginx combined;
        server { listen 127.0.0.1:${port}; server_name shop.example; root ${at('www')};
          location = /account/login { return 401; }
          location ~ /\\.git { deny all; } } }`,
    );
    start('/usr/sbin/nginx', ['-p', rig.folder, '-c', at('nginx.conf'), '-e', at('error.log')]);
    const get = (path: string, options: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, options).then(
        ({ status }) => status,
        () => 0,
      );
    for (let tries = 0; (await get('/ready')) === 0 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const agent = 'evil "agent" \\ ä';
    const headers = { 'user-agent': Buffer.from(agent).toString('latin1') };
    expect(await get('/?q=%27%20OR%201%3D1', { headers })).toBe(200);
    expect(await get('/.git/config')).toBe(403);
    expect(await get('/account/login', { method: 'POST', body: 'x=1' })).toBe(401);
    const of = (name: string) => rig.observations().filter(({ source: by }) => by.endsWith(`:${name}`));
    const paths = (name: string) => of(name).map(({ observables }) => observables?.path);
    for (const name of ['file', 'sent'])
      await eventually(
        `three requests of ${name}`,
        () => paths(name).filter((path) => path !== '/ready').length === 3,
      );
    for (const name of ['file', 'sent']) {
      const asked = of(name).find(({ observables }) => observables?.path?.startsWith('/?q='));
      expect(asked).toMatchObject({
        kind: 'web.requested',
        observables: { ip: '127.0.0.1', method: 'GET', path: '/?q=%27%20OR%201%3D1', 'user-agent': agent },
        facts: { status: 200, bytes: 5 },
      });
    }
    const login = of('file').find(({ observables }) => observables?.path === '/account/login');
    expect(login?.kind).toBe('login.failed');
    const denied = await eventually('the error', () =>
      of('errors').find(({ observables }) => observables?.path === '/.git/config'),
    );
    expect(denied).toMatchObject({
      kind: 'host.logged',
      observables: { ip: '127.0.0.1', method: 'GET' },
      facts: { application: 'nginx', level: 'error' },
      log: { product: 'nginx', fields: { 'c-uri': '/.git/config' } },
    });
    expect(sources.health().map(({ refused, dropped }) => refused + dropped)).toEqual([0, 0, 0]);
  });
});

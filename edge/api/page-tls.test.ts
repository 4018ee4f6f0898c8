import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../broker/certificate.ts';
import {
  ownAuthority,
  RENEW_BEFORE_MS,
  SERVER_VALID_MS,
  serverCertificate,
} from '../certificates/page-certificate.ts';
import {
  configuredFolder,
  editFile,
  pins,
  runMain,
  startGateway,
  temporaryFolder,
} from '../testing/gateway-process.ts';
import { httpsAddress, onlyByTls } from './only-by-tls.ts';
import { pageTls } from './page-tls.ts';
import { answerRefused, Refused } from './problem.ts';

const NOW = Date.UTC(2027, 0, 1);
const DAY_MS = 24 * 3_600_000;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** By HTTPS, trusting `ca` and nothing else, whatever name the address has. */
function ask(
  port: number,
  path: string,
  ca: string,
  { host = 'localhost', body, headers = {} }: { host?: string; body?: object; headers?: object } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path, ca, servername: host, method: body ? 'POST' : 'GET' },
        headers: { host: `${host}:${port}`, 'content-type': 'application/json', ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: told } = response;
          resolve({ status, headers: told, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const withTls = (text: string, keys = '') =>
  text.replace('  trustProxy: true', `  tls: { host: 127.0.0.1, port: 0${keys} }`);

const tlsPortOf = ({ stdout }: { stdout: string }): number =>
  (JSON.parse(stdout.split('\n')[0] ?? '') as { pageTls: number }).pageTls;

describe('the gateway’s own authority', () => {
  const names = ['localhost', 'gate.local', '127.0.0.1', '192.168.1.5', 'fd00::5'];
  it('signs for the names and addresses of the site, and is kept while the certificate is renewed', () => {
    const folder = temporaryFolder();
    const authority = ownAuthority(folder, ['gate'], NOW);
    const pair = serverCertificate(folder, authority, names, NOW);
    const server = new X509Certificate(pair.certificate);
    expect(server.checkIssued(authority.certificate)).toBe(true);
    expect(server.ca).toBe(false);
    for (const name of ['localhost', 'gate.local']) expect(server.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '192.168.1.5', 'fd00::5'])
      expect(server.checkIP(address)).toBe(address);
    expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).toBeLessThan(398 * DAY_MS);
    for (const file of ['page-authority.json', 'page-certificate.pem'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);

    expect(serverCertificate(folder, authority, names, NOW + DAY_MS)).toEqual(pair);
    const later = NOW + SERVER_VALID_MS - RENEW_BEFORE_MS;
    const again = ownAuthority(folder, ['gate'], later);
    expect([again.isNew, again.certificate.fingerprint256]).toEqual([
      false,
      authority.certificate.fingerprint256,
    ]);
    const renewed = new X509Certificate(serverCertificate(folder, again, names, later).certificate);
    expect(renewed.fingerprint256).not.toBe(server.fingerprint256);
    expect(renewed.checkIssued(authority.certificate)).toBe(true);
    // Another address of the box: a new certificate, the same authority.
    const moved = serverCertificate(folder, again, [...names, '10.0.0.9'], later);
    expect(new X509Certificate(moved.certificate).checkIP('10.0.0.9')).toBe('10.0.0.9');
  });

  it('is made anew where it could not speak for a name, or is damaged', () => {
    const folder = temporaryFolder();
    const first = ownAuthority(folder, ['gate'], NOW).certificate.fingerprint256;
    const second = ownAuthority(folder, ['gate', 'shop.example'], NOW).certificate.fingerprint256;
    expect(second).not.toBe(first);
    expect(ownAuthority(folder, ['gate', 'page.shop.example'], NOW).isNew).toBe(false);
    writeFileSync(join(folder, 'page-authority.json'), '{"permitted":[]}');
    expect(ownAuthority(folder, ['gate'], NOW).isNew).toBe(true);
  });

  it('holds from today on although the gateway believes that it is 1970', () => {
    const folder = temporaryFolder();
    const authority = ownAuthority(folder, ['gate'], 0);
    const { certificate } = serverCertificate(folder, authority, names, 0);
    const server = new X509Certificate(certificate);
    expect(Date.parse(server.validTo)).toBeGreaterThan(Date.UTC(2027, 0, 1));
    // Once the time is there, one that has ended meanwhile is made anew.
    const late = Date.UTC(2029, 0, 1);
    const renewed = serverCertificate(folder, ownAuthority(folder, ['gate'], late), names, late);
    expect(Date.parse(new X509Certificate(renewed.certificate).validTo)).toBeGreaterThan(late);
  });
});

describe('the page by HTTPS', { timeout: 90_000 }, () => {
  it('is trusted by who has installed the gateway’s authority, and by nobody else', async () => {
    const folder = await configuredFolder(withTls);
    const gateway = await startGateway(folder);
    const port = tlsPortOf(gateway.output());
    const crt = await fetch(`${gateway.url}/ca.crt`);
    expect(crt.headers.get('content-type')).toBe('application/x-x509-ca-cert');
    const authority = new X509Certificate(Buffer.from(await crt.arrayBuffer()));
    expect(gateway.output().stderr).toContain(authority.fingerprint256);
    const ca = authority.toString();

    const page = await ask(port, '/api/site', ca);
    expect([page.status, JSON.parse(page.body.toString())]).toMatchObject([200, { gateway: 'gateway-1' }]);
    // Its own certificate, so browsers are not told to refuse anything else for half a year.
    expect(page.headers['strict-transport-security']).toBeUndefined();
    await expect(ask(port, '/', makeCertificate(['localhost'], Date.now()).certificate)).rejects.toThrow(
      /self.signed|unable to (get|verify)/,
    );
    await expect(ask(port, '/', ca, { host: 'bank.example' })).rejects.toThrow(/altnames/);

    const signIn = await ask(port, '/api/session', ca, { body: { name: 'Anna Weber', pin: pins.anna } });
    expect(signIn.status).toBe(200);
    expect(String(signIn.headers['set-cookie'])).toMatch(/HttpOnly; Secure; SameSite=Strict/);
    // On this machine itself plain HTTP goes on as before.
    const plain = await fetch(`${gateway.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Anna Weber', pin: pins.anna }),
    });
    expect([plain.status, plain.headers.get('set-cookie')]).toEqual([
      200,
      expect.not.stringMatching(/secure/i),
    ]);

    // Plain HTTP on the port of HTTPS is led on; what would change something is not done.
    const led = await fetch(`http://127.0.0.1:${port}/index.html`, { redirect: 'manual' });
    expect([led.status, led.headers.get('location')]).toEqual([308, `https://127.0.0.1:${port}/index.html`]);
    const posted = await fetch(`http://127.0.0.1:${port}/api/session`, { method: 'POST', body: '{}' });
    expect([posted.status, await posted.text()]).toEqual([400, expect.stringContaining('https://')]);

    expect(await gateway.stop()).toBe(0);
    const second = await startGateway(folder);
    expect((await ask(tlsPortOf(second.output()), '/api/site', ca)).status).toBe(200);
    expect(second.output().stderr).not.toContain('new authority');
  });

  it('with a certificate of one’s own, and told to browsers for good where that is wanted', async () => {
    const folder = await configuredFolder((text) =>
      withTls(text, ', certificateFile: page.crt, keyFile: page.key, strictTransport: true'),
    );
    const own = makeCertificate(['localhost'], Date.now());
    writeFileSync(join(folder, 'page.crt'), own.certificate);
    writeFileSync(join(folder, 'page.key'), own.key, { mode: 0o600 });
    const gateway = await startGateway(folder);
    const page = await ask(tlsPortOf(gateway.output()), '/api/site', own.certificate);
    expect([page.status, page.headers['strict-transport-security']]).toEqual([
      200,
      expect.stringMatching(/^max-age=\d{7,}$/),
    ]);
    expect((await fetch(`${gateway.url}/ca.crt`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/api/site`)).headers.get('strict-transport-security')).toBeNull();
    await gateway.stop();

    editFile(folder, 'page.key', () => makeCertificate(['localhost'], Date.now()).key);
    const { code, stderr } = await runMain(['--config', join(folder, 'gateway.yaml')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('page.key is not the key of')]);
  });

  it('takes a renewed file of one’s own without a restart', () => {
    const folder = temporaryFolder();
    const files = { certificateFile: join(folder, 'page.crt'), keyFile: join(folder, 'page.key') };
    const write = () => {
      const pair = makeCertificate(['localhost'], NOW);
      writeFileSync(files.certificateFile, pair.certificate);
      writeFileSync(files.keyFile, pair.key);
      return pair;
    };
    const first = write();
    const tls = pageTls({
      tls: { host: '127.0.0.1', port: 0, strictTransport: false, ...files },
      ...{ names: [], stateDirectory: folder, resolve: (path: string) => path },
      ...{ nowMs: () => NOW, onNews: () => {} },
    });
    expect(tls.pair()).toEqual(first);
    const second = write();
    expect(tls.pair()).toEqual(second);
    writeFileSync(files.keyFile, readFileSync(files.certificateFile));
    expect(() => tls.pair()).toThrow('no certificate or key in PEM');
  });
});

describe('plain HTTP beside HTTPS', () => {
  const app = new Hono<{ Bindings: never }>();
  app.onError((error, context) => {
    if (error instanceof Refused) return answerRefused(context, error);
    throw error;
  });
  app.use(onlyByTls({ port: () => 8443 }, { names: [], trustProxy: false }) as never);
  app.all('*', (context) => context.text('the page'));
  const from = (remoteAddress: string, path: string, method = 'GET', host = '192.168.1.5:8080') =>
    app.request(`http://${host}${path}`, { method, headers: { host } }, {
      incoming: { socket: { remoteAddress }, url: path, method },
    } as never);
  it.each([
    ['127.0.0.1', '/', 'GET', 200],
    ['::ffff:127.0.0.1', '/api/arming', 'POST', 200],
    ['192.168.1.30', '/', 'GET', 308],
    ['192.168.1.30', '/api/site', 'GET', 308],
    ['192.168.1.30', '/api/arming', 'POST', 403],
    ['192.168.1.30', '/ca.crt', 'GET', 200],
    ['192.168.1.30', '/healthz', 'GET', 200],
  ])('from %s to %s (%s): %i', async (address, path, method, status) => {
    expect((await from(address, path, method)).status).toBe(status);
  });
  it('leads to the same address by HTTPS, and to no stranger’s', async () => {
    const led = await from('192.168.1.30', '/fridges?day=1');
    expect(led.headers.get('location')).toBe('https://192.168.1.5:8443/fridges?day=1');
    const strange = await from('192.168.1.30', '/', 'GET', 'evil.example');
    expect([strange.status, await strange.text()]).toEqual([403, expect.not.stringContaining('evil')]);
    for (const host of ['gate.local@evil.example', 'gate.local/evil.example', '', undefined])
      expect(httpsAddress(host, '/', 8443, [])).toBeUndefined();
    expect(httpsAddress('gate.local:8080', '/', 443, [])).toBe('https://gate.local/');
    expect(httpsAddress('[fd00::5]:8080', '/', 8443, [])).toBe('https://[fd00::5]:8443/');
  });
});

import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { selfSignedCertificate } from '../../self-signed.ts';
import { sourceList } from '../configuration.ts';
import { eventually, type Rig, rigUp } from '../rig.ts';

let rig: Rig;
const sockets: Socket[] = [];
beforeEach(async () => {
  rig = await rigUp();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.stop();
});

const DAY_MS = 86_400_000;
const failed = (number: number) =>
  `<38>1 2026-11-23T07:00:01Z shop-server sshd - - - Failed password for u${number} from 203.0.113.7 port 22 ssh2`;
const accounts = () =>
  rig
    .observations()
    .map(({ subjects }) => Number(subjects?.account?.slice(1)))
    .sort((a, b) => a - b);

/** A server's certificate that its clients are given by hand. */
function ownFiles(): { certificateFile: string; keyFile: string; certificate: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = selfSignedCertificate({
    commonName: 'cloud',
    names: ['localhost', '127.0.0.1'],
    notBefore: Date.now() - DAY_MS,
    notAfter: Date.now() + DAY_MS,
    ...keys,
  });
  const certificate = new X509Certificate(der).toString();
  const certificateFile = join(rig.folder, 'certificate.pem');
  const keyFile = join(rig.folder, 'key.pem');
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return { certificateFile, keyFile, certificate };
}

/** An authority, and a sender's certificate of its making: by OpenSSL, as an administrator would. */
function senderOf(name: string, folder: string) {
  const file = (what: string) => join(folder, what);
  const make = (what: string, ...more: string[]) => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    const files = ['-keyout', file(`${what}.key`), '-out', file(`${what}.pem`)];
    const made = spawnSync('openssl', ['req', '-x509', ...curve, ...files, ...more], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
  };
  mkdirSync(folder);
  make('authority', '-subj', '/CN=authority');
  const by = ['-CA', file('authority.pem'), '-CAkey', file('authority.key')];
  make('sender', '-subj', '/CN=sender', '-addext', `subjectAltName=DNS:${name}`, ...by);
  return {
    authorityFile: file('authority.pem'),
    cert: readFileSync(file('sender.pem')),
    key: readFileSync(file('sender.key')),
  };
}

const source = (transport: Record<string, unknown>) => ({
  name: 'system',
  format: 'syslog',
  asset: 'web-shop',
  transport: { type: 'syslog-tls', port: 0, ...transport },
});

async function connected(port: number, options: Record<string, unknown>): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...options });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

test('counted frames arrive over TLS; who speaks plain text is put aside and told', async () => {
  const { certificateFile, keyFile, certificate } = ownFiles();
  const { sources } = rig.start([source({ certificateFile, keyFile })]);
  const port = await eventually('listening', () => sources.port('system'));
  const socket = await connected(port, { ca: certificate });
  const frames = [1, 2, 3].map((number) => `${failed(number).length} ${failed(number)}`).join('');
  socket.write(frames.slice(0, 150));
  socket.end(frames.slice(150));
  await eventually('three log-ins', () => accounts().length === 3);
  expect(accounts()).toEqual([1, 2, 3]);
  const plain = connectPlain(port, '127.0.0.1');
  plain.on('error', () => undefined);
  sockets.push(plain);
  plain.write(`${failed(4)}\n`);
  await eventually('a note', () => rig.store.quarantined(5).newest[0]?.reason.startsWith('no TLS: '));
  expect(accounts()).toEqual([1, 2, 3]);
});

test('only senders whose certificate an authority made, of a name that may send, are heard', async () => {
  const { certificateFile, keyFile, certificate } = ownFiles();
  const good = senderOf('web1.example', join(rig.folder, 'good'));
  const stranger = senderOf('web1.example', join(rig.folder, 'stranger'));
  const clientAuthorityFile = good.authorityFile;
  const { sources } = rig.start([
    source({ certificateFile, keyFile, clientAuthorityFile, clientNames: ['WEB1.example'] }),
    { ...source({ certificateFile, keyFile, clientAuthorityFile, clientNames: ['other'] }), name: 'narrow' },
  ]);
  const port = await eventually('listening', () => sources.port('system'));
  const narrow = await eventually('listening', () => sources.port('narrow'));
  (await connected(port, { ca: certificate, cert: good.cert, key: good.key })).end(`${failed(1)}\n`);
  await eventually('the good one', () => accounts().length === 1);
  for (const [to, options] of [
    [port, { ca: certificate }],
    [port, { ca: certificate, cert: stranger.cert, key: stranger.key }],
    [narrow, { ca: certificate, cert: good.cert, key: good.key }],
  ] as const) {
    // With TLS 1.3 a client learns only by its first read that it was not taken.
    const socket = await connected(to, options);
    socket.write(`${failed(9)}\n`);
    // Not `once`, which would take its error for ours.
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  }
  await eventually('three notes', () => rig.store.quarantined(5).newest.length === 3);
  expect(
    rig.store
      .quarantined(5)
      .newest.map(({ reason }) => reason)
      .some((reason) => reason === 'certificate of web1.example, who may not send'),
  ).toBe(true);
  expect(accounts()).toEqual([1]);
});

test('a certificate that is not there is told, and names without an authority are refused', async () => {
  const { sources } = rig.start([source({ certificateFile: '/nowhere/c.pem', keyFile: '/nowhere/k.pem' })]);
  await eventually('trouble', () => sources.health()[0]?.problem?.includes('TLS port 0: ENOENT'));
  const result = sourceList.safeParse([
    source({ certificateFile: 'c', keyFile: 'k', clientNames: ['web1'] }),
  ]);
  expect(result.error?.issues[0]?.message).toBe('names of senders are known only with clientAuthorityFile');
});

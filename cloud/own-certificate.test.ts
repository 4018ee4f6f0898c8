import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownCertificate } from './own-certificate.ts';

const DAY_MS = 24 * 3_600_000;
const names = ['localhost', '127.0.0.1', '::1', '2001:db8::7', 'cloud.example'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('it is good for its names and no others, and its key is for the owner alone', () => {
  const { certificateFile, keyFile } = ownCertificate(folder, names, Date.now());
  const certificate = new X509Certificate(readFileSync(certificateFile));
  expect(certificate.checkHost('cloud.example')).toBe('cloud.example');
  for (const address of ['127.0.0.1', '::1', '2001:db8::7'])
    expect(certificate.checkIP(address)).toBe(address);
  expect(certificate.checkHost('other.example')).toBeUndefined();
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
});

test('it stays the same until it is about to end, or must serve another name, or does not fit its key', () => {
  const now = Date.now();
  const { certificateFile, keyFile } = ownCertificate(folder, names, now);
  const text = () => readFileSync(certificateFile, 'utf8');
  const first = text();
  ownCertificate(folder, names.slice(0, 1), now + 365 * DAY_MS);
  expect(text()).toBe(first);
  ownCertificate(folder, names, now + 5 * 365 * DAY_MS - 30 * DAY_MS);
  const second = text();
  expect(second).not.toBe(first);
  ownCertificate(folder, [...names, 'more.example'], now + 5 * 365 * DAY_MS);
  const third = text();
  expect(third).not.toBe(second);
  // The same moment in which the process was killed between key and certificate.
  const elsewhere = mkdtempSync(join(tmpdir(), 'gatehouse-certificate-'));
  writeFileSync(keyFile, readFileSync(ownCertificate(elsewhere, names, now).keyFile));
  rmSync(elsewhere, { recursive: true });
  ownCertificate(folder, names, now);
  expect(text()).not.toBe(third);
});

test('who pins it connects; who does not, is warned', async () => {
  const { certificateFile, keyFile } = ownCertificate(folder, names, Date.now());
  const certificate = readFileSync(certificateFile);
  const server = createServer({ cert: certificate, key: readFileSync(keyFile) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const outcome = (ca?: Buffer) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ...(ca === undefined ? {} : { ca }) }, () => {
        socket.end();
        resolve('connected');
      });
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    });
  expect(await outcome(certificate)).toBe('connected');
  expect(await outcome()).toMatch(/SELF_SIGNED/);
  await new Promise((resolve) => server.close(resolve));
});

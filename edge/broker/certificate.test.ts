import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { startBroker, temporaryDirectory } from './broker.fixture.ts';
import { ownCertificate } from './certificate.ts';

const NOW = Date.UTC(2027, 0, 1);
const DAY_MS = 24 * 3_600_000;

describe('the self-made certificate', () => {
  it('is good for its names and addresses, and verifies with its own key', () => {
    const names = ['gatehouse.local', '192.168.1.5', 'fe80::1'];
    const { certificate } = ownCertificate(temporaryDirectory(), names, NOW);
    const parsed = new X509Certificate(certificate);
    expect(parsed.checkHost('gatehouse.local')).toBe('gatehouse.local');
    expect(parsed.checkHost('other.local')).toBeUndefined();
    expect(parsed.checkIP('192.168.1.5')).toBe('192.168.1.5');
    expect(parsed.checkIP('fe80::1')).toBe('fe80::1');
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.ca).toBe(true);
    expect(parsed.validFromDate.getTime()).toBeLessThan(NOW);
  });

  it('is kept, its key readable by nobody else', () => {
    const directory = temporaryDirectory();
    const first = ownCertificate(directory, ['localhost'], NOW);
    expect(ownCertificate(directory, ['localhost'], NOW + DAY_MS)).toEqual(first);
    const path = join(directory, 'broker.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
  });

  it.each([
    ['its end is near', ['localhost'], 5 * 365 * DAY_MS - 30 * DAY_MS, undefined],
    ['a name is added', ['localhost', 'gate.local'], 0, undefined],
    ['the file is damaged', ['localhost'], 0, 'nonsense'],
  ])('is made anew when %s', (_when, names, laterMs, content) => {
    const directory = temporaryDirectory();
    const first = ownCertificate(directory, ['localhost'], NOW);
    if (content !== undefined) writeFileSync(join(directory, 'broker.pem'), content);
    const second = ownCertificate(directory, names, NOW + laterMs);
    expect(second.certificate).not.toBe(first.certificate);
  });

  it('lets a device connect that trusts it, and is reported with its fingerprint', async () => {
    const { broker } = await startBroker({ tls: { port: 0, host: '127.0.0.1', names: ['gate.local'] } });
    const options = {
      username: 'door',
      password: 'door-password',
      reconnectPeriod: 0,
      servername: 'gate.local',
    };
    const url = `mqtts://127.0.0.1:${broker.ports.tls}`;
    const door = await connectAsync(url, { ...options, ca: broker.certificate?.pem ?? '' });
    await door.publishAsync('devices/door/contact', 'open', { qos: 1 });
    expect(broker.metrics().messagesIn).toBe(1);
    await door.endAsync();
    await expect(connectAsync(url, options, false)).rejects.toThrow(/self.signed/);
    expect(broker.certificate?.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });
});

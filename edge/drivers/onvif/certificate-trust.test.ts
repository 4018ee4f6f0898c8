import { X509Certificate } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../devices/model/clock.ts';
import { Camera as SimulatedCamera } from '../../../simulators/devices/camera/camera.ts';
import { makeCertificate } from '../../broker/certificate.ts';
import { CertificateTrust, isOtherCertificate, OtherCertificate } from './certificate-trust.ts';
import { openCamera } from './client.ts';
import { prove } from './onboarding.ts';
import { fetchSnapshot } from './snapshot.ts';

const pairOf = () => {
  const pair = makeCertificate(['camera.local'], Date.now());
  return { ...pair, fingerprint: new X509Certificate(pair.certificate).fingerprint256 };
};

async function cameraWith(pair: ReturnType<typeof pairOf>) {
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const camera = await SimulatedCamera.start(
    {
      ...{ clock: systemClock, username: 'gatehouse', password: 'secret', serial: 'S1' },
      ...{ logIn: 'digest-both', tls: pair },
    },
    power.signal,
  );
  const access = { host: '127.0.0.1', port: camera.port, secure: true, username: 'gatehouse' };
  return { camera, access: { ...access, password: 'secret' }, signal: power.signal };
}

describe('a camera with a certificate of its own', () => {
  it('is held to the one with which the log-in was good, for calls and for pictures', async () => {
    const first = pairOf();
    const { camera, access, signal } = await cameraWith(first);
    const held: string[] = [];
    const trust = new CertificateTrust(undefined, { onHeld: (fingerprint) => held.push(fingerprint) });
    const session = await openCamera({ ...access, trust }, signal);
    expect(session.description).toMatchObject({ serial: 'S1', certificate: first.fingerprint });
    const uri = await session.snapshotUri();
    expect(uri).toMatch(/^https:/);
    expect((await fetchSnapshot(uri, { ...access, trust }, signal)).length).toBeGreaterThan(500);
    const { address } = await session.subscribe();
    expect(address).toMatch(/^https:/);
    expect((await session.pull()).notices.length).toBeGreaterThan(0);
    await session.unsubscribe();
    session.close();
    expect(held).toEqual([first.fingerprint]);

    // Another certificate at the same address: not one request gets through to whoever shows it.
    const second = pairOf();
    camera.showCertificate(second);
    const before = camera.requests;
    const refused = await openCamera({ ...access, trust }, signal).catch((error: unknown) => error);
    expect(isOtherCertificate(refused)).toBe(true);
    expect(String(refused)).toContain(second.fingerprint);
    await expect(fetchSnapshot(uri, { ...access, trust }, signal)).rejects.toThrow(OtherCertificate);
    expect(camera.requests).toBe(before);
    expect(trust).toMatchObject({ expected: first.fingerprint, other: second.fingerprint });

    trust.accept(second.fingerprint);
    (await openCamera({ ...access, trust }, signal)).close();
    expect(trust.other).toBeUndefined();
  });

  it('is not held to one with which no log-in was good', async () => {
    const { access, signal } = await cameraWith(pairOf());
    const trust = new CertificateTrust();
    await expect(openCamera({ ...access, password: 'wrong', trust }, signal)).rejects.toThrow();
    expect(trust.expected).toBeUndefined();
  });

  it('is proved with its fingerprint, for the installer to compare', async () => {
    const pair = pairOf();
    const { access, signal } = await cameraWith(pair);
    const proof = await prove(access, signal);
    expect(proof).toMatchObject({ proved: true, description: { certificate: pair.fingerprint } });
    const trust = new CertificateTrust(pairOf().fingerprint);
    expect(await prove({ ...access, trust }, signal)).toMatchObject({
      proved: false,
      why: 'other-certificate',
    });
  });

  it('may change it where a known authority signed the new one', () => {
    const trust = new CertificateTrust('A');
    expect(trust.judge('B', true)).toBeUndefined();
    trust.proved();
    expect(trust.expected).toBe('B');
    expect(trust.judge('A', false)).toBeInstanceOf(OtherCertificate);
  });
});

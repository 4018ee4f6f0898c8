import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { cloudName } from '../../devices/enrolment.ts';
import { signedCertificate } from '../certificates/der.ts';
import { authorityIn, boundedTime, fingerprintOf, problemOf } from './cloud-trust.ts';

const FROM = Date.UTC(2026, 10, 1);
const TO = Date.UTC(2026, 11, 31);
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const root = pair();
const certificate = (
  use: 'authority' | 'server',
  name: string,
  key: KeyObject,
  signer = root,
): X509Certificate =>
  new X509Certificate(
    signedCertificate({
      use,
      commonName: name,
      names: [name],
      notBeforeMs: FROM,
      notAfterMs: TO,
      publicKey: key,
      issuer: { commonName: 'authority', ...signer },
    }),
  );
const authority = certificate('authority', 'authority', root.publicKey);

test('a gateway that believes it is 1970 still knows its cloud, and one that was told the time knows what has ended', () => {
  const leaf = certificate('server', cloudName, pair().publicKey);
  expect(problemOf(leaf, authority, 0)).toBeUndefined();
  expect(problemOf(leaf, authority, TO - 1)).toBeUndefined();
  expect(problemOf(leaf, authority, TO)).toContain('has ended');
});

test('whoever is not the cloud of this authority is nobody', () => {
  const { publicKey } = pair();
  expect(problemOf(undefined, authority, 0)).toBeDefined();
  expect(problemOf(certificate('server', cloudName, publicKey, pair()), authority, 0)).toContain(
    'not of the',
  );
  expect(problemOf(certificate('server', 'another.example', publicKey), authority, 0)).toContain('cloud’s');
  // The authority itself answers no calls.
  expect(problemOf(authority, authority, 0)).toBeDefined();
});

test('a chain without the authority, or with another one, is none', () => {
  const leaf = certificate('server', cloudName, pair().publicKey);
  // Read from a file it has nobody behind it, as when a peer sends itself alone.
  expect(authorityIn(leaf, fingerprintOf(root.publicKey))).toBeUndefined();
  expect(authorityIn(undefined, fingerprintOf(root.publicKey))).toBeUndefined();
});

test('the time that is told counts within the life of the certificate that it is told with', () => {
  const leaf = certificate('server', cloudName, pair().publicKey);
  expect(boundedTime(0, leaf)).toBe(FROM);
  expect(boundedTime(FROM + 5_000, leaf)).toBe(FROM + 5_000);
  expect(boundedTime(Date.UTC(2090, 0, 1), leaf)).toBe(TO);
});

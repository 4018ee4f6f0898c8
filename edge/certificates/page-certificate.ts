/**
 * The certificate of the site page where none is configured: an authority of this gateway's own, and what it signs.
 *
 * People install the authority on their phones, once, and it outlasts the server's certificate, which browsers take for
 * little more than a year. Whoever steals the gateway has its key. So it can speak for nothing but private addresses,
 * names of local networks and this gateway's own: with it nobody can pass for a bank on a phone that trusts it.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { siteDomains, siteRanges } from '../api/peer.ts';
import { signedCertificate } from './der.ts';
import { type CertificatePair, covers, lasts, readPair, writePair, writeWhole } from './keeping.ts';

const DAY_MS = 24 * 3_600_000;
const AUTHORITY_VALID_MS = 10 * 365 * DAY_MS;
/** Browsers refuse a server's certificate that is meant to hold for more than 398 days (Apple: for more than 825). */
export const SERVER_VALID_MS = 397 * DAY_MS;
export const RENEW_BEFORE_MS = 30 * DAY_MS;
/** A phone's clock may be behind. */
const BACKDATED_MS = DAY_MS;
/** A gateway that has not been told the time believes that it is 1970, or when it was made: it is later than this. */
const NO_EARLIER_MS = Date.UTC(2026, 10, 1);
/** As large as a server's certificate is made. */
const MAX_NAMES = 64;

export interface Authority {
  certificate: X509Certificate;
  privateKey: KeyObject;
  /** Made just now: who had installed the one before has to install this one. */
  isNew: boolean;
}

const keptAuthority = z.strictObject({
  permitted: z.array(z.string()),
  certificate: z.string(),
  key: z.string(),
});

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/**
 * The gateway's own authority, made once and kept with mode 0600.
 * @param names DNS names of its own that it must be able to speak for, besides those of local networks
 */
export function ownAuthority(stateDirectory: string, names: readonly string[], nowMs: number): Authority {
  const path = join(stateDirectory, 'page-authority.json');
  const permitted = [...new Set([...siteDomains, ...names.map((name) => name.toLowerCase())])];
  const now = Math.max(nowMs, NO_EARLIER_MS);
  const kept = readAuthority(path);
  if (
    kept !== undefined &&
    permitted.every((name) => kept.permitted.some((known) => name === known || name.endsWith(`.${known}`))) &&
    lasts(kept.certificate, now, SERVER_VALID_MS)
  )
    return { certificate: kept.certificate, privateKey: kept.privateKey, isNew: false };
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // So that a person tells apart the authorities of two gateways among those that a phone lists.
  const commonName = `Gatehouse ${names[0] ?? 'gateway'} ${new Date(now).toISOString().slice(0, 10)}`;
  const der = signedCertificate({
    commonName,
    names: [],
    notBeforeMs: now - BACKDATED_MS,
    notAfterMs: now + AUTHORITY_VALID_MS,
    publicKey: keys.publicKey,
    issuer: { commonName, ...keys },
    use: 'authority',
    permitted: [...permitted, ...siteRanges],
  });
  const certificate = new X509Certificate(der);
  const text = JSON.stringify({ permitted, certificate: certificate.toString(), key: pem(keys.privateKey) });
  writeWhole(path, text, 0o600);
  return { certificate, privateKey: keys.privateKey, isNew: true };
}

function readAuthority(path: string) {
  try {
    const { permitted, certificate, key } = keptAuthority.parse(JSON.parse(readFileSync(path, 'utf8')));
    const [parsed, privateKey] = [new X509Certificate(certificate), createPrivateKey(key)];
    return parsed.checkPrivateKey(privateKey) ? { permitted, certificate: parsed, privateKey } : undefined;
  } catch {
    return undefined;
  }
}

/** The server's certificate for these names and addresses, with its authority behind it; made anew before it ends. */
export function serverCertificate(
  stateDirectory: string,
  authority: Authority,
  names: readonly string[],
  nowMs: number,
): CertificatePair {
  const path = join(stateDirectory, 'page-certificate.pem');
  const now = Math.max(nowMs, NO_EARLIER_MS);
  const wanted = names.slice(0, MAX_NAMES);
  const kept = readPair(path);
  if (
    kept?.parsed.verify(authority.certificate.publicKey) === true &&
    covers(kept.parsed, wanted) &&
    lasts(kept.parsed, now, RENEW_BEFORE_MS)
  )
    return { certificate: kept.certificate, key: kept.key };
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [, issuer = ''] = /^CN=(.*)$/m.exec(authority.certificate.subject) ?? [];
  const der = signedCertificate({
    commonName: wanted[0] ?? 'gateway',
    names: wanted,
    notBeforeMs: now - BACKDATED_MS,
    notAfterMs: now - BACKDATED_MS + SERVER_VALID_MS,
    publicKey: keys.publicKey,
    issuer: {
      commonName: issuer,
      publicKey: authority.certificate.publicKey,
      privateKey: authority.privateKey,
    },
    use: 'server',
  });
  const made = {
    certificate: new X509Certificate(der).toString() + authority.certificate.toString(),
    key: pem(keys.privateKey),
  };
  writePair(path, made);
  return made;
}

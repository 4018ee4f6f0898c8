/** The broker's own certificate: made once, kept in the state directory, made anew before it ends. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { signedCertificate } from '../certificates/der.ts';
import { type CertificatePair, covers, lasts, readPair, writePair } from '../certificates/keeping.ts';

export type { CertificatePair } from '../certificates/keeping.ts';

const DAY_MS = 24 * 3_600_000;
/** Devices pin it or are given it by hand: it must outlast a battery. */
const VALID_MS = 5 * 365 * DAY_MS;
/** A certificate that ends sooner than this is made anew at the start. */
const RENEW_BEFORE_MS = 60 * DAY_MS;
/** A gateway that booted without the time must still get a certificate that is valid once it has it. */
const BACKDATED_MS = DAY_MS;
const COMMON_NAME = 'Gatehouse gateway';

/** Makes a self-signed P-256 certificate for the names and addresses. */
export function makeCertificate(names: readonly string[], nowMs: number): CertificatePair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = signedCertificate({
    commonName: COMMON_NAME,
    names,
    notBeforeMs: nowMs - BACKDATED_MS,
    notAfterMs: nowMs + VALID_MS,
    publicKey: keys.publicKey,
    issuer: { commonName: COMMON_NAME, ...keys },
    use: 'own',
  });
  return {
    certificate: new X509Certificate(der).toString(),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The self-made certificate of this state directory, mode 0600. */
export function ownCertificate(
  stateDirectory: string,
  names: readonly string[],
  nowMs: number,
): CertificatePair {
  const path = join(stateDirectory, 'broker.pem');
  const kept = readPair(path);
  if (kept !== undefined && covers(kept.parsed, names) && lasts(kept.parsed, nowMs, RENEW_BEFORE_MS))
    return { certificate: kept.certificate, key: kept.key };
  const made = makeCertificate(names, nowMs);
  writePair(path, made);
  return made;
}

/** The broker's own certificate: made once, kept in the state directory, made anew before it ends. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { selfSigned } from './certificate-der.ts';

export interface CertificatePair {
  certificate: string;
  key: string;
}

const DAY_MS = 24 * 3_600_000;
/** Devices pin it or are given it by hand: it must outlast a battery. */
const VALID_MS = 5 * 365 * DAY_MS;
/** A certificate that ends sooner than this is made anew at the start. */
const RENEW_BEFORE_MS = 60 * DAY_MS;
/** A gateway that booted without the time must still get a certificate that is valid once it has it. */
const BACKDATED_MS = DAY_MS;

/** Makes a self-signed P-256 certificate for the names and addresses. */
export function makeCertificate(names: readonly string[], nowMs: number): CertificatePair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = selfSigned({
    commonName: 'Gatehouse gateway',
    names,
    notBeforeMs: nowMs - BACKDATED_MS,
    notAfterMs: nowMs + VALID_MS,
    publicKey,
    privateKey,
  });
  return {
    certificate: new X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Writes all or nothing, and is on disk when it returns. */
function writeWhole(path: string, text: string, mode: number): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** The kept pair, where it is whole, good for the names and for a while yet. */
function readKept(path: string, names: readonly string[], nowMs: number): CertificatePair | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const [key = '', certificate = ''] = text.split(/(?=-----BEGIN CERTIFICATE-----)/);
  try {
    const parsed = new X509Certificate(certificate);
    const covers = names.every((name) =>
      isIP(name) === 0 ? parsed.checkHost(name) !== undefined : parsed.checkIP(name) !== undefined,
    );
    const lasts =
      Date.parse(parsed.validTo) - nowMs > RENEW_BEFORE_MS && Date.parse(parsed.validFrom) <= nowMs;
    return covers && lasts && key.includes('PRIVATE KEY') ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The self-made certificate of this state directory. Key and certificate stand in one file, mode 0600, so that they
 * can't come apart.
 */
export function ownCertificate(
  stateDirectory: string,
  names: readonly string[],
  nowMs: number,
): CertificatePair {
  const path = join(stateDirectory, 'broker.pem');
  const kept = readKept(path, names, nowMs);
  if (kept !== undefined) return kept;
  const made = makeCertificate(names, nowMs);
  writeWhole(path, made.key + made.certificate, 0o600);
  return made;
}

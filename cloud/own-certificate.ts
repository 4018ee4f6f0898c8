/** The cloud's own certificate where none is configured: made once, kept, and made anew before it ends. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { selfSignedCertificate } from './self-signed.ts';

const DAY_MS = 24 * 3_600_000;
/** Gateways are given it by hand and pin it: it must last. */
const VALID_MS = 5 * 365 * DAY_MS;
const RENEW_BEFORE_MS = 60 * DAY_MS;
/** A gateway whose clock is behind must still find it valid. */
const BACKDATED_MS = DAY_MS;

export interface CertificateFiles {
  certificateFile: string;
  keyFile: string;
}

/**
 * Certificate and key of the state directory, good for these names for a while yet.
 * @param now real time: those who check it go by theirs
 */
export function ownCertificate(
  stateDirectory: string,
  names: readonly string[],
  now: number,
): CertificateFiles {
  const files = {
    certificateFile: join(stateDirectory, 'certificate.pem'),
    keyFile: join(stateDirectory, 'key.pem'),
  };
  if (isGood(files, names, now)) return files;
  const made = make(names, now);
  // The key first: killed in between, key and certificate do not fit and both are made again.
  writeWhole(files.keyFile, made.key, 0o600);
  writeWhole(files.certificateFile, made.certificate, 0o644);
  return files;
}

function isGood({ certificateFile, keyFile }: CertificateFiles, names: readonly string[], now: number) {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(certificateFile));
    const covers = names.every((name) =>
      isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
    );
    const lasts =
      Date.parse(certificate.validFrom) <= now && Date.parse(certificate.validTo) - now > RENEW_BEFORE_MS;
    return covers && lasts && certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
  } catch {
    return false;
  }
}

function make(names: readonly string[], now: number): { certificate: string; key: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = selfSignedCertificate({
    commonName: 'Gatehouse cloud',
    names,
    notBefore: now - BACKDATED_MS,
    notAfter: now + VALID_MS,
    ...keys,
  });
  return {
    certificate: new X509Certificate(certificate).toString(),
    key: String(keys.privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
}

/** All of it or nothing, and on disk when it returns. */
export function writeWhole(file: string, text: string, mode: number): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, 'w', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}

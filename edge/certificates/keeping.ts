/** Certificates with their keys as files: written whole or not at all, and looked at before they are used again. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** PEM. The certificate may be followed by those that lead to its authority. */
export interface CertificatePair {
  certificate: string;
  key: string;
}

/** Writes all or nothing, and is on disk when it returns. */
export function writeWhole(path: string, text: string | Uint8Array, mode: number): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** Whether it is good for all these names and addresses. */
export const covers = (certificate: X509Certificate, names: readonly string[]): boolean =>
  names.every((name) =>
    isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
  );

/** Whether it holds now, and for a while yet. */
export const lasts = (certificate: X509Certificate, nowMs: number, renewBeforeMs: number): boolean =>
  Date.parse(certificate.validTo) - nowMs > renewBeforeMs && Date.parse(certificate.validFrom) <= nowMs;

/**
 * Key and certificate of one file; they stand together so that they can't come apart.
 * @returns undefined where there is none, or one of the two is damaged or not the other's
 */
export function readPair(path: string): (CertificatePair & { parsed: X509Certificate }) | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const [key = '', ...certificates] = text.split(/(?=-----BEGIN CERTIFICATE-----)/);
  try {
    const parsed = new X509Certificate(certificates[0] ?? '');
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return undefined;
    return { key, certificate: certificates.join(''), parsed };
  } catch {
    return undefined;
  }
}

export const writePair = (path: string, { key, certificate }: CertificatePair): void =>
  writeWhole(path, key + certificate, 0o600);

/** The operator's own authority: what gateways are certified by, and what the cloud proves itself to them with. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bundleSigned, cloudName, FINGERPRINT_BYTES, type SignedBundle } from '../../devices/enrolment.ts';
import { writeWhole } from '../own-certificate.ts';
import { certificateOf, spkiOf } from './certificate.ts';

const DAY_MS = 24 * 3_600_000;
/** Gateways are told it once, with their code: it outlasts them. */
const AUTHORITY_VALID_MS = 20 * 365 * DAY_MS;
/** Gateways tell the time by it where they have no other: a key that was stolen must not set clocks for long. */
export const CLOUD_VALID_MS = 60 * DAY_MS;
const CLOUD_RENEW_MS = 20 * DAY_MS;
/** Machines of one cloud do not agree to the second. */
const BACKDATED_MS = 5 * 60_000;

const kept = z.strictObject({
  certificate: z.string(),
  key: z.string(),
  /** Ed25519, for bundles. */
  signer: z.string(),
});

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

export interface ServerPair {
  /** With the authority's own behind it. */
  cert: string;
  key: string;
}

/** Keys in a folder of the cloud's state, mode 0600: whoever has them can let gateways in. Back them up apart. */
export class Authority {
  readonly certificate: X509Certificate;
  /** First half of the SHA-256 of its public key: what codes carry. */
  readonly fingerprint: Buffer;
  readonly #key: KeyObject;
  readonly #signer: KeyObject;
  readonly #now: () => number;
  #server: { pair: ServerPair; notAfter: number } | undefined;

  /**
   * @param now real time: those who check certificates go by theirs
   * @throws Error where the file is there and can't be read: it must not be made anew over gateways that trust it
   */
  constructor(folder: string, now: () => number) {
    this.#now = now;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const { certificate, key, signer } = read(join(folder, 'authority.json')) ?? made(folder, now());
    this.certificate = new X509Certificate(certificate);
    this.#key = createPrivateKey(key);
    this.#signer = createPrivateKey(signer);
    if (!this.certificate.checkPrivateKey(this.#key))
      throw new Error(`${folder}: the authority's key is not its certificate's`);
    this.fingerprint = fingerprintOf(this.certificate.publicKey);
  }

  /** Keys that bundles are signed with: SubjectPublicKeyInfo, base64. */
  get signers(): string[] {
    return [spkiOf(createPublicKey(this.#signer)).toString('base64')];
  }

  /** A certificate for a gateway's key. */
  certify(gateway: string, publicKey: KeyObject, validMs: number): X509Certificate {
    const now = this.#now();
    return this.#signed('gateway', gateway, publicKey, now - BACKDATED_MS, now + validMs);
  }

  /** What the cloud shows gateways; made anew long before it ends, in memory alone. */
  server(): ServerPair {
    const now = this.#now();
    if (this.#server !== undefined && this.#server.notAfter - now > CLOUD_RENEW_MS) return this.#server.pair;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const notAfter = now + CLOUD_VALID_MS;
    const leaf = this.#signed('cloud', cloudName, publicKey, now - BACKDATED_MS, notAfter);
    const pair = { cert: leaf.toString() + this.certificate.toString(), key: pem(privateKey) };
    this.#server = { pair, notAfter };
    return pair;
  }

  /** Whether this authority signed it. */
  signed(certificate: X509Certificate): boolean {
    return certificate.verify(this.certificate.publicKey);
  }

  signBundle(statement: string): SignedBundle {
    const signature = sign(null, Buffer.from(bundleSigned(statement)), this.#signer);
    return {
      statement: Buffer.from(statement).toString('base64'),
      signature: signature.toString('base64'),
    };
  }

  #signed(
    use: 'gateway' | 'cloud',
    commonName: string,
    publicKey: KeyObject,
    notBefore: number,
    notAfter: number,
  ): X509Certificate {
    const [, issuerName = ''] = /^CN=(.*)$/m.exec(this.certificate.subject) ?? [];
    const issuer = {
      commonName: issuerName,
      publicKey: this.certificate.publicKey,
      privateKey: this.#key,
    };
    return new X509Certificate(certificateOf({ use, commonName, publicKey, notBefore, notAfter, issuer }));
  }
}

export const fingerprintOf = (key: KeyObject): Buffer =>
  createHash('sha256').update(spkiOf(key)).digest().subarray(0, FINGERPRINT_BYTES);

function read(file: string): z.infer<typeof kept> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} can't be read: restore it from a back-up, every gateway trusts it`);
  }
}

function made(folder: string, now: number): z.infer<typeof kept> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = `Gatehouse authority ${new Date(now).toISOString().slice(0, 10)}`;
  const certificate = certificateOf({
    use: 'authority',
    commonName,
    publicKey: keys.publicKey,
    notBefore: now - BACKDATED_MS,
    notAfter: now + AUTHORITY_VALID_MS,
    issuer: { commonName, ...keys },
  });
  const one = {
    certificate: new X509Certificate(certificate).toString(),
    key: pem(keys.privateKey),
    signer: pem(generateKeyPairSync('ed25519').privateKey),
  };
  writeWhole(join(folder, 'authority.json'), JSON.stringify(one), 0o600);
  return one;
}

/** Certificates that the operator's authority signs (RFC 5280), and the requests that it takes (PKCS #10, RFC 2986). P-256. */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import {
  derElements,
  derSequenceOf,
  derElement as element,
  derSequence as sequence,
  derTag as tag,
} from '../../devices/framing/der.ts';

const object = (hex: string): Buffer => element(tag.oid, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(object('2a8648ce3d040302'));
const oid = {
  commonName: object('550403'),
  subjectKeyIdentifier: object('551d0e'),
  keyUsage: object('551d0f'),
  subjectAltName: object('551d11'),
  basicConstraints: object('551d13'),
  authorityKeyIdentifier: object('551d23'),
  extendedKeyUsage: object('551d25'),
  serverAuthentication: object('2b06010505070301'),
  clientAuthentication: object('2b06010505070302'),
};
const TRUE = element(tag.boolean, Buffer.of(0xff));

/** RFC 5280 section 4.1.2.5. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return text < '2050'
    ? element(tag.utcTime, Buffer.from(text.slice(2)))
    : element(tag.generalizedTime, Buffer.from(text));
}

const nameOf = (commonName: string): Buffer =>
  sequence(element(tag.set, sequence(oid.commonName, element(tag.utf8, Buffer.from(commonName)))));

const extension = (id: Buffer, isCritical: boolean, value: Buffer): Buffer =>
  sequence(id, ...(isCritical ? [TRUE] : []), element(tag.octets, value));

/** RFC 5280 section 4.2.1.2, method 1: of a P-256 key the last 65 bytes are the point. */
const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1').update(spkiOf(key).subarray(-65)).digest();

/** Positive, never zero, 126 random bits. */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

export const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

export interface CertificateTerms {
  commonName: string;
  publicKey: KeyObject;
  notBefore: number;
  notAfter: number;
  /** `gateway` proves itself to the cloud, `cloud` to gateways; `authority` signs the two and nothing else. */
  use: 'authority' | 'gateway' | 'cloud';
  issuer: { commonName: string; publicKey: KeyObject; privateKey: KeyObject };
}

/** @returns the certificate in DER */
export function certificateOf(terms: CertificateTerms): Buffer {
  const { commonName, publicKey, notBefore, notAfter, use, issuer } = terms;
  const isAuthority = use === 'authority';
  const extensions = [
    // An authority signs no further authorities.
    extension(
      oid.basicConstraints,
      true,
      isAuthority ? sequence(TRUE, element(tag.integer, Buffer.of(0))) : sequence(),
    ),
    // Section 4.2.1.3: keyCertSign (the sixth bit), or digitalSignature (the first).
    extension(
      oid.keyUsage,
      true,
      element(tag.bits, isAuthority ? Buffer.of(2, 0b100) : Buffer.of(7, 0b1000_0000)),
    ),
    extension(oid.subjectKeyIdentifier, false, element(tag.octets, keyIdentifier(publicKey))),
  ];
  if (!isAuthority)
    extensions.push(
      extension(
        oid.extendedKeyUsage,
        true,
        sequence(use === 'cloud' ? oid.serverAuthentication : oid.clientAuthentication),
      ),
      extension(oid.authorityKeyIdentifier, false, sequence(element(0x80, keyIdentifier(issuer.publicKey)))),
    );
  if (use === 'cloud')
    extensions.push(
      extension(oid.subjectAltName, false, sequence(element(0x82, Buffer.from(commonName, 'ascii')))),
    );
  const statement = sequence(
    element(0xa0, element(tag.integer, Buffer.of(2))),
    element(tag.integer, newSerial()),
    ecdsaWithSha256,
    nameOf(issuer.commonName),
    sequence(time(notBefore), time(notAfter)),
    nameOf(commonName),
    spkiOf(publicKey),
    element(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', statement, issuer.privateKey);
  return sequence(statement, ecdsaWithSha256, element(tag.bits, Buffer.of(0), signature));
}

/** A request has this many bytes at most; one for a P-256 key has some 250. */
const MAX_REQUEST_BYTES = 4_096;

/**
 * The key that a signing request asks for, once it is proved that whoever asks has it. The name in it is not read:
 * who asks is known otherwise.
 */
export function keyOfRequest(der: Uint8Array): KeyObject | { problem: string } {
  if (der.length > MAX_REQUEST_BYTES) return { problem: 'the signing request is too long' };
  const [info, algorithm, signature, ...more] = derSequenceOf(der) ?? [];
  if (info?.tag !== tag.sequence || algorithm === undefined || signature?.tag !== tag.bits || more.length > 0)
    return { problem: 'this is no signing request' };
  if (!algorithm.whole.equals(ecdsaWithSha256))
    return { problem: 'the signing request must be signed with ECDSA and SHA-256' };
  const [version, name, spki] = derElements(info.body) ?? [];
  if (version?.tag !== tag.integer || name?.tag !== tag.sequence || spki === undefined)
    return { problem: 'this is no signing request' };
  try {
    const key = createPublicKey({ key: spki.whole, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
      return { problem: 'the key must be of the curve P-256' };
    // The first octet of a BIT STRING counts unused bits: a signature has none.
    if (signature.body[0] !== 0 || !verify('sha256', info.whole, key, signature.body.subarray(1)))
      return { problem: 'the signing request is not signed with its own key' };
    return key;
  } catch {
    return { problem: 'the key of the signing request can not be read' };
  }
}

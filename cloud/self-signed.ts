/** A self-signed X.509 certificate (RFC 5280) written out in DER: one shape, no parser. */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { derElement as der, derTag as tag } from '../devices/framing/der.ts';

/** Context tags of a certificate, and within an alternative name (RFC 5280 4.2.1.6). */
const context = { version: 0xa0, extensions: 0xa3, dnsName: 0x82, ipAddress: 0x87 } as const;

const oid = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const;

const object = (hex: string): Buffer => der(tag.oid, Buffer.from(hex, 'hex'));
const yes = der(tag.boolean, Buffer.from([0xff]));

function extension(hex: string, isCritical: boolean, value: Buffer): Buffer {
  return der(tag.sequence, object(hex), ...(isCritical ? [yes] : []), der(tag.octets, value));
}

/** `YYYYMMDDHHMMSSZ`. Years up to 2049 belong into the shorter form, with two digits (4.1.2.5). */
function timeOf(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  const isShort = Number(text.slice(0, 4)) < 2050;
  return der(isShort ? 0x17 : tag.generalizedTime, Buffer.from(isShort ? text.slice(2) : text));
}

function ipBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail)];
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

export interface CertificateRequest {
  commonName: string;
  /** Host names and addresses. */
  names: readonly string[];
  notBefore: number;
  notAfter: number;
  /** P-256. */
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** The certificate in DER: a server's, and its own and no other's authority. */
export function selfSignedCertificate(request: CertificateRequest): Buffer {
  const { commonName, names, notBefore, notAfter, publicKey, privateKey } = request;
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const algorithm = der(tag.sequence, object(oid.ecdsaWithSha256));
  const name = der(
    tag.sequence,
    der(tag.set, der(tag.sequence, object(oid.commonName), der(tag.utf8, Buffer.from(commonName)))),
  );
  // Positive and never zero: the first bit is off, the second on.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const alternatives = names.map((one) =>
    isIP(one) === 0 ? der(context.dnsName, Buffer.from(one)) : der(context.ipAddress, ipBytes(one)),
  );
  const pathLength = der(tag.integer, Buffer.from([0]));
  // digitalSignature and keyCertSign: bits 0 and 5, two unused.
  const usage = der(tag.bits, Buffer.from([2, 0b1000_0100]));
  const extensions = [
    extension(oid.basicConstraints, true, der(tag.sequence, yes, pathLength)),
    extension(oid.keyUsage, true, usage),
    extension(oid.extendedKeyUsage, false, der(tag.sequence, object(oid.serverAuth))),
    extension(oid.subjectAltName, false, der(tag.sequence, ...alternatives)),
    extension(
      oid.subjectKeyIdentifier,
      false,
      der(tag.octets, createHash('sha256').update(spki).digest().subarray(0, 20)),
    ),
  ];
  const statement = der(
    tag.sequence,
    der(context.version, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, serial),
    algorithm,
    name,
    der(tag.sequence, timeOf(notBefore), timeOf(notAfter)),
    name,
    spki,
    der(context.extensions, der(tag.sequence, ...extensions)),
  );
  const signature = sign('sha256', statement, privateKey);
  return der(tag.sequence, statement, algorithm, der(tag.bits, Buffer.from([0]), signature));
}

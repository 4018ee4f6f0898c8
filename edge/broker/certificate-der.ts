/**
 * A self-signed X.509 certificate (RFC 5280) in DER, for a P-256 key: just as much ASN.1 as that takes.
 * (@peculiar/x509 does not load without a polyfill of decorator metadata, which would be global.)
 */
import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

const tag = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  oid: 6,
  utf8: 12,
  utcTime: 23,
  generalizedTime: 24,
  sequence: 48,
  set: 49,
};

function element(kind: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(kind, ...size), body]);
}

const sequence = (...parts: Uint8Array[]): Buffer => element(tag.sequence, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Object identifiers, encoded. */
const oid = {
  ecdsaWithSha256: element(tag.oid, hex('2a8648ce3d040302')),
  commonName: element(tag.oid, hex('550403')),
  basicConstraints: element(tag.oid, hex('551d13')),
  keyUsage: element(tag.oid, hex('551d0f')),
  extendedKeyUsage: element(tag.oid, hex('551d25')),
  serverAuthentication: element(tag.oid, hex('2b06010505070301')),
  subjectAlternativeName: element(tag.oid, hex('551d11')),
};
const TRUE = element(tag.boolean, Buffer.of(0xff));

/** RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from then on. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return text < '2050'
    ? element(tag.utcTime, Buffer.from(text.slice(2)))
    : element(tag.generalizedTime, Buffer.from(text));
}

/** RFC 5280 section 4.2.1.6: dNSName [2], iPAddress [7]. */
function alternativeName(name: string): Buffer {
  const version = isIP(name);
  if (version === 0) return element(0x82, Buffer.from(name, 'ascii'));
  return element(0x87, version === 4 ? Buffer.from(name.split('.').map(Number)) : ipv6(name));
}

function ipv6(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const all = [...first, ...Array.from({ length: missing }, () => 0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

const extension = (id: Buffer, critical: boolean, value: Buffer): Buffer =>
  sequence(id, ...(critical ? [TRUE] : []), element(tag.octets, value));

export interface CertificateRequest {
  commonName: string;
  /** DNS names and IP addresses (IPv6 without a mapped IPv4 part). */
  names: readonly string[];
  notBeforeMs: number;
  notAfterMs: number;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** @returns the certificate in DER */
export function selfSigned(request: CertificateRequest): Buffer {
  const algorithm = sequence(oid.ecdsaWithSha256);
  const name = sequence(
    element(tag.set, sequence(oid.commonName, element(tag.utf8, Buffer.from(request.commonName)))),
  );
  // Positive, and long enough that no two gateways have the same.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const toBeSigned = sequence(
    element(0xa0, element(tag.integer, Buffer.of(2))),
    element(tag.integer, serial),
    algorithm,
    name,
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    name,
    request.publicKey.export({ type: 'spki', format: 'der' }),
    element(
      0xa3,
      sequence(
        // A device that is given this as its only authority must be able to take it for one.
        extension(oid.basicConstraints, true, sequence(TRUE)),
        extension(oid.keyUsage, true, element(tag.bits, Buffer.of(2, 0x84))),
        extension(oid.extendedKeyUsage, false, sequence(oid.serverAuthentication)),
        extension(oid.subjectAlternativeName, false, sequence(...request.names.map(alternativeName))),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, request.privateKey);
  return sequence(toBeSigned, algorithm, element(tag.bits, Buffer.of(0), signature));
}

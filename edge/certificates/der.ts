/**
 * X.509 certificates (RFC 5280) in DER, for P-256 keys: just as much ASN.1 as that takes.
 * (@peculiar/x509 does not load without a polyfill of decorator metadata, which would be global.)
 */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { derElement as element, derSequence as sequence, derTag as tag } from '../../devices/framing/der.ts';

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
  subjectKeyIdentifier: element(tag.oid, hex('551d0e')),
  authorityKeyIdentifier: element(tag.oid, hex('551d23')),
  nameConstraints: element(tag.oid, hex('551d1e')),
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

/** Network and length of its prefix: `10.0.0.0`, 8. */
export type AddressRange = readonly [network: string, prefix: number];

/** RFC 5280 section 4.2.1.10: a domain with all below it, or a range as address and mask. */
function subtree(permitted: string | AddressRange): Buffer {
  if (typeof permitted === 'string') return sequence(element(0x82, Buffer.from(permitted, 'ascii')));
  const [network, prefix] = permitted;
  const address = isIP(network) === 4 ? Buffer.from(network.split('.').map(Number)) : ipv6(network);
  const mask = Buffer.from(
    address.map((_, index) => (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * index))) & 0xff),
  );
  return sequence(element(0x87, address, mask));
}

const extension = (id: Buffer, critical: boolean, value: Buffer): Buffer =>
  sequence(id, ...(critical ? [TRUE] : []), element(tag.octets, value));

const distinguishedName = (commonName: string): Buffer =>
  sequence(element(tag.set, sequence(oid.commonName, element(tag.utf8, Buffer.from(commonName)))));

/** RFC 5280 section 4.2.1.2, method 1: over the key itself, without its algorithm. */
function keyIdentifier(key: KeyObject): Buffer {
  // Of a P-256 key: the last 65 bytes are the point.
  const point = key.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}

/** RFC 5280 section 4.2.1.3: the first bit is digitalSignature, the sixth keyCertSign, the seventh cRLSign. */
const usage = { own: [2, 0x84], server: [7, 0x80], authority: [1, 0x06] } as const;

export interface CertificateRequest {
  commonName: string;
  /** DNS names and IP addresses (IPv6 without a mapped IPv4 part) that a server is reached by. */
  names: readonly string[];
  notBeforeMs: number;
  notAfterMs: number;
  publicKey: KeyObject;
  /** The key that signs, and whose it is; the certificate's own where it signs itself. */
  issuer: { commonName: string; publicKey: KeyObject; privateKey: KeyObject };
  /**
   * `own`: a server that is its own authority, for devices that are given one certificate; `server`: signed by an
   * authority; `authority`: signs servers, and nothing else.
   */
  use: 'own' | 'server' | 'authority';
  /** Of an authority: the only domains and addresses that it can speak for. */
  permitted?: readonly (string | AddressRange)[];
}

/** @returns the certificate in DER */
export function signedCertificate(request: CertificateRequest): Buffer {
  const { use, issuer, names, permitted, publicKey } = request;
  const algorithm = sequence(oid.ecdsaWithSha256);
  // Positive, and long enough that no two gateways have the same.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const constraints = {
    // A device that is given this as its only authority must be able to take it for one.
    own: sequence(TRUE),
    // Signs no further authorities.
    authority: sequence(TRUE, element(tag.integer, Buffer.of(0))),
    server: sequence(),
  }[use];
  const extensions = [
    extension(oid.basicConstraints, true, constraints),
    extension(oid.keyUsage, true, element(tag.bits, Buffer.of(...usage[use]))),
    extension(oid.subjectKeyIdentifier, false, element(tag.octets, keyIdentifier(publicKey))),
  ];
  if (use !== 'authority')
    extensions.push(
      extension(oid.extendedKeyUsage, false, sequence(oid.serverAuthentication)),
      extension(oid.subjectAlternativeName, false, sequence(...names.map(alternativeName))),
    );
  if (use === 'server') {
    const identifier = sequence(element(0x80, keyIdentifier(issuer.publicKey)));
    extensions.push(extension(oid.authorityKeyIdentifier, false, identifier));
  }
  if (permitted !== undefined)
    extensions.push(extension(oid.nameConstraints, true, sequence(element(0xa0, ...permitted.map(subtree)))));
  const toBeSigned = sequence(
    element(0xa0, element(tag.integer, Buffer.of(2))),
    element(tag.integer, serial),
    algorithm,
    distinguishedName(issuer.commonName),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    distinguishedName(request.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuer.privateKey);
  return sequence(toBeSigned, algorithm, element(tag.bits, Buffer.of(0), signature));
}

/** PKCS #10 (RFC 2986): asks for a certificate for a P-256 key, and proves that the key is there. DER. */
export function signingRequest(
  commonName: string,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
): Buffer {
  const info = sequence(
    element(tag.integer, Buffer.of(0)),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa0),
  );
  const signature = sign('sha256', info, privateKey);
  return sequence(info, sequence(oid.ecdsaWithSha256), element(tag.bits, Buffer.of(0), signature));
}

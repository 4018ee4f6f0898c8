/**
 * The contract by which a gateway joins a cloud, proves who it is from then on, and is given signed bundles.
 *
 * A code is made at the desk: `<31 bytes in groups of five>@<host>:<port>`. The bytes are a version, a secret that is
 * good once, and the first half of the SHA-256 of the operator's authority's public key, so that a gateway knows
 * whom it speaks to before it says anything. The door at that address speaks HTTPS with a certificate of the
 * authority for `cloudName`, whatever the address is. Down there:
 *   POST /enrol/v1/certificate   the code's secret and a signing request (PKCS #10) for a certificate
 *   POST /enrol/v1/renew         a signing request for the next one; the current one proves who asks
 *   POST /enrol/v1/contact       how the gateway is, for what waits for it and what time it is
 *   GET  /enrol/v1/bundle        the newest signed bundle
 *   POST /enrol/v1/farewell      the last word of a gateway that forgets everything
 *   /ingest/v1/…                 batches and commands, as over the public way (wire.ts)
 */
import { z } from 'zod';
import { identifier, instant, plainText } from './model/identifiers.ts';

/** The one name that the authority gives the cloud; gateways ask for it, and check it, at whatever address. */
export const cloudName = 'cloud.gatehouse.internal';

export const SECRET_BYTES = 12;
export const FINGERPRINT_BYTES = 16;
const VERSION = 1;
const CODE_BYTES = 1 + SECRET_BYTES + FINGERPRINT_BYTES + 2;
const GROUP = 5;
/** Crockford's alphabet: without letters that are taken for others when read aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** A typed code with its address, at most: a host name has 253 characters. */
export const MAX_CODE_LENGTH = 400;

export interface EnrolmentCode {
  /** Good once. */
  secret: Uint8Array;
  /** Of the authority's public key (SubjectPublicKeyInfo): the first half of its SHA-256. */
  fingerprint: Uint8Array;
  host: string;
  port: number;
}

/** CRC-16/CCITT-FALSE: a slip of the finger is told before anybody is asked. */
function checksum(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = ((sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1) & 0xffff) >>> 0;
  }
  return sum;
}

/** A host name or an address as a code carries it; IPv6 in brackets. */
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/i;

/** @throws RangeError where a part has the wrong length, or the host can't be written in a code */
export function writeCode({ secret, fingerprint, host, port }: EnrolmentCode): string {
  if (secret.length !== SECRET_BYTES || fingerprint.length !== FINGERPRINT_BYTES)
    throw new RangeError('secret or fingerprint has the wrong length');
  if (!hostPattern.test(host)) throw new RangeError(`"${host}" is no host name`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new RangeError(`${port} is no port`);
  const bytes = new Uint8Array(CODE_BYTES);
  bytes[0] = VERSION;
  bytes.set(secret, 1);
  bytes.set(fingerprint, 1 + SECRET_BYTES);
  const sum = checksum(bytes.subarray(0, -2));
  bytes[CODE_BYTES - 2] = sum >> 8;
  bytes[CODE_BYTES - 1] = sum & 0xff;
  const groups = base32(bytes).match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? [];
  return `${groups.join('-')}@${host.toLowerCase()}:${port}`;
}

/** What a person typed or a camera read, or why it is no code, in words. */
export function readCode(text: string): EnrolmentCode | { problem: string } {
  if (text.length > MAX_CODE_LENGTH) return { problem: 'this is too long for a code' };
  const [typed = '', address, ...rest] = text.trim().split('@');
  if (address === undefined || rest.length > 0)
    return { problem: 'a code ends with @ and the address of the cloud' };
  const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(address.trim()) ?? [];
  const port = Number(digits);
  if (!hostPattern.test(host) || port < 1 || port > 65_535)
    return { problem: `"${address.slice(0, 80)}" is no address with a port` };
  const bytes = unbase32(typed);
  if (bytes === undefined) return { problem: 'there is a character in it that no code has' };
  if (bytes.length !== CODE_BYTES) return { problem: 'it is too short or too long: compare each group' };
  const sum = ((bytes[CODE_BYTES - 2] ?? 0) << 8) | (bytes[CODE_BYTES - 1] ?? 0);
  if (sum !== checksum(bytes.subarray(0, -2))) return { problem: 'it is mistyped: compare each group' };
  if (bytes[0] !== VERSION) return { problem: 'it is of a newer cloud than this gateway knows' };
  return {
    secret: bytes.slice(1, 1 + SECRET_BYTES),
    fingerprint: bytes.slice(1 + SECRET_BYTES, CODE_BYTES - 2),
    host: host.toLowerCase(),
    port,
  };
}

function base32(bytes: Uint8Array): string {
  let [text, held, bits] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}

/** Blanks and dashes do not count; what looks alike is taken for what it was meant to be. */
function unbase32(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let [held, bits] = [0, 0];
  for (const letter of text.toUpperCase().replaceAll(/[\s-]/g, '')) {
    const value = ALPHABET.indexOf(letter.replace('O', '0').replace(/[IL]/, '1'));
    if (value < 0) return undefined;
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  // What is left over must be nothing: a code has one way to be written.
  return held === 0 && bits < 5 ? Uint8Array.from(bytes) : undefined;
}

/** A signing request or certificate, DER as base64. */
const der = z.base64().min(1).max(8_192);
const pem = z.string().min(1).max(16_384);
const counter = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const certificateRequest = z.strictObject({
  secret: z.base64url().max(64),
  signingRequest: der,
});

/** What a gateway needs of the cloud. */
export const joined = z.strictObject({
  gateway: identifier,
  site: identifier,
  certificate: pem,
  authority: pem,
  /** Ed25519 keys that sign bundles: SubjectPublicKeyInfo, base64. */
  signers: z.array(z.base64().max(256)).min(1).max(4),
  at: instant,
  /** Where MQTT is spoken, where it is spoken at all. */
  mqttPort: z.number().int().min(1).max(65_535).optional(),
});
export type Joined = z.infer<typeof joined>;

export const renewalRequest = z.strictObject({ signingRequest: der });

/** What became of the newest bundle. */
export const bundleState = z.enum(['none', 'probation', 'in-force', 'refused', 'returned']);
export type BundleState = z.infer<typeof bundleState>;

/** Secrets by what they are, never what they are: so that the desk knows what a thief has. */
const MAX_SECRETS = 200;

export const contactRequest = z.strictObject({
  version: plainText.min(1).max(64),
  /** Highest counter that was ever taken, and what became of it. */
  bundle: z.strictObject({ counter, state: bundleState, detail: plainText.max(300).default('') }),
  /** How secrets lie on its disk. */
  sealing: z.enum(['tpm', 'pkcs11', 'key-file', 'none']),
  secrets: z.array(plainText.max(128)).max(MAX_SECRETS),
  /** Machine's clock, so that the desk sees one that is off. */
  at: instant,
});
export type ContactRequest = z.infer<typeof contactRequest>;

export const contactAnswer = z.strictObject({
  at: instant,
  /** Counter of the newest bundle; 0: there is none. */
  bundle: counter,
  signers: joined.shape.signers,
  /** Renew at once, whatever the certificate's age. */
  renew: z.boolean(),
});
export type ContactAnswer = z.infer<typeof contactAnswer>;

/** The last word of a gateway that was reset: signed with the key of its certificate, over farewellStatement. */
export const farewell = z.strictObject({
  gateway: identifier,
  at: instant,
  reason: plainText.max(200),
  signature: z.base64().max(512),
});
export type Farewell = z.infer<typeof farewell>;
export const farewellStatement = ({ gateway, at, reason }: Omit<Farewell, 'signature'>): string =>
  JSON.stringify(['gatehouse farewell', gateway, at, reason]);

/** A bundle's files, at most, and the bytes of all of them. */
export const MAX_BUNDLE_FILES = 8;
export const MAX_BUNDLE_BYTES = 512 * 1024;

/** What a bundle says; what is signed is its JSON, byte for byte. */
export const bundleStatement = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('configuration'),
    gateway: identifier,
    counter: counter.min(1),
    issuedAt: instant,
    by: plainText.max(128),
    note: plainText.max(300).default(''),
    configuration: z.string().max(MAX_BUNDLE_BYTES).optional(),
    registry: z.string().max(MAX_BUNDLE_BYTES).optional(),
  }),
  z.strictObject({
    kind: z.literal('update'),
    gateway: identifier,
    counter: counter.min(1),
    issuedAt: instant,
    by: plainText.max(128),
    note: plainText.max(300).default(''),
    version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, 'expected 1.2.3'),
    artefact: z.url({ protocol: /^https$/ }).max(1_024),
    bytes: z
      .number()
      .int()
      .min(1)
      .max(1024 ** 3),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);
export type BundleStatement = z.infer<typeof bundleStatement>;

/** Base64 of the statement's JSON, and the Ed25519 signature over `bundleSigned` of it. */
export const signedBundle = z.strictObject({
  statement: z.base64().max(MAX_BUNDLE_BYTES * 2),
  signature: z.base64().max(128),
});
export type SignedBundle = z.infer<typeof signedBundle>;

/** The bytes that a bundle's signature covers: nothing else that the key signs begins like this. */
export const bundleSigned = (statement: string): string => `gatehouse bundle 1\n${statement}`;

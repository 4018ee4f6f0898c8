/**
 * The number of a certificate says all that there is to know of it, and proves itself: course, day, share and a mark
 * of the name, then an HMAC over them (RFC 2104, cut to 80 bits). So nothing of whoever passed is kept here.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CourseName } from './course.ts';

export interface CertificateFacts {
  course: CourseName;
  /** Days since 1970-01-01, UTC. */
  day: number;
  /** In hundredths. */
  percent: number;
  /** So that two certificates of one person do not show that they are one person's. */
  salt: Uint8Array;
  nameMark: Uint8Array;
}

const VERSION = 1;
const SALT_BYTES = 4;
const MARK_BYTES = 4;
const MAC_BYTES = 10;
const BODY_BYTES = 1 + 1 + 2 + 1 + SALT_BYTES + MARK_BYTES;
const LENGTH = BODY_BYTES + MAC_BYTES;
const GROUP = 5;
/** Crockford's: without the letters that look like digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DAY_MS = 24 * 3_600_000;

/** The same name, however it is spaced and capitalised. */
const normal = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');

/** Only whoever has the key can try names on it. */
export const markOf = (key: Uint8Array, salt: Uint8Array, name: string): Uint8Array =>
  createHmac('sha256', key)
    .update('name ')
    .update(salt)
    .update(normal(name))
    .digest()
    .subarray(0, MARK_BYTES);

const macOf = (key: Uint8Array, body: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update('certificate ').update(body).digest().subarray(0, MAC_BYTES);

export function numberOf(key: Uint8Array, facts: CertificateFacts): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt8(VERSION, 0);
  body.writeUInt8(facts.course === 'staff' ? 1 : 0, 1);
  body.writeUInt16BE(facts.day, 2);
  body.writeUInt8(facts.percent, 4);
  body.set(facts.salt.subarray(0, SALT_BYTES), 5);
  body.set(facts.nameMark.subarray(0, MARK_BYTES), 5 + SALT_BYTES);
  return grouped(base32(Buffer.concat([body, macOf(key, body)])));
}

/** What a number says; undefined where it was not made with this key. Any text may come. */
export function factsOf(key: Uint8Array, number: string): CertificateFacts | undefined {
  const bytes = bytesOf(number);
  if (bytes === undefined || bytes.length !== LENGTH) return undefined;
  const body = bytes.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(bytes.subarray(BODY_BYTES), macOf(key, body))) return undefined;
  if (body.readUInt8(0) !== VERSION) return undefined;
  return {
    course: body.readUInt8(1) === 1 ? 'staff' : 'shop',
    day: body.readUInt16BE(2),
    percent: body.readUInt8(4),
    salt: body.subarray(5, 5 + SALT_BYTES),
    nameMark: body.subarray(5 + SALT_BYTES),
  };
}

/** Whether a certificate was issued for a name. */
export const fitsName = (key: Uint8Array, { salt, nameMark }: CertificateFacts, name: string): boolean =>
  timingSafeEqual(nameMark, markOf(key, salt, name));

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
export const startOfDay = (day: number): number => day * DAY_MS;

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

const grouped = (text: string): string => (text.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? []).join('-');

function bytesOf(number: string): Buffer | undefined {
  const text = number.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (text.length !== Math.ceil((LENGTH * 8) / 5)) return undefined;
  let bits = '';
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value === -1) return undefined;
    bits += value.toString(2).padStart(5, '0');
  }
  // What is left over must be nothing: there is one way to write a number.
  if (/1/.test(bits.slice(LENGTH * 8))) return undefined;
  const bytes = Buffer.alloc(LENGTH);
  for (let index = 0; index < LENGTH; index++)
    bytes[index] = Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2);
  return bytes;
}

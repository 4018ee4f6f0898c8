/** The receiver's side of SIA DC-09, written from the standard and apart from the gateway's: each is the other's test. */
import { createCipheriv, createDecipheriv } from 'node:crypto';

/** CRC-16/ARC by table. */
const table = Uint16Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let round = 0; round < 8; round++) value = (value >>> 1) ^ (value % 2 === 1 ? 0xa001 : 0);
  return value;
});
export function checksum(text: string): string {
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0);
  return sum.toString(16).toUpperCase().padStart(4, '0');
}

export interface Received {
  token: string;
  sequence: string;
  /** `R…L…` and `#account` as they came: an answer repeats them. */
  where: string;
  account: string;
  /** Between the brackets. */
  data: string;
  at: number | undefined;
  encrypted: boolean;
}

const message = /^"(\*?)([A-Z-]+)"(\d{4})((?:R[0-9A-F]+)?L[0-9A-F]+)#([0-9A-F]+)\[(.*)$/s;
const time = /_(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})$/;

/** Reads one message without its line feed and carriage return; a text says what is wrong with it. */
export function receive(line: string, key: Buffer | undefined): Received | string {
  const [sum, size, text] = [line.slice(0, 4), line.slice(4, 8), line.slice(8)];
  if (sum !== checksum(text)) return 'checksum';
  if (Number.parseInt(size.slice(1), 16) !== Buffer.byteLength(text, 'latin1')) return 'length';
  const [, star, token = '', sequence = '', where = '', account = '', rest = ''] = message.exec(text) ?? [];
  if (token === '') return 'shape';
  let plain = rest;
  if (star === '*') {
    if (key === undefined) return 'no key';
    const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(16)).setAutoPadding(false);
    const whole = Buffer.concat([cipher.update(rest, 'hex'), cipher.final()]).toString('latin1');
    plain = whole.slice(whole.indexOf('|') + 1);
    // The account stands inside again and a time behind: with another key neither comes out.
    const isEvent = token !== 'NULL';
    if (!time.test(plain) || !plain.includes(']') || (isEvent && !plain.startsWith(`#${account}|`)))
      return 'key';
  }
  const stamp = time.exec(plain);
  const [hour = 0, minute = 0, second = 0, month = 1, day = 1, year = 1970] = (stamp ?? [])
    .slice(1)
    .map(Number);
  return {
    token,
    sequence,
    where,
    account,
    data: plain.slice(0, plain.indexOf(']')),
    at: stamp === null ? undefined : Date.UTC(year, month - 1, day, hour, minute, second),
    encrypted: star === '*',
  };
}

const clockText = (at: number): string => {
  const [date = '', clock = ''] = new Date(at).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `_${clock.slice(0, 8)},${month}-${day}-${year}`;
};

const framed = (text: string): string =>
  `\n${checksum(text)}0${Buffer.byteLength(text, 'latin1').toString(16).toUpperCase().padStart(3, '0')}${text}\r`;

/** ACK or DUH to a message, encrypted as the message was. */
export function answer(word: 'ACK' | 'DUH', to: Received, at: number, key: Buffer | undefined): string {
  const head = `${word}"${to.sequence}${to.where}#${to.account}[`;
  if (!to.encrypted || key === undefined) return framed(`"${head}]`);
  const content = `|]${clockText(at)}`;
  const pad = 'Q'.repeat((16 - (content.length % 16)) % 16);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(16)).setAutoPadding(false);
  const hidden = Buffer.concat([cipher.update(pad + content), cipher.final()])
    .toString('hex')
    .toUpperCase();
  return framed(`"*${head}${hidden}`);
}

/** The message was not taken; the receiver's clock goes with it. */
export const refusal = (at: number): string => framed(`"NAK"0000R0L0A0[]${clockText(at)}`);

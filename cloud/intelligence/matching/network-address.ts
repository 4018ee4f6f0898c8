/** Internet addresses as bits, for what is sorted by them. Pure. */
import { isIP } from 'node:net';

/** 32 or 128 bits, in words of 32. */
export interface Network {
  readonly words: readonly number[];
  /** How many of them count. */
  readonly length: number;
}

/** An IPv4 address in either notation is the same four bytes; undefined: no address. */
export function wordsOf(address: string): readonly number[] | undefined {
  const plain =
    address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  const version = isIP(plain);
  if (version === 4) return [v4(plain)];
  if (version !== 6) return undefined;
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const groups = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return [0, 2, 4, 6].map((at) => (((groups[at] ?? 0) << 16) | (groups[at + 1] ?? 0)) >>> 0);
}

const v4 = (text: string): number => text.split('.').reduce((value, part) => value * 256 + Number(part), 0);

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const value = v4(part);
    return [value >>> 16, value & 0xffff];
  });
}

/** `192.0.2.0/24`, or one address; undefined: neither. */
export function networkOf(text: string): Network | undefined {
  const [address = '', bits, ...more] = text.trim().split('/');
  const words = wordsOf(address);
  if (words === undefined || more.length > 0) return undefined;
  const size = words.length * 32;
  if (bits === undefined) return { words, length: size };
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  return length < 0 || length > size ? undefined : { words, length };
}

export const bitAt = (words: readonly number[], index: number): number =>
  ((words[index >>> 5] ?? 0) >>> (31 - (index & 31))) & 1;

/** Whether all of `inner` lies in `outer`. */
export function lies(inner: Network, outer: Network): boolean {
  if (inner.words.length !== outer.words.length || inner.length < outer.length) return false;
  for (let index = 0; index < outer.length; index++)
    if (bitAt(inner.words, index) !== bitAt(outer.words, index)) return false;
  return true;
}

/** One way to write an address, RFC 5952 for IPv6: as texts, equal ones are equal. */
export function canonicalAddress(text: string): string | undefined {
  const words = wordsOf(text);
  if (words === undefined) return undefined;
  const [first = 0] = words;
  if (words.length === 1) return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.');
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let [from, length] = [0, 1];
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === 0) end++;
    if (end - at > length) [from, length] = [at, end - at];
  }
  const hex = (some: readonly number[]) => some.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

/** A card's bits as the badge number that people and the registry write. */
import { createHash } from 'node:crypto';

const digitsOf = (data: Uint8Array, bits: number): string =>
  [...data]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, bits);
const isEven = (digits: string): boolean => [...digits].filter((digit) => digit === '1').length % 2 === 0;
const WIEGAND_26_BITS = 26;

/**
 * - 26 bits with good parity (H10301, by far the commonest): `<facility>-<number>`, as printed on the card
 * - whole bytes: the serial number as hex, as other readers of the house write it
 * - anything else: `w<bits>-<hex>`, the number right-aligned; also 26 bits with bad parity, which nobody's badge is
 */
export function badgeOf(data: Uint8Array, bits: number): string {
  const digits = digitsOf(data, bits);
  if (bits === WIEGAND_26_BITS && isEven(digits.slice(0, 13)) && !isEven(digits.slice(13)))
    return `${Number.parseInt(digits.slice(1, 9), 2)}-${Number.parseInt(digits.slice(9, 25), 2)}`;
  const hex = BigInt(`0b${digits}`)
    .toString(16)
    .padStart(Math.ceil(bits / 4), '0')
    .toUpperCase();
  const text = bits % 8 === 0 ? hex : `w${bits}-${hex}`;
  if (text.length <= MAX_BADGE_LENGTH) return text;
  const whole = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  return `${text.slice(0, MAX_BADGE_LENGTH - HASH_LENGTH - 1)}~${whole}`;
}

/** As the model has it; of a longer card the end is a hash of the whole, so that no two cards become one. */
const MAX_BADGE_LENGTH = 64;
const HASH_LENGTH = 24;

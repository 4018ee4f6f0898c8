/** Cards as a reader sends them: bits, the first one in the highest bit of the first byte. */

export interface CardBits {
  bits: number;
  data: Buffer;
}

const packed = (digits: string): CardBits => {
  const data = Buffer.alloc(Math.ceil(digits.length / 8));
  for (const [index, digit] of [...digits].entries())
    if (digit === '1') data[index >> 3] = (data[index >> 3] ?? 0) | (0x80 >> (index & 7));
  return { bits: digits.length, data };
};
const ones = (digits: string): number => [...digits].filter((digit) => digit === '1').length;

/** Wiegand with 26 bits (H10301): even parity over the first half, odd over the second. */
export function wiegand26(facility: number, number: number): CardBits {
  const digits = facility.toString(2).padStart(8, '0') + number.toString(2).padStart(16, '0');
  const even = ones(digits.slice(0, 12)) % 2;
  const odd = 1 - (ones(digits.slice(12)) % 2);
  return packed(`${even}${digits}${odd}`);
}

/** A card by its serial number, as contactless readers tell it. */
export const serial = (hex: string): CardBits => ({ bits: hex.length * 4, data: Buffer.from(hex, 'hex') });

/**
 * `facility-number` or a serial number as hex.
 * @throws RangeError where the text is neither
 */
export function cardFrom(text: string): CardBits {
  const [, facility, number] = /^(\d{1,3})-(\d{1,5})$/.exec(text) ?? [];
  if (facility !== undefined && number !== undefined && Number(facility) <= 255 && Number(number) <= 65_535)
    return wiegand26(Number(facility), Number(number));
  if (/^([0-9a-f]{2}){3,16}$/i.test(text)) return serial(text);
  throw new RangeError(`"${text}" is no card: expected 123-45678, or a serial number as hex`);
}

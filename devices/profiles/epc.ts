/** What an RFID tag of the trade says: EPC binary encodings SGTIN-96 and SSCC-96 (GS1 EPC Tag Data Standard 1.13, chapter 14). */
import type { Facts } from '../model/observation.ts';
import { checkDigitOf } from './gs1.ts';
import { quote, type Read } from './payload.ts';

/** 512 bits: longer than any EPC. */
const MAX_EPC_DIGITS = 128;

/** Bits and decimal digits of the company prefix, by partition value (tables 14-2 and 14-5). */
const companyPrefixes: readonly { bits: number; digits: number }[] = [
  { bits: 40, digits: 12 },
  { bits: 37, digits: 11 },
  { bits: 34, digits: 10 },
  { bits: 30, digits: 9 },
  { bits: 27, digits: 8 },
  { bits: 24, digits: 7 },
  { bits: 20, digits: 6 },
];

/** Schemes of 96 bits: how many bits and digits prefix and reference have together, and what stands behind them. */
const schemes = {
  '30': { name: 'SGTIN-96', bits: 44, digits: 13, restBits: 38 },
  '31': { name: 'SSCC-96', bits: 58, digits: 17, restBits: 24 },
} as const;

/** Whole number from `length` bits, the first of which is bit `from` from the left of 96. */
const bitsOf = (epc: bigint, from: number, length: number): bigint =>
  (epc >> BigInt(96 - from - length)) & ((1n << BigInt(length)) - 1n);

/**
 * An EPC as facts of an observation: `epc` always; `code`, `gtin` and `serial`, or `code` and `sscc`, where the tag is
 * encoded in one of the two schemes. A tag of another scheme, or of none, is passed on as it is.
 */
export function tagFacts(hex: string): Read<Facts> {
  if (!/^[0-9A-F]{2,128}$/.test(hex) || hex.length % 2 !== 0)
    return {
      refused: `${quote(hex)} is not an EPC of 1 to ${MAX_EPC_DIGITS / 2} bytes in hexadecimal digits`,
    };
  const facts: Facts = { epc: hex };
  const header = hex.slice(0, 2);
  if (hex.length !== 24 || (header !== '30' && header !== '31')) return { value: facts };
  const { name, bits, digits, restBits } = schemes[header];
  const epc = BigInt(`0x${hex}`);
  const prefix = companyPrefixes[Number(bitsOf(epc, 11, 3))];
  if (prefix === undefined) return { refused: `${hex}: partition 7 is none of ${name}` };
  const company = String(bitsOf(epc, 14, prefix.bits)).padStart(prefix.digits, '0');
  const referenceDigits = digits - prefix.digits;
  const reference = String(bitsOf(epc, 14 + prefix.bits, bits - prefix.bits)).padStart(referenceDigits, '0');
  if (company.length > prefix.digits || reference.length > referenceDigits)
    return { refused: `${hex}: a number is too long for its ${name}` };
  // The first digit of the reference, indicator or extension, stands before the company prefix (7.1 and 7.2).
  const number = reference.slice(0, 1) + company + reference.slice(1);
  const checked = number + checkDigitOf(number);
  if (header === '31') return { value: { ...facts, code: `(00)${checked}`, sscc: checked } };
  const serial = String(bitsOf(epc, 96 - restBits, restBits));
  return { value: { ...facts, code: `(01)${checked}(21)${serial}`, gtin: checked, serial } };
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tagFacts } from './epc.ts';
import { checkDigitOf, hasCheckDigit, scannedItem } from './gs1.ts';

const prefixBits = [40, 37, 34, 30, 27, 24, 20];

/** The other way round, written for the test from the same tables. */
function encoded(header: number, partition: number, company: string, reference: string, serial?: bigint) {
  const bits = (value: bigint, length: number) => value.toString(2).padStart(length, '0');
  const companyBits = prefixBits[partition] ?? 0;
  const [both, rest] = header === 0x30 ? [44, 38] : [58, 24];
  const text =
    bits(BigInt(header), 8) +
    bits(1n, 3) +
    bits(BigInt(partition), 3) +
    bits(BigInt(company), companyBits) +
    bits(BigInt(reference), both - companyBits) +
    bits(serial ?? 0n, rest);
  return BigInt(`0b${text}`).toString(16).toUpperCase().padStart(24, '0');
}

describe('a tag of the trade', () => {
  test('says the number of its article and its own, as the standard’s example', () => {
    expect(tagFacts('3074257BF7194E4000001A85')).toEqual({
      value: {
        epc: '3074257BF7194E4000001A85',
        code: '(01)80614141123458(21)6789',
        gtin: '80614141123458',
        serial: '6789',
      },
    });
  });

  test('on a pallet says the pallet’s number', () => {
    expect(tagFacts('3174257BF4499602D2000000')).toMatchObject({ value: { sscc: '106141412345678908' } });
  });

  test('is read back for every length of the company’s prefix', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        fc.stringMatching(/^\d{13}$/),
        fc.bigInt({ min: 0n, max: (1n << 38n) - 1n }),
        (partition, digits, serial) => {
          const at = 12 - partition;
          const [company, reference] = [digits.slice(0, at), digits.slice(at)];
          const read = tagFacts(encoded(0x30, partition, company, reference, serial));
          const gtin = reference.slice(0, 1) + company + reference.slice(1);
          const facts = 'value' in read ? read.value : {};
          expect(facts.gtin).toBe(gtin + checkDigitOf(gtin));
          expect(facts.serial).toBe(String(serial));
          expect(hasCheckDigit(String(facts.gtin))).toBe(true);
          // The same goods, scanned instead of read: one number.
          const scanned = scannedItem(`]d201${facts.gtin}21${facts.serial}`, 0);
          expect('value' in scanned ? scanned.value.code : scanned).toBe(facts.code);
        },
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.stringMatching(/^\d{17}$/), (partition, digits) => {
        const at = 12 - partition;
        const [company, reference] = [digits.slice(0, at), digits.slice(at)];
        const read = tagFacts(encoded(0x31, partition, company, reference));
        const sscc = reference.slice(0, 1) + company + reference.slice(1);
        expect(read).toMatchObject({ value: { sscc: sscc + checkDigitOf(sscc) } });
      }),
    );
  });
});

describe('any other tag', () => {
  test('is passed on as it is', () => {
    expect(tagFacts('E28011700000020F5A5C1234')).toEqual({ value: { epc: 'E28011700000020F5A5C1234' } });
    expect(tagFacts('30')).toEqual({ value: { epc: '30' } });
  });

  test('with numbers that can not be is refused', () => {
    // Partition 7 is none; a company of thirteen digits does not fit into twelve.
    expect(tagFacts('301FFFFFFFFFFFFFFFFFFFFF')).toMatchObject({
      refused: expect.stringContaining('partition 7'),
    });
    expect(tagFacts('3003FFFFFFFFFFC000000000')).toMatchObject({
      refused: expect.stringContaining('too long'),
    });
    for (const none of ['', '3', 'epc', '3074257bf7194e4000001a85', 'F'.repeat(130)])
      expect(tagFacts(none)).toHaveProperty('refused');
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void tagFacts(text)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (noise) => {
        const read = tagFacts(Buffer.from(noise).toString('hex').toUpperCase());
        if ('value' in read && read.value.gtin !== undefined)
          expect(hasCheckDigit(String(read.value.gtin))).toBe(true);
      }),
    );
  });
});

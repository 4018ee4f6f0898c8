import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isIban, MAX_FREE_TEXT, withoutStrangers } from './free-text.ts';
import { KnownNames } from './known-names.ts';

describe('whom nobody has written down', () => {
  it.each([
    ['Write to jo.doe+x@mail.example.org today.', 'Write to [mail address] today.'],
    ['Call +49 (30) 1234-5678 or 0171/2345678.', 'Call [phone number] or [phone number].'],
    ['Paid from DE89 3704 0044 0532 0130 00, they say.', 'Paid from [bank account], they say.'],
    ['ab12 DE89370400440532013000 then', 'ab12 [bank account] then'],
    ['Card 4111 1111 1111 1111 was refused', 'Card [card number] was refused'],
    [
      'A van, B-XY 1234, then AB12 CDE and FR-123-AB.',
      'A van, [licence plate], then [licence plate] and [licence plate].',
    ],
    ['Frau Dr. Erika von Muster and Mr Smith left.', 'Frau [name] and Mr [name] left.'],
    [
      'badge 04a1b2c3 and Ausweis Nr. 7781 at the door',
      'badge [badge number] and Ausweis Nr. [badge number] at the door',
    ],
  ])('%s', (text, without) => expect(withoutStrangers(text)).toBe(without));

  it('leaves times, days, addresses of machines, measures and order numbers alone', () => {
    const text =
      'On 2026-11-23 and 01.12.2026 at 08:14 UTC 203.0.113.7 asked 12 times for /a?b=1: 3.5 °C, T1110.004, order 4711, 0000123, DE12 3456';
    expect(withoutStrangers(text)).toBe(text);
  });
});

/** ISO 13616 with the right check digits. */
const iban = fc
  .tuple(fc.constantFrom('DE', 'FR', 'NL'), fc.bigInt({ min: 10n ** 17n, max: 10n ** 18n - 1n }))
  .map(([country, number]) => {
    const letters = [...country].map((one) => Number.parseInt(one, 36)).join('');
    const check = 98n - (BigInt(`${number}${letters}00`) % 97n);
    return `${country}${String(check).padStart(2, '0')}${number}`;
  });
const mail = fc
  .tuple(
    fc.stringMatching(/^[a-z0-9]{1,20}$/),
    fc.stringMatching(/^[a-z]{2,12}$/),
    fc.constantFrom('org', 'de', 'co.uk'),
  )
  .map(([who, host, top]) => `${who}@${host}.${top}`);
const phone = fc.stringMatching(/^\+[1-9]\d{7,12}$/);
const around = fc.constantFrom('', ' ', ', ', '"', '\n', '(', ': ');

test('wherever they stand in a text, addresses and numbers are gone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(' seen ', 'Lieferung\t', ''),
      around,
      fc.oneof(mail, phone, iban),
      around,
      (before, left, secret, right) => {
        expect(
          withoutStrangers(
            `${before}${left}${secret}${right === '(' ? ' ' : right}then`.replace(
              `${secret}then`,
              `${secret} then`,
            ),
          ),
        ).not.toContain(secret);
      },
    ),
  );
  fc.assert(fc.property(iban, (one) => isIban(one)));
});

test('once more changes nothing, and whatever comes ends in time and within bounds', () => {
  const pieces = fc.constantFrom(
    'a',
    '0',
    '+4',
    '@',
    '.',
    '-',
    ' ',
    'Mr ',
    'B-',
    'DE1',
    '(',
    'badge ',
    'Ä',
    '/',
    ':',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.array(pieces, { maxLength: 300 }).map((some) => some.join('')),
      ),
      (text) => {
        const once = withoutStrangers(text);
        expect(withoutStrangers(once)).toBe(once);
      },
    ),
    { numRuns: 300 },
  );
  // A pattern with two ways to read one text would take for ever over these.
  for (const piece of ['a', '0', '+49 ', 'a.', 'a@', 'a@a.', 'DE1', 'A-', '1 ', 'Mr Aa ', 'badge 1', '('])
    expect(withoutStrangers(piece.repeat(MAX_FREE_TEXT)).length).toBeLessThan(4 * MAX_FREE_TEXT);
});

describe('whom the registry knows', () => {
  const names = new KnownNames(['Anna Weber', 'Anna Weber-Klein', 'a.weber', '04a1', 'Jo']);
  it('is found in any case, the longest name first, as whole words', () => {
    expect(names.without('ANNA WEBER-KLEIN, a.weber and 04A1; Annabel Weber; Jo')).toBe(
      '[name], [name] and [name]; Annabel Weber; Jo',
    );
  });
  it('is gone wherever the name stands, and all else stays as it is', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.array(word, { maxLength: 8 }), (before, after) => {
        const text = [...before, 'Anna Weber', ...after].join(' ');
        expect(names.without(text)).toBe([...before, '[name]', ...after].join(' '));
      }),
    );
  });
});

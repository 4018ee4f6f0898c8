import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FINGERPRINT_BYTES, readCode, SECRET_BYTES, writeCode } from './enrolment.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const codes = fc.record({
  secret: bytes(SECRET_BYTES),
  fingerprint: bytes(FINGERPRINT_BYTES),
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.constant('[::1]')),
  port: fc.integer({ min: 1, max: 65_535 }),
});

test('a code says what was written into it, however a person types it', () => {
  fc.assert(
    fc.property(codes, fc.constantFrom('', ' ', '-'), fc.boolean(), (code, between, lower) => {
      const [typed = '', address] = writeCode(code).split('@');
      const spaced = typed.replaceAll('-', between);
      const text = `${lower ? spaced.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l') : spaced}@${address}`;
      expect(readCode(text)).toEqual({ ...code, host: code.host.toLowerCase() });
    }),
  );
});

test('one wrong character is told before anybody is asked', () => {
  fc.assert(
    fc.property(
      codes,
      fc.nat(),
      fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
      (code, at, letter) => {
        const text = writeCode(code);
        const place = at % text.indexOf('@');
        fc.pre(text[place] !== '-' && text[place] !== letter);
        expect(readCode(text.slice(0, place) + letter + text.slice(place + 1))).toHaveProperty('problem');
      },
    ),
  );
});

test('any text is either a code or a problem in words', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `${text}@host:1`),
      ),
      (text) => {
        const result = readCode(text);
        if ('problem' in result) expect(result.problem.length).toBeGreaterThan(10);
        else expect(writeCode(result)).toContain('@');
      },
    ),
  );
});

test('what can not be in a code is not written', () => {
  const good = { secret: new Uint8Array(12), fingerprint: new Uint8Array(16), host: 'cloud', port: 1 };
  expect(() => writeCode({ ...good, host: 'a b' })).toThrow(RangeError);
  expect(() => writeCode({ ...good, port: 70_000 })).toThrow(RangeError);
  expect(() => writeCode({ ...good, secret: new Uint8Array(3) })).toThrow(RangeError);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dateOf, hasCheckDigit, readElements, scannedItem } from './gs1.ts';

const NOW = Date.UTC(2026, 10, 23);
const GS = '\u001d';

describe('a medicine pack', () => {
  it('says its number, batch, expiry and serial number, in whatever order', () => {
    expect(scannedItem(`]d2010950600013435217270228${''}10AB-12${GS}21XK9/7\r\n`, NOW)).toEqual({
      value: {
        symbology: ']d2',
        code: '(01)09506000134352(17)270228(10)AB-12(21)XK9/7',
        gtin: '09506000134352',
        expiresOn: '2027-02-28',
        batch: 'AB-12',
        serial: 'XK9/7',
      },
    });
    expect(scannedItem(`]d221XK9${GS}17270200${GS}0109506000134352`, NOW)).toMatchObject({
      value: { serial: 'XK9', expiresOn: '2027-02-28', gtin: '09506000134352' },
    });
  });

  it('is refused where it can not be', () => {
    expect(scannedItem(']d20109506000134353', NOW)).toEqual({
      refused: '(01) 09506000134353: its check digit is wrong',
    });
    expect(scannedItem(']d217271332', NOW)).toEqual({ refused: '(17) 271332 is no date' });
    expect(scannedItem(']d217270230', NOW)).toEqual({ refused: '(17) 270230 is no date' });
    expect(scannedItem(`]d210A${GS}10B`, NOW)).toEqual({ refused: '(10) is in it twice: "A" and "B"' });
    expect(scannedItem(']d2', NOW)).toEqual({ refused: 'no element' });
    expect(scannedItem(']d25912', NOW)).toEqual({ refused: '"59" is no application identifier' });
  });
});

describe('a data matrix that others print and others read', () => {
  const run = (program: string, ...args: string[]): string => {
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'latin1' });
    if (status !== 0)
      throw new Error(`${program} (Debian's zint and dmtx-utils): ${error?.message ?? stderr}`);
    return stdout;
  };

  it.each([
    ['[01]09506000134352[17]270228[10]AB-12[21]XK9/7', { batch: 'AB-12', serial: 'XK9/7' }],
    ['[21]00001[01]09506000134352[10]x%_/&[17]270200', { batch: 'x%_/&', serial: '00001' }],
  ])('%s', (printed, says) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gs1-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const picture = join(folder, 'pack.png');
    // 71 is Data Matrix; a reader needs the white border.
    run(
      'zint',
      '--barcode=71',
      '--gs1',
      '--vwhitesp=5',
      '-w',
      '5',
      '--scale=6',
      '-d',
      printed,
      '-o',
      picture,
    );
    const read = run('dmtxread', '-G', '29', '-N', '1', picture);
    expect(scannedItem(read, NOW)).toEqual({
      value: {
        code: printed.replaceAll('[', '(').replaceAll(']', ')'),
        gtin: '09506000134352',
        expiresOn: '2027-02-28',
        ...says,
      },
    });
  });
});

describe('other codes', () => {
  it('an EAN is a number, everything else a code as it stands', () => {
    expect(scannedItem(']E04006381333931', NOW)).toEqual({
      value: { symbology: ']E0', code: '4006381333931', gtin: '04006381333931' },
    });
    expect(scannedItem('4006381333931', NOW)).toEqual({
      value: { code: '4006381333931', gtin: '04006381333931' },
    });
    expect(scannedItem(']E04006381333932', NOW)).toHaveProperty('refused');
    expect(scannedItem('4006381333932', NOW)).toEqual({ value: { code: '4006381333932' } });
    expect(scannedItem('SHELF-12', NOW)).toEqual({ value: { code: 'SHELF-12' } });
    expect(scannedItem(']A0SHELF-12', NOW)).toEqual({ value: { symbology: ']A0', code: 'SHELF-12' } });
  });
});

describe('dates', () => {
  it('are of the century in which the year is nearest; day 00 is the last of the month', () => {
    expect(dateOf('280200', NOW)).toBe('2028-02-29');
    expect(dateOf('760101', NOW)).toBe('2076-01-01');
    expect(dateOf('770101', NOW)).toBe('1977-01-01');
    expect(dateOf('010101', Date.UTC(2099, 1, 1))).toBe('2101-01-01');
  });
});

describe('element strings', () => {
  const character = fc.constantFrom(...'!"%&\'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz');
  const text = fc.array(character, { minLength: 1, maxLength: 20 }).map((all) => all.join(''));
  const gtin = fc
    .integer({ min: 0, max: 9_999_999_999_999 })
    .map((number) => String(number).padStart(13, '0'))
    .map((digits) => {
      const check = [...'0123456789'].find((digit) => hasCheckDigit(digits + digit));
      return digits + check;
    });
  const element = fc.oneof(
    fc.record({ identifier: fc.constantFrom('10', '21', '240', '91'), data: text }),
    fc.record({ identifier: fc.constant('01'), data: gtin }),
    fc.record({ identifier: fc.constant('3103'), data: fc.constant('001250') }),
  );

  it('come apart as they were put together', () => {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 8 }), fc.boolean(), (elements, always) => {
        const written = elements
          .map(({ identifier, data }, index) => {
            const needs = identifier !== '01' && identifier !== '3103' && index < elements.length - 1;
            return `${identifier}${data}${needs || always ? GS : ''}`;
          })
          .join('');
        expect(readElements(written)).toEqual({ value: elements });
      }),
    );
  });

  it('never throw, and what they give fits an observation', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', ']d2', ']C1', ']E0', ']e0', GS),
        fc.oneof(fc.string({ maxLength: 200 }), fc.stringMatching(/^[0-9]{0,60}$/)),
        (prefix, said) => {
          const result = scannedItem(prefix + said, NOW);
          if ('refused' in result) expect(result.refused.length).toBeGreaterThan(0);
          else {
            for (const value of Object.values(result.value)) {
              expect(typeof value === 'string' && value.length <= 512).toBe(true);
              // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
              expect(value).not.toMatch(/[\u0000-\u001f\u007f]/);
            }
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

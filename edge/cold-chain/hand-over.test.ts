import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { main } from './command.ts';
import { columns, csvRecords, recordCsv } from './csv.ts';
import { keyFingerprint, madeRecord } from './made-record.ts';
import { encoded, widthOf, wrapped } from './pdf-fonts.ts';
import { at, sampleHappenings, sampleRecord, storedOf } from './sample-record.ts';
import { sealCsv, verifySeal } from './seal.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const heads = { journal: { month: '2026-11', line: 7, chain: 'ab'.repeat(32) } };
const made = madeRecord(sampleRecord(), heads, privateKey);
const bytes = (text: string) => new TextEncoder().encode(text);

/** RFC 4180, letter by letter. */
function cells(text: string): string[][] {
  const rows: string[][] = [[]];
  let [value, isQuoted] = ['', false];
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? '';
    if (isQuoted) {
      if (letter === '"' && text[index + 1] === '"') value += text[++index];
      else if (letter === '"') isQuoted = false;
      else value += letter;
    } else if (letter === '"') isQuoted = true;
    else if (letter === ',' || letter === '\r') {
      rows.at(-1)?.push(value);
      value = '';
    } else if (letter === '\n') rows.push([]);
    else value += letter;
  }
  return rows.slice(0, -1);
}

describe('the CSV', () => {
  const rows = cells(made.csv);
  const all = (section: string) =>
    rows
      .filter(([name]) => name === section)
      .map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));

  test('has the same columns in every line, with their units, and ends its lines as RFC 4180 wants', () => {
    expect(rows[0]).toEqual([...columns]);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    expect(made.csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('says everything: intervals, excursion with its mean kinetic temperature, gap, door, power, decision', () => {
    expect(all('interval')).toHaveLength(96);
    expect(all('excursion')).toMatchObject([
      {
        from_utc: '2026-11-22T09:08:00Z',
        from_local: '2026-11-22 10:08:00 +01:00',
        duration_s: '3480',
        max_celsius: '13.4',
        mean_kinetic_celsius: '11.11',
      },
    ]);
    expect(all('gap')).toMatchObject([{ from_local: '2026-11-22 14:58:00 +01:00', duration_s: '6120' }]);
    expect(all('door')).toHaveLength(2);
    expect(all('power')).toMatchObject([{ detail: 'ups-1' }]);
    const [decision] = all('decision');
    expect(decision).toMatchObject({ what: 'release', person: 'Erika Müller (erika)' });
    expect(decision?.detail).toContain('"insulins" checked');
    expect(all('record').find(({ what }) => what === 'calibration')?.detail).toMatch(/due 2027-02-10/);
    // Never without an excursion.
    for (const row of rows.slice(1)) if (row[9] !== '') expect(row[0]).toBe('excursion');
  });

  test('a reason that looks like a formula stays text, and any reason comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (reason) => {
        const happened = sampleHappenings.map((one) =>
          one.kind === 'goods.released' ? { ...one, facts: { ...one.facts, reason }, by: `=${reason}` } : one,
        );
        const csv = recordCsv(sampleRecord('2026-11-22', at(40), storedOf(undefined, happened)));
        const row = cells(csv).find(([name]) => name === 'decision');
        expect(row?.at(-1)).toBe(`'=${reason} (erika)`);
        expect(row?.at(-2)).toBe(`goods released: ${reason} [g/e/6]`);
        expect(
          csvRecords(csv)
            .map((line) => `${line}\r\n`)
            .join(''),
        ).toBe(csv);
      }),
      { numRuns: 30 },
    );
  });

  test('is the same for the same question', () => {
    expect(recordCsv(sampleRecord())).toBe(made.csv);
  });
});

describe('the seal', () => {
  const lines = made.csv.split('\r\n');
  const verdict = (changed: string[]) => verifySeal(bytes(changed.join('\r\n')), made.seal).problems;

  test('fits what was sealed, data and print', () => {
    expect(verifySeal(bytes(made.csv), made.seal, keyFingerprint(privateKey))).toEqual({
      isGenuine: true,
      problems: [],
    });
    expect(verifySeal(made.pdf, made.seal).isGenuine).toBe(true);
  });

  test('names the line that was altered, added or removed', () => {
    const index = lines.findIndex((line) => line.startsWith('excursion'));
    const cooler = lines.map((line, at_) => (at_ === index ? line.replace('13.4', '8.4') : line));
    expect(verdict(cooler)).toEqual([
      expect.stringMatching(new RegExp(`^Line ${index + 1} was altered: excursion`)),
    ]);
    expect(verdict(lines.filter((_, at_) => at_ !== index))).toEqual([
      expect.stringMatching(
        new RegExp(`^A line was removed after line ${index} \\(sealed as line ${index + 1}\\)`),
      ),
    ]);
    expect(verdict(lines.toSpliced(5, 0, 'record,,,,,,,,,,,note,all was well,'))).toEqual([
      expect.stringMatching(/^Line 6 was added/),
    ]);
    expect(verdict(['\ufeff', ...lines].join('\n').split('\r\n'))).not.toEqual([]);
    expect(verifySeal(bytes(made.csv.replaceAll('\r\n', '\n')), made.seal).problems).toEqual([
      expect.stringMatching(/line ends/),
    ]);
  });

  test('any single change of the data is found, on the line where it is', () => {
    fc.assert(
      fc.property(fc.nat(made.csv.length - 1), fc.constantFrom('0', '9', 'x', '-'), (place, letter) => {
        fc.pre(made.csv[place] !== letter && !/[\r\n"]/.test(made.csv[place] ?? ''));
        const changed = made.csv.slice(0, place) + letter + made.csv.slice(place + 1);
        const line = made.csv.slice(0, place).split('\n').length;
        expect(verifySeal(bytes(changed), made.seal).problems[0]).toMatch(
          new RegExp(`^Line ${line} was altered`),
        );
      }),
    );
  });

  test('an altered seal, a foreign key and an altered print are told', () => {
    const { statement } = made.seal;
    const moved = { ...made.seal, statement: { ...statement, period: '2026-11-21' } };
    expect(verifySeal(bytes(made.csv), moved).problems[0]).toMatch(/seal itself was altered/);
    const forger = generateKeyPairSync('ed25519').privateKey;
    const { kind: _kind, version: _version, csvSha256: _digest, lines: _lines, ...about } = statement;
    const forged = sealCsv(made.csv, about, forger);
    expect(verifySeal(bytes(made.csv), forged).isGenuine).toBe(true);
    expect(verifySeal(bytes(made.csv), forged, keyFingerprint(privateKey)).problems[0]).toMatch(
      /sealed with the key/,
    );
    const print = made.pdf.slice();
    print[print.length - 20] = (print[print.length - 20] ?? 0) ^ 1;
    expect(verifySeal(print, made.seal).problems[0]).toMatch(/PDF was altered/);
  });

  test('the command tells what was altered, and its exit code too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-record-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const printed: string[] = [];
    const run = (...args: string[]) =>
      main(args, { print: (line) => printed.push(line), complain: (line) => printed.push(line) });
    const csv = file('record.csv', made.csv);
    const seal = file('record.sig', JSON.stringify(made.seal));
    const altered = file('altered.csv', made.csv.replace('13.4', '7.4'));
    expect(run('verify', csv, seal)).toBe(0);
    expect(printed.join('\n')).toMatch(/fridge-1 of corner-pharmacy, 2026-11-22/);
    expect(run('verify', altered, seal)).toBe(1);
    expect(printed.join('\n')).toMatch(/Line \d+ was altered/);
    expect(run('verify', csv, seal, '--key', 'AAAA BBBB')).toBe(1);
    for (const wrong of [
      ['verify', csv],
      ['prove', csv, seal],
      ['verify', csv, csv],
      ['verify', csv, 'no-such-file'],
      ['verify', csv, seal, '--what'],
    ])
      expect(run(...wrong)).toBe(2);
    expect(run('--help')).toBe(0);
  });
});

describe('the print', () => {
  const text = Buffer.from(made.pdf).toString('latin1');

  test('is a PDF whose table of contents points at its objects', () => {
    expect(text.startsWith('%PDF-1.7\n')).toBe(true);
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
    expect(text.slice(start, start + 4)).toBe('xref');
    const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) =>
      Number(offset),
    );
    expect(offsets.length).toBeGreaterThan(8);
    offsets.forEach((offset, index) =>
      expect(text.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\\n`)),
    );
    for (const [, length, at_] of [...text.matchAll(/\/Length (\d+)[^\n]*\nstream\n/g)].map(
      (match) => [0, Number(match[1]), match.index + match[0].length] as const,
    ))
      expect(text.slice(at_ + length, at_ + length + 10)).toBe('\nendstream');
  });

  test('shows the digest of the data, the signature, the key, and how many pages there are', () => {
    const words = [...text.matchAll(/\/Length (\d+)[^\n]*\nstream\n/g)]
      .map((match) => {
        const from = match.index + match[0].length;
        const content = inflateSync(
          Buffer.from(text.slice(from, from + Number(match[1])), 'latin1'),
        ).toString('latin1');
        return [...content.matchAll(/<([0-9a-f]*)> Tj/g)]
          .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
          .join('\n');
      })
      .join('\n');
    for (const wanted of [
      made.seal.statement.csvSha256,
      made.seal.signature,
      made.seal.fingerprint,
      'Page 1 of 3',
      'Page 3 of 3',
      '11.11 \xb0C',
      'Erika M\xfcller',
      'GAP of 15 minutes',
    ])
      expect(words).toContain(wanted);
  });

  test('is the same for the same record', () => {
    expect(Buffer.from(madeRecord(sampleRecord(), heads, privateKey).pdf).equals(Buffer.from(made.pdf))).toBe(
      true,
    );
  });

  test('any name can be printed, in the nearest letters there are', () => {
    expect(Buffer.from(encoded('Łukasz Müller – 5 °C')).toString('latin1')).toBe(
      'Lukasz M\xfcller \x96 5 \xb0C',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.double({ min: 20, max: 200, noNaN: true }),
        (name, width) => {
          const lines = wrapped(name, 'bold', 9, width);
          expect(lines.join('').replaceAll(/\s/g, '')).toBe(name.replaceAll(/\s/g, ''));
          for (const line of lines)
            expect(line.length === 1 || [...line].length === 1 || widthOf(line, 'bold', 9) <= width).toBe(
              true,
            );
          for (const byte of encoded(name)) expect(byte).toBeGreaterThanOrEqual(0x20);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headerOf, parseRow, parseTime } from './csv-row.ts';
import { CsvScorer } from './csv-scorer.ts';

const run = (pieces: readonly string[], explains = false) => {
  const complaints: string[] = [];
  const scorer = new CsvScorer({ explains, complain: (line) => complaints.push(line) });
  const text = pieces.map((piece) => scorer.take(piece)).join('') + scorer.end();
  return { text, complaints, skipped: scorer.skipped, rows: scorer.rows };
};
const stream = (values: readonly number[]) =>
  `timestamp,value\n${values.map((value, index) => `${new Date(index * 300_000).toISOString()},${value}`).join('\n')}\n`;
const steady = Array.from({ length: 600 }, (_, index) => 10 + (index % 7) / 10);

describe('times', () => {
  test.each([
    ['2014-04-01 00:05:00', Date.UTC(2014, 3, 1, 0, 5)],
    ['2014-04-01T00:05:00Z', Date.UTC(2014, 3, 1, 0, 5)],
    ['2014-04-01T02:05:00.250+02:00', Date.UTC(2014, 3, 1, 0, 5, 0, 250)],
    ['2014-04-01 00:05:00.123456', Date.UTC(2014, 3, 1, 0, 5, 0, 123)],
    ['2014-04-01', Date.UTC(2014, 3, 1)],
    ['1396310700', Date.UTC(2014, 3, 1, 0, 5)],
    ['1396310700000', Date.UTC(2014, 3, 1, 0, 5)],
  ])('%s', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  test.each(['', 'yesterday', '2014-13-01 00:00:00', '01/04/2014', '12:00'])('"%s" is none', (text) => {
    expect(parseTime(text)).toBeNaN();
  });
});

describe('rows', () => {
  test('say which column is wrong, and how', () => {
    expect(parseRow('2014-04-01,7.5')).toMatchObject({ at: Date.UTC(2014, 3, 1), value: 7.5 });
    expect(parseRow('never,7.5')).toEqual({ column: 'timestamp', problem: '"never" is no time' });
    expect(parseRow('2014-04-01,warm')).toEqual({ column: 'value', problem: '"warm" is no number' });
    expect(parseRow('2014-04-01,')).toEqual({ column: 'value', problem: 'is empty' });
    expect(parseRow('2014-04-01')).toEqual({ column: 'value', problem: 'is missing' });
    expect(parseRow('2014-04-01,NaN')).toEqual({ column: 'value', problem: '"NaN" is no number' });
    expect(parseRow('2014-04-01,1e999')).toEqual({ column: 'value', problem: '"1e999" is no number' });
  });

  test('never throw, whatever the line', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const row = parseRow(line);
        expect('problem' in row || Number.isFinite(row.value)).toBe(true);
      }),
    );
  });

  test('of a file with more columns are found by their names', () => {
    expect(headerOf('id,value,timestamp')).toEqual({ timestamp: 2, value: 1 });
    expect(headerOf('when,how much')).toEqual({ timestamp: 0, value: 1 });
    expect(headerOf('2014-04-01,7.5')).toBeUndefined();
    expect(headerOf('2014-04-01,warm')).toBeUndefined();
  });
});

describe('scoring', () => {
  test('gives back each row with its score, the strange one with a high one', () => {
    const { text, skipped } = run([stream([...steady, 25])]);
    const rows = text.trimEnd().split('\n');
    expect(skipped).toBe(0);
    expect(rows).toHaveLength(601);
    expect(rows[0]).toBe('1970-01-01T00:00:00.000Z,10,0');
    expect(Number(rows[600]?.split(',')[2])).toBeGreaterThan(0.5);
    expect(rows.slice(0, 600).every((row) => Number(row.split(',')[2]) < 0.5)).toBe(true);
  });

  test('does not depend on where the text was cut', () => {
    const text = stream([...steady, 25, 24, 26]);
    const whole = run([text]).text;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), text.length];
        const pieces = places.slice(1).map((to, index) => text.slice(places[index], to));
        expect(run(pieces).text).toBe(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('names line and column of a bad row, and goes on as if it were not there', () => {
    const { text, complaints, skipped, rows } = run([
      'timestamp,value\r\n2014-04-01 00:00:00,1\r\n2014-04-01 00:05:00,x\r\n\r\nlater,2\r\n2014-04-01 00:10:00,2\r\n',
    ]);
    expect(complaints).toEqual([
      'line 3, column value: "x" is no number; skipped',
      'line 5, column timestamp: "later" is no time; skipped',
    ]);
    expect(text).toBe('2014-04-01 00:00:00,1,0\n2014-04-01 00:10:00,2,0\n');
    expect([skipped, rows]).toEqual([2, 4]);
  });

  test('names a hundred bad rows and counts the rest', () => {
    const { complaints, skipped } = run(['timestamp,value\n', 'x,y\n'.repeat(1_000)]);
    expect(skipped).toBe(1_000);
    expect(complaints).toHaveLength(101);
    expect(complaints.at(-1)).toBe('further bad rows are only counted');
  });

  test('refuses an endless line without keeping it', () => {
    const { complaints, skipped } = run([
      'timestamp,value\n',
      ...Array.from({ length: 50 }, () => '1'.repeat(10_000)),
      '\n',
    ]);
    expect(skipped).toBe(1);
    expect(complaints[0]).toMatch(/^line 2, column value: the line has more than 65536 characters/);
  });

  test('says why, when asked', () => {
    const { text } = run([stream([...steady, 25])], true);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/,"25 is 14\.4 above anything seen in 2 days"$/);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDetections } from './random-world.ts';
import { MAX_LINE_LENGTH, readDetection } from './read-detection.ts';

describe('reading a detection', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(anyDetections(1), ([detection]) => {
        expect(readDetection(JSON.stringify(detection))).toEqual({ detection, unknown: [] });
      }),
    );
  });

  test('needs id and at only, and takes medium for a missing severity', () => {
    expect(readDetection('{"id":"x","at":5}')).toEqual({
      detection: {
        id: 'x',
        at: 5,
        rule: 'unknown',
        severity: 'medium',
        source: 'unknown',
        assets: [],
        identities: [],
        observables: {},
      },
      unknown: [],
    });
  });

  test('takes what else a detection may carry, and says which fields it does not know', () => {
    const line =
      '{"id":"x","at":5,"site":"linden","tactic":"TA0001","summary":"s","count":2,"facts":{},"evidence":[],"colour":1}';
    expect(readDetection(line)).toMatchObject({
      detection: { site: 'linden', tactic: 'TA0001' },
      unknown: ['colour'],
    });
  });

  test.each([
    ['{"id":"x"', 'not JSON'],
    ['[]', 'expected an object'],
    ['{"at":5}', 'id: must be there'],
    ['{"id":"","at":5}', 'id: must be there'],
    ['{"id":"x"}', 'at: expected whole milliseconds'],
    ['{"id":"x","at":"5"}', 'at: expected whole milliseconds'],
    ['{"id":"x","at":1.5}', 'at: expected whole milliseconds'],
    ['{"id":"x","at":-1}', 'at: expected whole milliseconds'],
    ['{"id":"x","at":5,"severity":"urgent"}', 'severity: expected one of info, low'],
    ['{"id":"x","at":5,"assets":"door"}', 'assets: expected a list'],
    ['{"id":"x","at":5,"assets":[1]}', 'assets[0]: expected a name'],
    ['{"id":"x","at":5,"observables":[]}', 'observables: expected an object'],
    ['{"id":"x","at":5,"observables":{"ip":{}}}', 'observables.ip: expected a text'],
    [`{"id":"${'x'.repeat(300)}","at":5}`, 'id: longer than 256'],
  ])('refuses %s', (line, reason) => {
    const read = readDetection(line);
    expect('refused' in read ? read.refused : '').toContain(reason);
  });

  test('refuses a line of any content without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const read = readDetection(line);
        expect('refused' in read || read.detection.id !== '').toBe(true);
      }),
    );
    expect(readDetection('x'.repeat(MAX_LINE_LENGTH + 1))).toEqual({
      refused: `longer than ${MAX_LINE_LENGTH} characters`,
    });
  });
});

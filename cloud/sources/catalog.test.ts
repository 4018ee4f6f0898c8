import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detection as detectionSchema } from '../../devices/model/detection.ts';
import { MAX_FIELDS, observation as observationSchema } from '../../devices/model/observation.ts';
import { logsourceOf } from '../monitors/sigma-events.ts';
import { sourceFormats } from './catalog.ts';
import { ocsfClassOf, ocsfEventOf } from './ocsf.ts';
import { rigRegistry } from './rig.ts';
import type { SourceReader, SourceResult } from './source.ts';
import { stamp } from './stamp.ts';

const receivedAt = Date.UTC(2026, 10, 23, 7, 0, 0);
const utc = { timeZone: 'UTC' };
/** More than this out of one input is a reader gone wrong. */
const MAX_REPORTED = 64;

function expectBounded(result: SourceResult, name: string): void {
  if ('refused' in result) {
    expect(result.refused.length, name).toBeGreaterThan(0);
    expect(result.refused.length, name).toBeLessThan(300);
  }
  if (!('reported' in result)) return;
  expect(result.reported.length, name).toBeGreaterThan(0);
  expect(result.reported.length, name).toBeLessThanOrEqual(MAX_REPORTED);
  const place = { name: 'a', format: 'f', asset: 'web-shop', site: 'online' };
  for (const reported of result.reported) {
    const { observables, facts, observedAt } = reported;
    const { observation, detection } = stamp(reported, 'cloud-a/e/1', receivedAt, place, rigRegistry);
    observationSchema.parse(observation);
    if (detection !== undefined) detectionSchema.parse(detection);
    expect(ocsfEventOf(observation), name).toMatchObject({ time: observation.observedAt });
    expect(Object.keys(observables ?? {}).length, name).toBeLessThanOrEqual(MAX_FIELDS);
    expect(Object.keys(facts ?? {}).length, name).toBeLessThanOrEqual(MAX_FIELDS);
    if (observedAt !== undefined)
      expect(Number.isSafeInteger(observedAt) && observedAt >= 0, name).toBe(true);
  }
}

/** Takes a sample's text and breaks it somewhere: closer to what parsers stumble over than any noise. */
const damaged = (text: string) =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(8),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom('"', '\\', '[', ']', ' ', '{', '-'),
      ),
    )
    .map(([at, removed, added]) => text.slice(0, at) + added + text.slice(at + removed));

describe.each(sourceFormats)('$name', (format) => {
  test.each(format.samples.map((sample) => [sample.name, sample] as const))('%s', (_, sample) => {
    const read = format.reader(sample.settings ?? {}, { timeZone: sample.timeZone ?? 'UTC' });
    const at = sample.receivedAt === undefined ? receivedAt : Date.parse(sample.receivedAt);
    expect(Buffer.byteLength(sample.input)).toBeLessThanOrEqual(format.maxBytes);
    const result = read(sample.input, at, sample.topic);
    expect(result).toEqual(sample.expect);
    expect(read(sample.input, at, sample.topic)).toEqual(result);
    expectBounded(result, sample.name);
  });

  test('has samples that are taken and samples that are refused', () => {
    expect(format.samples.some(({ expect: result }) => 'reported' in result)).toBe(true);
    expect(format.samples.some(({ expect: result }) => 'refused' in result)).toBe(true);
  });

  test('every report has a class of OCSF and a kind of log for rules', () => {
    for (const { name, settings, timeZone, topic, input } of format.samples) {
      const result = format.reader(settings ?? {}, { timeZone: timeZone ?? 'UTC' })(input, receivedAt, topic);
      for (const reported of 'reported' in result ? result.reported : []) {
        const found = ocsfClassOf(reported);
        expect(found?.activityId, name).toBeGreaterThan(0);
        const { category, product, service } = logsourceOf(reported);
        expect(category ?? product ?? service, name).toBeDefined();
      }
    }
  });

  test('never throws and stays within bounds, whatever it is given', () => {
    const readers: SourceReader[] = format.samples.map(({ settings }) => format.reader(settings ?? {}, utc));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 400 }),
          fc.json({ maxDepth: 4 }),
          ...format.samples.map(({ input }) => damaged(input)),
        ),
        fc.nat(readers.length - 1),
        (input, index) => expectBounded(readers[index]?.(input, receivedAt) ?? { ignored: true }, input),
      ),
      { numRuns: 1_500 },
    );
  });

  test('reads an input of the greatest length in reasonable steps', () => {
    // A parser that goes back and forth over its input needs hours here, not milliseconds: the runner's limit is the judge.
    const read = format.reader(format.samples[0]?.settings ?? {}, utc);
    for (const piece of ['a', ' ', '"', '\\', '[', '{"a":', '<1>', ' from ', ' ; ', '0']) {
      const input = piece.repeat(Math.floor(format.maxBytes / piece.length));
      expectBounded(read(input, receivedAt), piece);
      const first = format.samples[0]?.input ?? '';
      expectBounded(read(first + input.slice(0, format.maxBytes - first.length), receivedAt), piece);
    }
  });
});

test('the page of sources names every format, and its examples are taken', () => {
  const page = readFileSync(new URL('../../docs/sources.md', import.meta.url), 'utf8');
  for (const { name } of sourceFormats) expect(page, name).toContain(`\n| \`${name}\` | `);
  const examples = /```json\n([^`]+)```/.exec(page)?.[1]?.trim().split('\n') ?? [];
  expect(examples.length).toBeGreaterThan(3);
  const own = sourceFormats
    .filter(({ name }) => ['shop-event', 'payment-service', 'integrity-report'].includes(name))
    .map((format) => format.reader({}, utc));
  for (const example of examples)
    expect(own.filter((read) => 'reported' in read(example, receivedAt)).length, example).toBe(1);
});

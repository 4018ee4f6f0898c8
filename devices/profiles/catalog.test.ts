import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plausible } from './capabilities.ts';
import { catalog } from './catalog.ts';
import type { Profile, ProfileResult } from './profile.ts';

const encoder = new TextEncoder();
/** When every sample is received; a sample may count back from it. */
const NOW = 1_700_000_000_000;

function say(
  profile: Profile,
  memory: unknown,
  said: { topic: string; payload: string | Uint8Array; retained?: boolean },
): ProfileResult {
  return profile.read(
    {
      topic: said.topic,
      payload: typeof said.payload === 'string' ? encoder.encode(said.payload) : said.payload,
      retained: said.retained ?? false,
      receivedAt: NOW,
    },
    memory,
  );
}

describe.each(catalog.map((profile) => [profile.name, profile] as const))('%s', (_, profile) => {
  it.each(profile.samples.map((sample) => [sample.name, sample] as const))('%s', (_name, sample) => {
    const memory = profile.memory();
    for (const before of sample.after ?? []) say(profile, memory, before);
    expect(say(profile, memory, sample)).toEqual(sample.expect);
  });

  it('has samples, and a filter for the topic of each', () => {
    expect(profile.samples.length).toBeGreaterThan(0);
    for (const { topic } of profile.samples) {
      const covered = profile.filters.some((filter) => covers(filter, topic));
      // A sample of another family's topic proves that it is left alone.
      const leftAlone = profile.samples.some(
        (sample) => sample.topic === topic && 'heard' in sample.expect && sample.expect.heard.length === 0,
      );
      expect(covered || leftAlone, topic).toBe(true);
    }
  });

  it('never throws, and reads only what can be, whatever the topic and the payload', () => {
    fc.assert(
      fc.property(fc.array(message(profile), { minLength: 1, maxLength: 8 }), (messages) => {
        const memory = profile.memory();
        for (const said of messages) checkResult(say(profile, memory, said), profile);
      }),
      { numRuns: 400 },
    );
  });

  it('survives a document nested a hundred thousand levels deep', () => {
    for (const { topic } of profile.samples) {
      const deep = `${'{"a":['.repeat(10_000)}1${']}'.repeat(10_000)}`;
      checkResult(say(profile, profile.memory(), { topic, payload: deep }), profile);
      checkResult(say(profile, profile.memory(), { topic, payload: '['.repeat(100_000) }), profile);
    }
  });

  it('answers every command with a message to one topic or not at all', () => {
    const memory = profile.memory();
    for (const sample of profile.samples) {
      for (const before of sample.after ?? []) say(profile, memory, before);
      say(profile, memory, sample);
    }
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom('siren.on', 'siren.off', 'lock.lock', 'lock.unlock', 'picture.take', 'buzzer.on'),
        (device, part, action) => {
          const message = profile.command?.(`${profile.name}:${device}`, part, action, memory);
          if (action === 'picture.take') expect(message).toBeUndefined();
          expect(message === undefined || typeof message.topic === 'string').toBe(true);
        },
      ),
    );
  });
});

function covers(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (levels[index] === undefined || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

function checkResult(result: ProfileResult, profile: Profile): void {
  if ('refused' in result) {
    expect(result.refused.length).toBeGreaterThan(0);
    expect(result.refused.length).toBeLessThan(3_000);
    return;
  }
  for (const { device, readings } of result.heard) {
    expect(device.startsWith(`${profile.name}:`)).toBe(true);
    expect(device.length).toBeLessThanOrEqual(256);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
    expect(device).not.toMatch(/[\u0000-\u001f\u007f]/);
    for (const reading of readings) {
      if (reading.type === 'measurement') {
        const { min, max } = plausible[reading.quantity];
        expect(reading.value >= min && reading.value <= max).toBe(true);
      }
      if (reading.type === 'moment' && reading.subjects?.badge !== undefined)
        expect(reading.subjects.badge.length).toBeLessThanOrEqual(64);
    }
  }
}

/** One byte of it another. */
const damaged = (payload: Uint8Array, at: number, by: number): Uint8Array =>
  payload.map((byte, index) => (index === at % payload.length ? (byte + by) & 0xff : byte));

/** Messages near what the profile reads: its own samples' topics and payloads, damaged; and plain noise. */
function message(
  profile: Profile,
): fc.Arbitrary<{ topic: string; payload: string | Uint8Array; retained: boolean }> {
  const spoken = profile.samples.flatMap((sample) => [...(sample.after ?? []), sample]);
  const topics = fc.oneof(
    fc.constantFrom(...spoken.map(({ topic }) => topic)),
    fc
      .constantFrom(...profile.filters)
      .chain((filter) =>
        fc
          .array(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 8, maxLength: 8 })
          .map((words) => filter.replace('#', '+/+').replaceAll('+', () => words.pop() ?? 'x')),
      ),
    fc.string(),
  );
  const oddValue = fc.oneof(
    fc.constantFrom(
      '1e999',
      '-1e999',
      '-273.15',
      '6553.5',
      'null',
      '"NaN"',
      '{}',
      '[]',
      '""',
      'true',
      '"\\u0000"',
    ),
    fc.json({ maxDepth: 3 }),
  );
  const payloads = fc.oneof(
    fc.constantFrom(...spoken.map(({ payload }) => payload)),
    fc
      .tuple(fc.constantFrom(...spoken.map(({ payload }) => payload)), oddValue, fc.nat(20))
      .map(([payload, odd, at]) => {
        if (typeof payload !== 'string') return damaged(payload, at, odd.length);
        let nth = 0;
        return payload.replace(/:(?:"[^"]*"|[\d.]+|true|false|null)/g, (value) =>
          nth++ === at ? `:${odd}` : value,
        );
      }),
    fc
      .tuple(fc.constantFrom(...spoken.map(({ payload }) => payload)), fc.nat(4_000))
      .map(([payload, length]) => payload.slice(0, length)),
    fc.json(),
    fc.uint8Array({ maxLength: 64 }),
  );
  return fc.record({ topic: topics, payload: payloads, retained: fc.boolean() });
}

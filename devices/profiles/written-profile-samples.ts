/** Whether a written profile makes of its samples what its author expects. */
import type { Profile, Reading } from './profile.ts';

/** When samples are received: a scanned expiry is counted from here. */
const SAMPLE_RECEIVED_AT = 1_700_000_000_000;

export interface WrittenSample {
  topic: string;
  payload: string;
  expect: 'refused' | 'nothing' | Record<string, string | number | boolean>;
}

export interface SampleProblem {
  path: (string | number)[];
  message: string;
}

const toldBy = (reading: Reading): string | number => {
  switch (reading.type) {
    case 'state':
    case 'measurement':
      return reading.value;
    case 'position':
      return `${reading.latitude}, ${reading.longitude}`;
    case 'moment':
      return reading.subjects?.badge ?? String(reading.facts?.gtin ?? reading.facts?.code ?? 'pressed');
  }
};

const nameOf = (reading: Reading): string =>
  reading.type === 'state'
    ? reading.property
    : reading.type === 'measurement'
      ? reading.quantity
      : reading.type === 'moment'
        ? reading.moment
        : 'position';

/** Readings by part; a part that tells several is `part/property` from the second on. */
function readingsByPart(readings: readonly Reading[]): Map<string, string | number> {
  const found = new Map<string, string | number>();
  for (const reading of readings) {
    const key = found.has(reading.part) ? `${reading.part}/${nameOf(reading)}` : reading.part;
    found.set(key, toldBy(reading));
  }
  return found;
}

const told = (found: ReadonlyMap<string, string | number>): string =>
  found.size === 0 ? 'nothing' : [...found].map(([part, value]) => `${part} ${value}`).join(', ');

/** @returns what is wrong, by its place in the list of samples */
export function sampleProblems(profile: Profile<null>, samples: readonly WrittenSample[]): SampleProblem[] {
  return samples.flatMap(({ topic, payload, expect }, index): SampleProblem[] => {
    const result = profile.read(
      { topic, payload: new TextEncoder().encode(payload), retained: false, receivedAt: SAMPLE_RECEIVED_AT },
      null,
    );
    const at = (...path: string[]) => [index, 'expect', ...path];
    if ('refused' in result) {
      return expect === 'refused'
        ? []
        : [{ path: at(), message: `the message is refused: ${result.refused}` }];
    }
    const [heard] = result.heard;
    if (heard === undefined) {
      return expect === 'nothing'
        ? []
        : [{ path: [index, 'topic'], message: 'no message of this profile has that topic' }];
    }
    const found = readingsByPart(heard.readings);
    if (expect === 'refused' || expect === 'nothing')
      return [{ path: at(), message: `the message is read: ${told(found)}` }];
    const wrong = Object.entries(expect).flatMap(([part, value]): SampleProblem[] => {
      const read = found.get(part);
      if (read !== undefined && String(read) === String(value)) return [];
      const why = result.partly === undefined ? '' : ` (${result.partly})`;
      const instead = read === undefined ? told(found) : String(read);
      return [{ path: at(part), message: `expected ${value}, the message gives ${instead}${why}` }];
    });
    const unnamed = [...found.keys()].filter((part) => !Object.hasOwn(expect, part));
    return unnamed.length === 0
      ? wrong
      : [...wrong, { path: at(), message: `the message also gives ${unnamed.join(', ')}` }];
  });
}

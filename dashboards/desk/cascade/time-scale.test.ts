import { expect, it } from 'vitest';
import { millisecondsIn, placeOf, ticksFor } from './time-scale.ts';

it('durations are read as they are written, and nothing else is', () => {
  expect(millisecondsIn('1.5 h')).toBe(5_400_000);
  expect(millisecondsIn('90s')).toBe(90_000);
  expect(millisecondsIn('soon')).toBeUndefined();
  expect(millisecondsIn('-3 h')).toBeUndefined();
});

it('the line begins at 0, ends at the horizon, and its marks do not touch', () => {
  for (const horizonMs of [3_600_000, 86_400_000, 31 * 86_400_000]) {
    const places = ticksFor(horizonMs).map((ms) => placeOf(ms, horizonMs));
    expect(places[0]).toBe(0);
    expect(places.at(-1)).toBe(1);
    places.slice(1).forEach((place, at) => expect(place - (places[at] ?? 0)).toBeGreaterThan(0.2));
  }
});

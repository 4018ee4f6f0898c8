/** Times from a second to weeks on one line: early ones must not fall on one point. Pure. */
const units: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const MINUTE = 60_000;

/** `30 min`, `1.5 h`; undefined where it is none. */
export function millisecondsIn(text: string): number | undefined {
  const [, number, unit = ''] = /^\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*(s|min|h|d)\s*$/.exec(text) ?? [];
  const each = units[unit];
  return number === undefined || each === undefined
    ? undefined
    : Math.round(Number(number.replace(',', '.')) * each);
}

/** 0 to 1. */
export const placeOf = (ms: number, horizonMs: number): number =>
  Math.min(1, Math.max(0, Math.log1p(Math.max(0, ms) / MINUTE) / Math.log1p(horizonMs / MINUTE)));

const marks = [0, 1, 10, 60, 360, 1_440, 4_320, 10_080, 20_160].map((minutes) => minutes * MINUTE);

/** Two marks must be so far apart, of the whole line, for their words to stand beside one another. */
const APART = 0.24;

/** Times worth a mark, in order, apart from one another; the first and the last are always among them. */
export function ticksFor(horizonMs: number): number[] {
  const ticks = [0];
  for (const ms of marks) {
    const far = placeOf(ms, horizonMs) - placeOf(ticks.at(-1) ?? 0, horizonMs);
    if (ms < horizonMs && far >= APART && placeOf(ms, horizonMs) <= 1 - APART) ticks.push(ms);
  }
  return [...ticks, horizonMs];
}

/**
 * Where a document stands in the index: its second, and how many of that second were there before. The index keeps
 * documents in the order of these numbers, so that a span of time is one piece of it and the newest come first.
 */

/** 2000-01-01: with it the numbers stay whole in JavaScript until 2068. */
const EPOCH_SECONDS = 946_684_800;
const PER_SECOND = 2 ** 22;
const MAX_SECONDS = 2 ** 31 - 1;

const clamped = (seconds: number): number => Math.max(0, Math.min(MAX_SECONDS, seconds));

/** The first number of the second that a moment (ms since 1970) lies in. */
export const firstPlace = (at: number): number =>
  clamped(Math.floor(at / 1_000) - EPOCH_SECONDS) * PER_SECOND;

/** The last number of that second. */
export const lastPlace = (at: number): number => firstPlace(at) + PER_SECOND - 1;

/** The second of a number, as ms since 1970. */
export const momentOf = (place: number): number => (Math.floor(place / PER_SECOND) + EPOCH_SECONDS) * 1_000;

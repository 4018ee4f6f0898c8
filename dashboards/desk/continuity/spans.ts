/** Lengths of time as people type and read them. Pure. */
const MINUTE_MS = 60_000;

/** `1:05:09`: hours, minutes, seconds, for a clock that runs. */
export function clockText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export const minutesText = (ms: number | undefined): string =>
  ms === undefined ? '' : String(Math.round(ms / MINUTE_MS));

/** Whole minutes; undefined: nothing is said, or it is no number. */
export function minutesOf(text: string): number | undefined {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) * MINUTE_MS : undefined;
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

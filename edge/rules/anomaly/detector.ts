/**
 * What every streaming detector of this folder is: one sample in, one score out, in constant memory, from the first
 * sample on and without looking ahead. `sample` allocates nothing; words are made only when asked for.
 */

/** Why the newest sample got its score: parts for a page, a rule's facts, or `explained`. */
export interface Explanation {
  /** What was looked at: `value`, `change`, `interval` … */
  readonly measure: string;
  readonly side: 'above' | 'below';
  /** What was seen, in the unit of the stream unless `measure` says otherwise. */
  readonly seen: number;
  /** The limit of what had been seen before, or of what was expected. */
  readonly usual: number;
  /** How long the detector had watched, ms. */
  readonly watchedMs: number;
  /** One English clause without a full stop. */
  readonly text: string;
}

export interface Detector {
  /**
   * Takes the next sample of the stream. Samples come in order of time; one that comes late counts as taken now.
   * @param at milliseconds since 1970
   * @returns 0 (nothing unusual) to 1; from ALERT_SCORE on somebody should look
   */
  sample(at: number, value: number): number;
  /** About the newest sample; undefined where it was nothing special. */
  explanation(unit?: string): Explanation | undefined;
  /** Everything remembered, as text of bounded length. */
  snapshot(): string;
}

/** From here on a score is an alert: the nominal working point of every detector here. */
export const ALERT_SCORE = 0.5;

/** A score of evidence in bits: 0 is 0, `half` bits are ALERT_SCORE, endless evidence is 1. */
export const scoreOfBits = (bits: number, half: number): number => (bits > 0 ? 1 - 2 ** (-bits / half) : 0);

/** `3.1 °C`, `0.0042`, `1,250,000`: three significant digits where the number is small, none after the point where it is large. */
export function quantity(value: number, unit = ''): string {
  const size = Math.abs(value);
  const digits =
    size >= 100 || size === 0 ? 0 : size >= 1 ? 1 : Math.min(8, 2 - Math.floor(Math.log10(size)));
  const text =
    size >= 1e9 ? value.toPrecision(3) : value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return unit === '' ? text : `${text} ${unit}`;
}

/** `4 weeks`, `3 days`, `5 hours`, `20 minutes`: how long, in the largest unit of which there are two. */
export function spanText(ms: number): string {
  const units: [number, string][] = [
    [7 * 86_400_000, 'week'],
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ];
  const [size, name] = units.find(([each]) => ms >= 2 * each) ?? [1_000, 'second'];
  const count = Math.max(0, Math.round(ms / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** What each hour of the day has brought: `3.1 °C above anything seen at this hour in 4 weeks`. */
import { type Detector, type Explanation, quantity, scoreOfBits, spanText } from './detector.ts';
import { StateBlock } from './state-block.ts';

const HOURS = 24;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days that an hour must have been seen on before it can be left. */
export const KNOWN_DAYS = 3;
/** At each visit the bounds of an hour draw in by this share: what was so two months ago is news again. */
const DRAW_IN = 1 / 60;
/** Weight of a day in an hour's usual distance from its middle. */
const DAY_WEIGHT = 0.1;
/** The least scale, as a share of the whole range seen: an hour that never varied is not left by a hair. */
const LEAST_SHARE = 0.02;
/** Outside by twice the usual distance of this hour: ALERT_SCORE. */
const ALERT_DISTANCES = 2;

const scalarNames = ['first', 'newest', 'day', 'hour'] as const;
const [FIRST, NEWEST, DAY, HOUR] = scalarNames.map((_, index) => index) as [0, 1, 2, 3];
const BYTES = scalarNames.length * 8 + HOURS * 4 * 8 + HOURS;

export class SeasonalBaseline implements Detector {
  readonly #block = new StateBlock('seasonal-baseline-1', BYTES);
  readonly #scalars = this.#block.float64(scalarNames.length);
  readonly #low = this.#block.float64(HOURS);
  readonly #high = this.#block.float64(HOURS);
  readonly #middle = this.#block.float64(HOURS);
  readonly #distance = this.#block.float64(HOURS);
  readonly #days = this.#block.uint8(HOURS);
  #seen = 0;
  #bound = 0;

  constructor() {
    this.#scalars[FIRST] = Number.NaN;
    this.#scalars[HOUR] = -1;
  }

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): SeasonalBaseline {
    const baseline = new SeasonalBaseline();
    baseline.#block.restore(snapshot);
    return baseline;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  sample(at: number, value: number): number {
    const s = this.#scalars;
    if (Number.isNaN(s[FIRST] ?? 0)) s[FIRST] = at;
    s[NEWEST] = at;
    const hour = Math.floor(at / HOUR_MS) % HOURS;
    const day = Math.floor(at / DAY_MS);
    const isVisit = hour !== s[HOUR] || day !== s[DAY];
    s[HOUR] = hour;
    s[DAY] = day;
    const score = this.#judged(hour, value);
    this.#learn(hour, value, isVisit);
    return score;
  }

  #judged(hour: number, value: number): number {
    this.#seen = value;
    this.#bound = value;
    if ((this.#days[hour] ?? 0) < KNOWN_DAYS) return 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < HOURS; other++) {
      if (this.#days[other] === 0) continue;
      least = Math.min(least, this.#low[other] ?? 0);
      most = Math.max(most, this.#high[other] ?? 0);
      // The hours beside it count too: nothing in a building happens on the minute.
      const apart = Math.abs(other - hour);
      if (apart > 1 && apart < HOURS - 1) continue;
      low = Math.min(low, this.#low[other] ?? 0);
      high = Math.max(high, this.#high[other] ?? 0);
    }
    if (value >= low && value <= high) return 0;
    this.#bound = value > high ? high : low;
    const scale = Math.max(this.#distance[hour] ?? 0, (most - least) * LEAST_SHARE, Number.MIN_VALUE);
    return scoreOfBits(Math.abs(value - this.#bound) / scale, ALERT_DISTANCES);
  }

  #learn(hour: number, value: number, isVisit: boolean): void {
    const days = this.#days[hour] ?? 0;
    if (days === 0) {
      this.#low[hour] = value;
      this.#high[hour] = value;
      this.#middle[hour] = value;
    }
    const middle = this.#middle[hour] ?? 0;
    if (isVisit) {
      this.#days[hour] = Math.min(255, days + 1);
      const distance = this.#distance[hour] ?? 0;
      const weight = Math.max(DAY_WEIGHT, 1 / (days + 1));
      this.#middle[hour] = middle + (value - middle) * weight;
      this.#distance[hour] = distance + (Math.abs(value - middle) - distance) * weight;
      this.#low[hour] = (this.#low[hour] ?? 0) + (middle - (this.#low[hour] ?? 0)) * DRAW_IN;
      this.#high[hour] = (this.#high[hour] ?? 0) + (middle - (this.#high[hour] ?? 0)) * DRAW_IN;
    }
    this.#low[hour] = Math.min(this.#low[hour] ?? 0, value);
    this.#high[hour] = Math.max(this.#high[hour] ?? 0, value);
  }

  explanation(unit = ''): Explanation | undefined {
    if (this.#seen === this.#bound) return undefined;
    const side = this.#seen > this.#bound ? 'above' : 'below';
    const watchedMs = (this.#scalars[NEWEST] ?? 0) - (this.#scalars[FIRST] ?? 0);
    return {
      measure: 'hour',
      side,
      seen: this.#seen,
      usual: this.#bound,
      watchedMs,
      text: `${quantity(this.#seen, unit)} is ${quantity(Math.abs(this.#seen - this.#bound), unit)} ${side} anything seen at this hour in ${spanText(watchedMs)}`,
    };
  }
}

/** A sensor that says the same thing again and again, for longer than it ever did: frozen, cut off, or replayed. */
import { type Detector, type Explanation, quantity, scoreOfBits, spanText } from './detector.ts';
import { StateBlock } from './state-block.ts';

/** As many times as long as the longest run before: ALERT_SCORE. */
const ALERT_TIMES = 3;
/** A shorter run, in samples, is never stuck. */
export const LEAST_SAMPLES = 12;
/** The longest run is forgotten slowly: by this share with each run that ends. */
const FORGET = 1 / 200;

const scalarNames = ['first', 'value', 'runFrom', 'runSamples', 'longestMs', 'runs'] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

export class StuckValue implements Detector {
  readonly #block = new StateBlock('stuck-value-1', scalarNames.length * 8);
  readonly #s = this.#block.float64(scalarNames.length);
  #runMs = 0;
  #now = 0;

  constructor() {
    this.#s[at.value] = Number.NaN;
  }

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): StuckValue {
    const stuck = new StuckValue();
    stuck.#block.restore(snapshot);
    return stuck;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  sample(time: number, value: number): number {
    const s = this.#s;
    this.#now = time;
    const isFirst = Number.isNaN(s[at.value] ?? 0);
    if (isFirst) s[at.first] = time;
    if (isFirst || value !== s[at.value]) {
      if (!isFirst) this.#ended(time);
      s[at.value] = value;
      s[at.runFrom] = time;
      s[at.runSamples] = 1;
      this.#runMs = 0;
      return 0;
    }
    s[at.runSamples] = (s[at.runSamples] ?? 0) + 1;
    this.#runMs = time - (s[at.runFrom] ?? 0);
    // A value that has never changed may be right: a count of zero, a contact.
    const longest = s[at.longestMs] ?? 0;
    if ((s[at.runSamples] ?? 0) < LEAST_SAMPLES || longest === 0) return 0;
    return scoreOfBits(this.#runMs / longest, ALERT_TIMES);
  }

  #ended(time: number): void {
    const s = this.#s;
    s[at.runs] = (s[at.runs] ?? 0) + 1;
    const lasted = time - (s[at.runFrom] ?? 0);
    const longest = s[at.longestMs] ?? 0;
    s[at.longestMs] = Math.max(lasted, longest - (longest - lasted) * FORGET);
  }

  explanation(unit = ''): Explanation | undefined {
    const s = this.#s;
    if (this.#runMs === 0 || this.#runMs <= (s[at.longestMs] ?? 0)) return undefined;
    const watchedMs = this.#now - (s[at.first] ?? 0);
    return {
      measure: 'run',
      side: 'above',
      seen: this.#runMs,
      usual: s[at.longestMs] ?? 0,
      watchedMs,
      text: `it has said ${quantity(s[at.value] ?? 0, unit)} for ${spanText(this.#runMs)}, ${s[at.runSamples] ?? 0} times in a row; never before for more than ${spanText(s[at.longestMs] ?? 0)} in ${spanText(watchedMs)}`,
    };
  }
}

/**
 * Novelty of a stream of numbers: twelve small features (level, change, time of day and week, density), each scored by
 * how far it leaves everything it has been, turned to bits of rarity and put together; what comes on the heels
 * of an alert must be clearly worse, and a stream that alerts often must do more for the next one.
 */
import { type Detector, type Explanation, quantity, scoreOfBits, spanText } from './detector.ts';
import { Envelope } from './envelope.ts';
import { bitsOf, excessTable, LEAST_BITS } from './rarity.ts';
import { StateBlock } from './state-block.ts';
import { FEATURES, type FeatureName, features, StreamFeatures } from './stream-features.ts';

/** Between 0 (all features add up) and 1 (the rarest one counts): features see the same thing from several sides. */
const TOGETHER = 0.65;
/** A stream that is younger than this breaks its bounds more often, and less is meant by it. */
const YOUNG_SAMPLES = 200;
/** Each time the stream is half as old, so many bits less. */
const YOUNG_BITS = 2;
/** After an alert, for that many samples, only what is rarer by ESCALATION_BITS is news. */
const QUIET_SAMPLES = 60;
const ESCALATION_BITS = 0.5;
/** An alert is forgotten, as far as habit goes, within about so many samples. */
const HABIT_SAMPLES = 4_000;
/** From 9 bits on an alert begins to count towards habit, from 12 in full. */
const HABIT_FROM_BITS = 9;
const HABIT_FULL_BITS = 12;
/** Evidence at which the score is ALERT_SCORE: about one alert in 500 to 1,000 samples of an ordinary stream. */
export const ALERT_BITS = 10;
/** Share of its score that a sample keeps which only repeats an alert. */
const ECHO = 0.4;

const scalarNames = ['first', 'newest', 'alertAt', 'alertBits', 'habit', 'habitAt'] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

/** Bytes of state; the goal is 32 KB a stream. */
const BYTES = StreamFeatures.bytes + Envelope.bytes + scalarNames.length * 8 + 64;

/** Place of the value itself among the features. */
const VALUE = 0;
const rows = features.map(({ name }) => excessTable[name]);

export class EnvelopeEnsemble implements Detector {
  readonly #block = new StateBlock('envelope-ensemble-1', BYTES);
  readonly #scalars = this.#block.float64(scalarNames.length);
  readonly #envelope = new Envelope(this.#block);
  readonly #features = new StreamFeatures(this.#block);
  #leading = -1;
  #newestValue = 0;

  constructor() {
    this.#scalars[at.alertAt] = Number.NEGATIVE_INFINITY;
  }

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): EnvelopeEnsemble {
    const ensemble = new EnvelopeEnsemble();
    ensemble.#block.restore(snapshot);
    return ensemble;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  /** Samples taken so far. */
  get count(): number {
    return this.#features.count;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  sample(time: number, value: number): number {
    const s = this.#scalars;
    const index = this.#features.count;
    if (index === 0) s[at.first] = time;
    s[at.newest] = time;
    this.#newestValue = value;
    this.#leading = -1;
    const least = this.#envelope.leastLearned(VALUE, index);
    const most = this.#envelope.mostLearned(VALUE, index);
    this.#features.take(time, value, least, most);
    if (!this.#envelope.take(this.#features.values, index)) return 0;
    const bits = this.#bitsTogether() + YOUNG_BITS * Math.min(0, Math.log2((index + 1) / YOUNG_SAMPLES));
    return bits <= LEAST_BITS ? 0 : this.#scored(bits, index);
  }

  /** How far the newest sample's features left their bounds, weighed: what the table of rarity is counted from. */
  get excess(): Float64Array {
    return this.#envelope.excess;
  }

  #bitsTogether(): number {
    let sum = 0;
    let most = 0;
    for (let feature = 0; feature < FEATURES; feature++) {
      const excess = this.#envelope.excess[feature] ?? 0;
      const row = rows[feature];
      if (excess <= 0 || row === undefined) continue;
      const bits = bitsOf(excess, row);
      if (bits <= LEAST_BITS) continue;
      sum += 2 ** (TOGETHER * bits);
      if (bits > most) {
        most = bits;
        this.#leading = feature;
      }
    }
    return sum > 0 ? Math.log2(sum) / TOGETHER : 0;
  }

  #scored(bits: number, index: number): number {
    const s = this.#scalars;
    const habit = (s[at.habit] ?? 0) * Math.exp(((s[at.habitAt] ?? 0) - index) / HABIT_SAMPLES);
    const score = scoreOfBits(bits - Math.log2(1 + habit), ALERT_BITS);
    const isEcho =
      index - (s[at.alertAt] ?? 0) < QUIET_SAMPLES && bits < (s[at.alertBits] ?? 0) + ESCALATION_BITS;
    if (isEcho) return score * ECHO;
    s[at.alertAt] = index;
    s[at.alertBits] = bits;
    const weight = (bits - HABIT_FROM_BITS) / (HABIT_FULL_BITS - HABIT_FROM_BITS);
    s[at.habit] = habit + Math.max(0, Math.min(1, weight));
    s[at.habitAt] = index;
    return score;
  }

  explanation(unit = ''): Explanation | undefined {
    const feature = features[this.#leading];
    if (feature === undefined) return undefined;
    const s = this.#scalars;
    const watchedMs = (s[at.newest] ?? 0) - (s[at.first] ?? 0);
    const { name } = feature;
    const shown = this.#features.values[this.#leading] ?? 0;
    const low = this.#envelope.lowBefore[this.#leading] ?? 0;
    const high = this.#envelope.highBefore[this.#leading] ?? 0;
    const side = shown > high ? 'above' : 'below';
    // Levels are kept relative to the stream's first value; differences and counts are not.
    const offset = isLevel[name] ? this.#features.base : 0;
    const seen = name === 'value' ? this.#newestValue : shown + offset;
    const usual = (side === 'above' ? high : low) + offset;
    const span = `in ${spanText(watchedMs)}`;
    return {
      measure: name,
      side,
      seen,
      usual,
      watchedMs,
      text: wordsFor[name]({ seen, usual, side, span, unit }),
    };
  }
}

interface Words {
  seen: number;
  usual: number;
  side: 'above' | 'below';
  span: string;
  unit: string;
}

const isLevel: Readonly<Record<FeatureName, boolean>> = {
  value: true,
  lowest: true,
  highest: true,
  mean3: true,
  mean12: true,
  shift: false,
  quarter: false,
  hour: false,
  oneSided: false,
  highs: false,
  jumps24: false,
  jumps96: false,
};

const beyond = ({ seen, usual, side, unit }: Words) => `${quantity(Math.abs(seen - usual), unit)} ${side}`;
const wordsFor: Readonly<Record<FeatureName, (words: Words) => string>> = {
  value: (w) => `${quantity(w.seen, w.unit)} is ${beyond(w)} anything seen ${w.span}`,
  lowest: (w) => `the lowest of the last 12 values is ${beyond(w)} anything seen ${w.span}`,
  highest: (w) => `the highest of the last 12 values is ${beyond(w)} anything seen ${w.span}`,
  mean3: (w) => `the mean of the last 3 values is ${beyond(w)} anything seen ${w.span}`,
  mean12: (w) => `the mean of the last 12 values is ${beyond(w)} anything seen ${w.span}`,
  shift: (w) =>
    `it moved ${quantity(Math.abs(w.seen), w.unit)} ${w.seen > 0 ? 'up' : 'down'} against the values before; at most ${quantity(Math.abs(w.usual), w.unit)} ${w.span}`,
  quarter: (w) => atThisTime(w, 'at this time of day'),
  hour: (w) => atThisTime(w, 'at this hour'),
  oneSided: (w) => `${w.seen} values in a row on one side of the mean; at most ${w.usual} ${w.span}`,
  highs: (w) => `${w.seen} high values among the last 96; at most ${w.usual} ${w.span}`,
  jumps24: (w) => `${w.seen} large jumps among the last 24 values; at most ${w.usual} ${w.span}`,
  jumps96: (w) => `${w.seen} large jumps among the last 96 values; at most ${w.usual} ${w.span}`,
};

function atThisTime({ seen, usual, span, unit }: Words, when: string): string {
  return `${quantity(Math.abs(seen), unit)} ${seen > 0 ? 'above' : 'below'} what is usual ${when}; never more than ${quantity(Math.abs(usual), unit)} ${span}`;
}

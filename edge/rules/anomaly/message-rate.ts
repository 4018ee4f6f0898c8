/**
 * How often a device speaks and how many different things it says. One that was taken over, cloned or reflashed
 * talks differently: more, less evenly, or with words that it never used.
 */
import { type Detector, type Explanation, scoreOfBits, spanText } from './detector.ts';
import { StateBlock } from './state-block.ts';

export const WINDOW_MS = 300_000;
/** Windows that only teach: a day. */
export const LEARNED_WINDOWS = 288;
/** Different words remembered; a device that has said so many is no sensor any more, and its words tell nothing. */
export const MAX_WORDS = 64;
/** As many times as the busiest window so far: ALERT_SCORE. */
const ALERT_TIMES = 3;
/** Fewer messages in a window than this are never too many. */
const LEAST_MESSAGES = 10;
/** The busiest window is forgotten by this share with each window. */
const FORGET = 1 / 4_000;
/** A word that was never said before, by a device that is known: above ALERT_SCORE, and not by much. */
const NEW_WORD_SCORE = 0.6;

const scalarNames = ['first', 'window', 'inWindow', 'windows', 'busiest', 'words'] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

/** FNV-1a, 32 bits; 0 stands for an empty place. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  return hash >>> 0 || 1;
}

export class MessageRate implements Detector {
  readonly #block = new StateBlock('message-rate-1', (scalarNames.length + MAX_WORDS) * 8);
  readonly #s = this.#block.float64(scalarNames.length);
  readonly #words = this.#block.float64(MAX_WORDS);
  #newWord: string | undefined;
  #tooMany = false;
  #now = 0;

  constructor() {
    this.#s[at.first] = Number.NaN;
  }

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): MessageRate {
    const rate = new MessageRate();
    rate.#block.restore(snapshot);
    return rate;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  /** Different words so far. */
  get cardinality(): number {
    return this.#s[at.words] ?? 0;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  /** A message came; what it measured does not matter. */
  sample(time: number): number {
    return this.message(time, '');
  }

  /** @param word what kind of message it is, of few kinds: the kind of observation, not its value */
  message(time: number, word: string): number {
    const s = this.#s;
    this.#now = time;
    this.#newWord = undefined;
    this.#tooMany = false;
    const window = Math.floor(time / WINDOW_MS);
    if (Number.isNaN(s[at.first] ?? 0)) {
      s[at.first] = time;
      s[at.window] = window;
    }
    if (window > (s[at.window] ?? 0)) this.#turn(window);
    s[at.inWindow] = (s[at.inWindow] ?? 0) + 1;
    const isNew = this.#learn(hashOf(word));
    if ((s[at.windows] ?? 0) < LEARNED_WINDOWS) return 0;
    if (isNew) this.#newWord = word;
    const usual = Math.max(LEAST_MESSAGES / ALERT_TIMES, s[at.busiest] ?? 0);
    const times = (s[at.inWindow] ?? 0) / usual;
    const rate = times > 1 ? scoreOfBits(Math.log2(times), Math.log2(ALERT_TIMES)) : 0;
    this.#tooMany = rate > 0;
    return Math.max(rate, isNew ? NEW_WORD_SCORE : 0);
  }

  /** Windows without a message count as windows. */
  #turn(window: number): void {
    const s = this.#s;
    const passed = window - (s[at.window] ?? 0);
    s[at.busiest] = Math.max(s[at.inWindow] ?? 0, (s[at.busiest] ?? 0) * (1 - FORGET) ** passed);
    s[at.windows] = (s[at.windows] ?? 0) + passed;
    s[at.window] = window;
    s[at.inWindow] = 0;
  }

  #learn(hash: number): boolean {
    const known = this.#s[at.words] ?? 0;
    for (let index = 0; index < known; index++) if (this.#words[index] === hash) return false;
    if (known >= MAX_WORDS) return false;
    this.#words[known] = hash;
    this.#s[at.words] = known + 1;
    return true;
  }

  explanation(): Explanation | undefined {
    const s = this.#s;
    const watchedMs = this.#now - (s[at.first] ?? 0);
    const span = spanText(watchedMs);
    if (this.#newWord !== undefined)
      return {
        measure: 'word',
        side: 'above',
        seen: this.cardinality,
        usual: this.cardinality - 1,
        watchedMs,
        text: `it said ${this.#newWord}, which it has never said in ${span}`,
      };
    if (!this.#tooMany) return undefined;
    return {
      measure: 'messages',
      side: 'above',
      seen: s[at.inWindow] ?? 0,
      usual: s[at.busiest] ?? 0,
      watchedMs,
      text: `${s[at.inWindow] ?? 0} messages within ${spanText(WINDOW_MS)}; at most ${Math.round(s[at.busiest] ?? 0)} in ${span}`,
    };
  }
}

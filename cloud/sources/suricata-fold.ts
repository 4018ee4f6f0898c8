/** What a sensor repeats: the same two ends say the same again, many times a minute. The first of each is kept. */
import type { Reported } from './source.ts';

/** Ends and matters remembered at once; beyond it the longest known is kept anew when it comes again. */
export const MAX_FOLDED = 50_000;
/** So much sent at once is always kept: what leaves the house by its volume is built of these. */
const ALWAYS_KEPT_BYTES = 1_000_000;

type Seen = Omit<Reported, 'observedAt'>;

interface Kept {
  at: number;
  /** Since then, told with the next that is kept. */
  repeats: number;
  bytesOut: number;
  bytesIn: number;
}

/**
 * Whoever talks to whom about what is told once in a while, and then with all that was sent since: rhythms of that length
 * and longer, volumes, names, ports and peers stay what they are. Only the bytes of small flows after the last one kept
 * are never told.
 */
export class Fold {
  readonly #everyMs: number;
  readonly #kept = new Map<string, Kept>();

  /** @param everyMs 0: everything is kept */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** As it is kept; undefined: a repeat. */
  take(type: string, seen: Seen, at: number): Seen | undefined {
    if (this.#everyMs === 0) return seen;
    const { facts = {}, observables = {} } = seen;
    const [bytesOut, bytesIn] = [bytesOf(facts.bytesOut), bytesOf(facts.bytesIn)];
    if (facts.alerted === true || bytesOut >= ALWAYS_KEPT_BYTES) return seen;
    const { 'flow-id': _flow, 'community-id': _community, ...matter } = observables;
    const { sourcePort: _port, bytesOut: _out, bytesIn: _in, ...said } = facts;
    const key = JSON.stringify([type, matter, said]);
    const known = this.#kept.get(key);
    // What comes late is no newer than what is kept: it is a repeat as well.
    if (known !== undefined && at - known.at < this.#everyMs) {
      known.repeats++;
      known.bytesOut += bytesOut;
      known.bytesIn += bytesIn;
      return undefined;
    }
    this.#kept.delete(key);
    this.#kept.set(key, { at, repeats: 0, bytesOut: 0, bytesIn: 0 });
    const oldest = this.#kept.size > MAX_FOLDED ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    if (known === undefined || known.repeats === 0) return seen;
    return {
      ...seen,
      facts: {
        ...facts,
        repeats: known.repeats,
        ...(facts.bytesOut === undefined ? {} : { bytesOut: bytesOut + known.bytesOut }),
        ...(facts.bytesIn === undefined ? {} : { bytesIn: bytesIn + known.bytesIn }),
      },
    };
  }
}

const bytesOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

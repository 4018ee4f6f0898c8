/**
 * What was observed while the gateway did not know the time waits until it does: a reading with a wrong time would
 * be a reading in another day's record.
 */
import type { Observation } from '../../devices/model/observation.ts';

/** A day of ten fridges; beyond, the newest wait in vain, and that is counted. */
export const MAX_UNTIMED = 50_000;

export class Untimed {
  #held: Observation[] = [];
  /** Observations whose time will never be known, since the start. */
  lost = 0;

  get count(): number {
    return this.#held.length;
  }

  hold(seen: Observation): void {
    if (this.#held.length < MAX_UNTIMED) this.#held.push(seen);
    else this.lost++;
  }

  /** The clock was set: all that waited, put right, in the order in which it was seen. */
  timed(clockSet: Pick<Observation, 'facts'>): Observation[] {
    const correctionMs = typeof clockSet.facts?.correctionMs === 'number' ? clockSet.facts.correctionMs : 0;
    const held = this.#held;
    this.#held = [];
    return held.map((seen) => ({
      ...seen,
      observedAt: seen.observedAt + correctionMs,
      receivedAt: seen.receivedAt + correctionMs,
      clock: 'corrected',
    }));
  }

  /** The life that saw them ended before it knew the time. */
  giveUp(): number {
    const count = this.#held.length;
    this.#held = [];
    this.lost += count;
    return count;
  }
}

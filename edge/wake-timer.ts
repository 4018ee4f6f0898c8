import type { Clock } from '../devices/model/clock.ts';

/** One timer for all that waits for time to pass: set anew whenever what is due first has changed. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #cancel: () => void = () => {};
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** @param dueAt by the clock's wall time, each undefined where nothing waits */
  set(...dueAt: (number | undefined)[]): void {
    const first = Math.min(...dueAt.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (first === this.#dueAt) return;
    this.stop();
    if (first === Number.POSITIVE_INFINITY) return;
    this.#dueAt = first;
    this.#cancel = this.#clock.schedule(first - this.#clock.now(), () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  stop(): void {
    this.#cancel();
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}

/**
 * How much a source may say. Filled by real time, not by the clock of the installation: what it protects, the
 * disk and the processor, is no faster on a faster day.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #nowMs: () => number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, burst: number, nowMs: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#nowMs = nowMs;
    this.#tokens = burst;
    this.#filledAt = nowMs();
  }

  /**
   * Takes `count` and says yes, or takes nothing and says no. What is more than it ever holds is taken when it is
   * full, and leaves a debt: asked for again and again, it would otherwise never be given.
   */
  tryTake(count: number): boolean {
    this.#fill();
    if (this.#tokens < Math.min(count, this.#burst)) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes `count`, going into debt where there are not so many, and says how long to wait for it, in ms. */
  borrow(count: number): number {
    this.#fill();
    this.#tokens -= count;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#perSecond) * 1_000);
  }

  #fill(): void {
    const now = this.#nowMs();
    const gained = ((now - this.#filledAt) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAt = now;
  }
}

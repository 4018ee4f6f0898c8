/**
 * A sum that numbers can leave again, without any error: it is the same in whatever order they came and went. Shewchuk,
 * "Adaptive Precision Floating-Point Arithmetic" (1997): the parts do not overlap, and their sum is exact.
 */
export class ExactSum {
  #parts: number[] = [];

  add(value: number): void {
    let rest = value;
    let kept = 0;
    const parts = this.#parts;
    for (let index = 0; index < parts.length; index++) {
      let other = parts[index] ?? 0;
      if (Math.abs(rest) < Math.abs(other)) [rest, other] = [other, rest];
      const high = rest + other;
      const low = other - (high - rest);
      if (low !== 0) parts[kept++] = low;
      rest = high;
    }
    parts.length = kept;
    if (rest !== 0) parts.push(rest);
  }

  /** The nearest number to the sum. */
  get value(): number {
    const parts = this.#parts;
    let at = parts.length - 1;
    if (at < 0) return 0;
    let high = parts[at] ?? 0;
    let low = 0;
    while (at > 0) {
      const before = high;
      const next = parts[--at] ?? 0;
      high = before + next;
      low = next - (high - before);
      if (low !== 0) break;
    }
    // Half way between two numbers, what is left decides.
    const next = parts[at - 1] ?? 0;
    if (at > 0 && low !== 0 && Math.sign(low) === Math.sign(next)) {
      const doubled = low * 2;
      const raised = high + doubled;
      if (doubled === raised - high) high = raised;
    }
    return high;
  }

  clear(): void {
    this.#parts = [];
  }
}

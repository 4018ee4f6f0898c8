import type { Mark } from './memory.ts';
import { compareText } from './order.ts';
import { strengthOf, type Via } from './via.ts';

/** What one detection names, each once, in an order that does not depend on how it was written down; then of the next. */
export class Named {
  /** Only the first `count` are of this detection: lists that are emptied each time would be made each time. */
  readonly marks: Mark[] = [];
  readonly via: Via[] = [];
  count = 0;

  clear(): void {
    this.count = 0;
  }

  add(mark: Mark, via: Via): void {
    let index = 0;
    for (; index < this.count; index++) {
      const other = this.marks[index];
      if (other === mark) {
        // A badge or an account says more about how somebody acted than the bare name; of the two, the badge.
        const held = this.via[index] ?? 'itself';
        const by = strengthOf(via) - strengthOf(held);
        if (by > 0 || (by === 0 && compareText(via, held) < 0)) this.via[index] = via;
        return;
      }
      if (other !== undefined && compareMarks(mark, other) < 0) break;
    }
    for (let behind = this.count++; behind > index; behind--) {
      this.marks[behind] = this.marks[behind - 1] ?? mark;
      this.via[behind] = this.via[behind - 1] ?? via;
    }
    this.marks[index] = mark;
    this.via[index] = via;
  }
}

const compareMarks = (a: Mark, b: Mark): number =>
  compareText(a.class, b.class) || compareText(a.value, b.value);

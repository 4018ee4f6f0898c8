import type { Placed, Run } from './memory.ts';
import { inOrder } from './order.ts';

export const firstOf = (run: Run): Placed => at(run.items, 0);
export const lastOf = (run: Run): Placed => at(run.items, run.items.length - 1);

/** An entry that is known to be there. */
export function at<Value>(list: readonly Value[], index: number): Value {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no entry ${index} of ${list.length}`);
  return found;
}

/** Index of the first item behind (time, id); the items before it come earlier or are it. */
export function indexAfter(items: readonly Placed[], moment: { at: number; id: string }): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(at(items, middle), moment) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

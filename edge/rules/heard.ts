/**
 * What was last heard of an asset in one kind of observation: one note for all the rules that compare a value with
 * the one before or expect to hear again in time. With a state of its own for each such rule, every reading would
 * write as many states as there are rules, and nearly all of them would say the same.
 */
import { z } from 'zod';
import type { Cell } from './cell.ts';
import { HEARD_PREFIX } from './kept.ts';
import type { Rest } from './rest.ts';
import type { Timed } from './timers.ts';

export const keptHeard = z.strictObject({
  at: z.number(),
  value: z.number().optional(),
  toldMs: z.number().optional(),
});
export type KeptHeard = z.infer<typeof keptHeard>;

export class Heard implements Timed {
  readonly cell: Cell;
  /** The rules that hear of it, as places in the cell. */
  readonly positions: readonly number[];
  readonly rest: Rest;
  /** The name under which it is kept. */
  readonly keptAs: string;
  at = Number.NEGATIVE_INFINITY;
  /** NaN where the observation had none. */
  value = Number.NaN;
  /** Rules that expect to hear within this have been told of the silence. */
  toldMs = 0;
  wakeAt = Number.POSITIVE_INFINITY;
  queuedAt = Number.POSITIVE_INFINITY;

  /** @param asset whose observations are heard; not always the one that the cell is about */
  constructor(cell: Cell, positions: readonly number[], rest: Rest, observed: string, asset: string) {
    this.cell = cell;
    this.positions = positions;
    this.rest = rest;
    this.keptAs = `${HEARD_PREFIX}${observed}/${asset}/${cell.key}`;
  }

  /** Takes a newer observation; one that comes late says nothing new. */
  take(at: number, value: number): void {
    if (at < this.at) return;
    this.at = at;
    this.value = value;
    this.toldMs = 0;
  }

  restore({ at, value = Number.NaN, toldMs = 0 }: KeptHeard): void {
    this.at = at;
    this.value = value;
    this.toldMs = toldMs;
  }

  /** When the next rule is to be told that nothing was heard; Infinity: none is left. */
  get dueAt(): number {
    const { expectsMs } = this.rest;
    let soonest = Number.POSITIVE_INFINITY;
    for (const ms of expectsMs) if (ms > this.toldMs && ms < soonest) soonest = ms;
    return this.at + soonest;
  }

  get kept(): KeptHeard {
    const { at, value, toldMs } = this;
    return { at, ...(Number.isNaN(value) ? {} : { value }), ...(toldMs === 0 ? {} : { toldMs }) };
  }

  /** Behind what rules remember for themselves, and then by name. */
  precedes(other: Timed): boolean {
    return other instanceof Heard && this.keptAs < other.keptAs;
  }
}

/**
 * Lets many pieces of work of one client be under way at once and settles them in the order in which they
 * began, so that waiting for the disk neither reorders a client's messages nor costs one disk write each.
 */
export type Settle = (error?: Error) => void;

interface Entry {
  settle: Settle;
  ready: boolean;
  error: Error | undefined;
}

export class InOrder {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** Calls `settle` once `work` and everything added before are done; at once where nothing is waited for. */
  add(work: Promise<unknown> | undefined, settle: Settle): void {
    if (work === undefined && this.#entries.length === 0) {
      settle();
      return;
    }
    const entry: Entry = { settle, ready: work === undefined, error: undefined };
    this.#entries.push(entry);
    work?.then(
      () => this.#done(entry, undefined),
      (error: unknown) => this.#done(entry, error instanceof Error ? error : new Error(String(error))),
    );
  }

  #done(entry: Entry, error: Error | undefined): void {
    entry.ready = true;
    entry.error = error;
    if (this.#entries[0] !== entry) return;
    let count = 0;
    while (this.#entries[count]?.ready === true) count++;
    for (const { settle, error: failure } of this.#entries.splice(0, count)) settle(failure);
  }
}

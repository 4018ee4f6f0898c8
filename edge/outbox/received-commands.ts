/** Which commands have come already: a command may arrive over two ways, and again after a break or a restart. */
import type { Command } from '../../devices/model/command.ts';
import type { Outbox } from './outbox.ts';

const PREFIX = 'uplink/command/';
/** After its lifetime the cloud no longer sends a command; clocks may differ by as much. */
const REMEMBERED_MS = 3_600_000;
/** The oldest are forgotten beyond this. */
const MAX_REMEMBERED = 1_000;

export class ReceivedCommands {
  readonly #outbox: Outbox;
  readonly #now: () => number;
  /** Until when each is remembered, oldest first. */
  readonly #until = new Map<string, number>();

  constructor(outbox: Outbox, now: () => number) {
    this.#outbox = outbox;
    this.#now = now;
    const kept = [...outbox.kept(PREFIX)].map(
      ([key, until]) => [key.slice(PREFIX.length), Number(until)] as const,
    );
    for (const [id, until] of kept.sort(([, a], [, b]) => a - b)) this.#until.set(id, until);
  }

  /** Resolves to true the first time, once that is on disk. */
  async isNew({ id, issuedAt, lifetimeMs }: Command): Promise<boolean> {
    if (this.#until.has(id)) return false;
    const now = this.#now();
    for (const [other, until] of this.#until)
      if (until < now || this.#until.size >= MAX_REMEMBERED) {
        this.#until.delete(other);
        this.#outbox.forget(PREFIX + other);
      }
    const until = Math.max(now, issuedAt + lifetimeMs) + REMEMBERED_MS;
    this.#until.set(id, until);
    this.#outbox.keep(PREFIX + id, until);
    await this.#outbox.committed();
    return true;
  }
}

import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Store } from '../store/store.ts';

/** Changes that are kept of one gateway: a link that comes and goes all day leaves its newest. */
export const MAX_CHANGES = 400;
const KIND = 'link-history';

const changes = z.array(z.tuple([z.number(), z.boolean()])).max(MAX_CHANGES);

/** When each gateway was connected and when not: for pictures of the past. On disk; what can't be written is told. */
export class LinkHistory {
  readonly #parts: { store: Pick<Store, 'documents' | 'putDocuments'>; clock: Clock };
  readonly #of = new Map<string, [at: number, connected: boolean][]>();
  readonly #due = new Set<string>();
  #writing: Promise<void> | undefined;
  readonly #onTrouble: (message: string) => void;

  constructor(
    parts: { store: Pick<Store, 'documents' | 'putDocuments'>; clock: Clock },
    onTrouble: (message: string) => void,
  ) {
    this.#parts = parts;
    this.#onTrouble = onTrouble;
    for (const { id, value } of parts.store.documents(KIND)) {
      const read = changes.safeParse(value);
      if (read.success) this.#of.set(id, read.data);
      else onTrouble(`the link history of ${id} can't be read: it begins anew`);
    }
    // Nobody is connected to a cloud that has just been started.
    for (const [gateway, known] of this.#of) if (known.at(-1)?.[1] === true) this.changed(gateway, false);
  }

  changed(gateway: string, connected: boolean): void {
    const known = this.#of.get(gateway) ?? [];
    if (known.at(-1)?.[1] === connected) return;
    known.push([this.#parts.clock.now(), connected]);
    this.#of.set(gateway, known.slice(-MAX_CHANGES));
    this.#due.add(gateway);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** All that was told is on disk, or was said to be in trouble. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Whether it was connected then; undefined before anything is known. */
  at(gateway: string, moment: number): { connected: boolean; since: number } | undefined {
    const last = this.#of.get(gateway)?.findLast(([at]) => at <= moment);
    return last === undefined ? undefined : { connected: last[1], since: last[0] };
  }

  /** One write for all that changed while the last one was under way. */
  async #write(): Promise<void> {
    while (this.#due.size > 0) {
      const writes = [...this.#due].map((id) => ({ kind: KIND, id, value: this.#of.get(id) ?? [] }));
      this.#due.clear();
      try {
        await this.#parts.store.putDocuments(writes);
      } catch (error) {
        this.#onTrouble(`the link history was not written: ${String(error)}`);
        return;
      }
    }
  }
}

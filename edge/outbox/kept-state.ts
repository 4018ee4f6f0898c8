/** The site's state as it is on disk, and how large it is with what is on its way there. */
import type { StateChange } from './snapshot.ts';

export class KeptState {
  readonly #onDisk: Map<string, string>;
  /** Sizes of what was changed and is not on disk yet; 0 for what was forgotten. */
  readonly #changed = new Map<string, number>();
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes of all keys and values together: they are written anew with each segment */
  constructor(entries: readonly (readonly [string, string])[], maxBytes: number) {
    this.#onDisk = new Map(entries);
    this.#maxBytes = maxBytes;
    for (const [key, json] of entries) this.#bytes += key.length + json.length;
  }

  /** @throws RangeError when it would become too large; nothing has changed then */
  change(key: string, json: string | null): void {
    const size = json === null ? 0 : key.length + json.length;
    const before = this.#changed.get(key) ?? this.#sizeOnDisk(key);
    if (size > before && this.#bytes + size - before > this.#maxBytes)
      throw new RangeError(`outbox: state over ${this.#maxBytes} bytes at "${key}"`);
    this.#bytes += size - before;
    this.#changed.set(key, size);
  }

  /** These changes are on disk now. */
  committed(changes: readonly StateChange[]): void {
    for (const [key, json] of changes) {
      if (json === null) this.#onDisk.delete(key);
      else this.#onDisk.set(key, json);
      if (this.#changed.get(key) === this.#sizeOnDisk(key)) this.#changed.delete(key);
    }
  }

  under(prefix: string): Map<string, unknown> {
    const found = new Map<string, unknown>();
    for (const [key, json] of this.#onDisk) if (key.startsWith(prefix)) found.set(key, JSON.parse(json));
    return found;
  }

  #sizeOnDisk(key: string): number {
    const json = this.#onDisk.get(key);
    return json === undefined ? 0 : key.length + json.length;
  }
}

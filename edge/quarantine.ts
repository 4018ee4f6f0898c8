/** Refused inputs kept to look at. */
export const MAX_QUARANTINED = 500;
/** Bytes kept of each. */
export const MAX_RAW_BYTES = 512;

/** Something that came in and could not be taken. */
export interface Quarantined {
  at: number;
  /** Where it was refused: `mqtt`, `profile:tasmota`, `bridge`, `page`. */
  wall: string;
  /** Who sent it, as far as that is known. */
  peer: string;
  reason: string;
  raw: Uint8Array;
}

/** What was refused at the gateway's walls: the newest, with their raw bytes, and a count for each wall. */
export class Quarantine {
  readonly #newest: Quarantined[] = [];
  readonly counts: Record<string, number> = {};
  #total = 0;

  add(entry: Quarantined): void {
    this.#total++;
    this.counts[entry.wall] = (this.counts[entry.wall] ?? 0) + 1;
    this.#newest.push({ ...entry, raw: Uint8Array.from(entry.raw.subarray(0, MAX_RAW_BYTES)) });
    if (this.#newest.length > MAX_QUARANTINED) this.#newest.shift();
  }

  get total(): number {
    return this.#total;
  }

  /** The newest first. */
  newest(limit: number): Quarantined[] {
    return this.#newest.slice(-limit).reverse();
  }
}

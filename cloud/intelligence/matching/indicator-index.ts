/** Indicators found by what an observation shows, at a cost that does not depend on how many there are. */
import type { Anchor } from '../stix/anchors.ts';
import { ExactTable } from './exact-table.ts';
import { wordsOf } from './network-address.ts';
import type { Shown } from './observable.ts';
import { PrefixTrie } from './prefix-trie.ts';

/** Patterns that name nothing exact are tried on everything that is seen: so many, and no more. */
export const MAX_FREE_PATTERNS = 500;
/** Parts of a host's name that are looked up from its end. */
const MAX_LABELS = 16;

export class IndicatorIndex {
  readonly #exact = new ExactTable();
  readonly #networks = new PrefixTrie();
  readonly #free = new Set<number>();

  /** Anchors, and patterns without. */
  get size(): number {
    return this.#exact.size + this.#networks.size + this.#free.size;
  }

  get bytes(): number {
    return this.#exact.bytes + this.#networks.bytes;
  }

  get free(): number {
    return this.#free.size;
  }

  /** @returns false where it names nothing exact and there are enough of those */
  add(row: number, anchors: readonly Anchor[] | undefined): boolean {
    if (anchors === undefined) {
      if (this.#free.size >= MAX_FREE_PATTERNS) return false;
      this.#free.add(row);
      return true;
    }
    for (const anchor of anchors) {
      if (anchor.kind === 'network') this.#networks.add(anchor.network, row);
      else this.#exact.add(nameOf(anchor), row);
    }
    return true;
  }

  /** @param anchors those it was added with */
  remove(row: number, anchors: readonly Anchor[] | undefined): void {
    if (anchors === undefined) this.#free.delete(row);
    for (const anchor of anchors ?? []) {
      if (anchor.kind === 'network') this.#networks.remove(anchor.network, row);
      else this.#exact.remove(nameOf(anchor), row);
    }
  }

  /** Rows that may be meant, and by which of the values; free ones come without. */
  find(shown: readonly Shown[]): Map<number, Shown | undefined> {
    const rows = new Map<number, Shown | undefined>();
    if (this.size === 0) return rows;
    for (const one of shown) {
      const put = (row: number) => {
        if (!rows.has(row)) rows.set(row, one);
      };
      this.#exact.find(`${one.type}\n${one.value}`, put);
      if (one.type === 'ip') {
        const words = this.#networks.size > 0 ? wordsOf(one.value) : undefined;
        if (words !== undefined) this.#networks.find(words, put);
      } else if (one.type === 'domain') this.#endings(one.value, put);
    }
    for (const row of this.#free) if (!rows.has(row)) rows.set(row, undefined);
    return rows;
  }

  #endings(domain: string, put: (row: number) => void): void {
    let end = domain;
    for (let labels = 0; labels < MAX_LABELS; labels++) {
      this.#exact.find(`suffix\n${end}`, put);
      const dot = end.indexOf('.');
      if (dot === -1) return;
      end = end.slice(dot + 1);
    }
  }
}

const nameOf = (anchor: Exclude<Anchor, { kind: 'network' }>): string =>
  anchor.kind === 'exact' ? `${anchor.type}\n${anchor.value}` : `suffix\n${anchor.domain}`;

import type { Write } from './statements.ts';

/**
 * Short numbers for the texts that come back in every record: recorders, assets, kinds. An index of numbers is a
 * third of the size of one of texts, and records cost most by their indexes.
 */
export class Names {
  readonly #numbers = new Map<string, number>();
  /** On disk for sure; others are written along with whatever uses them. */
  readonly #written = new Set<string>();
  #next = 1;

  constructor(rows: Iterable<{ number: number; text: string }>) {
    for (const { number, text } of rows) {
      this.#numbers.set(text, number);
      this.#written.add(text);
      this.#next = Math.max(this.#next, number + 1);
    }
  }

  /** The number of a text that was ever stored. */
  find(text: string): number | undefined {
    return this.#numbers.get(text);
  }

  /** For one call to the writer. */
  use(): NamesUsed {
    const added = new Map<string, number>();
    return {
      numberOf: (text) => {
        let number = this.#numbers.get(text);
        if (number === undefined) {
          number = this.#next++;
          this.#numbers.set(text, number);
        }
        if (!this.#written.has(text)) added.set(text, number);
        return number;
      },
      writes: () => [...added].map(([text, number]): Write => ['addName', number, text]),
      stored: () => {
        for (const text of added.keys()) this.#written.add(text);
      },
    };
  }
}

export interface NamesUsed {
  numberOf(text: string): number;
  /** To go in front of what uses the names. */
  writes(): Write[];
  /** The call has succeeded. */
  stored(): void;
}

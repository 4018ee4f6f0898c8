/** Networks to row numbers: a walk of 32 or 128 steps at most, however many networks there are. */
import { bitAt, type Network } from './network-address.ts';

const FIRST_SIZE = 1_024;
const NONE = 0;

/** A list that grows by doubling. */
class Numbers {
  #numbers = new Int32Array(FIRST_SIZE);
  length = 0;

  get bytes(): number {
    return this.#numbers.byteLength;
  }

  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.#numbers[index] = value;
  }

  push(value: number): number {
    if (this.length === this.#numbers.length) {
      const longer = new Int32Array(this.length * 2);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.length] = value;
    return this.length++;
  }
}

/** Of one length of address. */
class Tree {
  /** Three numbers a node: where 0 and 1 lead, and the first entry that ends here. Node 0 is none, 1 the root. */
  readonly #nodes = new Numbers();
  /** Two numbers an entry: the row and the next entry. Entry 0 is none. */
  readonly #entries = new Numbers();

  constructor() {
    this.#newNode();
    this.#newNode();
    this.#entries.push(NONE);
    this.#entries.push(NONE);
  }

  get bytes(): number {
    return this.#nodes.bytes + this.#entries.bytes;
  }

  add({ words, length }: Network, row: number): void {
    let node = 1;
    for (let index = 0; index < length; index++) {
      const way = node * 3 + bitAt(words, index);
      let next = this.#nodes.at(way);
      if (next === NONE) {
        next = this.#newNode();
        this.#nodes.set(way, next);
      }
      node = next;
    }
    const entry = this.#entries.push(row) / 2;
    this.#entries.push(this.#nodes.at(node * 3 + 2));
    this.#nodes.set(node * 3 + 2, entry);
  }

  remove({ words, length }: Network, row: number): void {
    let node = 1;
    for (let index = 0; index < length; index++) {
      node = this.#nodes.at(node * 3 + bitAt(words, index));
      if (node === NONE) return;
    }
    let before = NONE;
    for (let entry = this.#nodes.at(node * 3 + 2); entry !== NONE; entry = this.#entries.at(entry * 2 + 1)) {
      if (this.#entries.at(entry * 2) === row) {
        const next = this.#entries.at(entry * 2 + 1);
        if (before === NONE) this.#nodes.set(node * 3 + 2, next);
        else this.#entries.set(before * 2 + 1, next);
        return;
      }
      before = entry;
    }
  }

  find(words: readonly number[], found: (row: number) => void): void {
    let node = 1;
    for (let index = 0; node !== NONE; index++) {
      for (let entry = this.#nodes.at(node * 3 + 2); entry !== NONE; entry = this.#entries.at(entry * 2 + 1))
        found(this.#entries.at(entry * 2));
      if (index === words.length * 32) return;
      node = this.#nodes.at(node * 3 + bitAt(words, index));
    }
  }

  #newNode(): number {
    const at = this.#nodes.push(NONE);
    this.#nodes.push(NONE);
    this.#nodes.push(NONE);
    return at / 3;
  }
}

export class PrefixTrie {
  readonly #four = new Tree();
  readonly #six = new Tree();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#four.bytes + this.#six.bytes;
  }

  add(network: Network, row: number): void {
    this.#treeOf(network.words).add(network, row);
    this.#size++;
  }

  remove(network: Network, row: number): void {
    this.#treeOf(network.words).remove(network, row);
    this.#size--;
  }

  /** Calls `found` with the row of each network that the address lies in, the widest first. */
  find(words: readonly number[], found: (row: number) => void): void {
    if (this.#size > 0) this.#treeOf(words).find(words, found);
  }

  #treeOf(words: readonly number[]): Tree {
    return words.length === 1 ? this.#four : this.#six;
  }
}

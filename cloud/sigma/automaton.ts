/** Many words looked for in a text at once: a trie in one table, with the ways back of Aho and Corasick. */

/** Characters beyond ASCII share so many letters: else a file of rare ones would make the table huge. */
const LETTERS_BEYOND = 61;

/** What stands for a character in the table; 0: a character of no word. */
class Alphabet {
  readonly ascii = new Uint16Array(128);
  readonly #beyond = new Map<number, number>();
  size = 1;

  constructor(words: readonly string[]) {
    for (const word of words)
      for (let at = 0; at < word.length; at++) {
        const code = word.charCodeAt(at);
        if (this.letterOf(code) !== 0) continue;
        if (code < 128) this.ascii[code] = this.size++;
        else this.#beyond.set(code % LETTERS_BEYOND, this.size++);
      }
  }

  letterOf(code: number): number {
    return code < 128 ? (this.ascii[code] ?? 0) : (this.#beyond.get(code % LETTERS_BEYOND) ?? 0);
  }
}

/** `where` a word must stand for it to count. */
export type Where = 'prefix' | 'suffix' | 'anywhere';

export class Automaton {
  readonly #alphabet: Alphabet;
  readonly #where: Where;
  /** Next state, by state and letter; 0 is the beginning, and for tries without ways back the end of the search. */
  readonly #next: Int32Array;
  /** First state that ends a word, by state, itself or a shorter end; 0: none. */
  readonly #found: Int32Array;
  /** The next shorter end. */
  readonly #shorter: Int32Array;
  /** Number of the word that a state ends; −1: none. */
  readonly #word: Int32Array;
  /** Another word of the same letters, by word; −1: none. */
  readonly #twin: Int32Array;
  /** As `#next`, with the place of the next state's row, doubled; odd: a word ends there. */
  readonly #steps: Int32Array;

  /** Words must be different and not empty. */
  constructor(words: readonly string[], where: Where) {
    this.#where = where;
    this.#alphabet = new Alphabet(words);
    const letters = this.#alphabet.size;
    const most = words.reduce((sum, { length }) => sum + length, 1);
    const table = new Int32Array(most * letters);
    this.#word = new Int32Array(most).fill(-1);
    this.#twin = new Int32Array(words.length).fill(-1);
    let states = 1;
    words.forEach((word, number) => {
      let state = 0;
      for (let at = 0; at < word.length; at++) {
        const letter = this.#alphabet.letterOf(
          word.charCodeAt(where === 'suffix' ? word.length - 1 - at : at),
        );
        const place = state * letters + letter;
        let next = table[place] ?? 0;
        if (next === 0) {
          next = states++;
          table[place] = next;
        }
        state = next;
      }
      this.#twin[number] = this.#word[state] ?? -1;
      this.#word[state] = number;
    });
    this.#next = table.slice(0, states * letters);
    this.#found = new Int32Array(states);
    this.#shorter = new Int32Array(states);
    if (where === 'anywhere') this.#leadBack(states, letters);
    else
      for (let state = 0; state < states; state++)
        if ((this.#word[state] ?? -1) >= 0) this.#found[state] = state;
    this.#steps =
      where === 'anywhere'
        ? this.#next.map((state) => state * letters * 2 + ((this.#found[state] ?? 0) === 0 ? 0 : 1))
        : new Int32Array();
  }

  /** Where no child goes on, the longest end of what was read goes on that is also a beginning. */
  #leadBack(states: number, letters: number): void {
    const back = new Int32Array(states);
    const queue: number[] = [];
    for (let letter = 1; letter < letters; letter++) {
      const child = this.#next[letter] ?? 0;
      if (child !== 0) queue.push(child);
    }
    for (let at = 0; at < queue.length; at++) {
      const state = queue[at] ?? 0;
      const behind = back[state] ?? 0;
      const shorter = this.#found[behind] ?? 0;
      this.#shorter[state] = shorter;
      this.#found[state] = (this.#word[state] ?? -1) >= 0 ? state : shorter;
      for (let letter = 1; letter < letters; letter++) {
        const place = state * letters + letter;
        const child = this.#next[place] ?? 0;
        const other = this.#next[behind * letters + letter] ?? 0;
        if (child === 0) this.#next[place] = other;
        else {
          back[child] = other;
          queue.push(child);
        }
      }
    }
  }

  /**
   * Tells the number of each word that is found, some more than once; where characters beyond ASCII stand in it, now and
   * then one that only looks like it.
   */
  search(text: string, tell: (word: number) => void): void {
    if (this.#where === 'anywhere') this.#scan(text, tell);
    else this.#walk(text, tell);
  }

  #scan(text: string, tell: (word: number) => void): void {
    const steps = this.#steps;
    const alphabet = this.#alphabet;
    const { ascii, size: letters } = alphabet;
    const { length } = text;
    let row = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      const letter = code < 128 ? (ascii[code] ?? 0) : alphabet.letterOf(code);
      const step = steps[row + letter] ?? 0;
      row = step >> 1;
      if ((step & 1) === 0) continue;
      let end = this.#found[row / letters] ?? 0;
      for (; end !== 0; end = this.#shorter[end] ?? 0) this.#tellAll(end, tell);
    }
  }

  #tellAll(state: number, tell: (word: number) => void): void {
    for (let word = this.#word[state] ?? -1; word >= 0; word = this.#twin[word] ?? -1) tell(word);
  }

  #walk(text: string, tell: (word: number) => void): void {
    const letters = this.#alphabet.size;
    const isSuffix = this.#where === 'suffix';
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const letter = this.#alphabet.letterOf(text.charCodeAt(isSuffix ? text.length - 1 - at : at));
      state = letter === 0 ? 0 : (this.#next[state * letters + letter] ?? 0);
      if (state === 0) return;
      if (this.#found[state] === state) this.#tellAll(state, tell);
    }
  }
}

/** Names that are written down, in sentences: found word by word, so that a million names cost no more than ten. */
import type { Registry, RegistryDocument } from '../../devices/model/registry.ts';

/** Shorter names stand in too many words. */
const SHORTEST = 3;
/** Between two words of one name stands at most so much: `Weber, A.` */
const MAX_BETWEEN = 3;

interface Branch {
  readonly next: Map<string, Branch>;
  isEnd: boolean;
}

const wordsOf = (text: string) => text.matchAll(/[\p{L}\p{N}]+/gu);

export class KnownNames {
  readonly #root: Branch = { next: new Map(), isEnd: false };

  constructor(names: Iterable<string>) {
    for (const name of names) {
      if (name.length < SHORTEST) continue;
      let branch = this.#root;
      for (const [word] of wordsOf(name.toLowerCase())) {
        const next = branch.next.get(word) ?? { next: new Map(), isEnd: false };
        branch.next.set(word, next);
        branch = next;
      }
      if (branch !== this.#root) branch.isEnd = true;
    }
  }

  /** Every name replaced, of two that begin alike the longer. */
  without(text: string, says = '[name]'): string {
    if (this.#root.next.size === 0) return text;
    const words = [...wordsOf(text)];
    let left = '';
    let done = 0;
    for (let index = 0; index < words.length; index++) {
      const length = this.#longestAt(words, index);
      const [first, last] = [words[index], words[index + length - 1]];
      if (length === 0 || first === undefined || last === undefined) continue;
      left += text.slice(done, first.index) + says;
      done = last.index + last[0].length;
      index += length - 1;
    }
    return left + text.slice(done);
  }

  #longestAt(words: readonly RegExpExecArray[], from: number): number {
    let branch: Branch | undefined = this.#root;
    let longest = 0;
    for (let index = from; index < words.length; index++) {
      const [word, before] = [words[index], words[index - 1]];
      if (word === undefined) break;
      if (index > from && before !== undefined && word.index - before.index - before[0].length > MAX_BETWEEN)
        break;
      branch = branch.next.get(word[0].toLowerCase());
      if (branch === undefined) break;
      if (branch.isEnd) longest = index - from + 1;
    }
    return longest;
  }
}

let kept: { document: RegistryDocument; names: KnownNames } | undefined;

/** Names, accounts and badges of everybody in a registry; made anew when it is another. */
export function knownNamesOf({ document }: Pick<Registry, 'document'>): KnownNames {
  if (kept?.document !== document)
    kept = {
      document,
      names: new KnownNames(
        document.identities.flatMap(({ name, accounts, badges }) => [name, ...accounts, ...badges]),
      ),
    };
  return kept.names;
}

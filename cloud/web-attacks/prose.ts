/** Whether a text is something that a person would type into a search, however odd its signs. */

const plainWord = /^[\p{L}\p{M}]{2,24}[’'"“”,.!?:;)]{0,2}$/u;

/** Words standing side by side, as prose has them and code has not. */
export function proseWords(text: string): number {
  let count = 0;
  let wasWord = false;
  for (const piece of text.slice(0, 512).split(' ')) {
    const isWord = plainWord.test(piece);
    if (isWord) count += wasWord ? 1 : 0;
    wasWord = isWord;
  }
  return count;
}

/** Two or more words side by side, thrice at least. */
export const isProse = (text: string): boolean => text.includes(' ') && proseWords(text) >= 2;

/** Text for the fonts that every reader has, which know Western Europe's letters (WinAnsi) and no others. Pure. */

/** Beside ASCII and Latin-1. */
const further = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');
const instead: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '≤': '<=',
  '≥': '>=',
  '−': '-',
  '\u202f': ' ',
  '\u2009': ' ',
  '\u2011': '-',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
};

const isKnown = (letter: string): boolean =>
  /^[\n\x20-\x7e\u00a0-\u00ff]$/.test(letter) || further.has(letter);

/** Letters that the fonts lack lose their accents; what is then still unknown is shown as a question mark. */
export function printable(text: string): string {
  let result = '';
  for (const letter of text.normalize('NFC')) {
    if (isKnown(letter)) result += letter;
    else if (letter === '\t') result += ' ';
    else {
      const plain = instead[letter] ?? letter.normalize('NFKD').replaceAll(/\p{M}/gu, '');
      result += [...plain].every(isKnown) ? plain : '?';
    }
  }
  return result;
}

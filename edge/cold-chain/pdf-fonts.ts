/**
 * Two of the fonts that every reader of PDF has (ISO 32000-1, 9.6.2.2), so nothing needs to be embedded: their widths,
 * in thousandths of the size, and their encoding.
 */
export const fonts = { regular: 'Helvetica', bold: 'Helvetica-Bold' } as const;
export type Font = keyof typeof fonts;

/** Characters 32 to 126. */
const widths: Record<Font, readonly number[]> = {
  regular: [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ],
  bold: [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
    556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
    556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
    333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ],
};
const otherWidths = new Map<string, number>([
  ['°', 400],
  ['·', 278],
  ['–', 556],
  ['—', 1000],
  ['…', 1000],
  ['’', 222],
  ['ß', 611],
  ['±', 584],
]);
const USUAL_WIDTH = 556;

/** WinAnsiEncoding beyond Latin-1 (ISO 32000-1, D.2), as far as people write it. */
const winAnsi = new Map<string, number>([
  ['€', 0x80],
  ['‚', 0x82],
  ['„', 0x84],
  ['…', 0x85],
  ['Š', 0x8a],
  ['Œ', 0x8c],
  ['Ž', 0x8e],
  ['‘', 0x91],
  ['’', 0x92],
  ['“', 0x93],
  ['”', 0x94],
  ['•', 0x95],
  ['–', 0x96],
  ['—', 0x97],
  ['š', 0x9a],
  ['œ', 0x9c],
  ['ž', 0x9e],
  ['Ÿ', 0x9f],
]);

/** Letters that do not come apart into a letter and a sign. */
const plainLetters = new Map([
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ı', 'i'],
  ['−', '-'],
  ['\u2009', ' '],
  ['\u00a0', ' '],
]);

function codesOf(character: string): number[] {
  const code = character.codePointAt(0) ?? 0x3f;
  if ((code >= 0x20 && code < 0x7f) || (code > 0xa0 && code <= 0xff)) return [code];
  const known = winAnsi.get(character);
  if (known !== undefined) return [known];
  const plain = plainLetters.get(character);
  if (plain !== undefined) return codesOf(plain);
  // A name from elsewhere in its nearest letters; the CSV has it as it is written.
  const base = character.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return base !== character && base !== '' ? [...base].flatMap(codesOf) : [0x3f];
}

/** Text in the fonts' encoding. What they do not have becomes the nearest letter, or a question mark. */
export const encoded = (text: string): Uint8Array =>
  Uint8Array.from([...text.normalize('NFC')].flatMap(codesOf));

/** Width of a text, in points. */
export function widthOf(text: string, font: Font, size: number): number {
  let sum = 0;
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0) ?? 0;
    const own = widths[font][code - 32];
    const base = own ?? widths[font][(character.normalize('NFD').codePointAt(0) ?? 0) - 32];
    sum += otherWidths.get(character) ?? base ?? USUAL_WIDTH;
  }
  return (sum * size) / 1_000;
}

/** Lines no wider than that, broken at spaces, and within a word that is too long. */
export function wrapped(text: string, font: Font, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    let rest = word;
    const joined = line === '' ? rest : `${line} ${rest}`;
    if (widthOf(joined, font, size) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (widthOf(rest, font, size) > width && rest.length > 1) {
      let length = rest.length - 1;
      while (length > 1 && widthOf(rest.slice(0, length), font, size) > width) length--;
      lines.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    line = rest;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Case-insensitive comparison, by Unicode's simple case folding: one character stays one character. */

const beyondAscii = /[^\0-\x7f]/;
/** Characters beyond ASCII that were folded once; there are not many different ones. */
const known = new Map<string, string>();
/** Beyond it the map starts anew: a stream of strange characters must not fill memory. */
const MAX_KNOWN = 8_192;

function foldCharacter(character: string): string {
  const seen = known.get(character);
  if (seen !== undefined) return seen;
  const isSame = (other: string) => new RegExp(`^${other}$`, 'iu').test(character);
  // Upper case first: Σ, σ and ς are one letter. Where a case has two letters (ß), the character stays.
  const upper = character.toUpperCase();
  const candidates = [upper.toLowerCase(), character.toLowerCase()];
  const folded = candidates.find((one) => one.length === character.length && isSame(one)) ?? character;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(character, folded);
  return folded;
}

/** Text in the form in which it is compared where case does not count. Its length stays. */
export function fold(text: string): string {
  if (!beyondAscii.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text)
    folded += character < '\x80' ? character.toLowerCase() : foldCharacter(character);
  return folded;
}

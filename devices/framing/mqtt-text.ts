/** Byte scans for MQTT's strings: no string is made. MQTT 3.1.1 sections 1.5.3 and 4.7. */

/** A topic or filter longer than this is not one of a device. */
export const MAX_TOPIC_BYTES = 1_024;
/** More levels than this is not one of a device either; matching costs time and memory a level. */
export const MAX_TOPIC_LEVELS = 32;

const PLAIN = 0;
const SLASH = 1;
const PLUS = 2;
const HASH = 3;
const MULTI_BYTE = 4;
const FORBIDDEN = 5;

/** What each byte means as the first of a character. */
const CLASSES = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  if (byte < 0x20 || byte === 0x7f) CLASSES[byte] = FORBIDDEN;
  else if (byte >= 0x80) CLASSES[byte] = MULTI_BYTE;
}
CLASSES[0x2f] = SLASH;
CLASSES[0x2b] = PLUS;
CLASSES[0x23] = HASH;

/** Why a string is refused; undefined where nothing is wrong. */
export type TextProblem =
  | 'not UTF-8'
  | 'control character'
  | 'surrogate'
  | 'non-character'
  | 'empty'
  | 'wildcard'
  | 'misplaced wildcard'
  | 'too long'
  | 'too many levels';

const continues = (byte: number | undefined): byte is number => byte !== undefined && (byte & 0xc0) === 0x80;

/** The problem of the multi-byte character that starts at `at`, or its length in bytes. */
function multiByte(bytes: Uint8Array, at: number, end: number): number | TextProblem {
  const first = bytes[at] ?? 0;
  const second = at + 1 < end ? bytes[at + 1] : undefined;
  if (!continues(second)) return 'not UTF-8';
  if (first >= 0xc2 && first <= 0xdf) {
    // U+0080 to U+009F, the second block of control characters.
    return first === 0xc2 && second < 0xa0 ? 'control character' : 2;
  }
  const third = at + 2 < end ? bytes[at + 2] : undefined;
  if (first >= 0xe0 && first <= 0xef) {
    if (first === 0xe0 && second < 0xa0) return 'not UTF-8';
    if (!continues(third)) return 'not UTF-8';
    if (first === 0xed && second >= 0xa0) return 'surrogate';
    if (first === 0xef) {
      if (second === 0xb7 && third >= 0x90 && third <= 0xaf) return 'non-character';
      if (second === 0xbf && third >= 0xbe) return 'non-character';
    }
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 'not UTF-8';
    const fourth = at + 3 < end ? bytes[at + 3] : undefined;
    if (!continues(third) || !continues(fourth)) return 'not UTF-8';
    // U+nFFFE and U+nFFFF, the last two of every plane.
    if ((second & 0x0f) === 0x0f && third === 0xbf && fourth >= 0xbe) return 'non-character';
    return 4;
  }
  return 'not UTF-8';
}

/** Checks a string that may hold anything but control characters and non-characters: ids, user names. */
export function textProblem(bytes: Uint8Array, start: number, end: number): TextProblem | undefined {
  for (let at = start; at < end; ) {
    const kind = CLASSES[bytes[at] ?? 0];
    if (kind === FORBIDDEN) return 'control character';
    if (kind === MULTI_BYTE) {
      const length = multiByte(bytes, at, end);
      if (typeof length !== 'number') return length;
      at += length;
    } else at++;
  }
  return undefined;
}

/** Checks the name of a topic to publish to: not empty, no wildcard. */
export function topicProblem(bytes: Uint8Array, start: number, end: number): TextProblem | undefined {
  if (start === end) return 'empty';
  if (end - start > MAX_TOPIC_BYTES) return 'too long';
  let levels = 1;
  for (let at = start; at < end; ) {
    const kind = CLASSES[bytes[at] ?? 0];
    if (kind === PLAIN) {
      at++;
    } else if (kind === SLASH) {
      levels++;
      at++;
    } else if (kind === MULTI_BYTE) {
      const length = multiByte(bytes, at, end);
      if (typeof length !== 'number') return length;
      at += length;
    } else {
      return kind === FORBIDDEN ? 'control character' : 'wildcard';
    }
  }
  return levels > MAX_TOPIC_LEVELS ? 'too many levels' : undefined;
}

/** Checks a filter: `#` only as the whole last level, `+` only as a whole level. */
export function filterProblem(bytes: Uint8Array, start: number, end: number): TextProblem | undefined {
  if (start === end) return 'empty';
  if (end - start > MAX_TOPIC_BYTES) return 'too long';
  let levels = 1;
  for (let at = start; at < end; ) {
    const kind = CLASSES[bytes[at] ?? 0];
    if (kind === FORBIDDEN) return 'control character';
    if (kind === MULTI_BYTE) {
      const length = multiByte(bytes, at, end);
      if (typeof length !== 'number') return length;
      at += length;
      continue;
    }
    if (kind === SLASH) levels++;
    else if (kind === PLUS || kind === HASH) {
      const opens = at === start || bytes[at - 1] === 0x2f;
      const closes = at + 1 === end || (kind === PLUS && bytes[at + 1] === 0x2f);
      if (!opens || !closes) return 'misplaced wildcard';
    }
    at++;
  }
  return levels > MAX_TOPIC_LEVELS ? 'too many levels' : undefined;
}

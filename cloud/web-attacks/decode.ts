/**
 * Undoes what stands between a request's bytes and what an application sees: percent-encoding (repeated, overlong,
 * `%u`), entities, escapes of scripts, full-width letters, null bytes. How a text was disguised is kept as tricks.
 */

/** Rounds of percent-decoding; more layers than three are never honest and never needed to see so. */
export const MAX_ROUNDS = 4;

/** Bits: how a text was written. */
export const trick = {
  /** A letter, digit, dot or hyphen encoded more than once: nobody needs even one encoding for these. */
  needless: 1,
  /** UTF-8 longer than the shortest form (RFC 3629, section 3). */
  overlong: 2,
  /** A percent sign without two hexadecimal digits. */
  malformed: 4,
  nullByte: 8,
  /** `%u0027`: escape() of browsers writes ASCII as `%27`, so it is a disguise. */
  asciiAsUnicode: 16,
  /** Letters or digits percent-encoded once. */
  spelled: 32,
  entity: 64,
  escape: 128,
  /** Control characters other than tab, line feed, carriage return. */
  control: 256,
  nested: 512,
  invalid: 1_024,
  lineBreak: 2_048,
} as const;

export interface Decoded {
  text: string;
  tricks: number;
}

function hexOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function byteAt(text: string, at: number): number {
  const high = hexOf(text.charCodeAt(at));
  if (high < 0) return -1;
  const low = hexOf(text.charCodeAt(at + 1));
  return low < 0 ? -1 : high * 16 + low;
}

const isAlphanumeric = (code: number) =>
  (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);
const isUnreserved = (code: number) => isAlphanumeric(code) || code === 46 || code === 45 || code === 95;

/** Reads one encoded character at a percent sign: `length` 0 where none stands there. */
function characterAt(
  text: string,
  at: number,
  round: number,
  state: { tricks: number; length: number },
): string {
  const first = byteAt(text, at + 1);
  if (first < 0) {
    if ((text.charCodeAt(at + 1) | 32) === 117) {
      const high = byteAt(text, at + 2);
      const low = byteAt(text, at + 4);
      if (high >= 0 && low >= 0) {
        const code = high * 256 + low;
        if (code < 0x80 || (code >= 0xff01 && code <= 0xff5e)) state.tricks |= trick.asciiAsUnicode;
        state.length = 6;
        return String.fromCharCode(code);
      }
    }
    if (round === 0) state.tricks |= trick.malformed;
    state.length = 0;
    return '%';
  }
  state.length = 3;
  if (first < 0x80) {
    if (round > 0) {
      state.tricks |= trick.nested;
      if (isUnreserved(first)) state.tricks |= trick.needless;
    } else if (isAlphanumeric(first)) state.tricks |= trick.spelled;
    return String.fromCharCode(first);
  }
  // Lenient UTF-8, as servers that take overlong forms read it.
  const more =
    first >= 0xfc ? 5 : first >= 0xf8 ? 4 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  let code = more === 0 ? -1 : first & (0x3f >> more);
  for (let index = 1; index <= more && code >= 0; index++) {
    const next = text.charCodeAt(at + index * 3) === 37 ? byteAt(text, at + index * 3 + 1) : -1;
    code = next >= 0x80 && next < 0xc0 ? (code << 6) | (next & 0x3f) : -1;
  }
  if (code < 0 || code > 0x10_ffff) {
    state.tricks |= trick.invalid;
    return String.fromCharCode(first);
  }
  state.length = 3 * (more + 1);
  const shortest = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
  if (more > shortest) state.tricks |= trick.overlong;
  return code >= 0xd800 && code < 0xe000 ? '\ufffd' : String.fromCodePoint(code);
}

function percentRound(text: string, round: number, state: { tricks: number; length: number }): string {
  let next = text.indexOf('%');
  if (next < 0) return text;
  let done = 0;
  let out = '';
  while (next >= 0) {
    const character = characterAt(text, next, round, state);
    if (state.length > 0) {
      out += text.slice(done, next) + character;
      done = next + state.length;
      next = text.indexOf('%', done);
    } else next = text.indexOf('%', next + 1);
  }
  return out + text.slice(done);
}

const namedEntities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  colon: ':',
  tab: '\t',
  newline: '\n',
  lpar: '(',
  rpar: ')',
  sol: '/',
  bsol: '\\',
  equals: '=',
  semi: ';',
  comma: ',',
  period: '.',
  grave: '`',
  dollar: '$',
  lcub: '{',
  rcub: '}',
  lsqb: '[',
  rsqb: ']',
  excl: '!',
  num: '#',
  nbsp: ' ',
  lbrace: '{',
  rbrace: '}',
  lbrack: '[',
  rbrack: ']',
  verbar: '|',
  vert: '|',
  ast: '*',
  commat: '@',
  percnt: '%',
  plus: '+',
  hyphen: '-',
  lowbar: '_',
  quest: '?',
};
const entity = /&(?:#(?:x0{0,7}([0-9a-f]{1,6})|0{0,7}([0-9]{1,7}));?|([a-z]{2,8});)/gi;
const scriptEscape = /\\(?:u\{0{0,4}([0-9a-f]{1,5})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|([0-3][0-7]{2}))/gi;

const ofCode = (code: number): string => (code <= 0x10_ffff ? String.fromCodePoint(code) : '\ufffd');

function withoutEntities(text: string, state: { tricks: number }): string {
  if (!text.includes('&')) return text;
  return text.replace(entity, (whole, hex?: string, decimal?: string, name?: string) => {
    const character =
      hex !== undefined
        ? ofCode(Number.parseInt(hex, 16))
        : decimal !== undefined
          ? ofCode(Number(decimal))
          : namedEntities[(name ?? '').toLowerCase()];
    if (character === undefined) return whole;
    state.tricks |= trick.entity;
    return character;
  });
}

function withoutEscapes(text: string, state: { tricks: number }): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    scriptEscape,
    (whole, braced?: string, unit?: string, byte?: string, octal?: string) => {
      const code =
        octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(braced ?? unit ?? byte ?? '', 16);
      if (octal !== undefined && (code < 32 || code > 126)) return whole;
      state.tricks |= trick.escape;
      return ofCode(code);
    },
  );
}

const fullWidth = /[\uff01-\uff5e]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
const unusual = /[\u0000-\u001f\u007f\ufffd]/;

function cleaned(text: string, state: { tricks: number }): string {
  let clean = text;
  if (fullWidth.test(clean))
    clean = clean.replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0));
  if (!unusual.test(clean)) return clean;
  if (clean.includes('\0')) {
    state.tricks |= trick.nullByte;
    clean = clean.replaceAll('\0', '');
  }
  if (/[\r\n]/.test(clean)) state.tricks |= trick.lineBreak;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  if (/[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(clean)) state.tricks |= trick.control;
  return clean;
}

/** @param plus whether `+` stands for a blank, as in a query */
export function decode(raw: string, plus: boolean): Decoded {
  const state = { tricks: 0, length: 0 };
  let text = plus && raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = percentRound(text, round, state);
    if (next === text) break;
    text = next;
  }
  text = cleaned(withoutEscapes(withoutEntities(text, state), state), state);
  return { text, tricks: state.tricks };
}

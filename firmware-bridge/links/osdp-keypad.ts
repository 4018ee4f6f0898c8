/** Keys become a code: digits until `#`, or until nobody presses any more. */

/** A pause this long between two keys begins a new code. */
export const KEY_PAUSE_MS = 10_000;
/** More digits than this are somebody playing. */
export const MAX_CODE_DIGITS = 12;
/** `#` or enter, and `*` or clear, as readers send them (clause 7.12). */
const ENTER: readonly number[] = [0x0d, 0x23];
const CLEAR: readonly number[] = [0x7f, 0x2a, 0x08];

export interface Keypad {
  digits: string;
  lastAtMs: number;
}

export const emptyKeypad: Keypad = { digits: '', lastAtMs: 0 };

/**
 * @param length codes of this length need no `#`
 * @returns the keypad as it is now, and each code that was completed
 */
export function pressed(
  before: Keypad,
  keys: Uint8Array,
  nowMs: number,
  length: number | undefined,
): { keypad: Keypad; codes: string[] } {
  let digits = nowMs - before.lastAtMs > KEY_PAUSE_MS ? '' : before.digits;
  const codes: string[] = [];
  for (const key of keys) {
    if (CLEAR.includes(key)) digits = '';
    else if (ENTER.includes(key)) {
      if (digits !== '') codes.push(digits);
      digits = '';
    } else if (key >= 0x30 && key <= 0x39) {
      digits += String.fromCharCode(key);
      if (digits.length > MAX_CODE_DIGITS) digits = '';
      else if (digits.length === length) {
        codes.push(digits);
        digits = '';
      }
    }
  }
  return { keypad: { digits, lastAtMs: nowMs }, codes };
}

import type { Readable, Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';

/** Shorter PINs are guessed. */
export const MIN_PIN_LENGTH = 4;
/** The page's keypad takes no more. */
const MAX_PIN_LENGTH = 12;

/** Shorter passwords of devices are not worth a hash. */
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 256;

type Read = string | { problem: string };
const firstLine = (text: string) => text.replace(/\r?\n[\s\S]*$/, '');

/** What a line of input is as a device's password. */
export function passwordFrom(line: string): Read {
  const password = firstLine(line);
  if (password.length < MIN_PASSWORD_LENGTH)
    return { problem: `a password needs at least ${MIN_PASSWORD_LENGTH} characters` };
  return password.length > MAX_PASSWORD_LENGTH
    ? { problem: `a password has at most ${MAX_PASSWORD_LENGTH} characters` }
    : password;
}

/** What a line of input is as a PIN. */
export function pinFrom(line: string): Read {
  const pin = firstLine(line).trim();
  if (!/^\d*$/.test(pin)) return { problem: 'a PIN has digits only: it is tapped on the page' };
  if (pin.length < MIN_PIN_LENGTH)
    return { problem: `a PIN needs at least ${MIN_PIN_LENGTH} digits; six are better` };
  if (pin.length > MAX_PIN_LENGTH) return { problem: `a PIN has at most ${MAX_PIN_LENGTH} digits` };
  return pin;
}

const isTerminal = (input: Readable): input is ReadStream => 'isTTY' in input && input.isTTY === true;

/** Reads one line; at a terminal it asks for `what` first and does not show what is typed. */
export async function readSecret(
  what: 'PIN' | 'Password',
  input: Readable,
  terminal: Writable,
): Promise<Read> {
  const from = what === 'PIN' ? pinFrom : passwordFrom;
  if (!isTerminal(input)) {
    let text = '';
    for await (const chunk of input) {
      text += String(chunk);
      if (text.includes('\n') || text.length > 1_000) break;
    }
    return from(text);
  }
  terminal.write(`${what} (not shown): `);
  input.setRawMode(true);
  try {
    let typed = '';
    for await (const chunk of input) {
      for (const key of String(chunk)) {
        if (key === '\u0003') return { problem: `no ${what}` };
        if (key === '\r' || key === '\n') return from(typed);
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1);
        else typed += key;
      }
    }
    return from(typed);
  } finally {
    input.setRawMode(false);
    terminal.write('\n');
  }
}

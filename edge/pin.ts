import type { Readable, Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';

/** Shorter PINs are guessed. */
export const MIN_PIN_LENGTH = 4;
const MAX_PIN_LENGTH = 64;

/** What a line of input is as a PIN. */
export function pinFrom(line: string): string | { problem: string } {
  const pin = line.replace(/\r?\n[\s\S]*$/, '').trim();
  if (pin.length < MIN_PIN_LENGTH)
    return { problem: `a PIN needs at least ${MIN_PIN_LENGTH} digits; six are better` };
  if (pin.length > MAX_PIN_LENGTH) return { problem: `a PIN has at most ${MAX_PIN_LENGTH} digits` };
  return pin;
}

const isTerminal = (input: Readable): input is ReadStream => 'isTTY' in input && input.isTTY === true;

/** Reads one line; at a terminal it asks first and does not show what is typed. */
export async function readPin(input: Readable, terminal: Writable): Promise<string | { problem: string }> {
  if (!isTerminal(input)) {
    let text = '';
    for await (const chunk of input) {
      text += String(chunk);
      if (text.includes('\n') || text.length > 1_000) break;
    }
    return pinFrom(text);
  }
  terminal.write('PIN (not shown): ');
  input.setRawMode(true);
  try {
    let typed = '';
    for await (const chunk of input) {
      for (const key of String(chunk)) {
        if (key === '\u0003') return { problem: 'no PIN' };
        if (key === '\r' || key === '\n') return pinFrom(typed);
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1);
        else typed += key;
      }
    }
    return pinFrom(typed);
  } finally {
    input.setRawMode(false);
    terminal.write('\n');
  }
}

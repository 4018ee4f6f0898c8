/**
 * The hash chain of a lane. It costs more than all the rest of a commit and follows from what is on disk, so it is
 * not computed before a commit is told but right after, while the gateway already stages the next; lines on disk
 * have a blank slot, and each section names the chain value before it.
 */
import { hash } from 'node:crypto';
import { CHAIN_SLOT_BYTES } from './frame.ts';

const DIGITS = CHAIN_SLOT_BYTES - 1;
const SPACE = 32;

/**
 * Completes staged lines in place: the slot, in which the line's length stands, gets the chain value. It lends
 * room for the value before it, so that a record costs no copy.
 * @returns the chain value of the last line
 */
export function chainLines(
  staged: Uint8Array,
  previous: string,
  onLine?: (start: number, end: number) => void,
): string {
  const bytes = Buffer.from(staged.buffer, staged.byteOffset, staged.byteLength);
  let chain = previous;
  for (let start = 0; start + CHAIN_SLOT_BYTES < bytes.length; ) {
    const end = start + bytes.readUInt32LE(start);
    if (end <= start + CHAIN_SLOT_BYTES || end > bytes.length)
      throw new RangeError('outbox: line of an impossible length');
    const json = start + CHAIN_SLOT_BYTES;
    bytes.write(chain, json - DIGITS, DIGITS, 'latin1');
    chain = hash('sha256', bytes.subarray(json - DIGITS, end - 1), 'hex');
    bytes.write(chain, start, DIGITS, 'latin1');
    bytes[json - 1] = SPACE;
    onLine?.(start, end);
    start = end;
  }
  return chain;
}

/** The chain value that a lane's next record follows, computed when it is asked for. */
export class RunningChain {
  #value: string;
  #pending: Uint8Array[] = [];

  constructor(value: string) {
    this.#value = value;
  }

  /** These staged lines come next; they must not change until the value was asked for. */
  extend(lines: Uint8Array): void {
    this.#pending.push(lines);
  }

  get value(): string {
    for (const lines of this.#pending.splice(0)) this.#value = chainLines(lines, this.#value);
    return this.#value;
  }

  set value(value: string) {
    this.#pending = [];
    this.#value = value;
  }
}

/** Takes syslog messages out of a TCP stream, RFC 6587: counted octets, or ended by a line feed. Pure. */

/** A message, or the beginning of one that is longer than allowed or is no frame. */
export type SyslogFrame = { message: Uint8Array } | { refused: string; raw: Uint8Array };

const LINE_FEED = 0x0a;
const NUL = 0x00;
/** `1234567 `: nobody counts further than this. */
const MAX_COUNT_DIGITS = 7;
const counted = /^([1-9]\d{0,6}) </;
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** One connection's decoder. How a frame begins tells how it is delimited, so senders may even change. */
export class SyslogDeframer {
  readonly #maxBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** Octets of a frame that is too long, yet to be passed over; Infinity: up to the next line feed. */
  #passOver = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a message has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#passOver > 0 || this.#buffer.length > 0;
  }

  push(chunk: Uint8Array): SyslogFrame[] {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    const frames: SyslogFrame[] = [];
    for (let more = true; more; ) more = this.#step(frames);
    return frames;
  }

  /** The stream has ended: a line without its line feed is a line, half of a counted frame is none. */
  end(): SyslogFrame[] {
    const rest = this.#trimmed(this.#buffer);
    const isPassedOver = this.#passOver > 0;
    this.#buffer = Buffer.alloc(0);
    this.#passOver = 0;
    if (isPassedOver || rest.length === 0) return [];
    if (counted.test(rest.subarray(0, MAX_COUNT_DIGITS + 2).toString('latin1')))
      return [{ refused: 'the connection ended within a counted frame', raw: rest }];
    return [{ message: rest }];
  }

  /** Takes one frame from the buffer; false: there is no whole one. */
  #step(frames: SyslogFrame[]): boolean {
    if (this.#passOver > 0) return this.#skip();
    let start = 0;
    // Some end a counted frame with a line feed that they did not count, some end a line with a NUL.
    while (this.#buffer[start] === LINE_FEED || this.#buffer[start] === NUL) start++;
    this.#buffer = this.#buffer.subarray(start);
    if (this.#buffer.length === 0) return false;
    if (isDigit(this.#buffer[0])) {
      const begin = this.#buffer.subarray(0, MAX_COUNT_DIGITS + 2).toString('latin1');
      const count = counted.exec(begin)?.[1];
      if (count !== undefined) return this.#takeCounted(frames, count.length + 1, Number(count));
      // Not yet enough to tell a count from a line that begins with a number.
      if (/^[1-9]\d{0,6} ?$/.test(begin) && begin.length < MAX_COUNT_DIGITS + 2) return false;
    }
    return this.#takeLine(frames);
  }

  #takeCounted(frames: SyslogFrame[], from: number, length: number): boolean {
    if (length > this.#maxBytes) {
      const raw = this.#buffer.subarray(from, from + Math.min(length, this.#maxBytes));
      frames.push({ refused: `a frame of ${length} bytes, longer than ${this.#maxBytes}`, raw });
      this.#buffer = this.#buffer.subarray(from);
      this.#passOver = length;
      return true;
    }
    if (this.#buffer.length < from + length) return false;
    const message = this.#trimmed(this.#buffer.subarray(from, from + length));
    if (message.length > 0) frames.push({ message });
    this.#buffer = this.#buffer.subarray(from + length);
    return true;
  }

  #takeLine(frames: SyslogFrame[]): boolean {
    const end = this.#buffer.indexOf(LINE_FEED);
    const length = end < 0 ? this.#buffer.length : end;
    if (length > this.#maxBytes) {
      const raw = this.#buffer.subarray(0, this.#maxBytes);
      frames.push({ refused: `a line longer than ${this.#maxBytes} bytes`, raw });
      this.#passOver = Number.POSITIVE_INFINITY;
      return true;
    }
    if (end < 0) return false;
    const message = this.#trimmed(this.#buffer.subarray(0, end));
    if (message.length > 0) frames.push({ message });
    this.#buffer = this.#buffer.subarray(end + 1);
    return true;
  }

  #skip(): boolean {
    if (this.#passOver !== Number.POSITIVE_INFINITY) {
      const skipped = Math.min(this.#passOver, this.#buffer.length);
      this.#passOver -= skipped;
      this.#buffer = this.#buffer.subarray(skipped);
      return this.#passOver === 0;
    }
    const end = this.#buffer.indexOf(LINE_FEED);
    this.#buffer = end < 0 ? Buffer.alloc(0) : this.#buffer.subarray(end + 1);
    if (end >= 0) this.#passOver = 0;
    return end >= 0;
  }

  #trimmed(bytes: Buffer): Buffer {
    let end = bytes.length;
    while (end > 0 && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === NUL || bytes[end - 1] === 0x0d))
      end--;
    return bytes.subarray(0, end);
  }
}

/**
 * Fields of a line in the `combined` or `common` log format, as nginx and Apache write them, with or without a
 * virtual host before it and further fields behind it. Written as a scanner, not as one expression: the
 * quoted parts come from strangers.
 */
import { millisecondsOf, monthOf, offsetMs, utcOf } from './instants.ts';
import { textOf } from './plain-text.ts';

export interface AccessLine {
  /** Only in `vhost_combined`: `shop.example:443`. */
  virtualHost?: string;
  /** An address, or a name where the server looks it up. */
  client: string;
  remoteUser?: string;
  at: number;
  /** The request line as the client sent it. */
  request: string;
  status: number;
  /** Bytes of the answer's body; `-` is none. */
  bytes: number;
  referer?: string;
  userAgent?: string;
  /** What follows the user agent, quoted or not. */
  further: string[];
}

/** More fields than this behind the known ones are passed over. */
const MAX_FURTHER_FIELDS = 16;

class Scanner {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  get done(): boolean {
    return this.#at >= this.#text.length;
  }
  peek(): string {
    return this.#text.charAt(this.#at);
  }
  /** Up to the next blank; undefined at the end. */
  word(): string | undefined {
    this.skipBlanks();
    if (this.done) return undefined;
    const end = this.#text.indexOf(' ', this.#at);
    const word = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end;
    return word;
  }
  skipBlanks(): void {
    while (this.#text.charAt(this.#at) === ' ') this.#at++;
  }
  mark(): number {
    return this.#at;
  }
  moveTo(position: number): void {
    this.#at = position;
  }
  /** `"…"` with escapes; undefined where no closed quotation stands. */
  quoted(): string | undefined {
    this.skipBlanks();
    if (this.peek() !== '"') return undefined;
    for (let end = this.#at + 1; end < this.#text.length; end++) {
      const character = this.#text.charAt(end);
      if (character === '\\') end++;
      else if (character === '"') {
        const inside = this.#text.slice(this.#at + 1, end);
        this.#at = end + 1;
        return withoutEscapes(inside);
      }
    }
    return undefined;
  }
}

const plainEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  b: '\b',
  f: '\f',
};

/** Undoes `\"`, `\\`, `\n` and `\xHH` (nginx and Apache), `\uHHHH` (nginx with escape=json). */
function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\\', at);
    parts.push(Buffer.from(text.slice(at, next < 0 ? undefined : next)));
    if (next < 0) break;
    const byte = /^x([0-9A-Fa-f]{2})/.exec(text.slice(next + 1, next + 4))?.[1];
    const unit = /^u([0-9A-Fa-f]{4})/.exec(text.slice(next + 1, next + 6))?.[1];
    if (byte !== undefined) {
      parts.push(Uint8Array.of(Number.parseInt(byte, 16)));
      at = next + 4;
    } else if (unit !== undefined) {
      parts.push(Buffer.from(String.fromCharCode(Number.parseInt(unit, 16))));
      at = next + 6;
    } else {
      const character = text.charAt(next + 1);
      parts.push(Buffer.from(plainEscapes[character] ?? character));
      at = next + 2;
    }
  }
  return textOf(Buffer.concat(parts));
}

const accessTime = /^(\d{2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))? ([+-]\d{4})$/;

function accessInstant(text: string): number | undefined {
  const match = accessTime.exec(text);
  if (match === null) return undefined;
  const month = monthOf(match[2] ?? '');
  const offset = offsetMs(match[8] ?? '');
  if (month === undefined || offset === undefined) return undefined;
  const utc = utcOf({
    year: Number(match[3]),
    month,
    day: Number(match[1]),
    hour: Number(match[4]),
    minute: Number(match[5]),
    second: Number(match[6]),
    millisecond: millisecondsOf(match[7]),
  });
  return utc === undefined || utc < offset ? undefined : utc - offset;
}

/** A user's name may hold brackets, but no quotation mark: the time is what stands before the first of those. */
const timeStart = (line: string, from: number): number => {
  const quotation = line.indexOf('] "', from);
  return quotation < 0 ? -1 : line.lastIndexOf('[', quotation);
};

const given = (text: string | undefined): string | undefined =>
  text === undefined || text === '-' || text === '' ? undefined : text;

/** Pure. A text says what is wrong with the line. */
export function readAccessLine(line: string): AccessLine | string {
  const scanner = new Scanner(line);
  const first = scanner.word();
  const open = timeStart(line, scanner.mark());
  const close = open < 0 ? -1 : line.indexOf(']', open);
  if (first === undefined || close < 0 || open < scanner.mark()) return 'no time in square brackets';
  // Between the client and the time: [client of vhost_combined] identity user. A user's name may hold blanks.
  const between = line
    .slice(scanner.mark(), open)
    .split(' ')
    .filter((part) => part !== '');
  if (between.length < 2) return 'expected client, identity and user before the time';
  const hasVirtualHost = between.length > 2 && /:\d{1,5}$/.test(first) && /[.:]/.test(between[0] ?? '');
  const virtualHost = hasVirtualHost ? first : undefined;
  const client = hasVirtualHost ? (between.shift() ?? first) : first;
  const remoteUser = given(between.slice(1).join(' '));
  const at = accessInstant(line.slice(open + 1, close));
  if (at === undefined) return 'the time is not like [23/Nov/2026:07:00:01 +0100]';
  scanner.moveTo(close + 1);
  const request = scanner.quoted();
  if (request === undefined) return 'no request in quotation marks';
  const status = scanner.word();
  if (status === undefined || !/^\d{3}$/.test(status)) return 'no status of three digits after the request';
  const bytes = scanner.word();
  if (bytes === undefined || !/^(?:-|\d{1,15})$/.test(bytes)) return 'no number of bytes after the status';
  const referer = given(scanner.quoted());
  const userAgent = given(scanner.quoted());
  const further: string[] = [];
  while (!scanner.done && further.length < MAX_FURTHER_FIELDS) {
    const field = scanner.quoted() ?? scanner.word();
    if (field === undefined) break;
    further.push(field);
  }
  return {
    client,
    at,
    request,
    status: Number(status),
    bytes: bytes === '-' ? 0 : Number(bytes),
    further,
    ...(virtualHost === undefined ? {} : { virtualHost }),
    ...(remoteUser === undefined ? {} : { remoteUser }),
    ...(referer === undefined ? {} : { referer }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

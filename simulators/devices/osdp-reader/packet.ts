/**
 * OSDP packets as a reader sees them. Written from the standard for the reader's side alone: a panel that is tried
 * against this is tried against a second understanding of it.
 */

/** What a panel has sent, taken apart. */
export interface Packet {
  /** The whole of it, from the start byte to the check. */
  raw: Buffer;
  address: number;
  fromReader: boolean;
  sequence: number;
  usesCrc: boolean;
  /** Type of the security block and what follows it in the block. */
  block: { type: number; rest: Buffer } | undefined;
  code: number;
  body: Buffer;
  mac: Buffer | undefined;
}

const START = 0x53;
const LONGEST = 1_440;

export function crcOf(of: Uint8Array): number {
  let remainder = 0x1d0f;
  for (let index = 0; index < of.length * 8; index++) {
    const bit = ((of[index >> 3] ?? 0) >> (7 - (index & 7))) & 1;
    const carry = (remainder >> 15) ^ bit;
    remainder = (remainder << 1) & 0xffff;
    if (carry) remainder ^= 0x1021;
  }
  return remainder;
}

export const sumOf = (of: Uint8Array): number =>
  (0x100 - (of.reduce((sum, byte) => sum + byte, 0) & 0xff)) & 0xff;

function takeApart(raw: Buffer): Packet | undefined {
  const control = raw.readUInt8(4);
  const usesCrc = (control & 4) !== 0;
  const end = raw.length - (usesCrc ? 2 : 1);
  if (end < 6) return undefined;
  const good = usesCrc
    ? raw.readUInt16LE(end) === crcOf(raw.subarray(0, end))
    : raw.readUInt8(end) === sumOf(raw.subarray(0, end));
  if (!good) return undefined;
  let from = 5;
  let block: Packet['block'];
  let until = end;
  if (control & 8) {
    const size = raw.readUInt8(5);
    if (size < 2 || from + size >= end) return undefined;
    block = { type: raw.readUInt8(6), rest: raw.subarray(7, 5 + size) };
    from += size;
    if (block.type >= 0x15) until = end - 4;
    if (until <= from) return undefined;
  }
  return {
    raw,
    address: raw.readUInt8(1) & 0x7f,
    fromReader: raw.readUInt8(1) >= 0x80,
    sequence: control & 3,
    usesCrc,
    block,
    code: raw.readUInt8(from),
    body: raw.subarray(from + 1, until),
    mac: until === end ? undefined : raw.subarray(until, end),
  };
}

/** Cuts packets out of the bytes of a line. */
export class PacketCutter {
  #held = Buffer.alloc(0);

  push(bytes: Uint8Array): Packet[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const packets: Packet[] = [];
    for (;;) {
      const start = this.#held.indexOf(START);
      this.#held = start < 0 ? Buffer.alloc(0) : this.#held.subarray(start);
      if (this.#held.length < 5) return packets;
      const size = this.#held.readUInt16LE(2);
      if (size < 7 || size > LONGEST) this.#held = this.#held.subarray(1);
      else if (this.#held.length < size) return packets;
      else {
        const packet = takeApart(this.#held.subarray(0, size));
        if (packet !== undefined) packets.push(packet);
        this.#held = this.#held.subarray(packet === undefined ? 1 : size);
      }
    }
  }

  /** A line that has been quiet: what had begun is over. */
  clear(): void {
    this.#held = Buffer.alloc(0);
  }
}

export interface Answer {
  address: number;
  sequence: number;
  usesCrc: boolean;
  block?: { type: number; rest: Buffer };
  code: number;
  body: Buffer;
}

/** Everything before MAC and check, with a length that already counts both. */
export function headOf(answer: Answer): Buffer {
  const { block, body, usesCrc } = answer;
  const blockBytes =
    block === undefined ? Buffer.alloc(0) : Buffer.from([block.rest.length + 2, block.type, ...block.rest]);
  const withMac = (block?.type ?? 0) >= 0x15;
  const size = 5 + blockBytes.length + 1 + body.length + (withMac ? 4 : 0) + (usesCrc ? 2 : 1);
  const control = answer.sequence | (usesCrc ? 4 : 0) | (block === undefined ? 0 : 8);
  const header = Buffer.from([START, answer.address | 0x80, size & 0xff, size >> 8, control]);
  return Buffer.concat([header, blockBytes, Buffer.from([answer.code]), body]);
}

/** With its MAC, where it has one, and the check. */
export function closed(head: Buffer, mac: Buffer | undefined, usesCrc: boolean): Buffer {
  const all = mac === undefined ? head : Buffer.concat([head, mac]);
  const check = Buffer.alloc(usesCrc ? 2 : 1);
  if (usesCrc) check.writeUInt16LE(crcOf(all));
  else check.writeUInt8(sumOf(all));
  return Buffer.concat([all, check]);
}

/** DER (ITU-T X.690): elements written out, and a strict reader that takes no other encoding of the same. */

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** @throws RangeError for a body of 64 KiB or more: nothing here is that long */
export function derElement(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length > 0xffff) throw new RangeError('too long for an element');
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(kind, ...size), body]);
}

export const derSequence = (...parts: readonly Uint8Array[]): Buffer => derElement(derTag.sequence, ...parts);

export interface DerElement {
  tag: number;
  body: Buffer;
  /** With its tag and length. */
  whole: Buffer;
}

/** Elements one after the other; undefined where it is not DER or ends early. One byte of tag, 64 KiB at most. */
export function derElements(bytes: Uint8Array): DerElement[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: DerElement[] = [];
  let at = 0;
  while (at < buffer.length) {
    const tag = buffer[at] ?? 0;
    const first = buffer[at + 1];
    if (first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    let [length, head] = [first, 2];
    if (first === 0x81) [length, head] = [buffer[at + 2] ?? 0, 3];
    else if (first === 0x82) [length, head] = [((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0), 4];
    else if (first >= 0x80) return undefined;
    // Section 10.1: the shortest form of a length.
    if ((head === 3 && length < 0x80) || (head === 4 && length < 0x100)) return undefined;
    const end = at + head + length;
    if (end > buffer.length) return undefined;
    elements.push({ tag, body: buffer.subarray(at + head, end), whole: buffer.subarray(at, end) });
    at = end;
  }
  return elements;
}

/** What is inside one sequence that is the whole of the bytes. */
export function derSequenceOf(bytes: Uint8Array): DerElement[] | undefined {
  const outer = derElements(bytes);
  const [only] = outer ?? [];
  return outer?.length === 1 && only?.tag === derTag.sequence ? derElements(only.body) : undefined;
}

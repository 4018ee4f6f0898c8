/**
 * The wire format of Protocol Buffers, as far as Sparkplug needs it: fields one after the other, each with its number
 * and its wire type. Strict: whatever is cut off, too long or of an unknown wire type is refused as a whole.
 */

/** A field of a message. Groups (wire types 3 and 4) are long out of use and refused. */
export type ProtobufField =
  | { number: number; type: 'varint'; value: bigint }
  | { number: number; type: 'fixed64' | 'fixed32' | 'bytes'; value: Uint8Array };

/** Bytes that are no message. */
export class ProtobufError extends Error {}

const MAX_VARINT_BYTES = 10;
const MAX_FIELD_NUMBER = 536_870_911;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function varint(cursor: Cursor): bigint {
  let value = 0n;
  for (let length = 0; length < MAX_VARINT_BYTES; length++) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) throw new ProtobufError('it ends in the middle of a number');
    cursor.at++;
    value |= BigInt(byte & 0x7f) << BigInt(7 * length);
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new ProtobufError(`a number of more than ${MAX_VARINT_BYTES} bytes`);
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (end > cursor.bytes.length)
    throw new ProtobufError(`a field of ${length} bytes where ${cursor.bytes.length - cursor.at} are left`);
  const taken = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
}

/**
 * @param most fields, at most
 * @throws ProtobufError
 */
export function fieldsOf(bytes: Uint8Array, most: number): ProtobufField[] {
  const cursor: Cursor = { bytes, at: 0 };
  const fields: ProtobufField[] = [];
  while (cursor.at < bytes.length) {
    if (fields.length >= most) throw new ProtobufError(`more than ${most} fields`);
    const tag = Number(varint(cursor));
    const number = Math.floor(tag / 8);
    if (number < 1 || number > MAX_FIELD_NUMBER) throw new ProtobufError(`there is no field ${number}`);
    switch (tag % 8) {
      case 0:
        fields.push({ number, type: 'varint', value: varint(cursor) });
        break;
      case 1:
        fields.push({ number, type: 'fixed64', value: take(cursor, 8) });
        break;
      case 2:
        fields.push({ number, type: 'bytes', value: take(cursor, Number(varint(cursor))) });
        break;
      case 5:
        fields.push({ number, type: 'fixed32', value: take(cursor, 4) });
        break;
      default:
        throw new ProtobufError(`field ${number} has the unknown wire type ${tag % 8}`);
    }
  }
  return fields;
}

function writeVarint(value: bigint, into: number[]): void {
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    into.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  into.push(Number(rest));
}

/** A message from its fields. */
export function messageOf(fields: readonly ProtobufField[]): Uint8Array {
  const bytes: number[] = [];
  const wireTypes = { varint: 0n, fixed64: 1n, bytes: 2n, fixed32: 5n } as const;
  for (const field of fields) {
    writeVarint(BigInt(field.number) * 8n + wireTypes[field.type], bytes);
    if (field.type === 'varint') writeVarint(field.value, bytes);
    else {
      if (field.type === 'bytes') writeVarint(BigInt(field.value.length), bytes);
      for (const byte of field.value) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

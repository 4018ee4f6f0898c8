/** Reads Intel HEX, the form in which firmware for a microcontroller is handed around. */

/** Flash of an ATmega328P in bytes. */
export const FLASH_BYTES = 32 * 1024;

const DATA = 0x00;
const END_OF_FILE = 0x01;
const EXTENDED_SEGMENT_ADDRESS = 0x02;
const START_SEGMENT_ADDRESS = 0x03;
const EXTENDED_LINEAR_ADDRESS = 0x04;
const START_LINEAR_ADDRESS = 0x05;

/**
 * The flash's words; what the file does not mention stays erased (0xffff).
 * @throws Error that names the line and what is wrong with it
 */
export function parseIntelHex(text: string): Uint16Array {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  let base = 0;
  let ended = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || ended) continue;
    const record = recordOf(line.trim(), index + 1);
    switch (record.kind) {
      case DATA: {
        const address = base + record.address;
        if (address + record.data.length > FLASH_BYTES)
          throw new Error(
            `line ${index + 1}: address ${address} is beyond the flash of ${FLASH_BYTES} bytes`,
          );
        flash.set(record.data, address);
        break;
      }
      case END_OF_FILE:
        ended = true;
        break;
      case EXTENDED_SEGMENT_ADDRESS:
        base = number16(record.data) * 16;
        break;
      case EXTENDED_LINEAR_ADDRESS:
        base = number16(record.data) * 0x10000;
        break;
      case START_SEGMENT_ADDRESS:
      case START_LINEAR_ADDRESS:
        break;
      default:
        throw new Error(`line ${index + 1}: unknown record type ${record.kind}`);
    }
  }
  if (!ended) throw new Error('the end-of-file record is missing: the file was cut off');
  return new Uint16Array(flash.buffer);
}

const number16 = (data: Uint8Array): number => ((data[0] ?? 0) << 8) | (data[1] ?? 0);

function recordOf(line: string, lineNumber: number): { kind: number; address: number; data: Uint8Array } {
  const bytes = /^:(?:[0-9a-f]{2}){5,}$/i.test(line) ? Buffer.from(line.slice(1), 'hex') : Buffer.alloc(0);
  const [length = 0, high = 0, low = 0, kind = 0] = bytes;
  if (bytes.length === 0 || bytes.length !== length + 5)
    throw new Error(`line ${lineNumber}: not a whole record of Intel HEX`);
  // All bytes of a record, its checksum included, sum up to 0 modulo 256.
  if (bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0) !== 0)
    throw new Error(`line ${lineNumber}: the checksum is wrong`);
  return { kind, address: (high << 8) | low, data: bytes.subarray(4, 4 + length) };
}

/**
 * Modbus requests and responses (Modbus Application Protocol 1.1b3), and how they are framed on a serial line (Modbus over
 * Serial Line 1.02, RTU) and in the network (Modbus Messaging on TCP/IP 1.0b). Pure; never throws on input.
 */
import type { AnswerSoFar } from '../links/polling.ts';

/** Registers of one request (6.3). */
export const MAX_REGISTERS = 125;

export type Request =
  | { kind: 'read'; table: 'holding' | 'input'; address: number; count: number }
  | { kind: 'write'; address: number; value: number };

export type Response = { registers: number[] } | { written: true } | { exception: number };

const exceptions: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'device failure',
  5: 'acknowledge',
  6: 'device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target does not respond',
};
export const exceptionText = (code: number): string => exceptions[code] ?? `exception ${code}`;

/** CRC-16 of Modbus: polynomial 0xA001 reflected, begun with 0xFFFF (RTU, 6.2.2). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

const functionOf = (request: Request): number =>
  request.kind === 'write' ? 6 : request.table === 'holding' ? 3 : 4;

function pduOf(request: Request): number[] {
  const { address } = request;
  const last = request.kind === 'write' ? request.value : request.count;
  return [functionOf(request), address >> 8, address & 0xff, (last >> 8) & 0xff, last & 0xff];
}

/** How long the response's PDU is, from its first two bytes; undefined: it is none to this request. */
function pduLength(request: Request, [code, second]: readonly number[]): number | undefined {
  const wanted = functionOf(request);
  if (code === (wanted | 0x80)) return 2;
  if (code !== wanted) return undefined;
  if (request.kind === 'write') return 5;
  return second === request.count * 2 ? 2 + second : undefined;
}

function responseOf(request: Request, pdu: Uint8Array): Response | undefined {
  const [code = 0, second = 0] = pdu;
  if (code & 0x80) return { exception: second };
  if (request.kind === 'write') {
    const echo = pduOf(request);
    return pdu.every((byte, index) => byte === echo[index]) ? { written: true } : undefined;
  }
  const view = new DataView(pdu.buffer, pdu.byteOffset, pdu.byteLength);
  return { registers: Array.from({ length: request.count }, (_, index) => view.getUint16(2 + index * 2)) };
}

/** A request with the unit's address in front and the CRC behind, low byte first. */
export function rtuRequest(unit: number, request: Request): Uint8Array {
  const frame = [unit, ...pduOf(request)];
  const crc = crc16(Uint8Array.from(frame));
  return Uint8Array.from([...frame, crc & 0xff, crc >> 8]);
}

/**
 * Finds the response among what was heard. Its length follows from its beginning, so that gaps that an adapter or a busy
 * machine tears into it do no harm; noise before it is passed over, because nothing else has its CRC.
 */
export function readRtuResponse(unit: number, request: Request, heard: Uint8Array): AnswerSoFar<Response> {
  let isOpen = heard.length < 5;
  for (let at = 0; at + 5 <= heard.length; at++) {
    if (heard[at] !== unit) continue;
    const length = pduLength(request, [heard[at + 1] ?? 0, heard[at + 2] ?? 0]);
    if (length === undefined) continue;
    const end = at + 1 + length + 2;
    if (end > heard.length) {
      isOpen = true;
      continue;
    }
    const frame = heard.subarray(at, end - 2);
    if (crc16(frame) !== (heard[end - 2] ?? 0) + (heard[end - 1] ?? 0) * 256) continue;
    const response = responseOf(request, frame.slice(1));
    if (response !== undefined) return { answer: response };
  }
  // Noise may stand before what is still to come: only time tells that there is none.
  return isOpen || heard.length < 512 ? 'incomplete' : { unusable: 'noise' };
}

/** MBAP header: transaction, protocol 0, length, unit (3.1.3). */
export function tcpRequest(transaction: number, unit: number, request: Request): Uint8Array {
  const pdu = pduOf(request);
  return Uint8Array.from([transaction >> 8, transaction & 0xff, 0, 0, 0, pdu.length + 1, unit, ...pdu]);
}

const HEADER_BYTES = 7;
/** A PDU has 253 bytes at most. */
const MAX_LENGTH = 254;

export function readTcpResponse(
  transaction: number,
  unit: number,
  request: Request,
  heard: Uint8Array,
): AnswerSoFar<Response> {
  const view = new DataView(heard.buffer, heard.byteOffset, heard.byteLength);
  for (let at = 0; at + HEADER_BYTES <= heard.length; ) {
    const length = view.getUint16(at + 4);
    // The stream has lost its step, and will not find it again.
    if (view.getUint16(at + 2) !== 0 || length < 3 || length > MAX_LENGTH)
      return { unusable: 'no header of Modbus TCP' };
    const end = at + 6 + length;
    if (end > heard.length) return 'incomplete';
    // An answer to an earlier question that came too late is passed over.
    if (view.getUint16(at) === transaction && heard[at + 6] === unit) {
      const pdu = heard.slice(at + HEADER_BYTES, end);
      if (pduLength(request, [pdu[0] ?? 0, pdu[1] ?? 0]) !== pdu.length)
        return { unusable: 'an answer to another question' };
      const response = responseOf(request, pdu);
      return response === undefined ? { unusable: 'not what was written' } : { answer: response };
    }
    at = end;
  }
  return 'incomplete';
}

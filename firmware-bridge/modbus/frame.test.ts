import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16, type Request, readRtuResponse, readTcpResponse, rtuRequest, tcpRequest } from './frame.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('frames of the specification', () => {
  it('a request has unit, function, address, count and CRC, low byte first', () => {
    // Printed in many manuals: read ten holding registers from 0 of unit 1.
    const read: Request = { kind: 'read', table: 'holding', address: 0, count: 10 };
    expect(rtuRequest(1, read)).toEqual(hex('01 03 00 00 00 0A C5 CD'));
    expect(tcpRequest(0x1234, 1, read)).toEqual(hex('12 34 00 00 00 06 01 03 00 00 00 0A'));
    // Written register, chapter 6.6: 0003 hex into register 1.
    const write: Request = { kind: 'write', address: 1, value: 3 };
    expect(tcpRequest(1, 17, write)).toEqual(hex('00 01 00 00 00 06 11 06 00 01 00 03'));
    expect(crc16(Buffer.from('123456789'))).toBe(0x4b37);
  });
});

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    kind: fc.constant('read' as const),
    table: fc.constantFrom('holding' as const, 'input' as const),
    address: fc.nat(0xffff),
    count: fc.integer({ min: 1, max: 125 }),
  }),
  fc.record({ kind: fc.constant('write' as const), address: fc.nat(0xffff), value: fc.nat(0xffff) }),
);

/** A device's answer: registers that count up from `first`. */
function pduFor(to: Request, first: number): number[] {
  if (to.kind === 'write') return [6, to.address >> 8, to.address & 0xff, to.value >> 8, to.value & 0xff];
  const values = Array.from({ length: to.count }, (_, index) => (first + index) & 0xffff);
  return [
    to.table === 'holding' ? 3 : 4,
    to.count * 2,
    ...values.flatMap((value) => [value >> 8, value & 0xff]),
  ];
}

function rtuFrame(unit: number, pdu: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from([unit, ...pdu]));
  return Uint8Array.from([unit, ...pdu, crc & 0xff, crc >> 8]);
}

describe('a response', () => {
  it('is found behind noise, as soon as it is whole and not before', () => {
    fc.assert(
      fc.property(
        request,
        fc.integer({ min: 1, max: 247 }),
        fc.nat(0xffff),
        fc.uint8Array({ maxLength: 12 }),
        (to, unit, first, noise) => {
          const frame = rtuFrame(unit, pduFor(to, first));
          const heard = Buffer.concat([noise, frame]);
          const expected =
            to.kind === 'write'
              ? { written: true }
              : { registers: Array.from({ length: to.count }, (_, index) => (first + index) & 0xffff) };
          expect(readRtuResponse(unit, to, heard)).toEqual({ answer: expected });
          expect(readRtuResponse(unit, to, frame.subarray(0, -1))).toBe('incomplete');
        },
      ),
    );
  });

  it('with one changed bit is none', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.nat(7), (to, where, bit) => {
        const frame = rtuFrame(9, pduFor(to, 7));
        const at = where % frame.length;
        frame[at] = (frame[at] ?? 0) ^ (1 << bit);
        expect(readRtuResponse(9, to, frame)).not.toHaveProperty('answer');
      }),
    );
  });

  it('of another unit or to another question is none; an exception is one', () => {
    const to: Request = { kind: 'read', table: 'input', address: 4, count: 2 };
    expect(readRtuResponse(1, to, rtuFrame(2, pduFor(to, 1)))).toBe('incomplete');
    expect(readRtuResponse(1, to, rtuFrame(1, pduFor({ ...to, table: 'holding' }, 1)))).toBe('incomplete');
    expect(readRtuResponse(1, to, rtuFrame(1, [0x84, 2]))).toEqual({ answer: { exception: 2 } });
  });

  it('over TCP: a late one to an earlier question is passed over', () => {
    fc.assert(
      fc.property(request, request, fc.nat(0xfffe), (earlier, to, transaction) => {
        const framed = (id: number, pdu: readonly number[]) => [
          id >> 8,
          id & 0xff,
          0,
          0,
          (pdu.length + 1) >> 8,
          (pdu.length + 1) & 0xff,
          3,
          ...pdu,
        ];
        const late = framed(transaction, pduFor(earlier, 1));
        const now = framed(transaction + 1, pduFor(to, 2));
        const heard = Uint8Array.from([...late, ...now]);
        expect(readTcpResponse(transaction + 1, 3, to, heard)).toHaveProperty('answer');
        expect(readTcpResponse(transaction + 1, 3, to, heard.subarray(0, -1))).toBe('incomplete');
      }),
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(request, fc.uint8Array({ maxLength: 300 }), (to, noise) => {
        readRtuResponse(1, to, noise);
        readTcpResponse(1, 1, to, noise);
      }),
      { numRuns: 1_000 },
    );
  });
});

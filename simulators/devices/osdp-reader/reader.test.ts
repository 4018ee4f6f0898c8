import { expect, test } from 'vitest';
import { cardFrom, wiegand26 } from './card.ts';
import { closed, crcOf, PacketCutter, sumOf } from './packet.ts';
import { SimulatedReader } from './reader.ts';

const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex');
const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const command = (address: number, sequence: number, code: number, body = '', usesCrc = true): Buffer => {
  const data = bytes(body);
  const size = 6 + data.length + (usesCrc ? 2 : 1);
  const head = Buffer.from([0x53, address, size, 0, sequence | (usesCrc ? 4 : 0), code, ...data]);
  return closed(head, undefined, usesCrc);
};

test('checks are those of the standard', () => {
  expect(crcOf(bytes('53 65 08 00 04 60'))).toBe(0x9060);
  expect(crcOf(bytes('53 7f 0d 00 04 6e 00 80 25 00 00'))).toBe(0x386e);
  expect(sumOf(bytes('53 00 08 00 00 61 00'))).toBe(0x44);
});

test('under enforced security a poll in clear is refused, who it is and what it can are told', () => {
  const reader = new SimulatedReader({ address: 1 });
  expect(hex(reader.hear(command(1, 0, 0x60))[0] ?? bytes(''))).toMatch(/^5381090004 ?4106/);
  expect(reader.hear(command(1, 1, 0x61, '00'))[0]?.readUInt8(5)).toBe(0x45);
  expect(reader.hear(command(1, 2, 0x62, '00'))[0]?.readUInt8(5)).toBe(0x46);
});

test('a repeated sequence is answered with the same words, a wrong one is refused', () => {
  const reader = new SimulatedReader({ address: 1, enforcesSecurity: false });
  reader.present('04a1b2c3');
  const [first] = reader.hear(command(1, 0, 0x61, '00'));
  expect(first?.readUInt8(5)).toBe(0x45);
  const [card] = reader.hear(command(1, 1, 0x60));
  const [again] = reader.hear(command(1, 1, 0x60));
  expect(card?.readUInt8(5)).toBe(0x50);
  expect(again).toEqual(card);
  expect(reader.hear(command(1, 2, 0x60))[0]?.readUInt8(5)).toBe(0x40);
  expect(hex(reader.hear(command(1, 1, 0x60))[0]?.subarray(5, 7) ?? bytes(''))).toBe('4104');
});

test('what is for another reader, or comes from one, is left alone', () => {
  const reader = new SimulatedReader({ address: 1, enforcesSecurity: false });
  expect(reader.hear(command(2, 0, 0x60))).toEqual([]);
  expect(reader.hear(command(0x81, 0, 0x60))).toEqual([]);
  expect(reader.hear(command(0x7f, 0, 0x60))).toHaveLength(1);
});

test('a damaged command is not answered; the next one is', () => {
  const reader = new SimulatedReader({ address: 1, enforcesSecurity: false });
  const damaged = command(1, 0, 0x60);
  damaged.writeUInt8(0, 6);
  expect(reader.hear(damaged)).toEqual([]);
  expect(reader.hear(command(1, 0, 0x60, '', false))).toHaveLength(1);
});

test('a relay that was drawn for a while falls back and says so', () => {
  let nowMs = 0;
  const reader = new SimulatedReader({ address: 1, enforcesSecurity: false, now: () => nowMs });
  reader.hear(command(1, 0, 0x61, '00'));
  expect(reader.hear(command(1, 1, 0x68, '00 05 14 00'))[0]?.readUInt8(5)).toBe(0x40);
  expect(reader.output(0)).toBe(true);
  expect(hex(reader.hear(command(1, 2, 0x60))[0]?.subarray(5, 7) ?? bytes(''))).toBe('4a01');
  nowMs = 2_001;
  expect(reader.output(0)).toBe(false);
  expect(hex(reader.hear(command(1, 3, 0x60))[0]?.subarray(5, 7) ?? bytes(''))).toBe('4a00');
});

test('its light is the last word, and for a while the temporary one', () => {
  let nowMs = 0;
  const reader = new SimulatedReader({ address: 1, enforcesSecurity: false, now: () => nowMs });
  reader.hear(command(1, 0, 0x61, '00'));
  reader.hear(command(1, 1, 0x69, '00 00 02 01 00 02 00 1e 00 01 01 00 01 00'));
  expect(reader.light).toBe('green');
  nowMs = 3_001;
  expect(reader.light).toBe('red');
});

test('cards have the bits of their format', () => {
  // 123-45678: even parity over the first half, odd over the second.
  expect(wiegand26(123, 45_678)).toEqual({ bits: 26, data: bytes('bd d9 37 40') });
  expect(cardFrom('04a1b2c3')).toEqual({ bits: 32, data: bytes('04a1b2c3') });
  expect(() => cardFrom('somebody')).toThrow('is no card');
});

test('packets are found in noise', () => {
  const cutter = new PacketCutter();
  const found = cutter.push(Buffer.concat([bytes('ff 00 53 01 ff ff 12 34 ff'), command(1, 0, 0x60)]));
  expect(found.map(({ code }) => code)).toEqual([0x60]);
});

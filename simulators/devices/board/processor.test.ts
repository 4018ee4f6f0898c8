import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doorNodeEeprom } from './eeprom-image.ts';
import { parseIntelHex } from './intel-hex.ts';
import { CYCLES_PER_MS, Eeprom, Processor } from './processor.ts';

const hex = readFileSync(
  new URL('../../../firmware-bridge/firmware/door-node/door-node.hex', import.meta.url),
  'utf8',
);
const CONTACT = 2;
const TAMPER = 3;
const BUTTON = 4;
const HEARTBEAT = 0x03;

/** A door node with its inputs at rest, and the frames that it sends with their times. */
function doorNode(eeprom = new Eeprom(doorNodeEeprom('front-door'))) {
  const processor = new Processor(parseIntelHex(hex), eeprom);
  const frames: { atMs: number; kind: number; bytes: number[] }[] = [];
  let frame: number[] = [];
  processor.onByte = (byte) => {
    if (byte !== 0) return void frame.push(byte);
    // Behind the length byte of COBS come version and kind; neither is ever zero.
    if (frame.length > 0)
      frames.push({ atMs: processor.cycles / CYCLES_PER_MS, kind: frame[2] ?? 0, bytes: frame });
    frame = [];
  };
  for (const [pin, isHigh] of [
    [CONTACT, false],
    [TAMPER, false],
    [BUTTON, true],
  ] as const)
    processor.drive(pin, isHigh);
  processor.apply(0, 0.71);
  processor.apply(5, 0.3);
  return { processor, frames, run: (ms: number) => processor.run(processor.cycles + ms * CYCLES_PER_MS) };
}

/** A frame without COBS: each length byte tells how far it is to the next zero. */
function plain(frame: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < frame.length; at += frame[at] ?? 1)
    bytes.push(0, ...frame.slice(at + 1, at + (frame[at] ?? 1)));
  return bytes.slice(1);
}

test('an idle minute is slept through, and its heartbeats come on time', () => {
  const { processor, frames, run } = doorNode();
  run(60_000);
  const beats = frames.filter(({ kind }) => kind === HEARTBEAT);
  expect(beats).toHaveLength(11);
  for (const [index, { atMs }] of beats.entries())
    expect(Math.abs(atMs - (index + 1) * 5_000)).toBeLessThan(300);
  // 960 million cycles passed; were they counted out, most would be an instruction.
  expect(processor.instructions).toBeLessThan(10_000_000);
  expect(processor.resets).toBe(0);
});

test('cutting the time into slices changes nothing that the firmware does', () => {
  const whole = doorNode();
  whole.run(3_000);
  const sliced = doorNode();
  for (let slice = 0; slice < 600; slice++) sliced.run(5);
  expect(sliced.frames.map(({ bytes }) => bytes)).toEqual(whole.frames.map(({ bytes }) => bytes));
  for (const [index, { atMs }] of sliced.frames.entries())
    expect(Math.abs(atMs - (whole.frames[index]?.atMs ?? 0))).toBeLessThan(0.1);
});

test('a reed that bounces is one opening, and a glitch is none', () => {
  const { processor, frames, run } = doorNode();
  /** How many reports wait to be acknowledged, by the latest heartbeat: behind boot, uptime and flags. */
  const waiting = () => plain(frames.findLast(({ kind }) => kind === HEARTBEAT)?.bytes ?? [])[2 + 11];
  run(200);
  processor.drive(CONTACT, true);
  run(12);
  processor.drive(CONTACT, false);
  run(5_000);
  expect(waiting()).toBe(1);
  for (const isHigh of [true, false, true, false, true]) {
    processor.drive(CONTACT, isHigh);
    run(3);
  }
  run(5_000);
  expect(waiting()).toBe(2);
});

test('a firmware that hangs is reset by its watchdog; its SRAM stays, the EEPROM too', () => {
  // ldi r16,0x18; sts WDTCSR,r16; ldi r16,0x08; sts WDTCSR,r16 (16 ms); lds r17,0x0200; inc r17; sts 0x0200,r17;
  // out UDR… is far away: sts 0xc1 (UCSR0B),TXEN first; sts 0xc6 (UDR0),r17; rjmp .
  const program = new Uint16Array(0x4000).fill(0xffff);
  const code = [
    0xe108, 0x9300, 0x0060, 0xe008, 0x9300, 0x0060, 0xe008, 0x9300, 0x00c1, 0x9110, 0x0200, 0x9513, 0x9310,
    0x0200, 0x9310, 0x00c6, 0xcfff,
  ];
  program.set(code);
  const processor = new Processor(program, new Eeprom());
  const said: number[] = [];
  processor.onByte = (byte) => said.push(byte);
  processor.run(100 * CYCLES_PER_MS);
  expect(processor.resets).toBeGreaterThanOrEqual(4);
  expect(said.slice(0, 4)).toEqual([1, 2, 3, 4]);
  processor.reset('power-on');
  said.length = 0;
  processor.run(processor.cycles + 10 * CYCLES_PER_MS);
  expect(said).toEqual([1]);
});

test('each boot has a number of its own, even where the power fails', () => {
  const { processor, frames, run } = doorNode();
  const HELLO = 0x01;
  for (let boot = 0; boot < 3; boot++) {
    run(300);
    processor.reset('power-on');
  }
  const hellos = frames.filter(({ kind }) => kind === HELLO).map(({ bytes }) => bytes.slice(3, 4));
  expect(hellos).toEqual([[1], [2], [3]]);
});

test('a pin or a name that does not exist is refused', () => {
  const { processor } = doorNode();
  expect(() => processor.drive(20, true)).toThrow('no pin 20');
  expect(() => doorNodeEeprom('Front Door')).toThrow("can't be a node's name");
});

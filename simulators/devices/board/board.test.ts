import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../devices/model/clock.ts';
import { Board, paceFor } from './board.ts';
import { commandHelp, obeyLine } from './commands.ts';
import type { Pace } from './pace.ts';

const hex = readFileSync(
  new URL('../../../firmware-bridge/firmware/door-node/door-node.hex', import.meta.url),
  'utf8',
);

const TURNS = 25;

let folder = '';
let clock: ManualClock;
let pace: Pace;
let ending: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-ports-'));
  clock = manualClock(0);
  ending = new AbortController();
  pace = paceFor(clock, ending.signal);
});
afterEach(() => {
  ending.abort();
  rmSync(folder, { recursive: true, force: true });
});

const board = (name: string) =>
  new Board({ name, hex, folder, pace, signal: ending.signal, random: () => 0.4 });

function runFor(ms: number): void {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50);
    // A turn has a budget of real time: on a busy machine it takes some to reach the clock.
    for (let turn = 0; turn < TURNS; turn++) pace.turn();
  }
}

test('boards get ports of their own, and names that stay', () => {
  const front = board('front-door');
  const back = board('back-door');
  expect(front.port).toBe(join(folder, 'ttyACM0'));
  expect(back.port).toBe(join(folder, 'ttyACM1'));
  expect(readlinkSync(front.stablePort ?? '')).toBe(readlinkSync(front.port ?? ''));
  expect(readlinkSync(front.port ?? '')).not.toBe(readlinkSync(back.port ?? ''));
});

test('a board that is unplugged has no port, and comes back under another name', () => {
  const one = board('front-door');
  const [port = '', stablePort = ''] = [one.port, one.stablePort];
  one.unplug();
  one.unplug();
  expect(one.port).toBeUndefined();
  expect(existsSync(port)).toBe(false);
  expect(existsSync(stablePort)).toBe(false);
  expect(one.plug()).toBe(join(folder, 'ttyACM1'));
  expect(one.stablePort).toBe(stablePort);
  expect(one.plug()).toBe(join(folder, 'ttyACM1'));
});

test('it runs as far as its clock, and not at all without power', () => {
  const one = board('front-door');
  runFor(400);
  expect(one.figures.elapsedMs).toBeGreaterThanOrEqual(400);
  expect(one.figures.elapsedMs).toBeLessThan(401);
  one.unplug('lost');
  const { elapsedMs, resets } = one.figures;
  runFor(200);
  expect(one.figures.elapsedMs).toBe(elapsedMs);
  one.plug();
  runFor(200);
  expect(one.figures.elapsedMs).toBeGreaterThan(elapsedMs + 199);
  expect(one.figures.resets).toBe(resets + 1);
});

test('a clock that leaps further than the machine can follow is told as slipped time', () => {
  const one = board('front-door');
  clock.advance(3_600_000);
  pace.turn();
  expect(one.figures.slippedMs).toBeGreaterThan(3_000_000);
  expect(one.figures.elapsedMs + one.figures.slippedMs).toBeGreaterThan(3_599_000);
});

test('an end takes the ports away', () => {
  const one = board('front-door');
  const port = one.port ?? '';
  ending.abort();
  expect(existsSync(port)).toBe(false);
  expect(one.buzzer).toBe(false);
});

test('every typed command is obeyed or refused', () => {
  const one = board('front-door');
  const words = commandHelp.split('\n').map((line) => line.trim().split(/[\s[]/)[0] ?? '');
  expect(words).toContain('temperature');
  const answers: [string, string][] = [
    ['contact open', 'contact open'],
    ['contact ajar', 'error: contact ajar: not understood'],
    ['tamper on', 'tamper on'],
    ['tamper', 'error: tamper: not understood'],
    ['button', 'button pressed'],
    ['temperature 4.5', 'temperature 4.5'],
    ['temperature off', 'temperature off'],
    ['temperature warm', 'error: temperature warm: not understood'],
    ['buzzer', 'buzzer off'],
    ['noise 16', 'noise 16'],
    ['noise 1e9', 'error: noise 1e9: not understood'],
    ['cut 3', 'cut 3'],
    ['cut off', 'cut off'],
    ['reset', 'reset'],
    ['unplug lost', 'unplugged'],
    ['plug', `port ${join(folder, 'ttyACM1')}`],
    ['open sesame', 'error: open sesame: not understood'],
  ];
  for (const [line, answer] of answers) expect(obeyLine(one, line)).toBe(answer);
  expect(obeyLine(one, '  ')).toBeUndefined();
  expect(obeyLine(one, 'figures')).toMatch(/^figures \{"elapsedMs":/);
});

import { once } from 'node:events';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { expect, test } from 'vitest';
import { openPseudoTerminal } from './pseudo-terminal.ts';

async function open(path: string): Promise<{ port: SerialPort; heard: number[] }> {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  const heard: number[] = [];
  port.on('data', (chunk: Buffer) => heard.push(...chunk));
  return { port, heard };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 1_000) throw new Error('waited in vain');
    await pause(10);
  }
}

const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
/** Every pair of bytes, so that no sequence means anything to the terminal either: 128 KiB. */
const everyPair = everyByte.flatMap((first) => everyByte.flatMap((second) => [first, second]));

test('all byte values pass unchanged both ways, through the real serialport', async () => {
  const received: number[] = [];
  const terminal = openPseudoTerminal((bytes) => received.push(...bytes));
  const { port, heard } = await open(terminal.path);
  terminal.write(Uint8Array.from(everyByte));
  await until(() => heard.length >= 256);
  expect(heard).toEqual(everyByte);

  port.write(Buffer.from(everyPair));
  await until(() => received.length >= everyPair.length);
  expect(received).toEqual(everyPair);

  heard.length = 0;
  for (let from = 0; from < everyPair.length; from += 4_096) {
    terminal.write(Uint8Array.from(everyPair.slice(from, from + 4_096)));
    await until(() => heard.length >= Math.min(from + 4_096, everyPair.length));
  }
  expect(heard).toEqual(everyPair);
  expect(terminal.lostBytes).toBe(0);
  await new Promise<void>((resolve) => port.close(() => resolve()));
  terminal.close();
});

test('it is raw before anybody opens it: nothing is echoed or changed', async () => {
  const received: number[] = [];
  const terminal = openPseudoTerminal((bytes) => received.push(...bytes));
  terminal.write(Uint8Array.from(everyByte));
  const far = openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  const buffer = new Uint8Array(512);
  expect(readSync(far, buffer)).toBe(256);
  expect([...buffer.subarray(0, 256)]).toEqual(everyByte);
  await pause(50);
  expect(received).toEqual([]);
  closeSync(far);
  terminal.close();
});

test('writing to a port that nobody reads never blocks; what does not fit is counted', () => {
  const terminal = openPseudoTerminal(() => undefined);
  for (let round = 0; round < 64; round++) terminal.write(new Uint8Array(1_024));
  expect(terminal.lostBytes).toBeGreaterThan(0);
  expect(terminal.lostBytes).toBeLessThan(64 * 1_024);
  terminal.close();
});

test('pulling the cable hangs up whoever has the port open, and the port can be opened again before', async () => {
  const terminal = openPseudoTerminal(() => undefined);
  const first = await open(terminal.path);
  await new Promise<void>((resolve) => first.port.close(() => resolve()));
  const { port } = await open(terminal.path);
  const closed = once(port, 'close');
  // serialport notices it while it waits for bytes, not in the middle of a read.
  await pause(100);
  terminal.close();
  await closed;
  expect(port.isOpen).toBe(false);
});

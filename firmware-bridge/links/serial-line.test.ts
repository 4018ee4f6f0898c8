import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BoardProcess } from '../test-stand.ts';
import { openSerialLine, PortError } from './serial-line.ts';

vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-line-'));
let board: BoardProcess;
beforeAll(async () => {
  board = await new BoardProcess('front-door', folder, '').ready();
});
afterAll(async () => {
  await board.end();
  rmSync(folder, { recursive: true, force: true });
});

test('a port that does not exist is told in one line', async () => {
  const path = join(folder, 'ttyACM99');
  await expect(openSerialLine(path, 115_200, () => undefined)).rejects.toThrow(
    `${path}: there is no such port`,
  );
});

test('a port is opened by one alone', async () => {
  const line = await openSerialLine(board.port, 115_200, () => undefined);
  await expect(openSerialLine(board.port, 115_200, () => undefined)).rejects.toThrow(
    'another program has the port',
  );
  await line.close();
  const again = await openSerialLine(board.port, 115_200, () => undefined);
  await again.close();
});

test('whenever the device goes, during the opening or later, it is noticed', async () => {
  for (const delayMs of [0, 1, 2, 5, 20, 200]) {
    const opening = openSerialLine(board.port, 115_200, () => undefined).catch((error: unknown) => error);
    await pause(delayMs);
    await board.say('unplug');
    const line = await opening;
    if (line instanceof Error) expect(line).toBeInstanceOf(PortError);
    else if (typeof line === 'object' && line !== null && 'hungUp' in line && 'close' in line) {
      expect(typeof (await line.hungUp)).toBe('string');
      if (typeof line.close === 'function') await line.close();
    }
    await board.say('plug');
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const soon = { timeout: 30_000, interval: 20 };

function run(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args]);
  const lines: string[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, lines, ended, errors: () => errors };
}

test('a portal can be spoken to by any program, and does what is typed', { timeout: 60_000 }, async () => {
  const { child, lines, ended } = run('--port', '0');
  await vi.waitFor(() => expect(lines.length).toBe(1), soon);
  const socket = connect(Number(lines[0]?.replace('port ', '')), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('hex');
  });
  // READER_EVENT_NOTIFICATION, whose last parameter says that the connection is taken.
  await vi.waitFor(() => expect(heard).toMatch(/^043f00000020.*010000060000$/), soon);
  heard = '';
  // GET_READER_CAPABILITIES, and its answer with the same number.
  socket.write(Buffer.from('04010000000b0000002a01', 'hex'));
  await vi.waitFor(() => expect(heard).toMatch(/^040b........0000002a011f00080000/), soon);
  child.stdin.write('antenna 1 off\nsideways\nquit\n');
  await ended;
  expect(lines.slice(1)).toEqual(['antenna: done', 'error: sideways: not understood']);
});

test('a port that can not be is said', { timeout: 60_000 }, async () => {
  const { ended, errors } = run('--port', 'five');
  await ended;
  expect(errors()).toMatch('--port: expected a number from 0 to 65535, got "five"');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SerialPort } from 'serialport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { kinds } from './commands.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const soon = { timeout: 30_000, interval: 20 };

function run(kind: string) {
  const child = spawn(process.execPath, [main, '--device', kind]);
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

test.each(Object.keys(kinds))(
  '%s has a port, and takes it away at the end',
  { timeout: 60_000 },
  async (kind) => {
    const { child, lines, ended } = run(kind);
    await vi.waitFor(() => expect(lines.length).toBe(2), soon);
    const port = lines[1]?.replace('stays ', '') ?? '';
    expect(existsSync(port)).toBe(true);
    child.stdin.write('mute on\nsideways\nquit\n');
    await ended;
    expect(lines.slice(2)).toEqual(['mute: done', 'error: sideways: not understood']);
    expect(existsSync(port)).toBe(false);
  },
);

test('a UPS can be spoken to by any program, and does what is typed', { timeout: 60_000 }, async () => {
  const { child, lines } = run('ups');
  await vi.waitFor(() => expect(lines.length).toBe(2), soon);
  child.stdin.write('mains off\nload 41\n');
  await vi.waitFor(() => expect(lines.slice(2)).toEqual(['mains: done', 'load: done']), soon);
  const port = new SerialPort({ path: lines[1]?.replace('stays ', '') ?? '', baudRate: 2_400 });
  onTestFinished(() => new Promise<void>((resolve) => port.close(() => resolve())));
  let heard = '';
  port.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
  });
  await once(port, 'open');
  port.write('Q1\r');
  await vi.waitFor(() => expect(heard).toBe('(000.0 140.0 230.0 041 00.0 12.1 28.0 10001001\r'), soon);
});

test('a kind that there is not is said', { timeout: 60_000 }, async () => {
  const { ended, errors } = run('toaster');
  await ended;
  expect(errors()).toMatch(/--device: expected ups, .*got "toaster"/);
});

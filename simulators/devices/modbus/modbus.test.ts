/** mbpoll (libmodbus) as master against the simulated units: what we call Modbus is what everybody calls so. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SimulatedPort } from '../serial/serial-port.ts';
import { RtuLine } from './rtu-line.ts';
import { ModbusTcpServer } from './tcp-server.ts';
import { SimulatedUnit } from './units.ts';

const MBPOLL = '/usr/bin/mbpoll';

/** Runs it once; the simulated device answers meanwhile. */
function mbpoll(...args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(MBPOLL, args);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    child.on('error', () =>
      reject(new Error(`${MBPOLL} is missing: install Debian's mbpoll to run these tests`)),
    );
    child.on('close', (code) => resolve({ code, said }));
  });
}

/** `[10]: 	1234` */
const values = (said: string): string[] =>
  [...said.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map(([, value = '']) => value);

function unit(): SimulatedUnit {
  const made = new SimulatedUnit();
  for (const [index, value] of [0, 1, 0x7fff, 0xffff].entries()) made.input.set(index, value);
  made.setFloat('holding', 10, -18.5);
  made.holding.set(20, 0);
  return made;
}

async function check(where: string[], simulated: SimulatedUnit): Promise<void> {
  const options = ['-1', '-a', '7', '-0', '-o', '5'];
  expect(values((await mbpoll(...options, '-t', '3:hex', '-r', '0', '-c', '4', ...where)).said)).toEqual([
    '0x0000',
    '0x0001',
    '0x7FFF',
    '0xFFFF',
  ]);
  expect(
    values((await mbpoll(...options, '-t', '4:float', '-B', '-r', '10', '-c', '1', ...where)).said),
  ).toEqual(['-18.5']);
  const written = await mbpoll('-a', '7', '-0', '-o', '5', '-t', '4', '-r', '20', ...where, '--', '513');
  expect(written.said).toContain('Written 1 references');
  expect(simulated.written).toEqual([{ address: 20, value: 513 }]);
  const beyond = await mbpoll(...options, '-t', '4', '-r', '500', '-c', '1', ...where);
  expect(beyond.said).toMatch(/Illegal data address/i);
}

test('on a line', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-modbus-'));
  const power = new AbortController();
  onTestFinished(() => {
    power.abort();
    rmSync(folder, { recursive: true, force: true });
  });
  const simulated = unit();
  const line = new RtuLine(new Map([[7, simulated]]));
  const port = new SimulatedPort(line, { name: 'line', folder, signal: power.signal });
  await check(['-m', 'rtu', '-b', '9600', '-P', 'none', port.terminal ?? ''], simulated);
  expect(line.damaged).toBe(0);
});

test('in the network', { timeout: 60_000 }, async () => {
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const simulated = unit();
  const server = await ModbusTcpServer.start(new Map([[7, simulated]]), power.signal);
  await check(['-m', 'tcp', '-p', String(server.port), '127.0.0.1'], simulated);
});

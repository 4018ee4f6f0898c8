/** NUT's own driver against the simulated UPS. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SimulatedPort } from '../serial/serial-port.ts';
import { SimulatedUps } from './ups.ts';

const DRIVER = '/lib/nut/nutdrv_qx';

/** Lets the driver look once, and gives what it found. */
function nut(port: string, folder: string): Promise<Map<string, string>> {
  writeFileSync(
    join(folder, 'ups.conf'),
    `[sim]\n  driver = nutdrv_qx\n  port = ${port}\n  protocol = megatec\n`,
  );
  return new Promise((resolve, reject) => {
    const user = process.getuid?.() === 0 ? ['-u', 'root'] : [];
    const child = spawn(DRIVER, ['-a', 'sim', '-d', '1', ...user], {
      env: { ...process.env, NUT_CONFPATH: folder, NUT_STATEPATH: folder, NUT_ALTPIDPATH: folder },
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    let problems = '';
    child.stderr.on('data', (chunk) => {
      problems += String(chunk);
    });
    child.on('error', () =>
      reject(new Error(`${DRIVER} is missing: install Debian's nut-server to run these tests`)),
    );
    child.on('close', (code) => {
      const found = new Map(
        [...said.matchAll(/^([a-z.]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
      );
      if (found.has('ups.status')) resolve(found);
      else reject(new Error(`nutdrv_qx ended with ${code}: ${said}${problems}`));
    });
  });
}

test('it is found, and says how it stands, on the mains and on its battery', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-nut-'));
  const power = new AbortController();
  onTestFinished(() => {
    power.abort();
    rmSync(folder, { recursive: true, force: true });
  });
  const ups = new SimulatedUps();
  const port = new SimulatedPort(ups, { name: 'ups', folder, signal: power.signal });
  const mains = await nut(port.terminal ?? '', folder);
  expect(mains.get('ups.status')).toBe('OL');
  expect(Number(mains.get('input.voltage'))).toBe(229.5);
  expect(Number(mains.get('ups.load'))).toBe(23);
  expect(Number(mains.get('ups.temperature'))).toBe(28);
  expect(Number(mains.get('input.frequency'))).toBe(50);
  ups.hasMains = false;
  expect((await nut(port.terminal ?? '', folder)).get('ups.status')).toBe('OB');
  ups.batteryVolts = 10.4;
  expect((await nut(port.terminal ?? '', folder)).get('ups.status')).toMatch(/^(?:LB OB|OB LB)$/);
});

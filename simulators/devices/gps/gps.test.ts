/** gpsd against the simulated receiver. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SimulatedPort } from '../serial/serial-port.ts';
import { SimulatedReceiver } from './receiver.ts';

const GPSD = '/usr/sbin/gpsd';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

interface Report {
  class?: string;
  mode?: number;
  lat?: number;
  lon?: number;
  speed?: number;
}

test('gpsd reads where it is, and that it no longer knows', { timeout: 90_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gps-'));
  const power = new AbortController();
  const receiver = new SimulatedReceiver(power.signal, 500);
  const port = new SimulatedPort(receiver, { name: 'gps', folder, signal: power.signal });
  const terminal = port.terminal ?? '';
  // gpsd gives up its rights as soon as it has started.
  chmodSync(terminal, 0o666);
  const tcpPort = await freePort();
  const gpsd: ChildProcess = spawn(GPSD, ['-N', '-n', '-S', String(tcpPort), terminal], { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => {
    gpsd.on('error', () => reject(new Error(`${GPSD} is missing: install Debian's gpsd to run these tests`)));
  });
  onTestFinished(async () => {
    power.abort();
    if (gpsd.exitCode === null && gpsd.signalCode === null && gpsd.pid !== undefined) {
      gpsd.kill('SIGKILL');
      await once(gpsd, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const reports: Report[] = [];
  const watch = vi.waitFor(
    async () => {
      const socket = connect({ host: '127.0.0.1', port: tcpPort });
      await once(socket, 'connect');
      onTestFinished(() => void socket.destroy());
      createInterface({ input: socket }).on('line', (line) => reports.push(JSON.parse(line)));
      socket.write('?WATCH={"enable":true,"json":true};\n');
    },
    { timeout: 20_000, interval: 200 },
  );
  await Promise.race([watch, failed]);
  const positions = () => reports.filter(({ class: kind }) => kind === 'TPV');
  const soon = { timeout: 30_000, interval: 100 };
  await vi.waitFor(() => expect(positions().at(-1)).toMatchObject({ lat: 52.516, lon: 13.378 }), soon);
  receiver.latitude = -33.4489;
  receiver.longitude = -70.6693;
  receiver.knots = 25;
  await vi.waitFor(() => expect(positions().at(-1)).toMatchObject({ lat: -33.4489, lon: -70.6693 }), soon);
  // Metres a second.
  await vi.waitFor(() => expect(positions().at(-1)?.speed).toBeCloseTo(12.861, 2), soon);
  receiver.hasFix = false;
  await vi.waitFor(() => expect(positions().at(-1)?.mode).toBeLessThan(2), soon);
});

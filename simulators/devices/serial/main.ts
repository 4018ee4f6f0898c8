/** A simulated device on a serial port, as a command: prints the port, then obeys what is typed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { commandHelp, kinds, obeyLine } from './commands.ts';
import { SimulatedPort } from './serial-port.ts';

const help = `Simulated devices, each on a port that any program can open as a serial device

Usage: node simulators/devices/serial/main.ts --device ${Object.keys(kinds).join('|')} [--name NAME] [--folder FOLDER]

  --name NAME      its name in serial/by-id (the kind)
  --folder FOLDER  where its port appears, as in /dev (a new folder, removed at the end)

Then on standard input, one a line:
${commandHelp}`;

function main(): void {
  const { values } = parseArgs({
    options: {
      device: { type: 'string' },
      name: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const kind = values.device ?? '';
  const make = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (make === undefined)
    throw new RangeError(`--device: expected ${Object.keys(kinds).join(', ')}, got "${kind}"`);
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'gatehouse-device-'));
  const ending = new AbortController();
  const typedDevice = make(ending.signal);
  const port = new SimulatedPort(typedDevice.device, {
    name: values.name ?? kind,
    folder,
    signal: ending.signal,
  });
  const end = () => {
    ending.abort();
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
    process.exit();
  };
  process.stdout.write(`port ${port.terminal}\nstays ${port.stablePort}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (typed) => {
    if (typed.trim() === 'quit') return end();
    const answer = obeyLine(port, typedDevice, typed);
    if (answer !== undefined) process.stdout.write(`${answer}\n`);
  });
  lines.on('close', end);
}

try {
  main();
} catch (error) {
  process.stderr.write(`device: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

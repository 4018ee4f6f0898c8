/** Simulated card readers on one line, as a command of their own: prints the port, then obeys what is typed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { commandHelp, obeyLine } from './commands.ts';
import { ReaderLine } from './line.ts';
import { SimulatedReader } from './reader.ts';

const help = `Simulated OSDP card readers on one RS-485 line, on a port that any program can open as a serial device

Usage: node simulators/devices/osdp-reader/main.ts [--readers 1,2,3] [--name NAME] [--folder FOLDER]

  --readers LIST   their addresses (1); "2=HEX" has that key already, "3=plain" has no secure channel
  --name NAME      the line's name in serial/by-id (readers)
  --folder FOLDER  where its port appears, as in /dev (a new folder, removed at the end)
  --baud RATE      (9600)

A reader without a key takes the one that everybody knows, until it is given its own.

Then on standard input, one a line; N is a reader's address:
${commandHelp}`;

/** @throws RangeError where the text is no reader */
function readerFrom(text: string): SimulatedReader {
  const [, address = '', , key] = /^(\d{1,3})(=(plain|[0-9a-f]{32}))?$/.exec(text) ?? [];
  if (address === '' || Number(address) > 126)
    throw new RangeError(
      `--readers: "${text}" is no reader: expected 1, 1=plain, or 1= and 32 hexadecimal digits`,
    );
  return new SimulatedReader({
    address: Number(address),
    hasSecurity: key !== 'plain',
    ...(key !== undefined && key !== 'plain' && { key: Buffer.from(key, 'hex') }),
  });
}

function main(): void {
  const { values } = parseArgs({
    options: {
      readers: { type: 'string', default: '1' },
      name: { type: 'string', default: 'readers' },
      folder: { type: 'string' },
      baud: { type: 'string', default: '9600' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const readers = values.readers.split(',').map(readerFrom);
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'gatehouse-readers-'));
  const ending = new AbortController();
  const line = new ReaderLine(readers, {
    name: values.name,
    folder,
    baudRate: Number(values.baud),
    signal: ending.signal,
  });
  const end = () => {
    ending.abort();
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
    process.exit();
  };
  process.stdout.write(`port ${line.port}\nstays ${line.stablePort}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (typed) => {
    if (typed.trim() === 'quit') return end();
    const answer = obeyLine(line, typed);
    if (answer !== undefined) process.stdout.write(`${answer}\n`);
  });
  lines.on('close', end);
}

try {
  main();
} catch (error) {
  process.stderr.write(`readers: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

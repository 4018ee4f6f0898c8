/** An emulated board as a command of its own: prints its port, then obeys what is typed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clockFromText } from '../../../devices/model/clock.ts';
import { Board, paceFor } from './board.ts';
import { commandHelp, obeyLine } from './commands.ts';

const ourFirmware = fileURLToPath(
  new URL('../../../firmware-bridge/firmware/door-node/door-node.hex', import.meta.url),
);

const help = `An emulated Arduino Uno at a door, on a port that any program can open as a serial device

Usage: node simulators/devices/board/main.ts [--name NAME] [--hex FILE] [--folder FOLDER]

  --name NAME      its name, in its memory and in serial/by-id (front-door)
  --hex FILE       firmware as Intel HEX (our own door node)
  --folder FOLDER  where its port appears, as in /dev (a new folder, removed at the end)

Then on standard input, one a line:
${commandHelp}
GATEHOUSE_CLOCK=origin,startedAt,rate runs it faster.
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'front-door' },
      hex: { type: 'string', default: ourFirmware },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const hex = readFileSync(values.hex, 'utf8');
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'gatehouse-board-'));
  const ending = new AbortController();
  const pace = paceFor(clockFromText(process.env.GATEHOUSE_CLOCK), ending.signal);
  const board = new Board({ name: values.name, hex, folder, pace, signal: ending.signal });
  const end = () => {
    ending.abort();
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
    process.exit();
  };
  process.stdout.write(`port ${board.port}\nstays ${board.stablePort}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === 'quit') return end();
    const answer = obeyLine(board, line);
    if (answer !== undefined) process.stdout.write(`${answer}\n`);
  });
  lines.on('close', end);
}

try {
  main();
} catch (error) {
  process.stderr.write(`board: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** A simulated RFID portal as a command: prints its port, then obeys what is typed. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { commandHelp, obey } from './commands.ts';
import { SimulatedPortalReader } from './reader.ts';

const help = `A simulated RFID reader in a gate, with LLRP on 127.0.0.1

Usage: node simulators/devices/rfid-portal/main.ts [--port PORT] [--outside NUMBER] [--inside NUMBER]

  --port PORT       where it listens (5084; 0: any that is free)
  --outside NUMBER  its outer antenna (1)
  --inside NUMBER   its inner antenna (2)

Then on standard input, one a line:
${commandHelp}`;

const numberOf = (name: string, text: string, least: number): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > 65_535)
    throw new RangeError(`--${name}: expected a number from ${least} to 65535, got "${text}"`);
  return number;
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5084' },
      outside: { type: 'string', default: '1' },
      inside: { type: 'string', default: '2' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const ending = new AbortController();
  const reader = await SimulatedPortalReader.start(
    {
      port: numberOf('port', values.port, 0),
      outside: numberOf('outside', values.outside, 1),
      inside: numberOf('inside', values.inside, 1),
    },
    ending.signal,
  );
  process.stdout.write(`port ${reader.port}\n`);
  const end = () => {
    ending.abort();
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  for await (const typed of createInterface({ input: process.stdin })) {
    if (typed.trim() === 'quit') break;
    if (typed.trim() === '') continue;
    const isUnderstood = await obey(reader, typed);
    const [word = ''] = typed.trim().split(/\s+/);
    process.stdout.write(isUnderstood ? `${word}: done\n` : `error: ${typed.trim()}: not understood\n`);
  }
  end();
}

main().catch((error: unknown) => {
  process.stderr.write(`portal: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

/** `gatehouse sigma check DIR` and `gatehouse sigma run --rules DIR < events.ndjson`. */
import '../../devices/engine.ts';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { parseArgs } from 'node:util';
import { loadFolder, readPlaceholders } from './folder.ts';
import type { Logsource } from './rule.ts';
import { MAX_LINE_LENGTH, Run, type RunOptions, timeFields } from './run.ts';
import type { Placeholders } from './value.ts';

const help = `gatehouse sigma: detection, filter and correlation rules, Sigma 2.1

Usage: gatehouse sigma check DIR [--placeholders FILE]
       gatehouse sigma run --rules DIR [--logsource category=C,product=P,service=S] < events.ndjson

check reads every .yml and .yaml file of a folder and prints one line:
  {"files","rules","loaded","failed":[{"file","error"}]}
  An error names the document (where a file has several) and the key. Exit status 2 where something failed.

run reads one event a line, JSON, and prints a line for each match:
  {"event": number of the line from 0, "rule": id, "title", "level"}
  A correlation is told once for each time that it begins to hold, with the event at which it does, as soon as
  nothing can come any more that would change it. Rules that only serve correlations are not told by themselves.

  --rules DIR          a folder with rules, or one file
  --logsource LIST     only rules that may concern this logsource; without it all rules
  --placeholders FILE  what %names% of the modifier "expand" stand for: YAML or JSON, a name to a text or a list
  --time-field NAME    where an event states its time; without it the first of
                       ${timeFields.slice(0, 7).join(', ')}, …
                       An event that states none has the time of the line before it.
  --lateness SECONDS   how far behind the newest event one may come for correlations (300)
  --help               this text

What can't be read is named on standard error. Exit status: 0 all was read, 1 it could not start, 2 something was not.
`;

/** Fit for a person; ends the command with status 1. */
class CommandProblem extends Error {}

function logsourceFrom(text: string): Logsource {
  const logsource: { category?: string; product?: string; service?: string } = {};
  for (const part of text.split(',')) {
    const [key = '', ...rest] = part.split('=');
    const name = key.trim();
    const value = rest.join('=').trim();
    if ((name !== 'category' && name !== 'product' && name !== 'service') || value === '')
      throw new CommandProblem(`--logsource: "${part}" is not category=…, product=… or service=…`);
    logsource[name] = value;
  }
  return logsource;
}

function placeholdersFrom(file: string | undefined): Placeholders {
  return file === undefined ? new Map() : readPlaceholders(readFileSync(file, 'utf8'));
}

function check(folder: string, placeholders: Placeholders): number {
  const { files, rules, loaded, failed } = loadFolder(folder, placeholders);
  process.stdout.write(`${JSON.stringify({ files, rules, loaded, failed })}\n`);
  return failed.length === 0 ? 0 : 2;
}

/** Lines of a stream; one that is too long comes cut off, so that it is refused. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) rest = rest.slice(0, MAX_LINE_LENGTH + 1);
    yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

async function run(options: RunOptions): Promise<number> {
  const running = new Run(options);
  const write = async (isLast: boolean) => {
    const piece = running.piece(isLast);
    if (piece !== '' && !process.stdout.write(piece)) await once(process.stdout, 'drain');
  };
  for await (const lines of linesOf(process.stdin)) {
    for (const line of lines) running.take(line);
    await write(false);
  }
  running.finish();
  await write(true);
  return running.complaints === 0 ? 0 : 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rules: { type: 'string' },
      logsource: { type: 'string' },
      placeholders: { type: 'string' },
      'time-field': { type: 'string' },
      lateness: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [what, folder, ...more] = positionals;
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  if (more.length > 0) throw new CommandProblem(`"${more[0]}" is not expected`);
  const placeholders = placeholdersFrom(values.placeholders);
  if (what === 'check') {
    const from = folder ?? values.rules;
    if (from === undefined) throw new CommandProblem('check needs a folder');
    return check(from, placeholders);
  }
  if (what !== 'run')
    throw new CommandProblem(
      what === undefined ? 'expected check or run' : `"${what}" is neither check nor run`,
    );
  const from = values.rules ?? folder;
  if (from === undefined) throw new CommandProblem('run needs --rules DIR');
  const lateness = Number(values.lateness ?? 300);
  if (!(lateness >= 0)) throw new CommandProblem('--lateness takes a number of seconds');
  return run({
    folder: from,
    logsource: values.logsource === undefined ? undefined : logsourceFrom(values.logsource),
    placeholders,
    timeField: values['time-field'],
    latenessMs: lateness * 1_000,
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  process.stderr.write(`gatehouse sigma: ${message}; "gatehouse sigma --help" tells more\n`);
  process.exitCode = 1;
}

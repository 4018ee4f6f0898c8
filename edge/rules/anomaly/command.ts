/**
 * `gatehouse anomaly`: scores a stream of numbers on the command line, and the detectors on the Numenta benchmark.
 * Ends with 0; with 1 when rows were skipped; with 2 when it could not begin.
 */
import '../../../devices/engine.ts';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { runBenchmark } from './benchmark/benchmark.ts';
import { hasBenchmark } from './benchmark/nab-data.ts';
import { CsvScorer, HEADER } from './csv-scorer.ts';

const help = `gatehouse anomaly: how unusual each value of a stream is

usage: anomaly score [FILE.csv | -] [--explain]
       anomaly benchmark DIR

score       reads timestamp,value (a header or none, further columns do not matter) from the file or from standard
            input and writes timestamp,value,anomaly_score as the rows come. The score goes from 0 to 1; from 0.5 on
            somebody should look. Nothing is learned before and nothing looked at ahead. Times are ISO 8601 (UTC
            where no zone stands) or seconds or milliseconds since 1970. A row that can't be read is named on
            standard error and skipped; the number of them is told at the end.
  --explain   a fourth column: why, for scores from 0.5 on
benchmark   the Numenta Anomaly Benchmark: DIR holds its folders of data and combined_windows.json; says that it
            skips when they are not there

Ends with 0; with 1 when rows were skipped; with 2 when it could not begin.
`;
const usage = 'usage: anomaly score [FILE.csv | -] [--explain], or anomaly benchmark DIR; --help tells more';

export interface Terminal {
  input: AsyncIterable<string>;
  open(file: string): AsyncIterable<string>;
  /** Answers when there is room for more. */
  print(text: string): Promise<void> | undefined;
  complain(line: string): void;
}

/** The command. Gives back the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    terminal.complain(error instanceof Error ? error.message : String(error));
    terminal.complain(usage);
    return 2;
  }
  const [name, operand, ...more] = parsed.positionals;
  if (parsed.values.help) {
    await terminal.print(help);
    return 0;
  }
  if (name === 'score' && more.length === 0)
    return score(operand ?? '-', parsed.values.explain ?? false, terminal);
  if (name === 'benchmark' && operand !== undefined && more.length === 0) return benchmark(operand, terminal);
  terminal.complain(usage);
  return 2;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, explain: { type: 'boolean' } },
  });
}

async function score(file: string, explains: boolean, terminal: Terminal): Promise<number> {
  const scorer = new CsvScorer({ explains, complain: terminal.complain });
  // With the first rows, not before: a file that can't be opened gives no output at all.
  let header = `${HEADER}${explains ? ',explanation' : ''}\n`;
  try {
    for await (const chunk of file === '-' ? terminal.input : terminal.open(file)) {
      const text = header + scorer.take(chunk);
      header = '';
      if (text !== '') await terminal.print(text);
    }
  } catch (error) {
    terminal.complain(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  const rest = header + scorer.end();
  if (rest !== '') await terminal.print(rest);
  if (scorer.skipped > 0) terminal.complain(`${scorer.skipped} of ${scorer.rows} rows were skipped`);
  return scorer.skipped > 0 ? 1 : 0;
}

async function benchmark(folder: string, terminal: Terminal): Promise<number> {
  if (!hasBenchmark(folder)) {
    await terminal.print(`skipped: there is no combined_windows.json in ${folder}\n`);
    return 0;
  }
  const { files, rows, windows, profiles, halves, microsecondsPerSample, stateBytes } = runBenchmark(folder);
  const lines = [
    `Numenta Anomaly Benchmark: ${files} files, ${rows} rows, ${windows} labelled windows; no look-ahead`,
    ...profiles.map(
      ({ profile, score: result, threshold }) =>
        `${profile.padEnd(20)} ${result.toFixed(1)}   threshold ${threshold.toFixed(3)}`,
    ),
    `half-splits          ${halves.mean.toFixed(1)}   mean of ${halves.count}, threshold from one half, score on the other (${halves.lowest.toFixed(1)} to ${halves.highest.toFixed(1)})`,
    `time                 ${microsecondsPerSample.toFixed(2)} µs a sample, goal at most 5`,
    `state                ${(stateBytes / 1_024).toFixed(1)} KB a stream, goal at most 32`,
  ];
  await terminal.print(`${lines.join('\n')}\n`);
  return 0;
}

if (import.meta.main) {
  process.stdin.setEncoding('utf8');
  // Whoever reads may have seen enough: `… | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.exitCode = await main(process.argv.slice(2), {
    input: process.stdin,
    open: (file) => createReadStream(file, 'utf8'),
    print: (text) =>
      process.stdout.write(text)
        ? undefined
        : new Promise((resolve) => process.stdout.once('drain', () => resolve())),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}

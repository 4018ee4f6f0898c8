/** `gatehouse sigma check DIR` and `gatehouse sigma run --rules DIR < events.ndjson`. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { parseArgs } from 'node:util';
import { type CorrelationChanges, CorrelationEngine } from './correlation.ts';
import { type EventFields, fieldOf } from './event-fields.ts';
import { loadFolder, readPlaceholders } from './folder.ts';
import { Matcher } from './matcher.ts';
import { isMapping } from './problem.ts';
import { type Logsource, levels } from './rule.ts';
import { instantOf } from './time-part.ts';
import type { Placeholders } from './value.ts';

const timeFields = [
  'observedAt',
  '@timestamp',
  'timestamp',
  'Timestamp',
  'UtcTime',
  'TimeCreated',
  'SystemTime',
  'eventTime',
  'EventTime',
  'event.created',
  'time',
  'ts',
  'date',
];

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

/** A longer line is refused. */
const MAX_LINE_LENGTH = 4 * 1024 * 1024;
/** Lines that are named one by one on standard error. */
const MAX_NAMED = 100;
/** Correlations are looked at after so many lines. */
const SETTLE_EVERY = 1_000;
const PIECE_LENGTH = 64 * 1024;

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

function eventIn(line: string): EventFields | string {
  if (line.length > MAX_LINE_LENGTH) return `longer than ${MAX_LINE_LENGTH} characters`;
  try {
    const value: unknown = JSON.parse(line);
    return isMapping(value) ? value : 'expected an object';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface RunOptions {
  folder: string;
  logsource: Logsource | undefined;
  placeholders: Placeholders;
  timeField: string | undefined;
  latenessMs: number;
}

class Run {
  readonly #options: RunOptions;
  readonly #matcher: Matcher;
  readonly #engine: CorrelationEngine;
  readonly #silent: ReadonlySet<string>;
  readonly #hasCorrelations: boolean;
  /** Correlations that may still change, by id. */
  readonly #open = new Map<string, CorrelationChanges['put'][number]>();
  /** Correlations that were told and may go on, with when they last held. */
  readonly #told = new Map<string, number>();
  #line = -1;
  #at = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #output = '';
  complaints = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    const { detections, correlations, silent, failed } = loadFolder(options.folder, options.placeholders);
    for (const { file, error } of failed) this.#complain(`${file}: ${error}`);
    this.#matcher = new Matcher(detections);
    this.#engine = new CorrelationEngine(correlations, { latenessMs: options.latenessMs });
    this.#silent = silent;
    this.#hasCorrelations = correlations.length > 0;
  }

  take(line: string): void {
    this.#line++;
    if (line.trim() === '') return;
    const event = eventIn(line);
    if (typeof event === 'string') {
      this.#complain(`line ${this.#line}: ${event}`);
      return;
    }
    const matching = this.#matcher.match(event, this.#options.logsource);
    if (this.#hasCorrelations) this.#at = this.#timeOf(event) ?? this.#at;
    for (const rule of matching) {
      if (!this.#silent.has(rule.id)) this.#print(this.#line, rule);
      if (this.#engine.wants(rule.id)) this.#engine.add(rule.id, this.#at, this.#nameOf(this.#line), event);
    }
    if (!this.#hasCorrelations) return;
    this.#newest = Math.max(this.#newest, this.#at);
    if (this.#line % SETTLE_EVERY === SETTLE_EVERY - 1) this.#settle();
  }

  finish(): void {
    this.#keep(this.#engine.settle());
    this.#keep(this.#engine.finish());
    this.#printUntil(Number.POSITIVE_INFINITY);
    const { tooLate, withoutGroup, withoutValue, droppedEvents, droppedGroups } = this.#engine.counts;
    const told: [number, string][] = [
      [tooLate, 'events came too late for correlations'],
      [withoutGroup, 'events lacked a field of group-by'],
      [withoutValue, 'events lacked the value that a correlation looks at'],
      [droppedEvents, 'events were dropped because a correlation held too many'],
      [droppedGroups, 'groups were dropped because a correlation held too many'],
    ];
    for (const [count, what] of told)
      if (count > 0) process.stderr.write(`gatehouse sigma: ${count} ${what}\n`);
  }

  /** What is to be printed, where there is enough of it. */
  piece(isLast: boolean): string {
    if (!isLast && this.#output.length < PIECE_LENGTH) return '';
    const piece = this.#output;
    this.#output = '';
    return piece;
  }

  #settle(): void {
    this.#engine.advance(this.#newest);
    this.#keep(this.#engine.settle());
    this.#printUntil(this.#engine.watermark);
  }

  #keep({ put, withdraw }: CorrelationChanges): void {
    for (const id of withdraw) this.#open.delete(id);
    for (const one of put) this.#open.set(one.id, one);
  }

  /** Episodes that began before the watermark begin there for good. */
  #printUntil(watermark: number): void {
    const done = [...this.#open.values()].filter(({ at }) => at < watermark);
    done.sort((a, b) => a.at - b.at || (a.anchor < b.anchor ? -1 : 1));
    for (const { id, anchor, rule, lastAt } of done) {
      this.#open.delete(id);
      if (!this.#told.has(id) && !this.#silent.has(rule.id)) this.#print(Number(anchor.slice(1)), rule);
      this.#told.set(id, lastAt + rule.timespanMs);
    }
    for (const [id, over] of this.#told) if (over < watermark) this.#told.delete(id);
  }

  /** In the order of the lines as text as well. */
  #nameOf(line: number): string {
    return `e${String(line).padStart(12, '0')}`;
  }

  #timeOf(event: EventFields): number | undefined {
    if (this.#options.timeField !== undefined) return instantOf(fieldOf(event, this.#options.timeField));
    // What the house itself writes is milliseconds, however early.
    if (typeof event.observedAt === 'number') return event.observedAt;
    for (const field of timeFields) {
      const at = instantOf(fieldOf(event, field));
      if (at !== undefined) return at;
    }
    return undefined;
  }

  #print(
    event: number,
    { id, title, level }: { id: string; title: string; level: string | undefined },
  ): void {
    this.#output += `${JSON.stringify({ event, rule: id, title, level: level ?? levels[2] })}\n`;
  }

  #complain(text: string): void {
    this.complaints++;
    if (this.complaints <= MAX_NAMED) process.stderr.write(`gatehouse sigma: ${text}\n`);
    else if (this.complaints === MAX_NAMED + 1)
      process.stderr.write('gatehouse sigma: more follow, which are only counted\n');
  }
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

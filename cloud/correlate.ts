/** `correlate`: detections on standard input, one JSON a line; incidents on standard output, one a line. */
import '../devices/engine.ts';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { z } from 'zod';
import { parseConfiguration } from '../devices/configuration.ts';
import type { Incident } from '../devices/model/incident.ts';
import { type Registry, registryDocument, registryOf } from '../devices/model/registry.ts';
import { alertsOf, scenariosIn } from './correlation/alert-corpus.ts';
import { type RunStatistics, runAndScore } from './correlation/alert-run.ts';
import { Correlator } from './correlation/correlator.ts';
import { MAX_LINE_LENGTH, readDetection } from './correlation/read-detection.ts';
import { replayStore } from './replay-store.ts';
import { readStore } from './store/reading.ts';

const help = `correlate [--registry FILE] [--stats] < detections.ndjson > incidents.ndjson
correlate --store STATE_DIR [--day YYYY-MM-DD] [--registry FILE] > incidents.ndjson
correlate score FOLDER

Puts detections together that belong together, and says why.

Input: one detection a line, JSON:
  {"id", "at" (ms since 1970), "rule", "severity", "source", "assets": [], "identities": [], "observables": {}}
  id and at must be there. A missing severity is medium. site, tactic, summary, facts, evidence and count may
  be there. The order of the lines does not matter.
Output: one incident a line, the most urgent first:
  {"id", "title", "first", "last", "severity", "priority", "detections", "assets", "identities",
   "links": [{"a", "b", "evidence": [{"kind", "on", "apartMs", "weight", "because"}], "weight"}]}

  --registry FILE  sites, zones, assets and people, YAML or JSON; without it only what detections name counts
  --stats          at the end, seconds and peak memory on standard error, as JSON
  --store STATE_DIR  reads the detections of a cloud's store instead of standard input, while it runs or not, and
                   writes the incidents as it stores them (of very many links not all). With the registry that
                   the cloud runs with they are the same, byte for byte
  --day YYYY-MM-DD only the incidents that have a part in this day (UTC)
  --help           this text

score FOLDER  runs itself over every scenario of labelled alerts in the folder (.csv or .csv.gz with the columns
  time,name,ip,host,short,time_label,event_label) and writes a line of JSON for each: how many kinds of attack
  step the three most urgent incidents hold, how pure they are, their order, seconds and memory.

A line that cannot be read is named on standard error and left out. A detection that comes again unchanged
is left out silently; one that comes again changed is named, and the one that sorts first is taken.

Exit code: 0 all was read; 1 it could not start; 2 some lines were left out.
`;

/** At most this many lines are named one by one; the rest is counted. */
const MAX_NAMED = 1_000;
/** Output is written in pieces of about this many characters. */
const PIECE_LENGTH = 64 * 1024;

interface Complaints {
  say(text: string): void;
  readonly count: number;
}

function complaintsTo(write: (text: string) => void): Complaints {
  let count = 0;
  return {
    say(text) {
      count++;
      if (count <= MAX_NAMED) write(`correlate: ${text}\n`);
      else if (count === MAX_NAMED + 1) write('correlate: more follow, which are only counted\n');
    },
    get count() {
      return count;
    },
  };
}

/** @throws Error whose message names the file and what is wrong with it */
function registryFrom(file: string | undefined): Registry {
  if (file === undefined)
    return registryOf({ sites: [], zones: [], assets: [], identities: [], sharedAddresses: [] });
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.json')) return registryOf(parseConfiguration(registryDocument, text, file));
  const result = registryDocument.safeParse(JSON.parse(text));
  if (!result.success) throw new Error(`${file}: ${z.prettifyError(result.error)}`);
  return registryOf(result.data);
}

/** Lines of a stream, a chunk's at a time; one that is too long to be read comes cut off, so that it is refused. */
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

async function readInto(correlator: Correlator, complaints: Complaints): Promise<void> {
  let number = 0;
  const unread = new Set<string>();
  for await (const lines of linesOf(process.stdin)) {
    for (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      const read = readDetection(line);
      if ('refused' in read) {
        complaints.say(`line ${number}: ${read.refused}`);
        continue;
      }
      for (const key of read.unknown) if (unread.size < MAX_NAMED) unread.add(key);
      if (correlator.stage(read.detection) === 'conflicting')
        complaints.say(`line ${number}: "${read.detection.id}" was there before and said something else`);
    }
  }
  if (unread.size > 0)
    process.stderr.write(`correlate: fields that were not read: ${[...unread].sort().join(', ')}\n`);
}

/** Pieces of text to standard output, no faster than somebody reads. */
async function write(parts: Iterable<string>): Promise<void> {
  let piece = '';
  const flush = async () => {
    const isRoom = process.stdout.write(piece);
    piece = '';
    if (!isRoom) await once(process.stdout, 'drain');
  };
  for (const part of parts) {
    piece += part;
    if (piece.length > PIECE_LENGTH) await flush();
  }
  if (piece !== '') await flush();
}

function* partsOf(correlator: Correlator): Generator<string> {
  for (const outline of correlator.outlines()) yield* correlator.lineOf(outline);
}

/** Every scenario of a folder, each in a process of its own, and what they come to together. */
async function score(folder: string): Promise<void> {
  const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const all: { found: number; of: number; purity: number; isOrdered: boolean; isFirstReal: boolean }[] = [];
  for (const { name, file } of scenariosIn(folder)) {
    const scored = await runAndScore(import.meta.filename, alertsOf(file));
    say({ scenario: name, ...scored });
    all.push({ ...scored, isFirstReal: (scored.top[0]?.attack ?? 0) > 0 });
  }
  const found = all.reduce((sum, one) => sum + one.found, 0);
  const of = all.reduce((sum, one) => sum + one.of, 0);
  say({
    scenarios: all.length,
    found,
    of,
    steps: found / of,
    meanPurity: all.reduce((sum, { purity }) => sum + purity, 0) / all.length,
    leastPurity: Math.min(...all.map(({ purity }) => purity)),
    firstReal: all.filter(({ isFirstReal }) => isFirstReal).length,
    ordered: all.filter(({ isOrdered }) => isOrdered).length,
  });
}

/** @throws Error that names the folder or the day, and what is wrong with it */
async function replay(state: string, day: string | undefined, registry: Registry): Promise<void> {
  const dayMs = day === undefined ? undefined : dayOf(day);
  const store = readStore(join(state, 'store.sqlite'));
  try {
    await write(linesOfIncidents(replayStore(store, registry, dayMs)));
  } finally {
    store.close();
  }
}

function* linesOfIncidents(incidents: Iterable<Incident>): Generator<string> {
  for (const incident of incidents) yield `${JSON.stringify(incident)}\n`;
}

/** The first moment of a day, UTC. */
function dayOf(text: string): number {
  const found = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(found) || new Date(found).toISOString().slice(0, 10) !== text)
    throw new Error(`--day: expected a day such as 2026-11-23, got "${text}"`);
  return found;
}

function writeStatistics(): void {
  const statistics: RunStatistics = {
    seconds: Math.round(process.uptime() * 100) / 100,
    megabytes: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
  process.stderr.write(`${JSON.stringify(statistics)}\n`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      registry: { type: 'string' },
      stats: { type: 'boolean' },
      store: { type: 'string' },
      day: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const [verb, folder, ...more] = positionals;
  if (verb !== undefined) {
    if (verb !== 'score' || folder === undefined || more.length > 0)
      throw new Error(`cannot make sense of "${positionals.join(' ')}"; --help tells what there is`);
    await score(folder);
    return 0;
  }
  if (values.day !== undefined && values.store === undefined)
    throw new Error('--day says which day of a store; it needs --store');
  if (values.store !== undefined) {
    await replay(values.store, values.day, registryFrom(values.registry));
    if (values.stats === true) writeStatistics();
    return 0;
  }
  const correlator = new Correlator(registryFrom(values.registry), { isOneSet: true });
  const complaints = complaintsTo((text) => process.stderr.write(text));
  await readInto(correlator, complaints);
  correlator.settle();
  await write(partsOf(correlator));
  if (values.stats === true) writeStatistics();
  return complaints.count > 0 ? 2 : 0;
}

// A set of a million is read once: collecting garbage early costs little and saves a third of the memory.
setFlagsFromString('--heap-growing-percent=25');

// Whoever reads may stop reading (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`correlate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

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
import { graphInUse } from './assets/graph-in-use.ts';
import { weighing } from './assets/weighing.ts';
import type { GraphDocument } from './cascade/graph.ts';
import { happenedIn } from './cascade/incident.ts';
import { readGraph } from './cascade/read-graph.ts';
import { alertsOf, scenariosIn } from './correlation/alert-corpus.ts';
import { type RunStatistics, runAndScore } from './correlation/alert-run.ts';
import { Correlator } from './correlation/correlator.ts';
import { MAX_LINE_LENGTH, readDetection } from './correlation/read-detection.ts';
import type { Correlated } from './correlation/traits.ts';
import { withAddressed } from './registry/inside-addresses.ts';
import { replayStore, weighed } from './replay-store.ts';
import { readStore } from './store/reading.ts';

const help = `correlate [--registry FILE [--dependencies FILE]] [--stats] < detections.ndjson > incidents.ndjson
correlate --store STATE_DIR [--day YYYY-MM-DD] [--registry FILE [--dependencies FILE]] > incidents.ndjson
correlate score FOLDER

Puts detections together that belong together, and says why.

Input: one detection a line, JSON:
  {"id", "at" (ms since 1970), "rule", "severity", "source", "assets": [], "identities": [], "observables": {}}
  id and at must be there. A missing severity is medium. site, tactic, summary, facts, evidence and count may
  be there. The order of the lines does not matter.
Output: one incident a line, the most urgent first:
  {"id", "title", "first", "last", "severity", "priority", "detections", "assets", "identities",
   "links": [{"a", "b", "evidence": [{"kind", "on", "apartMs", "weight", "because"}], "weight"}],
   "effect"?: what it is expected to break, by which its priority was raised; only with a registry}

  --registry FILE  sites, zones, assets and people, YAML or JSON; without it only what detections name counts
  --dependencies FILE  what needs what, as the cloud's configuration names it; beside what the registry says itself
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

async function readInto(
  correlator: Correlator,
  complaints: Complaints,
  note: (detection: Correlated) => void,
): Promise<void> {
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
      note(read.detection);
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

function* partsOf(
  correlator: Correlator,
  weigh: ((incident: Incident) => Incident) | undefined,
): Generator<string> {
  if (weigh === undefined) {
    for (const outline of correlator.outlines()) yield* correlator.lineOf(outline);
    return;
  }
  for (const { outline, priority, effect } of weighed(correlator.outlines(), weigh)) {
    if (effect === undefined) {
      yield* correlator.lineOf(outline);
      continue;
    }
    for (const piece of correlator.lineOf({ ...outline, priority }))
      yield piece.endsWith('\n') ? `${piece.slice(0, -2)},"effect":${JSON.stringify(effect)}}\n` : piece;
  }
}

/** How urgent incidents are by what they will break; of the detections only those are kept that say that something broke. */
function foreseeing(registry: Registry, file: GraphDocument | undefined) {
  const telling = new Map<string, Correlated>();
  const graph = graphInUse({ registry, file });
  return {
    note(detection: Correlated): void {
      const addressed = withAddressed(detection, registry);
      if (happenedIn([addressed], (asset) => registry.asset(asset)).length > 0)
        telling.set(detection.id, detection);
    },
    weigh: weighing({
      detectionOf: (id) => telling.get(id),
      registry: () => registry,
      graph: () => graph,
    }),
  };
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
async function replay(
  state: string,
  day: string | undefined,
  registry: Registry,
  file: GraphDocument | undefined,
): Promise<void> {
  const dayMs = day === undefined ? undefined : dayOf(day);
  const store = readStore(join(state, 'store.sqlite'));
  try {
    const overlay = store.document('graph-overlay', 'desk')?.value;
    const decisionsFile = join(state, 'dependency-decisions.json');
    const graph = graphInUse({ registry, file, overlay, decisionsFile });
    const weigh = weighing({
      detectionOf: (id) => store.detection(id),
      registry: () => registry,
      graph: () => graph,
    });
    await write(linesOfIncidents(replayStore(store, registry, dayMs, weigh)));
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
      dependencies: { type: 'string' },
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
  if (values.dependencies !== undefined && values.registry === undefined)
    throw new Error('--dependencies speaks of the assets of a registry; it needs --registry');
  const dependencies = values.dependencies === undefined ? undefined : readGraph(values.dependencies);
  if (values.store !== undefined) {
    await replay(values.store, values.day, registryFrom(values.registry), dependencies);
    if (values.stats === true) writeStatistics();
    return 0;
  }
  const registry = registryFrom(values.registry);
  const correlator = new Correlator(registry, { isOneSet: true });
  const ahead = values.registry === undefined ? undefined : foreseeing(registry, dependencies);
  const complaints = complaintsTo((text) => process.stderr.write(text));
  await readInto(correlator, complaints, ahead?.note ?? (() => {}));
  correlator.settle();
  await write(partsOf(correlator, ahead?.weigh));
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

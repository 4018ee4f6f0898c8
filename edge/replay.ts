/**
 * What would have been raised: recorded observations through the rules, with time as it passed then.
 *
 *   node edge/replay.ts --registry registry.yaml --site pharmacy-1 [--rules rules.yaml] [--until TIME] < observations.ndjson
 *   node edge/replay.ts --registry registry.yaml --gateway gateway.yaml < observations.ndjson
 *
 * Detections go to standard output, one line of JSON each. A line that is no observation is named on standard
 * error and left out. Ends with 0; with 1 when lines were left out; with 2 when it could not begin.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../devices/configuration.ts';
import { identifier } from '../devices/model/identifiers.ts';
import { type Observation, observation } from '../devices/model/observation.ts';
import { type Registry, registryDocument, registryOf } from '../devices/model/registry.ts';
import { openingClock } from './panel/opening.ts';
import { everyRule, type RuleConfiguration, ruleConfigurations } from './rules/configuration.ts';
import { type ContextAt, RuleEngine } from './rules/engine.ts';
import type { Detection, RuleContext } from './rules/rule.ts';

export interface ReplayOptions {
  site: string;
  registry: Registry;
  rules: readonly RuleConfiguration[];
  /** The clock runs on to here after the last observation, ms; absent: it stops there. */
  until?: number;
}

/** Goes through a recording one observation at a time. */
export class Replay {
  readonly #engine: RuleEngine;
  readonly #options: ReplayOptions;
  readonly #isOpen: (at: number) => boolean;
  #armingMode: RuleContext['armingMode'] = 'disarmed';
  #now = 0;

  /** @throws RangeError when the site is not in the registry, or a rule names what does not exist. */
  constructor(options: ReplayOptions) {
    const site = options.registry.site(options.site);
    if (site === undefined) throw new RangeError(`there is no site "${options.site}" in the registry`);
    this.#options = options;
    this.#isOpen = openingClock(site).isOpen;
    this.#engine = new RuleEngine({
      ...options,
      kept: new Map(),
      keep: () => undefined,
      forget: () => undefined,
    });
  }

  /** What the passing of time and then this observation would have raised. Observations of other sites raise nothing. */
  feed(seen: Observation): readonly Detection[] {
    if (seen.site !== this.#options.site) return [];
    const now = Math.max(this.#now, Math.min(seen.observedAt, seen.receivedAt));
    const { detections: meanwhile } = this.#engine.wake(now, this.#contextAt);
    this.#now = now;
    const mode = seen.facts?.mode;
    if (seen.kind === 'alarm.armed' && (mode === 'away' || mode === 'night')) this.#armingMode = mode;
    if (seen.kind === 'alarm.disarmed') this.#armingMode = 'disarmed';
    const { detections } = this.#engine.observe(seen, this.#context(seen.observedAt));
    return meanwhile.length === 0 ? detections : [...meanwhile, ...detections];
  }

  /** What would have been raised after the last observation, up to `until`. */
  end(): readonly Detection[] {
    const { until } = this.#options;
    if (until === undefined || until <= this.#now) return [];
    return this.#engine.wake(until, this.#contextAt).detections;
  }

  /** What the rules could not do, in words. */
  troubles(): string[] {
    return this.#engine
      .troubles()
      .map(({ rule, what, message, count }) => `${rule}: ${what} (${count}): ${message}`);
  }

  #context(now: number): RuleContext {
    return {
      now,
      registry: this.#options.registry,
      armingMode: this.#armingMode,
      isOpen: this.#isOpen(now),
    };
  }

  readonly #contextAt: ContextAt = (at) => this.#context(at);
}

/** Detections that these observations, in the order in which they were recorded, would have raised. */
export function* replay(observations: Iterable<Observation>, options: ReplayOptions): Generator<Detection> {
  const run = new Replay(options);
  for (const seen of observations) yield* run.feed(seen);
  yield* run.end();
}

/** A longer line is no observation. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** An observation of a recording's line; a record as the gateway sends it counts too. A string says what is wrong. */
export function observationOfLine(line: string): Observation | undefined | string {
  if (line.length > MAX_LINE_CHARACTERS) return `longer than ${MAX_LINE_CHARACTERS} characters`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  const record = uplinked.safeParse(value);
  if (record.success && record.data.body.type !== 'observation') return undefined;
  const parsed = observation.safeParse(record.success ? record.data.body.observation : value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no observation'}`;
}

const uplinked = z.looseObject({
  body: z.looseObject({ type: z.string(), observation: z.unknown().optional() }),
});

/** The parts of a gateway's configuration that a replay needs. */
const gatewayPart = z.looseObject({
  gateway: z.looseObject({ site: identifier }),
  rules: ruleConfigurations.optional(),
});
const isList = z.array(z.unknown());

/** A list of rules, or a file with a `rules` part. */
function rulesOf(text: string, file: string): readonly RuleConfiguration[] {
  // Looked at first: an error must name the line in the form that was meant.
  if (isList.safeParse(parseConfiguration(z.unknown(), text, file)).success)
    return parseConfiguration(ruleConfigurations, text, file);
  return parseConfiguration(z.looseObject({ rules: ruleConfigurations }), text, file).rules;
}

/** Splits a stream of text into lines without keeping more than one that is too long. */
async function* linesOf(input: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    // The beginning of an endless line is enough to refuse it by.
    if (rest.length > 2 * MAX_LINE_CHARACTERS) rest = rest.slice(0, MAX_LINE_CHARACTERS + 1);
  }
  if (rest !== '') yield rest;
}

interface Terminal {
  input: AsyncIterable<string>;
  /** Answers when there is room for more. */
  print(line: string): Promise<void> | undefined;
  complain(line: string): void;
}

const usage =
  'usage: replay --registry FILE.yaml (--site ID [--rules FILE.yaml] | --gateway FILE.yaml) [--until TIME] < observations.ndjson';

const help = `gatehouse replay: what recorded observations would have raised

${usage}

  --registry FILE  sites, zones, assets and people
  --gateway FILE   a gateway's configuration: its site and its rules
  --site ID        the site, where no gateway is named; with every rule as it comes, or with
  --rules FILE     rules of your own: a list, or a file with the key "rules"
  --until TIME     time runs on to here after the last observation (ISO 8601)
  --detections     detections instead of the incidents they become

Observations come one a line as JSON, in the order in which they were seen. Lines that can't be read are named and left out.
`;

/** The command. Gives back the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  if (args.includes('--help')) {
    await terminal.print(help.trimEnd());
    return 0;
  }
  let run: Replay;
  try {
    run = new Replay(optionsOf(args));
  } catch (error) {
    terminal.complain(
      error instanceof ConfigurationError || error instanceof RangeError ? error.message : `${error}`,
    );
    terminal.complain(usage);
    return 2;
  }
  let number = 0;
  let left = 0;
  for await (const line of linesOf(terminal.input)) {
    number++;
    if (line.trim() === '') continue;
    const seen = observationOfLine(line);
    if (typeof seen === 'string') {
      left++;
      terminal.complain(`line ${number}: ${seen}`);
    } else if (seen !== undefined)
      for (const made of run.feed(seen)) await terminal.print(JSON.stringify(made));
  }
  for (const made of run.end()) await terminal.print(JSON.stringify(made));
  for (const trouble of run.troubles()) terminal.complain(trouble);
  if (left > 0) terminal.complain(`${left} of ${number} lines were left out`);
  return left > 0 ? 1 : 0;
}

/** @throws ConfigurationError or RangeError, in words for a person */
function optionsOf(args: readonly string[]): ReplayOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { registry: text, site: text, rules: text, gateway: text, until: text },
  });
  if (values.registry === undefined) throw new RangeError('--registry is missing');
  const read = (file: string) => readFileSync(file, 'utf8');
  const registry = registryOf(parseConfiguration(registryDocument, read(values.registry), values.registry));
  const gateway =
    values.gateway === undefined
      ? undefined
      : parseConfiguration(gatewayPart, read(values.gateway), values.gateway);
  const site = values.site ?? gateway?.gateway.site;
  if (site === undefined) throw new RangeError('--site is missing');
  const rules =
    values.rules === undefined ? (gateway?.rules ?? everyRule()) : rulesOf(read(values.rules), values.rules);
  const until = values.until === undefined ? undefined : Date.parse(values.until);
  if (Number.isNaN(until)) throw new RangeError(`--until: "${values.until}" is no time`);
  return { site, registry, rules, ...(until !== undefined && { until }) };
}

if (import.meta.main) {
  process.stdin.setEncoding('utf8');
  process.exitCode = await main(process.argv.slice(2), {
    input: process.stdin,
    print: (line) =>
      process.stdout.write(`${line}\n`)
        ? undefined
        : new Promise((resolve) => process.stdout.once('drain', resolve)),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}

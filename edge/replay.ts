/**
 * What would have been raised: recorded observations through rules and panel, with time as it passed then.
 *
 *   node edge/replay.ts --registry registry.yaml --site pharmacy-1 [--rules rules.yaml] [--until TIME] < observations.ndjson
 *   node edge/replay.ts --registry registry.yaml --gateway gateway.yaml < observations.ndjson
 *
 * Detections go to standard output, one line of JSON each. A line that is no observation is named on standard
 * error and left out. Ends with 0; with 1 when lines were left out; with 2 when it could not begin.
 */
import '../devices/engine.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../devices/configuration.ts';
import { type Detection, detection } from '../devices/model/detection.ts';
import { identifier } from '../devices/model/identifiers.ts';
import { type Observation, observation } from '../devices/model/observation.ts';
import { registryDocument, registryOf } from '../devices/model/registry.ts';
import { armingConfiguration } from './panel/arming-state.ts';
import { accessConfiguration } from './panel/door/configuration.ts';
import { deliveryConfiguration } from './panel/hand-over-configuration.ts';
import { armingMode } from './panel/schedule.ts';
import { Replay, type ReplayOptions } from './replayed-site.ts';
import { everyRule, type RuleConfiguration, ruleConfigurations } from './rules/configuration.ts';

/** A longer line is no observation. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** What a line of a recording holds that a replay takes. */
export type Recorded =
  | { type: 'observation'; observation: Observation }
  | { type: 'detection'; detection: Detection };

/**
 * An observation, or a record as the gateway sends it: with an observation, or a detection. `undefined`: a record that a
 * replay has no use for. A string says what is wrong.
 */
export function recordedIn(line: string): Recorded | undefined | string {
  if (line.length > MAX_LINE_CHARACTERS) return `longer than ${MAX_LINE_CHARACTERS} characters`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  const record = uplinked.safeParse(value);
  if (record.success && record.data.body.type === 'detection') {
    const found = detection.safeParse(record.data.body.detection);
    return found.success ? { type: 'detection', detection: found.data } : wrong(found.error);
  }
  if (record.success && record.data.body.type !== 'observation') return undefined;
  const parsed = observation.safeParse(record.success ? record.data.body.observation : value);
  return parsed.success ? { type: 'observation', observation: parsed.data } : wrong(parsed.error);
}

const wrong = ({ issues: [issue] }: z.ZodError): string =>
  `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no observation'}`;

const uplinked = z.looseObject({
  body: z.looseObject({
    type: z.string(),
    observation: z.unknown().optional(),
    detection: z.unknown().optional(),
  }),
});

/** The parts of a gateway's configuration that a replay needs. */
const gatewayPart = z.looseObject({
  gateway: z.looseObject({ site: identifier }),
  rules: ruleConfigurations.optional(),
  /** A recording's panel is replayed where the file has one. */
  panel: armingConfiguration.optional(),
  access: accessConfiguration.default(accessConfiguration.parse({})),
  deliveries: deliveryConfiguration.default(deliveryConfiguration.parse({})),
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
  'usage: replay --registry FILE.yaml (--site ID [--rules FILE.yaml] | --gateway FILE.yaml) [--armed MODE] [--until TIME] < observations.ndjson';

const help = `gatehouse replay: what recorded observations would have raised

${usage}

  --registry FILE  sites, zones, assets and people
  --gateway FILE   a gateway's configuration: its site, its rules, and its panel: arming, doors, deliveries
  --site ID        the site, where no gateway is named; with every rule as it comes, or with
  --rules FILE     rules of your own: a list, or a file with the key "rules"
  --armed MODE     how the site was armed when the recording begins: away, night; otherwise disarmed
  --until TIME     time runs on to here after the last observation (ISO 8601)
  --detections     detections instead of the incidents they become

Observations come one a line as JSON, in the order in which they were seen. Lines that can't be read are named and left out.
With --gateway the panel judges anew, with the arming schedule of the file: what it said then is left out. Without it the
rules alone judge, and what the panel said then is taken as it was. Nothing is unlocked, sounded or sent.
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
    const seen = recordedIn(line);
    if (typeof seen === 'string') {
      left++;
      terminal.complain(`line ${number}: ${seen}`);
    } else if (seen !== undefined) {
      const raised =
        seen.type === 'detection' ? run.feedDetection(seen.detection) : run.feed(seen.observation);
      for (const made of raised) await terminal.print(JSON.stringify(made));
    }
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
    options: { registry: text, site: text, rules: text, gateway: text, armed: text, until: text },
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
  const armed = values.armed === undefined ? undefined : armingMode.safeParse(values.armed);
  if (armed?.success === false)
    throw new RangeError(`--armed: "${values.armed}" is not away, night or disarmed`);
  return {
    site,
    registry,
    rules,
    ...(gateway?.panel !== undefined && {
      panel: { arming: gateway.panel, access: gateway.access, deliveries: gateway.deliveries },
    }),
    ...(armed !== undefined && { armed: armed.data }),
    ...(until !== undefined && { until }),
  };
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

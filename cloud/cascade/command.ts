/** `gatehouse cascade --graph FILE --fail ASSET`: what fails next, when, by which way, and what it costs. */
import '../../devices/engine.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../devices/configuration.ts';
import { type CascadeQuery, cascade, MAX_PATHS, MAX_SAMPLES, MAX_TOLD, whatIf } from './cascade.ts';
import { ChangeProblem, changeFromText, failureFromText, MAX_CHANGES, MAX_FAILURES } from './change.ts';
import { episodesFromLines } from './episodes.ts';
import type { GraphDocument } from './graph.ts';
import { parseGraph, readGraph } from './read-graph.ts';
import { differenceText, reportText } from './report-text.ts';
import { durationFromText, MAX_DURATION_MS } from './spread.ts';
import { suggestionsFrom } from './suggestions.ts';

const help = `gatehouse cascade: what fails next, when, by which way, and what it costs

Usage: gatehouse cascade --graph FILE --fail ASSET[:EFFECT][,…] [--what-if CHANGE[,CHANGE…]]… [options]
       gatehouse cascade --graph FILE --check
       gatehouse cascade learn [--graph FILE] < observations.ndjson

  --graph FILE       assets, dependencies, services, mitigations: YAML or JSON (docs/cascading-effects.md)
  --fail LIST        what has failed: assets, with ":" and what happened to it where it did not stop working
  --what-if CHANGES  the same with some changes, compared with the same random numbers; each --what-if is one variant
                     fail:ASSET[:EFFECT]   fix:ASSET[:EFFECT]   ups:ASSET=30min   buffer:ASSET[:TYPE]=2h
                     apply:MITIGATION      drop:MITIGATION      cut:FROM>TO       chance:FROM>TO=0.2
  --seed N           of the random numbers (1): the same seed gives the same answer
  --samples N        sampled, with so many; without it all outcomes are gone through where they are few
  --horizon TIME     how far is looked ahead, such as 8h; without it what the file says
  --lasting TIME     when what had failed is mended: what would fail later does not
  --paths N          strongest paths told of each effect (3)
  --limit N          effects told (${MAX_TOLD})
  --json             one line of JSON
  --check            reads the file, says what it holds, and ends
  --help             this text

learn finds out of recorded observations, one JSON a line, what fails after what, and prints a line for each
suggestion: how often, how soon, how sure. Nothing is taken by itself; "entry" is what to put under "dependencies".

Exit status: 0 done, 1 the question is wrong, 2 the file is.
`;

/** Fit for a person; ends the command with status 1. */
class CommandProblem extends Error {}

function numberFrom(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new CommandProblem(`--${name} takes a whole number from ${least} to ${most}`);
}

function timeFrom(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = durationFromText(text);
  if (ms !== undefined && ms > 0 && ms <= MAX_DURATION_MS) return ms;
  throw new CommandProblem(`--${name} takes a number and a unit up to 31d: 90s, 30min, 8h`);
}

const listed = (texts: readonly string[] | undefined): string[] =>
  (texts ?? []).flatMap((text) => text.split(',')).filter((text) => text.trim() !== '');

function check(document: GraphDocument): void {
  const { assets, dependencies, services, mitigations, threats, weaknesses } = document;
  const counts = {
    assets: assets.length,
    dependencies: dependencies.reduce((sum, { on }) => sum + on.length, 0),
    services: services.length,
    mitigations: mitigations.length,
    threats: threats.length,
    weaknesses: weaknesses.length,
  };
  process.stdout.write(`${JSON.stringify(counts)}\n`);
}

function learn(graph: string | undefined): void {
  const { episodes, skipped } = episodesFromLines(readFileSync(0, 'utf8').split('\n'));
  const document = graph === undefined ? undefined : readGraph(graph);
  for (const suggestion of suggestionsFrom(episodes, document?.dependencies ?? []))
    process.stdout.write(`${JSON.stringify(suggestion)}\n`);
  if (skipped > 0) process.stderr.write(`gatehouse cascade: ${skipped} lines are no observations\n`);
}

function options() {
  return parseArgs({
    allowPositionals: true,
    options: {
      graph: { type: 'string' },
      fail: { type: 'string', multiple: true },
      'what-if': { type: 'string', multiple: true },
      seed: { type: 'string' },
      samples: { type: 'string' },
      horizon: { type: 'string' },
      lasting: { type: 'string' },
      paths: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
      check: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function main(): void {
  const { values, positionals } = options();
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const [what, ...more] = positionals;
  if (what === 'learn' && more.length === 0) {
    learn(values.graph);
    return;
  }
  if (what !== undefined) throw new CommandProblem(`"${what}" is not expected`);
  if (values.graph === undefined) throw new CommandProblem('needs --graph FILE');
  const document =
    values.graph === '-' ? parseGraph(readFileSync(0, 'utf8'), 'standard input') : readGraph(values.graph);
  if (values.check === true) {
    check(document);
    return;
  }
  const failures = listed(values.fail).map((text) => failureFromText(text, document));
  if (failures.length === 0) throw new CommandProblem('needs --fail ASSET');
  if (failures.length > MAX_FAILURES) throw new CommandProblem(`--fail takes ${MAX_FAILURES} assets at most`);
  const query: CascadeQuery = {
    failures,
    seed: numberFrom('seed', values.seed, 0, 0xffff_ffff) ?? 1,
    samples: numberFrom('samples', values.samples, 1, MAX_SAMPLES),
    horizonMs: timeFrom('horizon', values.horizon),
    lastingMs: timeFrom('lasting', values.lasting),
    paths: numberFrom('paths', values.paths, 0, MAX_PATHS),
    limit: numberFrom('limit', values.limit, 1, MAX_TOLD),
  };
  const variants = (values['what-if'] ?? []).map((text) =>
    listed([text]).map((one) => changeFromText(one, document)),
  );
  if (variants.flat().length > MAX_CHANGES) throw new CommandProblem(`at most ${MAX_CHANGES} changes`);
  if (variants.length === 0) {
    const report = cascade(document, query);
    process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
    return;
  }
  const differences = variants.map((changes) => whatIf(document, query, changes));
  if (values.json === true) {
    const [first] = differences;
    process.stdout.write(`${JSON.stringify(differences.length === 1 ? first : { variants: differences })}\n`);
    return;
  }
  const [first] = differences;
  if (first !== undefined) process.stdout.write(reportText(first.before));
  for (const one of differences) process.stdout.write(`\n${differenceText(one)}`);
}

// Whoever reads may stop reading (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  main();
} catch (error) {
  const isFile = error instanceof ConfigurationError;
  const message = error instanceof Error ? error.message : String(error);
  const isAsked = error instanceof CommandProblem || error instanceof ChangeProblem;
  const hint = isFile ? '' : isAsked ? '; "gatehouse cascade --help" tells more' : '';
  process.stderr.write(
    `gatehouse cascade: ${isFile ? message.replaceAll('\n', '\n  ') : `${message.split('\n')[0]}${hint}`}\n`,
  );
  process.exitCode = isFile ? 2 : 1;
}

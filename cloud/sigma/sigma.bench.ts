/**
 * Measures Sigma. Run: node cloud/sigma/sigma.bench.ts [folder with rules]; the folder may stand in SIGMA_RULES as well.
 * Goals are figures of other engines on one core, see docs/sigma.md.
 */
import { existsSync } from 'node:fs';
import { benchEvents } from './bench-events.ts';
import { loadFolder } from './folder.ts';
import { Matcher } from './matcher.ts';

const EVENTS = 40_000;
const ROUNDS = 5;

/** The best of some rounds, per second: the others were disturbed. */
function pace(count: number, work: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    work();
    best = Math.max(best, (count / (performance.now() - started)) * 1_000);
  }
  return best;
}

const thousands = (perSecond: number) => `${Math.round(perSecond / 1_000)} thousand/s`;

function tell(title: string, perSecond: number, goal: number): void {
  console.log(
    `${title}: ${thousands(perSecond)}  ratio ${(perSecond / goal).toFixed(2)} of ${thousands(goal)}`,
  );
}

function rules(folder: string): void {
  const started = performance.now();
  const { detections, loaded, rules: all } = loadFolder(folder);
  console.log(`${loaded} of ${all} rules loaded in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  const events = benchEvents(EVENTS);
  const lines = events.map(({ event }) => JSON.stringify(event));
  const few = new Matcher(detections.filter((_, index) => index % Math.ceil(detections.length / 30) === 0));
  const many = new Matcher(detections);
  let matches = 0;
  const baseline = pace(EVENTS, () => {
    for (const { event } of events) few.match(event);
  });
  const plain = pace(EVENTS, () => {
    matches = 0;
    for (const { event } of events) matches += many.match(event).length;
  });
  const parsed = pace(EVENTS, () => {
    for (const line of lines) many.match(JSON.parse(line));
  });
  const routed = pace(EVENTS, () => {
    for (const { event, logsource } of events) many.match(event, logsource);
  });
  let asked = 0;
  for (const { event } of events) asked += many.candidatesOf(event);
  tell('events against all rules', plain, 66_000);
  tell('  with JSON.parse', parsed, 66_000);
  tell('events against the rules of their logsource', routed, 100_000);
  console.log(
    `  ${matches} matches, ${(asked / EVENTS).toFixed(1)} of ${detections.length} rules asked an event, ` +
      `${few.rules.length} rules: ${thousands(baseline)}, so all cost ${(baseline / plain).toFixed(2)} times as much`,
  );
}

const folder = process.argv[2] ?? process.env.SIGMA_RULES;
if (folder === undefined || !existsSync(folder))
  console.log('rules: skipped, no folder with rules was named (SIGMA_RULES=folder)');
else rules(folder);

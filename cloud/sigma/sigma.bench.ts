/**
 * Measures Sigma. Run: node cloud/sigma/sigma.bench.ts [folder with rules]; the folder may stand in SIGMA_RULES as well.
 * Goals are figures of other engines on one core, see docs/sigma.md.
 */
import { existsSync } from 'node:fs';
import { benchEvents, random } from './bench-events.ts';
import { CorrelationEngine } from './correlation.ts';
import { loadFolder } from './folder.ts';
import { Matcher } from './matcher.ts';
import { ruleSetOf } from './rule-set.ts';

const EVENTS = 40_000;
const ROUNDS = 5;

/** The best of some rounds, per second of processor time: the others were disturbed. */
function pace(count: number, work: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    best = Math.max(best, (count / (user + system)) * 1_000_000);
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

const UPDATES = 300_000;
/** Settled together, as the cloud judges what was stored together. */
const BATCH = 1_000;

/** `shuffleMs`: how far an update may come behind its time. */
function correlations(
  type: string,
  condition: string,
  shuffleMs: number,
): { perSecond: number; found: string } {
  const text = `title: failed
name: failed
logsource: {category: x}
detection: {s: {outcome: failed}, condition: s}
---
title: it
correlation: {type: ${type}, rules: [failed], group-by: [user], timespan: 5m, condition: {${condition}}}`;
  const { correlations: rules } = ruleSetOf([{ file: 'bench.yml', text }]);
  const next = random(11);
  const updates = Array.from({ length: UPDATES }, (_, index) => ({
    at: index * 20,
    arrives: index * 20 + next() * shuffleMs,
    id: `e${index}`,
    // Some 1,800 different values in a window of each group.
    event: { user: `user-${index % 8}`, ip: `10.0.${(index >> 3) % 1_800}` },
  })).sort((a, b) => a.arrives - b.arrives);
  let found = '';
  const perSecond = pace(UPDATES, () => {
    const engine = new CorrelationEngine(rules, { latenessMs: 60_000 });
    const standing = new Map<string, string>();
    let newest = 0;
    const settle = () => {
      engine.advance(newest);
      const { put, withdraw } = engine.settle();
      for (const id of withdraw) standing.delete(id);
      for (const { id, at, lastAt } of put) standing.set(id, `${at}-${lastAt}`);
    };
    updates.forEach(({ at, id, event }, index) => {
      newest = Math.max(newest, at);
      engine.add('failed', at, id, event);
      if (index % BATCH === BATCH - 1) settle();
    });
    settle();
    found = [...standing.values()].sort().join();
  });
  return { perSecond, found };
}

function correlated(type: string, condition: string, goal: number): void {
  const inOrder = correlations(type, condition, 0);
  const shuffled = correlations(type, condition, 30_000);
  tell(`${type} updates`, inOrder.perSecond, goal);
  console.log(
    `  up to 30 s out of order: ${thousands(shuffled.perSecond)}, ` +
      `${shuffled.found === inOrder.found ? 'the same' : 'NOT THE SAME'} found`,
  );
}

correlated('event_count', 'gte: 1800', 1_200_000);
correlated('value_count', 'field: ip, gte: 1700', 500_000);

const folder = process.argv[2] ?? process.env.SIGMA_RULES;
if (folder === undefined || !existsSync(folder))
  console.log('rules: skipped, no folder with rules was named (SIGMA_RULES=folder)');
else rules(folder);

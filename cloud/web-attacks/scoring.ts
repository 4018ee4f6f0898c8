/** How well the judge does, on a corpus and on traffic that is made. Pure but for reading the corpus. */
import { benignRequest, randomOf } from './benign-traffic.ts';
import { asLogged, type CorpusRow, halfOf, isVisible } from './corpus.ts';
import { THRESHOLD } from './findings.ts';
import { judgeRequest } from './judge.ts';
import { evasiveRewrite, harmlessRewrite } from './mutations.ts';
import type { WebRequest } from './request-parts.ts';

export interface Line {
  visible: number;
  detected: number;
  /** Nothing at all was found. */
  missedWithoutSign: number;
  /** Signs were found, too few points. */
  missedBelowThreshold: number;
  /** Attacks whose bytes are elsewhere: bodies, cookies, other headers. */
  elsewhere: number;
  detectedElsewhere: number;
  negatives: number;
  alarmsOnNegatives: number;
  byOthers: number;
}

const emptyLine = (): Line => ({
  visible: 0,
  detected: 0,
  missedWithoutSign: 0,
  missedBelowThreshold: 0,
  elsewhere: 0,
  detectedElsewhere: 0,
  negatives: 0,
  alarmsOnNegatives: 0,
  byOthers: 0,
});

/** By family of the corpus. @param others a judge to compare with, on the visible attacks */
export function scoreCorpus(
  rows: readonly CorpusRow[],
  half: 'development' | 'report' | 'both',
  others?: (request: WebRequest) => boolean,
): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    if (half !== 'both' && halfOf(row.id) !== half) continue;
    const line = lines.get(row.family) ?? emptyLine();
    lines.set(row.family, line);
    const request = asLogged(row);
    const { isAttack, score } = judgeRequest(request);
    if (row.expect !== 'attack') {
      line.negatives++;
      if (isAttack) line.alarmsOnNegatives++;
    } else if (!isVisible(row)) {
      line.elsewhere++;
      if (isAttack) line.detectedElsewhere++;
    } else {
      line.visible++;
      if (isAttack) line.detected++;
      else if (score > 0) line.missedBelowThreshold++;
      else line.missedWithoutSign++;
      if (others?.(request)) line.byOthers++;
    }
  }
  return lines;
}

export function sumOf(lines: Iterable<Line>): Line {
  const sum = emptyLine();
  for (const line of lines) for (const name of Object.keys(sum) as (keyof Line)[]) sum[name] += line[name];
  return sum;
}

export interface FalseAlarms {
  requests: number;
  alarms: number;
  examples: string[];
}

const EXAMPLES = 8;

export function falseAlarmsOn(requests: Iterable<WebRequest>): FalseAlarms {
  const found: FalseAlarms = { requests: 0, alarms: 0, examples: [] };
  for (const request of requests) {
    found.requests++;
    const { isAttack, findings } = judgeRequest(request);
    if (!isAttack) continue;
    found.alarms++;
    if (found.examples.length < EXAMPLES)
      found.examples.push(`${request.target.slice(0, 120)}  (${findings[0]?.what ?? ''})`);
  }
  return found;
}

/** Honest traffic of a seed. */
export function* benignTraffic(seed: number, count: number): Generator<WebRequest> {
  const random = randomOf(seed);
  for (let index = 0; index < count; index++) yield benignRequest(random);
}

/** Verdicts that another way of writing turned, of how many. */
export function turnedBy(rows: readonly CorpusRow[], seed: number, benignCount: number, rounds: number) {
  const random = randomOf(seed);
  const attacks = rows
    .filter((row) => row.expect === 'attack' && row.uri.includes('?') && isVisible(row))
    .map(asLogged)
    .filter((request) => judgeRequest(request).isAttack);
  let attacksTurned = 0;
  for (let round = 0; round < rounds; round++)
    for (const attack of attacks)
      if (judgeRequest(evasiveRewrite(attack, random)).score < THRESHOLD) attacksTurned++;
  let benign = 0;
  let benignTurned = 0;
  for (const request of benignTraffic(seed, benignCount)) {
    if (judgeRequest(request).isAttack) continue;
    benign++;
    if (judgeRequest(harmlessRewrite(request, random)).isAttack) benignTurned++;
  }
  return { attacks: attacks.length * rounds, attacksTurned, benign, benignTurned };
}

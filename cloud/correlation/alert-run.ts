/** Runs the correlate command over a scenario of a labelled corpus, as anybody would, and scores what comes out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { type Alert, lineOf } from './alert-corpus.ts';
import { type AlertScore, type Ranked, scoreOf } from './alert-score.ts';

/** What the command says of itself on its last line of standard error when asked by `--stats`. */
export const runStatistics = z.strictObject({ seconds: z.number(), megabytes: z.number() });
export type RunStatistics = z.infer<typeof runStatistics>;

/** Lines written at a time. */
const LINES_AT_ONCE = 1_000;
/** In front of what is not looked at: the links of a large incident are longer than a text can be. */
const LINKS = ',"links":[';

const ranked = z.object({ priority: z.number(), detections: z.array(z.string()) });

/** @throws Error with what the command complained of, when it did not read all */
export async function runAndScore(
  command: string,
  alerts: readonly Alert[],
): Promise<AlertScore & RunStatistics> {
  const child = spawn(process.execPath, [command, '--stats'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const reading = incidentsFrom(child.stdout);
  for (let from = 0; from < alerts.length; from += LINES_AT_ONCE) {
    const lines = alerts.slice(from, from + LINES_AT_ONCE).map(lineOf);
    if (!child.stdin.write(lines.join(''))) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const incidents = await reading;
  const [code] = await ended;
  if (code !== 0) throw new Error(`correlate ended with ${String(code)}: ${complaints}`);
  const last = complaints.trimEnd().split('\n').at(-1) ?? '';
  return { ...scoreOf(alerts, incidents), ...runStatistics.parse(JSON.parse(last)) };
}

/** Id, priority and detections of each incident, a line each; what follows `links` is skipped. */
async function incidentsFrom(output: AsyncIterable<Buffer>): Promise<Ranked[]> {
  const found: Ranked[] = [];
  let head = '';
  let isInLinks = false;
  for await (const chunk of output) {
    // Byte by byte, so that no character is cut: ids are line numbers, and titles are not looked at.
    const lines = chunk.toString('latin1').split('\n');
    for (const [index, part] of lines.entries()) {
      if (index > 0) {
        found.push(ranked.parse(JSON.parse(`${head}}`)));
        head = '';
        isInLinks = false;
      }
      if (isInLinks) continue;
      const searchFrom = Math.max(0, head.length - LINKS.length);
      head += part;
      const links = head.indexOf(LINKS, searchFrom);
      isInLinks = links >= 0;
      if (isInLinks) head = head.slice(0, links);
    }
  }
  return found;
}

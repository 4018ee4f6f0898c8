/** Names that were asked for, and carry something. */
import type { Found } from '../monitors/monitor.ts';
import { rounded } from './bounded.ts';
import { entropyOf } from './contact.ts';
import { found, inOrder, MAX_EVIDENCE, runsOf } from './finding.ts';
import { type DeviceMemory, FEW_NAMES, type NamesAsked } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';
import { nameOf, spanText } from './wording.ts';

const MIN_BITS = 3;

/** Many long names without sense, each asked for once, under one domain: they carry something. */
export function judgeNames(
  memory: DeviceMemory,
  domain: string,
  hours: ReadonlyMap<number, NamesAsked>,
  { tunnel }: CommunicationSettings,
): Found[] {
  const carrying = new Map<number, NamesAsked>();
  for (const [hour, asked] of hours) if (carries(asked, tunnel.length)) carrying.set(hour, asked);
  return [...runsOf(carrying, 3)].flatMap((run) => {
    const counts = run.map(([, { names }]) => names.distinct);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (Math.max(...counts) < tunnel.names && total < 2 * tunnel.names) return [];
    const firsts = run.flatMap(([, { names }]) => [...names.entries()]).sort(inOrder);
    const first = firsts[0];
    const last = firsts.at(-1);
    if (first === undefined || last === undefined) return [];
    const length = firsts.reduce((sum, { thing }) => sum + thing.length, 0) / firsts.length;
    const questions = run.reduce((sum, [, asked]) => sum + asked.questions, 0);
    const records = run.reduce((sum, [, asked]) => sum + asked.records, 0);
    const told = rounded(total);
    return [
      found(memory, {
        anchor: `names ${domain} ${first.id}`,
        at: firsts[Math.min(tunnel.names, firsts.length) - 1]?.at ?? first.at,
        severity: 'high',
        summary: `${nameOf(memory.party)} asked for about ${told} different names under ${domain} in ${spanText(last.at - first.at)}, ${Math.round(length)} signs long on average: data may leave through name servers`,
        facts: {
          names: told,
          questions: rounded(questions),
          meanLength: Math.round(length),
          recordPercent: Math.round((100 * records) / questions),
          domain,
        },
        evidence: firsts.slice(0, MAX_EVIDENCE).map(({ id }) => id),
        tactic: 'T1048.003',
        count: told,
        domain,
      }),
    ];
  });
}

function carries({ names, questions }: NamesAsked, leastLength: number): boolean {
  if (names.size < FEW_NAMES || names.distinct < 0.5 * questions) return false;
  let length = 0;
  let bits = 0;
  for (const { thing } of names.entries()) {
    length += thing.length;
    bits += entropyOf(thing.text);
  }
  return length / names.size >= leastLength && bits / names.size >= MIN_BITS;
}

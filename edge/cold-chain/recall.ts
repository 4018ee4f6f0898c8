/** What earlier lives of the gateway left in its log, as it was seen then. */
import { z } from 'zod';
import { type Observation, observation } from '../../devices/model/observation.ts';
import type { Lane } from '../../devices/wire.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { Untimed } from './untimed.ts';

const READ_AT_ONCE = { records: 2_000, bytes: 2 * 1024 * 1024 };

const stored = z.object({ body: z.object({ type: z.literal('observation'), observation }) });

export interface Recall {
  outbox: Pick<Outbox, 'read'>;
  /** Sequence after which to begin, and the last one that is wanted. */
  after: number;
  newest: number;
  /** By the name of its kind. */
  isWanted(kind: string): boolean;
  signal: AbortSignal;
}

/**
 * Goes through observations of ordinary record in the order in which they were seen. What a life saw without the time is
 * put right by the correction that it noted later.
 * @returns how many are left out because their time was never known
 */
export async function recalled(recall: Recall, take: (seen: Observation) => void): Promise<number> {
  const clockSets: { seen: Observation; sequence: number }[] = [];
  for await (const entry of logged('alarm', recall, (kind) => kind === 'clock.set')) clockSets.push(entry);
  const untimed = new Untimed();
  const putRight = (before: number) => {
    for (; (clockSets[0]?.sequence ?? before) < before; clockSets.shift())
      for (const seen of untimed.timed(clockSets[0]?.seen ?? {})) take(seen);
  };
  const isWanted = (kind: string) => kind === 'gateway.started' || recall.isWanted(kind);
  for await (const { seen, sequence } of logged('bulk', recall, isWanted)) {
    putRight(sequence);
    if (seen.kind === 'gateway.started') untimed.giveUp();
    else if (seen.clock === 'unset') untimed.hold(seen);
    else take(seen);
  }
  putRight(Number.POSITIVE_INFINITY);
  untimed.giveUp();
  return untimed.lost;
}

async function* logged(
  lane: Lane,
  { outbox, after: from, newest, signal }: Recall,
  isWanted: Recall['isWanted'],
): AsyncGenerator<{ seen: Observation; sequence: number }> {
  let after = from;
  while (!signal.aborted && after < newest) {
    const records = await outbox.read(lane, after, READ_AT_ONCE);
    for (const { json, sequence } of records) {
      // Most records are none of these: not worth a whole reading.
      const [, kind] = /"kind":"([a-z.-]+)"/.exec(json) ?? [];
      if (sequence > newest || kind === undefined || !isWanted(kind)) continue;
      const read = stored.safeParse(JSON.parse(json));
      if (read.success) yield { seen: read.data.body.observation, sequence };
    }
    const last = records.at(-1)?.sequence;
    if (last === undefined) return;
    after = last;
  }
}

/** Everything a log must know besides its records; the first frame of each segment holds it. */
import { z } from 'zod';
import { batchHeader, lossNotice } from '../../devices/wire.ts';

const count = z.number().int().min(0);
const loss = z.strictObject({
  from: count,
  to: count,
  after: count,
  resumes: lossNotice.shape.resumes,
  count,
  reason: lossNotice.shape.reason,
  at: lossNotice.shape.at,
});
const laneSnapshot = z.strictObject({
  acknowledged: count,
  last: count,
  chain: lossNotice.shape.resumes,
  losses: z.array(loss),
});

export const snapshot = z.strictObject({
  format: z.literal(1),
  gateway: z.string(),
  epoch: batchHeader.shape.epoch,
  lanes: z.strictObject({ alarm: laneSnapshot, bulk: laneSnapshot }),
  /** Key and value as JSON text. */
  state: z.array(z.tuple([z.string(), z.string()])),
});
export type Snapshot = z.infer<typeof snapshot>;

/** Changes of state in one commit: key and new value as JSON text, or null where it is forgotten. */
export type StateChange = readonly [key: string, json: string | null];
const stateChanges = z.array(z.tuple([z.string(), z.string().nullable()]));

const text = (data: Uint8Array): unknown => JSON.parse(Buffer.from(data).toString('utf8'));

/** @throws when the text is none: the frame's CRC was right, so this is another program's file. */
export const readSnapshot = (data: Uint8Array): Snapshot => snapshot.parse(text(data));
export const readStateChanges = (data: Uint8Array): StateChange[] => stateChanges.parse(text(data));

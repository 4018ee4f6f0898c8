/** What a bundle of evidence holds, each file and each line by its hash; the cloud's key signs it. */
import { hash } from 'node:crypto';
import { z } from 'zod';

export const BUNDLE_FORMAT = 'gatehouse-evidence/1';
export const MANIFEST = 'manifest.json';
export const MANIFEST_NOTE = 'manifest.note';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const manifest = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  incident: z.string(),
  title: z.string(),
  exportedAt: z.number(),
  key: z.string(),
  files: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.number(),
      sha256,
      /** Of a file with one record a line: each line's, so that the first altered one can be named. */
      lines: z.array(sha256).optional(),
    }),
  ),
});
export type Manifest = z.infer<typeof manifest>;

export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** What the signature of a bundle covers. */
export const manifestText = (origin: string, manifestBytes: Uint8Array): string =>
  `${origin}/evidence\n${sha256Hex(manifestBytes)}\n`;

const entryProof = z.strictObject({
  number: z.number().int().min(0),
  entry: z.string(),
  proof: z.array(z.base64()).max(64),
});
/** Lines of records.ndjson: runs of a gateway's chain between two entries of the trail; records of the cloud's own. */
export const recordLine = z.union([
  z.strictObject({
    run: z.strictObject({
      gateway: z.string(),
      epoch: z.string(),
      lane: z.string(),
      /** The record before the first of it, and its chain value. */
      after: z.number().int().min(0),
      chain: z.string(),
      /** Entries of the trail that say so of its beginning (none at the lane's own) and of its end. */
      begins: entryProof.optional(),
      ends: entryProof.optional(),
    }),
  }),
  z.strictObject({
    record: z.strictObject({
      sequence: z.number().int(),
      chain: z.string(),
      json: z.string(),
      /** The incident rests on it; others only join the chain. */
      evidence: z.boolean(),
    }),
  }),
  z.strictObject({ observation: z.looseObject({ id: z.string() }) }),
]);
export type RecordLine = z.infer<typeof recordLine>;

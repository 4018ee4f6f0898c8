/**
 * The contract between a gateway and the cloud.
 *
 * A gateway writes records into its outbox, numbered by one sequence within an epoch (one life of the
 * outbox file). Each record goes up in one of two lanes. Within a lane, a record names its predecessor
 * (`after`) and is chained to it by hash, so the receiver sees a gap, a swap or a change at once.
 *
 * Up, MQTT topic `gw/<gateway>/up/<lane>` or the body of `POST /ingest/v1/<gateway>/<lane>`: a batch, one
 * header line and then one line a record: `<chain> <record as JSON>`, where
 * chain = SHA-256(previous chain as hex + record's JSON bytes), hex. A lane's first record follows the
 * chain GENESIS and the sequence 0.
 *
 * Down, MQTT topic `gw/<gateway>/ack` or the HTTP answer: a receipt, cumulative for its lane: all records
 * up to `sequence` are committed in the cloud's store. A receipt with `resend` asks for what follows it.
 * Down, `gw/<gateway>/command`: a command (model/command.ts). Its outcome comes back as a record.
 */
import { z } from 'zod';
import { command } from './model/command.ts';
import { detection } from './model/detection.ts';
import { identifier, instant } from './model/identifiers.ts';
import { observation } from './model/observation.ts';

/** Alarms go first: detections and what they rest on. Everything else is bulk. */
export const lanes = ['alarm', 'bulk'] as const;
export const lane = z.enum(lanes);
export type Lane = z.infer<typeof lane>;

/** Chain value before a lane's first record. */
export const GENESIS = '0'.repeat(64);

/** One record's JSON, at most; the largest is a picture. */
export const MAX_RECORD_BYTES = 192 * 1024;
/** Records in one batch, at most. */
export const MAX_BATCH_RECORDS = 500;
/** Bytes of one batch, at most (the MQTT payload or HTTP body). */
export const MAX_BATCH_BYTES = 512 * 1024;
/** Batches of one lane that may be under way without a receipt. */
export const MAX_BATCHES_IN_FLIGHT = 8;

const chainValue = z.string().regex(/^[0-9a-f]{64}$/);
const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** First line of a batch. */
export const batchHeader = z.strictObject({
  version: z.literal(1),
  gateway: identifier,
  /** Identifies the outbox file; a new file (a new machine, a reset) is a new epoch. */
  epoch: z.string().regex(/^[0-9a-z]{8,32}$/),
  lane,
  /** Identifies the gateway process's life. */
  boot: z.string().max(64),
  sentAt: instant,
  count: z.number().int().min(1).max(MAX_BATCH_RECORDS),
});
export type BatchHeader = z.infer<typeof batchHeader>;

/** A picture as evidence. JPEG only, base64. */
export const picture = z.strictObject({
  id: z.string().max(256),
  asset: identifier,
  site: identifier,
  takenAt: instant,
  mediaType: z.literal('image/jpeg'),
  /** The detection it was taken for. */
  detection: z.string().max(256).optional(),
  base64: z.base64().max(180_000),
});
export type Picture = z.infer<typeof picture>;

/**
 * Records that had to be given up, stated and signed (Ed25519 over lossStatement) so that the gap is honest.
 * Its record takes the place of the last one given up: `sequence` is `to`, `after` is the last record before
 * the gap, and its own chain value follows `resumes`, as the next record of the lane does. A receiver takes
 * it when its position lies at or behind `after` and before `to`: what it had got of the range, it keeps.
 */
export const lossNotice = z.strictObject({
  lane,
  from: sequence,
  to: sequence,
  /** How many; 0 where that can't be known (`unreadable`), and then perhaps none. */
  count: sequence,
  reason: z.enum(['disk-full', 'unreadable']),
  at: instant,
  /** Chain value that the lane goes on from. */
  resumes: chainValue,
  /** Base64 of the key as SubjectPublicKeyInfo (DER). */
  publicKey: z.base64(),
  signature: z.base64(),
});
export type LossNotice = z.infer<typeof lossNotice>;

/** The bytes that a loss notice's signature covers. */
export const lossStatement = (
  gateway: string,
  epoch: string,
  notice: Pick<LossNotice, 'lane' | 'from' | 'to' | 'count' | 'reason' | 'at' | 'resumes'>,
): string =>
  JSON.stringify([
    gateway,
    epoch,
    notice.lane,
    notice.from,
    notice.to,
    notice.count,
    notice.reason,
    notice.at,
    notice.resumes,
  ]);

/** Facts in one report, at most. */
export const MAX_REPORTED_FACTS = 1_000;

/** The machine that a gateway runs on. */
export const gatewayHealth = z.strictObject({
  clock: z.enum(['set', 'unset']),
  /** While it is unset: the machine's clock less the gateway's own. */
  clockOffMs: z.number().int().optional(),
  diskBytes: z.number().min(0).optional(),
  diskFreeBytes: z.number().min(0).optional(),
  memoryBytes: z.number().min(0).optional(),
  memoryFreeBytes: z.number().min(0).optional(),
  celsius: z.number().optional(),
  isOnMains: z.boolean().optional(),
  batteryPercent: z.number().min(0).max(100).optional(),
  /** Programs that want to run, for each processor. */
  loadPerProcessor: z.number().min(0).optional(),
  /** What goes on: `disk`, `temperature`, … */
  troubles: z.array(z.string().max(32)).max(16),
});

/** What a gateway says about itself, now and then: shown beside its site. */
export const gatewayReport = z.strictObject({
  at: instant,
  boot: z.string().max(64),
  armingMode: z.enum(['disarmed', 'away', 'night']),
  armingPhase: z.enum(['settled', 'exit-delay', 'entry-delay', 'triggered']),
  waiting: z.strictObject({ alarm: sequence, bulk: sequence }),
  quarantined: sequence,
  devices: z.strictObject({ online: sequence, offline: sequence, unassigned: sequence }),
  /** How its machine is; what a machine does not tell is absent. */
  health: gatewayHealth.optional(),
  /** What is so at the site's assets, also where nothing happened that would have been an observation. */
  facts: z
    .array(
      z.strictObject({
        asset: identifier,
        property: z.string().max(32),
        value: z.union([z.string().max(128), z.number()]),
        since: instant,
        seenAt: instant,
      }),
    )
    .max(MAX_REPORTED_FACTS)
    .default([]),
});
export type GatewayReport = z.infer<typeof gatewayReport>;

/** What a record may carry. */
export const recordBody = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('observation'), observation }),
  z.strictObject({ type: z.literal('detection'), detection }),
  z.strictObject({ type: z.literal('picture'), picture }),
  z.strictObject({ type: z.literal('loss'), loss: lossNotice }),
  z.strictObject({ type: z.literal('report'), report: gatewayReport }),
]);
export type RecordBody = z.infer<typeof recordBody>;

/** One line of a batch, without its chain value. */
export const uplinkRecord = z.strictObject({
  sequence: sequence.min(1),
  /** Sequence of the record before this one in the same lane; 0 for the first. */
  after: sequence,
  at: instant,
  /** Which life of the gateway's process wrote it, and when on that life's own clock, which never jumps. */
  boot: z.string().max(64).optional(),
  bootMs: sequence.optional(),
  body: recordBody,
});
export type UplinkRecord = z.infer<typeof uplinkRecord>;

/** The cloud's word about one lane. */
export const receipt = z.strictObject({
  epoch: batchHeader.shape.epoch,
  lane,
  /** Everything up to here is committed in the store. */
  sequence,
  chain: chainValue,
  /** True: something was missing or damaged behind `sequence`; send again from there. */
  resend: z.boolean().default(false),
});
export type Receipt = z.infer<typeof receipt>;

/** A command on its way down. */
export const downlinkCommand = command;

/** The one name of a record everywhere: observations, detections and pictures are named after it. */
export const recordId = (recorder: string, epoch: string, recordSequence: number): string =>
  `${recorder}/${epoch}/${recordSequence}`;

export const uplinkTopic = (gateway: string, of: Lane): string => `gw/${gateway}/up/${of}`;
export const receiptTopic = (gateway: string): string => `gw/${gateway}/ack`;
export const commandTopic = (gateway: string): string => `gw/${gateway}/command`;

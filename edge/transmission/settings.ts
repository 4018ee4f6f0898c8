/** How alarms go to a monitoring station. */
import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { identifier } from '../../devices/model/identifiers.ts';

const number = z.number().int().min(1).max(999);

const receiver = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  /** File with the key of 16, 24 or 32 bytes as hexadecimal digits. Without one, messages go in the clear. */
  keyFile: z.string().min(1).max(4_096).optional(),
});
export type ReceiverSettings = z.infer<typeof receiver>;

export const transmissionSettings = z.strictObject({
  /** As the station has registered this site: 3 to 16 hexadecimal digits. */
  account: z.string().regex(/^[0-9A-F]{3,16}$/, 'expected 3 to 16 of 0-9 and A-F'),
  format: z.enum(['adm-cid', 'sia-dcs']).default('adm-cid'),
  /** The first is used while it answers, the others when it does not; each line is watched all the time. */
  receivers: z.array(receiver).min(1).max(4),
  /** Receiver number and account prefix that go into each message; the station says which. */
  receiverNumber: z
    .string()
    .regex(/^[0-9A-F]{1,6}$/)
    .optional(),
  line: z
    .string()
    .regex(/^[0-9A-F]{1,6}$/)
    .default('0'),
  /** A line that has nothing to say proves itself this often, in real time. EN 50136 DP4 asks for 90 s. */
  superviseMs: z.number().int().min(1_000).max(3_600_000).default(60_000),
  /** A message without an answer after this goes by the next line. */
  answerWithinMs: z.number().int().min(100).max(60_000).default(5_000),
  /** Detections below this stay at the site and in the cloud. */
  fromSeverity: severity.default('medium'),
  /** Numbers of zones as the station knows them; other assets are zone 0. */
  zones: z.record(identifier, number).default({}),
  /** Numbers of people, for arming and disarming; others are user 0. */
  users: z.record(identifier, number).default({}),
});
export type TransmissionSettings = z.infer<typeof transmissionSettings>;

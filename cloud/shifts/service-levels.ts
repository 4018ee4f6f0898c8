import { z } from 'zod';
import { type Severity, severities } from '../../devices/model/detection.ts';
import { durationMs } from '../../devices/model/identifiers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const bySeverity = z.partialRecord(z.enum(severities), durationMs.min(1_000));

/** How soon an incident of a severity is to be acknowledged and contained; `warnAt` is the part of that time. */
export const serviceLevels = z.strictObject({
  acknowledgeMs: bySeverity.default({
    critical: 5 * MINUTE_MS,
    high: 15 * MINUTE_MS,
    medium: HOUR_MS,
    low: 8 * HOUR_MS,
  }),
  containMs: bySeverity.default({ critical: 30 * MINUTE_MS, high: 2 * HOUR_MS, medium: 8 * HOUR_MS }),
  warnAt: z.number().min(0.1).max(1).default(0.75),
});
export type ServiceLevelSettings = { acknowledgeMs: Partial<Record<Severity, number>> } & z.infer<
  typeof serviceLevels
>;

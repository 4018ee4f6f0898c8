/** One alert: what is said to one address of one person, and what became of it. */
import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { instant } from '../../devices/model/identifiers.ts';

export const reason = z.enum([
  'opened',
  'graver',
  'not-taken',
  'opened-again',
  'milder',
  'after-quiet',
  'trial',
]);

/** `unknown`: the connection broke after it was handed over; it is not sent again. */
export const alertState = z.enum(['waiting', 'sent', 'given-up', 'unknown', 'pointless']);

export const alert = z.strictObject({
  id: z.string().min(1).max(64),
  /** Empty for a trial. */
  incident: z.string().max(256),
  channel: z.enum(['push', 'mail', 'webhook']),
  to: z.string().max(64),
  address: z.string().max(256),
  reason,
  severity,
  /** Step of the chain, from 0. */
  step: z.number().int().min(0),
  isQuiet: z.boolean(),
  title: z.string().max(300),
  text: z.string().max(2_000),
  at: instant,
  state: alertState,
  tries: z.number().int().min(0),
  /** When it is tried next, ms of the clock on the wall; times of networks are not the site's. */
  dueWallMs: instant,
  sentAt: instant.exactOptional(),
  problem: z.string().max(500).exactOptional(),
  /** Somebody acknowledged the incident by it. */
  acknowledgedAt: instant.exactOptional(),
});
export type Alert = z.infer<typeof alert>;

/** A failed delivery is tried again after this, then after twice as long, and so on. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** What could not be said by then is of no more use. */
export const MAX_TRIES = 12;

/** How long to wait before another try, ms. */
export const retryAfterMs = (tries: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, tries - 1));

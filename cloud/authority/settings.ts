import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';

const DAY_MS = 24 * 3_600_000;

/** The operator's own authority, and the door where gateways show certificates of it. */
export const authoritySettings = z.strictObject({
  /** The address that is listened on. */
  host: z.string().min(1).max(253).default('0.0.0.0'),
  port: z.number().int().min(0).max(65_535).default(8884),
  /** Where gateways find it from outside: what codes carry. */
  address: z
    .strictObject({
      host: z.string().min(1).max(253),
      port: z.number().int().min(1).max(65_535).optional(),
      /** Of MQTT, where a router gives it another number. */
      mqttPort: z.number().int().min(1).max(65_535).optional(),
    })
    .optional(),
  /** How long a gateway's certificate lasts; it is renewed at two thirds of that. */
  certificateMs: durationMs
    .min(60_000)
    .max(90 * DAY_MS)
    .default(14 * DAY_MS),
  /** Whether a gateway that has a certificate may go on with its token as well. */
  passwordsAfterEnrolment: z.boolean().default(false),
});
export type AuthoritySettings = z.infer<typeof authoritySettings>;

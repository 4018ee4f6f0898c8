/** What the configuration says of alerts: where links lead, and what may be posted to. */
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';

const path = z.string().min(1).max(4_096);

export const webhookSettings = z.strictObject({
  title: plainText.min(1).max(100),
  url: z.url({ protocol: /^https?$/ }),
  /** A file that holds the secret that each post is signed with, and nothing else. */
  secretFile: path.optional(),
  timeoutMs: z.number().int().min(100).max(60_000).default(10_000),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;

/** Where browsers may have their messages kept for them: nothing else is ever posted to for a person. */
export const PUSH_SERVICES: readonly string[] = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.notify.windows.com',
  'web.push.apple.com',
];

export const alertingSettings = z.strictObject({
  /** Where people reach the desk, e.g. https://desk.example: alerts link there. Without it they carry no link. */
  origin: z.url({ protocol: /^https?$/ }).optional(),
  /** Whom a push service may turn to (RFC 8292, section 2.1). */
  pushContact: z
    .string()
    .regex(/^(mailto:|https:\/\/)\S{3,250}$/, 'expected mailto:… or https://…')
    .default('mailto:security@localhost.invalid'),
  /** Push services besides the well-known ones: a host, with its port where it is none of the usual. */
  pushServices: z.array(z.string().min(1).max(253)).max(32).default([]),
  webhooks: z.record(identifier, webhookSettings).default({}),
});
export type AlertingSettings = z.infer<typeof alertingSettings>;

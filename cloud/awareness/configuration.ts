import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';

/** The public site of lessons, and what staff learn. */
export const awarenessSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** Folder with the built pages; the one of this repository where it is not said. */
  pages: z.string().min(1).max(4_096).optional(),
  /** Where the public reaches `/learn/`, for the square on a certificate: `https://shop.example/learn/`. */
  publicAddress: z.url({ protocol: /^https?$/ }).optional(),
  /** The town of a site: the smallest place that a public warning names. */
  cities: z.record(identifier, plainText.min(1).max(64)).default({}),
  /** What staff have done is deleted so many days after the last of it. */
  retentionDays: z.number().int().min(1).max(3_650).default(730),
  /** An invitation opens for so many days. */
  invitationDays: z.number().int().min(1).max(365).default(60),
});
export type AwarenessSettings = z.infer<typeof awarenessSettings>;

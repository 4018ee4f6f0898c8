/** Settings of threat intelligence. */
import { z } from 'zod';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import { csvShape } from './imports/csv.ts';
import { halfLifeDays, tlpLevel } from './indicator.ts';
import { partner, sharedCollection } from './taxii/partners.ts';

const path = z.string().min(1).max(4_096);
const everyMs = durationMs.min(10_000).default(3_600_000);

const feedBase = {
  name: identifier,
  everyMs,
  /** Of what does not say it itself. */
  confidence: z.number().int().min(0).max(100).default(50),
  tlp: tlpLevel.default('amber'),
  /** A domain of a list stands for all below it; STIX says so itself. */
  subdomains: z.boolean().default(true),
};

/** Without TLS only to this machine. */
const address = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => text.startsWith('https:') || /^http:\/\/(127\.|localhost[:/]|\[::1\])/.test(text),
    'needs https',
  );

export const feed = z.discriminatedUnion('type', [
  z
    .strictObject({
      ...feedBase,
      type: z.literal('taxii'),
      /** An API root, or a discovery address where `collection` is not said. */
      url: address,
      /** Its id; all that may be read where it is not said. */
      collection: z.string().min(1).max(256).optional(),
      /** A file that holds a bearer's token, or with `username` a password. */
      secretFile: path.optional(),
      username: z.string().min(1).max(256).optional(),
    })
    .refine((one) => one.username === undefined || one.secretFile !== undefined, 'username needs secretFile'),
  z.strictObject({
    ...feedBase,
    type: z.literal('file'),
    path,
    format: z.enum(['stix', 'csv', 'misp']),
    csv: csvShape.prefault({}),
    /** The file is the whole list: what it leaves out is taken back. */
    whole: z.boolean().default(false),
  }),
]);
export type Feed = z.infer<typeof feed>;

const days = z.number().min(0.1).max(3_650);

export const intelligenceSettings = z.strictObject({
  feeds: z.array(feed).max(100).default([]),
  /** An indicator with less confidence left does not match. */
  minimumConfidence: z.number().min(1).max(100).default(20),
  /** Observations of so many days are looked through for an indicator that is new. */
  huntDays: z.number().int().min(0).max(30).default(7),
  /** Days after which half of the confidence is left, by type, where other than usual. */
  halfLifeDays: z
    .strictObject(Object.fromEntries(Object.keys(halfLifeDays).map((type) => [type, days.optional()])))
    .default({}),
  /** Values that never match: our own names and addresses that many share. */
  ignored: z.array(z.string().max(256)).max(10_000).default([]),
  /** A pause longer than this ends a match; the next one is another detection. */
  pauseMs: durationMs.min(60_000).default(6 * 3_600_000),
  /** How this house is named towards others. */
  organisation: plainText.min(1).max(128).default('Gatehouse'),
  /** Marking of what is exported. */
  tlp: tlpLevel.default('amber'),
  share: z
    .strictObject({
      title: plainText.min(1).max(256).default('Gatehouse'),
      description: plainText.optional(),
      contact: plainText.optional(),
      collections: z.array(sharedCollection).max(100).default([]),
      partners: z.array(partner).max(1_000).default([]),
    })
    .optional(),
});
export type IntelligenceSettings = z.infer<typeof intelligenceSettings>;

import { z } from 'zod';
import { severity } from './detection.ts';
import { instant } from './identifiers.ts';

export const incidentState = z.enum(['open', 'acknowledged', 'contained', 'resolved', 'false-alarm']);
export type IncidentState = z.infer<typeof incidentState>;

/** One reason why two detections belong together. */
export const linkEvidence = z.strictObject({
  /** What is shared: `identity`, `asset`, `hosted-on`, `guards`, `depends-on`, `zone`, `adjacent-zone`, `observable`. */
  kind: z.string(),
  /** The shared thing, or the pair of things, by id. */
  on: z.array(z.string()),
  /** How far apart in time the two were. */
  apartMs: z.number(),
  /** 0 to 1: how strongly this alone says that they belong together. */
  weight: z.number(),
  /** The reason in one English sentence. */
  because: z.string(),
});
export type LinkEvidence = z.infer<typeof linkEvidence>;

/** Why detection `b` belongs with detection `a`, and what the incident would lose without it. */
export const incidentLink = z.strictObject({
  a: z.string(),
  b: z.string(),
  evidence: z.array(linkEvidence),
  weight: z.number(),
});
export type IncidentLink = z.infer<typeof incidentLink>;

/** What an incident is expected to break next, as far as it makes it more urgent. */
export const incidentEffect = z.strictObject({
  /** The priority without it. */
  without: z.number(),
  /** Of all that has happened, what leads to the worst. */
  cause: z.strictObject({ asset: z.string(), effect: z.string() }),
  /** Expected over the time looked ahead. */
  loss: z.number(),
  currency: z.string(),
  /** In one English sentence. */
  because: z.string(),
});
export type IncidentEffect = z.infer<typeof incidentEffect>;

/** Detections that belong together. */
export const incident = z.strictObject({
  id: z.string(),
  title: z.string(),
  first: instant,
  last: instant,
  severity,
  /** Higher is more urgent. */
  priority: z.number(),
  detections: z.array(z.string()),
  assets: z.array(z.string()),
  identities: z.array(z.string()),
  links: z.array(incidentLink),
  /** Where the cloud knows what it leads to; part of the priority. */
  effect: incidentEffect.optional(),
});
export type Incident = z.infer<typeof incident>;

/** What a correlator knows of one kind of detection, as it is written down. */
import { z } from 'zod';
import { severities } from '../../devices/model/detection.ts';
import { observableClasses } from './link-rules.ts';

export const savedTraits = z.strictObject({
  rule: z.string(),
  severity: z.enum(severities),
  tactic: z.string().exactOptional(),
  site: z.string().exactOptional(),
  places: z.array(z.string()),
  /** Class, value and how it was named. */
  marks: z.array(z.tuple([z.enum(['identity', ...observableClasses]), z.string(), z.string()])),
  bits: z.number().exactOptional(),
});
export type SavedTraits = z.infer<typeof savedTraits>;

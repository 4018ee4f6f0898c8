/** What is kept of views and hunts, as the store holds it. */
import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import { incidentState } from '../../devices/model/incident.ts';
import type { SavedHunt } from '../api/contract/hunt.ts';
import type { QueueView, SavedView } from '../api/contract/incident-desk.ts';
import { MAX_QUERY_LENGTH } from '../hunt/query.ts';
import { themeNames } from './themes.ts';

const maybe = z.exactOptional;
const age = z
  .number()
  .int()
  .min(0)
  .max(366 * 24 * 3_600_000);

export const queueView: z.ZodType<QueueView> = z.strictObject({
  states: maybe(z.array(incidentState).min(1).max(5)),
  severity: maybe(severity),
  sites: maybe(z.array(identifier).min(1).max(500)),
  theme: maybe(z.enum(themeNames)),
  assignee: maybe(z.string().max(64)),
  olderThanMs: maybe(age),
  newerThanMs: maybe(age),
  text: maybe(z.string().max(200)),
});

export const keptName = plainText
  .min(1)
  .max(80)
  .refine((name) => name.trim() === name, 'must not begin or end with a blank');
const kept = {
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  shared: z.boolean(),
  savedAt: z.number(),
};

export const savedView: z.ZodType<SavedView> = z.strictObject({ ...kept, view: queueView });
export const savedHunt: z.ZodType<SavedHunt> = z.strictObject({
  ...kept,
  query: z.string().max(MAX_QUERY_LENGTH),
  watch: maybe(
    z.strictObject({
      severity,
      by: z.string(),
      since: z.number(),
      hits: z.number(),
      lastAt: maybe(z.number()),
    }),
  ),
});

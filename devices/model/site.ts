import { z } from 'zod';
import { identifier, plainText } from './identifiers.ts';

/** A point on a site's floor plan, in the plan's own units (0 to `plan.width`, 0 to `plan.height`). */
export const planPoint = z.strictObject({ x: z.number(), y: z.number() });
export type PlanPoint = z.infer<typeof planPoint>;

/** Times of day, `HH:MM`, in the site's time zone; a range that ends before it starts runs past midnight. */
export const openingHours = z.strictObject({
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .max(7),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM'),
});
export type OpeningHours = z.infer<typeof openingHours>;

/** A part of a site that people walk through: a room, a yard, a rack of servers. */
export const zone = z.strictObject({
  id: identifier,
  site: identifier,
  name: plainText,
  /** Zones one can step into from here without passing a third; stated on one side, true on both. */
  touches: z.array(identifier).max(64).default([]),
  /** Outline on the floor plan. */
  outline: z.array(planPoint).max(64).default([]),
});
export type Zone = z.infer<typeof zone>;

/** The tenant of every site that names none. */
export const DEFAULT_TENANT = 'default';

/** A place with its own gateway, or a place in the network only (a shop in the cloud). */
export const site = z.strictObject({
  id: identifier,
  name: plainText,
  /** Whose site it is, where one installation serves several; DEFAULT_TENANT where it is not said. */
  tenant: identifier.optional(),
  /** IANA name, e.g. Europe/Berlin. */
  timeZone: z.string().default('Europe/Berlin'),
  opening: z.array(openingHours).max(28).default([]),
  plan: z.strictObject({ width: z.number().positive(), height: z.number().positive() }).optional(),
  /** Where it stands on Earth (WGS 84, degrees); without it a site is not on the map. */
  coordinates: z
    .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .optional(),
});
export type Site = z.infer<typeof site>;

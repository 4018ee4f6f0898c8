/** What of the site's state is written to disk, and how it is read back: anything unreadable is as if unknown. */
import { z } from 'zod';
import { properties, quantities, stateValues } from '../../devices/profiles/profile.ts';

/** Everything of this folder is kept below this prefix. */
export const SITE_PREFIX = 'site/';

const text = z.string().max(256);
const at = z.number();

export const keptState = z.strictObject({
  device: text,
  part: text,
  // `exit`: a button that an assignment has declared a request to exit.
  property: z.enum([...properties, 'exit']),
  value: z.enum(stateValues),
  since: at,
});

export const keptMeasurement = z.strictObject({
  device: text,
  part: text,
  quantity: z.enum(quantities),
  value: z.number(),
  at,
});

/** Boots of a device whose numbers are remembered: a message of an old one may still be on its way. */
export const MAX_BOOTS = 4;

export const keptDevice = z.strictObject({
  device: text,
  profile: text,
  name: text.optional(),
  model: text.optional(),
  /** How its assignment read it then. */
  reading: z.string().max(64_000),
  heardAt: at.optional(),
  /** It was silent for too long. */
  silent: z.boolean(),
  /** What it, or its bridge, last said of its connection. */
  said: z.enum(['online', 'offline']).optional(),
  /** What the observations so far have told. */
  told: z.enum(['online', 'offline']).optional(),
  toldAt: at.optional(),
  /** The time the device's last message said it was seen. */
  seenAt: at.optional(),
  flagsBattery: z.boolean(),
  boots: z.array(z.strictObject({ boot: text, sequence: z.number() })).max(MAX_BOOTS),
});
export type KeptDevice = z.infer<typeof keptDevice>;

export const stateKey = (device: string, part: string, property: string): string =>
  `${SITE_PREFIX}state/${JSON.stringify([device, part, property])}`;
export const measurementKey = (device: string, part: string, quantity: string): string =>
  `${SITE_PREFIX}measurement/${JSON.stringify([device, part, quantity])}`;
export const deviceKey = (device: string): string => `${SITE_PREFIX}device/${device}`;
export const assignmentKey = (device: string): string => `${SITE_PREFIX}assignment/${device}`;

/** The readable entries of one sort, with their keys. */
export function keptEntries<Value>(
  kept: ReadonlyMap<string, unknown>,
  sort: 'state' | 'measurement' | 'device' | 'assignment',
  schema: z.ZodType<Value>,
): { readable: [string, Value][]; unreadable: string[] } {
  const readable: [string, Value][] = [];
  const unreadable: string[] = [];
  for (const [key, value] of kept) {
    if (!key.startsWith(`${SITE_PREFIX}${sort}/`)) continue;
    const read = schema.safeParse(value);
    if (read.success) readable.push([key, read.data]);
    else unreadable.push(key);
  }
  return { readable, unreadable };
}

/** How a person wants to be told. */
import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { openingHours } from '../../devices/model/site.ts';

/** From which severity on a channel is used; `off`: never. */
const from = z.enum([...severity.options, 'off']);

export const preferences = z.strictObject({
  /** To the browsers and phones that the person has added. */
  push: from.default('medium'),
  /** Needs an address. */
  mail: from.default('high'),
  address: z.email().max(254).exactOptional(),
  /** The desk's tone, while it is open. */
  sound: from.default('high'),
  /** Nobody is told of less than `except` in these hours; what still stands afterwards is told then. */
  quiet: z
    .strictObject({
      hours: z.array(openingHours).min(1).max(14),
      timeZone: z.string().min(1).max(64),
      except: from.default('critical'),
    })
    .refine(({ timeZone }) => isTimeZone(timeZone), {
      message: 'there is no such time zone',
      path: ['timeZone'],
    })
    .exactOptional(),
});
export type Preferences = z.infer<typeof preferences>;
export type From = z.infer<typeof from>;

export const DEFAULT_PREFERENCES: Preferences = preferences.parse({});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

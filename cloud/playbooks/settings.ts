/** What the configuration says of the response: whom machines may be told what by. */
import { z } from 'zod';
import { durationMs, plainText } from '../../devices/model/identifiers.ts';
import { openingHours } from '../../devices/model/site.ts';
import { role } from '../api/rights.ts';

const MAX_TARGETS = 64;
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must hold only a-z 0-9 -');
const path = z.string().min(1).max(4_096);
const header = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a header’s name in lower case');

export const httpCall = z.strictObject({
  /** In words for people, with its arguments: `Block the account {account}`. */
  title: plainText.min(1).max(200),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  /** Below the target's address: `accounts/{account}/block`. */
  path: z.string().min(1).max(512),
  /** What is sent as JSON; `{account}` in its texts stands for an argument. */
  body: z.json().optional(),
  /** Whether it endangers people or trade: then somebody else must agree. Trade, unless it is said. */
  endangers: z.enum(['none', 'people', 'trade']).default('trade'),
  /** Done twice it does no more than once. */
  repeatable: z.boolean().default(false),
});
export type HttpCall = z.infer<typeof httpCall>;

export const httpTarget = z.strictObject({
  /** What people call it: `Web shop`. */
  title: plainText.min(1).max(100),
  url: z.url({ protocol: /^https?$/ }),
  /** A file that holds the secret and nothing else. */
  tokenFile: path.optional(),
  /** Under which it is sent: as `Bearer …` where it is `authorization`. */
  tokenHeader: header.default('authorization'),
  headers: z.record(header, z.string().max(512)).default({}),
  /** Certificates (PEM) to trust instead of the system's. */
  caFile: path.optional(),
  timeoutMs: z.number().int().min(100).max(120_000).default(10_000),
  calls: z.record(name, httpCall).default({}),
});
export type HttpTarget = z.infer<typeof httpTarget>;

/** Who may agree alone to what endangers people or trade, when nobody else can be had. */
export const aloneSettings = z.strictObject({
  roles: z.array(role).min(1).default(['supervisor', 'administrator']),
  /** So long a second person has been waited for, in the site's time. */
  afterMs: durationMs.default(120_000),
  /** In these hours only; at any time where they are not named. */
  hours: z
    .strictObject({
      opening: z.array(openingHours).min(1).max(14),
      timeZone: z.string().refine(isTimeZone, 'there is no such time zone'),
    })
    .optional(),
});
export type AloneSettings = z.infer<typeof aloneSettings>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const responseSettings = z.strictObject({
  /** Without it two people are always needed. */
  alone: aloneSettings.optional(),
  targets: z
    .record(name, httpTarget)
    .refine((all) => Object.keys(all).length <= MAX_TARGETS, `at most ${MAX_TARGETS} targets`)
    .default({}),
  /** Whom playbooks may write to, by the names that they use: `responsible`, `police`. */
  mailGroups: z.record(name, z.array(z.email()).min(1).max(100)).default({}),
});
export type ResponseSettings = z.infer<typeof responseSettings>;

const PLACE = /\{([a-z][a-z0-9-]{0,63})\}/g;

/** Puts arguments where a template names them; what is not known stays empty. */
export const fillTemplate = (
  template: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string = (value) => value,
): string => template.replace(PLACE, (_whole, key: string) => write(values[key] ?? ''));

/** Arguments that a call asks for. */
export function placesIn({ path: at, body }: Pick<HttpCall, 'path' | 'body'>): string[] {
  const texts = `${at} ${body === undefined ? '' : JSON.stringify(body)}`;
  return [...new Set([...texts.matchAll(PLACE)].map(([, key = '']) => key))];
}

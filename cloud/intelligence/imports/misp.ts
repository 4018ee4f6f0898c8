/** Indicators out of events of MISP: attributes that are meant for detection, with their tags. Pure. */
import { z } from 'zod';
import { compiled, type Indicator, type Tlp } from '../indicator.ts';
import type { IndicatorType } from '../matching/observable.ts';
import { tlpOfText } from '../stix/markings.ts';
import { type Imported, nameFrom, type Origin, patternOf, type Refused } from './imported.ts';

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'not a UUID');
const tags = z.array(z.looseObject({ name: z.string().max(512) })).default([]);
const seconds = z.union([
  z
    .string()
    .regex(/^\d{1,11}$/)
    .transform(Number),
  z.number().int().min(0),
]);

const attribute = z.looseObject({
  uuid,
  type: z.string().max(128),
  value: z.string().max(65_536),
  to_ids: z.boolean().default(false),
  deleted: z.boolean().default(false),
  timestamp: seconds.optional(),
  first_seen: z.string().nullish(),
  last_seen: z.string().nullish(),
  comment: z.string().default(''),
  Tag: tags,
});

const eventBody = z.looseObject({
  uuid,
  info: z.string().default(''),
  timestamp: seconds.optional(),
  Attribute: z.array(z.unknown()).default([]),
  Object: z.array(z.looseObject({ Attribute: z.array(z.unknown()).default([]) })).default([]),
  Tag: tags,
});
const mispEvent = z.looseObject({ Event: eventBody });
const document = z.union([
  mispEvent.transform((one) => [one]),
  z.array(mispEvent),
  z.looseObject({ response: z.array(mispEvent) }).transform(({ response }) => response),
]);

/** Types of MISP; `a|b` is two values of which these parts count. */
const typeOfAttribute: Readonly<Record<string, readonly (IndicatorType | undefined)[]>> = {
  'ip-src': ['ip'],
  'ip-dst': ['ip'],
  'ip-src|port': ['ip'],
  'ip-dst|port': ['ip'],
  domain: ['domain'],
  hostname: ['domain'],
  'hostname|port': ['domain'],
  'domain|ip': ['domain', 'ip'],
  url: ['url'],
  md5: ['hash'],
  sha1: ['hash'],
  sha256: ['hash'],
  sha512: ['hash'],
  'filename|md5': [undefined, 'hash'],
  'filename|sha1': [undefined, 'hash'],
  'filename|sha256': [undefined, 'hash'],
  'filename|sha512': [undefined, 'hash'],
  'malware-sample': [undefined, 'hash'],
  filename: ['file-name'],
  'email-src': ['email'],
  'email-dst': ['email'],
  email: ['email'],
  'mac-address': ['mac'],
  'user-agent': ['user-agent'],
  'target-user': ['account'],
};

/** Of the taxonomy misp:confidence-level. */
const confidences: Readonly<Record<string, number>> = {
  'completely-confident': 100,
  'usually-confident': 75,
  'fairly-confident': 50,
  'rarely-confident': 25,
  unconfident: 0,
};

/** @throws Error where it is no event of MISP */
export function readMisp(text: string, origin: Origin): Imported {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
  const read = document.safeParse(json);
  if (!read.success) throw new Error('not an event of MISP');
  const indicators: Indicator[] = [];
  const revoked: string[] = [];
  const refused: Refused[] = [];
  let ignored = 0;
  for (const { Event } of read.data) {
    const attributes = [...Event.Attribute, ...Event.Object.flatMap((one) => one.Attribute)];
    for (const [index, raw] of attributes.entries()) {
      const one = attribute.safeParse(raw);
      if (!one.success) {
        refused.push({ what: `attribute ${index + 1} of ${Event.uuid}`, why: 'not an attribute' });
        continue;
      }
      const parts = Object.hasOwn(typeOfAttribute, one.data.type)
        ? typeOfAttribute[one.data.type]
        : undefined;
      const id = `indicator--${one.data.uuid.toLowerCase()}`;
      if (one.data.deleted) revoked.push(id);
      else if (!one.data.to_ids || parts === undefined) ignored++;
      else {
        const made = indicatorOf(one.data, parts, Event, origin);
        if (typeof made === 'string') refused.push({ what: id, why: made });
        else indicators.push(made);
      }
    }
  }
  return { indicators, revoked, refused, ignored };
}

function indicatorOf(
  one: z.output<typeof attribute>,
  parts: readonly (IndicatorType | undefined)[],
  event: z.output<typeof eventBody>,
  origin: Origin,
): Indicator | string {
  const values = parts.length === 1 && !one.type.includes('|') ? [one.value] : one.value.split('|');
  const patterns = parts.flatMap((type, index) => {
    const value = values[index];
    return type === undefined || value === undefined ? [] : (patternOf(type, value, origin.subdomains) ?? []);
  });
  // Any of them is worth knowing: a name, and the address it led to.
  const pattern = patterns.join(' OR ');
  if (pattern === '') return `not a value of type ${one.type}`;
  const seen = Date.parse(one.first_seen ?? '');
  const written = (one.timestamp ?? event.timestamp ?? 0) * 1_000;
  const names = [...one.Tag, ...event.Tag].map(({ name }) => name);
  const level = names.flatMap((name) => /^misp:confidence-level="(.+)"$/.exec(name)?.[1] ?? [])[0];
  const tlp: Tlp | undefined = names.map(tlpOfText).find((found) => found !== undefined);
  const technique = names.flatMap((name) => /\b(T\d{4}(?:\.\d{3})?)\b/.exec(name)?.[1] ?? [])[0];
  try {
    const { type } = compiled(pattern);
    return {
      source: origin.source,
      id: `indicator--${one.uuid.toLowerCase()}`,
      name: nameFrom(one.comment || event.info || one.value),
      pattern,
      type,
      confidence: (level === undefined ? undefined : confidences[level]) ?? origin.confidence,
      validFrom: Number.isNaN(seen) ? written || origin.now : seen,
      modified: written || origin.now,
      tlp: tlp ?? origin.tlp,
      labels: [],
      ...(technique === undefined ? {} : { tactic: technique }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

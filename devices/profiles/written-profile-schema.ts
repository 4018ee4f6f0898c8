/** What a user may write about a family of devices, key by key; what its samples must give is checked in written-profile.ts. */
import { z } from 'zod';
import { commandAction } from '../model/command.ts';
import { durationMs, plainText } from '../model/identifiers.ts';
import { quantities } from './profile.ts';
import { isTopicPattern } from './topic-pattern.ts';
import { converter, units } from './units.ts';
import { parseValuePath } from './value-path.ts';

const MAX_MESSAGES = 32;
const MAX_PROFILE_FIELDS = 64;
const MAX_SAMPLES = 64;
const MAX_WORDS = 32;
const MAX_SAMPLE_LENGTH = 16_384;
/** Where nothing is said: a device that measures or watches speaks more than once an hour. */
const USUAL_SUPERVISE_MS = 3_600_000;

/** The values that each property has. */
const propertyValues = {
  contact: ['open', 'closed'],
  motion: ['active', 'clear'],
  tamper: ['active', 'clear'],
  lock: ['locked', 'unlocked', 'jammed'],
  siren: ['on', 'off'],
  online: ['online', 'offline'],
  battery: ['low', 'normal'],
  picture: ['obscured', 'visible'],
  power: ['present', 'failed'],
  fault: ['active', 'clear'],
} as const;
const propertyNames = [
  'contact',
  'motion',
  'tamper',
  'lock',
  'siren',
  'online',
  'battery',
  'picture',
  'power',
  'fault',
] as const;

const path = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const read = parseValuePath(text);
    if ('refused' in read) context.addIssue({ code: 'custom', message: read.refused, continue: false });
  });
const word = z.union([z.string().max(256), z.number(), z.boolean()], {
  error: 'expected a text, a number, true or false',
});
const words = z.union([word.transform((only) => [only]), z.array(word).min(1).max(MAX_WORDS)], {
  error: 'expected a word, or a list of words',
});
const topic = z.string().min(1).max(512).refine(isTopicPattern, {
  error:
    'expected a topic with one level {device}, e.g. fridge/{device}/state; other levels may be +, the last one #',
  abort: true,
});

/** Problems in here end the check: samples of a profile that can't be made say nothing. */
const field = z
  .strictObject({
    /** Where in the JSON document; absent: the whole message, as text. */
    path: path.optional(),
    /** What the asset's assignment calls it; absent: the quantity's or property's name. */
    part: plainText.min(1).max(128).optional(),
    quantity: z.enum(quantities).optional(),
    property: z.enum(propertyNames).optional(),
    moment: z.enum(['badge-presented', 'exit-requested', 'button-pressed', 'item-scanned']).optional(),
    position: z.strictObject({ latitude: path, longitude: path, speedKmh: path.optional() }).optional(),
    unit: z.string().max(16).optional(),
    /** Of the number in the message, before its unit: number × scale + offset. */
    scale: z
      .number()
      .refine((value) => value !== 0, 'must not be 0')
      .optional(),
    offset: z.number().optional(),
    /** Which words of the device mean what. */
    words: z.record(z.string().max(32), words).optional(),
  })
  .superRefine((given, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, continue: false });
    const kinds = (['quantity', 'property', 'moment', 'position'] as const).filter(
      (kind) => given[kind] !== undefined,
    );
    if (kinds.length !== 1) {
      context.addIssue({
        code: 'custom',
        continue: false,
        message:
          kinds.length === 0
            ? 'needs one of quantity, property, moment, position'
            : `has ${kinds.join(' and ')}; one of them is a field of its own`,
      });
      return;
    }
    const { quantity, property, moment } = given;
    if (quantity === undefined)
      for (const key of ['unit', 'scale', 'offset'] as const)
        if (given[key] !== undefined) problem(key, 'only a quantity has that');
    if (given.position !== undefined && given.path !== undefined)
      problem('path', 'a position has its own: position.latitude, position.longitude');
    if (quantity !== undefined && given.unit !== undefined && converter(quantity, given.unit) === undefined)
      problem(
        'unit',
        `${quantity} is not measured in "${given.unit}": expected ${Object.keys(units[quantity]).join(', ') || 'none'}`,
      );
    const expected: readonly string[] | undefined =
      property === undefined
        ? moment === 'exit-requested' || moment === 'button-pressed'
          ? ['pressed']
          : undefined
        : propertyValues[property];
    if (expected === undefined) {
      if (given.words !== undefined) problem('words', 'only a property or a button has words');
      return;
    }
    if (given.words === undefined || Object.keys(given.words).length === 0) {
      problem('words', `needs the device's words for ${expected.join(', ')}`);
      return;
    }
    const meant = new Map<string, string>();
    for (const [value, said] of Object.entries(given.words)) {
      const at = ['words', value];
      if (!expected.includes(value))
        context.addIssue({
          code: 'custom',
          continue: false,
          path: at,
          message: `${property ?? moment} is never "${value}": expected ${expected.join(', ')}`,
        });
      for (const each of said) {
        const earlier = meant.get(String(each));
        if (earlier !== undefined && earlier !== value)
          context.addIssue({
            code: 'custom',
            continue: false,
            path: at,
            message: `"${each}" already means ${earlier}`,
          });
        meant.set(String(each), value);
      }
    }
  });
export type WrittenField = z.infer<typeof field>;

const message = z.strictObject({
  topic,
  fields: z.array(field).min(1).max(MAX_PROFILE_FIELDS),
});

const command = z.strictObject({
  part: plainText.min(1).max(128),
  action: commandAction.extract([
    'siren.on',
    'siren.off',
    'buzzer.on',
    'buzzer.off',
    'lock.lock',
    'lock.unlock',
  ]),
  topic: topic.refine((text) => !/[+#]/.test(text), 'a command goes to one topic: no + and no #'),
  payload: z.string().max(1_024),
});

const sample = z.strictObject({
  name: plainText.max(256).optional(),
  topic: z.string().min(1).max(512),
  /** As it was recorded; what is no text is written as JSON. */
  payload: z
    .unknown()
    .transform((given) => (typeof given === 'string' ? given : JSON.stringify(given)))
    .pipe(z.string({ error: 'expected the recorded message' }).max(MAX_SAMPLE_LENGTH)),
  /** `refused`, `nothing` (not for this profile), or each part with its value. */
  expect: z.union([z.literal('refused'), z.literal('nothing'), z.record(z.string(), word)], {
    error: 'expected refused, nothing, or what must be read: { temperature: 4.6, contact: open }',
  }),
});

/** A profile whose samples have not been tried. */
export const writtenShape = z.strictObject({
  name: z
    .string()
    .max(48)
    .regex(/^[a-z][a-z0-9-]*$/, 'must begin with a-z and hold only a-z 0-9 -'),
  title: plainText.min(1).max(128),
  superviseMs: durationMs.min(1_000).default(USUAL_SUPERVISE_MS),
  messages: z.array(message).min(1).max(MAX_MESSAGES),
  commands: z.array(command).max(MAX_MESSAGES).default([]),
  /** Recorded messages and what must come of them: checked whenever the configuration is read. */
  samples: z.array(sample).min(1).max(MAX_SAMPLES),
});
export type WrittenProfile = z.infer<typeof writtenShape>;

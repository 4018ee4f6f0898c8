/** The `access` part of a gateway's configuration: who may open which door when, and what a door has to do. */
import { z } from 'zod';
import { durationMs, identifier } from '../../../devices/model/identifiers.ts';
import { openingHours } from '../../../devices/model/site.ts';
import { parsePasswordHash } from '../../broker/password.ts';
import { holidays, schedules, unique } from './hours.ts';

const personKind = z.enum(['staff', 'courier', 'customer', 'contractor', 'service']);

/** Readers and doors with settings of their own. */
const MAX_READERS = 500;
/** People with settings of their own. */
const MAX_PEOPLE = 10_000;

const codeHash = z
  .string()
  .refine(
    (text) => parsePasswordHash(text) !== undefined,
    'expected what `gatehouse edge --hash-pin` prints',
  );

/** What a reader asks for. */
export const readerSettings = z.strictObject({
  reader: identifier,
  /** What it opens; absent: the doors and cabinets that it guards or is built into. */
  opens: z.array(identifier).min(1).max(16).optional(),
  /** Its own hours; absent: the site's opening hours. */
  hours: z.array(openingHours).max(28).optional(),
  /** A code at its keypad besides the badge. */
  code: z.enum(['never', 'outside-hours', 'always']).default('never'),
  /** The zone that one is in after having passed; absent: the far side of the door, where the registry tells. */
  enters: identifier.optional(),
});
export type ReaderSettings = z.infer<typeof readerSettings>;

/** What a door, or a cabinet, has to do. */
export const doorSettings = z.strictObject({
  door: identifier,
  /** Two different people within this time, or it stays shut: the cabinet of controlled drugs. */
  twoPersonsMs: durationMs.min(1_000).max(600_000).optional(),
  /** A badge that is already inside: reported (`soft`), or refused (`hard`). Needs a reader on both sides. */
  antiPassback: z.enum(['off', 'soft', 'hard']).default('off'),
  /** These sound at the door once it has been open for `warnMs`. */
  buzzers: z.array(identifier).max(8).default([]),
  warnMs: durationMs.min(1_000).default(45_000),
  /** Open for this long somebody has wedged it. */
  proppedMs: durationMs.min(1_000).default(300_000),
  /** It may stand open while the site is open. */
  standsOpen: z.boolean().default(false),
  /** A request to exit unlocks it; false where the handle inside does. */
  unlocksForExit: z.boolean().default(false),
  /** Locks at once when it has closed behind somebody, instead of when the time is over. */
  locksOnClosing: z.boolean().default(false),
  /** A lock that has not reported what it was told by then does not follow. */
  lockFollowsMs: durationMs.min(1_000).max(120_000).default(10_000),
});
export type DoorSettings = z.infer<typeof doorSettings>;

export const accessConfiguration = z
  .strictObject({
    /** How long a lock stays open for one badge. */
    unlockMs: durationMs.min(500).max(600_000).default(5_000),
    /** How long after having been let through somebody may open the door. */
    passageMs: durationMs.min(1_000).max(120_000).default(15_000),
    /** How long a reader waits for the code. */
    codeMs: durationMs.min(2_000).max(120_000).default(20_000),
    /** Where somebody is, is forgotten after this: nobody stays longer, but some leave with a colleague. */
    whereaboutsMs: durationMs.min(60_000).default(12 * 3_600_000),
    /** Whose badges work outside the hours. */
    outsideHours: z.array(personKind).default(['staff']),
    /** Locks that lock again by themselves get no command for it. */
    selfLocking: z.array(identifier).max(MAX_READERS).default([]),
    readers: z
      .array(readerSettings)
      .max(MAX_READERS)
      .default([])
      .superRefine(unique<ReaderSettings>(({ reader }) => reader, 'reader')),
    doors: z
      .array(doorSettings)
      .max(MAX_READERS)
      .default([])
      .superRefine(unique<DoorSettings>(({ door }) => door, 'door')),
    holidays,
    schedules,
    people: z
      .array(
        z.strictObject({
          identity: identifier,
          /** Hours of this person; goes before those of the reader. */
          schedule: identifier.optional(),
          /** As `gatehouse edge --hash-pin` prints it. */
          codeHash: codeHash.optional(),
          /** A second code that opens like the first and silently calls for help. */
          duressCodeHash: codeHash.optional(),
        }),
      )
      .max(MAX_PEOPLE)
      .default([])
      .superRefine(unique<{ identity: string }>(({ identity }) => identity, 'identity')),
  })
  .superRefine(({ people, schedules: known }, context) => {
    const names = new Set(known.map(({ id }) => id));
    for (const [index, { schedule }] of people.entries())
      if (schedule !== undefined && !names.has(schedule))
        context.addIssue({
          code: 'custom',
          path: ['people', index, 'schedule'],
          message: `there is no schedule "${schedule}"`,
        });
  });
export type AccessConfiguration = z.infer<typeof accessConfiguration> & {
  /** Readers at which people sign in at the site page; what opens nothing is a desk's, and no door's. */
  readonly signInReaders?: readonly string[];
};

const defaults = doorSettings.omit({ door: true }).parse({});

/** A door's settings; the usual ones where it has none of its own. */
export const settingsOf = (door: string, { doors }: AccessConfiguration): DoorSettings =>
  doors.find((entry) => entry.door === door) ?? { door, ...defaults };

/** Every person that the configuration names, with the key under which it does. */
export const namedPeople = ({ people }: AccessConfiguration): [string, string][] =>
  people.map(({ identity }, index) => [`access.people[${index}].identity`, identity]);

/** Every zone that the configuration names, with the key under which it does. */
export const namedZones = ({ readers }: AccessConfiguration): [string, string][] =>
  readers.flatMap(({ enters }, index): [string, string][] =>
    enters === undefined ? [] : [[`access.readers[${index}].enters`, enters]],
  );

/** Every asset that the configuration names, with the key under which it does: to be looked up in the registry. */
export function namedAssets({ selfLocking, readers, doors }: AccessConfiguration): [string, string][] {
  return [
    ...selfLocking.map((asset, index): [string, string] => [`access.selfLocking[${index}]`, asset]),
    ...readers.flatMap(({ reader, opens = [] }, index): [string, string][] => [
      [`access.readers[${index}].reader`, reader],
      ...opens.map((asset, at): [string, string] => [`access.readers[${index}].opens[${at}]`, asset]),
    ]),
    ...doors.flatMap(({ door, buzzers }, index): [string, string][] => [
      [`access.doors[${index}].door`, door],
      ...buzzers.map((asset, at): [string, string] => [`access.doors[${index}].buzzers[${at}]`, asset]),
    ]),
  ];
}

/** The dependency graph as it is written down: assets, what they need, services and what they earn, mitigations. */
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import { counter, MAX_THREATS, MAX_WEAKNESSES, threat, weakness } from '../risk/threat.ts';
import { builtInEffects } from './effects.ts';
import { duration, NO_TIME, spread } from './spread.ts';

export const MAX_ASSETS = 100_000;
/** Entries; each may name up to MAX_SUPPLIERS. */
export const MAX_DEPENDENCIES = 200_000;
export const MAX_SUPPLIERS = 64;
export const MAX_SERVICES = 500;
export const MAX_MITIGATIONS = 1_000;

const chance = z.number().min(0).max(1);
const money = z.number().min(0).max(1e12);
/** Of a share: nothing may be named that takes nothing. */
const share = z.number().gt(0).max(1);

/** By what an asset depends on another. */
export const dependencyType = z.enum([
  'power',
  'network',
  'cooling',
  'hosting',
  'supply',
  'access',
  'guard',
  'control',
  'data',
  'payment',
  'people',
  'other',
]);
export type DependencyType = z.infer<typeof dependencyType>;

const graphAsset = z.strictObject({
  id: identifier,
  name: plainText.min(1).max(256).optional(),
  /** Free: `fridge`, `utility`, `supplier`. */
  kind: identifier.optional(),
  /** Until it works again once what had failed is mended. */
  recovery: duration.default(0),
  /** What its own failing costs, beside what services lose by it: goods that spoil, a machine that breaks. */
  losses: z
    .array(
      z.strictObject({
        effect: identifier.default('down'),
        once: money.default(0),
        perHour: money.default(0),
      }),
    )
    .max(32)
    .default([]),
});
export type GraphAsset = z.infer<typeof graphAsset>;

const supplier = z.union([
  identifier.transform((asset) => ({ asset, effect: 'down', probability: undefined, delay: undefined })),
  z.strictObject({
    asset: identifier,
    /** What must have happened to it. */
    effect: identifier.default('down'),
    probability: chance.optional(),
    delay: spread.optional(),
  }),
]);
export type Supplier = z.infer<typeof supplier>;

/** One need of an asset, and all that can fill it. */
export const dependency = z.strictObject({
  /** To be named by; not needed. */
  id: identifier.optional(),
  /** Who needs it. */
  of: identifier,
  /** What happens to it without. */
  effect: identifier.default('down'),
  type: dependencyType.default('other'),
  on: z.array(supplier).min(1).max(MAX_SUPPLIERS),
  /** How many of `on` must work; all of them where it is not said. 1: any one is enough. */
  needed: z.number().int().min(1).max(MAX_SUPPLIERS).optional(),
  /** That the failure comes through, for each of `on`. */
  probability: chance.default(1),
  delay: spread.default(NO_TIME),
  /** How long it goes on without: a UPS, a fridge's thermal time, stock on the shelf. */
  buffer: spread.default(NO_TIME),
  bufferedBy: plainText.max(128).optional(),
});
export type Dependency = z.infer<typeof dependency>;

const service = z.strictObject({
  id: identifier,
  name: plainText.min(1).max(256).optional(),
  /** Lost in an hour in which it does not run at all. */
  perHour: money.default(0),
  /** Assets, and the share of the service that is lost when this happens to them. */
  needs: z
    .array(z.strictObject({ asset: identifier, effect: identifier.default('down'), share: share.default(1) }))
    .max(256)
    .default([]),
  /** Other services, and the share of this one that is lost when such a one does not run at all. */
  dependsOn: z
    .array(z.strictObject({ service: identifier, share: z.number().gt(0).max(1) }))
    .max(64)
    .default([]),
  /** How long its loss takes to follow its causes: the time after which 63 % of it is there. */
  settling: duration.default(0),
});
export type Service = z.infer<typeof service>;

/** Where a mitigation works: on all dependencies that match what is said. */
const lever = z
  .strictObject({
    /** Who needs. */
    of: identifier.optional(),
    /** What is needed. */
    on: identifier.optional(),
    type: dependencyType.optional(),
    effect: identifier.optional(),
    /** Part of the failures that no longer come through. */
    effectiveness: chance.optional(),
    /** Added to how long it goes on without. */
    buffer: duration.optional(),
  })
  .refine(({ of, on }) => of !== undefined || on !== undefined, 'names neither "of" nor "on"')
  .refine(
    ({ effectiveness, buffer }) => effectiveness !== undefined || buffer !== undefined,
    'has neither effectiveness nor buffer',
  );
export type Lever = z.infer<typeof lever>;

export const mitigation = z.strictObject({
  id: identifier,
  name: plainText.min(1).max(256),
  about: plainText.max(1_000).optional(),
  inPlace: z.boolean().default(false),
  cost: z
    .strictObject({
      once: money.default(0),
      perYear: money.default(0),
      /** Over which `once` is spread. */
      years: z.number().min(0.1).max(100).default(5),
    })
    .prefault({}),
  acts: z.array(lever).max(256).default([]),
  against: z.array(counter).max(256).default([]),
});
export type Mitigation = z.infer<typeof mitigation>;

export const graphSections = z.strictObject({
  title: plainText.max(256).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'expected three capital letters, as EUR')
    .default('EUR'),
  /** How far ahead is looked. */
  horizon: duration.default(24 * 3_600_000),
  /** What can happen to an asset beside the built-in words, and how it is said: "Fridge 1 …". */
  effects: z
    .array(z.strictObject({ id: identifier, words: plainText.min(1).max(128) }))
    .max(256)
    .default([]),
  assets: z.array(graphAsset).max(MAX_ASSETS).default([]),
  dependencies: z.array(dependency).max(MAX_DEPENDENCIES).default([]),
  services: z.array(service).max(MAX_SERVICES).default([]),
  mitigations: z.array(mitigation).max(MAX_MITIGATIONS).default([]),
  threats: z.array(threat).max(MAX_THREATS).default([]),
  weaknesses: z.array(weakness).max(MAX_WEAKNESSES).default([]),
});
export type GraphDocument = z.infer<typeof graphSections>;

/** How what happens to an asset is said. */
export function effectWords({ effects }: Pick<GraphDocument, 'effects'>, effect: string): string {
  return effects.find(({ id }) => id === effect)?.words ?? builtInEffects[effect] ?? `is ${effect}`;
}

/** What may happen to assets, and what makes it easy: the part of a dependency file that the risk register reads. */
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import { duration } from '../cascade/spread.ts';

export const MAX_THREATS = 1_000;
export const MAX_WEAKNESSES = 5_000;

/** Threat taxonomies are broad; these families say where to look them up. */
export const threatFamily = z.enum([
  'physical-attack',
  'theft',
  'insider',
  'malware',
  'ransomware',
  'account-takeover',
  'web-attack',
  'denial-of-service',
  'social-engineering',
  'supply-chain',
  'eavesdropping',
  'fraud',
  'outage',
  'failure',
  'human-error',
  'natural-disaster',
]);

/** Something that may happen to an asset, and how often it is tried or strikes. */
export const threat = z.strictObject({
  id: identifier,
  name: plainText.min(1).max(256),
  family: threatFamily,
  /** MITRE ATT&CK technique or tactic that it uses. */
  technique: z
    .string()
    .regex(/^(TA|T)\d{4}(\.\d{3})?$/, 'expected a technique such as T1110 or T1566.001')
    .optional(),
  /** What it would do. */
  about: plainText.max(1_000).optional(),
  assets: z.array(identifier).min(1).max(1_000),
  /** What it does to the asset where it succeeds. */
  effect: identifier.default('down'),
  /** Attempts or occurrences a year at each of the assets. */
  perYear: z.number().min(0).max(100_000),
  /** Part of them that succeeds where no weakness is known: 1 for what needs none, such as a power cut. */
  withoutWeakness: z.number().min(0).max(1).default(0),
  /** Until what it did is mended; as long as is looked ahead where it is not said. */
  lasting: duration.optional(),
});
export type Threat = z.infer<typeof threat>;

/** What lets a threat through at an asset. */
export const weakness = z.strictObject({
  id: identifier,
  name: plainText.min(1).max(256),
  asset: identifier,
  threats: z.array(identifier).min(1).max(256),
  /** Part of the attempts that succeeds because of it. */
  ease: z.number().min(0).max(1),
});
export type Weakness = z.infer<typeof weakness>;

/** How a mitigation works against threats: on all of them that match what is said. */
export const counter = z
  .strictObject({
    threat: identifier.optional(),
    weakness: identifier.optional(),
    asset: identifier.optional(),
    effectiveness: z.number().min(0).max(1),
  })
  .refine(
    ({ threat, weakness }) => threat !== undefined || weakness !== undefined,
    'names no threat and no weakness',
  );
export type Counter = z.infer<typeof counter>;

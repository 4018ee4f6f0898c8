/** Rules of the house as they are written: one YAML file. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../../devices/configuration.ts';
import { severity } from '../../devices/model/detection.ts';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { ageLimit } from './kinds/age-limit.ts';
import { atLeastEvery } from './kinds/at-least-every.ts';
import { byTime } from './kinds/by-time.ts';
import { mustNot } from './kinds/must-not.ts';
import { presence } from './kinds/presence.ts';
import { twoPerson } from './kinds/two-person.ts';
import type { PolicyKind, Verdict } from './policy-kind.ts';

export const MAX_POLICIES = 500;

/** Keys that every rule has. */
const shared = {
  id: identifier.max(64),
  title: plainText.min(1).max(200),
  /** What asks for it: a law, a standard, a contract. */
  serves: z
    .array(z.strictObject({ standard: plainText.min(1).max(100), section: plainText.min(1).max(100) }))
    .min(1)
    .max(8),
  severity: severity.default('medium'),
  /** A matter of upkeep, which says nothing of what else happens at the place. */
  upkeep: z.boolean().default(false),
  enabled: z.boolean().default(true),
  /** How late what was seen may come in before its absence counts. */
  latenessMs: durationMs.default(10 * 60_000),
  tactic: z.string().max(32).optional(),
};

const entry = <Shape extends z.ZodRawShape, Name extends string>(kind: PolicyKind<Shape>, name: Name) =>
  z.strictObject({ ...kind.settings.shape, ...shared, kind: z.literal(name) });

export const policyEntry = z.discriminatedUnion('kind', [
  entry(presence, 'presence'),
  entry(twoPerson, 'two-person'),
  entry(atLeastEvery, 'at-least-every'),
  entry(ageLimit, 'age-limit'),
  entry(mustNot, 'must-not'),
  entry(byTime, 'by-time'),
]);
export type PolicyEntry = z.infer<typeof policyEntry>;

export const policyDocument = z
  .strictObject({ policies: z.array(policyEntry).max(MAX_POLICIES) })
  .superRefine(({ policies }, context) => {
    policies.forEach(({ id }, index) => {
      if (policies.findIndex((one) => one.id === id) < index)
        context.addIssue({
          code: 'custom',
          path: ['policies', index, 'id'],
          message: `"${id}" is already taken`,
        });
    });
  });

/** @throws ConfigurationError that names file, line and key */
export function readPolicies(file: string): PolicyEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(file, [{ line: 1, key: '', message: `can't be read: ${message}` }]);
  }
  return parseConfiguration(policyDocument, text, file).policies;
}

/** A rule made ready to judge: its kind with its settings. */
export interface Policy {
  readonly entry: PolicyEntry;
  /** Name of its detections. */
  readonly rule: string;
  readonly observes: readonly ObservationKind[];
  readonly spanMs: number;
  scopes(registry: Registry): string[];
  scopesOf(observation: Observation, registry: Registry): string[];
  judge(of: {
    scope: string;
    observations: readonly Observation[];
    now: number;
    inForceFrom: number;
    registry: Registry;
  }): Verdict;
}

function policyOf<Shape extends z.ZodRawShape>(kind: PolicyKind<Shape>, written: PolicyEntry): Policy {
  const settings = kind.settings.strip().parse(written);
  return {
    entry: written,
    rule: `policy:${written.upkeep ? 'upkeep:' : ''}${written.id}`,
    observes: kind.observes(settings),
    spanMs: kind.spanMs(settings),
    scopes: (registry) => kind.scopes(settings, registry),
    scopesOf: (observation, registry) => kind.scopesOf(settings, observation, registry),
    judge: (of) => kind.judge({ ...of, settings, latenessMs: written.latenessMs }),
  };
}

export function policyFrom(written: PolicyEntry): Policy {
  switch (written.kind) {
    case 'presence':
      return policyOf(presence, written);
    case 'two-person':
      return policyOf(twoPerson, written);
    case 'at-least-every':
      return policyOf(atLeastEvery, written);
    case 'age-limit':
      return policyOf(ageLimit, written);
    case 'must-not':
      return policyOf(mustNot, written);
    case 'by-time':
      return policyOf(byTime, written);
  }
}

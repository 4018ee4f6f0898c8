import type { ZodRawShape, z } from 'zod';
import type { Facts, Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** Breaches of the rules are told of this long; older ones stand as they were told. */
export const LOOK_BACK_MS = 8 * 24 * 3_600_000;

/** One time that a rule was broken. What it says must not depend on when it is judged. */
export interface Breach {
  /** Names it among those of its scope. */
  anchor: string;
  at: number;
  /** From then on the rule is kept again; absent: it is broken still. */
  until?: number;
  assets: string[];
  identities?: string[];
  summary: string;
  facts?: Facts;
  /** Ids of observations, oldest first. */
  evidence: string[];
  count?: number;
}

/** All that is known of one scope of a rule. */
export interface Case<Settings> {
  settings: Settings;
  /** An asset, a site, a person at a site: what the rule is kept or broken for. */
  scope: string;
  /** In order of (observedAt, id). */
  observations: readonly Observation[];
  now: number;
  /** Of what did not come: it may still be under way for so long. */
  latenessMs: number;
  /** The rule holds from then on. */
  inForceFrom: number;
  registry: Registry;
}

export interface Verdict {
  breaches: Breach[];
  /** Nothing is known that the rule could be judged by. */
  hasNoData: boolean;
}

export interface PolicySample<Input> {
  name: string;
  settings: Input;
  observations: (Pick<Observation, 'kind' | 'asset' | 'observedAt'> & Partial<Observation>)[];
  now: number;
  expect: { at: number; count?: number; until?: number }[];
  hasNoData?: boolean;
}

/**
 * A way in which a rule of the house can be said: one file with its settings, its samples and `judge`, which is a pure
 * function of what is known of one scope, whatever the order it came in. One line in policy.ts.
 */
export interface PolicyKind<Shape extends ZodRawShape> {
  readonly kind: string;
  readonly settings: z.ZodObject<Shape>;
  observes(settings: z.output<z.ZodObject<Shape>>): ObservationKind[];
  /** How far what is seen reaches into the future: how long it must be kept beyond LOOK_BACK_MS. */
  spanMs(settings: z.output<z.ZodObject<Shape>>): number;
  /** Scopes that are there whether or not anything was seen. */
  scopes(settings: z.output<z.ZodObject<Shape>>, registry: Registry): string[];
  scopesOf(settings: z.output<z.ZodObject<Shape>>, observation: Observation, registry: Registry): string[];
  judge(of: Case<z.output<z.ZodObject<Shape>>>): Verdict;
  readonly samples: readonly PolicySample<z.input<z.ZodObject<Shape>>>[];
}

/** Gathers breaches that follow each other within `foldMs` into the first of them. */
export function folded(breaches: readonly Breach[], foldMs: number): Breach[] {
  const kept: Breach[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const one of breaches) {
    const first = kept.at(-1);
    if (first !== undefined && one.at - lastAt <= foldMs) {
      first.count = (first.count ?? 1) + 1;
      if (one.until === undefined) delete first.until;
      else if (first.until !== undefined) first.until = Math.max(first.until, one.until);
      if (first.evidence.length < 16)
        first.evidence = [...new Set([...first.evidence, ...one.evidence])].slice(0, 16);
    } else kept.push({ ...one });
    lastAt = one.at;
  }
  return kept;
}

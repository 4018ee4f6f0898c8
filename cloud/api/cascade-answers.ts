/** The shapes of the answers about cascades and risk, as the contract has them. */
import { z } from 'zod';
import { threatFamily } from '../risk/threat.ts';
import type {
  CascadeAnswer,
  CascadeDifference,
  CascadeReport,
  IncidentCascade,
  RiskRegister,
  SuggestionList,
} from './contract.ts';

const maybe = z.exactOptional;
const number = z.number();
const text = z.string();
const when = z.strictObject({ p10: number, p50: number, p90: number });

const path = z.strictObject({
  chance: number,
  share: number,
  steps: z.array(z.strictObject({ asset: text, name: text, effect: text, type: maybe(text), atMs: number })),
  words: text,
});

const state = { asset: text, name: text, effect: text, words: text };

export const cascadeReport: z.ZodType<CascadeReport> = z.strictObject({
  method: z.enum(['exact', 'sampled']),
  samples: number,
  seed: number,
  uncertainDependencies: number,
  horizonMs: number,
  lastingMs: number,
  currency: text,
  failed: z.array(z.strictObject(state)),
  effects: z.array(
    z.strictObject({
      ...state,
      chance: number,
      standardError: number,
      afterMs: when,
      loss: number,
      paths: z.array(path),
    }),
  ),
  more: number,
  services: z.array(
    z.strictObject({
      id: text,
      name: text,
      chance: number,
      standardError: number,
      afterMs: when,
      lossPerHour: number,
      loss: number,
      paths: z.array(path),
    }),
  ),
  loss: z.strictObject({
    perHour: number,
    mean: number,
    standardError: number,
    p10: number,
    p50: number,
    p90: number,
  }),
});

const beforeAfter = z.strictObject({ before: number, after: number });

const cascadeDifference: z.ZodType<CascadeDifference> = z.strictObject({
  changes: z.array(text),
  before: cascadeReport,
  after: cascadeReport,
  effects: z.array(
    z.strictObject({
      ...state,
      chance: beforeAfter,
      afterMs: z.strictObject({ before: maybe(number), after: maybe(number) }),
    }),
  ),
  services: z.array(z.strictObject({ id: text, name: text, loss: beforeAfter })),
  loss: z.strictObject({ mean: number, standardError: number, perHour: number }),
});

export const cascadeAnswer: z.ZodType<CascadeAnswer> = z.union([
  z.strictObject({ cascade: cascadeReport, difference: cascadeDifference }),
  z.strictObject({ cascade: cascadeReport }),
]);

export const incidentCascade: z.ZodType<IncidentCascade> = z.strictObject({
  incident: text,
  since: number,
  happened: z.array(z.strictObject({ ...state, at: number, detection: text })),
  cascade: cascadeReport,
  headline: text,
  helps: z.array(z.strictObject({ mitigation: text, name: text, saves: number })),
  urgency: maybe(z.strictObject({ without: number, with: number, because: text })),
});

export const suggestionList: z.ZodType<SuggestionList> = z.strictObject({
  items: z.array(
    z.strictObject({
      id: text,
      from: text,
      to: text,
      failures: number,
      followed: number,
      followerFailures: number,
      reversed: number,
      probability: number,
      confidence: z.strictObject({ from: number, to: number }),
      lift: number,
      delayMs: when,
      firstAt: number,
      lastAt: number,
      perhapsThrough: z.array(text),
      words: text,
      entry: z.strictObject({ of: text, on: z.array(text), probability: number, delay: text }),
    }),
  ),
  decided: z.array(
    z.strictObject({
      from: text,
      to: text,
      decision: z.enum(['accepted', 'rejected']),
      by: text,
      at: number,
    }),
  ),
});

const named = z.strictObject({ id: text, name: text });

export const riskRegister: z.ZodType<RiskRegister> = z.strictObject({
  currency: text,
  annual: number,
  inherentAnnual: number,
  rows: z.array(
    z.strictObject({
      id: text,
      asset: named,
      threat: z.strictObject({ id: text, name: text, family: threatFamily, technique: maybe(text) }),
      weakness: maybe(named),
      effect: text,
      words: text,
      perYear: number,
      impact: number,
      impactP90: number,
      annual: number,
      inherent: z.strictObject({ perYear: number, impact: number, annual: number }),
      likelihood: number,
      severity: number,
      level: z.enum(['low', 'medium', 'high', 'critical']),
      follows: maybe(text),
    }),
  ),
  mitigations: z.array(
    z.strictObject({
      id: text,
      name: text,
      inPlace: z.boolean(),
      without: number,
      with: number,
      benefitPerYear: number,
      costPerYear: number,
      netPerYear: number,
      ratio: maybe(number),
      rows: z.array(z.strictObject({ id: text, without: number, with: number })),
    }),
  ),
});

import { z } from 'zod';
import { identifier, instant, plainText } from './identifiers.ts';
import { facts, observables } from './observation.ts';

/** From a remark to a matter of minutes. Order matters: see severityRank. */
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const severity = z.enum(severities);
export type Severity = z.infer<typeof severity>;

/** 0 (info) to 4 (critical). */
export const severityRank = (of: Severity): number => severities.indexOf(of);

export const MAX_EVIDENCE = 64;

/** A rule's judgement on observations. */
export const detection = z.strictObject({
  /** Follows from the rule and the observation that set it off, so that a resend is the same detection. */
  id: z.string().max(256),
  at: instant,
  rule: z.string().max(256),
  severity,
  source: plainText.max(256),
  site: identifier.optional(),
  assets: z.array(z.string().max(256)).max(64),
  identities: z.array(z.string().max(256)).max(64),
  observables,
  /** One English sentence that says what was seen and why it matters; pages translate by `rule` and `facts`. */
  summary: plainText,
  facts: facts.default({}),
  /** Observations this rests on, oldest first. */
  evidence: z.array(z.string().max(256)).max(MAX_EVIDENCE).default([]),
  /** MITRE ATT&CK tactic or technique, e.g. TA0006, T1110. */
  tactic: z.string().max(32).optional(),
  /** How many occurrences were folded into this one. */
  count: z.number().int().min(1).default(1),
});
export type Detection = z.infer<typeof detection>;

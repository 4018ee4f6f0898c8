/** What is kept of one incident's duties: nothing in it is ever taken back, later words stand beside earlier ones. */
import { z } from 'zod';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import { answer, outcomeOf } from './decision.ts';
import {
  type ClockInput,
  clocksOf,
  type DutyClock,
  type Regime,
  regimes,
  type Stage,
  stages,
} from './regimes.ts';

export const CASE_DOCUMENT = 'duty-case';
export const MAX_STATEMENTS = 50;
export const MAX_VERSIONS = 100;
export const MAX_DRAFTS = 40;
export const MAX_FIELD_LENGTH = 8_000;

/** Somebody's word on when we became aware. */
const statement = z.strictObject({
  at: instant,
  /** When it was said. */
  saidAt: instant,
  by: plainText,
  reason: plainText,
});
export type Statement = z.infer<typeof statement>;

const decision = z.strictObject({
  regime: z.enum(regimes),
  answers: z.array(answer).max(16),
  at: instant,
  by: plainText,
});

export const draftFields = z.record(z.string().max(64), z.string().max(MAX_FIELD_LENGTH));
export type DraftFields = z.infer<typeof draftFields>;

export const draft = z.strictObject({
  id: z.string().max(64),
  stage: z.enum(stages),
  createdAt: instant,
  /** Oldest first; the first is what was filled in from the facts. */
  versions: z
    .array(z.strictObject({ at: instant, by: plainText, fields: draftFields }))
    .min(1)
    .max(MAX_VERSIONS),
  /** Of which version (1 is the first). A later version needs another approval. */
  approved: z.strictObject({ version: z.number().int().min(1), at: instant, by: plainText }).optional(),
  sent: z
    .strictObject({
      /** When it left. */
      at: instant,
      by: plainText,
      saidAt: instant,
      version: z.number().int().min(1),
      /** Portal, e-mail, letter … */
      channel: plainText.max(256),
      /** What shows that it arrived: the authority's reference, a receipt. */
      proof: plainText.max(2_000),
      /** SHA-256 of the content that was sent. */
      sha256: z.string().length(64),
    })
    .optional(),
});
export type Draft = z.infer<typeof draft>;

export const dutyCase = z.strictObject({
  incident: z.string().max(256),
  awareness: z.array(statement).max(MAX_STATEMENTS),
  decisions: z.array(decision).max(MAX_STATEMENTS),
  /** When an authority asked for an intermediate report. */
  requests: z.array(z.strictObject({ at: instant, by: plainText, text: plainText })).max(MAX_STATEMENTS),
  drafts: z.array(draft).max(MAX_DRAFTS),
});
export type DutyCase = z.infer<typeof dutyCase>;

export const emptyCase = (incident: string): DutyCase => ({
  incident,
  awareness: [],
  decisions: [],
  requests: [],
  drafts: [],
});

/** The word that holds: the last. */
export const awarenessOf = ({ awareness }: DutyCase): Statement | undefined => awareness.at(-1);

/** The decision that holds on a law: the last. */
export const decisionOn = ({ decisions }: DutyCase, regime: Regime) =>
  decisions.findLast((one) => one.regime === regime);

export function clockInputOf(of: DutyCase, timeZone: string): ClockInput {
  const sentAt: Partial<Record<Stage, number>> = {};
  for (const { stage, sent } of of.drafts)
    if (sent !== undefined) sentAt[stage] = Math.min(sentAt[stage] ?? sent.at, sent.at);
  // A request is answered by an intermediate report that was sent after it.
  const request = of.requests.at(-1);
  const answers = of.drafts.flatMap(({ stage, sent }) =>
    stage === 'intermediate' && sent !== undefined && request !== undefined && sent.at >= request.at
      ? [sent.at]
      : [],
  );
  if (request !== undefined && answers.length === 0) delete sentAt.intermediate;
  const dutyOf = (regime: Regime) => outcomeOf(regime, decisionOn(of, regime)?.answers ?? []).duty;
  return {
    awareAt: awarenessOf(of)?.at,
    duties: { nis2: dutyOf('nis2'), gdpr: dutyOf('gdpr') },
    sentAt,
    requestedAt: request?.at,
    timeZone,
  };
}

export const clocksOfCase = (of: DutyCase, timeZone: string, now: number): DutyClock[] =>
  clocksOf(clockInputOf(of, timeZone), now);

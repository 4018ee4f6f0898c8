import { MAX_EVIDENCE } from '../../devices/model/detection.ts';
import { MAX_TEXT_LENGTH } from '../../devices/model/identifiers.ts';
import { type Facts, MAX_FIELDS, type Observation } from '../../devices/model/observation.ts';
import { type ActiveRule, MAX_KEYS_PER_RULE } from './cell.ts';
import { fittingId } from './detection-id.ts';
import { type Fold, foldedFacts } from './fold.ts';
import type { Detection, Finding } from './rule.ts';

/** Assets or identities that one detection names. */
const MAX_NAMED = 64;
/** Longest text in a fact. */
const MAX_FACT_LENGTH = 512;

/** A finding as a detection, within the model's bounds. `last` is the earlier detection of the same condition. */
export function detectionOf(
  rule: ActiveRule,
  finding: Finding,
  made: {
    id: string;
    at: number;
    last: string | undefined;
    told: Fold | undefined;
    site: string;
    source: string;
  },
): Detection {
  const facts: Facts = {
    ...(finding.continues && made.last !== undefined && { follows: made.last }),
    ...(made.told && foldedFacts(made.told)),
    ...finding.facts,
  };
  return {
    id: made.id,
    at: made.at,
    rule: rule.name,
    severity: rule.severityOf(finding.severity),
    source: made.source,
    site: made.site,
    assets: [...new Set(finding.assets)].slice(0, MAX_NAMED),
    identities: [...new Set(finding.identities)].slice(0, MAX_NAMED),
    observables: finding.observables ?? {},
    summary: finding.summary.slice(0, MAX_TEXT_LENGTH),
    facts: Object.fromEntries(
      Object.entries(facts)
        .slice(0, MAX_FIELDS)
        .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MAX_FACT_LENGTH) : value]),
    ),
    evidence: finding.evidence.slice(-MAX_EVIDENCE),
    ...(finding.tactic !== undefined && { tactic: finding.tactic }),
    count: finding.count ?? 1,
  };
}

/** The engine's own word that a rule can take no further key. */
export const keysFull = (
  rule: ActiveRule,
  message: string,
  { id, observedAt, asset }: Observation,
  by: { site: string; source: string },
): Detection => ({
  ...by,
  id: fittingId(`${rule.name}/keys-full/${id}`),
  at: observedAt,
  rule: 'rule-keys-full',
  severity: 'medium',
  assets: [asset],
  identities: [],
  observables: {},
  summary: `The rule ${rule.name} has ${message}.`,
  facts: { ruleName: rule.name, bound: MAX_KEYS_PER_RULE },
  evidence: [id],
  count: 1,
});

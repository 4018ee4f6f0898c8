/** What rules are once they are read: Sigma 2.1. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Pattern } from './pattern.ts';

/** Where events come from; what is not said is not asked for. */
export interface Logsource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
}

export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];

/** Without a level a rule is taken as `medium`. */
export const severityOf: Readonly<Record<Level, Severity>> = {
  informational: 'info',
  low: 'low',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
};

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte' | 'eq';
export const timeParts = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimePart = (typeof timeParts)[number];
export type Placement = 'equals' | 'startswith' | 'endswith' | 'contains';

/** One question to an event. `field` undefined: any value of the event. */
export type Test =
  | {
      readonly op: 'text';
      readonly field: string | undefined;
      readonly pattern: Pattern;
      readonly cased: boolean;
    }
  | {
      readonly op: 'expression';
      readonly field: string | undefined;
      readonly source: string;
      readonly flags: string;
      readonly matches: (text: string) => boolean;
    }
  | {
      readonly op: 'compare';
      readonly field: string;
      readonly by: Comparison;
      readonly value: number;
      readonly part: TimePart | undefined;
    }
  | { readonly op: 'cidr'; readonly field: string; readonly contains: (address: string) => boolean }
  | { readonly op: 'exists'; readonly field: string; readonly wanted: boolean }
  | { readonly op: 'null'; readonly field: string }
  | {
      readonly op: 'same';
      readonly field: string;
      readonly other: string;
      readonly placement: Placement;
      readonly cased: boolean;
    };

export type Expression =
  | Test
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly op: 'not'; readonly of: Expression };

export interface RuleHead {
  /** Its `id`, else its `name`, else file and document. */
  readonly id: string;
  readonly name: string | undefined;
  readonly title: string;
  readonly level: Level | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  /** From the folder that was loaded, with the number of the document from 1. */
  readonly file: string;
  readonly document: number;
}

export interface DetectionRule extends RuleHead {
  readonly kind: 'detection';
  readonly logsource: Logsource;
  readonly expression: Expression;
}

export interface FilterRule extends RuleHead {
  readonly kind: 'filter';
  readonly logsource: Logsource;
  /** Undefined: every rule of the logsource. */
  readonly rules: readonly string[] | undefined;
  /** What must hold beside a rule's own condition. */
  readonly expression: Expression;
}

export const correlationTypes = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_min',
  'value_max',
  'value_median',
  'value_percentile',
  'temporal',
  'temporal_ordered',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export interface Bound {
  readonly by: Comparison | 'neq';
  readonly value: number;
}

export interface CorrelationRule extends RuleHead {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** As written: ids or names. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  /** Field of each rule (by id or name) behind an alias. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly timespanMs: number;
  /** All must hold. */
  readonly bounds: readonly Bound[];
  /** What `value_*` look at; several are taken together. */
  readonly fields: readonly string[];
  /** 0 to 100. */
  readonly percentile: number;
  /** The rules it refers to tell on their own as well. */
  readonly generate: boolean;
}

export type Rule = DetectionRule | FilterRule | CorrelationRule;

/** MITRE ATT&CK technique (else tactic) of a rule's tags, as detections carry it: `attack.t1110.001` is T1110.001. */
export function attackOf(tags: readonly string[]): string | undefined {
  const techniques = tags.flatMap(
    (tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? [],
  );
  if (techniques[0] !== undefined) return techniques[0];
  for (const tag of tags) {
    const tactic = tactics[/^attack\.([a-z_-]+)$/i.exec(tag)?.[1]?.toLowerCase().replaceAll('_', '-') ?? ''];
    if (tactic !== undefined) return tactic;
  }
  return undefined;
}

const tactics: Readonly<Record<string, string>> = {
  reconnaissance: 'TA0043',
  'resource-development': 'TA0042',
  'initial-access': 'TA0001',
  execution: 'TA0002',
  persistence: 'TA0003',
  'privilege-escalation': 'TA0004',
  'defense-evasion': 'TA0005',
  'credential-access': 'TA0006',
  discovery: 'TA0007',
  'lateral-movement': 'TA0008',
  collection: 'TA0009',
  exfiltration: 'TA0010',
  'command-and-control': 'TA0011',
  impact: 'TA0040',
};

/**
 * Whether a rule is asked about events of a logsource: nothing that both state differs, and one thing at least is
 * the same. Undefined, or a rule without logsource: always.
 */
export function isRouted(rule: Logsource, of: Logsource | undefined): boolean {
  if (of === undefined) return true;
  let shared = 0;
  let stated = 0;
  for (const key of ['category', 'product', 'service'] as const) {
    const wanted = rule[key];
    if (wanted === undefined) continue;
    stated++;
    const given = of[key];
    if (given === undefined) continue;
    if (wanted.toLowerCase() !== given.toLowerCase()) return false;
    shared++;
  }
  return stated === 0 || shared > 0;
}

/** Rules in force, and what changed ones would have raised. */
import type { Severity } from '../../../devices/model/detection.ts';

/** GET /api/rules: the rules in force, as one would write them. */
export interface RulesText {
  text: string;
}

/** POST /api/rules/try {text, hours}: what these rules would have raised, beside the rules in force. */
export interface RulesTrial {
  from: number;
  to: number;
  observations: number;
  /** False: the log holds more than was gone through; the oldest was left out. */
  isWhole: boolean;
  /** Alarms by the rules in force, and by the changed ones. */
  present: number;
  changed: number;
  /** New ones, and those that would not come any more; newest first. */
  added: TriedDetection[];
  gone: TriedDetection[];
  moreAdded: number;
  moreGone: number;
  troubles: string[];
}

export interface TriedDetection {
  at: number;
  rule: string;
  severity: Severity;
  summary: string;
  assets: string[];
}

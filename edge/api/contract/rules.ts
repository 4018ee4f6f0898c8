/** Settings in force, and what changed ones would have raised. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { Facts } from '../../../devices/model/observation.ts';

/**
 * GET /api/rules: opening hours, panel (arming, its schedule), access (doors, readers), deliveries and rules in force, as
 * one would write them. Nobody's code is in it.
 */
export interface RulesText {
  text: string;
}

/**
 * POST /api/rules/try {text, hours}: what these settings would have raised, beside those in force. What the text leaves
 * out stays as it is; a mere list is a list of rules. 400 `invalid` names the line.
 */
export interface RulesTrial {
  from: number;
  to: number;
  observations: number;
  /** False: the log holds more than was gone through; the oldest was left out. */
  isWhole: boolean;
  /** Alarms by the settings in force, and by the changed ones. */
  present: number;
  changed: number;
  /** Badges that were refused, likewise. */
  presentRefused: number;
  changedRefused: number;
  /** New ones, and those that would not come any more; newest first. */
  added: TriedDetection[];
  gone: TriedDetection[];
  /** Who would not have been let in, and who would; newest first. */
  refused: TriedRefusal[];
  letIn: TriedRefusal[];
  moreAdded: number;
  moreGone: number;
  moreRefused: number;
  moreLetIn: number;
  troubles: string[];
}

export interface TriedDetection {
  id: string;
  at: number;
  rule: string;
  severity: Severity;
  summary: string;
  facts: Facts;
  assets: { id: string; name: string }[];
}

export interface TriedRefusal {
  at: number;
  /** Its name. */
  reader: string;
  because: string;
  who?: string;
}

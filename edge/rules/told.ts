/** What rules have found, and what that sets off, until it is handed over. */
import { severityRank } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { ActiveRule } from './cell.ts';
import { fittingId } from './detection-id.ts';
import { detectionOf, keysFull } from './detection-of.ts';
import { Folds } from './fold.ts';
import type { Detection, LocalAction, RuleStep } from './rule.ts';

/** What came of an observation or of time passing. Detections in the order in which they were made. */
export interface RuleOutcome {
  readonly detections: readonly Detection[];
  readonly actions: readonly LocalAction[];
}

const NOTHING: RuleOutcome = Object.freeze({ detections: Object.freeze([]), actions: Object.freeze([]) });

/** Where the detections come from, and how their folds are kept. */
export interface ToldOptions {
  site: string;
  /** What a detection names as its source. */
  source: string;
  keep: (key: string, value: unknown) => void;
  forget: (key: string) => void;
}

export class Told {
  readonly folds: Folds;
  readonly #options: ToldOptions;
  #detections: Detection[] = [];
  #actions: LocalAction[] = [];

  constructor(options: ToldOptions) {
    this.#options = options;
    this.folds = new Folds(options.keep, options.forget);
  }

  /** All since the last time. */
  outcome(): RuleOutcome {
    if (this.#detections.length === 0 && this.#actions.length === 0) return NOTHING;
    const outcome = { detections: this.#detections, actions: this.#actions };
    this.#detections = [];
    this.#actions = [];
    return outcome;
  }

  /**
   * Takes what a rule's step has found and wants done.
   * @param last the newest detection about this key
   * @returns the newest one's id, with those of this step
   */
  take(
    rule: ActiveRule,
    key: string,
    step: RuleStep<unknown>,
    trigger: string,
    at: number,
    last: string | undefined,
  ): string | undefined {
    let newest = last;
    if (step.fold === 'start') this.folds.start(key, rule.name, at);
    if (step.findings !== undefined && step.findings.length > 0)
      newest = this.#report(rule, key, step, trigger, at, last);
    else if (step.actions !== undefined)
      this.#actions.push(...step.actions.map((action) => ({ issuedBy: rule.name, ...action })));
    if (step.fold === 'stop') this.folds.stop(key);
    return newest;
  }

  /** A rule can take no further key. */
  keysFull(rule: ActiveRule, message: string, observation: Observation): void {
    const { site, source } = this.#options;
    this.#detections.push(keysFull(rule, message, observation, { site, source }));
  }

  /** Makes detections of a step's findings, and what they set off; gives back the newest one's id. */
  #report(
    rule: ActiveRule,
    key: string,
    step: RuleStep<unknown>,
    trigger: string,
    at: number,
    before: string | undefined,
  ): string | undefined {
    let last = before;
    const { site, source } = this.#options;
    const told = step.fold === 'report' || step.fold === 'stop' ? this.folds.report(key) : undefined;
    step.findings?.forEach((finding, index) => {
      const id = fittingId(`${rule.name}/${key}/${trigger}${index === 0 ? '' : `/${index + 1}`}`);
      const made = detectionOf(rule, finding, { id, at, last, told, site, source });
      if (!this.folds.passes(made)) return;
      last = id;
      this.#detections.push(made);
      for (const { action, asset, lifetimeMs, fromSeverity, preset } of rule.actions) {
        if (severityRank(made.severity) < severityRank(fromSeverity)) continue;
        const reason = made.summary;
        const more = { issuedBy: rule.name, detection: id, ...(preset === undefined ? {} : { preset }) };
        this.#actions.push({ action, asset, reason, lifetimeMs, ...more });
      }
      for (const action of index === 0 ? (step.actions ?? []) : [])
        this.#actions.push({ issuedBy: rule.name, detection: id, ...action });
    });
    return last;
  }
}

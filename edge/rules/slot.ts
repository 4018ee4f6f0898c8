import type { Severity } from '../../devices/model/detection.ts';
import type { RuleAction, RuleConfiguration } from './configuration.ts';
import { fingerprintOf } from './configuration.ts';
import type { AnyRuleKind } from './rule.ts';
import type { Timed } from './timers.ts';

/** States that a rule may keep which counts by something other than the asset: bounded, or one badge reader fills the disk. */
export const MAX_KEYS_PER_RULE = 10_000;

/** A configured rule with its states. */
export class ActiveRule {
  readonly name: string;
  readonly kind: AnyRuleKind;
  /** Taken out of the kind: one shape for all rules, which is what makes the inner loop quick. */
  readonly step: AnyRuleKind['step'];
  readonly configuration: unknown;
  readonly fingerprint: string;
  readonly actions: readonly RuleAction[];
  /** Its place in the configuration: who goes first among those due together. */
  readonly order: number;
  readonly resting: unknown;
  readonly slots = new Map<string, Slot>();
  /** The bound was reached and has been told. */
  full = false;
  /** Which assets' observations count; only asked where the rule has keys of its own. */
  concerns: (asset: string) => boolean = () => true;
  readonly #severity: RuleConfiguration['severity'];

  constructor(rule: RuleConfiguration, kind: AnyRuleKind, order: number) {
    this.name = rule.name;
    this.kind = kind;
    this.step = kind.step;
    this.configuration = rule.configuration;
    this.fingerprint = fingerprintOf(rule.configuration);
    this.actions = rule.actions;
    this.order = order;
    this.resting = kind.initial(rule.configuration);
    this.#severity = rule.severity;
  }

  /** The severity that this installation gives to what the kind found. */
  severityOf(found: Severity): Severity {
    if (this.#severity === undefined) return found;
    if (typeof this.#severity === 'string') return found === 'info' ? found : this.#severity;
    return this.#severity[found] ?? found;
  }
}

/** What is remembered beyond rest: present only while a rule has something to remember for a key. */
export class Live implements Timed {
  readonly slot: Slot;
  state: unknown;
  wakeAt = Number.POSITIVE_INFINITY;
  queuedAt = Number.POSITIVE_INFINITY;
  /** The newest detection about this key. */
  last: string | undefined;

  constructor(slot: Slot, state: unknown) {
    this.slot = slot;
    this.state = state;
    this.last = undefined;
  }

  precedes(other: Timed): boolean {
    if (!(other instanceof Live)) return false;
    const [mine, theirs] = [this.slot, other.slot];
    return mine.rule.order === theirs.rule.order
      ? mine.key < theirs.key
      : mine.rule.order < theirs.rule.order;
  }
}

/** One rule for one key. Small, because there are as many as rules times assets; most are at rest. */
export class Slot {
  readonly rule: ActiveRule;
  readonly key: string;
  live: Live | undefined;

  constructor(rule: ActiveRule, key: string) {
    this.rule = rule;
    this.key = key;
    this.live = undefined;
  }
}

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
  /** Only for a rule with keys of its own: the states by key. */
  readonly cells = new Map<string, Cell>();
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
  readonly rule: ActiveRule;
  readonly cell: Cell;
  readonly position: number;
  state: unknown;
  wakeAt = Number.POSITIVE_INFINITY;
  queuedAt = Number.POSITIVE_INFINITY;
  /** The newest detection about this key. */
  last: string | undefined = undefined;
  /** The name under which it is kept. */
  readonly keptAs: string;

  constructor(rule: ActiveRule, cell: Cell, position: number, state: unknown, keptAs: string) {
    this.rule = rule;
    this.cell = cell;
    this.position = position;
    this.state = state;
    this.keptAs = keptAs;
  }

  precedes(other: Timed): boolean {
    if (!(other instanceof Live)) return true;
    return this.rule.order === other.rule.order
      ? this.cell.key < other.cell.key
      : this.rule.order < other.rule.order;
  }
}

/**
 * The rules that have a state for one key, and what they remember. Plain arrays beside each other, because an
 * observation walks through them: with an object for each pair of rule and asset, scattered over the memory,
 * the engine was three times as slow.
 */
export class Cell {
  readonly key: string;
  /** Shared by all cells with the same rules. */
  readonly rules: readonly ActiveRule[];
  readonly lives: (Live | undefined)[];
  /** How many of them there are. */
  liveCount = 0;

  constructor(key: string, rules: readonly ActiveRule[]) {
    this.key = key;
    this.rules = rules;
    this.lives = Array.from(rules, () => undefined);
  }
}

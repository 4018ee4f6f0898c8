import type { Registry } from '../../devices/model/registry.ts';
import type { RuleContext } from './rule.ts';

/** The context at a time: for timers that come due late, when it may have been another one. */
export type ContextAt = RuleContext | ((at: number) => RuleContext);

/** The context that rules are shown; one object, so that an observation without result costs no memory. */
export class SeenContext implements RuleContext {
  now = 0;
  registry: Registry;
  armingMode: RuleContext['armingMode'] = 'disarmed';
  armingPhase: NonNullable<RuleContext['armingPhase']> = 'settled';
  isOpen = false;
  before: { at: number; value: number } | undefined = undefined;
  readonly #before = { at: 0, value: 0 };

  constructor(registry: Registry) {
    this.registry = registry;
  }

  take(now: number, context: RuleContext): void {
    this.now = now;
    this.armingMode = context.armingMode;
    this.armingPhase = context.armingPhase ?? 'settled';
    this.isOpen = context.isOpen;
    this.before = undefined;
  }

  /** What the asset had last told. One object for all: a rule that keeps it copies it. */
  heardBefore(at: number, value: number): void {
    if (at === Number.NEGATIVE_INFINITY) {
      this.before = undefined;
      return;
    }
    this.#before.at = at;
    this.#before.value = value;
    this.before = this.#before;
  }
}

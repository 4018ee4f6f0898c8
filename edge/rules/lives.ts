/** What the rules remember: their states, when each wants to be woken, and how both are kept. */
import { type MoveInstants, moved } from '../clock/move-instants.ts';
import { type ActiveRule, Cell, Live, MAX_KEYS_PER_RULE } from './cell.ts';
import type { Heard } from './heard.ts';
import { keptHeard } from './heard.ts';
import { AT_ONCE, HEARD_PREFIX, keptSlot, keptValue, RULE_PREFIX, SLOT_PREFIX } from './kept.ts';
import type { RuleStep } from './rule.ts';
import type { RuleIndex } from './rule-index.ts';
import { TimerQueue } from './timers.ts';
import type { Troubles } from './troubles.ts';

/** Something that a rule reported and that still goes on. */
export interface Condition {
  rule: string;
  kind: string;
  /** The asset, or what the rule counts by. */
  key: string;
  /** The newest detection about it. */
  detection: string;
}

/** The way to the disk. */
export interface Keeping {
  /** Called for every state that changed, within the call that changed it. The value is plain JSON and not touched again. */
  keep: (key: string, value: unknown) => void;
  forget: (key: string) => void;
}

export class Lives {
  readonly timers = new TimerQueue<Live | Heard>();
  readonly #live = new Set<Live>();
  readonly #index: RuleIndex;
  readonly #keeping: Keeping;
  readonly #troubles: Troubles;

  constructor(index: RuleIndex, keeping: Keeping, troubles: Troubles) {
    this.#index = index;
    this.#keeping = keeping;
    this.#troubles = troubles;
  }

  /** What was reported and still goes on. */
  conditions(): Condition[] {
    const conditions: Condition[] = [];
    for (const { rule, cell, state, last } of this.#live) {
      if (last === undefined || rule.kind.active?.(state) !== true) continue;
      conditions.push({ rule: rule.name, kind: rule.kind.kind, key: cell.key, detection: last });
    }
    return conditions;
  }

  /** Takes a rule's new state and when it wants to be woken. Without a state it is at rest. */
  remember(
    rule: ActiveRule,
    cell: Cell,
    position: number,
    { state, wakeAt }: RuleStep<unknown>,
    last: string | undefined,
  ): void {
    let live = cell.lives[position];
    if (state === undefined) {
      if (live === undefined) return;
      this.timers.schedule(live, Number.POSITIVE_INFINITY);
      this.#live.delete(live);
      cell.lives[position] = undefined;
      cell.liveCount--;
      if (rule.kind.key !== undefined) rule.cells.delete(cell.key);
      this.#keeping.forget(live.keptAs);
      return;
    }
    if (live === undefined) live = this.#enliven(rule, cell, position, state);
    live.state = state;
    live.last = last;
    this.timers.schedule(live, wakeAt ?? Number.POSITIVE_INFINITY);
    this.keep(live);
  }

  keep(live: Live): void {
    this.#keeping.keep(live.keptAs, keptValue(live));
  }

  /** When something was last heard of has changed, and with it when it is missed. */
  keepHeard(heard: Heard): void {
    this.timers.schedule(heard, heard.dueAt);
    this.#keeping.keep(heard.keptAs, heard.kept);
  }

  /** Everything, as it is kept. */
  *kept(): Generator<[string, unknown]> {
    for (const live of this.#live) yield [live.keptAs, keptValue(live)];
    for (const { name, fingerprint } of this.#index.rules()) yield [RULE_PREFIX + name, fingerprint];
    for (const heard of this.#index.allHeard())
      if (heard.at > Number.NEGATIVE_INFINITY) yield [heard.keptAs, heard.kept];
  }

  /** After a step of the clock: every state and every wake goes over to the new timeline. */
  moveInstants(move: MoveInstants): void {
    this.timers.clear();
    for (const live of this.#live) {
      const state = live.rule.kind.state.safeParse(move(live.state));
      if (state.success) live.state = state.data;
      live.queuedAt = Number.POSITIVE_INFINITY;
      this.timers.schedule(live, moved(live.wakeAt, move));
      this.keep(live);
    }
    for (const heard of this.#index.allHeard()) {
      heard.queuedAt = Number.POSITIVE_INFINITY;
      if (heard.at === Number.NEGATIVE_INFINITY) continue;
      heard.at = moved(heard.at, move);
      this.keepHeard(heard);
    }
  }

  /** Takes back kept states; what belongs to no rule any more is forgotten. */
  restore(kept: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of kept) {
      if (key.startsWith(SLOT_PREFIX) && !this.#restoreSlot(key, value, kept)) this.#keeping.forget(key);
      if (key.startsWith(HEARD_PREFIX) && !this.#restoreHeard(key, value)) this.#keeping.forget(key);
    }
    for (const key of kept.keys()) {
      if (key.startsWith(RULE_PREFIX) && this.#index.rule(key.slice(RULE_PREFIX.length)) === undefined)
        this.#keeping.forget(key);
    }
    for (const { name, fingerprint } of this.#index.rules())
      if (kept.get(RULE_PREFIX + name) !== fingerprint) this.#keeping.keep(RULE_PREFIX + name, fingerprint);
  }

  /** Whether a rule remembers something for a key. */
  isLive(ruleName: string, key: string): boolean {
    const rule = this.#index.rule(ruleName);
    const cell = rule && this.#index.cellOf(rule, key);
    return cell?.lives.some((live) => live?.rule === rule) ?? false;
  }

  #enliven(rule: ActiveRule, cell: Cell, position: number, state: unknown): Live {
    const live = new Live(rule, cell, position, state, `${SLOT_PREFIX}${rule.name}/${cell.key}`);
    cell.lives[position] = live;
    cell.liveCount++;
    this.#live.add(live);
    return live;
  }

  #restoreSlot(keptAs: string, value: unknown, kept: ReadonlyMap<string, unknown>): boolean {
    const text = keptAs.slice(SLOT_PREFIX.length);
    const cut = text.indexOf('/');
    const rule = this.#index.rule(text.slice(0, cut));
    if (rule === undefined) return false;
    const key = text.slice(cut + 1);
    const entry = keptSlot.safeParse(value);
    const state = entry.success ? rule.kind.state.safeParse(entry.data.state) : undefined;
    if (!entry.success || state?.success !== true) {
      this.#troubles.add(
        rule.name,
        'state-unreadable',
        `what was kept for ${key} could not be read; it starts anew`,
      );
      return false;
    }
    let cell = this.#index.cellOf(rule, key);
    if (cell === undefined) {
      if (rule.kind.key === undefined || rule.cells.size >= MAX_KEYS_PER_RULE) return false;
      cell = new Cell(key, [rule]);
      rule.cells.set(key, cell);
    }
    const position = cell.rules.indexOf(rule);
    if (position < 0) return false;
    const live = this.#enliven(rule, cell, position, state.data);
    live.last = entry.data.last;
    const changed = kept.get(RULE_PREFIX + rule.name) !== rule.fingerprint && rule.kind.wake !== undefined;
    const wakeAt = changed ? AT_ONCE : entry.data.wakeAt;
    if (wakeAt !== undefined) this.timers.schedule(live, wakeAt);
    if (changed) this.keep(live);
    return true;
  }

  #restoreHeard(keptAs: string, value: unknown): boolean {
    const heard = this.#index.heard(keptAs);
    const kept = keptHeard.safeParse(value);
    if (heard === undefined || !kept.success) return false;
    heard.restore(kept.data);
    this.timers.schedule(heard, heard.dueAt);
    return true;
  }
}

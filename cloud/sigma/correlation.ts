/**
 * Correlations: Sigma 2.1, with what it leaves open. Times are those of the events, in milliseconds; a window is
 * (t − timespan, t] and ends at an event; what comes late changes what was found; absence is told once the watermark
 * has passed the window; an event without the fields of the group is no part of any (and counted).
 */
import { type CorrelationChanges, type CorrelationCounts, CorrelationNode } from './correlation-node.ts';
import type { EventFields } from './event-fields.ts';
import type { LinkedCorrelation } from './rule-set.ts';

export type { CorrelationChanges, CorrelationCounts, CorrelationMatch } from './correlation-node.ts';

export const DEFAULT_LATENESS_MS = 5 * 60_000;

export interface CorrelationOptions {
  /** How long after its time an event may come; what comes later is left out. */
  latenessMs?: number;
}

const emptyCounts = (): CorrelationCounts => ({
  tooLate: 0,
  withoutGroup: 0,
  withoutValue: 0,
  droppedEvents: 0,
  droppedGroups: 0,
});

export class CorrelationEngine {
  readonly #nodes: readonly CorrelationNode[];
  readonly #feeds = new Map<string, { node: CorrelationNode; rule: number }[]>();
  readonly #latenessMs: number;
  readonly counts = emptyCounts();
  #watermark = Number.NEGATIVE_INFINITY;

  /** @param correlations each after those it refers to */
  constructor(correlations: readonly LinkedCorrelation[], options: CorrelationOptions = {}) {
    this.#latenessMs = options.latenessMs ?? DEFAULT_LATENESS_MS;
    const outer = new Set(correlations.flatMap(({ references }) => references));
    this.#nodes = correlations.map((linked) => {
      const node = new CorrelationNode(linked, this.counts, outer.has(linked.rule.id));
      for (const [rule, id] of linked.references.entries()) {
        const known = this.#feeds.get(id);
        if (known === undefined) this.#feeds.set(id, [{ node, rule }]);
        else known.push({ node, rule });
      }
      return node;
    });
  }

  /** Whether any correlation refers to a rule. */
  wants(rule: string): boolean {
    return this.#feeds.has(rule);
  }

  /** Events in memory. */
  get events(): number {
    return this.#nodes.reduce((sum, node) => sum + node.events, 0);
  }

  get watermark(): number {
    return this.#watermark;
  }

  /** All that may still come is later than the newest time less the lateness. */
  advance(newestAt: number): void {
    this.#watermark = Math.max(this.#watermark, newestAt - this.#latenessMs);
  }

  /** An event that a rule matched. False: it came too late. */
  add(rule: string, at: number, id: string, event: EventFields): boolean {
    const feeds = this.#feeds.get(rule);
    if (feeds === undefined) return true;
    if (at < this.#watermark) {
      this.counts.tooLate++;
      return false;
    }
    for (const feed of feeds) feed.node.add(feed.rule, at, id, event);
    return true;
  }

  /** What changed since the last call. */
  settle(): CorrelationChanges {
    const changes: CorrelationChanges = { put: [], withdraw: [] };
    // Most of many correlations hold nothing at the moment.
    for (const node of this.#nodes)
      if (node.hasGroups) node.settle(this.#watermark, changes, this.#feeds.get(node.rule.id));
    return changes;
  }

  /** Everything has come: windows that are still open end. */
  finish(): CorrelationChanges {
    this.#watermark = Number.POSITIVE_INFINITY;
    return this.settle();
  }
}

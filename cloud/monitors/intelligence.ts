/** Runs the matching of indicators, which come and go while it runs. */

import { z } from 'zod';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Change, Library } from '../intelligence/library.ts';
import { lookedAt } from '../intelligence/matching/observable.ts';
import { INTELLIGENCE_RULE, intelligenceMatch } from './intelligence-match.ts';
import type { AnyMonitor, Judgement } from './monitor.ts';
import { Monitors } from './monitors.ts';
import type { AnyStandingMonitor, Standing } from './standing.ts';

export interface IntelligenceMonitorOptions {
  library: Library;
  registry: Registry;
  pauseMs: number;
  rememberMs: number;
}

/**
 * What it finds follows from the observations and from the indicators of now alone: one that is taken back takes its
 * detections with it, one that comes later finds what was seen before (see hunt.ts).
 */
export class IntelligenceMonitor implements Standing {
  readonly #library: Library;
  #monitors: Monitors;
  readonly #settings: Readonly<Record<string, unknown>>;
  /** Keys by the rows they rest on: what must be looked at again when one of them changes. */
  readonly #keysOf = new Map<number, Set<string>>();
  readonly #monitor: AnyMonitor;
  readonly #registry: Registry;
  readonly rememberMs: number;
  #untold: Judgement = { put: [], withdraw: [] };
  /** Observations that matched, since the start. */
  matched = 0;

  constructor({ library, registry, pauseMs, rememberMs }: IntelligenceMonitorOptions) {
    this.#library = library;
    this.#registry = registry;
    this.#monitor = intelligenceMatch((observation) => library.hitsOf(observation)) as AnyMonitor;
    this.#settings = { [INTELLIGENCE_RULE]: { pauseMs, rememberMs } };
    this.#monitors = new Monitors(registry, this.#settings, [this.#monitor]);
    this.rememberMs = rememberMs + pauseMs;
  }

  /** Has seen nothing any more, as after a start: all that is kept will be given again. */
  forget(): void {
    this.#monitors = new Monitors(this.#registry, this.#settings, [this.#monitor]);
    this.#keysOf.clear();
    this.#untold = { put: [], withdraw: [] };
  }

  /** Nothing where there is nothing to match. */
  get observes(): ReadonlySet<ObservationKind> {
    return new Set(this.#library.size === 0 ? [] : lookedAt);
  }

  get forgotten(): number {
    return this.#monitors.forgotten;
  }

  /** As the runner of monitors takes it. */
  get asMonitor(): AnyStandingMonitor {
    const monitor = this;
    return {
      kind: INTELLIGENCE_RULE,
      title: this.#monitor.title,
      configuration: z.strictObject({}),
      rules: [INTELLIGENCE_RULE],
      get observes() {
        return [...monitor.observes];
      },
      rememberMs: () => monitor.rememberMs,
      open: () => monitor,
      samples: [],
    };
  }

  pass(): Judgement {
    return { put: [], withdraw: [] };
  }

  observe(observations: readonly Observation[]): Judgement {
    const { put, withdraw } = this.#take(observations);
    const untold = this.#untold;
    this.#untold = { put: [], withdraw: [] };
    return { put: [...untold.put, ...put], withdraw: [...untold.withdraw, ...withdraw] };
  }

  /** Observations from the store that a new indicator may match; told with the next call of `observe`. */
  hunted(observations: readonly Observation[]): boolean {
    return this.#tellLater(this.#take(observations));
  }

  /** Indicators have come, changed or gone; told with the next call of `observe`. */
  changed({ put, gone }: Change): boolean {
    const keys = new Set([...put, ...gone].flatMap((row) => [...(this.#keysOf.get(row) ?? [])]));
    for (const row of gone) this.#keysOf.delete(row);
    return this.#tellLater(this.#monitors.judgeAgain(INTELLIGENCE_RULE, keys));
  }

  #tellLater({ put, withdraw }: Judgement): boolean {
    this.#untold = {
      put: [...this.#untold.put, ...put],
      withdraw: [...this.#untold.withdraw, ...withdraw],
    };
    return put.length + withdraw.length > 0;
  }

  #take(observations: readonly Observation[]): Judgement {
    const hits = observations.flatMap((observation) => {
      const found = this.#library.hitsOf(observation);
      return found.length === 0 ? [] : [{ observation, found }];
    });
    if (hits.length === 0) return { put: [], withdraw: [] };
    this.matched += hits.length;
    this.#library.sighted(
      hits.flatMap(({ observation, found }) =>
        found.map(({ row }) => ({ row, observation: observation.id, at: observation.observedAt })),
      ),
    );
    const touched = new Set<string>();
    for (const { observation, found } of hits) {
      const keys = this.#monitor.keys(observation, this.#registry);
      for (const key of keys) touched.add(key);
      for (const { row } of found)
        this.#keysOf.set(row, new Set([...(this.#keysOf.get(row) ?? []), ...keys]));
    }
    const { put, withdraw } = this.#monitors.observe(hits.map(({ observation }) => observation));
    // An observation that was known already may be matched by one more now.
    const again = this.#monitors.judgeAgain(INTELLIGENCE_RULE, touched);
    return { put: [...put, ...again.put], withdraw: [...withdraw, ...again.withdraw] };
  }
}

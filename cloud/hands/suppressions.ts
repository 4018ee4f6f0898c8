import type { Detection } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Store, Suppression } from '../store/store.ts';

/** Suppressions at work at a time: each is asked about every detection. */
export const MAX_SUPPRESSIONS = 200;
/** Detections counted by name, so that one that comes again is counted once; beyond, each time counts. */
export const MAX_COUNTED_BY_NAME = 100_000;
/** Detections named by one, the newest. */
export const MAX_NAMED = 50;

/** Whether a detection is one of those that a suppression keeps back. Pure. */
export function matches(
  { rule, asset, site, observable, from }: Suppression,
  detection: Detection,
  registry: Registry,
): boolean {
  if (detection.rule !== rule || detection.at < from) return false;
  if (asset !== undefined && !detection.assets.includes(asset)) return false;
  if (observable !== undefined && detection.observables[observable.name] !== observable.value) return false;
  return (
    site === undefined ||
    detection.site === site ||
    detection.assets.some((id) => registry.asset(id)?.site === site)
  );
}

interface Entry {
  suppression: Suppression;
  /** Times of what it keeps back, by id; of more than MAX_COUNTED_BY_NAME the rest is only counted. */
  kept: Map<string, number>;
  uncounted: number;
}

/**
 * What people keep out of incidents for a time. A detection is kept by the earliest suppression that matches it, from
 * when that was made until it ends; which it does when somebody says so, not by itself.
 */
export class Suppressions {
  readonly #registry: Registry;
  readonly #entries = new Map<string, Entry>();
  /** Those at work, the earliest first. */
  #working: readonly Entry[] = [];

  constructor(store: Pick<Store, 'suppressions' | 'detections'>, registry: Registry) {
    this.#registry = registry;
    for (const one of store.suppressions()) this.#put(one);
    if (this.#working.length === 0) return;
    const from = Math.min(...this.#working.map(({ suppression }) => suppression.from));
    for (const detection of store.detections({ from })) this.keeps(detection);
  }

  #put(suppression: Suppression): void {
    this.#entries.set(suppression.id, { suppression, kept: new Map(), uncounted: 0 });
    this.#working = [...this.#entries.values()].filter((entry) => entry.suppression.ended === undefined);
  }

  /** Whether it is kept back; from then on it is counted. */
  keeps(detection: Detection): boolean {
    if (this.#working.length === 0) return false;
    const holder = this.#working.find(({ suppression }) => matches(suppression, detection, this.#registry));
    this.forget([detection.id], holder);
    if (holder === undefined) return false;
    if (holder.kept.size < MAX_COUNTED_BY_NAME || holder.kept.has(detection.id))
      holder.kept.set(detection.id, detection.at);
    else holder.uncounted++;
    return true;
  }

  /** Taken back by whoever found them. */
  forget(ids: readonly string[], but?: Entry): void {
    for (const entry of this.#working)
      if (entry !== but && entry.kept.size > 0) for (const id of ids) entry.kept.delete(id);
  }

  find(id: string): Suppression | undefined {
    return this.#entries.get(id)?.suppression;
  }

  all(): Suppression[] {
    return [...this.#entries.values()].map(({ suppression }) => suppression);
  }

  get working(): number {
    return this.#working.length;
  }

  /** Detections kept back by all of them. */
  get keptInAll(): number {
    return this.#working.reduce((sum, { kept, uncounted }) => sum + kept.size + uncounted, 0);
  }

  kept(id: string): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 0;
    return entry.suppression.ended?.held ?? entry.kept.size + entry.uncounted;
  }

  /** The newest that it keeps or kept back. */
  newest(id: string): string[] {
    const entry = this.#entries.get(id);
    if (entry === undefined) return [];
    if (entry.suppression.ended !== undefined) return entry.suppression.ended.newest;
    return [...entry.kept]
      .sort(([a, at], [b, later]) => later - at || (a < b ? -1 : 1))
      .slice(0, MAX_NAMED)
      .map(([one]) => one);
  }

  begin(suppression: Suppression): void {
    this.#put(suppression);
  }

  /** What it kept back is for its caller to bring back. */
  end(suppression: Suppression): void {
    this.#put(suppression);
  }

  /** Those whose time is over. */
  due(now: number): Suppression[] {
    return this.#working.flatMap(({ suppression }) => (suppression.until <= now ? [suppression] : []));
  }

  /** When the next one's time is over. */
  get nextEnd(): number | undefined {
    const ends = this.#working.map(({ suppression }) => suppression.until);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }
}

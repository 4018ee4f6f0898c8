import type { Clock } from '../devices/model/clock.ts';
import type { Detection } from '../devices/model/detection.ts';
import type { Incident } from '../devices/model/incident.ts';
import type { Observation } from '../devices/model/observation.ts';
import type { Registry } from '../devices/model/registry.ts';
import { Correlator } from './correlation/correlator.ts';
import { largestWindowMs, linkRules } from './correlation/link-rules.ts';
import { Monitors } from './monitors/monitors.ts';
import type { Store } from './store/store.ts';

/** Detections older than this are no longer correlated with new ones; no link rule reaches as far. */
export const CORRELATED_MS = 7 * 24 * 3_600_000;
/** Observations read back at a time after a start. */
const READ_BACK = 200_000;
/** Of them, judged together. */
const JUDGED_AT_ONCE = 500;
/** Incidents read back at a time. */
const INCIDENTS_AT_ONCE = 1_000;
/** How often what can no longer be joined leaves memory. */
const FORGET_EVERY_MS = 3_600_000;

/** What a batch led to; already in the store when it is told. */
export interface Detected {
  observations: readonly Observation[];
  detections: readonly Detection[];
  changed: readonly Incident[];
  /** Without `into`: nothing took it over. */
  gone: readonly { id: string; into?: string }[];
}

export interface DetectorOptions {
  store: Store;
  registry: Registry;
  clock: Clock;
  /** Configuration of the monitors, by kind. */
  monitors: Readonly<Record<string, unknown>>;
  onDetected(detected: Detected): void;
  /** The store refused. What it holds and what was judged differ now: the process must end and `restore`. */
  onFailed(error: Error): void;
}

interface Batch {
  observations: readonly Observation[];
  detections: readonly Detection[];
}

/**
 * The incident detector: what was stored goes through the monitors and the correlator, in batches, one after the
 * other. It keeps nothing that the store could not give back, so a kill at any point costs only the time to
 * start: `restore` finds what was stored and not yet judged.
 */
export class Detector {
  readonly #options: DetectorOptions;
  readonly #monitors: Monitors;
  #correlator: Correlator;
  #waiting: Batch[] = [];
  #running: Promise<void> | undefined;
  #forgetAt = 0;

  constructor(options: DetectorOptions) {
    this.#options = options;
    this.#monitors = new Monitors(options.registry, options.monitors);
    this.#correlator = new Correlator(options.registry);
  }

  /** Judges again what the store holds; afterwards its incidents are those of an undisturbed run. */
  async restore(): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const { standing, surelyFrom } = this.#judgeAgain(now);
    const from = now - CORRELATED_MS;
    const known = new Map([...store.detections({ from })].map((one) => [one.id, one]));
    const put = [...standing.values()].filter(
      (one) => one.at >= surelyFrom && JSON.stringify(known.get(one.id)) !== JSON.stringify(one),
    );
    // Taken back by a monitor just before the process ended.
    const stale = [...known.values()].filter(
      ({ id, rule, at }) => at >= surelyFrom && this.#monitors.judges(rule) && !standing.has(id),
    );
    await store.append([], put);
    await store.withdraw(stale.map(({ id }) => id));
    const { changed } = this.#correlator.add(this.#correlated(from));
    const gone = this.#succeeded(this.#noMore(changed, from), changed, successorsOf(stale, put));
    await store.putIncidents(changed, gone);
  }

  /** What the monitors make of the observations kept, and from when on they had seen all that they go by. */
  #judgeAgain(now: number): { standing: ReadonlyMap<string, Detection>; surelyFrom: number } {
    const { rememberMs, observes } = this.#monitors;
    // Twice as far: what lies at the edge of the memory was judged by what lay behind the edge.
    const seen = this.#options.store
      .observations({ kinds: [...observes], from: now - 2 * rememberMs, limit: READ_BACK })
      .reverse();
    const isWhole = seen.length < READ_BACK;
    const standing = new Map<string, Detection>();
    // Bit by bit in order of time, as they came: a monitor forgets on the way.
    for (let start = 0; start < seen.length; start += JUDGED_AT_ONCE) {
      const { put, withdraw } = this.#monitors.observe(seen.slice(start, start + JUDGED_AT_ONCE));
      for (const one of put) standing.set(one.id, one);
      for (const id of withdraw) standing.delete(id);
    }
    return { standing, surelyFrom: isWhole ? now - rememberMs : (seen[0]?.observedAt ?? now) + rememberMs };
  }

  /** Detections that new ones may still join: the recent ones, and all of the incidents that reach into their time. */
  *#correlated(from: number): Iterable<Detection> {
    yield* this.#options.store.detections({ from });
    for (const { first, detections } of this.#recentIncidents(from)) {
      if (first >= from) continue;
      for (const id of detections) {
        const detection = this.#options.store.detection(id);
        if (detection !== undefined && detection.at < from) yield detection;
      }
    }
  }

  *#recentIncidents(from: number): Iterable<Incident> {
    const horizon = from - largestWindowMs(linkRules);
    for (let offset = 0; ; offset += INCIDENTS_AT_ONCE) {
      const page = this.#options.store.incidents({ offset, limit: INCIDENTS_AT_ONCE });
      for (const { incident } of page) if (incident.last >= horizon) yield incident;
      if (page.length < INCIDENTS_AT_ONCE) return;
    }
  }

  /** Incidents of the store that are not there any more: their detections were judged anew in a former life. */
  #noMore(current: readonly Incident[], from: number): { id: string; into?: string }[] {
    const holderOf = new Map(current.flatMap(({ id, detections }) => detections.map((one) => [one, id])));
    const ids = new Set(current.map(({ id }) => id));
    const gone: { id: string; into?: string }[] = [];
    for (const { id, detections } of this.#recentIncidents(from)) {
      if (ids.has(id)) continue;
      const into = detections.map((one) => holderOf.get(one)).find((holder) => holder !== undefined);
      gone.push(into === undefined ? { id } : { id, into });
    }
    return gone;
  }

  /** Takes what is in the store now; judged soon, in the order of the calls. */
  take(observations: readonly Observation[], detections: readonly Detection[]): void {
    this.#waiting.push({ observations, detections });
    this.#running ??= this.#run();
  }

  /** Resolves once everything taken so far is judged. */
  async settled(): Promise<void> {
    await this.#running;
  }

  get size(): number {
    return this.#correlator.size;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batches = this.#waiting;
      this.#waiting = [];
      const observations = batches.flatMap((batch) => batch.observations);
      const detections = batches.flatMap((batch) => batch.detections);
      try {
        this.#options.onDetected(await this.#judge(observations, detections));
      } catch (error) {
        this.#options.onFailed(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#running = undefined;
  }

  async #judge(observations: readonly Observation[], detections: readonly Detection[]): Promise<Detected> {
    const { store } = this.#options;
    const { put, withdraw } = this.#monitors.observe(observations);
    const successors = successorsOf(
      withdraw.flatMap((id) => store.detection(id) ?? []),
      put,
    );
    if (put.length > 0) await store.append([], put);
    if (withdraw.length > 0) await store.withdraw(withdraw);
    const revised = this.#correlator.revise([...detections, ...put], withdraw);
    const { changed } = revised;
    const gone = this.#succeeded(revised.gone, changed, successors);
    if (changed.length + gone.length > 0) await store.putIncidents(changed, gone);
    this.#forget();
    return { observations, detections: [...detections, ...put], changed, gone };
  }

  /** An incident all of whose detections were taken back goes on where they go on under other names. */
  #succeeded(
    gone: readonly { id: string; into?: string }[],
    changed: readonly Incident[],
    successors: ReadonlyMap<string, string>,
  ): { id: string; into?: string }[] {
    return gone.map(({ id, into }) => {
      const held = into === undefined ? (this.#options.store.incident(id)?.detections ?? []) : [];
      const successor = held.map((one) => successors.get(one)).find((one) => one !== undefined);
      const holder =
        successor === undefined ? into : changed.find(({ detections }) => detections.includes(successor))?.id;
      return holder === undefined ? { id } : { id, into: holder };
    });
  }

  #forget(): void {
    const now = this.#options.clock.now();
    if (now < this.#forgetAt) return;
    this.#forgetAt = now + FORGET_EVERY_MS;
    this.#correlator.forget(now - CORRELATED_MS);
  }
}

/**
 * A finding whose beginning turns out to be another gets another name: the new one rests on some of the same
 * observations. Pure.
 */
function successorsOf(withdrawn: readonly Detection[], put: readonly Detection[]): Map<string, string> {
  const restingOn = new Map(
    put.flatMap(({ id, rule, evidence }) => evidence.map((one) => [`${rule} ${one}`, id])),
  );
  const found = new Map<string, string>();
  for (const { id, rule, evidence } of withdrawn) {
    const successor = evidence.map((one) => restingOn.get(`${rule} ${one}`)).find((one) => one !== undefined);
    if (successor !== undefined) found.set(id, successor);
  }
  return found;
}

import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../devices/model/clock.ts';
import type { Detection } from '../devices/model/detection.ts';
import type { Incident } from '../devices/model/incident.ts';
import type { Observation, ObservationKind } from '../devices/model/observation.ts';
import type { Registry } from '../devices/model/registry.ts';
import { bothOf, type Changes } from './correlation/changes.ts';
import { Correlator, type Dropped } from './correlation/correlator.ts';
import type { Decision } from './correlation/decisions.ts';
import { type Beginning, CORRELATED_MS, goneOnWith, isStored, judgedWhole } from './judging/beginning.ts';
import { type Detected, partsOf, succeeded, successorsOf } from './judging/found.ts';
import { Insistence } from './judging/insistence.ts';
import { JUDGED_AT_ONCE } from './judging/judged-again.ts';
import { newestKept } from './judging/kept-observations.ts';
import { type SnapshotSettings, Snapshots } from './judging/snapshots.ts';
import { Turns } from './judging/turns.ts';
import { type Batch, JudgingQueue, sizeOf } from './judging-queue.ts';
import { catalog, standingCatalog } from './monitors/catalog.ts';
import { Monitors } from './monitors/monitors.ts';
import type { SigmaMonitor } from './monitors/sigma.ts';
import type { AnyStandingMonitor } from './monitors/standing.ts';
import type { Store } from './store/store.ts';

export { CORRELATED_MS } from './judging/beginning.ts';
export type { Detected } from './judging/found.ts';

/** Of what waits, judged together: enough for a good pace, little enough for the process to answer in between. */
const MAX_ROUND = 5_000;
/** How often incidents that were put off are looked at, in real time. */
const PUT_OFF_MS = 250;
/** How often what did not come in its time is looked at, in the site's time. */
const PASS_MS = 60_000;
/** A monitor that is switched on again is given what was observed so long before it was switched off: it may have come late. */
const LATE_MS = 3_600_000;
/** How often what can no longer be joined leaves memory. */
const FORGET_EVERY_MS = 3_600_000;

/** What people decided, as far as the detector goes by it. */
export interface Decided {
  readonly decisions: readonly Decision[];
  /** Findings go on under other names: true where decisions name more now. */
  renamed(successors: ReadonlyMap<string, string>): Promise<boolean>;
  /** Whether a detection is kept out of incidents at present. It is asked again whenever the detection changes. */
  keeps(detection: Detection): boolean;
  /** Taken back by their monitor. */
  forget(ids: readonly string[]): void;
}

/** What can be done to incidents between two rounds. What is done is stored and told once the promise resolves. */
export interface Table {
  /** All that waits by now is judged; what is to be told may still wait. */
  judge(): Promise<void>;
  /** All that waits to be told is told: the store's incidents are those of the detections it holds. */
  tell(): Promise<void>;
  /**
   * @param about detections that must be in memory for it, and so all that they are in incidents with
   * @param whole an incident that falls into parts, which are as far as it was
   */
  decide(decisions: readonly Decision[], about: readonly string[], whole?: string): Promise<void>;
  /** Detections are, or are no longer, kept back. */
  put(detections: readonly Detection[]): Promise<void>;
  /** The incidents that hold these now. */
  holding(detections: readonly string[]): string[];
  /** A monitor is switched on or off. */
  switch(kind: string, isOn: boolean): Promise<void>;
  /**
   * Everything anew by another registry, as a start with it would judge it; only what differs is stored and told.
   * @param renewed called when nothing is judged any more by the former one: whatever rests on it begins anew
   */
  judgeAnew(registry: Registry, renewed: () => void): Promise<void>;
}

export interface DetectorOptions {
  store: Store;
  registry: Registry;
  clock: Clock;
  /** Configuration of the monitors, by kind. */
  monitors: Readonly<Record<string, unknown>>;
  /** Sigma's rules, where there are some. */
  sigma?: SigmaMonitor | undefined;
  decided?: Decided;
  /** Kinds of monitors that are switched off to begin with. */
  off?: readonly string[];
  /** Monitors beside those of the catalog: what they go by is opened with the cloud. */
  standing?: readonly AnyStandingMonitor[];
  /** Last word on what is stored and told of an incident, a function of its detections alone: how urgent it is by what it will break. */
  weighed?(incident: Incident): Incident;
  onDetected(detected: Detected): void;
  /** Where what was judged is written down, so that a start need not judge it anew. */
  snapshot?: SnapshotSettings;
  /** What the store holds and what was judged differ now: the process must end and `restore`. */
  onFailed(error: Error): void;
  /** Nothing is waited for any more: a store that still refuses is left alone. */
  signal: AbortSignal;
}

/**
 * The incident detector: what was stored goes through the monitors and the correlator, in batches, one after the
 * other. It keeps nothing that the store could not give back, so a kill at any point costs only the time to
 * start: `restore` finds what was stored and not yet judged.
 */
export class Detector {
  readonly #options: DetectorOptions;
  #monitors: Monitors;
  #correlator: Correlator;
  /** Kinds of monitors that are off now: those that begin anew are off as well. */
  readonly #off: Set<string>;
  readonly #queue = new JudgingQueue();
  readonly #insistence: Insistence;
  readonly #snapshots: Snapshots | undefined;
  #observed: ReadonlySet<ObservationKind>;
  #running: Promise<void> | undefined;
  #putOffTimer: NodeJS.Timeout | undefined;
  #judging = 0;
  #tellsAll = false;
  /** Woken while a round was under way: one more is due. */
  #isWoken = false;
  readonly #deeds: { run(): Promise<void>; giveUp(): void }[] = [];
  #hasEnded = false;
  #forgetAt = 0;

  constructor(options: DetectorOptions) {
    this.#options = options;
    this.#off = new Set(options.off ?? []);
    this.#insistence = new Insistence(options.signal);
    const { snapshot, store } = options;
    if (snapshot !== undefined)
      this.#snapshots = new Snapshots(
        { ...snapshot, documents: () => [...snapshot.documents(), [...this.#off].sort()] },
        store,
        () => this.writeSnapshot(),
      );
    ({ monitors: this.#monitors, correlator: this.#correlator } = this.#begun(options.registry));
    this.#observed = this.#monitors.observes;
  }

  /** Monitors and a correlator that have seen nothing yet. */
  #begun(registry: Registry): { monitors: Monitors; correlator: Correlator } {
    const { monitors: settings, sigma, standing = [], decided } = this.#options;
    const monitors = new Monitors(registry, settings, catalog, sigma, [...standingCatalog, ...standing]);
    for (const kind of this.#off) monitors.switchOff(kind, undefined);
    return { monitors, correlator: new Correlator(registry, { decisions: decided?.decisions ?? [] }) };
  }

  /**
   * Goes on from the last snapshot, or judges again what the store holds; either way its incidents are those of an
   * undisturbed run afterwards.
   */
  async restore(): Promise<void> {
    const { store, registry } = this.#options;
    const restored = async (): Promise<Detected> => {
      const snapshot = await this.#snapshots?.last();
      if (snapshot === undefined) return judgedWhole(this.#beginning());
      try {
        return await goneOnWith(this.#beginning(), snapshot);
      } catch (error) {
        this.#snapshots?.refused(
          `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        );
        ({ monitors: this.#monitors, correlator: this.#correlator } = this.#begun(registry));
        return judgedWhole(this.#beginning());
      }
    };
    const detected = await (this.#snapshots === undefined ? restored() : this.#snapshots.judging(restored));
    for (const part of partsOf(detected)) await store.putIncidents(part.changed, part.gone);
  }

  #beginning(): Beginning {
    const { store, clock, decided } = this.#options;
    return {
      store,
      now: clock.now(),
      monitors: this.#monitors,
      correlator: this.#correlator,
      keeps: (detection) => decided?.keeps(detection) ?? false,
      weighed: (incidents) => this.#weighed(incidents),
    };
  }

  /** Writes down what was judged by now, where that is wanted; resolves once it is on disk. */
  async writeSnapshot(): Promise<void> {
    const snapshots = this.#snapshots;
    if (snapshots === undefined || this.#hasEnded) return;
    const { store } = this.#options;
    try {
      const position = store.position();
      // Whoever has stored something up to there has heard of it by now, and brought it here.
      await store.append([], []);
      await breathe();
      const put = await this.turn(async (table) => {
        await table.judge();
        return snapshots.taken(position, this.#correlator.saved());
      });
      await put?.();
    } catch (error) {
      if (!this.#hasEnded) snapshots.failed(error);
    }
  }

  #weighed(incidents: readonly Incident[]): readonly Incident[] {
    const { weighed } = this.#options;
    return weighed === undefined ? incidents : incidents.map((one) => weighed(one));
  }

  /**
   * Takes what is in the store now; judged soon, in the order of the calls. Resolves once there is room for more:
   * nobody should be told before that they may send on.
   */
  take(observations: readonly Observation[], detections: readonly Detection[]): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    const watched = observations.filter(({ kind }) => this.#observed.has(kind));
    const room = this.#queue.put({ observations: watched, detections });
    this.#start();
    return room;
  }

  /** The rules are others now, or time has passed in which nothing came: judged soon. */
  wake(): void {
    if (this.#hasEnded) return;
    this.#observed = this.#monitors.observes;
    this.#isWoken = true;
    this.#start();
  }

  /** From now on, what does not come in its time is judged as well, until the signal ends it. */
  start(): void {
    const { clock, signal } = this.#options;
    let cancel = () => {};
    const pass = () => {
      this.wake();
      cancel = clock.schedule(PASS_MS, pass);
    };
    cancel = clock.schedule(PASS_MS, pass);
    signal.addEventListener('abort', () => cancel(), { once: true });
    this.#snapshots?.start(signal);
  }

  /** Everything taken so far is judged, stored and told, and written down for the next start. */
  async end(): Promise<void> {
    await this.settled();
    await this.writeSnapshot();
    await this.settled();
  }

  /** Resolves once everything taken so far is judged, stored and told. */
  async settled(): Promise<void> {
    await this.#running;
    if (this.#correlator.hasChanges && !this.#hasEnded) {
      this.#tellsAll = true;
      this.#start();
      await this.#running;
    }
    clearTimeout(this.#putOffTimer);
  }

  /** Detections in memory. */
  get size(): number {
    return this.#correlator.size;
  }

  /**
   * Records not judged yet, those under way among them; whether anything is not stored and told yet; how often
   * somebody had to wait for room; and keys that monitors gave up.
   */
  get counts(): { waiting: number; isUntold: boolean; held: number; forgottenKeys: number } {
    return {
      waiting: this.#queue.size + this.#judging,
      isUntold: this.#correlator.hasChanges || this.#running !== undefined,
      held: this.#queue.held,
      forgottenKeys: this.#monitors.forgotten,
    };
  }

  /** What the correlator dropped since the start, and the habits that it remembers. */
  get memory(): Dropped & { habits: number } {
    return { ...this.#correlator.dropped, habits: this.#correlator.habits };
  }

  /** Why nothing is judged at the moment, where that is so. */
  get problem(): string | undefined {
    return this.#insistence.problem;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    clearTimeout(this.#putOffTimer);
    try {
      do {
        this.#isWoken = false;
        for (let deed = this.#deeds.shift(); deed !== undefined; deed = this.#deeds.shift()) await deed.run();
        const round = this.#queue.next(MAX_ROUND);
        this.#judging = round.observations.length + round.detections.length;
        const tellsAll = this.#tellsAll || this.#isTimeToForget();
        this.#tellsAll = false;
        this.#options.onDetected(await this.#judge(round, tellsAll));
        this.#judging = 0;
      } while (this.#queue.size > 0 || this.#tellsAll || this.#isWoken || this.#deeds.length > 0);
    } catch (error) {
      this.#hasEnded = true;
      this.#judging = 0;
      this.#queue.giveUp();
      for (const deed of this.#deeds.splice(0)) deed.giveUp();
      if (!this.#options.signal.aborted)
        this.#options.onFailed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (!this.#correlator.hasChanges) return;
    this.#putOffTimer = setTimeout(() => this.#start(), PUT_OFF_MS);
    this.#putOffTimer.unref();
  }

  async #judge({ observations, detections }: Batch, tellsAll: boolean): Promise<Detected> {
    const { store, clock } = this.#options;
    this.#monitors.pass(clock.now());
    const { put, withdraw } = this.#monitors.observe(observations, detections);
    const successors = successorsOf(
      withdraw.flatMap((id) => store.detection(id) ?? []),
      put,
    );
    if (put.length > 0) await this.#insistence.untilStored(() => store.append([], put));
    if (withdraw.length > 0) await this.#insistence.untilStored(() => store.withdraw(withdraw));
    const nowMs = tellsAll ? undefined : performance.now();
    let before: Changes = NOTHING;
    const { decided } = this.#options;
    decided?.forget(withdraw);
    if (decided !== undefined && successors.size > 0) {
      const isMore = await this.#insistence.untilStored(() => decided.renamed(successors));
      if (isMore) before = this.#correlator.decide(decided.decisions);
    }
    const { coming, kept } = this.#sorted([...detections, ...put]);
    const revised = bothOf(before, this.#correlator.revise(coming, [...withdraw, ...kept], nowMs));
    const changed = this.#weighed(revised.changed);
    const gone = succeeded(store, revised.gone, changed, successors);
    await this.#store({ changed, gone });
    if (tellsAll) this.#forget();
    return { changed, gone };
  }

  /** Those for incidents, and the names of those that are kept out of them. */
  #sorted(detections: readonly Detection[]): { coming: readonly Detection[]; kept: string[] } {
    const { decided } = this.#options;
    if (decided === undefined) return { coming: detections, kept: [] };
    const { coming = [], kept = [] } = Object.groupBy(detections, (one) =>
      decided.keeps(one) ? 'kept' : 'coming',
    );
    return { coming, kept: kept.map(({ id }) => id) };
  }

  /** @param whole what a new incident was a part of */
  async #store(detected: Detected, whole?: string): Promise<void> {
    const { store } = this.#options;
    for (const { changed, gone } of partsOf(detected)) {
      const parts =
        whole === undefined
          ? []
          : changed.flatMap(({ id }) => (store.handling(id) === undefined ? [{ id, of: whole }] : []));
      await this.#insistence.untilStored(() => store.putIncidents(changed, gone, parts));
    }
  }

  /**
   * Does something between two rounds, after all that was taken before.
   * @throws what the deed throws. Where the table itself fails the detector ends, as it does when a round fails
   */
  turn<Value>(deed: (table: Table) => Promise<Value>): Promise<Value> {
    if (this.#hasEnded) return Promise.reject(new Error('nothing is judged any more'));
    return new Promise((resolve, reject) => {
      const run = async () => {
        const failed: { error?: unknown } = {};
        try {
          resolve(await deed(this.#table(failed)));
        } catch (error) {
          reject(error);
        }
        // What was stored and what was judged may differ now.
        if ('error' in failed) throw failed.error;
      };
      this.#deeds.push({ run, giveUp: () => reject(new Error('nothing is judged any more')) });
      this.#start();
    });
  }

  #table(failed: { error?: unknown }): Table {
    const { store } = this.#options;
    const watched =
      <Asked extends readonly unknown[]>(change: (...asked: Asked) => Promise<void>) =>
      (...asked: Asked): Promise<void> =>
        change(...asked).catch((error: unknown) => {
          failed.error = error;
          throw error;
        });
    /** What is on disk rests on what people said before. */
    const soon =
      <Asked extends readonly unknown[]>(change: (...asked: Asked) => Promise<void>) =>
      async (...asked: Asked): Promise<void> => {
        await watched(change)(...asked);
        this.#snapshots?.soon();
      };
    return {
      judge: watched(async () => {
        for (let waiting = this.#queue.size; waiting > 0; ) {
          const round = this.#queue.next(MAX_ROUND);
          waiting -= sizeOf(round);
          this.#options.onDetected(await this.#judge(round, false));
        }
      }),
      tell: watched(async () => {
        const round = this.#queue.next(MAX_ROUND);
        this.#options.onDetected(await this.#judge(round, true));
      }),
      decide: soon(async (decisions: readonly Decision[], about: readonly string[], whole?: string) => {
        const missing = [...new Set(about)].filter((id) => !this.#correlator.holds(id));
        const { coming } = this.#sorted(missing.flatMap((id) => store.detection(id) ?? []));
        if (coming.length > 0) await this.#tell(this.#correlator.revise(coming));
        await this.#tell(this.#correlator.decide(decisions), whole);
      }),
      put: soon(async (detections: readonly Detection[]) => {
        const { coming, kept } = this.#sorted(detections);
        await this.#tell(this.#correlator.revise(coming, kept));
      }),
      holding: (detections) => this.#correlator.holdersOf(detections),
      switch: soon((kind: string, isOn: boolean) => this.#switch(kind, isOn)),
      judgeAnew: watched((registry: Registry, renewed: () => void) => this.#judgeAnew(registry, renewed)),
    };
  }

  async #judgeAnew(registry: Registry, renewed: () => void): Promise<void> {
    const { store, onDetected } = this.#options;
    // All that waits is in the store, from where it is read now. What comes meanwhile waits for the next round; what of
    // it was read already is taken once all the same.
    while (this.#queue.size > 0) this.#queue.next(MAX_ROUND);
    renewed();
    ({ monitors: this.#monitors, correlator: this.#correlator } = this.#begun(registry));
    this.#observed = this.#monitors.observes;
    const judge = () => judgedWhole(this.#beginning());
    const { changed, gone } = await (this.#snapshots === undefined
      ? judge()
      : this.#snapshots.judging(judge));
    const news: Incident[] = [];
    const turns = new Turns();
    for (const one of changed) {
      if (!isStored(store, one)) news.push(one);
      if (turns.isOver) await turns.next();
    }
    await this.#store({ changed: news, gone });
    onDetected({ changed: news, gone });
    this.#snapshots?.soon();
  }

  async #tell({ changed: found, gone }: Changes, whole?: string): Promise<void> {
    const changed = this.#weighed(found);
    await this.#store({ changed, gone }, whole);
    this.#options.onDetected({ changed, gone });
  }

  async #switch(kind: string, isOn: boolean): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    if (!isOn) {
      this.#off.add(kind);
      this.#monitors.switchOff(kind, now);
      this.#observed = this.#monitors.observes;
      return;
    }
    this.#off.delete(kind);
    const missed = this.#monitors.switchOn(kind);
    this.#observed = this.#monitors.observes;
    if (missed === undefined) return;
    const from = Math.max(now - 2 * missed.rememberMs, (missed.since ?? 0) - LATE_MS);
    const seen = await newestKept(store, missed.observes, from, now);
    for (let start = 0; start < seen.length; start += JUDGED_AT_ONCE) {
      const { put, withdraw } = this.#monitors.catchUp(kind, seen.slice(start, start + JUDGED_AT_ONCE));
      await this.#insistence.untilStored(() => store.append([], put));
      await this.#insistence.untilStored(() => store.withdraw(withdraw));
      const { coming, kept } = this.#sorted(put);
      await this.#tell(this.#correlator.revise(coming, [...withdraw, ...kept]));
    }
  }

  #isTimeToForget(): boolean {
    return this.#options.clock.now() >= this.#forgetAt;
  }

  #forget(): void {
    if (!this.#isTimeToForget()) return;
    const now = this.#options.clock.now();
    this.#forgetAt = now + FORGET_EVERY_MS;
    this.#correlator.forget(now - CORRELATED_MS);
  }
}

const NOTHING: Changes = { changed: [], gone: [] };

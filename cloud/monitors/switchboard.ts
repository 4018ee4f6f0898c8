/** The nine monitors at work: which is on, what it is fed with, how it is and what it found. */
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { type Observation, type ObservationKind, observationKind } from '../../devices/model/observation.ts';
import type { Detector } from '../detector.ts';
import { HOUSE, type MonitorSwitch, type Store } from '../store/store.ts';
import type { MonitorStanding, MonitorState } from './monitor-state.ts';
import { isSwitchedOff, type MonitorId, monitorOfRule, monitorsOfKind, nineMonitors } from './nine.ts';

const DAY_MS = 24 * 3_600_000;
/** Silence for so long is told. */
export const QUIET_MS = DAY_MS;
/** Records that wait for the detector, above which it is behind. */
export const BEHIND_AT = 20_000;
/** Sources named for a monitor, those heard last. */
const MAX_INPUTS = 12;
/** Sources held for a monitor. */
const MAX_SOURCES = 200;
/** Detections shown of a monitor. */
const MAX_NEWEST = 5;
/** Incidents in which they are looked for. */
const MAX_INCIDENTS = 500;
/** Detections that come back are put at a time. */
const PUT_AT_ONCE = 5_000;
/** States are put together anew for metrics after so long, in real time. */
const TOLD_FOR_MS = 1_000;
/** How far back the last detection is looked for. */
const LOOK_BACK_MS = 30 * DAY_MS;

/** What runs beside the detector. */
export interface MonitorPart {
  /** Absent where the configuration leaves it out. */
  isThere: boolean;
  /** What is wrong, in words. */
  problem?: () => string | undefined;
  /** What it found by itself, where that is no detection, and when it last did. */
  activity?: () => { count: number; lastAt?: number };
  switch?: (isOn: boolean) => void | Promise<void>;
}

export interface SwitchboardParts {
  store: Store;
  clock: Clock;
  /** Those that the configuration switches off, among others. */
  off: readonly string[];
  /** Kinds that the policies look at. */
  policyKinds: () => readonly ObservationKind[];
}

interface Fed {
  count: number;
  lastAt: number;
}

export class Switchboard {
  readonly #parts: SwitchboardParts;
  readonly #switches = new Map<MonitorId, MonitorSwitch>();
  /** Those that are off. */
  #off: readonly MonitorSwitch[] = [];
  readonly #fed = new Map<MonitorId, Map<string, Fed>>();
  readonly #seen = new Map<MonitorId, Fed>();
  readonly #feeds = new Map<ObservationKind, readonly MonitorId[]>();
  #told: { at: number; states: MonitorState[] } | undefined;
  #beside: Readonly<Partial<Record<MonitorId, MonitorPart>>> = {};

  constructor(parts: SwitchboardParts) {
    this.#parts = parts;
    for (const one of parts.store.switches()) {
      const known = nineMonitors.find(({ id }) => id === one.monitor);
      if (known !== undefined) this.#put(known.id, one);
    }
  }

  /** Takes the configuration's word where no person has said otherwise. */
  async open(): Promise<void> {
    const { store, clock, off } = this.#parts;
    for (const { id } of nineMonitors) {
      const known = this.#switches.get(id);
      const enabled = !off.includes(id);
      if (known === undefined ? enabled : known.by !== HOUSE || known.enabled === enabled) continue;
      const at = clock.now();
      const next: MonitorSwitch = { monitor: id, enabled, at, by: HOUSE };
      await store.putSwitch(next, { at, by: HOUSE, from: '', action: actionOf(enabled), about: id });
      this.#put(id, next);
    }
    const policyKinds = new Set(this.#parts.policyKinds());
    for (const kind of observationKind.options) {
      const fed = monitorsOfKind(kind);
      this.#feeds.set(kind, policyKinds.has(kind) ? [...fed, 'policy'] : fed);
    }
    for (const [kind, ids] of this.#feeds) {
      const [newest] = ids.length === 0 ? [] : store.observations({ kinds: [kind], limit: 1 });
      if (newest !== undefined) this.#note(newest, 0);
    }
  }

  /** What runs beside the detector is told of switches from now on. */
  async attach(beside: Readonly<Partial<Record<MonitorId, MonitorPart>>>): Promise<void> {
    this.#beside = beside;
    for (const { id } of nineMonitors) if (!this.isOn(id)) await beside[id]?.switch?.(false);
  }

  #put(id: MonitorId, one: MonitorSwitch): void {
    this.#switches.set(id, one);
    this.#off = [...this.#switches.values()].filter(({ enabled }) => !enabled);
  }

  isOn(id: MonitorId): boolean {
    return this.#switches.get(id)?.enabled ?? true;
  }

  /** False: the configuration leaves it out. */
  isThere(id: MonitorId): boolean {
    return this.#beside[id]?.isThere !== false;
  }

  /** Kinds of the detector's monitors that do not run. */
  get kindsOff(): string[] {
    return nineMonitors.flatMap(({ id, runs }) => (this.isOn(id) ? [] : runs));
  }

  observed(observations: readonly Observation[]): void {
    for (const one of observations) this.#note(one, 1);
  }

  #note({ kind, source, observedAt }: Observation, count: number): void {
    for (const id of this.#feeds.get(kind) ?? []) {
      const seen = this.#seen.get(id) ?? { count: 0, lastAt: 0 };
      this.#seen.set(id, { count: seen.count + count, lastAt: Math.max(seen.lastAt, observedAt) });
      const sources = this.#fed.get(id) ?? new Map<string, Fed>();
      this.#fed.set(id, sources);
      // A gateway names the device after the colon: there are thousands.
      const name = source.split(':', 1)[0] ?? source;
      const fed = sources.get(name) ?? { count: 0, lastAt: 0 };
      sources.delete(name);
      sources.set(name, { count: fed.count + count, lastAt: Math.max(fed.lastAt, observedAt) });
      for (const oldest of sources.keys()) if (sources.size > MAX_SOURCES) sources.delete(oldest);
    }
  }

  /** A detection whose monitor is off is in no incident. What was found before is left where it is. */
  keeps(detection: Detection): boolean {
    return this.#off.length > 0 && isSwitchedOff(this.#off, detection);
  }

  forget(): void {
    // Nothing is noted of a single one: the store has them.
  }

  /**
   * Switches one, from now on and after a restart.
   * @param reason a person's words for it
   * @returns false: it was so already
   * @throws RangeError where only the configuration can do it
   */
  switch(
    id: MonitorId,
    enabled: boolean,
    actor: { name: string; from: string },
    detector: Detector,
    reason = '',
  ): Promise<boolean> {
    const { store, clock } = this.#parts;
    return detector.turn(async (table) => {
      if (this.isOn(id) === enabled) return false;
      const beside = this.#beside[id];
      if (beside?.isThere === false) throw new RangeError('The configuration leaves it out.');
      const at = clock.now();
      const next: MonitorSwitch = { monitor: id, enabled, at, by: actor.name };
      const about = reason === '' ? id : `${id}: ${reason}`;
      const audit = { at, by: actor.name, from: actor.from, action: actionOf(enabled), about };
      // Nothing may be lost between a trail that ends and the word that it does.
      if (enabled) await beside?.switch?.(true);
      const before = this.#off;
      await store.putSwitch(next, audit);
      this.#put(id, next);
      if (!enabled) await beside?.switch?.(false);
      const named = nineMonitors.find((one) => one.id === id);
      for (const kind of named?.runs ?? []) await table.switch(kind, enabled);
      if (!enabled) return true;
      const from = Math.min(...before.map((one) => one.at));
      let some: Detection[] = [];
      for (const one of store.detections({ from })) {
        if (isSwitchedOff(before, one) && !this.keeps(one)) some.push(one);
        if (some.length < PUT_AT_ONCE) continue;
        await table.put(some);
        some = [];
      }
      await table.put(some);
      return true;
    });
  }

  /** As they were a moment ago: for whoever asks for one figure after the other. */
  statesLately(detector: Pick<Detector, 'counts' | 'problem'>): MonitorState[] {
    const now = performance.now();
    if (this.#told === undefined || now - this.#told.at > TOLD_FOR_MS)
      this.#told = { at: now, states: this.states(detector) };
    return this.#told.states;
  }

  /** All nine, as they are now. */
  states(detector: Pick<Detector, 'counts' | 'problem'>): MonitorState[] {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const lately = groupedByMonitor(store.foundSince(now - DAY_MS));
    const ever = groupedByMonitor(store.foundSince(now - LOOK_BACK_MS));
    const holderOf = new Map(
      store
        .incidents({ lastFrom: now - LOOK_BACK_MS, offset: 0, limit: MAX_INCIDENTS })
        .flatMap(({ incident: { id, detections } }) => detections.map((one) => [one, id] as const)),
    );
    return nineMonitors.map(({ id, title, about, isOftenIdle }): MonitorState => {
      const beside = this.#beside[id];
      const own = ever.get(id) ?? [];
      const isDetector = id === 'incident-detector';
      const activity = beside?.activity?.();
      const seen = isDetector ? ofAll(ever) : this.#seen.get(id);
      const lastObservedAt = activity?.lastAt ?? (seen?.lastAt === 0 ? undefined : seen?.lastAt);
      const counted = isDetector ? [...lately.values()].flat() : (lately.get(id) ?? []);
      const detected = isDetector ? [...ever.values()].flat() : own;
      const lastDetectedAt = latest(detected.map(({ last }) => last));
      const newest = store
        .newestOf(
          own.map(({ rule }) => rule),
          now - LOOK_BACK_MS,
          MAX_NEWEST,
        )
        .map(({ id: detection, at, rule, severity, summary }) => {
          const incident = holderOf.get(detection);
          return {
            id: detection,
            at,
            rule,
            severity,
            summary,
            ...(incident === undefined ? {} : { incident }),
          };
        });
      const sources = [...(this.#fed.get(id) ?? [])]
        .map(([name, { count, lastAt }]) => ({ name, observations: count, lastAt }))
        .sort((a, b) => b.lastAt - a.lastAt)
        .slice(0, MAX_INPUTS);
      const inputs = isDetector
        ? [...ever].map(([name, rules]) => ({
            name,
            observations: rules.reduce((sum, { count }) => sum + count, 0),
            lastAt: latest(rules.map(({ last }) => last)) ?? 0,
          }))
        : sources;
      return {
        id,
        title,
        about,
        enabled: this.isOn(id) && beside?.isThere !== false,
        canSwitch: beside?.isThere !== false,
        ...this.#standing(id, now, lastObservedAt, isOftenIdle === true, detector),
        observations: activity?.count ?? seen?.count ?? 0,
        ...(lastObservedAt === undefined ? {} : { lastObservedAt }),
        inputs,
        detections24h: counted.reduce((sum, { count }) => sum + count, 0),
        ...(lastDetectedAt === undefined ? {} : { lastDetectedAt }),
        newest,
      };
    });
  }

  #standing(
    id: MonitorId,
    now: number,
    lastAt: number | undefined,
    isOftenIdle: boolean,
    detector: Pick<Detector, 'counts' | 'problem'>,
  ): { standing: MonitorStanding; since?: number; by?: string; reason?: string } {
    const beside = this.#beside[id];
    const said = this.#switches.get(id);
    if (beside?.isThere === false)
      return { standing: 'off', reason: 'The configuration of this installation leaves it out.' };
    if (said?.enabled === false) return { standing: 'off', since: said.at, by: said.by };
    const problem = beside?.problem?.() ?? (id === 'audit-trail' ? undefined : detector.problem);
    if (problem !== undefined) return { standing: 'failing', reason: problem };
    const { waiting } = detector.counts;
    if (waiting >= BEHIND_AT && id !== 'audit-trail')
      return { standing: 'behind', reason: `${waiting} records wait to be judged.` };
    if (isOftenIdle) return { standing: 'on' };
    if (lastAt === undefined) return { standing: 'no-data', reason: 'Nothing has reached it yet.' };
    if (now - lastAt > QUIET_MS) return { standing: 'no-data', since: lastAt };
    return { standing: 'on', ...(said === undefined ? {} : { since: said.at, by: said.by }) };
  }
}

type Found = { rule: string; count: number; last: number };

function groupedByMonitor(found: readonly Found[]): Map<MonitorId, Found[]> {
  return Map.groupBy(found, ({ rule }) => monitorOfRule(rule));
}

const latest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : Math.max(...times);

const ofAll = (found: ReadonlyMap<MonitorId, Found[]>): Fed => {
  const all = [...found.values()].flat();
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    lastAt: latest(all.map(({ last }) => last)) ?? 0,
  };
};

const actionOf = (enabled: boolean): string => (enabled ? 'tool.switched-on' : 'tool.switched-off');

import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { PictureSite } from '../api/contract.ts';
import { sitesOf } from '../api/incident-summary.ts';
import { Problem } from '../api/problem.ts';
import type { Store } from '../store/store.ts';
import { IncidentCourse, type IncidentTimes, wasOpen } from './incident-times.ts';
import { Presence } from './presence.ts';
import { Situation, situationKinds } from './situation.ts';
import { Unresolved } from './unresolved.ts';

type ArmingMode = NonNullable<NonNullable<PictureSite['gateway']>['armingMode']>;

/** All that was so at a moment. */
export interface Moment {
  at: number;
  situation: Situation;
  presence: Presence;
  /** By site. */
  arming: ReadonlyMap<string, ArmingMode>;
  unresolved: Unresolved;
}

/** Observations of a kind that are read for one picture, the newest before it: what came before them is not known. */
export const READ_PER_KIND = 2_000;
/** What changes is looked for this far back: a door that has not moved for longer was shut. */
const CHANGES_BACK_MS = 30 * 24 * 3_600_000;
/** Devices of one site that are looked up by themselves, and observations of each. */
const MAX_LOOKED_UP = 300;
const READ_PER_DEVICE = 20;
/** What is measured is told often; older than this it says nothing about a moment. */
const MEASURED_BACK_MS = 6 * 3_600_000;
/** A picture goes on from one that lies so near before it: playing is cheap. */
const GO_ON_MS = 6 * 3_600_000;
/** Pictures that are kept to go on from, for so long in real time: what came late shows after that. */
const MAX_KEPT = 8;
const KEPT_MS = 30_000;
/** People who wait for a picture of the past at the same time. */
const MAX_WAITING = 16;

const armingKinds: readonly ObservationKind[] = ['alarm.armed', 'alarm.disarmed'];
const isMeasured = (kind: ObservationKind): boolean => kind.endsWith('.measured');
const changing: readonly ObservationKind[] = situationKinds.filter((kind) => !isMeasured(kind));
const kindsOf: readonly ObservationKind[] = [...new Set([...situationKinds, ...armingKinds])];

/** The mode that an observation says a site is in; undefined where it says nothing of that. Pure. */
export function armingOf({ kind, facts }: Observation): ArmingMode | undefined {
  if (kind === 'alarm.disarmed') return 'disarmed';
  if (kind !== 'alarm.armed') return undefined;
  return facts?.mode === 'night' ? 'night' : 'away';
}

/** A moment's part that follows from observations, to which more can be added. */
interface Folded {
  at: number;
  situation: Situation;
  presence: Presence;
  arming: Map<string, ArmingMode>;
}

/**
 * Takes observations, oldest first, into what was so. Pure but for `into`: the same observations give the same,
 * in however many steps they are taken.
 */
export function fold(into: Folded, observations: readonly Observation[], registry: Registry): void {
  for (const one of observations) {
    const mode = armingOf(one);
    if (mode !== undefined) into.arming.set(one.site, mode);
    if (registry.asset(one.asset) === undefined) continue;
    into.situation.apply(one);
    into.presence.apply(one);
  }
}

export interface HistoryParts {
  store: Pick<Store, 'observations' | 'activities'> & { queue: Pick<Store['queue'], 'page'> };
  registry: Registry;
  clock: Clock;
  replayForMs: number;
}

/** The past as the store tells it: one picture after another, each bounded, never in the way of the present. */
export class History {
  readonly #parts: HistoryParts;
  readonly #kept: { madeAt: number; folded: Folded }[] = [];
  readonly course: IncidentCourse;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    this.course = new IncidentCourse(parts.store);
  }

  /** The earliest moment that can be asked for. */
  get from(): number {
    return this.#parts.clock.now() - this.#parts.replayForMs;
  }

  /**
   * All as of a moment.
   * @throws Problem for a moment that lies ahead or too far back, and when too many ask at once
   */
  at(moment: number): Promise<Moment> {
    const now = this.#parts.clock.now();
    if (moment > now) throw new Problem(400, 'not-yet', 'at: that moment has not come yet', { field: 'at' });
    if (moment < now - this.#parts.replayForMs)
      throw new Problem(400, 'too-long-ago', 'at: the picture is not kept for so long', { field: 'at' });
    if (this.#waiting >= MAX_WAITING)
      throw new Problem(503, 'busy', 'Too many look back at the same time.', { retryAfterSeconds: 2 });
    this.#waiting++;
    const made = this.#turn.then(() => this.#make(moment));
    this.#turn = made.catch(() => undefined);
    return made.finally(() => {
      this.#waiting--;
    });
  }

  /**
   * The same, with what is known of one site looked up by each of its devices: where there are many sites, the newest
   * changes of all of them leave out those of quiet doors.
   * @throws Problem as `at` does
   */
  async ofSite(site: string, moment: number): Promise<Moment> {
    const { store, registry } = this.#parts;
    const whole = await this.at(moment);
    const quiet = registry
      .assetsOf(site)
      .filter(({ id }) => whole.situation.factsOf(id).length === 0)
      .slice(0, MAX_LOOKED_UP);
    if (quiet.length === 0) return whole;
    const situation = whole.situation.copy();
    const from = moment - CHANGES_BACK_MS;
    for (const { id } of quiet) {
      const seen = store.observations({
        kinds: changing,
        asset: id,
        from,
        to: moment,
        limit: READ_PER_DEVICE,
      });
      for (const one of seen.reverse()) situation.apply(one);
    }
    return { ...whole, situation };
  }

  async #make(moment: number): Promise<Moment> {
    const folded = (await this.#goneOn(moment)) ?? (await this.#fromScratch(moment));
    this.#keep(folded);
    const unresolved = unresolvedAt(await this.course.since(this.from), moment, this.#parts.registry);
    return { ...folded, unresolved };
  }

  async #goneOn(moment: number): Promise<Folded | undefined> {
    const { store, registry } = this.#parts;
    const now = performance.now();
    const near = this.#kept
      .filter(({ madeAt, folded }) => now - madeAt < KEPT_MS && folded.at <= moment)
      .map(({ folded }) => folded)
      .filter(({ at }) => moment - at <= GO_ON_MS)
      .sort((a, b) => b.at - a.at)[0];
    if (near === undefined) return undefined;
    const since: Observation[] = [];
    for (const kind of kindsOf) {
      const seen = store.observations({ kinds: [kind], from: near.at + 1, to: moment, limit: READ_PER_KIND });
      // So much happened that something may have been left out: then all of it is read anew.
      if (seen.length >= READ_PER_KIND) return undefined;
      since.push(...seen);
    }
    await breathe();
    const folded: Folded = {
      at: moment,
      situation: near.situation.copy(),
      presence: near.presence.copy(),
      arming: new Map(near.arming),
    };
    fold(folded, since.reverse().sort(byTime), registry);
    return folded;
  }

  async #fromScratch(moment: number): Promise<Folded> {
    const { store, registry } = this.#parts;
    const seen: Observation[] = [];
    for (const kind of kindsOf) {
      const from = moment - (isMeasured(kind) ? MEASURED_BACK_MS : CHANGES_BACK_MS);
      seen.push(...store.observations({ kinds: [kind], from, to: moment, limit: READ_PER_KIND }));
      await breathe();
    }
    const folded: Folded = {
      at: moment,
      situation: new Situation(),
      presence: new Presence(registry),
      arming: new Map(),
    };
    fold(folded, seen.reverse().sort(byTime), registry);
    return folded;
  }

  #keep(folded: Folded): void {
    const now = performance.now();
    this.#kept.push({ madeAt: now, folded });
    while (this.#kept.length > MAX_KEPT || (this.#kept[0]?.madeAt ?? now) < now - KEPT_MS) this.#kept.shift();
  }
}

const byTime = (a: Observation, b: Observation): number => a.observedAt - b.observedAt;

/** What was unresolved at a moment. Pure. */
export function unresolvedAt(all: readonly IncidentTimes[], moment: number, registry: Registry): Unresolved {
  const unresolved = new Unresolved();
  for (const one of all) if (wasOpen(one, moment)) unresolved.put(one, 'open', sitesOf(one.assets, registry));
  return unresolved;
}

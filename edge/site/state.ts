/** The one place where states become edges: what this site is now, and what has just changed. */
import type { Clock, ClockQuality } from '../../devices/model/clock.ts';
import type { CommandAction } from '../../devices/model/command.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type {
  Heard,
  MeasurementReading,
  MomentReading,
  StateReading,
} from '../../devices/profiles/profile.ts';
import type { InboxDevice, SiteDevice } from '../api/contract.ts';
import {
  type Assignment,
  type AssignmentProblem,
  assetFor,
  assetOf,
  assetsOf,
  assignmentProblems,
  declaredOf,
  doorOf,
  propertyOf,
  readingOf,
} from './assignments.ts';
import { type Device, newDevice, presenceOf, takeDescription, takeSeenAt, takeSequence } from './device.ts';
import { type AssetFact, Facts, type KnownMeasurement, type KnownState } from './facts.ts';
import { Inbox } from './inbox.ts';
import { assignmentKey, deviceKey, measurementKey, stateKey } from './kept.ts';
import { Presence, type PresenceArrival } from './presence.ts';
import { batteryStateAt, measured, type Property, properties, translated } from './properties.ts';
import { restore } from './restore.ts';
import { type CommandTarget, commandTargets, deviceView, factsAbout } from './views.ts';

/** The same value again within this is no observation: a sensor that repeats itself each second is thinned. */
export const IDENTICAL_WITHIN_MS = 5 * 60_000;
/** What a sensor last measured is written to disk this often at most; each observation is in the outbox anyway. */
export const MEASUREMENT_KEPT_EVERY_MS = 10_000;
/** A delayed message's own time is believed this far back. */
export const MAX_DELAY_MS = 7 * 24 * 3_600_000;

/** An observation before the outbox has given it its id. */
export type NewObservation = Omit<Observation, 'id'>;

export interface Applied {
  observations: NewObservation[];
  /** The device has sent this message before. */
  duplicate: boolean;
  /** What the device has just said of its states, changed or not: confirms commands. Never from a retained message. */
  reported: { asset: string; property: Property; value: string }[];
  /** Codes typed at a keypad: for the panel alone, never an observation. */
  codes: { reader: string; code: string; at: number }[];
}

/** How a message came. Retained, it is state at connection: it corrects, but nothing has happened. */
export interface Arrival extends PresenceArrival {
  clock?: ClockQuality;
}

export interface SiteStateOptions {
  siteId: string;
  registry: Registry;
  /** From the configuration; what was assigned at run time comes from `kept` and goes before it. */
  assignments: readonly Assignment[];
  clock: Clock;
  /** State of the last commit, at least what lies below SITE_PREFIX. */
  kept: ReadonlyMap<string, unknown>;
  keep(key: string, value: unknown): void;
  forget(key: string): void;
}

/** When something happened and when it was heard. */
interface Times {
  observedAt: number;
  receivedAt: number;
  clock: ClockQuality;
}

export class SiteState {
  readonly #options: SiteStateOptions;
  readonly #assignments: Map<string, Assignment>;
  readonly #devices: Map<string, Device>;
  readonly #facts = new Facts();
  readonly #inbox = new Inbox();
  readonly #presence: Presence;

  constructor(options: SiteStateOptions) {
    const { kept, assignments, registry, siteId } = options;
    this.#options = options;
    this.#presence = new Presence(options.clock);
    const restored = restore(kept, assignments, registry, siteId, this.#facts);
    this.#assignments = restored.assignments;
    this.#devices = restored.devices;
    for (const key of restored.obsolete) options.forget(key);
    for (const [name, entry] of this.#assignments) {
      const device = this.#devices.get(name);
      if (device !== undefined) this.#presence.begin(entry, device, this.#measures(name));
    }
  }

  /** Takes what was heard of one device. */
  apply(heard: Heard, profile: string, arrival: Arrival): Applied {
    const result: Applied = { observations: [], duplicate: false, reported: [], codes: [] };
    const entry = this.#assignments.get(heard.device);
    const device = this.#devices.get(heard.device);
    if (entry === undefined || device === undefined) {
      this.#inbox.note(heard, profile, arrival.receivedAt);
      return result;
    }
    const number = arrival.retained ? undefined : heard.deviceSequence;
    if (number !== undefined && !takeSequence(device, number)) {
      this.#presence.sign(device.device);
      return { ...result, duplicate: true };
    }
    const isDescribedAnew = takeDescription(device, heard, profile);
    const times = timesOf(heard, arrival);
    const seenBefore = device.seenAt;
    const remembered = !arrival.retained && takeSeenAt(device, heard);
    const measures = this.#measures(device.device);
    const came = { ...arrival, remembered };
    const { tell, changed } = this.#presence.take(entry, device, measures, heard, came);
    if (tell !== undefined) result.observations.push(...this.#presenceTold(entry, tell, times, 'reported'));
    for (const reading of heard.readings) {
      if (reading.type === 'state') this.#takeState(entry, reading, arrival.retained, times, result);
      else if (arrival.retained) continue;
      else if (reading.type === 'moment') this.#takeMoment(entry, reading, times, result);
      else if (!remembered) this.#takeMeasurement(entry, device, reading, times, result);
    }
    const isNumbered = number !== undefined || seenBefore !== device.seenAt;
    if (isNumbered || isDescribedAnew || changed) this.#keepDevice(device);
    return result;
  }

  /** Devices that have been silent for too long. Ask when `nextDueAt` says so. */
  overdue(now: number): NewObservation[] {
    const times: Times = { observedAt: now, receivedAt: now, clock: 'set' };
    return this.#presence.overdue().flatMap((name) => {
      const device = this.#devices.get(name);
      const entry = this.#assignments.get(name);
      if (device === undefined || entry === undefined) return [];
      // Known to be away by its own word, it is back by its own word; after silence it has to speak.
      if (device.said !== 'offline') device.silent = true;
      const tell = this.#presence.tell(device, now, true);
      this.#keepDevice(device);
      return tell === undefined ? [] : this.#presenceTold(entry, tell, times, 'silence');
    });
  }

  /** When the next device may fall silent, by this clock's wall time; undefined when none can. */
  nextDueAt(): number | undefined {
    const inMs = this.#presence.nextDueInMs();
    return inMs === undefined ? undefined : this.#options.clock.now() + Math.ceil(inMs);
  }

  /** Assigns a device at run time. With problems, nothing was changed. */
  assign(entry: Assignment): AssignmentProblem[] {
    const problems = assignmentProblems([entry], this.#options.registry, this.#options.siteId);
    if (problems.length > 0) return problems.map(({ path, message }) => ({ path: path.slice(1), message }));
    this.#forgetFacts(entry.device);
    this.#assignments.set(entry.device, entry);
    this.#options.keep(assignmentKey(entry.device), entry);
    const found = this.#inbox.get(entry.device);
    const said = this.#inbox.connection(entry.device);
    const device: Device = {
      ...newDevice(entry),
      ...this.#devices.get(entry.device),
      reading: readingOf(entry),
      ...(found?.name === undefined ? {} : { name: found.name }),
      ...(found?.model === undefined ? {} : { model: found.model }),
      ...(found === undefined ? {} : { profile: found.profile }),
      ...(said === undefined ? {} : { said }),
    };
    this.#devices.set(entry.device, device);
    this.#presence.adopt(entry, device);
    this.#keepDevice(device);
    this.#inbox.remove(entry.device);
    return [];
  }

  /** Takes an assignment away: the device goes to the inbox when it is heard again. False: there was none. */
  unassign(device: string): boolean {
    if (!this.#assignments.delete(device)) return false;
    this.#forgetFacts(device);
    this.#devices.delete(device);
    this.#presence.end(device);
    this.#options.forget(assignmentKey(device));
    this.#options.forget(deviceKey(device));
    return true;
  }

  assignmentOf(device: string): Assignment | undefined {
    return this.#assignments.get(device);
  }

  /** Everything that is known of an asset, one fact a property. */
  assetStates(asset: string): AssetFact[] {
    return factsAbout(asset, this.#facts, this.#assignments, this.#devices);
  }

  /** One current value, as commands are compared with it. */
  current(asset: string, property: string): string | number | undefined {
    return this.assetStates(asset).find((fact) => fact.property === property)?.value;
  }

  devices(): SiteDevice[] {
    return [...this.#devices.values()].map((device) =>
      deviceView(device, this.#assignments.get(device.device), this.#facts),
    );
  }

  inbox(): InboxDevice[] {
    return this.#inbox.list();
  }

  /** For the gateway's report. */
  counts(): { online: number; offline: number; unassigned: number } {
    const all = [...this.#devices.values()].map(presenceOf);
    const count = (word: 'online' | 'offline') => all.filter((presence) => presence === word).length;
    return { online: count('online'), offline: count('offline'), unassigned: this.#inbox.size };
  }

  /** The parts that can carry out a command on an asset. */
  commandTargets(asset: string, action: CommandAction): CommandTarget[] {
    return commandTargets(asset, action, this.#facts, this.#assignments);
  }

  #presenceTold(
    entry: Assignment,
    tell: 'online' | 'offline',
    times: Times,
    because: 'reported' | 'silence',
  ): NewObservation[] {
    const kind = tell === 'online' ? 'device.online' : 'device.offline';
    const extra = tell === 'online' ? {} : { facts: { because } };
    return assetsOf(entry).map((asset) => this.#observation(kind, asset, entry.device, times, extra));
  }

  #takeState(entry: Assignment, told: StateReading, retained: boolean, times: Times, result: Applied): void {
    const { device } = entry;
    const { part } = told;
    const asset = told.property === 'online' ? undefined : assetFor(entry, part, told.property);
    if (asset === undefined) return;
    const as = propertyOf(entry, part, told.property, this.#options.registry.asset(asset));
    const { property, value } = translated(told, as, entry.invert.includes(part));
    if (!retained) result.reported.push({ asset, property, value });
    const { strongest, edges } = properties[property];
    const known = this.#facts.state(device, part, property);
    if (known?.value === value && known.asset === asset) {
      if (!retained) known.seenAt = times.receivedAt;
      return;
    }
    const before = strongest === undefined ? known?.value : this.#facts.merged(asset, property)?.value;
    const isSame = known?.value === value;
    const since = isSame ? known.since : times.observedAt;
    const seenAt = retained && isSame ? known.seenAt : times.receivedAt;
    const fact: KnownState = { type: 'state', device, part, property, value, asset, since, seenAt };
    if (!this.#facts.put(fact) || isSame) return;
    this.#options.keep(stateKey(device, part, property), { device, part, property, value, since });
    if (retained || known === undefined) return;
    const after = strongest === undefined ? value : this.#facts.merged(asset, property)?.value;
    const kind = after === undefined || after === before ? undefined : edges[after];
    if (kind === undefined) return;
    const extra = property === 'exit' ? this.#atDoor(entry, part, asset) : { facts: { part } };
    result.observations.push(this.#observation(kind, asset, device, times, extra));
  }

  #takeMeasurement(
    entry: Assignment,
    { device, flagsBattery }: Device,
    { quantity, part, value }: MeasurementReading,
    times: Times,
    result: Applied,
  ): void {
    const asset = assetFor(entry, part, quantity);
    if (asset === undefined) return;
    const { observedAt } = times;
    const known = this.#facts.measurement(device, part, quantity);
    const isSame = known?.value === value;
    const sinceToldMs = observedAt - (known?.toldAt ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back must not thin for hours.
    const isThinned = isSame && sinceToldMs >= 0 && sinceToldMs < IDENTICAL_WITHIN_MS;
    const fact: KnownMeasurement =
      known?.asset === asset
        ? known
        : {
            type: 'measurement',
            device,
            part,
            property: quantity,
            value,
            asset,
            since: observedAt,
            seenAt: observedAt,
            toldAt: observedAt,
            keptAt: Number.NEGATIVE_INFINITY,
          };
    if (fact !== known && !this.#facts.put(fact)) return;
    fact.value = value;
    fact.seenAt = observedAt;
    if (!isSame) fact.since = observedAt;
    if (!isThinned) fact.toldAt = observedAt;
    // A device that marks a low battery itself knows better than its percentage.
    const state = quantity === 'battery' && !flagsBattery ? batteryStateAt(value) : undefined;
    if (state !== undefined)
      this.#takeState(
        entry,
        { type: 'state', part, property: 'battery', value: state },
        false,
        times,
        result,
      );
    if (isThinned) return;
    if (Math.abs(observedAt - fact.keptAt) >= MEASUREMENT_KEPT_EVERY_MS) {
      fact.keptAt = observedAt;
      const kept = { device, part, quantity, value, at: observedAt };
      this.#options.keep(measurementKey(device, part, quantity), kept);
    }
    const extra = { value, facts: { part } };
    result.observations.push(this.#observation(measured[quantity], asset, device, times, extra));
  }

  #takeMoment(entry: Assignment, told: MomentReading, times: Times, result: Applied): void {
    const { part, moment, subjects, observables } = told;
    const asset = assetOf(entry, part);
    if (asset !== undefined && moment === 'code-entered' && told.code !== undefined)
      result.codes.push({ reader: asset, code: told.code, at: times.observedAt });
    const isExit =
      moment === 'exit-requested' || (moment === 'button-pressed' && declaredOf(entry, part) === 'exit');
    const kind: ObservationKind | undefined =
      moment === 'badge-presented' ? 'badge.presented' : isExit ? 'exit.requested' : undefined;
    if (asset === undefined || kind === undefined) return;
    const extra = {
      ...(subjects === undefined ? {} : { subjects }),
      ...(observables === undefined ? {} : { observables }),
      ...this.#atDoor(entry, part, asset),
    };
    result.observations.push(this.#observation(kind, asset, entry.device, times, extra));
  }

  #atDoor(entry: Assignment, part: string, asset: string): Pick<NewObservation, 'facts'> {
    const door = doorOf(entry, part, asset, this.#options.registry);
    return { facts: { part, ...(door === undefined ? {} : { door }) } };
  }

  #observation(
    kind: ObservationKind,
    asset: string,
    source: string,
    times: Times,
    extra: Partial<Pick<NewObservation, 'value' | 'subjects' | 'observables' | 'facts'>>,
  ): NewObservation {
    return { kind, site: this.#options.siteId, asset, source, ...times, ...extra };
  }

  /** Whether a device tells temperature or humidity. */
  #measures(device: string): boolean {
    return this.#facts
      .ofDevice(device)
      .some((fact) => fact.type === 'measurement' && fact.property !== 'battery');
  }

  #keepDevice(device: Device): void {
    const boots = device.boots.map((entry) => ({ ...entry }));
    this.#options.keep(deviceKey(device.device), { ...device, boots });
  }

  #forgetFacts(device: string): void {
    for (const { type, part, property } of this.#facts.forgetDevice(device)) {
      const keyOf = type === 'state' ? stateKey : measurementKey;
      this.#options.forget(keyOf(device, part, property));
    }
  }
}

/**
 * When it happened. A device's own clock is believed only for what it has repeated until it was taken, and
 * may so have waited for hours; for everything else the moment of receipt is better than a stranger's clock.
 */
function timesOf({ seenAt, deviceSequence }: Heard, { receivedAt, clock = 'set' }: Arrival): Times {
  const isDelayed =
    deviceSequence !== undefined &&
    seenAt !== undefined &&
    seenAt <= receivedAt &&
    receivedAt - seenAt <= MAX_DELAY_MS;
  return isDelayed
    ? { observedAt: seenAt, receivedAt, clock: 'foreign' }
    : { observedAt: receivedAt, receivedAt, clock };
}

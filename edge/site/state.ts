/** The one place where states become edges: what this site is now, and what has just changed. */
import type { Clock, ClockQuality } from '../../devices/model/clock.ts';
import type { CommandAction } from '../../devices/model/command.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Heard, Profile } from '../../devices/profiles/profile.ts';
import type { InboxDevice, SiteDevice } from '../api/contract.ts';
import { type MoveInstants, moved } from '../clock/move-instants.ts';
import {
  type Assignment,
  type AssignmentProblem,
  assetsOf,
  assignmentProblems,
  readingOf,
} from './assignments.ts';
import { type Device, newDevice, presenceOf, takeDescription, takeSeenAt, takeSequence } from './device.ts';
import { type AssetFact, Facts } from './facts.ts';
import { Inbox } from './inbox.ts';
import { assignmentKey, deviceKey, measurementKey, stateKey } from './kept.ts';
import { Presence, type PresenceArrival } from './presence.ts';
import { type Applied, type NewObservation, Readings, type Times } from './readings.ts';
import { restore } from './restore.ts';
import { type CommandTarget, commandTargets, deviceView, factsAbout } from './views.ts';

/** How a message came. Retained, it is state at connection: it corrects, but nothing has happened. */
export interface Arrival extends PresenceArrival {
  clock?: ClockQuality;
}

/** A delayed message's own time is believed this far back. */
export const MAX_DELAY_MS = 7 * 24 * 3_600_000;

export interface SiteStateOptions {
  siteId: string;
  registry: Registry;
  /** From the configuration; what was assigned at run time comes from `kept` and goes before it. */
  assignments: readonly Assignment[];
  clock: Clock;
  /** The families of devices that are understood here; absent: those of the catalog. */
  profiles?: readonly Pick<Profile, 'name' | 'superviseMs'>[];
  /** State of the last commit, at least what lies below SITE_PREFIX. */
  kept: ReadonlyMap<string, unknown>;
  keep(key: string, value: unknown): void;
  forget(key: string): void;
}

export class SiteState {
  readonly #options: SiteStateOptions;
  readonly #assignments: Map<string, Assignment>;
  /** The same by asset, made anew when it is asked for after a change. */
  #byAsset: Map<string, { id: string; entry: Assignment }[]> | undefined;
  readonly #devices: Map<string, Device>;
  readonly #facts = new Facts();
  readonly #readings: Readings;
  readonly #inbox = new Inbox();
  readonly #presence: Presence;

  constructor(options: SiteStateOptions) {
    const { kept, assignments, registry, siteId } = options;
    this.#options = options;
    this.#presence = new Presence(options.clock, options.profiles);
    this.#readings = new Readings({ siteId, registry, facts: this.#facts, keep: options.keep });
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
      this.#inbox.note(heard, profile, arrival.receivedAt, arrival.retained);
      return result;
    }
    const number = arrival.retained ? undefined : heard.deviceSequence;
    if (number !== undefined && !takeSequence(device, number)) {
      this.#presence.sign(device.device);
      return { ...result, duplicate: true };
    }
    const isDescribedAnew = takeDescription(device, heard, profile);
    const times = timesOf(heard, arrival, this.#options.clock.quality);
    const seenBefore = device.seenAt;
    const remembered = !arrival.retained && takeSeenAt(device, heard);
    const measures = this.#measures(device.device);
    const came = { ...arrival, remembered };
    const { tell, changed } = this.#presence.take(entry, device, measures, heard, came);
    if (tell !== undefined) result.observations.push(...this.#presenceTold(entry, tell, times, 'reported'));
    for (const reading of heard.readings) {
      if (reading.type === 'state') this.#readings.state(entry, reading, arrival.retained, times, result);
      else if (arrival.retained) continue;
      else if (reading.type === 'moment') this.#readings.moment(entry, reading, times, result);
      else if (reading.type === 'position') {
        if (!remembered) this.#readings.position(entry, reading, times, result);
      } else if (!remembered) this.#readings.measurement(entry, device, reading, times, result);
    }
    const isNumbered = number !== undefined || seenBefore !== device.seenAt;
    if (isNumbered || isDescribedAnew || changed) this.#keepDevice(device);
    return result;
  }

  /** Devices that have been silent for too long. Ask when `nextDueAt` says so. */
  overdue(now: number): NewObservation[] {
    const { quality = 'set' } = this.#options.clock;
    const times: Times = { observedAt: now, receivedAt: now, clock: quality };
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
    this.#byAsset = undefined;
    this.#options.keep(assignmentKey(entry.device), entry);
    const found = this.#inbox.get(entry.device);
    const said = this.#inbox.connection(entry.device);
    const heardAt = this.#inbox.spokeAt(entry.device);
    const states = this.#inbox.states(entry.device);
    const device: Device = {
      ...newDevice(entry),
      ...this.#devices.get(entry.device),
      reading: readingOf(entry),
      ...(found?.name === undefined ? {} : { name: found.name }),
      ...(found?.model === undefined ? {} : { model: found.model }),
      ...(found === undefined ? {} : { profile: found.profile }),
      ...(said === undefined ? {} : { said }),
      ...(heardAt === undefined ? {} : { heardAt }),
    };
    this.#devices.set(entry.device, device);
    this.#presence.adopt(entry, device);
    this.#keepDevice(device);
    this.#inbox.remove(entry.device);
    // What it said while it waited holds from now on, and is no news: a contact may not speak again for an hour.
    const now = this.#options.clock.now();
    const times: Times = { observedAt: now, receivedAt: now, clock: 'set' };
    const known: Applied = { observations: [], duplicate: false, reported: [], codes: [] };
    for (const reading of states) this.#readings.state(entry, reading, true, times, known);
    return [];
  }

  /** Takes an assignment away: the device goes to the inbox when it is heard again. False: there was none. */
  unassign(device: string): boolean {
    if (!this.#assignments.delete(device)) return false;
    this.#byAsset = undefined;
    this.#forgetFacts(device);
    this.#devices.delete(device);
    this.#presence.end(device);
    this.#options.forget(assignmentKey(device));
    this.#options.forget(deviceKey(device));
    return true;
  }

  /** After a step of the clock: what was noted by the gateway's clock goes along, what devices say of theirs does not. */
  moveInstants(move: MoveInstants): void {
    for (const device of this.#devices.values()) {
      if (device.heardAt !== undefined) device.heardAt = moved(device.heardAt, move);
      if (device.toldAt !== undefined) device.toldAt = moved(device.toldAt, move);
      this.#keepDevice(device);
      this.#readings.moveInstants(device.device, move);
    }
  }

  assignmentOf(device: string): Assignment | undefined {
    return this.#assignments.get(device);
  }

  /** Everything that is known of an asset, one fact a property. */
  assetStates(asset: string): AssetFact[] {
    const devices = this.#serving(asset).flatMap(({ device }) => this.#devices.get(device) ?? []);
    return factsAbout(asset, this.#facts, devices);
  }

  /** One current value, as commands are compared with it. */
  current(asset: string, property: string): string | number | undefined {
    const told = this.#facts.value(asset, property);
    if (told !== undefined || property !== 'online') return told;
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
    return commandTargets(asset, action, this.#facts, this.#serving(asset));
  }

  /** Assignments that name an asset. */
  #serving(asset: string): readonly Assignment[] {
    this.#byAsset ??= Map.groupBy(
      [...this.#assignments.values()].flatMap((entry) => assetsOf(entry).map((id) => ({ id, entry }))),
      ({ id }) => id,
    );
    return this.#byAsset.get(asset)?.map(({ entry }) => entry) ?? [];
  }

  #presenceTold(
    entry: Assignment,
    tell: 'online' | 'offline',
    times: Times,
    because: 'reported' | 'silence',
  ): NewObservation[] {
    const kind = tell === 'online' ? 'device.online' : 'device.offline';
    const extra = tell === 'online' ? {} : { facts: { because } };
    return assetsOf(entry).map((asset) =>
      this.#readings.observation(kind, asset, entry.device, times, extra),
    );
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
function timesOf(
  { seenAt, deviceSequence }: Heard,
  { receivedAt, clock }: Arrival,
  quality: ClockQuality = 'set',
): Times {
  const isDelayed =
    deviceSequence !== undefined &&
    seenAt !== undefined &&
    seenAt <= receivedAt &&
    receivedAt - seenAt <= MAX_DELAY_MS;
  return isDelayed
    ? { observedAt: seenAt, receivedAt, clock: 'foreign' }
    : { observedAt: receivedAt, receivedAt, clock: clock ?? quality };
}

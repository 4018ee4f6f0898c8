/**
 * Whether devices are there. Three sources: the device speaks; its broker or bridge says a word about its
 * connection; nothing is heard for too long. What observations have told (`told`) follows what is, with two
 * exceptions: a first word is no news, and a stored word only corrects.
 */
import type { Clock } from '../../devices/model/clock.ts';
import { WATCHED_BY_LAST_WILL } from '../../devices/profiles/capabilities.ts';
import { catalog } from '../../devices/profiles/catalog.ts';
import type { Heard, Profile } from '../../devices/profiles/profile.ts';
import type { Assignment } from './assignments.ts';
import { connectionIn, type Device, hasSpoken, presenceOf } from './device.ts';
import { Supervision } from './supervision.ts';

/** A device that measures temperature or humidity speaks at intervals by its nature, whatever its family. */
export const MEASURING_SUPERVISE_MS = 3 * 3_600_000;
/** A device found offline without news of it is given this long to come back before it is told. */
export const FOUND_OFFLINE_GRACE_MS = 60_000;
/**
 * A device that only its last will watches must come (back) within this after the gateway's start: a will
 * that fell due while the broker was down is never sent.
 */
export const RETURN_WITHIN_MS = 15 * 60_000;
/** When a device was heard is written down this often, so that a restart does not begin its silence anew. */
export const HEARD_KEPT_EVERY_MS = 10 * 60_000;
/** After a restart, silence is told after this long at the earliest. */
const START_GRACE_MS = 60_000;

/** How a message came. */
export interface PresenceArrival {
  retained: boolean;
  receivedAt: number;
  /** A bridge repeats what it remembers of the device: its states, but no sign of life and nothing measured. */
  remembered?: boolean;
  /** The broker itself has just started: nobody is connected yet, a stored "online" is only a memory. */
  brokerRestarted?: boolean;
}

export interface PresenceChange {
  /** What is to be told; nothing where it is no news. */
  tell?: 'online' | 'offline';
  /** The device's record is worth writing down. */
  changed: boolean;
}

export class Presence {
  readonly #supervision: Supervision;
  readonly #clock: Clock;
  readonly #keptAt = new Map<string, number>();
  readonly #usualSuperviseMs: ReadonlyMap<string, number>;

  constructor(clock: Clock, profiles: readonly Pick<Profile, 'name' | 'superviseMs'>[] = catalog) {
    this.#clock = clock;
    this.#usualSuperviseMs = new Map(profiles.map(({ name, superviseMs }) => [name, superviseMs]));
    this.#supervision = new Supervision(clock);
  }

  /** Goes on with a device that is newly or otherwise assigned while the gateway runs. */
  adopt(entry: Assignment, device: Device): void {
    const superviseMs = this.#superviseMsOf(entry, device, false);
    const is = presenceOf(device);
    if (is === 'online' || superviseMs !== WATCHED_BY_LAST_WILL)
      this.#supervision.watch(device.device, superviseMs);
    else this.#supervision.watch(device.device, is === 'offline' ? FOUND_OFFLINE_GRACE_MS : RETURN_WITHIN_MS);
    if (is !== 'online' || device.told !== undefined) return;
    device.told = is;
    device.toldAt = this.#clock.now();
  }

  /** Begins with a device, as it was known before the start. */
  begin(entry: Assignment, device: Device, measures: boolean): void {
    const superviseMs = this.#superviseMsOf(entry, device, measures);
    if (superviseMs === WATCHED_BY_LAST_WILL) this.#supervision.watch(device.device, RETURN_WITHIN_MS);
    else {
      const agoMs = Math.max(0, this.#clock.now() - (device.heardAt ?? this.#clock.now()));
      const graceMs = Math.min(START_GRACE_MS, superviseMs);
      this.#supervision.watch(device.device, superviseMs, Math.min(agoMs, superviseMs - graceMs));
    }
    if (device.silent) this.#supervision.forget(device.device);
  }

  end(device: string): void {
    this.#supervision.forget(device);
    this.#keptAt.delete(device);
  }

  /** A sign of life that says nothing new. */
  sign(device: string): void {
    this.#supervision.heard(device);
  }

  take(
    entry: Assignment,
    device: Device,
    measures: boolean,
    heard: Heard,
    arrival: PresenceArrival,
  ): PresenceChange {
    const word = connectionIn(heard);
    return arrival.retained
      ? this.#takeStored(entry, device, measures, word, arrival)
      : this.#takeLive(entry, device, measures, word, heard, arrival);
  }

  /** Devices that have been silent for too long. */
  overdue(): string[] {
    return this.#supervision.overdue();
  }

  nextDueInMs(): number | undefined {
    return this.#supervision.nextDueInMs();
  }

  /** What has to be told so that it agrees with what is. */
  tell(device: Device, at: number, isNewsAtFirst: boolean): 'online' | 'offline' | undefined {
    const is = presenceOf(device);
    if (is === undefined || is === device.told) return undefined;
    const isFirst = device.told === undefined;
    if (isFirst && !isNewsAtFirst && is === 'offline') {
      this.#supervision.watch(device.device, FOUND_OFFLINE_GRACE_MS);
      return undefined;
    }
    device.told = is;
    device.toldAt = at;
    return isFirst && !isNewsAtFirst ? undefined : is;
  }

  #takeStored(
    entry: Assignment,
    device: Device,
    measures: boolean,
    word: 'online' | 'offline' | undefined,
    { receivedAt, brokerRestarted }: PresenceArrival,
  ): PresenceChange {
    if (word === undefined) return { changed: false };
    const changed = word !== device.said;
    device.said = word;
    if (word === 'offline') {
      // Nothing has happened, but a device that stays away must not go untold.
      if (device.told !== 'offline') this.#supervision.watch(device.device, FOUND_OFFLINE_GRACE_MS);
      return { changed };
    }
    const superviseMs = this.#superviseMsOf(entry, device, measures);
    if (superviseMs === WATCHED_BY_LAST_WILL && brokerRestarted !== true)
      this.#supervision.watch(device.device, superviseMs);
    if (device.told === undefined && !device.silent) {
      device.told = word;
      device.toldAt = receivedAt;
    }
    return { changed };
  }

  #takeLive(
    entry: Assignment,
    device: Device,
    measures: boolean,
    word: 'online' | 'offline' | undefined,
    heard: Heard,
    { receivedAt, remembered }: PresenceArrival,
  ): PresenceChange {
    const { said, silent, told } = device;
    const superviseMs = this.#superviseMsOf(entry, device, measures);
    // A bridge says "online" on a device's behalf, and goes on saying it for a day: that is no sign of life.
    // From a device that its own last will watches, it is the device's word.
    const isOwnWord =
      word === 'online' && this.#usualSuperviseMs.get(device.profile) === WATCHED_BY_LAST_WILL;
    const spoken = (hasSpoken(heard) && remembered !== true) || isOwnWord;
    if (word !== undefined) device.said = word;
    else if (spoken && said === 'offline') device.said = 'online';
    if (spoken) {
      device.silent = false;
      device.heardAt = receivedAt;
    }
    const isBack = word === 'online' && said !== 'online' && !silent;
    if (spoken || isBack) this.#supervision.watch(device.device, superviseMs);
    const tell = this.tell(device, receivedAt, false);
    const keptAt = this.#keptAt.get(device.device) ?? Number.NEGATIVE_INFINITY;
    const isStale = spoken && Math.abs(receivedAt - keptAt) >= HEARD_KEPT_EVERY_MS;
    const changed = isStale || said !== device.said || silent !== device.silent || told !== device.told;
    if (changed) this.#keptAt.set(device.device, receivedAt);
    return tell === undefined ? { changed } : { tell, changed };
  }

  #superviseMsOf(entry: Assignment, device: Device, measures: boolean): number {
    if (entry.superviseMs !== undefined) return entry.superviseMs;
    const usualMs = this.#usualSuperviseMs.get(device.profile) ?? WATCHED_BY_LAST_WILL;
    return measures ? Math.min(usualMs, MEASURING_SUPERVISE_MS) : usualMs;
  }
}

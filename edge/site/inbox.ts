/** Devices that were heard and belong to nothing yet, for the installer to pick from. */
import { plausible } from '../../devices/profiles/capabilities.ts';
import type { Heard, Reading, StateReading } from '../../devices/profiles/profile.ts';
import type { HeardReading, InboxDevice } from '../api/contract.ts';
import { connectionIn, hasSpoken } from './device.ts';

/** A shop has tens of devices; a flood of invented names must not cost more than this. */
export const MAX_INBOX_DEVICES = 200;
const MAX_PARTS_SHOWN = 64;
/** Things that one device is remembered to have said; a device with more is shown with the first of them. */
const MAX_HEARD = 128;

/** A reading as a person would say it: `contact open`, `temperature 4.6 °C`. */
export function inWords(reading: Reading): string {
  const of = (what: string) => (reading.part === what ? what : `${reading.part}: ${what}`);
  if (reading.type === 'state') return `${of(reading.property)} ${reading.value}`;
  if (reading.type === 'measurement')
    return `${of(reading.quantity)} ${reading.value} ${plausible[reading.quantity].unit}`;
  if (reading.type === 'position')
    return `${of('position')} ${reading.latitude.toFixed(4)}, ${reading.longitude.toFixed(4)}`;
  const badge = reading.subjects?.badge;
  if (reading.moment === 'badge-presented') return `${of('badge')} ${badge ?? 'presented'}`;
  if (reading.moment === 'code-entered') return of('code entered');
  if (reading.moment === 'item-scanned') return of('item scanned');
  if (reading.moment === 'object-detected') return of('object detected');
  return of(reading.moment === 'exit-requested' ? 'request to exit' : 'button pressed');
}

/** What has been said so far and what was said now, each thing once. */
function heardWith(known: readonly HeardReading[], readings: readonly Reading[]): HeardReading[] {
  const heard = new Map(known.map((entry) => [`${entry.part} ${entry.what}`, entry]));
  for (const reading of readings) {
    if (reading.part === 'online' || reading.type === 'position') continue;
    const { part } = reading;
    const [what, value] =
      reading.type === 'state'
        ? [reading.property, reading.value]
        : reading.type === 'measurement'
          ? [reading.quantity, reading.value]
          : [reading.moment, 'now'];
    const key = `${part} ${what}`;
    const before = heard.get(key);
    if (before === undefined && heard.size >= MAX_HEARD) continue;
    const isOther = before === undefined || before.value !== value || reading.type === 'moment';
    heard.set(key, {
      part,
      what,
      value,
      times: (before?.times ?? 0) + 1,
      changes: (before?.changes ?? 0) + (isOther ? 1 : 0),
    });
  }
  return [...heard.values()];
}

export class Inbox {
  /** Least recently heard first. */
  readonly #devices = new Map<string, InboxDevice>();
  /** The newest state of each part and property. */
  readonly #states = new Map<string, Map<string, StateReading>>();
  /** When a device has spoken itself; what a broker had stored is no sign of life. */
  readonly #spokeAt = new Map<string, number>();
  readonly #connections = new Map<string, 'online' | 'offline'>();
  #dropped = 0;

  /** Devices that had to make room for others since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#devices.size;
  }

  note(heard: Heard, profile: string, receivedAt: number, retained = false): void {
    const { device, described, readings } = heard;
    const known = this.#devices.get(device);
    const name = described?.name ?? known?.name;
    const model = described?.model ?? known?.model;
    const parts = new Set([...(known?.parts ?? []), ...(described?.parts ?? [])]);
    for (const { part } of readings) if (part !== 'online') parts.add(part);
    const telling = readings.findLast((reading) => reading.part !== 'online') ?? readings.at(-1);
    this.#devices.delete(device);
    this.#devices.set(device, {
      device,
      profile,
      ...(name === undefined ? {} : { name }),
      ...(model === undefined ? {} : { model }),
      parts: [...parts].slice(0, MAX_PARTS_SHOWN),
      firstHeardAt: known?.firstHeardAt ?? receivedAt,
      lastHeardAt: receivedAt,
      messages: (known?.messages ?? 0) + 1,
      last: telling === undefined ? (known?.last ?? '') : inWords(telling),
      heard: heardWith(known?.heard ?? [], readings),
    });
    const states = this.#states.get(device) ?? new Map<string, StateReading>();
    for (const reading of readings) {
      const key = `${reading.part} ${reading.type === 'state' ? reading.property : ''}`;
      if (reading.type === 'state' && reading.property !== 'online' && states.size < MAX_HEARD)
        states.set(key, reading);
    }
    this.#states.set(device, states);
    if (!retained && hasSpoken(heard)) this.#spokeAt.set(device, receivedAt);
    const word = connectionIn(heard);
    if (word !== undefined) this.#connections.set(device, word);
    if (this.#devices.size > MAX_INBOX_DEVICES) this.#dropLeastRecent();
  }

  get(device: string): InboxDevice | undefined {
    return this.#devices.get(device);
  }

  /** What was last said of the device's connection. */
  connection(device: string): 'online' | 'offline' | undefined {
    return this.#connections.get(device);
  }

  /** The newest state of each of its parts: once it is assigned, these need not be waited for. */
  states(device: string): StateReading[] {
    return [...(this.#states.get(device)?.values() ?? [])];
  }

  /** When it has spoken itself. */
  spokeAt(device: string): number | undefined {
    return this.#spokeAt.get(device);
  }

  remove(device: string): void {
    this.#devices.delete(device);
    this.#states.delete(device);
    this.#spokeAt.delete(device);
    this.#connections.delete(device);
  }

  /** Most recently heard first. */
  list(): InboxDevice[] {
    return [...this.#devices.values()].reverse();
  }

  #dropLeastRecent(): void {
    const [oldest] = this.#devices.keys();
    if (oldest === undefined) return;
    this.remove(oldest);
    this.#dropped++;
  }
}

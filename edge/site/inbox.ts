/** Devices that were heard and belong to nothing yet, for the installer to pick from. */
import { plausible } from '../../devices/profiles/capabilities.ts';
import type { Heard, Reading } from '../../devices/profiles/profile.ts';
import type { InboxDevice } from '../api/contract.ts';
import { connectionIn } from './device.ts';

/** A shop has tens of devices; a flood of invented names must not cost more than this. */
export const MAX_INBOX_DEVICES = 200;
const MAX_PARTS_SHOWN = 64;

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

export class Inbox {
  /** Least recently heard first. */
  readonly #devices = new Map<string, InboxDevice>();
  readonly #connections = new Map<string, 'online' | 'offline'>();
  #dropped = 0;

  /** Devices that had to make room for others since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#devices.size;
  }

  note(heard: Heard, profile: string, receivedAt: number): void {
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
    });
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

  remove(device: string): void {
    this.#devices.delete(device);
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

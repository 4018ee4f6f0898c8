/** One assigned device: who it is and which of its messages were seen. */
import type { Heard, StateReading } from '../../devices/profiles/profile.ts';
import { type Assignment, readingOf } from './assignments.ts';
import { type KeptDevice, MAX_BOOTS } from './kept.ts';

export type Device = KeptDevice;

export function newDevice(entry: Assignment): Device {
  return {
    device: entry.device,
    profile: entry.device.slice(0, entry.device.indexOf(':')),
    reading: readingOf(entry),
    silent: false,
    flagsBattery: false,
    boots: [],
  };
}

/** Takes a device's own number of a message. False: it was seen before. */
export function takeSequence(
  device: Device,
  { boot, sequence }: { boot: string; sequence: number },
): boolean {
  const known = device.boots.find((entry) => entry.boot === boot);
  if (known === undefined) {
    device.boots = [{ boot, sequence }, ...device.boots].slice(0, MAX_BOOTS);
    return true;
  }
  if (sequence <= known.sequence) return false;
  known.sequence = sequence;
  return true;
}

/** Whether the device is there, as far as it is known. */
export function presenceOf({ silent, said, heardAt }: Device): 'online' | 'offline' | undefined {
  if (silent || said === 'offline') return 'offline';
  return said === 'online' || heardAt !== undefined ? 'online' : undefined;
}

/** What a message says of the connection itself. */
export const connectionIn = (heard: Heard): 'online' | 'offline' | undefined => {
  const word = heard.readings.findLast(
    (reading): reading is StateReading => reading.type === 'state' && reading.property === 'online',
  );
  return word?.value === 'online' || word?.value === 'offline' ? word.value : undefined;
};

/**
 * Whether a bridge has only said again what it remembers of the device, as zigbee2mqtt does for all of them
 * when it starts: the time the device was seen has not moved. Whether that time is right does not matter.
 */
export function takeSeenAt(device: Device, { seenAt, deviceSequence }: Heard): boolean {
  if (seenAt === undefined || deviceSequence !== undefined) return false;
  const isRemembered = device.seenAt === seenAt;
  device.seenAt = seenAt;
  return isRemembered;
}

/** Whether the message holds more than a word about the connection. */
export const hasSpoken = (heard: Heard): boolean =>
  heard.readings.some((reading) => reading.type !== 'state' || reading.property !== 'online');

/** Takes over what the message tells about the device itself. True: something is new. */
export function takeDescription(device: Device, heard: Heard, profile: string): boolean {
  const name = heard.described?.name ?? device.name;
  const model = heard.described?.model ?? device.model;
  const tellsBattery = heard.readings.some(
    (reading) => reading.type === 'state' && reading.property === 'battery',
  );
  const flagsBattery = device.flagsBattery || tellsBattery;
  const isSame =
    name === device.name &&
    model === device.model &&
    profile === device.profile &&
    flagsBattery === device.flagsBattery;
  if (isSame) return false;
  if (name !== undefined) device.name = name;
  if (model !== undefined) device.model = model;
  device.profile = profile;
  device.flagsBattery = flagsBattery;
  return true;
}

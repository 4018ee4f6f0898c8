/** Puts the site's state back as the last commit left it. */
import type { Registry } from '../../devices/model/registry.ts';
import { type Assignment, assetFor, assignment, assignmentProblems, readingOf } from './assignments.ts';
import { type Device, newDevice } from './device.ts';
import type { Facts } from './facts.ts';
import { keptDevice, keptEntries, keptMeasurement, keptState } from './kept.ts';

export interface Restored {
  assignments: Map<string, Assignment>;
  devices: Map<string, Device>;
  /** Keys that can't be read or speak of what is no longer assigned or is now read differently. */
  obsolete: string[];
}

export function restore(
  kept: ReadonlyMap<string, unknown>,
  configured: readonly Assignment[],
  registry: Registry,
  siteId: string,
  facts: Facts,
): Restored {
  const assigned = keptEntries(kept, 'assignment', assignment);
  const known = keptEntries(kept, 'device', keptDevice);
  const states = keptEntries(kept, 'state', keptState);
  const measurements = keptEntries(kept, 'measurement', keptMeasurement);
  const obsolete = [assigned, known, states, measurements].flatMap(({ unreadable }) => unreadable);

  const assignments = new Map(configured.map((entry) => [entry.device, entry]));
  for (const [, entry] of assigned.readable) {
    // An asset may have left the registry since: then the configuration's word holds, if it has one.
    if (assignmentProblems([entry], registry, siteId).length === 0) assignments.set(entry.device, entry);
  }
  const devices = new Map([...assignments].map(([name, entry]) => [name, newDevice(entry)]));
  const readDifferently = new Set<string>();
  for (const [key, device] of known.readable) {
    const entry = assignments.get(device.device);
    if (entry === undefined) obsolete.push(key);
    else {
      const reading = readingOf(entry);
      if (device.reading !== reading) readDifferently.add(device.device);
      devices.set(device.device, { ...device, reading });
    }
  }
  const assetNow = (device: string, part: string, property: string): string | undefined => {
    const entry = assignments.get(device);
    return entry === undefined || readDifferently.has(device) ? undefined : assetFor(entry, part, property);
  };
  for (const [key, { since, ...state }] of states.readable) {
    const asset = assetNow(state.device, state.part, state.property);
    if (asset === undefined) obsolete.push(key);
    else facts.put({ type: 'state', ...state, asset, since, seenAt: since });
  }
  for (const [key, { quantity, at, ...rest }] of measurements.readable) {
    const asset = assetNow(rest.device, rest.part, quantity);
    if (asset === undefined) obsolete.push(key);
    else
      facts.put({
        type: 'measurement',
        ...rest,
        property: quantity,
        asset,
        toldValue: rest.value,
        since: at,
        seenAt: at,
        // It is kept now and then only: what was told last may be newer.
        toldAt: Number.NEGATIVE_INFINITY,
        keptAt: at,
      });
  }
  return { assignments, devices, obsolete };
}

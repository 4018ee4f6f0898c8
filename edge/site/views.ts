/** What pages and commands ask of the site's state. */
import type { CommandAction } from '../../devices/model/command.ts';
import type { SiteDevice } from '../api/contract.ts';
import { type Assignment, assetOf, declaredOf } from './assignments.ts';
import { type Device, presenceOf } from './device.ts';
import type { AssetFact, Facts } from './facts.ts';
import { commanded, isSignal } from './properties.ts';

/** The part of a device at which badges are presented. */
const BADGE_PART = 'badge';

/** A part that can carry out a command. */
export interface CommandTarget {
  device: string;
  part: string;
  /** It is wired the other way round. */
  inverted: boolean;
  /** The part has told its state; otherwise it is only likely, by its name and its assignment. */
  heard: boolean;
}

/**
 * Everything that is known of an asset. `online` is offline when one of its devices is.
 * @param devices those that serve it
 */
export function factsAbout(asset: string, facts: Facts, devices: readonly Device[]): AssetFact[] {
  const about = facts.about(asset);
  const serving = devices.filter((device) => presenceOf(device) !== undefined);
  const telling = serving.find((device) => presenceOf(device) === 'offline') ?? serving[0];
  if (telling === undefined) return about;
  const seenAt = Math.max(...serving.map(({ heardAt, toldAt }) => heardAt ?? toldAt ?? 0));
  const value = presenceOf(telling) ?? 'offline';
  return [...about, { property: 'online', value, since: telling.toldAt ?? seenAt, seenAt }];
}

export function deviceView(device: Device, entry: Assignment | undefined, facts: Facts): SiteDevice {
  const known = facts.ofDevice(device.device);
  const battery = known.find((fact) => fact.type === 'measurement' && fact.property === 'battery');
  const assigned = new Map(Object.entries(entry?.assets ?? {}));
  for (const { part, asset } of known) assigned.set(part, asset);
  if (assigned.size === 0 && entry?.asset !== undefined) assigned.set('', entry.asset);
  return {
    device: device.device,
    name: entry?.name ?? device.name ?? device.device,
    profile: device.profile,
    online: presenceOf(device) === 'online',
    ...(device.heardAt === undefined ? {} : { lastHeardAt: device.heardAt }),
    ...(battery?.type === 'measurement' ? { battery: battery.value } : {}),
    assets: [...assigned].map(([part, asset]) => ({ part, asset })),
  };
}

/**
 * The parts that can carry out a command on an asset: those that have told such a state, else the likely ones.
 * @param serving the assignments that name it
 */
export function commandTargets(
  asset: string,
  action: CommandAction,
  facts: Facts,
  serving: readonly Assignment[],
): CommandTarget[] {
  if (isSignal(action))
    return serving.flatMap((entry) =>
      assetOf(entry, BADGE_PART) === asset
        ? [{ device: entry.device, part: BADGE_PART, inverted: false, heard: true }]
        : [],
    );
  const property = commanded(action);
  if (property === undefined) return [];
  const target = (device: string, part: string, heard: boolean): CommandTarget => ({
    device,
    part,
    inverted: serving.find((entry) => entry.device === device)?.invert.includes(part) === true,
    heard,
  });
  const told = facts.ofAsset(asset).filter((fact) => fact.type === 'state' && fact.property === property);
  if (told.length > 0) return told.map(({ device, part }) => target(device, part, true));
  return serving.flatMap((entry) => {
    const tellsOtherwise = new Set(facts.ofDevice(entry.device).map(({ part }) => part));
    const likely = [...Object.keys(entry.assets), ...Object.keys(entry.treatAs), property].filter((part) => {
      const declared = declaredOf(entry, part);
      return (
        assetOf(entry, part) === asset &&
        !tellsOtherwise.has(part) &&
        (declared === undefined || declared === property)
      );
    });
    return [...new Set(likely)].map((part) => target(entry.device, part, false));
  });
}

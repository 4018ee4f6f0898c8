/** What a device's properties mean to a site: the observations that their changes are, and how they add up. */
import type { AssetKind } from '../../devices/model/asset.ts';
import type { CommandAction } from '../../devices/model/command.ts';
import type { ObservationKind } from '../../devices/model/observation.ts';
import type { MeasurementReading, StateReading } from '../../devices/profiles/profile.ts';

/** A device's properties, and `exit`: a button that an assignment has declared a request to exit. */
export type Property = StateReading['property'] | 'exit';
export type PropertyValue = StateReading['value'];

interface PropertyMeaning {
  /** The observation that a change to this value is. */
  edges: Partial<Record<PropertyValue, ObservationKind>>;
  /**
   * Where several devices tell the same property of one asset (two contacts on a double door), the first of
   * these that any of them tells is the asset's, and only its change is an observation. Absent: each
   * device's change is one of its own.
   */
  strongest?: readonly PropertyValue[];
}

export const properties: Readonly<Record<Property, PropertyMeaning>> = {
  contact: { edges: { open: 'door.opened', closed: 'door.closed' }, strongest: ['open', 'closed'] },
  motion: { edges: { active: 'motion.started', clear: 'motion.stopped' }, strongest: ['active', 'clear'] },
  tamper: { edges: { active: 'tamper.started', clear: 'tamper.stopped' }, strongest: ['active', 'clear'] },
  lock: {
    edges: { locked: 'lock.locked', unlocked: 'lock.unlocked', jammed: 'lock.jammed' },
    strongest: ['jammed', 'unlocked', 'locked'],
  },
  siren: { edges: { on: 'siren.started', off: 'siren.stopped' }, strongest: ['on', 'off'] },
  picture: {
    edges: { obscured: 'camera.obscured', visible: 'camera.restored' },
    strongest: ['obscured', 'visible'],
  },
  power: {
    edges: { failed: 'power.failed', present: 'power.restored' },
    strongest: ['failed', 'present'],
  },
  // Each part of a device has a fault of its own: paper and head of a printer are two.
  fault: { edges: { active: 'fault.started', clear: 'fault.stopped' } },
  geofence: { edges: { outside: 'zone.left', inside: 'zone.entered' } },
  // Each region that is watched and each input is a thing of its own.
  field: { edges: { active: 'field.entered', clear: 'field.left' } },
  input: { edges: { active: 'input.activated', clear: 'input.deactivated' } },
  signal: { edges: { lost: 'signal.lost', present: 'signal.restored' }, strongest: ['lost', 'present'] },
  storage: {
    edges: { failed: 'camera.storage-failed', working: 'camera.storage-restored' },
    strongest: ['failed', 'working'],
  },
  role: { edges: { failed: 'camera.role-failed', working: 'camera.role-restored' } },
  clock: { edges: { wrong: 'camera.clock-wrong', right: 'camera.clock-corrected' } },
  'door-alarm': { edges: { active: 'door.alarm-started', clear: 'door.alarm-stopped' } },
  battery: { edges: { low: 'battery.low', normal: 'battery.normal' } },
  online: { edges: { online: 'device.online', offline: 'device.offline' } },
  exit: { edges: { active: 'exit.requested' } },
};

export const measured: Readonly<Record<MeasurementReading['quantity'], ObservationKind>> = {
  temperature: 'temperature.measured',
  humidity: 'humidity.measured',
  battery: 'battery.measured',
  power: 'power.measured',
  energy: 'energy.measured',
  voltage: 'voltage.measured',
  current: 'current.measured',
  frequency: 'frequency.measured',
  load: 'load.measured',
  weight: 'weight.measured',
  setting: 'setting.reported',
};

/**
 * Smaller changes than these, in the quantity's unit, are told no sooner than a value that stays the same: the mains
 * is never still, and a meter on it would fill the outbox. What goods depend on is told as it is measured.
 */
export const toldFrom: Readonly<Partial<Record<MeasurementReading['quantity'], number>>> = {
  power: 20,
  energy: 0.1,
  voltage: 3,
  current: 0.2,
  frequency: 0.2,
  load: 2,
};

/** What a part with two states may stand for; an input or a relay can't know what it is wired to. */
export const meanings = [
  'contact',
  'motion',
  'tamper',
  'lock',
  'siren',
  'exit',
  'power',
  'fault',
  'input',
] as const;
export type Meaning = (typeof meanings)[number];

const pairs: Readonly<Record<Meaning, { active: PropertyValue; rest: PropertyValue }>> = {
  contact: { active: 'open', rest: 'closed' },
  motion: { active: 'active', rest: 'clear' },
  tamper: { active: 'active', rest: 'clear' },
  lock: { active: 'unlocked', rest: 'locked' },
  siren: { active: 'on', rest: 'off' },
  exit: { active: 'active', rest: 'clear' },
  power: { active: 'failed', rest: 'present' },
  fault: { active: 'active', rest: 'clear' },
  input: { active: 'active', rest: 'clear' },
};

const isMeaning = (property: Property): property is Meaning =>
  meanings.some((meaning) => meaning === property);

/** What an asset's kind says about a part that nobody has declared: a relay on a door is its strike. */
export function meaningFor(property: Property, kind: AssetKind | undefined): Property {
  if (property === 'siren' && (kind === 'lock' || kind === 'door')) return 'lock';
  if (property === 'contact' && kind === 'motion-sensor') return 'motion';
  return property;
}

/**
 * A state as the assignment wants it read. Inverting turns round what has two sides; what has a third (a
 * jammed lock) keeps it.
 */
export function translated(
  told: { property: Property; value: PropertyValue },
  as: Property,
  inverted: boolean,
): { property: Property; value: PropertyValue } {
  if (!isMeaning(told.property) || !isMeaning(as)) return told;
  const from = pairs[told.property];
  const isActive = told.value === from.active;
  if (!isActive && told.value !== from.rest) return told;
  const to = pairs[as];
  return { property: as, value: isActive !== inverted ? to.active : to.rest };
}

/** The property that a command changes, by which it finds its part and is confirmed. */
export function commanded(action: CommandAction): 'lock' | 'siren' | undefined {
  if (action === 'lock.lock' || action === 'lock.unlock') return 'lock';
  return isForCamera(action) || isSignal(action) || isForPeople(action) ? undefined : 'siren';
}

/** What a camera's own driver does and proves. */
type ForCamera = 'picture.take' | 'camera.go-to-preset';
const isForCamera = (action: CommandAction): action is ForCamera =>
  action === 'picture.take' || action === 'camera.go-to-preset';

/** What a reader shows a person at it. */
type Signal = 'reader.granted' | 'reader.denied' | 'reader.waiting';
export const isSignal = (action: CommandAction): action is Signal => action.startsWith('reader.');

/** What the site's page shows people. */
const isForPeople = (action: CommandAction): action is 'page.notice' => action === 'page.notice';

const opposites: Readonly<Record<Exclude<CommandAction, ForCamera | Signal | 'page.notice'>, CommandAction>> =
  {
    'lock.lock': 'lock.unlock',
    'lock.unlock': 'lock.lock',
    'siren.on': 'siren.off',
    'siren.off': 'siren.on',
    'buzzer.on': 'buzzer.off',
    'buzzer.off': 'buzzer.on',
  };

/** The command for a part that is wired the other way round. */
export const inverse = (action: CommandAction): CommandAction =>
  isForCamera(action) || isSignal(action) || isForPeople(action) ? action : opposites[action];

/** At or below this a battery is low; it is normal again only once clearly above, so that it does not flutter. */
export const BATTERY_LOW_PERCENT = 15;
export const BATTERY_NORMAL_PERCENT = 25;

/** What a battery's level says of its state; undefined in between, where it stays what it was. */
export function batteryStateAt(percent: number): 'low' | 'normal' | undefined {
  if (percent <= BATTERY_LOW_PERCENT) return 'low';
  return percent >= BATTERY_NORMAL_PERCENT ? 'normal' : undefined;
}

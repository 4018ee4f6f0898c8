import type { Command } from '../model/command.ts';
import type { Facts, Observables, Subjects } from '../model/observation.ts';

/** `<profile>:<the device's own unchanging name>`, e.g. `zigbee2mqtt:0x00158d0004a1b2c3`. */
export type DeviceAddress = string;

/** Lasting properties of devices. */
export const properties = [
  'contact',
  'motion',
  'tamper',
  'lock',
  'siren',
  'online',
  'battery',
  'picture',
  // The mains supply as a UPS or a meter sees it.
  'power',
  // The device says of itself that it can't do its work.
  'fault',
  // Where a vehicle is; the gateway decides it from positions, no device does.
  'geofence',
  // A region that a camera watches: somebody is in it.
  'field',
  // The video signal of a camera's lens.
  'signal',
  // An input of which nobody has said what it is wired to.
  'input',
  // What a camera or recorder records on.
  'storage',
  // One of the things a camera does: events, snapshot, stream. Each has a health of its own.
  'role',
  'clock',
  // A door controller's own alarm: forced, open for too long.
  'door-alarm',
] as const;

/** What a property can be; each has two or three of them. */
export const stateValues = [
  'open',
  'closed',
  'active',
  'clear',
  'locked',
  'unlocked',
  'jammed',
  'on',
  'off',
  'online',
  'offline',
  'low',
  'normal',
  'obscured',
  'visible',
  'present',
  'failed',
  'inside',
  'outside',
  'lost',
  'working',
  'wrong',
  'right',
] as const;

/**
 * A lasting property of a device and one of its values. The gateway compares each reading with the last
 * one: only a difference is an observation, and a retained message never is.
 */
export interface StateReading {
  type: 'state';
  /** Which part of the device, where it has several alike (`input:0`); the property's name otherwise. */
  part: string;
  property: (typeof properties)[number];
  value: (typeof stateValues)[number];
  /** What belongs to the observation, should this be one: why a picture is obscured. */
  facts?: Facts;
}

/**
 * `temperature` °C, `humidity` % relative, `battery` %, `power` W, `energy` kWh (a counter that grows), `voltage` V,
 * `current` A, `frequency` Hz, `load` % of what a device can bear, `weight` kg; `setting`: what a device was told to do
 * (a set point, a limit), a bare number in the device's own unit.
 */
export const quantities = [
  'temperature',
  'humidity',
  'battery',
  'power',
  'energy',
  'voltage',
  'current',
  'frequency',
  'load',
  'weight',
  'setting',
] as const;
export type Quantity = (typeof quantities)[number];

/** A number with a unit. */
export interface MeasurementReading {
  type: 'measurement';
  part: string;
  quantity: Quantity;
  value: number;
}

/** Something that happens and is over: never taken from a retained message. */
export interface MomentReading {
  type: 'moment';
  part: string;
  moment:
    | 'badge-presented'
    | 'exit-requested'
    | 'button-pressed'
    | 'code-entered'
    // A barcode was read: what it says is in `facts`.
    | 'item-scanned'
    // A camera has recognised something: what and where is in `facts`.
    | 'object-detected'
    // What a camera raises: a line was crossed, somebody failed to log in at it, it has started anew, it is another one.
    | 'line-crossed'
    | 'login-failed'
    | 'restarted'
    | 'replaced'
    // Somebody has opened a door under threat, as the door's controller says.
    | 'duress';
  subjects?: Subjects;
  observables?: Observables;
  /** What was typed at a keypad: it goes to the panel, is compared, and is recorded nowhere. */
  code?: string;
  facts?: Facts;
}

/** Where something that moves is (WGS 84). Never taken from a retained message. */
export interface PositionReading {
  type: 'position';
  part: string;
  /** Degrees, north and east positive. */
  latitude: number;
  longitude: number;
  speedKmh?: number;
  /** How far the true place may be from this one. */
  accuracyM?: number;
}

export type Reading = StateReading | MeasurementReading | MomentReading | PositionReading;

/** One MQTT message, as taken at the wall. */
export interface DeviceMessage {
  topic: string;
  payload: Uint8Array;
  /** State at connection, not news. */
  retained: boolean;
  receivedAt: number;
}

/** What a profile made of a message, about one device. */
export interface Heard {
  device: DeviceAddress;
  /** Name, model and parts as far as the device told, for the inbox of unassigned devices. */
  described?: { name?: string; model?: string; parts?: string[] };
  /** When the device itself says it was seen, in ms; absent for most. */
  seenAt?: number;
  /** Number that the device gave the message, where it repeats one until it is acknowledged. */
  deviceSequence?: { boot: string; sequence: number };
  readings: Reading[];
}

/**
 * What to do with a message: facts heard, or the reason why it can't be read (it goes to quarantine). Where
 * one field is unreadable and another is not, the readable is heard and `partly` says what was left out: a
 * door must not go unheard because its thermometer broke.
 */
export type ProfileResult =
  | { heard: Heard[]; partly?: string; ask?: OutgoingMessage }
  // `ask`: a question to the device that would make its messages readable again.
  | { refused: string; ask?: OutgoingMessage };

export interface OutgoingMessage {
  topic: string;
  payload: string | Uint8Array;
}

/**
 * A recorded message and what must come of it. `after` runs first, in order, against the same memory. All are
 * received at 1,700,000,000,000 ms.
 */
export interface ProfileSample {
  name: string;
  after?: { topic: string; payload: string | Uint8Array; retained?: boolean }[];
  topic: string;
  payload: string | Uint8Array;
  retained?: boolean;
  expect: ProfileResult;
}

/**
 * How a family of devices speaks. Pure but for its own memory (discovery documents, partial states),
 * which is rebuilt from retained messages after a restart and bounded by MAX_DEVICES_PER_PROFILE.
 */
export interface Profile<Memory = unknown> {
  readonly name: string;
  readonly title: string;
  /** MQTT filters of the messages it can read. */
  readonly filters: readonly string[];
  /** A device that says nothing for this long is silent, unless its assignment says otherwise. */
  readonly superviseMs: number;
  memory(): Memory;
  read(message: DeviceMessage, memory: Memory): ProfileResult;
  /** The message that carries out a command on a part of a device, or nothing where it can't. */
  command?(
    device: DeviceAddress,
    part: string,
    action: Command['action'],
    memory: Memory,
  ): OutgoingMessage | undefined;
  readonly samples: readonly ProfileSample[];
}

/** A profile remembers at most this many devices; the site is a shop, not a city. */
export const MAX_DEVICES_PER_PROFILE = 2_000;

/**
 * ESPHome with its `mqtt:` component. The prefix is the device's name unless `topic_prefix` says otherwise.
 *
 * - `<prefix>/status`: `online` (birth) | `offline` (last will), retained
 * - `<prefix>/binary_sensor/<name>/state`: `ON` | `OFF`, retained by default, as all states are
 * - `<prefix>/sensor/<name>/state`: `4.8`; `nan` while the sensor can't be read
 * - `<prefix>/lock/<name>/state`: `LOCKED` | `UNLOCKED` | `JAMMED` | `LOCKING` | `UNLOCKING` | `NONE`
 * - `<prefix>/switch/<name>/state`: `ON` | `OFF`
 * - `<prefix>/text_sensor/badge/state`: a badge's number (any name with badge, tag, rfid or nfc in it)
 * - `…/command` beside a lock's or a switch's state
 *
 * The topics carry no unit and no class: both follow from the name. Where a name says nothing, a binary
 * sensor is a contact (on: open), and its assignment may give it another meaning.
 *
 * Source: ESPHome's documentation of the MQTT client component.
 */
import {
  badge,
  batteryPercent,
  batteryState,
  type Capability,
  contact,
  Findings,
  humidity,
  lock,
  motion,
  online,
  relay,
  tamper,
  temperature,
  WATCHED_BY_LAST_WILL,
} from './capabilities.ts';
import { BoundedMap, tooMany } from './memory.ts';
import { isDeviceName, quote, textOf } from './payload.ts';
import type { Profile, ProfileResult } from './profile.ts';

const NAME = 'esphome';

/** All states are sent anew after each (re)connection, the last badge among them: for this long it is no news. */
export const RESENT_AFTER_BIRTH_MS = 10_000;
/** Different readers on one device, at most; more is a device gone wrong. */
const MAX_BADGE_READERS = 16;

interface Connected {
  bornAt: number;
  /** It has told a state: only then is `<prefix>/status`, which others use too, known to be an ESPHome's. */
  isKnown: boolean;
  /** What the status said before that. */
  word?: 'online' | 'offline';
  /** The last badge of each reader. */
  badges: BoundedMap<string>;
  /** What can be commanded, and how: the topics of a lock and of a relay differ. */
  outputs: BoundedMap<'lock' | 'switch'>;
}
type Memory = BoundedMap<Connected>;
const MAX_OUTPUTS = 32;

const stateShape = /^([^/]+)\/(binary_sensor|sensor|lock|switch|text_sensor)\/([^/]+)\/state$/;

/** Whether a topic has the shape of an ESPHome state. */
export const isEsphomeTopic = (topic: string): boolean => stateShape.test(topic);

const on = { active: ['ON'], clear: ['OFF'] };
const binaryMeanings: readonly (readonly [RegExp, Capability])[] = [
  [/tamper|sabotage/i, tamper(on)],
  [/motion|pir|occupancy|presence|radar/i, motion(on)],
  [/battery/i, batteryState({ low: ['ON'], normal: ['OFF'] })],
  [/./, contact({ open: ['ON'], closed: ['OFF'] })],
];
const sensorMeanings: readonly (readonly [RegExp, Capability])[] = [
  [/voltage|current|power|signal|uptime|target|setpoint/i, () => {}],
  [/temp/i, temperature()],
  [/humid/i, humidity()],
  [/battery/i, batteryPercent()],
];
const bolt = lock({ locked: ['LOCKED'], unlocked: ['UNLOCKED', 'OPEN'], jammed: ['JAMMED'] });
const output = relay({ on: ['ON'], off: ['OFF'] });
const readBadge = badge();
const connection = online({ online: ['online'], offline: ['offline'] });

/** The states a lock passes through; it is where it was until it arrives. */
const onTheWay = new Set(['LOCKING', 'UNLOCKING', 'OPENING', 'NONE']);

const meaningOf = (
  meanings: readonly (readonly [RegExp, Capability])[],
  name: string,
): Capability | undefined => meanings.find(([shape]) => shape.test(name))?.[1];

function readState(
  kind: string,
  name: string,
  text: string,
  at: { receivedAt: number; retained: boolean },
  known: Connected,
  into: Findings,
): void {
  const where = `${kind}/${name}`;
  if (kind === 'binary_sensor') meaningOf(binaryMeanings, name)?.(text, name, where, into);
  else if (kind === 'sensor') meaningOf(sensorMeanings, name)?.(text, name, where, into);
  else if (kind === 'switch') {
    known.outputs.set(name, 'switch');
    output(text, name, where, into);
  } else if (kind === 'lock') {
    known.outputs.set(name, 'lock');
    if (!onTheWay.has(text)) bolt(text, name, where, into);
  } else if (/badge|tag|rfid|nfc|card/i.test(name)) {
    const again = known.badges.get(name) === text && at.receivedAt - known.bornAt < RESENT_AFTER_BIRTH_MS;
    if (!known.badges.set(name, text)) into.refuse(where, `more than ${MAX_BADGE_READERS} readers`);
    else if (!again) readBadge(text, name, where, into);
  }
}

function read(
  topic: string,
  payload: Uint8Array,
  at: { receivedAt: number; retained: boolean },
  memory: Memory,
): ProfileResult {
  const [, statePrefix, kind, name] = stateShape.exec(topic) ?? [];
  const prefix = statePrefix ?? (topic.endsWith('/status') ? topic.slice(0, -'/status'.length) : undefined);
  if (prefix === undefined || payload.byteLength === 0) return { heard: [] };
  const text = textOf(payload);
  if ('refused' in text) return kind === undefined ? { heard: [] } : text;
  // `<something>/status` is a common topic: only these two words make it an ESPHome's (and never the hub's own).
  if (kind === undefined && text.value !== 'online' && text.value !== 'offline') return { heard: [] };
  if (prefix === 'homeassistant') return { heard: [] };
  if (!isDeviceName(prefix)) return { refused: `topic: ${quote(prefix)} is no name of a device` };
  const device = `${NAME}:${prefix}`;
  const known = memory.get(device) ?? {
    bornAt: Number.NEGATIVE_INFINITY,
    isKnown: false,
    badges: new BoundedMap<string>(MAX_BADGE_READERS),
    outputs: new BoundedMap<'lock' | 'switch'>(MAX_OUTPUTS),
  };
  if (!memory.set(device, known)) return { refused: tooMany('ESPHome devices') };
  const findings = new Findings();
  if (kind !== undefined && name !== undefined) {
    if (!isDeviceName(name)) return { refused: `topic: ${quote(name)} is no name of a part` };
    // A state that comes now is itself better news than a will from before.
    const isWordStill = known.word === 'online' || at.retained;
    if (!known.isKnown && isWordStill) connection(known.word, 'online', 'status', findings);
    known.isKnown = true;
    readState(kind, name, text.value, at, known, findings);
  } else {
    known.word = text.value === 'online' ? 'online' : 'offline';
    if (known.word === 'online' && !at.retained) known.bornAt = at.receivedAt;
    if (!known.isKnown) return { heard: [] };
    connection(known.word, 'online', 'status', findings);
  }
  return findings.result(device);
}

const door = 'esphome:back-door';

export const esphome: Profile<Memory> = {
  name: NAME,
  title: 'ESPHome',
  filters: [
    '+/status',
    '+/binary_sensor/+/state',
    '+/sensor/+/state',
    '+/lock/+/state',
    '+/switch/+/state',
    '+/text_sensor/+/state',
  ],
  superviseMs: WATCHED_BY_LAST_WILL,
  memory: () => new BoundedMap<Connected>(),
  read: ({ topic, payload, receivedAt, retained }, memory) =>
    read(topic, payload, { receivedAt, retained }, memory),
  command(device, part, action, memory) {
    const prefix = device.slice(NAME.length + 1);
    const output = memory.get(device)?.outputs.get(part);
    if (output === undefined) return undefined;
    if (output === 'lock') {
      const word = action === 'lock.lock' ? 'LOCK' : action === 'lock.unlock' ? 'UNLOCK' : undefined;
      return word === undefined ? undefined : { topic: `${prefix}/lock/${part}/command`, payload: word };
    }
    const isOn = action === 'siren.on' || action === 'buzzer.on' || action === 'lock.unlock';
    const isOff = action === 'siren.off' || action === 'buzzer.off' || action === 'lock.lock';
    if (!(isOn || isOff)) return undefined;
    return { topic: `${prefix}/switch/${part}/command`, payload: isOn ? 'ON' : 'OFF' };
  },
  samples: [
    {
      name: 'a door opens',
      topic: 'back-door/binary_sensor/door_contact/state',
      payload: 'ON',
      expect: {
        heard: [
          {
            device: door,
            readings: [{ type: 'state', part: 'door_contact', property: 'contact', value: 'open' }],
          },
        ],
      },
    },
    {
      name: 'somebody moves',
      topic: 'back-door/binary_sensor/hall_pir/state',
      payload: 'ON',
      expect: {
        heard: [
          {
            device: door,
            readings: [{ type: 'state', part: 'hall_pir', property: 'motion', value: 'active' }],
          },
        ],
      },
    },
    {
      name: 'the housing is opened',
      topic: 'back-door/binary_sensor/tamper/state',
      payload: 'ON',
      expect: {
        heard: [
          {
            device: door,
            readings: [{ type: 'state', part: 'tamper', property: 'tamper', value: 'active' }],
          },
        ],
      },
    },
    {
      name: 'a fridge is measured',
      topic: 'fridge/sensor/fridge_temperature/state',
      payload: '4.8',
      expect: {
        heard: [
          {
            device: 'esphome:fridge',
            readings: [
              { type: 'measurement', part: 'fridge_temperature', quantity: 'temperature', value: 4.8 },
            ],
          },
        ],
      },
    },
    {
      name: 'a sensor that cannot be read',
      topic: 'fridge/sensor/fridge_temperature/state',
      payload: 'nan',
      expect: { refused: 'sensor/fridge_temperature: "nan" is not a finite number' },
    },
    {
      name: 'a lock is locked',
      topic: 'back-door/lock/bolt/state',
      payload: 'LOCKED',
      expect: {
        heard: [
          { device: door, readings: [{ type: 'state', part: 'bolt', property: 'lock', value: 'locked' }] },
        ],
      },
    },
    {
      name: 'a lock on its way is where it was',
      topic: 'back-door/lock/bolt/state',
      payload: 'UNLOCKING',
      expect: { heard: [{ device: door, readings: [] }] },
    },
    {
      name: 'a badge is presented',
      topic: 'back-door/text_sensor/badge/state',
      payload: '04-A1-B2-C3',
      expect: {
        heard: [
          {
            device: door,
            readings: [
              {
                type: 'moment',
                part: 'badge',
                moment: 'badge-presented',
                subjects: { badge: '04-A1-B2-C3' },
              },
            ],
          },
        ],
      },
    },
    {
      name: 'the last badge, sent anew after a reconnection, is not presented again',
      after: [
        { topic: 'back-door/text_sensor/badge/state', payload: '04-A1-B2-C3', retained: true },
        { topic: 'back-door/status', payload: 'online' },
      ],
      topic: 'back-door/text_sensor/badge/state',
      payload: '04-A1-B2-C3',
      expect: { heard: [{ device: door, readings: [] }] },
    },
    {
      name: 'a siren behind a relay',
      topic: 'back-door/switch/siren/state',
      payload: 'ON',
      expect: {
        heard: [
          { device: door, readings: [{ type: 'state', part: 'siren', property: 'siren', value: 'on' }] },
        ],
      },
    },
    {
      name: 'the last will: the device is gone',
      after: [{ topic: 'back-door/binary_sensor/door_contact/state', payload: 'OFF' }],
      topic: 'back-door/status',
      payload: 'offline',
      expect: {
        heard: [
          {
            device: door,
            readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
          },
        ],
      },
    },
    {
      name: 'a birth, which comes before the first state',
      after: [{ topic: 'back-door/status', payload: 'online' }],
      topic: 'back-door/binary_sensor/door_contact/state',
      payload: 'OFF',
      expect: {
        heard: [
          {
            device: door,
            readings: [
              { type: 'state', part: 'online', property: 'online', value: 'online' },
              { type: 'state', part: 'door_contact', property: 'contact', value: 'closed' },
            ],
          },
        ],
      },
    },
    {
      name: "somebody else's status",
      topic: 'hub/status',
      payload: 'online',
      expect: { heard: [] },
    },
    {
      name: 'a status that is not a connection',
      topic: 'printer/status',
      payload: 'paper low',
      expect: { heard: [] },
    },
    {
      name: 'a number that is not about goods',
      topic: 'fridge/sensor/wifi_signal/state',
      payload: '-61',
      expect: { heard: [{ device: 'esphome:fridge', readings: [] }] },
    },
  ],
};

/**
 * zigbee2mqtt, base topic `zigbee2mqtt`. Devices are known by `ieee_address`; the friendly name, which
 * anybody may change at any time, is only where they speak.
 *
 * - `zigbee2mqtt/bridge/devices`, retained: every device with its name and what it exposes
 * - `zigbee2mqtt/bridge/state`, retained, last will: `{"state":"online"}`, before version 2 plain `online`
 * - `zigbee2mqtt/<name>`: JSON; the name may contain `/`. `contact: true` means closed
 * - `zigbee2mqtt/<name>/<attribute>`: one value, where the output is set to attributes
 * - `zigbee2mqtt/<name>/availability`: as bridge/state
 * - `zigbee2mqtt/<name>/set`: commands
 *
 * Source: zigbee2mqtt's guide, "MQTT topics and messages" and "Device availability".
 */
import {
  batteryPercent,
  batteryState,
  type Capability,
  contact,
  type FieldCapability,
  Findings,
  humidity,
  lock,
  motion,
  online,
  readFields,
  relay,
  tamper,
  temperature,
} from './capabilities.ts';
import {
  field,
  isDeviceName,
  isObject,
  type JsonObject,
  jsonOf,
  nameIn,
  objectOf,
  quote,
  textOf,
} from './payload.ts';
import { type Heard, MAX_DEVICES_PER_PROFILE, type Profile, type ProfileResult } from './profile.ts';
import { samples } from './zigbee2mqtt-samples.ts';

const NAME = 'zigbee2mqtt';
const BASE = 'zigbee2mqtt/';
/** The list of a large network with every device's definition: 200 devices take about 2 MB. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** Exposed features looked at, a device. */
const MAX_EXPOSES = 256;
/** Levels a friendly name may have. */
const MAX_NAME_LEVELS = 8;

const flag = { active: [true], clear: [false] };
const switched = relay({ on: ['ON', true], off: ['OFF', false] });
/** Blinds, valves and thermostats use the same names for words of their own. */
const onOff: Capability = (value, part, where, into) => {
  if (typeof value !== 'string' || value === 'ON' || value === 'OFF') switched(value, part, where, into);
};
const bolt = lock({ locked: ['LOCK', 'LOCKED'], unlocked: ['UNLOCK', 'UNLOCKED'] });
/** A lock, a plug and a relay all say `state`. */
const state: Capability = (value, part, where, into) => {
  const isLock = value === 'LOCK' || value === 'UNLOCK';
  if (isLock) bolt(value, 'lock', where, into);
  else onOff(value, part, where, into);
};

/** A button's action: `single`, `1_double`, `toggle`; empty when it is over. What it means its assignment says. */
const action: Capability = (value, part, where, into) => {
  if (value === null || value === '') return;
  if (typeof value !== 'string') into.refuse(where, `${quote(value)} is no action`);
  else if (!value.endsWith('release')) into.readings.push({ type: 'moment', part, moment: 'button-pressed' });
};

const fields: Readonly<Record<string, FieldCapability>> = {
  contact: { read: contact({ open: [false], closed: [true] }) },
  occupancy: { read: motion(flag), part: 'motion' },
  presence: { read: motion(flag), part: 'motion' },
  tamper: { read: tamper(flag) },
  lock_state: {
    read: lock({ locked: ['locked'], unlocked: ['unlocked'], jammed: ['not_fully_locked'] }),
    part: 'lock',
  },
  state: { read: state, part: 'state' },
  alarm: { read: onOff, part: 'siren' },
  action: { read: action },
  temperature: { read: temperature() },
  humidity: { read: humidity() },
  battery_low: { read: batteryState({ low: [true], normal: [false] }), part: 'battery' },
  battery: { read: batteryPercent() },
};

/** Devices with several alike add the endpoint: `state_left`, `temperature_2`, `contact_l1`. */
const endpointSuffix =
  /^(contact|occupancy|state|temperature|humidity)_(l?\d{1,2}|left|right|center|top|bottom)$/;

/** How a siren is commanded: Zigbee's own warning, or a switch of the vendor's. */
type Siren = { by: 'warning' } | { by: 'property'; property: string; on: unknown; off: unknown };

interface Device {
  ieee: string;
  /** What the gateway calls it. */
  address: string;
  name: string;
  model?: string;
  parts: string[];
  siren?: Siren;
}
interface Memory {
  byName: Map<string, Device>;
  byAddress: Map<string, Device>;
  /** Names of groups: they have no address and repeat what their members say. */
  groups: Set<string>;
  /** Devices that the bridge itself has called offline. */
  unavailable: Set<string>;
}

const isIeee = (text: unknown): text is string => typeof text === 'string' && /^0x[0-9a-f]{16}$/.test(text);

function fieldOf(key: string): FieldCapability | undefined {
  if (Object.hasOwn(fields, key)) return fields[key];
  const base = endpointSuffix.exec(key)?.[1];
  const known = base === undefined ? undefined : fields[base];
  return known === undefined ? undefined : { read: known.read, part: key };
}

const addressOf = (ieee: string): string => `${NAME}:${ieee}`;

function exposed(definition: unknown): JsonObject[] {
  const exposes = field(definition, 'exposes');
  if (!Array.isArray(exposes)) return [];
  return exposes
    .slice(0, MAX_EXPOSES)
    .flatMap((entry: unknown) => {
      const features = field(entry, 'features');
      return Array.isArray(features) ? [entry, ...features.slice(0, MAX_EXPOSES)] : [entry];
    })
    .filter(isObject);
}

function sirenIn(features: JsonObject[]): Siren | undefined {
  if (features.some((feature) => feature.property === 'warning')) return { by: 'warning' };
  const alarm = features.find((feature) => feature.property === 'alarm' && feature.type === 'binary');
  if (alarm === undefined) return undefined;
  return {
    by: 'property',
    property: 'alarm',
    on: alarm.value_on ?? true,
    off: alarm.value_off ?? false,
  };
}

function deviceIn(entry: unknown): Device | undefined {
  const ieee = field(entry, 'ieee_address');
  const name = field(entry, 'friendly_name');
  if (!isIeee(ieee) || !isDeviceName(name)) return undefined;
  const definition = field(entry, 'definition');
  const features = exposed(definition);
  const model = nameIn(definition, 'model');
  const siren = sirenIn(features);
  const properties = features.map((feature) => feature.property).filter((key) => typeof key === 'string');
  const parts = new Set(properties.flatMap((key) => fieldOf(key)?.part ?? (fieldOf(key) ? [key] : [])));
  if (features.some((feature) => feature.type === 'lock')) {
    parts.add('lock');
    parts.delete('state');
  }
  if (siren !== undefined) parts.add('siren');
  return {
    ieee,
    address: addressOf(ieee),
    name,
    parts: [...parts],
    ...(model === undefined ? {} : { model }),
    ...(siren === undefined ? {} : { siren }),
  };
}

function readList(payload: Uint8Array, memory: Memory): ProfileResult {
  const list = jsonOf(payload, MAX_LIST_BYTES);
  if ('refused' in list) return list;
  if (!Array.isArray(list.value)) return { refused: `bridge/devices: ${quote(list.value)} is no list` };
  if (list.value.length > MAX_DEVICES_PER_PROFILE)
    return {
      refused: `bridge/devices: ${list.value.length} devices, ${MAX_DEVICES_PER_PROFILE} are the most`,
    };
  const devices = list.value.map(deviceIn).filter((device) => device !== undefined);
  memory.byName = new Map(devices.map((device) => [device.name, device]));
  memory.byAddress = new Map(devices.map((device) => [device.ieee, device]));
  memory.unavailable = new Set([...memory.unavailable].filter((ieee) => memory.byAddress.has(ieee)));
  return {
    heard: devices
      .filter((device) => device.parts.length > 0)
      .map((device) => ({
        device: device.address,
        described: {
          name: device.name,
          ...(device.model === undefined ? {} : { model: device.model }),
          parts: device.parts,
        },
        readings: [],
      })),
  };
}

function readGroups(payload: Uint8Array, memory: Memory): ProfileResult {
  const list = jsonOf(payload, MAX_LIST_BYTES);
  if ('refused' in list) return list;
  if (!Array.isArray(list.value)) return { refused: `bridge/groups: ${quote(list.value)} is no list` };
  memory.groups = new Set(
    list.value
      .slice(0, MAX_DEVICES_PER_PROFILE)
      .map((group: unknown) => nameIn(group, 'friendly_name'))
      .filter((name) => name !== undefined),
  );
  return { heard: [] };
}

const connection = online({ online: ['online'], offline: ['offline'] });

/** Both forms: `{"state":"online"}` and plain `online`. */
function readConnection(payload: Uint8Array, where: string, into: Findings): void {
  const text = textOf(payload);
  if ('refused' in text) into.refuse(where, text.refused);
  else if (!text.value.startsWith('{')) connection(text.value, 'online', where, into);
  else {
    const document = objectOf(payload);
    if ('refused' in document) into.refuse(where, document.refused);
    else connection(document.value.state ?? '', 'online', where, into);
  }
}

/** When the bridge is gone, so is everything that speaks through it; what it called offline stays offline when it is back. */
function readBridgeState(payload: Uint8Array, memory: Memory): ProfileResult {
  const findings = new Findings();
  readConnection(payload, 'bridge/state', findings);
  const bridge = findings.result(`${NAME}:bridge`);
  if ('refused' in bridge) return bridge;
  const isBack = findings.readings.some((reading) => reading.type === 'state' && reading.value === 'online');
  const through = [...memory.byAddress.values()].filter(
    ({ ieee, parts }) => parts.length > 0 && !(isBack && memory.unavailable.has(ieee)),
  );
  const same = through.map((device): Heard => ({ device: device.address, readings: findings.readings }));
  return { heard: [...bridge.heard, ...same] };
}

function seenAtIn(document: JsonObject): number | undefined {
  const seen = document.last_seen;
  const at = typeof seen === 'number' ? seen : typeof seen === 'string' ? Date.parse(seen) : Number.NaN;
  return Number.isSafeInteger(at) && at > 0 ? at : undefined;
}

function readState(device: Device, payload: Uint8Array): ProfileResult {
  const document = objectOf(payload);
  if ('refused' in document) return document;
  const findings = new Findings();
  const locked = Object.hasOwn(document.value, 'lock_state');
  for (const [key, value] of Object.entries(document.value)) {
    const known = fieldOf(key);
    // `lock_state` is what the bolt does, `state` what it was told.
    if (known === undefined || (locked && key === 'state')) continue;
    known.read(value, known.part ?? key, key, findings);
  }
  const seenAt = seenAtIn(document.value);
  return findings.result(device.address, seenAt === undefined ? {} : { seenAt });
}

function readAttribute(device: Device, attribute: string, payload: Uint8Array): ProfileResult {
  const known = fieldOf(attribute);
  if (known === undefined) return { heard: [] };
  const text = textOf(payload);
  if ('refused' in text) return text;
  const word = text.value === 'true' ? true : text.value === 'false' ? false : text.value;
  const findings = new Findings();
  if (word !== 'null' && word !== '') readFields({ [attribute]: word }, { [attribute]: known }, findings);
  return findings.result(device.address);
}

/** A device under its name now, or under its address, which is the name of one that nobody has named. */
function deviceNamed(name: string, memory: Memory): Device | undefined {
  const known = memory.byName.get(name) ?? memory.byAddress.get(name);
  return known ?? (isIeee(name) ? { ieee: name, address: addressOf(name), name, parts: [] } : undefined);
}

function readDevice(rest: string, payload: Uint8Array, memory: Memory): ProfileResult {
  if (payload.byteLength === 0 || memory.groups.has(rest)) return { heard: [] };
  const whole = deviceNamed(rest, memory);
  if (whole !== undefined) return readState(whole, payload);
  const levels = rest.split('/');
  const last = levels.pop();
  const name = levels.join('/');
  const device = levels.length === 0 ? undefined : deviceNamed(name, memory);
  if (last === 'set' || last === 'get' || levels.includes('set') || levels.includes('get'))
    return { heard: [] };
  if (memory.groups.has(name)) return { heard: [] };
  if (device !== undefined && last === 'availability') {
    const findings = new Findings();
    readConnection(payload, 'availability', findings);
    for (const reading of findings.readings) {
      if (reading.type !== 'state') continue;
      if (reading.value === 'online') memory.unavailable.delete(device.ieee);
      else if (memory.byAddress.has(device.ieee)) memory.unavailable.add(device.ieee);
    }
    return findings.result(device.address);
  }
  if (device !== undefined && last !== undefined) return readAttribute(device, last, payload);
  if (levels.length > MAX_NAME_LEVELS)
    return { refused: `topic: more than ${MAX_NAME_LEVELS} levels in a name` };
  return memory.byName.size === 0
    ? { refused: `topic: ${quote(rest)} can't be told apart before zigbee2mqtt/bridge/devices is heard` }
    : { refused: `topic: there is no ${quote(rest)} in zigbee2mqtt/bridge/devices` };
}

function read(topic: string, payload: Uint8Array, memory: Memory): ProfileResult {
  if (!topic.startsWith(BASE)) return { heard: [] };
  const rest = topic.slice(BASE.length);
  if (!rest.startsWith('bridge/') && rest !== 'bridge') return readDevice(rest, payload, memory);
  if (payload.byteLength === 0) return { heard: [] };
  if (rest === 'bridge/devices') return readList(payload, memory);
  if (rest === 'bridge/groups') return readGroups(payload, memory);
  if (rest === 'bridge/state') return readBridgeState(payload, memory);
  return { heard: [] };
}

export const zigbee2mqtt: Profile<Memory> = {
  name: NAME,
  title: 'zigbee2mqtt',
  filters: ['zigbee2mqtt/#'],
  // Battery devices report every 50 minutes to 2 hours; zigbee2mqtt itself would wait 25 hours.
  superviseMs: 4 * 3_600_000,
  memory: () => ({ byName: new Map(), byAddress: new Map(), groups: new Set(), unavailable: new Set() }),
  read: ({ topic, payload }, memory) => read(topic, payload, memory),
  command(device, part, action, memory) {
    const target = memory.byAddress.get(device.slice(NAME.length + 1));
    if (target === undefined) return undefined;
    const set = (body: JsonObject) => ({ topic: `${BASE}${target.name}/set`, payload: JSON.stringify(body) });
    if (part === 'lock') {
      if (action === 'lock.lock') return set({ state: 'LOCK' });
      return action === 'lock.unlock' ? set({ state: 'UNLOCK' }) : undefined;
    }
    // A strike is driven by its relay: current on means unlocked. Invert it where it is held shut by current.
    const on = action === 'siren.on' || action === 'buzzer.on' || action === 'lock.unlock';
    const off = action === 'siren.off' || action === 'buzzer.off' || action === 'lock.lock';
    if (!(on || off)) return undefined;
    if (part.startsWith('state')) return set({ [part]: on ? 'ON' : 'OFF' });
    if (part !== 'siren' || target.siren === undefined) return undefined;
    const { siren } = target;
    return siren.by === 'property'
      ? set({ [siren.property]: on ? siren.on : siren.off })
      : set({
          warning: { mode: on ? 'burglar' : 'stop', level: 'very_high', strobe: on, duration: on ? 180 : 0 },
        });
  },
  samples,
};

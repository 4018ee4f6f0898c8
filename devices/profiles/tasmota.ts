/**
 * Tasmota, with the full topic `%prefix%/%topic%/` (the default) or `%topic%/%prefix%/`. A device is named by
 * its topic, which is unique on its broker.
 *
 * - `tele/<t>/LWT`: `Online` | `Offline`, retained, last will
 * - `tele/<t>/SENSOR`: `{"Time":…,"Switch1":"ON","DS18B20":{"Temperature":4.6},"TempUnit":"C"}`, each TelePeriod
 *   (300 s); a badge reader sends one of its own at each badge: `{"Time":…,"RDM6300":{"UID":"…"}}`
 * - `tele/<t>/STATE` and `stat/<t>/RESULT`: `{"POWER":"ON"}`, `{"POWER2":"OFF"}`
 * - `stat/<t>/RESULT` with SetOption114: `{"Switch1":{"Action":"ON"}}`
 * - `stat/<t>/POWER`, `stat/<t>/POWER2`: `ON` | `OFF`; `cmnd/<t>/POWER` commands it
 * - `tasmota/discovery/<mac>/config`, retained: names, model, the words in use
 *
 * `Time` has no zone and is not read. A switch that is ON means open; its assignment turns that round where
 * the contact is wired the other way. Source: Tasmota's documentation (MQTT, Commands, RDM6300, PN532, MFRC522).
 */
import {
  badge,
  type Capability,
  celsiusFromFahrenheit,
  contact,
  Findings,
  humidity,
  measurement,
  online,
  relay,
  temperature,
} from './capabilities.ts';
import { BoundedMap, tooMany } from './memory.ts';
import {
  field,
  isDeviceName,
  isObject,
  type JsonObject,
  nameIn,
  objectOf,
  quote,
  type Read,
  textOf,
} from './payload.ts';
import type { Heard, Profile, ProfileResult } from './profile.ts';
import { samples } from './tasmota-samples.ts';

const NAME = 'tasmota';
/** Sensors and switches in one message; an ESP32 has pins for far fewer. */
const MAX_KEYS = 128;
/** What a DS18B20 tells after power-on before it has measured anything; no fridge is at exactly this. */
const POWER_ON_CELSIUS = 85;

/** What a device's discovery document says. */
interface Discovered {
  mac: string;
  name?: string;
  model?: string;
  parts: string[];
  onlineWord: string;
  offlineWord: string;
  on: string;
  off: string;
  toggle: string;
}
type Words = Pick<Discovered, 'on' | 'off' | 'toggle'>;
interface Memory {
  /** By topic. */
  devices: BoundedMap<Discovered>;
  /** Devices whose full topic is `%topic%/%prefix%/`. */
  topicFirst: BoundedMap<true>;
}

const reportShape = /^(LWT|SENSOR|STATE|RESULT|POWER\d{0,2}|STATUS\d{0,2})$/;

interface Address {
  topic: string;
  report: string;
  topicFirst: boolean;
}

function addressOf(topic: string): Address | undefined {
  const [first, second, report, ...rest] = topic.split('/');
  if (first === undefined || second === undefined || report === undefined || rest.length > 0)
    return undefined;
  if (!reportShape.test(report)) return undefined;
  if (first === 'tele' || first === 'stat') return { topic: second, report, topicFirst: false };
  if (second === 'tele' || second === 'stat') return { topic: first, report, topicFirst: true };
  return undefined;
}

/** Whether a topic has the shape of a Tasmota's report. */
export const isTasmotaTopic = (topic: string): boolean => addressOf(topic) !== undefined;

const readHumidity = humidity();
const readBadge = badge();
const inCelsius = temperature();
const inFahrenheit = measurement('temperature', celsiusFromFahrenheit);
const readers = new Set(['RDM6300', 'RC522', 'PN532']);
/** What a push button adds to its toggle (SwitchMode 5 and others). */
const momentary = new Set<unknown>(['HOLD', 'INC_DEC', 'INV', 'CLEAR', 'POWER_INCREMENT']);
/** The chip's own thermometer is not the room's. */
const chip = 'ESP32';

function readSensors(document: JsonObject, words: Words, into: Findings): void {
  const readSwitch = contact({ open: [words.on], closed: [words.off] });
  const readTemperature: Capability = document.TempUnit === 'F' ? inFahrenheit : inCelsius;
  for (const [key, value] of Object.entries(document)) {
    if (/^Switch\d{1,2}$/.test(key)) {
      const action = isObject(value) ? field(value, 'Action') : value;
      if (action === words.toggle)
        into.readings.push({ type: 'moment', part: key, moment: 'button-pressed' });
      else if (!momentary.has(action)) readSwitch(action, key, key, into);
    } else if (readers.has(key)) {
      readBadge(field(value, 'UID'), key, `${key}.UID`, into);
    } else if (isObject(value) && key !== chip && isDeviceName(key)) {
      const degrees = field(value, 'Temperature');
      if (/^DS18/.test(key) && degrees === POWER_ON_CELSIUS)
        into.refuse(
          `${key}.Temperature`,
          `${POWER_ON_CELSIUS} °C is what this sensor tells before it has measured`,
        );
      else readTemperature(degrees, key, `${key}.Temperature`, into);
      readHumidity(field(value, 'Humidity'), key, `${key}.Humidity`, into);
    }
  }
}

function readPowers(document: JsonObject, words: Words, into: Findings): void {
  const readPower = relay({ on: [words.on], off: [words.off] });
  for (const [key, value] of Object.entries(document)) {
    if (/^POWER\d{0,2}$/.test(key)) readPower(value, key, key, into);
  }
}

/** The answers to `Status 10` and `Status 11` wrap what SENSOR and STATE say. */
const unwrapped = (document: JsonObject): JsonObject => {
  for (const wrapper of ['StatusSNS', 'StatusSTS']) {
    const inner = field(document, wrapper);
    if (isObject(inner)) return inner;
  }
  return document;
};

function readReport(address: Address, payload: Uint8Array, memory: Memory): ProfileResult {
  const { topic, report } = address;
  if (payload.byteLength === 0) return { heard: [] };
  if (!isDeviceName(topic)) return { refused: `topic: ${quote(topic)} is no name of a device` };
  if (address.topicFirst && !memory.topicFirst.set(topic, true))
    return { refused: tooMany('Tasmota devices') };
  const device = `${NAME}:${topic}`;
  const discovered = memory.devices.get(topic);
  const words = discovered ?? { on: 'ON', off: 'OFF', toggle: 'TOGGLE' };
  const findings = new Findings();
  if (report === 'LWT' || report.startsWith('POWER')) {
    const text = textOf(payload);
    if ('refused' in text) return text;
    if (report === 'LWT') {
      const { onlineWord = 'Online', offlineWord = 'Offline' } = discovered ?? {};
      online({ online: [onlineWord], offline: [offlineWord] })(text.value, 'online', report, findings);
    } else relay({ on: [words.on], off: [words.off] })(text.value, report, report, findings);
    return findings.result(device);
  }
  const document = objectOf(payload);
  if ('refused' in document) return document;
  const content = unwrapped(document.value);
  if (Object.keys(content).length > MAX_KEYS) return { refused: `more than ${MAX_KEYS} keys` };
  readPowers(content, words, findings);
  readSensors(content, words, findings);
  return findings.result(device);
}

const wordAt = (list: unknown, index: number, otherwise: string): string => {
  const word: unknown = Array.isArray(list) ? list[index] : undefined;
  return isDeviceName(word) ? word : otherwise;
};

function discoveredIn(mac: string, document: JsonObject): Read<{ topic: string; found: Discovered }> {
  const topic = field(document, 't');
  if (!isDeviceName(topic) || topic.includes('/')) return { refused: `t: ${quote(topic)} is no topic` };
  const relays = field(document, 'rl');
  const switches = field(document, 'swc');
  const numbers = (list: unknown, fits: (entry: unknown) => boolean): number[] =>
    Array.isArray(list)
      ? list.slice(0, MAX_KEYS).flatMap((entry: unknown, index) => (fits(entry) ? [index + 1] : []))
      : [];
  // 1 a relay, 2 a light, 3 a shutter; a switch without a mode (−1) does not exist.
  const powers = numbers(relays, (entry) => entry === 1);
  const parts = [
    ...powers.map((number) => (powers.length === 1 ? 'POWER' : `POWER${number}`)),
    ...numbers(switches, (entry) => typeof entry === 'number' && entry >= 0).map(
      (number) => `Switch${number}`,
    ),
  ];
  const name = nameIn(document, 'dn');
  const model = nameIn(document, 'md');
  const state = field(document, 'state');
  return {
    value: {
      topic,
      found: {
        mac,
        ...(name === undefined ? {} : { name }),
        ...(model === undefined ? {} : { model }),
        parts,
        onlineWord: nameIn(document, 'onln') ?? 'Online',
        offlineWord: nameIn(document, 'ofln') ?? 'Offline',
        on: wordAt(state, 1, 'ON'),
        off: wordAt(state, 0, 'OFF'),
        toggle: wordAt(state, 2, 'TOGGLE'),
      },
    },
  };
}

function readDiscovery(topic: string, payload: Uint8Array, memory: Memory): ProfileResult {
  const [, , mac, document, ...rest] = topic.split('/');
  if (mac === undefined || document !== 'config' || rest.length > 0) return { heard: [] };
  if (payload.byteLength === 0) {
    for (const [known, { mac: owner }] of memory.devices.entries())
      if (owner === mac) memory.devices.delete(known);
    return { heard: [] };
  }
  const json = objectOf(payload);
  if ('refused' in json) return json;
  const discovered = discoveredIn(mac, json.value);
  if ('refused' in discovered) return discovered;
  const { topic: name, found } = discovered.value;
  if (!memory.devices.set(name, found)) return { refused: tooMany('Tasmota devices') };
  const described: Heard['described'] = {
    ...(found.name === undefined ? {} : { name: found.name }),
    ...(found.model === undefined ? {} : { model: found.model }),
    parts: found.parts,
  };
  return { heard: [{ device: `${NAME}:${name}`, described, readings: [] }] };
}

function read(topic: string, payload: Uint8Array, memory: Memory): ProfileResult {
  if (topic.startsWith('tasmota/discovery/')) return readDiscovery(topic, payload, memory);
  const address = addressOf(topic);
  return address === undefined ? { heard: [] } : readReport(address, payload, memory);
}

export const tasmota: Profile<Memory> = {
  name: NAME,
  title: 'Tasmota',
  filters: ['tele/+/+', 'stat/+/+', '+/tele/+', '+/stat/+', 'tasmota/discovery/#'],
  // Three telemetry periods of 300 s and a little.
  superviseMs: 16 * 60_000,
  memory: () => ({ devices: new BoundedMap<Discovered>(), topicFirst: new BoundedMap<true>() }),
  read: ({ topic, payload }, memory) => read(topic, payload, memory),
  command(device, part, action, memory) {
    const topic = device.slice(NAME.length + 1);
    // A strike is driven by its relay: current on means unlocked. Invert it where it is held shut by current.
    const on = action === 'siren.on' || action === 'buzzer.on' || action === 'lock.unlock';
    const off = action === 'siren.off' || action === 'buzzer.off' || action === 'lock.lock';
    if (!/^POWER\d{0,2}$/.test(part) || !(on || off)) return undefined;
    const known = memory.devices.get(topic);
    const prefix = memory.topicFirst.get(topic) === true ? `${topic}/cmnd` : `cmnd/${topic}`;
    return { topic: `${prefix}/${part}`, payload: on ? (known?.on ?? 'ON') : (known?.off ?? 'OFF') };
  },
  samples,
};

/**
 * Anything that announces itself by Home Assistant's MQTT discovery: rtl_433, OpenMQTTGateway, Theengs,
 * Frigate's sensors, one's own boards. A document says where a part tells its state and in what words; from
 * then on that topic is read. An empty document takes the part away.
 *
 * Families with a profile of their own announce themselves here too: what they say is left to them, or
 * every door would be two.
 */
import {
  badge,
  batteryPercent,
  batteryState,
  type Capability,
  celsiusFromFahrenheit,
  contact,
  Findings,
  humidity,
  lock,
  measurement,
  motion,
  online,
  relay,
  resultOf,
  tamper,
  temperature,
} from './capabilities.ts';
import { type Availability, discoveryTopic, type Entity, readDiscovery } from './home-assistant-discovery.ts';
import { samples } from './home-assistant-samples.ts';
import { BoundedMap, tooMany } from './memory.ts';
import { field, objectOf, textOf } from './payload.ts';
import {
  type Heard,
  MAX_DEVICES_PER_PROFILE,
  type OutgoingMessage,
  type Profile,
  type ProfileResult,
} from './profile.ts';
import { render } from './value-template.ts';

/** A document of a device with everything it has. */
const MAX_DOCUMENT_BYTES = 256 * 1024;
/** Parts of all devices together. */
const MAX_ENTITIES = 8 * MAX_DEVICES_PER_PROFILE;

interface Memory {
  /** What each discovery topic has announced. */
  announced: BoundedMap<Entity[]>;
  count: number;
  byTopic: Map<string, Set<Entity>>;
  byAvailability: Map<string, Set<Entity>>;
  /** The last word on each topic of availability. */
  available: Map<string, boolean>;
}

const contactClasses = new Set(['door', 'window', 'opening', 'garage_door', 'garage', 'gate']);
const motionClasses = new Set(['motion', 'occupancy', 'presence', 'moving', 'vibration', 'sound']);
/** A device's own fault wants the same look at it as a hand on its housing. */
const tamperClasses = new Set(['tamper', 'problem', 'safety']);

function binaryCapability(entity: Entity): Capability | undefined {
  const on = [entity.word('payload_on', 'ON')];
  const off = [entity.word('payload_off', 'OFF')];
  const { deviceClass } = entity;
  if (deviceClass === undefined || contactClasses.has(deviceClass)) return contact({ open: on, closed: off });
  if (motionClasses.has(deviceClass)) return motion({ active: on, clear: off });
  if (tamperClasses.has(deviceClass)) return tamper({ active: on, clear: off });
  if (deviceClass === 'battery') return batteryState({ low: on, normal: off });
  if (deviceClass === 'lock') return lock({ unlocked: on, locked: off });
  if (deviceClass === 'connectivity') return online({ online: on, offline: off });
  return undefined;
}

function sensorCapability({ deviceClass, unit }: Entity): Capability | undefined {
  if (deviceClass === 'temperature')
    return unit === '°F' ? measurement('temperature', celsiusFromFahrenheit) : temperature();
  if (deviceClass === 'humidity') return humidity();
  return deviceClass === 'battery' ? batteryPercent() : undefined;
}

/** What an entity's state means here; undefined where it is not a site's business. */
function capabilityOf(entity: Entity): Capability | undefined {
  const { component, deviceClass } = entity;
  const words = (names: [string, string][]) => names.map(([name, otherwise]) => entity.word(name, otherwise));
  if (component === 'binary_sensor') return binaryCapability(entity);
  if (component === 'sensor') return sensorCapability(entity);
  if (component === 'tag') return badge();
  if (component === 'lock')
    return lock({
      locked: words([['state_locked', 'LOCKED']]),
      unlocked: words([['state_unlocked', 'UNLOCKED']]),
      jammed: words([['state_jammed', 'JAMMED']]),
    });
  if (component === 'cover')
    return deviceClass !== undefined && contactClasses.has(deviceClass)
      ? contact({
          open: words([
            ['state_open', 'open'],
            ['state_opening', 'opening'],
            ['state_closing', 'closing'],
          ]),
          closed: words([['state_closed', 'closed']]),
        })
      : undefined;
  return relay({
    on: [entity.word('state_on', entity.word('payload_on', 'ON'))],
    off: [entity.word('state_off', entity.word('payload_off', 'OFF'))],
  });
}

/** Words that all components use for not knowing. */
const unknownWords = new Set(['None', '', 'unknown', 'unavailable']);
const lockOnTheWay = new Set(['LOCKING', 'UNLOCKING', 'OPENING']);

function readState(entity: Entity, payload: string, into: Findings): void {
  const capability = capabilityOf(entity);
  if (capability === undefined) return;
  let text = payload;
  if (entity.template !== undefined) {
    const made = render(entity.template, payload);
    if ('refused' in made) {
      into.refuse(entity.part, made.refused);
      return;
    }
    text = made.value;
  } else if (entity.component === 'siren' && payload.startsWith('{')) {
    const document = objectOf(new TextEncoder().encode(payload));
    text = 'value' in document ? String(field(document.value, 'state')) : payload;
  }
  if (unknownWords.has(text) || (entity.component === 'lock' && lockOnTheWay.has(text))) return;
  capability(text, entity.part, entity.part, into);
  const last = into.readings.at(-1);
  // A sensor that never tells the end of a movement is one of moments: each message is a movement of its own.
  if (entity.offDelay && last?.type === 'state' && last.value === 'active')
    into.readings.push({ ...last, value: 'clear' });
}

function add(index: Map<string, Set<Entity>>, topic: string | undefined, entity: Entity): void {
  if (topic === undefined) return;
  const there = index.get(topic);
  if (there === undefined) index.set(topic, new Set([entity]));
  else there.add(entity);
}

function remove(index: Map<string, Set<Entity>>, topic: string | undefined, entity: Entity): void {
  const there = topic === undefined ? undefined : index.get(topic);
  there?.delete(entity);
  if (topic !== undefined && there?.size === 0) index.delete(topic);
}

/** Takes away what a discovery topic has announced; the answer is the topics it watched for availability. */
function forget(topic: string, memory: Memory): string[] {
  const gone = memory.announced.get(topic) ?? [];
  memory.announced.delete(topic);
  return gone.flatMap((entity) => {
    memory.count--;
    remove(memory.byTopic, entity.stateTopic, entity);
    for (const { topic: at } of entity.availability) remove(memory.byAvailability, at, entity);
    return entity.availability.map(({ topic: at }) => at);
  });
}

/** Forgets the last words on topics that nobody watches any more. */
function prune(topics: readonly string[], memory: Memory): void {
  for (const topic of topics) if (!memory.byAvailability.has(topic)) memory.available.delete(topic);
}

type Claims = (topic: string) => boolean;

function readAnnouncement(
  topic: string,
  named: { component: string; object: string },
  payload: Uint8Array,
  memory: Memory,
  claimed: Claims,
): ProfileResult {
  if (payload.byteLength === 0) {
    prune(forget(topic, memory), memory);
    return { heard: [] };
  }
  const document = objectOf(payload, MAX_DOCUMENT_BYTES);
  if ('refused' in document) return document;
  const read = readDiscovery(named, document.value);
  if ('refused' in read) return read;
  const { device, name, model, problems } = read.value;
  const entities = read.value.entities.filter(
    (entity) =>
      capabilityOf(entity) !== undefined && !claimed(entity.stateTopic ?? entity.commandTopic ?? ''),
  );
  const watchedBefore = forget(topic, memory);
  if (entities.length === 0) {
    prune(watchedBefore, memory);
    return resultOf([], problems);
  }
  if (memory.count + entities.length > MAX_ENTITIES) return { refused: `more than ${MAX_ENTITIES} parts` };
  if (!memory.announced.set(topic, entities)) return { refused: tooMany('announced devices') };
  for (const entity of entities) {
    memory.count++;
    add(memory.byTopic, entity.stateTopic, entity);
    for (const { topic: at } of entity.availability) add(memory.byAvailability, at, entity);
  }
  prune(watchedBefore, memory);
  const described: Heard['described'] = {
    ...(name === undefined ? {} : { name }),
    ...(model === undefined ? {} : { model }),
    parts: entities.map(({ part }) => part),
  };
  return resultOf([{ device, described, readings: [] }], problems);
}

function wordOn(availability: Availability, payload: string): boolean | undefined {
  const made =
    availability.template === undefined ? { value: payload } : render(availability.template, payload);
  if ('refused' in made) return undefined;
  if (made.value === availability.available) return true;
  return made.value === availability.notAvailable ? false : undefined;
}

/** Whether a device is there, by the rule it has announced; undefined while that can't be told. */
function isAvailable(entity: Entity, memory: Memory, latest: boolean): boolean | undefined {
  const { availability, availabilityMode } = entity;
  if (availabilityMode === 'latest') return latest;
  const known = availability.map(({ topic }) => memory.available.get(topic));
  const deciding = availabilityMode === 'any';
  if (known.includes(deciding)) return deciding;
  return known.every((word) => word === !deciding) ? !deciding : undefined;
}

function readAvailability(topic: string, text: string, entities: Set<Entity>, memory: Memory): Heard[] {
  const told = new Map<string, boolean>();
  for (const entity of entities) {
    const availability = entity.availability.find((entry) => entry.topic === topic);
    const word = availability === undefined ? undefined : wordOn(availability, text);
    if (word === undefined) continue;
    memory.available.set(topic, word);
    const there = isAvailable(entity, memory, word);
    if (there !== undefined) told.set(entity.device, there);
  }
  return [...told].map(([device, there]) => ({
    device,
    readings: [{ type: 'state', part: 'online', property: 'online', value: there ? 'online' : 'offline' }],
  }));
}

function readReport(topic: string, payload: Uint8Array, memory: Memory): ProfileResult {
  const entities = memory.byTopic.get(topic);
  const watched = memory.byAvailability.get(topic);
  if ((entities === undefined && watched === undefined) || payload.byteLength === 0) return { heard: [] };
  const text = textOf(payload);
  if ('refused' in text) return text;
  const byDevice = new Map<string, Findings>();
  const problems: string[] = [];
  for (const entity of entities ?? []) {
    const findings = byDevice.get(entity.device) ?? new Findings();
    byDevice.set(entity.device, findings);
    readState(entity, text.value, findings);
  }
  const heard: Heard[] = [...byDevice].map(([device, { readings }]) => ({ device, readings }));
  for (const findings of byDevice.values()) problems.push(...findings.problems);
  if (watched !== undefined) heard.push(...readAvailability(topic, text.value, watched, memory));
  return resultOf(heard, problems);
}

function commandTo(entity: Entity, action: string): OutgoingMessage | undefined {
  const topic = entity.commandTopic;
  if (topic === undefined) return undefined;
  const on = action === 'siren.on' || action === 'buzzer.on' || action === 'lock.unlock';
  const off = action === 'siren.off' || action === 'buzzer.off' || action === 'lock.lock';
  if (!(on || off)) return undefined;
  if (entity.component === 'lock') {
    if (!action.startsWith('lock.')) return undefined;
    return {
      topic,
      payload: on ? entity.word('payload_unlock', 'UNLOCK') : entity.word('payload_lock', 'LOCK'),
    };
  }
  if (entity.component !== 'switch' && entity.component !== 'siren') return undefined;
  const word = on ? entity.word('payload_on', 'ON') : entity.word('payload_off', 'OFF');
  // A siren without a command template is sent JSON.
  return { topic, payload: entity.component === 'siren' ? JSON.stringify({ state: word }) : word };
}

/** @param claimed whether a topic belongs to a family with a profile of its own */
export const homeAssistant = (claimed: Claims): Profile<Memory> => ({
  name: 'home-assistant',
  title: 'Home Assistant discovery',
  // States may be told on any topic.
  filters: ['#'],
  // Radio sensors without availability (433 MHz, Bluetooth) report at least once an hour to once a day.
  superviseMs: 25 * 3_600_000,
  memory: () => ({
    announced: new BoundedMap<Entity[]>(MAX_ENTITIES),
    count: 0,
    byTopic: new Map(),
    byAvailability: new Map(),
    available: new Map(),
  }),
  read({ topic, payload }, memory) {
    const named = discoveryTopic(topic);
    return named === undefined
      ? readReport(topic, payload, memory)
      : readAnnouncement(topic, named, payload, memory, claimed);
  },
  command(device, part, action, memory) {
    for (const entities of memory.announced.values()) {
      const entity = entities.find((entry) => entry.device === device && entry.part === part);
      const message = entity === undefined ? undefined : commandTo(entity, action);
      if (message !== undefined) return message;
    }
    return undefined;
  },
  samples,
});

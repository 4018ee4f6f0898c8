/**
 * Home Assistant's MQTT discovery documents, made into the entities that a site cares about.
 * Source: Home Assistant's documentation of the MQTT integration (discovery, abbreviations, availability).
 */
import { field, isDeviceName, isObject, type JsonObject, nameIn, quote, type Read } from './payload.ts';
import { parseTemplate, rendered, type ValueTemplate } from './value-template.ts';

/** Components of one device that are looked at; the largest known have about a hundred. */
export const MAX_COMPONENTS = 256;
const MAX_AVAILABILITIES = 8;
/** Longest topic that MQTT allows is 65,535 bytes; nobody's is longer than this. */
const MAX_TOPIC_LENGTH = 512;

/** Only the keys that are read; the whole list is four times as long. */
const abbreviations: Readonly<Record<string, string>> = {
  avty: 'availability',
  avty_mode: 'availability_mode',
  avty_t: 'availability_topic',
  avty_tpl: 'availability_template',
  cmd_t: 'command_topic',
  cmd_tpl: 'command_template',
  cmps: 'components',
  cns: 'connections',
  dev: 'device',
  dev_cla: 'device_class',
  ids: 'identifiers',
  mdl: 'model',
  o: 'origin',
  off_dly: 'off_delay',
  p: 'platform',
  pl_avail: 'payload_available',
  pl_lock: 'payload_lock',
  pl_not_avail: 'payload_not_available',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  pl_unlk: 'payload_unlock',
  stat_clsd: 'state_closed',
  stat_closing: 'state_closing',
  stat_jam: 'state_jammed',
  stat_locked: 'state_locked',
  stat_off: 'state_off',
  stat_on: 'state_on',
  stat_open: 'state_open',
  stat_opening: 'state_opening',
  stat_t: 'state_topic',
  stat_tpl: 'state_value_template',
  stat_unlocked: 'state_unlocked',
  stat_val_tpl: 'state_value_template',
  t: 'topic',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
};

export const components = ['binary_sensor', 'sensor', 'lock', 'siren', 'switch', 'cover', 'tag'] as const;
export type Component = (typeof components)[number];
const isComponent = (text: unknown): text is Component => components.some((known) => known === text);

export interface Availability {
  topic: string;
  available: string;
  notAvailable: string;
  template?: ValueTemplate;
}

/** One thing a device can tell or do. */
export interface Entity {
  device: string;
  part: string;
  component: Component;
  deviceClass?: string;
  unit?: string;
  stateTopic?: string;
  template?: ValueTemplate;
  commandTopic?: string;
  /** The rest of its settings, with full names: the words for its states and commands. */
  word(name: string, otherwise: string): string;
  /** It never tells the end of what it tells. */
  offDelay: boolean;
  availability: readonly Availability[];
  availabilityMode: 'all' | 'any' | 'latest';
}

export interface Discovery {
  device: string;
  name?: string;
  model?: string;
  /** The software that wrote the document. */
  origin?: string;
  entities: Entity[];
  /** Entities that can't be used, and why. */
  problems: string[];
}

/** Keys with their full names, `~` replaced in topics. */
function expanded(document: JsonObject, base?: string): JsonObject {
  const own = typeof document['~'] === 'string' ? document['~'] : base;
  const full: JsonObject = Object.create(null);
  for (const [key, value] of Object.entries(document)) {
    const name = Object.hasOwn(abbreviations, key) ? (abbreviations[key] ?? key) : key;
    full[name] =
      typeof value === 'string' && own !== undefined && name.endsWith('topic') ? based(value, own) : value;
  }
  if (own !== undefined) full['~'] = own;
  return full;
}

function based(topic: string, base: string): string {
  if (topic.startsWith('~')) return base + topic.slice(1);
  return topic.endsWith('~') ? topic.slice(0, -1) + base : topic;
}

const isTopic = (value: unknown): value is string =>
  isDeviceName(value) && value.length <= MAX_TOPIC_LENGTH && !/[+#]/.test(value);

function templateOf(source: unknown): Read<ValueTemplate | undefined> {
  if (source === undefined || source === '') return { value: undefined };
  return typeof source === 'string'
    ? parseTemplate(source)
    : { refused: `template ${quote(source)} is no text` };
}

function availabilityOf(settings: JsonObject): Read<Availability[]> {
  const listed = settings.availability;
  const single = settings.availability_topic;
  const base = typeof settings['~'] === 'string' ? settings['~'] : undefined;
  const entries: JsonObject[] = Array.isArray(listed)
    ? listed.slice(0, MAX_AVAILABILITIES).filter(isObject)
    : isObject(listed)
      ? [listed]
      : single === undefined
        ? []
        : [{ ...settings, topic: single, value_template: settings.availability_template }];
  const read: Availability[] = [];
  for (const entry of entries) {
    const full = expanded(entry, base);
    if (!isTopic(full.topic)) return { refused: `availability topic: ${quote(full.topic)} is no topic` };
    const template = templateOf(full.value_template);
    if ('refused' in template) return template;
    read.push({
      topic: full.topic,
      available: wordIn(full, 'payload_available', 'online'),
      notAvailable: wordIn(full, 'payload_not_available', 'offline'),
      ...(template.value === undefined ? {} : { template: template.value }),
    });
  }
  return { value: read };
}

const wordIn = (settings: JsonObject, name: string, otherwise: string): string => {
  const word = settings[name];
  return word === undefined || word === null || typeof word === 'object' ? otherwise : rendered(word);
};

/** The first name that the device's maker or software guarantees not to change. */
function identifierOf(device: unknown, settings: JsonObject): string | undefined {
  if (isObject(device)) {
    const full = expanded(device);
    const listed = full.identifiers;
    const first: unknown = Array.isArray(listed) ? listed[0] : listed;
    if (typeof first === 'number') return String(first);
    if (isDeviceName(first)) return first;
    const connections = full.connections;
    const connection: unknown = Array.isArray(connections) ? connections[0] : undefined;
    const second: unknown = Array.isArray(connection) ? connection[1] : undefined;
    if (isDeviceName(second)) return second;
  }
  return nameIn(settings, 'unique_id');
}

function entityOf(component: Component, part: string, device: string, settings: JsonObject): Read<Entity> {
  const stateTopic = component === 'tag' ? settings.topic : settings.state_topic;
  const { command_topic: commandTopic, device_class: deviceClass, unit_of_measurement: unit } = settings;
  if (stateTopic !== undefined && !isTopic(stateTopic))
    return { refused: `state_topic: ${quote(stateTopic)} is no topic` };
  if (commandTopic !== undefined && !isTopic(commandTopic))
    return { refused: `command_topic: ${quote(commandTopic)} is no topic` };
  if (stateTopic === undefined && commandTopic === undefined) return { refused: 'state_topic is missing' };
  const template = templateOf(settings[component === 'siren' ? 'state_value_template' : 'value_template']);
  if ('refused' in template) return template;
  const availability = availabilityOf(settings);
  if ('refused' in availability) return availability;
  const mode = settings.availability_mode;
  return {
    value: {
      device,
      part,
      component,
      ...(typeof deviceClass === 'string' ? { deviceClass } : {}),
      ...(typeof unit === 'string' ? { unit } : {}),
      ...(stateTopic === undefined ? {} : { stateTopic }),
      ...(template.value === undefined ? {} : { template: template.value }),
      // A command template would have to be evaluated: such a part can be heard but not commanded.
      ...(commandTopic === undefined || settings.command_template !== undefined ? {} : { commandTopic }),
      word: (name, otherwise) => wordIn(settings, name, otherwise),
      offDelay: typeof settings.off_delay === 'number',
      availability: availability.value,
      availabilityMode: mode === 'all' || mode === 'any' ? mode : 'latest',
    },
  };
}

/** What a discovery topic names: `homeassistant/<component>/[<node>/]<object>/config`. */
export function discoveryTopic(topic: string): { component: string; object: string } | undefined {
  const [prefix, component, ...rest] = topic.split('/');
  if (prefix !== 'homeassistant' || component === undefined || rest.pop() !== 'config') return undefined;
  const object = rest.at(-1);
  return object !== undefined && rest.length <= 2 ? { component, object } : undefined;
}

/** Reads one document, of a single entity or of a whole device. */
export function readDiscovery(
  { component, object }: { component: string; object: string },
  document: JsonObject,
): Read<Discovery> {
  const root = expanded(document);
  const listed = root.components;
  const isDevice = component === 'device';
  if (isDevice && !isObject(listed)) return { refused: `components: ${quote(listed)} is no object` };
  const identifier = identifierOf(root.device, root) ?? object;
  if (!isDeviceName(identifier)) return { refused: `topic: ${quote(object)} is no name of a device` };
  const about = isObject(root.device) ? expanded(root.device) : {};
  const name = nameIn(about, 'name') ?? (isDevice ? undefined : nameIn(root, 'name'));
  const model = nameIn(about, 'model');
  const origin = isObject(root.origin) ? nameIn(expanded(root.origin), 'name') : undefined;
  const discovery: Discovery = {
    device: `home-assistant:${identifier}`,
    ...(name === undefined ? {} : { name }),
    ...(model === undefined ? {} : { model }),
    ...(origin === undefined ? {} : { origin }),
    entities: [],
    problems: [],
  };
  const parts: [string, unknown, JsonObject][] = isDevice
    ? Object.entries(isObject(listed) ? listed : {})
        .slice(0, MAX_COMPONENTS)
        .map(([part, own]) => {
          const settings = isObject(own) ? expanded(own, nameIn(root, '~')) : {};
          return [part, settings.platform, { ...root, ...settings }];
        })
    : [[object, component, root]];
  for (const [part, kind, settings] of parts) {
    // A component with nothing but its platform is one that has been taken away.
    const isRemoved = isDevice && Object.keys(field(listed, part) ?? {}).length <= 1;
    if (!isComponent(kind) || isRemoved) continue;
    if (!isDeviceName(part)) {
      discovery.problems.push(`components: ${quote(part)} is no name of a part`);
      continue;
    }
    const entity = entityOf(kind, part, discovery.device, settings);
    if ('refused' in entity) discovery.problems.push(`${part}: ${entity.refused}`);
    else discovery.entities.push(entity.value);
  }
  return { value: discovery };
}

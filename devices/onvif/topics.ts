import type { Facts } from '../model/observation.ts';
import type { MomentReading, Reading, StateReading } from '../profiles/profile.ts';

/** A notice of an ONVIF event service, reduced to what its meaning hangs on. */
export interface OnvifNotice {
  /** As sent: `tns1:VideoSource/ImageTooDark/ImagingService`. */
  topic: string;
  /** `Initialized` tells the state at subscription, not news; `Deleted`: the thing is gone (ONVIF Core, section 9.1). */
  operation?: string | undefined;
  /** SimpleItems of Source by name: which lens, input or rule it is about. */
  source?: Readonly<Record<string, unknown>> | undefined;
  /** SimpleItems of Data by name; matched by name, since their order differs between makers. */
  data: Readonly<Record<string, unknown>>;
}

/** What a notice says: something to hear, or when the camera has last started. */
export type NoticeMeaning = { reading: Reading; isState: boolean } | { rebootedAt: number };

/** Why a camera sees nothing, as a fact of `camera.obscured`; the watch on the picture uses the same words. */
export type ObscuredReason = 'dark' | 'bright' | 'blurred' | 'moved' | 'tampered' | 'frozen';

type Property = StateReading['property'];
type Value = StateReading['value'];

interface StateMeaning {
  type: 'state';
  property: Property;
  /** Tells apart several states of one property that a camera has at the same time. */
  detail?: string;
  /** SimpleItems of Data that may tell it, in this order. */
  items: readonly string[];
  /** What the item's text, in lower case, stands for; absent: an xs:boolean. */
  words?: Readonly<Record<string, Value>>;
  active: Value;
  clear: Value;
  facts?: Facts;
}

interface MomentMeaning {
  type: 'moment';
  moment: MomentReading['moment'];
  /** SimpleItems that are worth keeping, and what they are called here. */
  facts: Readonly<Record<string, string>>;
}

interface RebootMeaning {
  type: 'reboot';
}

type Meaning = StateMeaning | MomentMeaning | RebootMeaning;

const obscured = (reason: ObscuredReason, ...items: string[]): StateMeaning => ({
  type: 'state',
  property: 'picture',
  detail: reason,
  items: [...items, 'State'],
  active: 'obscured',
  clear: 'visible',
  facts: { reason },
});

const motion = (detail: string | undefined, items: string[], object?: string): StateMeaning => ({
  type: 'state',
  property: 'motion',
  ...(detail === undefined ? {} : { detail }),
  items: [...items, 'State'],
  active: 'active',
  clear: 'clear',
  ...(object === undefined ? {} : { facts: { object } }),
});

const activity = (property: Property, items: string[], words?: StateMeaning['words']): StateMeaning => ({
  type: 'state',
  property,
  items: [...items, 'State'],
  active: 'active',
  clear: 'clear',
  ...(words === undefined ? {} : { words }),
});

/**
 * Topics without the prefixes of their namespaces (ONVIF Analytics, Imaging, Device, Access Control and Door Control
 * Service Specifications; the makers' own where the standard's are not sent). `*` stands for one level.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  'VideoSource/MotionAlarm': motion(undefined, []),
  'RuleEngine/CellMotionDetector/Motion': motion('cells', ['IsMotion']),
  'RuleEngine/MotionRegionDetector/Motion': motion('region', ['IsMotion']),
  'VideoSource/ImageTooDark/*': obscured('dark'),
  'VideoSource/ImageTooBright/*': obscured('bright'),
  'VideoSource/ImageTooBlurry/*': obscured('blurred'),
  'VideoSource/GlobalSceneChange/*': obscured('moved'),
  'RuleEngine/TamperDetector/Tamper': obscured('tampered', 'IsTamper'),
  'VideoSource/SignalLoss': {
    type: 'state',
    property: 'signal',
    items: ['State'],
    active: 'lost',
    clear: 'present',
  },
  'Device/Trigger/DigitalInput': activity('input', ['LogicalState']),
  'RuleEngine/LineDetector/Crossed': {
    type: 'moment',
    moment: 'line-crossed',
    facts: { Rule: 'rule', ObjectId: 'object' },
  },
  'RuleEngine/FieldDetector/ObjectsInside': activity('field', ['IsInside']),
  'Device/SecurityPolicy/AuthFailed': { type: 'moment', moment: 'login-failed', facts: {} },
  'Device/HardwareFailure/StorageFailure': {
    type: 'state',
    property: 'storage',
    items: ['Failed', 'State'],
    active: 'failed',
    clear: 'working',
  },
  'Monitoring/OperatingTime/LastReboot': { type: 'reboot' },
  'Door/State/DoorPhysicalState': {
    ...activity('contact', [], { open: 'open', closed: 'closed' }),
    active: 'open',
    clear: 'closed',
  },
  'Door/State/LockPhysicalState': {
    ...activity('lock', [], { locked: 'locked', unlocked: 'unlocked', lockfault: 'jammed' }),
    active: 'locked',
    clear: 'unlocked',
  },
  'Door/State/DoorAlarm': activity('door-alarm', [], {
    normal: 'clear',
    doorforcedopen: 'active',
    dooropentoolong: 'active',
  }),
  'Door/State/DoorTamper': activity('tamper', [], { notintamper: 'clear', tamperdetected: 'active' }),
  'Door/State/DoorFault': activity('fault', [], { notinfault: 'clear', faultdetected: 'active' }),
  'AccessControl/Duress': {
    type: 'moment',
    moment: 'duress',
    facts: { AccessPointToken: 'accessPoint', CredentialToken: 'credential' },
  },
  // Hikvision
  'Device/Trigger/AlarmIn': activity('input', ['LogicalState']),
  // Reolink
  'RuleEngine/MyRuleDetector/PeopleDetect': motion('people', [], 'person'),
  'RuleEngine/MyRuleDetector/FaceDetect': motion('face', [], 'person'),
  'RuleEngine/MyRuleDetector/VehicleDetect': motion('vehicle', [], 'vehicle'),
  'RuleEngine/MyRuleDetector/DogCatDetect': motion('animal', [], 'animal'),
  'RuleEngine/MyRuleDetector/Visitor': motion('visitor', [], 'visitor'),
  'RuleEngine/MyRuleDetector/*': motion('rule', []),
  // Tapo
  'RuleEngine/CellMotionDetector/Tamper': obscured('tampered', 'IsTamper'),
  'RuleEngine/CellMotionDetector/Intrusion': activity('field', ['IsIntrusion']),
  'RuleEngine/CellMotionDetector/People': motion('people', ['IsPeople'], 'person'),
};

const byTopic = new Map(Object.entries(meanings));

/** Longest name of a part: it becomes a key of the site's state. */
const MAX_PART = 128;
const MAX_FACT = 128;

/** `tns1:Device/Trigger/tnshik:AlarmIn//.` is `Device/Trigger/AlarmIn`. */
export const plainTopic = (topic: string): string =>
  topic
    .trim()
    .replace(/[/.]+$/, '')
    .split('/')
    .map((level) => level.slice(level.indexOf(':') + 1))
    .join('/');

function meaningOf(topic: string): Meaning | undefined {
  const exact = byTopic.get(topic) ?? byTopic.get(`${topic.slice(0, topic.lastIndexOf('/'))}/*`);
  // Some makers leave out the service at the end.
  return exact ?? byTopic.get(`${topic}/*`);
}

/** Cameras write true, 1, "true" or "1" (xs:boolean allows all); anything else is neither. */
function booleanOf(value: unknown): boolean | undefined {
  const text = textOf(value, MAX_FACT)?.toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the purpose.
const controls = /[\u0000-\u001f\u007f]/g;

/** Text as it may go into a record; undefined where there is nothing worth saying. */
function textOf(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value).replace(controls, '').trim().slice(0, most);
  return text === '' ? undefined : text;
}

const own = (items: Readonly<Record<string, unknown>> | undefined, name: string): unknown =>
  items !== undefined && Object.hasOwn(items, name) ? items[name] : undefined;

/** Items that say which of several a notice is about, in the order in which they are looked for. */
const tokens = [
  'InputToken',
  'AlarmInToken',
  'DoorToken',
  'AccessPointToken',
  'Rule',
  'VideoSourceToken',
  'Source',
  'VideoSourceConfigurationToken',
  'Token',
] as const;

function partOf(property: string, detail: string | undefined, source: OnvifNotice['source']): string {
  const token = tokens.map((name) => textOf(own(source, name), MAX_FACT)).find((text) => text !== undefined);
  return [property, detail, token]
    .filter((word) => word !== undefined)
    .join(':')
    .slice(0, MAX_PART);
}

/** What a notice says about the camera, or undefined where it says nothing that concerns us. */
export function readNotice(notice: OnvifNotice): NoticeMeaning | undefined {
  const meaning = meaningOf(plainTopic(notice.topic));
  if (meaning === undefined) return undefined;
  const isState = notice.operation === 'Initialized';
  if (meaning.type === 'reboot') return rebootOf(notice);
  if (meaning.type === 'state') {
    const reading = stateOf(meaning, notice);
    return reading === undefined ? undefined : { reading, isState };
  }
  // What happened before we listened, or is taken away, is no news and no state.
  if (isState || notice.operation === 'Deleted') return undefined;
  return { reading: momentOf(meaning, notice), isState: false };
}

function stateOf(meaning: StateMeaning, { operation, source, data }: OnvifNotice): StateReading | undefined {
  const { property, detail, items, words, active, clear, facts } = meaning;
  const told = items.map((name) => own(data, name)).find((item) => item !== undefined);
  const value = operation === 'Deleted' ? clear : told === undefined ? undefined : valueIn(told, meaning);
  if (value === undefined) return undefined;
  const rule = textOf(own(source, 'Rule'), MAX_FACT);
  const word = words === undefined ? undefined : textOf(told, MAX_FACT);
  const more: Facts = {
    ...(value === active || words !== undefined ? facts : undefined),
    ...(rule === undefined ? {} : { rule }),
    ...(word === undefined || property !== 'door-alarm' ? {} : { alarm: word }),
  };
  return {
    type: 'state',
    part: partOf(property, detail, source),
    property,
    value,
    ...(Object.keys(more).length === 0 ? {} : { facts: more }),
  };
}

function valueIn(told: unknown, { words, active, clear }: StateMeaning): Value | undefined {
  if (words !== undefined) {
    const word = textOf(told, MAX_FACT)?.toLowerCase() ?? '';
    return Object.hasOwn(words, word) ? words[word] : undefined;
  }
  const is = booleanOf(told);
  return is === undefined ? undefined : is ? active : clear;
}

function momentOf({ moment, facts: wanted }: MomentMeaning, { source, data }: OnvifNotice): MomentReading {
  const facts: Facts = {};
  for (const [item, name] of Object.entries(wanted)) {
    const text = textOf(own(data, item) ?? own(source, item), MAX_FACT);
    if (text !== undefined) facts[name] = text;
  }
  const reading: MomentReading = { type: 'moment', part: partOf(moment, undefined, source), moment, facts };
  return moment === 'login-failed' ? { ...reading, ...whoFailed({ ...source, ...data }) } : reading;
}

/** Who tried and from where: the standard names no items for it, makers do. */
function whoFailed(
  items: Readonly<Record<string, unknown>>,
): Pick<MomentReading, 'subjects' | 'observables'> {
  const found = new Map(Object.entries(items).map(([name, value]) => [name.toLowerCase(), value]));
  const first = (...names: string[]) =>
    names.map((name) => textOf(found.get(name), MAX_FACT)).find((text) => text !== undefined);
  const account = first('username', 'user', 'account', 'login');
  const ip = first('ipaddress', 'ip', 'remoteaddress', 'clientip', 'address', 'host');
  return {
    ...(account === undefined ? {} : { subjects: { account } }),
    ...(ip === undefined ? {} : { observables: { ip } }),
  };
}

function rebootOf({ data }: OnvifNotice): NoticeMeaning | undefined {
  const told = own(data, 'Status') ?? own(data, 'State');
  const at = told instanceof Date ? told.getTime() : typeof told === 'string' ? Date.parse(told) : Number.NaN;
  // Some cameras send 0000-00-00, or the year 1970 before they know the time.
  return Number.isNaN(at) || at <= 0 ? undefined : { rebootedAt: at };
}

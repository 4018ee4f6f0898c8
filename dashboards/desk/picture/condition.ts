import type { AssetState, PictureAsset } from '../../../cloud/api/contract.ts';
import type { IconName } from '../../kit/icons.tsx';
import { text } from '../text.ts';

/** `calm`: as it should be. `notice`: not at rest (a door open). `bad`: against its purpose. `silent`: not heard of. */
export type Tone = 'calm' | 'notice' | 'bad' | 'silent';

export interface Condition {
  tone: Tone;
  icon: IconName;
  /** The state that matters most, in a word or two; empty where nothing is known. */
  words: string;
  /** A number worth showing on the plan itself. */
  reading?: string;
}

const properties = [
  'contact',
  'lock',
  'motion',
  'tamper',
  'picture',
  'online',
  'siren',
  'temperature',
  'humidity',
  'battery',
  'badge',
  'mains',
  'fault',
  'geofence',
  'power',
  'energy',
  'voltage',
  'current',
  'load',
  'weight',
  'setting',
  'signal',
  'transmission',
  'refused',
] as const;
const values = [
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
  'granted',
  'refused',
] as const;

/** Name of a property; one that this page does not know is shown as it came. */
export function propertyName(property: string): string {
  const known = properties.find((name) => name === property);
  return known === undefined ? property : text(`property.${known}`);
}

const units: Record<string, string> = {
  temperature: ' °C',
  humidity: ' %',
  battery: ' %',
  power: ' W',
  energy: ' kWh',
  voltage: ' V',
  current: ' A',
  load: ' %',
  weight: ' kg',
};

/** What is said to a tenth; the rest is whole. */
const toTenths: ReadonlySet<string> = new Set(['temperature', 'energy', 'current', 'weight', 'setting']);

/** A state's value for people: `4.6 °C`, `open`. */
export function valueWords({ property, value }: Pick<AssetState, 'property' | 'value'>): string {
  if (typeof value === 'number') {
    const said = toTenths.has(property) ? value.toFixed(1) : Math.round(value);
    return `${said}${units[property] ?? ''}`;
  }
  const known = values.find((word) => word === value);
  return known === undefined || (property === 'badge' && value !== 'granted')
    ? value
    : text(`value.${known}`);
}

/** Within this much of a limit a temperature is worth a look, °C. */
const NEAR_LIMIT_CELSIUS = 0.5;

function toneOf(asset: PictureAsset, { property, value }: AssetState): Tone {
  if (property === 'temperature' && typeof value === 'number' && asset.band !== undefined) {
    const room = Math.min(value - asset.band.minCelsius, asset.band.maxCelsius - value);
    return room < 0 ? 'bad' : room < NEAR_LIMIT_CELSIUS ? 'notice' : 'calm';
  }
  switch (value) {
    case 'offline':
    case 'lost':
      return 'silent';
    case 'jammed':
    case 'failed':
    case 'outside':
    case 'obscured':
      return 'bad';
    case 'open':
    case 'unlocked':
    case 'low':
      return 'notice';
    case 'active':
      return property === 'tamper' ? 'bad' : 'notice';
    case 'on':
      return property === 'siren' ? 'bad' : 'calm';
    default:
      return 'calm';
  }
}

const severityOfTone: Record<Tone, number> = { calm: 0, notice: 1, silent: 2, bad: 3 };

/** Which property speaks for a kind when nothing is wrong. */
const leading = ['temperature', 'contact', 'lock', 'picture', 'siren', 'motion', 'online'];

function iconOf(asset: PictureAsset): IconName {
  const is = (property: string, value: string) =>
    asset.states.some((state) => state.property === property && state.value === value);
  if (asset.kind === 'door' && is('contact', 'open')) return 'door-open';
  if (asset.kind === 'lock' && is('lock', 'unlocked')) return 'lock-open';
  if (asset.kind === 'camera' && (is('picture', 'obscured') || is('online', 'offline'))) return 'camera-off';
  return asset.kind;
}

/** What an asset's states come to. Pure. */
export function conditionOf(asset: PictureAsset): Condition {
  const icon = iconOf(asset);
  const speaking = asset.states
    .filter(({ property }) => property !== 'badge')
    .map((state) => ({ state, tone: toneOf(asset, state) }))
    .sort(
      (one, other) =>
        severityOfTone[other.tone] - severityOfTone[one.tone] ||
        rank(one.state.property) - rank(other.state.property),
    )[0];
  const temperature = asset.states.find(({ property }) => property === 'temperature');
  return {
    icon,
    tone: speaking?.tone ?? 'calm',
    words: speaking === undefined ? '' : valueWords(speaking.state),
    ...(typeof temperature?.value === 'number' ? { reading: `${temperature.value.toFixed(1)}°` } : {}),
  };
}

const rank = (property: string): number => {
  const at = leading.indexOf(property);
  return at < 0 ? leading.length : at;
};

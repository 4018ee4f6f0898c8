/**
 * What is taken out of a STIX bundle before it leaves: by rules that a group of partners has, and with a list of every
 * change, so that a person sees beforehand what goes. Pure.
 */
import { z } from 'zod';
import type { StixObject } from '../intelligence/taxii/resources.ts';

/** Each of them `true`: it may go. */
export const sharingRules = z.strictObject({
  /** Names, accounts and badges of people. */
  people: z.boolean().default(false),
  /** Names of our sites and assets: otherwise their kinds alone. */
  places: z.boolean().default(false),
  /** Our own addresses and host names: those of inside networks. */
  ownAddresses: z.boolean().default(false),
  /** The incident's title and story in words. */
  story: z.boolean().default(true),
  /** What we did. */
  measures: z.boolean().default(true),
  /** Single observations, with their times and values. */
  observations: z.boolean().default(true),
  /** How exactly times are told. */
  times: z.enum(['exact', 'hour', 'day']).default('exact'),
});
export type SharingRules = z.infer<typeof sharingRules>;

/** One thing that was changed or left out. */
export interface Removal {
  rule: keyof SharingRules;
  /** The object and the field in it; of an object that is left out, the object alone. */
  where: string;
  /** What stood there, shortened. */
  was: string;
  /** What stands there now; undefined: nothing. */
  now?: string;
}

export interface Anonymised {
  objects: StixObject[];
  removed: Removal[];
}

/** Names that are replaced, the same one always by the same: `Linden Pharmacy` by `site-1`. */
export interface HouseNames {
  places: ReadonlyMap<string, string>;
}

const MAX_REMOVALS = 5_000;
const STEP_MS = { exact: 1, hour: 3_600_000, day: 86_400_000 } as const;
const timeFields = new Set([
  'created',
  'modified',
  'first_seen',
  'last_seen',
  'first_observed',
  'last_observed',
  'valid_from',
  'valid_until',
]);

const insideV4 =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const isInside = ({ type, value }: StixObject): boolean => {
  if (typeof value !== 'string') return false;
  if (type === 'ipv4-addr') return insideV4.test(value);
  if (type === 'ipv6-addr') return /^(f[cd]|fe[89ab]|::1$)/i.test(value);
  if (type === 'mac-addr') return true;
  return type === 'domain-name' && /\.(local|lan|internal|intern|home\.arpa)\.?$/i.test(value);
};

/** Types that hold a person as such. */
const personTypes = new Set(['user-account', 'email-addr']);

/** @param objects a bundle's objects, of which those with names of people were taken out already where they may not go */
export function anonymised(
  objects: readonly StixObject[],
  rules: SharingRules,
  { places }: HouseNames,
): Anonymised {
  const removed: Removal[] = [];
  const note = (one: Removal) => {
    if (removed.length < MAX_REMOVALS) removed.push(one);
  };
  const shortened = (value: unknown) =>
    (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200);
  const gone = new Set<string>();
  const leaveOut = (object: StixObject, rule: keyof SharingRules) => {
    gone.add(object.id);
    note({ rule, where: object.type, was: shortened(object.value ?? object.name ?? object.id) });
  };
  for (const object of objects) {
    if (!rules.people && personTypes.has(object.type)) leaveOut(object, 'people');
    else if (!rules.ownAddresses && isInside(object)) leaveOut(object, 'ownAddresses');
    else if (!rules.measures && object.type === 'course-of-action') leaveOut(object, 'measures');
    else if (!rules.observations && object.type === 'observed-data') leaveOut(object, 'observations');
  }
  const pattern = rules.places ? undefined : patternOf([...places.keys()]);
  const kept = objects.filter(({ id }) => !gone.has(id));
  const step = STEP_MS[rules.times];

  const cleaned = (value: unknown, where: string, key: string): unknown => {
    if (typeof value === 'string') return cleanedText(value, where, key);
    if (Array.isArray(value)) {
      const left = value.filter((one) => !(typeof one === 'string' && gone.has(one)));
      return left.map((one, index) => cleaned(one, `${where}[${index}]`, key));
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, cleaned(member, `${where}.${name}`, name)]),
    );
  };
  const cleanedText = (text: string, where: string, key: string): string => {
    if (timeFields.has(key) && step > 1) {
      const at = Date.parse(text);
      // Never before what it was: the standard wants the end behind the beginning, and versions in order.
      const rounded = new Date(Math.ceil(at / step) * step).toISOString();
      if (Number.isFinite(at) && rounded !== text) note({ rule: 'times', where, was: text, now: rounded });
      return Number.isFinite(at) ? rounded : text;
    }
    if (pattern === undefined || /^[a-z0-9-]+--[0-9a-f-]{36}$/.test(text)) return text;
    const now = text.replace(pattern, (word) => places.get(word.toLowerCase()) ?? 'a place of ours');
    if (now !== text) note({ rule: 'places', where, was: text.slice(0, 200), now: now.slice(0, 200) });
    return now;
  };

  const result = kept.flatMap((object): StixObject[] => {
    // What points at something that is left out goes with it.
    if (refersTo(object, gone)) return [];
    // Definitions and markings are the same everywhere: nothing of ours is in them.
    if (object.type === 'marking-definition' || object.type === 'extension-definition') return [object];
    const bare = withoutStory(object, rules, note, shortened);
    const told = cleaned(bare, object.type, '');
    return isStix(told) ? [told] : [];
  });
  return { objects: result, removed };
}

const isStix = (value: unknown): value is StixObject =>
  typeof value === 'object' && value !== null && 'id' in value && 'type' in value;

/** A single reference (not one of a list) to what is left out; or a list of which nothing would be left. */
function refersTo(object: StixObject, gone: ReadonlySet<string>): boolean {
  if (gone.size === 0) return false;
  return Object.entries(object).some(([name, value]) => {
    if (name.endsWith('_ref')) return typeof value === 'string' && gone.has(value);
    if (!name.endsWith('_refs') || !Array.isArray(value) || value.length === 0) return false;
    return value.every((one) => typeof one === 'string' && gone.has(one));
  });
}

function withoutStory(
  object: StixObject,
  { story, people, places }: SharingRules,
  note: (one: Removal) => void,
  shortened: (value: unknown) => string,
): StixObject {
  let result = object;
  if (!story && object.type === 'incident') {
    for (const field of ['name', 'description'])
      if (object[field] !== undefined)
        note({ rule: 'story', where: `incident.${field}`, was: shortened(object[field]) });
    const { description: _story, ...rest } = object;
    result = { ...rest, id: object.id, type: object.type, name: 'Incident' };
  }
  if (!places && object.type === 'incident')
    result = { ...result, extensions: withoutNames(result.extensions, note) };
  // Who wrote it is the house, whose name the partner knows; anybody else is a person.
  if (!people && object.type === 'identity' && object.identity_class === 'individual')
    result = { ...result, name: 'a person' };
  return result;
}

/** Of assets their kinds; of sites nothing: names and identifiers of ours say where to go. */
function withoutNames(extensions: unknown, note: (one: Removal) => void): unknown {
  if (typeof extensions !== 'object' || extensions === null) return extensions;
  return Object.fromEntries(
    Object.entries(extensions).map(([key, extension]) => {
      if (typeof extension !== 'object' || extension === null) return [key, extension];
      const { sites, assets, ...rest } = extension as { sites?: unknown; assets?: unknown };
      if (sites !== undefined)
        note({ rule: 'places', where: 'incident.sites', was: JSON.stringify(sites).slice(0, 200) });
      if (!Array.isArray(assets)) return [key, rest];
      note({ rule: 'places', where: 'incident.assets', was: JSON.stringify(assets).slice(0, 200) });
      const kinds = assets.map((asset: unknown, index) => {
        const kind =
          typeof asset === 'object' && asset !== null && 'kind' in asset ? String(asset.kind) : 'unknown';
        return { id: `${kind}-${index + 1}`, kind, name: kind };
      });
      return [key, { ...rest, assets: kinds }];
    }),
  );
}

/** Whole words, the longest first. */
function patternOf(words: readonly string[]): RegExp | undefined {
  const longest = words.filter((word) => word.length >= 3).sort((a, b) => b.length - a.length);
  if (longest.length === 0) return undefined;
  const any = longest.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(`(?<![\\p{L}\\d])(?:${any})(?![\\p{L}\\d])`, 'giu');
}

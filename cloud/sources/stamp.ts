/** What a source reported, made into records of the house: named, placed, timed and bounded. Pure. */
import { createHash } from 'node:crypto';
import type { Asset } from '../../devices/model/asset.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { MAX_TEXT_LENGTH } from '../../devices/model/identifiers.ts';
import {
  type Facts,
  type LogEntry,
  MAX_FIELDS,
  MAX_LOG_FIELDS,
  MAX_LOG_LENGTH,
  MAX_LOG_TEXT,
  type Observation,
  type Subjects,
} from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { fitText } from './plain-text.ts';
import type { Judged, Reported } from './source.ts';

/** Which source it is and what its reports are about where they do not say so. */
export interface SourcePlace {
  name: string;
  format: string;
  asset: string;
  site: string;
}

export interface Stamped {
  observation: Observation;
  detection?: Detection;
}

/** A source whose clock is further ahead than this states no usable time: the time of receipt counts. */
const MAX_AHEAD_MS = 3_600_000;
const MAX_ID_LENGTH = 256;
const MAX_VALUE_LENGTH = 512;
const MAX_NAME_LENGTH = 64;
const MAX_ACCOUNT_LENGTH = 128;
const MAX_NAMED = 64;

/** An id that fits; a longer one keeps its beginning and ends in a hash of the whole. */
const shortId = (id: string): string =>
  id.length <= MAX_ID_LENGTH
    ? id
    : `${id.slice(0, MAX_ID_LENGTH - 33)}~${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;

/** The recorder in the ids of a source's records. */
export const recorderOf = (source: string): string => `cloud-${source}`;

/** The source's own name within an id: nothing in it can be taken for a blank or a line's end. */
const ownName = (id: string): string => encodeURI(id.toWellFormed()).slice(0, 4 * MAX_ID_LENGTH);

/**
 * @param id name of the record where the report brings none of its own
 * @param receivedAt ms
 */
export function stamp(
  reported: Reported,
  id: string,
  receivedAt: number,
  place: SourcePlace,
  registry: Registry,
): Stamped {
  const asset = known(registry, reported.asset);
  const observationId = shortId(
    reported.id === undefined ? id : `${recorderOf(place.name)}/${ownName(reported.id)}`,
  );
  const stated = reported.observedAt;
  const isAhead = stated !== undefined && stated > receivedAt + MAX_AHEAD_MS;
  const subjects = fitSubjects(reported.subjects);
  const observables = fitFields(reported.observables, (value) => fitText(value, MAX_VALUE_LENGTH));
  const facts = fitFields<Facts[string]>(
    {
      ...(isAhead ? { statedTime: stated } : {}),
      ...(reported.asset !== undefined && asset === undefined && reported.facts?.host === undefined
        ? { namedAsset: reported.asset }
        : {}),
      ...reported.facts,
    },
    (value) =>
      typeof value === 'string'
        ? fitText(value, MAX_VALUE_LENGTH)
        : typeof value === 'number' && !Number.isFinite(value)
          ? undefined
          : value,
  );
  const log = fitLog(reported.log);
  const observation: Observation = {
    id: observationId,
    kind: reported.kind,
    site: asset?.site ?? place.site,
    asset: asset?.id ?? place.asset,
    source: `${place.format}:${place.name}`,
    observedAt: stated === undefined || isAhead ? receivedAt : stated,
    receivedAt,
    clock: stated === undefined || isAhead ? 'set' : 'foreign',
    ...(reported.value === undefined || !Number.isFinite(reported.value) ? {} : { value: reported.value }),
    ...(subjects === undefined ? {} : { subjects }),
    ...(observables === undefined ? {} : { observables }),
    ...(facts === undefined ? {} : { facts }),
    ...(log === undefined ? {} : { log }),
  };
  if (reported.judged === undefined) return { observation };
  return { observation, detection: detectionOf(observation, reported.judged, registry) };
}

function detectionOf(observation: Observation, judged: Judged, registry: Registry): Detection {
  const assets: string[] = [];
  const identities: string[] = [];
  for (const name of judged.assets ?? [observation.asset]) {
    const asset = known(registry, name);
    const person = asset === undefined ? registry.identity(name.toLowerCase()) : undefined;
    if (person !== undefined) identities.push(person.id);
    else assets.push(asset?.id ?? fitText(name, MAX_ID_LENGTH));
  }
  const everybody = [
    observation.subjects ?? {},
    ...(judged.subjects ?? []).flatMap((one) => fitSubjects(one) ?? []),
  ];
  for (const subjects of everybody) {
    const person = registry.resolve(subjects, observation.asset);
    if (person !== undefined) identities.push(person.id);
  }
  const { account, badge } = observation.subjects ?? {};
  const observables = fitFields(
    {
      ...(account === undefined ? {} : { account }),
      ...(badge === undefined ? {} : { badge }),
      ...observation.observables,
    },
    (value) => value,
  );
  const first = assets.flatMap((id) => registry.asset(id) ?? [])[0];
  const rule = fitText(judged.rule, MAX_ID_LENGTH);
  return {
    id: shortId(`${rule}/${observation.id}`),
    at: observation.observedAt,
    rule,
    severity: judged.severity,
    source: observation.source,
    site: first?.site ?? observation.site,
    assets: [...new Set(assets.length === 0 ? [observation.asset] : assets)].slice(0, MAX_NAMED),
    identities: [...new Set(identities)].slice(0, MAX_NAMED),
    observables: observables ?? {},
    summary: fitText(judged.summary, MAX_TEXT_LENGTH),
    facts: observation.facts ?? {},
    evidence: [observation.id],
    ...(judged.tactic === undefined ? {} : { tactic: fitText(judged.tactic, 32) }),
    count: 1,
  };
}

/** Partners do not keep to our small letters. */
const known = (registry: Registry, name: string | undefined): Asset | undefined =>
  name === undefined ? undefined : (registry.asset(name) ?? registry.asset(name.toLowerCase()));

function fitSubjects(subjects: Subjects | undefined): Subjects | undefined {
  if (subjects === undefined) return undefined;
  const { account, badge, identity } = subjects;
  const fit: Subjects = {
    ...(account === undefined ? {} : { account: fitText(account, MAX_ACCOUNT_LENGTH) }),
    ...(badge === undefined ? {} : { badge: fitText(badge, MAX_NAME_LENGTH) }),
    ...(identity === undefined ? {} : { identity }),
  };
  return Object.keys(fit).length === 0 ? undefined : fit;
}

/** At most MAX_FIELDS, the first ones; undefined where nothing is left. */
function fitFields<Value>(
  fields: Readonly<Record<string, Value>> | undefined,
  bounded: (value: Value) => Value | undefined,
): Record<string, Value> | undefined {
  if (fields === undefined) return undefined;
  const kept: Record<string, Value> = {};
  let count = 0;
  for (const key in fields) {
    const value = fields[key];
    const fitted = value === undefined ? undefined : bounded(value);
    if (fitted === undefined || fitted === '' || key === '__proto__') continue;
    kept[fitText(key, MAX_NAME_LENGTH)] = fitted;
    if (++count === MAX_FIELDS) break;
  }
  return count === 0 ? undefined : kept;
}

const MAX_LOG_NAME = 128;

/** Rules look for words with blanks between them, not for the ends of a script's lines. */
const onOneLine = (text: string): string =>
  text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text;

/** The first fields, each as long as there is room. */
function fitLog(log: LogEntry | undefined): LogEntry | undefined {
  if (log === undefined) return undefined;
  const { category, product, service } = log;
  const fields: LogEntry['fields'] = {};
  let count = 0;
  let room = MAX_LOG_LENGTH;
  for (const name in log.fields) {
    const value = log.fields[name];
    if (count === MAX_LOG_FIELDS) break;
    if (value === undefined) continue;
    const key = fitText(name, MAX_LOG_NAME);
    if (key === '' || key === '__proto__' || key.length > room) continue;
    const isText = typeof value === 'string';
    if (!isText && typeof value === 'number' && !Number.isFinite(value)) continue;
    const kept = isText ? fitText(onOneLine(value), Math.min(MAX_LOG_TEXT, room - key.length)) : value;
    room -= key.length + (typeof kept === 'string' ? kept.length : 0);
    fields[key] = kept;
    count++;
  }
  return {
    ...(category === undefined ? {} : { category: fitText(category, MAX_NAME_LENGTH) }),
    ...(product === undefined ? {} : { product: fitText(product, MAX_NAME_LENGTH) }),
    ...(service === undefined ? {} : { service: fitText(service, MAX_NAME_LENGTH) }),
    fields,
  };
}

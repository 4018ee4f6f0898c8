/**
 * Devices behind Sparkplug B edge nodes (Eclipse Sparkplug 3.0): `spBv1.0/<group>/<type>/<node>[/<device>]`.
 *
 * A birth tells all metrics with their names and binds aliases; data may then use the aliases alone. A death is the
 * node's last will and counts only where its `bdSeq` is that of the birth. `seq` counts a node's messages: where one is
 * missing, or where nothing is known of a node (the gateway is new here; births are never retained), the node is asked
 * to be born again. A metric that is marked historical happened long ago and is passed over.
 */
import { Findings, resultOf, WATCHED_BY_LAST_WILL } from './capabilities.ts';
import { BoundedMap, tooMany } from './memory.ts';
import { isDeviceName, quote } from './payload.ts';
import type { DeviceMessage, Heard, OutgoingMessage, Profile, ProfileResult, Reading } from './profile.ts';
import { capabilityOf } from './sparkplug-metrics.ts';
import {
  MAX_METRICS,
  type Metric,
  readSparkplug,
  rebirthRequest,
  type SparkplugPayload,
  signedValue,
} from './sparkplug-payload.ts';
import { samples } from './sparkplug-samples.ts';

const NAME = 'sparkplug';
/** Devices of one node, and aliases that its births may bind. */
const MAX_DEVICES_PER_NODE = 500;
const MAX_ALIASES = MAX_METRICS * 4;
/** A node is asked to be born again this often at most. */
export const REBIRTH_EVERY_MS = 60_000;
const SEQ_COUNT = 256;

interface Known {
  name: string;
  datatype?: number;
  unit?: string;
}

interface EdgeNode {
  isBorn: boolean;
  bdSeq?: bigint;
  /** Of the last message. */
  seq?: number;
  aliases: Map<bigint, Known>;
  /** Names of the metrics by device, for types and units that only births tell. */
  names: Map<string, Known>;
  devices: Set<string>;
  askedAt: number;
}

type Memory = BoundedMap<EdgeNode>;

const presence = (value: 'online' | 'offline'): Reading => ({
  type: 'state',
  part: 'online',
  property: 'online',
  value,
});

interface Place {
  group: string;
  node: string;
  device?: string;
}
const addressOf = ({ group, node, device }: Place): string =>
  `${NAME}:${group}/${node}${device === undefined ? '' : `/${device}`}`;

/** Asks for a birth, unless that has just been done. */
function ask(known: EdgeNode, { group, node }: Place, receivedAt: number): { ask?: OutgoingMessage } {
  if (Math.abs(receivedAt - known.askedAt) < REBIRTH_EVERY_MS) return {};
  known.askedAt = receivedAt;
  return { ask: { topic: `spBv1.0/${group}/NCMD/${node}`, payload: rebirthRequest(receivedAt) } };
}

function readMetrics(
  metrics: readonly Metric[],
  known: EdgeNode,
  device: string,
  isBirth: boolean,
  findings: Findings,
): { isAliasUnknown: boolean } {
  let isAliasUnknown = false;
  for (const metric of metrics) {
    const bound = metric.alias === undefined ? undefined : known.aliases.get(metric.alias);
    const name = metric.name ?? bound?.name;
    if (name === undefined || !isDeviceName(name)) {
      if (metric.name !== undefined) findings.refuse('metric', `${quote(metric.name)} is no name`);
      else if (metric.alias === undefined) findings.refuse('metric', 'has neither name nor alias');
      else {
        findings.refuse(`alias ${metric.alias}`, 'no birth has bound it');
        isAliasUnknown = true;
      }
      continue;
    }
    const key = `${device}\n${name}`;
    const told = bound ?? known.names.get(key);
    const datatype = metric.datatype ?? told?.datatype;
    const unit = metric.unit ?? told?.unit;
    if (isBirth) {
      const entry: Known = {
        name,
        ...(datatype === undefined ? {} : { datatype }),
        ...(unit === undefined ? {} : { unit }),
      };
      if (known.names.size < MAX_ALIASES) known.names.set(key, entry);
      if (metric.alias !== undefined && known.aliases.size < MAX_ALIASES)
        known.aliases.set(metric.alias, entry);
    }
    if (metric.isNull || metric.isHistorical || metric.value === undefined) continue;
    const value = signedValue(metric.value, datatype);
    capabilityOf(name, unit, value)?.(value, name, name, findings);
  }
  return { isAliasUnknown };
}

/** The number after the last one; births of nodes begin anew at any number. */
function isNext(known: EdgeNode, { seq }: SparkplugPayload): boolean {
  const expected = known.seq === undefined ? undefined : (known.seq + 1) % SEQ_COUNT;
  if (seq !== undefined) known.seq = seq;
  return expected === undefined || seq === undefined || seq === expected;
}

function died(place: Place, known: EdgeNode, bdSeq: bigint | undefined): ProfileResult {
  // The will of a connection that has long been replaced by another.
  if (known.isBorn && known.bdSeq !== undefined && bdSeq !== undefined && bdSeq !== known.bdSeq)
    return { heard: [] };
  known.isBorn = false;
  delete known.seq;
  known.aliases.clear();
  const heard: Heard[] = [{ device: addressOf(place), readings: [presence('offline')] }];
  for (const device of known.devices)
    heard.push({ device: addressOf({ ...place, device }), readings: [presence('offline')] });
  return { heard };
}

const bdSeqOf = (metrics: readonly Metric[]): bigint | undefined => {
  const value = metrics.find(({ name }) => name === 'bdSeq')?.value;
  return typeof value === 'bigint' ? value : undefined;
};

function placeOf(topic: string): { type: string; place: Place } | { refused: string } | undefined {
  const [space, group, type = '', node, device, ...rest] = topic.split('/');
  if (space !== 'spBv1.0' || !/^[ND](?:BIRTH|DEATH|DATA)$/.test(type) || rest.length > 0) return undefined;
  if (!isDeviceName(group) || !isDeviceName(node))
    return { refused: 'topic: group and node must have names' };
  if (type.startsWith('N') ? device !== undefined : !isDeviceName(device))
    return { refused: `topic: ${type} is of a ${type.startsWith('N') ? 'node' : 'device'}` };
  const address = `${group}/${node}/${device ?? ''}`;
  if (!isDeviceName(address)) return { refused: `topic: ${quote(address)} is too long` };
  return { type, place: { group, node, ...(device === undefined ? {} : { device }) } };
}

function read(message: DeviceMessage, memory: Memory): ProfileResult {
  const at = placeOf(message.topic);
  if (at === undefined) return { heard: [] };
  if ('refused' in at) return at;
  const { type, place } = at;
  const { group, node, device } = place;
  const payload = readSparkplug(message.payload);
  if ('refused' in payload) return payload;
  const { metrics } = payload.value;
  const key = `${group}/${node}`;
  const known: EdgeNode = memory.get(key) ?? {
    isBorn: false,
    aliases: new Map(),
    names: new Map(),
    devices: new Set(),
    askedAt: Number.NEGATIVE_INFINITY,
  };
  if (!memory.set(key, known)) return { refused: tooMany('edge nodes') };
  if (type === 'NDEATH') return died(place, known, bdSeqOf(metrics));
  if (type === 'NBIRTH') {
    known.isBorn = true;
    known.aliases.clear();
    known.names.clear();
    const bdSeq = bdSeqOf(metrics);
    if (bdSeq === undefined) delete known.bdSeq;
    else known.bdSeq = bdSeq;
    delete known.seq;
  }
  const hasAll = isNext(known, payload.value);
  if (device !== undefined && !known.devices.has(device)) {
    if (known.devices.size >= MAX_DEVICES_PER_NODE)
      return { refused: `more than ${MAX_DEVICES_PER_NODE} devices at ${key}` };
    known.devices.add(device);
  }
  if (type === 'DDEATH') return { heard: [{ device: addressOf(place), readings: [presence('offline')] }] };
  const findings = new Findings();
  const isBirth = type.endsWith('BIRTH');
  if (isBirth) findings.readings.push(presence('online'));
  const { isAliasUnknown } = readMetrics(metrics, known, device ?? '', isBirth, findings);
  if (!hasAll) findings.problems.unshift('seq: a message of this node is missing');
  const isStranger = !known.isBorn;
  const result = resultOf([{ device: addressOf(place), readings: findings.readings }], findings.problems);
  // What a broker had stored is no sign that anybody is there to answer.
  const isWanted = !message.retained && (isStranger || isAliasUnknown || !hasAll);
  const wanted = isWanted ? ask(known, place, message.receivedAt) : {};
  return { ...result, ...wanted };
}

export const sparkplug: Profile<Memory> = {
  name: NAME,
  title: 'Sparkplug B edge node',
  filters: [
    'spBv1.0/+/NBIRTH/+',
    'spBv1.0/+/NDEATH/+',
    'spBv1.0/+/NDATA/+',
    'spBv1.0/+/DBIRTH/+/+',
    'spBv1.0/+/DDEATH/+/+',
    'spBv1.0/+/DDATA/+/+',
  ],
  superviseMs: WATCHED_BY_LAST_WILL,
  memory: () => new BoundedMap<EdgeNode>(),
  read,
  samples,
};

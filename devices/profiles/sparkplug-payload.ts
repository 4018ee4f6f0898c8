/** Payloads of Sparkplug B 3.0 (chapter 6.4, sparkplug_b.proto): metrics with name or alias, type and value. */
import type { Read } from './payload.ts';
import { fieldsOf, messageOf, ProtobufError, type ProtobufField } from './protobuf.ts';

/** A payload larger than this is none of a shop's. */
export const MAX_SPARKPLUG_BYTES = 256 * 1024;
/** Metrics of one payload, and fields of one metric. */
export const MAX_METRICS = 2_000;
const MAX_METRIC_FIELDS = 64;
const MAX_PROPERTIES = 64;
const MAX_NAME_LENGTH = 256;

export interface Metric {
  /** Absent where only the alias is sent. */
  name?: string;
  alias?: bigint;
  timestamp?: number;
  /** As numbered in 6.4.16; absent where it was told at birth. */
  datatype?: number;
  isHistorical: boolean;
  isNull: boolean;
  /** Unit from the property `engUnit`. */
  unit?: string;
  /** Whole numbers as they were sent, without sign: `signedValue` reads them by the type. */
  value?: bigint | number | boolean | string;
}

export interface SparkplugPayload {
  timestamp?: number;
  seq?: number;
  metrics: Metric[];
}

/** Decimal digits that a 4-byte float can tell apart. */
const FLOAT_DIGITS = 7;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf({ type, value }: ProtobufField, what: string): string {
  if (type !== 'bytes') throw new ProtobufError(`${what} is no text`);
  if (value.length > MAX_NAME_LENGTH)
    throw new ProtobufError(`${what} is longer than ${MAX_NAME_LENGTH} bytes`);
  try {
    return utf8.decode(value);
  } catch {
    throw new ProtobufError(`${what} is not UTF-8`);
  }
}

function wholeOf(field: ProtobufField, what: string): bigint {
  if (field.type !== 'varint') throw new ProtobufError(`${what} is no whole number`);
  return field.value;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

function timeOf(field: ProtobufField, what: string): number {
  const at = wholeOf(field, what);
  if (at > 8_640_000_000_000_000n) throw new ProtobufError(`${what} is no time`);
  return Number(at);
}

/** The property `engUnit` of a PropertySet: keys (1) and values (2), side by side. */
function unitOf(bytes: Uint8Array): string | undefined {
  const fields = fieldsOf(bytes, MAX_PROPERTIES * 2);
  const keys = fields.filter(({ number }) => number === 1).map((field) => textOf(field, 'a property'));
  const values = fields.filter(({ number }) => number === 2);
  const value = values[keys.indexOf('engUnit')];
  if (value?.type !== 'bytes') return undefined;
  const text = fieldsOf(value.value, MAX_METRIC_FIELDS).find(({ number }) => number === 8);
  return text === undefined ? undefined : textOf(text, 'engUnit');
}

function metricOf(bytes: Uint8Array): Metric {
  const metric: Metric = { isHistorical: false, isNull: false };
  for (const field of fieldsOf(bytes, MAX_METRIC_FIELDS)) {
    switch (field.number) {
      case 1:
        metric.name = textOf(field, 'a name');
        break;
      case 2:
        metric.alias = wholeOf(field, 'an alias');
        break;
      case 3:
        metric.timestamp = timeOf(field, 'a time');
        break;
      case 4:
        metric.datatype = Number(wholeOf(field, 'a type'));
        break;
      case 5:
        metric.isHistorical = wholeOf(field, 'is_historical') !== 0n;
        break;
      case 7:
        metric.isNull = wholeOf(field, 'is_null') !== 0n;
        break;
      case 9: {
        if (field.type !== 'bytes') throw new ProtobufError('properties are no message');
        const unit = unitOf(field.value);
        if (unit !== undefined) metric.unit = unit;
        break;
      }
      case 10:
      case 11:
        metric.value = wholeOf(field, 'a value');
        break;
      case 12:
        if (field.type !== 'fixed32') throw new ProtobufError('a float of other than 4 bytes');
        // 39.2 sent as a float is 39.2, not 39.20000076293945.
        metric.value = Number(viewOf(field.value).getFloat32(0, true).toPrecision(FLOAT_DIGITS));
        break;
      case 13:
        if (field.type !== 'fixed64') throw new ProtobufError('a double of other than 8 bytes');
        metric.value = viewOf(field.value).getFloat64(0, true);
        break;
      case 14:
        metric.value = wholeOf(field, 'a boolean') !== 0n;
        break;
      case 15:
        metric.value = textOf(field, 'a text');
        break;
      default:
        // Metadata, data sets, templates and bytes say nothing that a shop asks for.
        break;
    }
  }
  return metric;
}

export function readSparkplug(bytes: Uint8Array): Read<SparkplugPayload> {
  if (bytes.byteLength > MAX_SPARKPLUG_BYTES)
    return { refused: `payload of ${bytes.byteLength} bytes, ${MAX_SPARKPLUG_BYTES} is the most` };
  try {
    const payload: SparkplugPayload = { metrics: [] };
    for (const field of fieldsOf(bytes, MAX_METRICS + MAX_METRIC_FIELDS)) {
      if (field.number === 1) payload.timestamp = timeOf(field, 'the time');
      else if (field.number === 3) payload.seq = Number(wholeOf(field, 'seq'));
      else if (field.number === 2) {
        if (field.type !== 'bytes') throw new ProtobufError('a metric is no message');
        if (payload.metrics.length >= MAX_METRICS)
          throw new ProtobufError(`more than ${MAX_METRICS} metrics`);
        payload.metrics.push(metricOf(field.value));
      }
    }
    return { value: payload };
  } catch (error) {
    if (error instanceof ProtobufError) return { refused: `payload is no Sparkplug B: ${error.message}` };
    throw error;
  }
}

/** Bits of the signed types Int8, Int16, Int32, Int64 (6.4.16). */
const signedBits: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 };

/** A metric's value, whole numbers with the sign that their type gives them. */
export function signedValue(
  value: NonNullable<Metric['value']>,
  datatype: number | undefined,
): number | boolean | string {
  if (typeof value !== 'bigint') return value;
  const bits = datatype === undefined ? undefined : signedBits[datatype];
  return Number(bits === undefined ? value : BigInt.asIntN(bits, value));
}

const encoder = new TextEncoder();

/** What a host may ask of an edge node: to be born again, with all its names (5.9, "Node Control/Rebirth"). */
export function rebirthRequest(at: number): Uint8Array {
  const metric = messageOf([
    { number: 1, type: 'bytes', value: encoder.encode('Node Control/Rebirth') },
    { number: 3, type: 'varint', value: BigInt(Math.round(at)) },
    { number: 4, type: 'varint', value: 11n },
    { number: 14, type: 'varint', value: 1n },
  ]);
  return messageOf([
    { number: 1, type: 'varint', value: BigInt(Math.round(at)) },
    { number: 2, type: 'bytes', value: metric },
  ]);
}

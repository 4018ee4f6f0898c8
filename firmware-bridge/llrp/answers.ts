/** What a reader says (LLRP 1.0.1): reads of tags, news of itself, and how it took a request. Nothing in here throws. */
import type { Read } from '../../devices/profiles/payload.ts';
import { type Parameter, parameterIn, parametersIn, parameterTypes as types } from './parameters.ts';

/** Longer than any EPC bank that is sold: 496 bits. */
const MAX_EPC_BITS = 512;
const MAX_TEXT_BYTES = 256;

/** One read of a tag, or several that the reader has put together. */
export interface TagRead {
  /** Hexadecimal digits, capital. */
  epc: string;
  antenna?: number;
  /** dBm */
  rssi?: number;
  /** µs by the reader's own clock, which may be wrong: good for an order, not for a time. */
  firstSeenUs?: number;
  reads: number;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** Printable text of at most MAX_TEXT_BYTES. */
const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, MAX_TEXT_BYTES))
    .toString('utf8')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .trim();

/** A text with its length before it. */
function countedText(bytes: Uint8Array): string {
  if (bytes.length < 2) return '';
  return text(bytes.subarray(2, 2 + view(bytes).getUint16(0)));
}

function epcIn(parameters: readonly Parameter[]): Read<string> {
  const short = parameters.find(({ type }) => type === types.epc96);
  if (short !== undefined) return { value: hex(short.body) };
  const long = parameters.find(({ type }) => type === types.epcData)?.body;
  if (long === undefined || long.length < 2) return { refused: 'a read without an EPC' };
  const bits = view(long).getUint16(0);
  const bytes = Math.ceil(bits / 8);
  if (bits === 0 || bits > MAX_EPC_BITS || long.length < 2 + bytes)
    return { refused: `an EPC of ${bits} bits in ${long.length - 2} bytes` };
  return { value: hex(long.subarray(2, 2 + bytes)) };
}

function tagRead(data: Uint8Array): Read<TagRead> {
  const { parameters, broken } = parametersIn(data);
  const epc = epcIn(parameters);
  if ('refused' in epc) return { refused: broken === undefined ? epc.refused : `${epc.refused}; ${broken}` };
  const read: TagRead = { epc: epc.value, reads: 1 };
  for (const { type, body } of parameters) {
    if (type === types.antennaId) read.antenna = view(body).getUint16(0);
    else if (type === types.peakRssi) read.rssi = view(body).getInt8(0);
    else if (type === types.firstSeenUtc || type === types.firstSeenUptime)
      read.firstSeenUs = Number(view(body).getBigUint64(0));
    else if (type === types.tagSeenCount) read.reads = Math.max(1, view(body).getUint16(0));
  }
  return { value: read };
}

/** RO_ACCESS_REPORT (14.1): reads in the order in which the reader had them, and what could not be read. */
export function readTagReport(body: Uint8Array): { reads: TagRead[]; refused: string[] } {
  const { parameters, broken } = parametersIn(body);
  const reads: TagRead[] = [];
  const refused: string[] = broken === undefined ? [] : [broken];
  for (const { type, body: data } of parameters) {
    if (type !== types.tagReportData) continue;
    const read = tagRead(data);
    if ('refused' in read) refused.push(read.refused);
    else reads.push(read.value);
  }
  // By the reader's own clock, however wrong it goes: within one report it is one clock.
  if (reads.every(({ firstSeenUs }) => firstSeenUs !== undefined))
    reads.sort((one, other) => (one.firstSeenUs ?? 0) - (other.firstSeenUs ?? 0));
  return { reads, refused };
}

export type ReaderNews =
  /** 0: this connection is the reader's client; else the reason why not. */
  | { type: 'connection'; status: number }
  | { type: 'closing' }
  | { type: 'antenna'; antenna: number; connected: boolean }
  | { type: 'exception'; text: string }
  /** The reader has thrown reads away. */
  | { type: 'overflow' };

/** READER_EVENT_NOTIFICATION (14.2): what of it concerns a portal. */
export function readNews(body: Uint8Array): ReaderNews[] {
  const data = parameterIn(body, types.readerEventNotificationData);
  if (data === undefined) return [];
  return parametersIn(data).parameters.flatMap(({ type, body: event }): ReaderNews[] => {
    if (type === types.connectionAttemptEvent && event.length >= 2)
      return [{ type: 'connection', status: view(event).getUint16(0) }];
    if (type === types.connectionCloseEvent) return [{ type: 'closing' }];
    if (type === types.antennaEvent && event.length >= 3)
      return [
        { type: 'antenna', antenna: view(event).getUint16(1), connected: view(event).getUint8(0) === 1 },
      ];
    if (type === types.readerExceptionEvent) return [{ type: 'exception', text: countedText(event) }];
    if (type === types.reportBufferOverflowErrorEvent) return [{ type: 'overflow' }];
    return [];
  });
}

/** Why another connection than ours is the reader's client (ConnectionAttemptEvent, 14.2.2.1). */
export const connectionRefusals: Readonly<Record<number, string>> = {
  1: 'the reader has a client that it called itself',
  2: 'the reader already has a client',
  3: 'the reader refuses, and does not say why',
  4: 'another client tried to connect',
};

/** LLRPStatus (15.2.1): undefined where a request was carried out. */
export function refusalIn(body: Uint8Array): string | undefined {
  const status = parameterIn(body, types.llrpStatus);
  if (status === undefined || status.length < 2) return 'an answer without a status';
  const code = view(status).getUint16(0);
  if (code === 0) return undefined;
  const description = countedText(status.subarray(2));
  return description === '' ? `status ${code}` : `status ${code}: ${description}`;
}

/** GET_READER_CAPABILITIES_RESPONSE (9.2): how many antennas it can have, and its firmware. */
export function readCapabilities(body: Uint8Array): { antennas: number; firmware: string } | undefined {
  const general = parameterIn(body, types.generalDeviceCapabilities);
  if (general === undefined || general.length < 12) return undefined;
  return { antennas: view(general).getUint16(0), firmware: countedText(general.subarray(12)) };
}

/** GET_READER_CONFIG_RESPONSE (12.2): which antennas are connected. */
export function readAntennas(body: Uint8Array): Map<number, boolean> {
  const antennas = new Map<number, boolean>();
  for (const { type, body: properties } of parametersIn(body).parameters)
    if (type === types.antennaProperties && properties.length >= 3)
      antennas.set(view(properties).getUint16(1), (view(properties).getUint8(0) & 0x80) !== 0);
  return antennas;
}

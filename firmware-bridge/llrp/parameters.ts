/**
 * LLRP parameters (1.0.1, sections 16.2.1 and 16.2.2): with a length of their own (TLV), or of a length that follows
 * from their type (TV). They nest; each level is walked when somebody asks for it, so depth costs nothing.
 */

/** Section 16.2, as far as a portal needs them. */
export const parameterTypes = {
  // Of a length that follows from the type.
  antennaId: 1,
  firstSeenUtc: 2,
  firstSeenUptime: 3,
  peakRssi: 6,
  tagSeenCount: 8,
  epc96: 13,
  // With a length.
  utcTimestamp: 128,
  generalDeviceCapabilities: 137,
  roSpec: 177,
  roBoundarySpec: 178,
  roSpecStartTrigger: 179,
  roSpecStopTrigger: 182,
  aiSpec: 183,
  aiSpecStopTrigger: 184,
  inventoryParameterSpec: 186,
  keepaliveSpec: 220,
  antennaProperties: 221,
  eventsAndReports: 226,
  roReportSpec: 237,
  tagReportContentSelector: 238,
  tagReportData: 240,
  epcData: 241,
  readerEventNotificationSpec: 244,
  eventNotificationState: 245,
  readerEventNotificationData: 246,
  reportBufferOverflowErrorEvent: 251,
  readerExceptionEvent: 252,
  antennaEvent: 255,
  connectionAttemptEvent: 256,
  connectionCloseEvent: 257,
  llrpStatus: 287,
} as const;

/** Bytes behind the type of each TV parameter (16.2.2 and the encodings of 16.2.7.3). */
const fixedLengths: ReadonlyMap<number, number> = new Map([
  [1, 2],
  [2, 8],
  [3, 8],
  [4, 8],
  [5, 8],
  [6, 1],
  [7, 2],
  [8, 2],
  [9, 4],
  [10, 2],
  [11, 2],
  [12, 2],
  [13, 12],
  [14, 2],
  [15, 2],
  [16, 4],
  [17, 2],
  [18, 4],
  [19, 2],
  [20, 2],
]);

const TLV_HEADER_BYTES = 4;
/** More on one level is no message of a reader: a report of ten thousand tags has as many. */
const MAX_PARAMETERS = 20_000;

export interface Parameter {
  type: number;
  body: Uint8Array;
}

/** The parameters of one level. Where the bytes make no sense, those before that are given, and why it ended. */
export function parametersIn(bytes: Uint8Array): { parameters: Parameter[]; broken?: string } {
  const parameters: Parameter[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (parameters.length >= MAX_PARAMETERS)
      return { parameters, broken: `more than ${MAX_PARAMETERS} parameters` };
    const first = bytes[at] ?? 0;
    const isFixed = (first & 0x80) !== 0;
    const type = isFixed ? first & 0x7f : ((first & 0x03) << 8) | (bytes[at + 1] ?? 0);
    const headerBytes = isFixed ? 1 : TLV_HEADER_BYTES;
    const length = isFixed
      ? (fixedLengths.get(type) ?? -1) + 1
      : ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length <= 0) return { parameters, broken: `parameter ${type} has no length that is known` };
    if (length < headerBytes || at + length > bytes.length)
      return {
        parameters,
        broken: `parameter ${type} is said to have ${length} bytes, there are ${bytes.length - at}`,
      };
    parameters.push({ type, body: bytes.subarray(at + headerBytes, at + length) });
    at += length;
  }
  return { parameters };
}

/** The first of a type. */
export const parameterIn = (bytes: Uint8Array, type: number): Uint8Array | undefined =>
  parametersIn(bytes).parameters.find((each) => each.type === type)?.body;

/** Whole numbers, most significant byte first. */
export const u8 = (value: number): Uint8Array => Uint8Array.of(value & 0xff);
export const u16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0);
  return bytes;
}

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** A parameter with a length. @throws RangeError where it would be longer than its length can say */
export function tlv(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = joined(...parts);
  if (body.length + TLV_HEADER_BYTES > 0xffff) throw new RangeError(`parameter ${type} is too long`);
  return joined(u16(type & 0x3ff), u16(body.length + TLV_HEADER_BYTES), body);
}

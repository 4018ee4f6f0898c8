/** LLRP 1.0.1 as a reader writes it: messages, and the parameters of those that a reader sends. */

export const types = {
  getReaderCapabilities: 1,
  getReaderConfig: 2,
  setReaderConfig: 3,
  closeConnection: 14,
  addRoSpec: 20,
  deleteRoSpec: 21,
  startRoSpec: 22,
  enableRoSpec: 24,
  roAccessReport: 61,
  keepalive: 62,
  readerEventNotification: 63,
  keepaliveAck: 72,
  errorMessage: 100,
} as const;

/** The answer to a request has its number and ten more, but for the close of a connection. */
export const answerTo = (type: number): number => (type === types.closeConnection ? 4 : type + 10);

export const MAX_REQUEST_BYTES = 65_536;

export function message(type: number, id: number, ...parameters: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parameters);
  const header = Buffer.alloc(10);
  header.writeUInt16BE((1 << 10) | type, 0);
  header.writeUInt32BE(10 + body.length, 2);
  header.writeUInt32BE(id, 6);
  return Buffer.concat([header, body]);
}

export function parameter(type: number, ...content: readonly (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(content.map((each) => Buffer.from(each)));
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(4 + body.length, 2);
  return Buffer.concat([header, body]);
}

export const short = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

export function micros(ms: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.round(ms)) * 1_000n);
  return bytes;
}

const counted = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(short(bytes.length)), bytes]);
};

/** LLRPStatus: 0 is success. */
export const status = (code: number, description = ''): Buffer =>
  parameter(287, short(code), counted(description));

/** ReaderEventNotificationData with one event. */
export const notice = (atMs: number, event: Buffer): Buffer =>
  parameter(246, parameter(128, micros(atMs)), event);
export const connectionAttempt = (code: number): Buffer => parameter(256, short(code));
export const antennaEvent = (antenna: number, connected: boolean): Buffer =>
  parameter(255, [connected ? 1 : 0], short(antenna));
export const exceptionEvent = (text: string): Buffer => parameter(252, counted(text));
export const antennaProperties = (antenna: number, connected: boolean): Buffer =>
  parameter(221, [connected ? 0x80 : 0], short(antenna), short(0));

export const generalCapabilities = (antennas: number, firmware: string): Buffer =>
  parameter(137, short(antennas), short(0x4000), [0, 0, 0x65, 0x1a], [0, 0, 0, 1], counted(firmware));

export interface SimulatedRead {
  /** Hexadecimal digits. */
  epc: string;
  antenna: number;
  rssi: number;
  atMs: number;
}

/** TagReportData, with what the portal asks for: antenna, strength, time, count. */
export function tagReport({ epc, antenna, rssi, atMs }: SimulatedRead): Buffer {
  const bytes = Buffer.from(epc, 'hex');
  const identity =
    bytes.length === 12
      ? Buffer.concat([Buffer.of(0x8d), bytes])
      : parameter(241, short(bytes.length * 8), bytes);
  return parameter(240, identity, [0x81, ...short(antenna)], [0x86, rssi & 0xff], [0x82], micros(atMs), [
    0x88,
    ...short(1),
  ]);
}

/** Bytes of the first parameter of a type, at any depth that a request has. */
export function parameterIn(bytes: Buffer, type: number): Buffer | undefined {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2);
    if (length < 4 || at + length > bytes.length) return undefined;
    if ((bytes.readUInt16BE(at) & 0x3ff) === type) return bytes.subarray(at + 4, at + length);
    at += length;
  }
  return undefined;
}

/** What a control panel says to a reader (OSDP 2.2, clause 6), as values. */

export const colours = ['off', 'red', 'green', 'amber', 'blue', 'magenta', 'cyan', 'white'] as const;
export type Colour = (typeof colours)[number];

/** What an output (a relay: a lock, a buzzer) shall do. Timed ones go back by themselves. */
export const outputActions = [
  'none',
  'off',
  'on',
  'off-after-timer',
  'on-after-timer',
  'on-for',
  'off-for',
] as const;
export type OutputAction = (typeof outputActions)[number];

export interface OutputOrder {
  output: number;
  action: OutputAction;
  /** In tenths of a second, for `on-for` and `off-for`. */
  tenths: number;
}

/** On and off in tenths of a second, and the colours of the two. */
export interface Blink {
  onTenths: number;
  offTenths: number;
  on: Colour;
  off: Colour;
}

export interface LedOrder {
  reader: number;
  led: number;
  /** `cancel` ends a temporary one; with `blink` it lasts `tenths`. */
  temporary: 'none' | 'cancel' | { blink: Blink; tenths: number };
  permanent: Blink | undefined;
}

export interface BuzzerOrder {
  reader: number;
  tone: 'off' | 'default';
  onTenths: number;
  offTenths: number;
  /** 0: until told otherwise. */
  count: number;
}

export interface TextOrder {
  reader: number;
  how: 'permanent' | 'permanent-wrapped' | 'temporary' | 'temporary-wrapped';
  seconds: number;
  row: number;
  column: number;
  /** ASCII, at most MAX_TEXT_BYTES. */
  text: string;
}

export type Command =
  | { kind: 'poll' }
  | { kind: 'identify' }
  | { kind: 'capabilities' }
  | { kind: 'local-status' }
  | { kind: 'input-status' }
  | { kind: 'output-status' }
  | { kind: 'reader-status' }
  | { kind: 'output'; orders: OutputOrder[] }
  | { kind: 'led'; orders: LedOrder[] }
  | ({ kind: 'buzzer' } & BuzzerOrder)
  | ({ kind: 'text' } & TextOrder)
  | { kind: 'communication'; address: number; baudRate: number }
  /** A new base key for the secure channel, 16 bytes. */
  | { kind: 'key-set'; key: Uint8Array }
  | { kind: 'challenge'; random: Uint8Array }
  | { kind: 'cryptogram'; cryptogram: Uint8Array };

export const commandId = {
  poll: 0x60,
  identify: 0x61,
  capabilities: 0x62,
  'local-status': 0x64,
  'input-status': 0x65,
  'output-status': 0x66,
  'reader-status': 0x67,
  output: 0x68,
  led: 0x69,
  buzzer: 0x6a,
  text: 0x6b,
  communication: 0x6e,
  'key-set': 0x75,
  challenge: 0x76,
  cryptogram: 0x77,
} as const satisfies Record<Command['kind'], number>;

export const MAX_TEXT_BYTES = 255;
export const KEY_BYTES = 16;
export const RANDOM_BYTES = 8;
/** Of key type in osdp_KEYSET: the base key of the secure channel. */
const SECURE_CHANNEL_BASE_KEY = 1;
const OUTPUT_BYTES = 4;
const LED_BYTES = 14;
const textWays = ['permanent', 'permanent-wrapped', 'temporary', 'temporary-wrapped'] as const;

const le16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
const le32 = (value: number): number[] => [...le16(value & 0xffff), ...le16(Math.floor(value / 0x10000))];

const blinkBytes = ({ onTenths, offTenths, on, off }: Blink): number[] => [
  onTenths,
  offTenths,
  colours.indexOf(on),
  colours.indexOf(off),
];

function ledBytes({ reader, led, temporary, permanent }: LedOrder): number[] {
  const none = [0, 0, 0, 0];
  const timed = typeof temporary === 'object' ? temporary : undefined;
  return [
    reader,
    led,
    temporary === 'none' ? 0 : temporary === 'cancel' ? 1 : 2,
    ...(timed === undefined ? none : blinkBytes(timed.blink)),
    ...le16(timed?.tenths ?? 0),
    permanent === undefined ? 0 : 1,
    ...(permanent === undefined ? none : blinkBytes(permanent)),
  ];
}

function dataOf(command: Command): number[] | Uint8Array {
  switch (command.kind) {
    case 'poll':
    case 'local-status':
    case 'input-status':
    case 'output-status':
    case 'reader-status':
      return [];
    case 'identify':
    case 'capabilities':
      // The one kind of answer there is.
      return [0];
    case 'output':
      return command.orders.flatMap(({ output, action, tenths }) => [
        output,
        outputActions.indexOf(action),
        ...le16(tenths),
      ]);
    case 'led':
      return command.orders.flatMap(ledBytes);
    case 'buzzer':
      return [
        command.reader,
        command.tone === 'off' ? 1 : 2,
        command.onTenths,
        command.offTenths,
        command.count,
      ];
    case 'text': {
      const { reader, how, seconds, row, column, text } = command;
      const bytes = [...Buffer.from(text, 'latin1')].slice(0, MAX_TEXT_BYTES);
      return [reader, textWays.indexOf(how) + 1, seconds, row, column, bytes.length, ...bytes];
    }
    case 'communication':
      return [command.address, ...le32(command.baudRate)];
    case 'key-set':
      return [SECURE_CHANNEL_BASE_KEY, command.key.length, ...command.key];
    case 'challenge':
      return command.random;
    case 'cryptogram':
      return command.cryptogram;
  }
}

/** The command's id and data, as they go into a frame. */
export const writeCommand = (command: Command): { id: number; data: Uint8Array } => ({
  id: commandId[command.kind],
  data: Uint8Array.from(dataOf(command)),
});

const kindById = new Map<number, Command['kind']>(
  Object.entries(commandId).map(([kind, id]) => [id, kind as Command['kind']]),
);

/** Reads a command, as for a log of the line. Never throws. */
export function readCommand(id: number, data: Uint8Array): Command | { refused: string } {
  const kind = kindById.get(id);
  if (kind === undefined) return { refused: `command ${id.toString(16)} is not known` };
  const wrong = { refused: `${kind}: ${data.length} bytes of data can't be` };
  switch (kind) {
    case 'poll':
    case 'local-status':
    case 'input-status':
    case 'output-status':
    case 'reader-status':
      return data.length === 0 ? { kind } : wrong;
    case 'identify':
    case 'capabilities':
      return data.length === 1 ? { kind } : wrong;
    case 'output':
      return records(data, OUTPUT_BYTES, readOutput, (orders) => ({ kind, orders })) ?? wrong;
    case 'led':
      return records(data, LED_BYTES, readLed, (orders) => ({ kind, orders })) ?? wrong;
    case 'buzzer': {
      const [reader = 0, tone = 0, onTenths = 0, offTenths = 0, count = 0] = data;
      if (data.length !== 5 || (tone !== 1 && tone !== 2)) return wrong;
      return { kind, reader, tone: tone === 1 ? 'off' : 'default', onTenths, offTenths, count };
    }
    case 'text': {
      const [reader = 0, way = 0, seconds = 0, row = 0, column = 0, length = 0] = data;
      const how = textWays[way - 1];
      if (how === undefined || data.length !== 6 + length) return wrong;
      return { kind, reader, how, seconds, row, column, text: Buffer.from(data.slice(6)).toString('latin1') };
    }
    case 'communication':
      if (data.length !== 5) return wrong;
      return { kind, address: data[0] ?? 0, baudRate: new DataView(data.slice(1).buffer).getUint32(0, true) };
    case 'key-set': {
      const isKey = data[0] === SECURE_CHANNEL_BASE_KEY && data[1] === KEY_BYTES;
      return isKey && data.length === 2 + KEY_BYTES ? { kind, key: data.slice(2) } : wrong;
    }
    case 'challenge':
      return data.length === RANDOM_BYTES ? { kind, random: data.slice() } : wrong;
    case 'cryptogram':
      return data.length === KEY_BYTES ? { kind, cryptogram: data.slice() } : wrong;
  }
}

function records<Order>(
  data: Uint8Array,
  size: number,
  read: (bytes: Uint8Array) => Order | undefined,
  make: (orders: Order[]) => Command,
): Command | undefined {
  if (data.length === 0 || data.length % size !== 0) return undefined;
  const orders: Order[] = [];
  for (let at = 0; at < data.length; at += size) {
    const order = read(data.subarray(at, at + size));
    if (order === undefined) return undefined;
    orders.push(order);
  }
  return make(orders);
}

function readOutput([output = 0, code = 0, low = 0, high = 0]: Uint8Array): OutputOrder | undefined {
  const action = outputActions[code];
  return action && { output, action, tenths: low | (high << 8) };
}

function readBlink([onTenths = 0, offTenths = 0, onCode = 0, offCode = 0]: Uint8Array): Blink | undefined {
  const on = colours[onCode];
  const off = colours[offCode];
  return on === undefined || off === undefined ? undefined : { onTenths, offTenths, on, off };
}

function readLed(bytes: Uint8Array): LedOrder | undefined {
  const [reader = 0, led = 0, temporaryCode = 0] = bytes;
  const permanentCode = bytes[9] ?? 0;
  const blink = readBlink(bytes.subarray(3, 7));
  const permanent = readBlink(bytes.subarray(10, 14));
  if (temporaryCode > 2 || permanentCode > 1 || blink === undefined || permanent === undefined)
    return undefined;
  const tenths = (bytes[7] ?? 0) | ((bytes[8] ?? 0) << 8);
  return {
    reader,
    led,
    temporary: temporaryCode === 0 ? 'none' : temporaryCode === 1 ? 'cancel' : { blink, tenths },
    permanent: permanentCode === 1 ? permanent : undefined,
  };
}

/** What the Firmata link uses of two packages that come without types. */

declare module 'firmata-io' {
  import type { EventEmitter } from 'node:events';

  export interface FirmataOptions {
    /** Milliseconds until the version is asked for where the board does not tell it by itself. */
    reportVersionTimeout?: number;
    /** Milliseconds between two reports of an analogue input. */
    samplingInterval?: number;
  }

  export interface FirmataTransport extends EventEmitter {
    write(bytes: Uint8Array, done?: () => void): void;
  }

  export class Firmata extends EventEmitter {
    constructor(transport: FirmataTransport, options?: FirmataOptions);
    isReady: boolean;
    versionReceived: boolean;
    reportVersionTimeoutId: NodeJS.Timeout;
    /** Bytes of a message that has not ended yet. */
    buffer: number[];
    firmware: { name?: string; version?: { major: number; minor: number } };
    /** `state`: of an output, what was last written to it; as the board told it. */
    pins: { state?: number }[];
    MODES: { INPUT: number; OUTPUT: number; ANALOG: number };
    pinMode(pin: number, mode: number): void;
    digitalWrite(pin: number, value: 0 | 1): void;
    reportDigitalPin(pin: number, value: 0 | 1): void;
    reportAnalogPin(channel: number, value: 0 | 1): void;
    setSamplingInterval(ms: number): void;
  }

  const firmataIo: { Firmata: typeof Firmata };
  // biome-ignore lint/style/noDefaultExport: it is how a CommonJS package arrives.
  export default firmataIo;
}

declare module 'johnny-five' {
  import type { EventEmitter } from 'node:events';
  import type { Firmata } from 'firmata-io';

  export class Board extends EventEmitter {
    constructor(options: { io: Firmata; repl: false; debug: false; sigint: false });
  }
  interface OnBoard {
    board: Board;
    pin: number | string;
  }
  export class Switch extends EventEmitter {
    constructor(options: OnBoard & { type: 'NO' });
    readonly isOpen: boolean;
    readonly isClosed: boolean;
  }
  export class Relay {
    constructor(options: OnBoard);
    close(): void;
    open(): void;
    readonly isClosed: boolean;
  }
  export class Thermometer extends EventEmitter {
    constructor(options: OnBoard & { toCelsius: (raw: number) => number; freq: number });
    /** What toCelsius made of the last reading. */
    readonly celsius: number;
  }

  const johnnyFive: {
    Board: typeof Board;
    Switch: typeof Switch;
    Relay: typeof Relay;
    Thermometer: typeof Thermometer;
  };
  // biome-ignore lint/style/noDefaultExport: it is how a CommonJS package arrives.
  export default johnnyFive;
}

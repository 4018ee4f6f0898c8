/** A load of MQTT publishers, made of raw packets so that the generator costs little of the machine it measures on. */
import { connect as connectTcp, type Socket } from 'node:net';

export interface PublisherOptions {
  port: number;
  username: string;
  password: string;
  clientId: string;
  /** Messages under way without acknowledgement. */
  window: number;
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** Remaining length, MQTT 3.1.1 section 2.2.3. */
function remaining(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.from(bytes);
}

const packet = (first: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([first]), remaining(body.length), body]);
};

function connectPacket({ clientId, username, password }: PublisherOptions): Buffer {
  const flags = 0b1100_0010;
  return packet(
    0x10,
    text('MQTT'),
    Buffer.from([4, flags, 0, 0]),
    text(clientId),
    text(username),
    text(password),
  );
}

/** QoS 1; packet ids go round from 1 to 65,535. */
function publishPacket(topic: string, payload: Buffer, packetId: number): Buffer {
  const id = Buffer.alloc(2);
  id.writeUInt16BE(packetId);
  return packet(0x32, text(topic), id, payload);
}

/** One connection that publishes with QoS 1 and counts what is acknowledged. */
export class Publisher {
  readonly #socket: Socket;
  readonly #window: number;
  #packetId = 0;
  #underWay = 0;
  #left: Buffer = Buffer.alloc(0);
  #connected = Promise.withResolvers<void>();
  #room: (() => void) | undefined;
  acknowledged = 0;

  constructor(options: PublisherOptions) {
    this.#window = options.window;
    this.#socket = connectTcp(options.port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    this.#socket.on('connect', () => this.#socket.write(connectPacket(options)));
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#connected.reject(error));
    this.#socket.on('close', () => this.#connected.reject(new Error('closed before it was connected')));
  }

  connected(): Promise<void> {
    return this.#connected.promise;
  }

  /** Publishes as soon as the window has room. */
  async publish(topic: string, payload: Buffer): Promise<void> {
    if (this.#underWay >= this.#window) await new Promise<void>((resolve) => (this.#room = resolve));
    this.#underWay++;
    this.#packetId = (this.#packetId % 65_535) + 1;
    this.#socket.write(publishPacket(topic, payload, this.#packetId));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    let at = 0;
    // CONNACK and PUBACK are both four bytes long.
    while (bytes.length - at >= 4) {
      const kind = (bytes[at] ?? 0) >> 4;
      if (kind === 2) {
        if (bytes[at + 3] === 0) this.#connected.resolve();
        else this.#connected.reject(new Error(`refused with code ${bytes[at + 3]}`));
      } else if (kind === 4) {
        this.acknowledged++;
        this.#underWay--;
      }
      at += 4;
    }
    this.#left = bytes.subarray(at);
    if (this.#underWay < this.#window && this.#room !== undefined) {
      const room = this.#room;
      this.#room = undefined;
      room();
    }
  }
}

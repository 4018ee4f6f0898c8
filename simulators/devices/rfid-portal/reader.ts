/**
 * A simulated RFID reader in a gate: speaks LLRP 1.0.1 on a real socket, has one client, forgets what it was told when its
 * power goes, and reads what is carried through.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import {
  answerTo,
  antennaEvent,
  antennaProperties,
  connectionAttempt,
  exceptionEvent,
  generalCapabilities,
  MAX_REQUEST_BYTES,
  message,
  notice,
  parameterIn,
  type SimulatedRead,
  status,
  tagReport,
  types,
} from './messages.ts';

/** Each tag in view is read this often by an antenna. */
const READ_EVERY_MS = 40;
/** Reads on the way: the outer antenna alone, both, the inner one alone. */
const READS_OF_A_PASSAGE = 4;
const PIECE_BYTES = 3;

export interface ReaderFaults {
  /** Nothing that it says gets through, as behind a switch that hangs. */
  mute: boolean;
  /** All it says comes so much later. */
  delayMs: number;
  /** Its bytes come in pieces of three. */
  pieces: boolean;
  /** It refuses inventories. */
  refuses: boolean;
}

export interface ReaderOptions {
  outside: number;
  inside: number;
  /** 0: any that is free. */
  port?: number;
}

interface Client {
  socket: Socket;
  heard: Buffer;
  keepalive: NodeJS.Timeout | undefined;
}

export class SimulatedPortalReader {
  readonly faults: ReaderFaults = { mute: false, delayMs: 0, pieces: false, refuses: false };
  /** Its clock goes so much wrong. */
  clockOffsetMs = 0;
  /** Where it listens; the same after a restart. */
  port: number;
  /** How often it was told to start an inventory. */
  started = 0;
  /** Keep-alives that its client has confirmed. */
  confirmed = 0;
  readonly #outside: number;
  readonly #inside: number;
  readonly #cut = new Set<number>();
  readonly #standing = new Map<string, { antenna: number; timer: NodeJS.Timeout }>();
  #server: Server | undefined;
  #client: Client | undefined;
  #antennas: readonly number[] = [];
  #isReading = false;
  #lastId = 0;

  private constructor({ outside, inside, port = 0 }: ReaderOptions) {
    this.#outside = outside;
    this.#inside = inside;
    this.port = port;
  }

  static async start(options: ReaderOptions, signal: AbortSignal): Promise<SimulatedPortalReader> {
    const reader = new SimulatedPortalReader(options);
    await reader.plug();
    signal.addEventListener(
      'abort',
      () => {
        for (const epc of [...reader.#standing.keys()]) reader.take(epc);
        reader.unplug();
      },
      { once: true },
    );
    return reader;
  }

  async plug(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((socket) => this.#meet(socket)).listen(this.port, '127.0.0.1');
    this.#server = server;
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  /** Its power goes, and with it all that it was told. */
  unplug(): void {
    this.#server?.close();
    this.#server = undefined;
    this.#isReading = false;
    this.#leave();
  }

  async reboot(): Promise<void> {
    this.unplug();
    await this.plug();
  }

  /** Bytes that nobody meant. */
  garbage(count: number): void {
    this.#client?.socket.write(crypto.getRandomValues(new Uint8Array(count)));
  }

  /** Bytes as they are given. */
  raw(bytes: Uint8Array): void {
    this.#write(Buffer.from(bytes));
  }

  antenna(antenna: number, connected: boolean): void {
    if (connected) this.#cut.delete(antenna);
    else this.#cut.add(antenna);
    this.#tell(antennaEvent(antenna, connected));
  }

  exception(text: string): void {
    this.#tell(exceptionEvent(text));
  }

  /** Carries a tag through the gate; resolves behind it. */
  async carry(epc: string, direction: 'in' | 'out'): Promise<void> {
    const [first, second] =
      direction === 'in' ? [this.#outside, this.#inside] : [this.#inside, this.#outside];
    const way = [
      ...Array.from({ length: READS_OF_A_PASSAGE }, () => [first]),
      ...Array.from({ length: READS_OF_A_PASSAGE }, () => [first, second]),
      ...Array.from({ length: READS_OF_A_PASSAGE }, () => [second]),
    ];
    for (const antennas of way) {
      for (const antenna of antennas) this.#read(epc, antenna);
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
    }
  }

  /** Puts a tag down where an antenna sees it, until it is taken away. */
  stand(epc: string, antenna: number): void {
    this.take(epc);
    const timer = setInterval(() => this.#read(epc, antenna), READ_EVERY_MS);
    this.#standing.set(epc, { antenna, timer });
  }

  take(epc: string): void {
    clearInterval(this.#standing.get(epc)?.timer);
    this.#standing.delete(epc);
  }

  #read(epc: string, antenna: number): void {
    if (!this.#isReading || this.#cut.has(antenna) || !this.#antennas.includes(antenna)) return;
    const read: SimulatedRead = { epc, antenna, rssi: -50 - antenna, atMs: this.#now() };
    this.#write(message(types.roAccessReport, this.#nextId(), tagReport(read)));
  }

  #now(): number {
    return Math.max(0, Date.now() + this.clockOffsetMs);
  }

  #nextId(): number {
    this.#lastId = (this.#lastId + 1) >>> 0;
    return this.#lastId;
  }

  #tell(event: Buffer): void {
    this.#write(message(types.readerEventNotification, this.#nextId(), notice(this.#now(), event)));
  }

  #meet(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#client !== undefined) {
      // A reader has one client; the second is told, and closed.
      const refusal = notice(this.#now(), connectionAttempt(2));
      socket.end(message(types.readerEventNotification, this.#nextId(), refusal));
      return;
    }
    const client: Client = { socket, heard: Buffer.alloc(0), keepalive: undefined };
    this.#client = client;
    socket.on('close', () => {
      if (this.#client === client) this.#leave();
    });
    socket.on('data', (chunk: Buffer) => {
      client.heard = Buffer.concat([client.heard, chunk]);
      while (this.#client === client && client.heard.length >= 10) {
        const length = client.heard.readUInt32BE(2);
        if (client.heard[0] !== 0x04 || length < 10 || length > MAX_REQUEST_BYTES) {
          this.#leave();
          return;
        }
        if (client.heard.length < length) return;
        const request = client.heard.subarray(0, length);
        client.heard = client.heard.subarray(length);
        this.#carryOut(client, request);
      }
    });
    this.#tell(connectionAttempt(0));
  }

  #leave(): void {
    const client = this.#client;
    this.#client = undefined;
    clearInterval(client?.keepalive);
    client?.socket.destroy();
  }

  #carryOut(client: Client, request: Buffer): void {
    const type = request.readUInt16BE(0) & 0x3ff;
    const id = request.readUInt32BE(6);
    const body = request.subarray(10);
    const answer = (...parameters: Buffer[]) => this.#write(message(answerTo(type), id, ...parameters));
    if (type === types.keepaliveAck) this.confirmed++;
    else if (type === types.getReaderCapabilities) answer(status(0), generalCapabilities(4, 'Simulated 1.0'));
    else if (type === types.getReaderConfig)
      answer(status(0), ...[1, 2, 3, 4].map((each) => antennaProperties(each, !this.#cut.has(each))));
    else if (type === types.setReaderConfig) {
      const spec = parameterIn(body.subarray(1), 220);
      clearInterval(client.keepalive);
      client.keepalive = undefined;
      if (spec?.[0] === 1)
        client.keepalive = setInterval(
          () => this.#write(message(types.keepalive, this.#nextId())),
          spec.readUInt32BE(1),
        );
      answer(status(0));
    } else if (type === types.deleteRoSpec) {
      this.#isReading = false;
      this.#antennas = [];
      answer(status(0));
    } else if (type === types.addRoSpec) {
      const antennas = antennasIn(body);
      if (this.faults.refuses || antennas === undefined) {
        answer(status(100, 'no such inventory'));
        return;
      }
      this.#antennas = antennas;
      answer(status(0));
    } else if (type === types.enableRoSpec) answer(status(this.#antennas.length > 0 ? 0 : 105));
    else if (type === types.startRoSpec) {
      this.#isReading = this.#antennas.length > 0;
      if (this.#isReading) this.started++;
      answer(status(this.#isReading ? 0 : 105));
    } else if (type === types.closeConnection) {
      this.#isReading = false;
      answer(status(0));
      client.socket.end();
    } else this.#write(message(types.errorMessage, id, status(109, 'unsupported message')));
  }

  #write(bytes: Buffer): void {
    const socket = this.#client?.socket;
    if (socket === undefined || this.faults.mute) return;
    const write = () => {
      if (socket.destroyed) return;
      if (!this.faults.pieces) socket.write(bytes);
      else
        for (let at = 0; at < bytes.length; at += PIECE_BYTES)
          socket.write(bytes.subarray(at, at + PIECE_BYTES));
    };
    if (this.faults.delayMs === 0) write();
    else setTimeout(write, this.faults.delayMs).unref();
  }
}

/** Of an ADD_ROSPEC: antennas of its inventory. */
function antennasIn(body: Buffer): number[] | undefined {
  const spec = parameterIn(body, 177);
  const inventory = spec === undefined ? undefined : parameterIn(spec.subarray(6), 183);
  if (inventory === undefined || inventory.length < 2) return undefined;
  const count = inventory.readUInt16BE(0);
  if (count === 0 || inventory.length < 2 + 2 * count) return undefined;
  return Array.from({ length: count }, (_, index) => inventory.readUInt16BE(2 + 2 * index));
}

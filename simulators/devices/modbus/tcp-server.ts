/** Simulated units behind one address in the network. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { SimulatedUnit } from './units.ts';

export interface TcpFaults {
  /** Each answer comes so much later. */
  delayMs: number;
  /** Bytes that are none come before each answer. */
  garbage: boolean;
}

export class ModbusTcpServer {
  readonly faults: TcpFaults = { delayMs: 0, garbage: false };
  readonly #units: ReadonlyMap<number, SimulatedUnit>;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  /** Where it listens; the same after a restart. */
  port = 0;

  private constructor(units: ReadonlyMap<number, SimulatedUnit>) {
    this.#units = units;
  }

  /** @param port 0 for any */
  static async start(
    units: ReadonlyMap<number, SimulatedUnit>,
    signal: AbortSignal,
    port = 0,
  ): Promise<ModbusTcpServer> {
    const made = new ModbusTcpServer(units);
    made.port = port;
    await made.start();
    signal.addEventListener('abort', () => made.stop(), { once: true });
    return made;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket)).listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    this.#server = server;
  }

  /** Its power goes. */
  stop(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let heard = Buffer.alloc(0);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      while (heard.length >= 8) {
        const length = heard.readUInt16BE(4);
        if (heard.readUInt16BE(2) !== 0 || length < 2 || length > 254) return void socket.destroy();
        if (heard.length < 6 + length) return;
        this.#answer(socket, heard.subarray(0, 7), heard.subarray(7, 6 + length));
        heard = heard.subarray(6 + length);
      }
    });
  }

  #answer(socket: Socket, header: Buffer, request: Buffer): void {
    const unit = this.#units.get(header[6] ?? 0);
    if (unit === undefined || unit.faults.off) return;
    const body = unit.answer(request);
    const answer = Buffer.concat([header, body]);
    answer.writeUInt16BE(body.length + 1, 4);
    const send = () => {
      if (socket.destroyed) return;
      // Before the answer and in one piece with it: what comes after an answer harms nobody.
      const rubbish = this.faults.garbage ? crypto.getRandomValues(new Uint8Array(16)) : new Uint8Array(0);
      socket.write(Buffer.concat([rubbish, answer]));
    };
    if (this.faults.delayMs === 0) send();
    else setTimeout(send, this.faults.delayMs).unref();
  }
}

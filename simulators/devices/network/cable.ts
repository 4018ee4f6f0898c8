/** The cable between two programs that speak over TCP, with the faults that cables and networks have. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const SLOW_PIECE_BYTES = 48;
const SLOW_EVERY_MS = 15;
/** Bytes that wait on a slow cable; devices say less. */
const MAX_WAITING_BYTES = 1_048_576;

export class Cable {
  /** Bytes go through in small pieces with pauses, both ways. */
  isSlow = false;
  port = 0;
  /** Nothing that the far end says comes through, and nobody closes anything. */
  isMute = false;
  readonly #farPort: () => number;
  readonly #near = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #isOut = false;

  private constructor(farPort: () => number) {
    this.#farPort = farPort;
    this.#server = createServer((socket) => this.#join(socket));
  }

  /** @param farPort asked at each connection: the far end may come back elsewhere */
  static async lay(farPort: () => number, signal: AbortSignal): Promise<Cable> {
    const cable = new Cable(farPort);
    cable.#server.listen(0, '127.0.0.1');
    await once(cable.#server, 'listening');
    const address = cable.#server.address();
    if (typeof address === 'object' && address !== null) cable.port = address.port;
    signal.addEventListener(
      'abort',
      () => {
        cable.pull();
        cable.#server.close();
      },
      { once: true },
    );
    return cable;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** It is pulled: no goodbye on either side. */
  pull(): void {
    this.#isOut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  plug(): void {
    this.#isOut = false;
  }

  /** Bytes that nobody has sent, to whoever connected here. */
  noise(count: number): void {
    for (const socket of this.#near) socket.write(crypto.getRandomValues(new Uint8Array(count)));
  }

  #join(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#isOut) {
      socket.destroy();
      return;
    }
    const far = connect(this.#farPort(), '127.0.0.1');
    far.on('error', () => far.destroy());
    this.#near.add(socket);
    socket.on('close', () => this.#near.delete(socket));
    this.#pass(socket, far);
    this.#pass(far, socket);
  }

  #pass(from: Socket, to: Socket): void {
    let waiting = Buffer.alloc(0);
    let timer: NodeJS.Timeout | undefined;
    this.#sockets.add(from);
    from.on('close', () => {
      this.#sockets.delete(from);
      clearInterval(timer);
      to.destroy();
    });
    from.on('data', (chunk: Buffer) => {
      if (this.isMute && !this.#near.has(from)) return;
      if (!this.isSlow && waiting.length === 0) {
        to.write(chunk);
        return;
      }
      waiting = Buffer.concat([waiting, chunk]);
      if (waiting.length > MAX_WAITING_BYTES) from.destroy();
      timer ??= setInterval(() => {
        to.write(waiting.subarray(0, SLOW_PIECE_BYTES));
        waiting = waiting.subarray(SLOW_PIECE_BYTES);
        if (waiting.length > 0) return;
        clearInterval(timer);
        timer = undefined;
      }, SLOW_EVERY_MS);
    });
  }
}

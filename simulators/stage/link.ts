import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A cable between gateways and cloud: bytes pass until somebody pulls it. */
export class Link {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #whole = true;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  static async open(target: number, signal: AbortSignal): Promise<Link> {
    const link = new Link(target);
    await new Promise<void>((resolve, reject) => {
      link.#server.once('error', reject);
      link.#server.listen(0, '127.0.0.1', resolve);
    });
    signal.addEventListener(
      'abort',
      () => {
        link.cut();
        link.#server.close();
      },
      { once: true },
    );
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get isWhole(): boolean {
    return this.#whole;
  }

  /** Pulls it: what stands breaks, and nothing new comes through. */
  cut(): void {
    this.#whole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#whole = true;
  }

  #join(near: Socket): void {
    if (!this.#whole) {
      near.destroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}

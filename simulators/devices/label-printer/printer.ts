/** A simulated label printer: prints what it is sent, and answers `~HS`. In the network, and on a serial cable. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { SpeakingDevice } from '../serial/serial-port.ts';

export class SimulatedPrinter implements SpeakingDevice {
  speak: SpeakingDevice['speak'] = () => undefined;
  readonly is = {
    paperOut: false,
    ribbonOut: false,
    headOpen: false,
    paused: false,
    tooHot: false,
    tooCold: false,
    memoryLost: false,
  };
  #heard = '';

  hear(bytes: Uint8Array): void {
    this.#heard = (this.#heard + Buffer.from(bytes).toString('latin1')).slice(-4_096);
    for (let at = this.#heard.indexOf('~HS'); at !== -1; at = this.#heard.indexOf('~HS')) {
      this.#heard = this.#heard.slice(at + 3);
      this.speak(Buffer.from(this.#status(), 'latin1'));
    }
  }

  #status(): string {
    const flag = (is: boolean) => (is ? '1' : '0');
    const { paperOut, ribbonOut, headOpen, paused, tooHot, tooCold, memoryLost } = this.is;
    const first = `030,${flag(paperOut)},${flag(paused)},1245,000,0,0,0,000,${flag(memoryLost)},${flag(tooCold)},${flag(tooHot)}`;
    const second = `000,0,${flag(headOpen)},${flag(ribbonOut)},1,2,6,0,00000000,1,000`;
    return [first, second, '1234,0'].map((text) => `\x02${text}\x03\r\n`).join('');
  }

  /** Opens its raw port on the loopback interface. */
  async listen(signal: AbortSignal): Promise<PrinterSocket> {
    const opened = new PrinterSocket(this);
    await opened.start();
    signal.addEventListener('abort', () => opened.stop(), { once: true });
    return opened;
  }
}

/** The printer's raw port. */
export class PrinterSocket {
  readonly #printer: SimulatedPrinter;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(printer: SimulatedPrinter) {
    this.#printer = printer;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes: Buffer) => {
        this.#printer.speak = (answer) => void socket.write(answer);
        this.#printer.hear(bytes);
      });
    }).listen(this.port, '127.0.0.1');
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
}

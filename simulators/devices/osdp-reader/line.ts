/**
 * An RS-485 line with several readers, whose other end is a serial port that any program can open. Every reader
 * hears everything; two that speak at once destroy each other's words.
 */
import { forgetTerminal, nameTerminal, type PortNames } from '../board/port-folder.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../board/pseudo-terminal.ts';
import type { SimulatedReader } from './reader.ts';

const BITS_PER_BYTE = 10;
/** Between the last byte of a command and the first of the answer. */
const TURNAROUND_MS = 2;
/** A gap this long ends whatever had begun. */
const QUIET_MS = 100;

export interface ReaderLineOptions {
  /** In its by-id name. */
  name: string;
  /** Where its port appears, as in /dev. */
  folder: string;
  baudRate?: number;
  signal: AbortSignal;
}

export class ReaderLine {
  readonly readers: readonly SimulatedReader[];
  readonly #options: Required<ReaderLineOptions>;
  readonly #timers = new Set<NodeJS.Timeout>();
  #plugged: { terminal: PseudoTerminal; names: PortNames } | undefined;
  #heardAt = 0;
  #busyUntil = 0;
  /** Answers that were destroyed because another reader spoke as well. */
  collisions = 0;

  constructor(readers: readonly SimulatedReader[], options: ReaderLineOptions) {
    this.readers = readers;
    this.#options = { baudRate: 9_600, ...options };
    this.plug();
    options.signal.addEventListener('abort', () => this.unplug(), { once: true });
  }

  /** `<folder>/ttyACM<number>`; undefined while unplugged. */
  get port(): string | undefined {
    return this.#plugged?.names.port;
  }

  /** The name that stays from plug to plug; undefined while unplugged. */
  get stablePort(): string | undefined {
    return this.#plugged?.names.byId;
  }

  reader(address: number): SimulatedReader {
    const found = this.readers.find((reader) => reader.address === address);
    if (found === undefined) throw new RangeError(`there is no reader ${address}`);
    return found;
  }

  /** Pulls the adapter out of the machine; the readers keep their power. */
  unplug(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    if (this.#plugged === undefined) return;
    const { terminal, names } = this.#plugged;
    this.#plugged = undefined;
    forgetTerminal(names, terminal.path);
    terminal.close();
  }

  /** Puts it back, under another name, which is returned. */
  plug(): string {
    if (this.#plugged !== undefined) return this.#plugged.names.port;
    const terminal = openPseudoTerminal((bytes) => this.#hear(bytes));
    this.#plugged = {
      terminal,
      names: nameTerminal(this.#options.folder, this.#options.name, terminal.path),
    };
    return this.#plugged.names.port;
  }

  /** Bytes on the line that nobody has sent. */
  noise(bytes: Uint8Array): void {
    this.#plugged?.terminal.write(bytes);
  }

  #hear(bytes: Uint8Array): void {
    const now = performance.now();
    if (now - this.#heardAt > QUIET_MS) for (const reader of this.readers) reader.quiet();
    this.#heardAt = now;
    for (const reader of this.readers)
      for (const answer of reader.hear(bytes))
        this.#after(reader.faults.delayMs + TURNAROUND_MS, () => this.#speak(answer, reader));
  }

  #after(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }

  #speak(answer: Buffer, from: SimulatedReader): void {
    const now = performance.now();
    const lastsMs = (answer.length * BITS_PER_BYTE * 1_000) / this.#options.baudRate;
    const collides = now < this.#busyUntil;
    this.#busyUntil = Math.max(this.#busyUntil, now + lastsMs);
    if (collides) this.collisions++;
    const heard = collides ? answer.map((byte, index) => (index % 3 === 0 ? byte & 0x55 : byte)) : answer;
    // At the far end once its last bit is through; half of it a little earlier, as a port delivers it.
    const half = heard.length >> 1;
    this.#after(lastsMs / 2, () => this.#plugged?.terminal.write(heard.subarray(0, half)));
    this.#after(lastsMs, () => {
      this.#plugged?.terminal.write(heard.subarray(half));
      for (const reader of this.readers) if (reader !== from) reader.hear(heard);
    });
  }
}

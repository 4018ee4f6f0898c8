/** A device on a serial cable: its port is a pseudo-terminal that any program opens, with the faults that cables have. */
import { forgetTerminal, nameTerminal, type PortNames } from '../board/port-folder.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../board/pseudo-terminal.ts';

/** Whatever speaks over a cable or a connection. */
export interface SpeakingDevice {
  /** Bytes from whoever is at the other end. */
  hear(bytes: Uint8Array): void;
  /** Where its own bytes go; replaced at each plugging. */
  speak: (bytes: Uint8Array) => void;
}

export interface CableFaults {
  /** Nothing that the device says gets through. */
  mute: boolean;
  /** Each answer comes so much later. */
  delayMs: number;
  /** So many of the next answers have a byte changed. */
  damage: number;
}

export interface SimulatedPortOptions {
  /** In its by-id name. */
  name: string;
  /** Where its port appears, as in /dev. */
  folder: string;
  signal: AbortSignal;
}

export class SimulatedPort {
  readonly faults: CableFaults = { mute: false, delayMs: 0, damage: 0 };
  readonly #device: SpeakingDevice;
  readonly #options: SimulatedPortOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #plugged: { terminal: PseudoTerminal; names: PortNames } | undefined;

  constructor(device: SpeakingDevice, options: SimulatedPortOptions) {
    this.#device = device;
    this.#options = options;
    device.speak = (bytes) => this.#say(bytes);
    this.plug();
    options.signal.addEventListener('abort', () => this.unplug(), { once: true });
  }

  /** `/dev/pts/<number>`; undefined while unplugged. */
  get terminal(): string | undefined {
    return this.#plugged?.terminal.path;
  }

  /** The name that stays from plug to plug; undefined while unplugged. */
  get stablePort(): string | undefined {
    return this.#plugged?.names.byId;
  }

  unplug(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    if (this.#plugged === undefined) return;
    const { terminal, names } = this.#plugged;
    this.#plugged = undefined;
    forgetTerminal(names, terminal.path);
    terminal.close();
  }

  plug(): void {
    if (this.#plugged !== undefined) return;
    const terminal = openPseudoTerminal((bytes) => this.#device.hear(bytes));
    const { folder, name } = this.#options;
    this.#plugged = { terminal, names: nameTerminal(folder, name, terminal.path) };
  }

  /** Bytes on the cable that nobody has sent. */
  noise(count: number): void {
    this.#plugged?.terminal.write(crypto.getRandomValues(new Uint8Array(count)));
  }

  #say(bytes: Uint8Array): void {
    if (this.faults.mute) return;
    const said = Uint8Array.from(bytes);
    if (this.faults.damage > 0) {
      this.faults.damage--;
      const at = said.length >> 1;
      said[at] = (said[at] ?? 0) ^ 0x15;
    }
    if (this.faults.delayMs === 0) {
      this.#plugged?.terminal.write(said);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#plugged?.terminal.write(said);
    }, this.faults.delayMs);
    this.#timers.add(timer);
  }
}

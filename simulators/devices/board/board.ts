/**
 * An Arduino Uno at a door, emulated: any firmware for it runs unchanged, and its serial line is a
 * pseudo-terminal that the real serialport opens. What happens at the door is called on it.
 */
import type { Clock } from '../../../devices/model/clock.ts';
import { doorNodeEeprom } from './eeprom-image.ts';
import { parseIntelHex } from './intel-hex.ts';
import { type Lane, Pace } from './pace.ts';
import { forgetTerminal, nameTerminal, type PortNames } from './port-folder.ts';
import { CYCLES_PER_MS, Eeprom, Processor } from './processor.ts';
import { openPseudoTerminal, type PseudoTerminal } from './pseudo-terminal.ts';

/** Which pin of the Uno each thing at the door is soldered to; contacts close to ground. */
export interface BoardPins {
  contact: number;
  tamper: number;
  button: number;
  buzzer: number;
  /** Analogue channel of a TMP36 (0 is A0). */
  thermometer: number;
  /** Analogue channel that is left open and so reads noise. */
  noise: number;
}

/** As our door node is wired (firmware's wiring.h); a Firmata board is told its pins, so the same will do. */
export const doorNodePins: BoardPins = {
  contact: 2,
  tamper: 3,
  button: 4,
  buzzer: 8,
  thermometer: 0,
  noise: 5,
};

/** A hand on the exit button. */
export const BUTTON_HOLD_MS = 200;

/** Changes what passes over the line: drop, cut, flip or add bytes. */
export type Disturbance = (bytes: Uint8Array) => Uint8Array;

export interface BoardOptions {
  /** Its name: in the EEPROM, where our own firmware reads it, and in its by-id path. */
  name: string;
  /** Firmware as Intel HEX. */
  hex: string;
  /** Where its port appears, as in /dev. */
  folder: string;
  /** Boards of one process share one. */
  pace: Pace;
  signal: AbortSignal;
  pins?: BoardPins;
  /** Noise of the open input; Math.random unless told. */
  random?: () => number;
}

/** A pace for boards that are to run with this clock. */
export const paceFor = (clock: Clock, signal: AbortSignal): Pace => new Pace(clock, signal);

export class Board {
  readonly name: string;
  private readonly processor: Processor;
  private readonly pins: BoardPins;
  private readonly folder: string;
  private readonly lane: Lane;
  private readonly outgoing: number[] = [];
  private plugged: { terminal: PseudoTerminal; names: PortNames } | undefined;
  private isPowered = true;
  private toHost: Disturbance | undefined;
  private toBoard: Disturbance | undefined;
  private lostOutgoingBytes = 0;
  private lateMs = 0;

  /** Starts powered and plugged in, with the door closed, the lid on, at 21 °C. */
  constructor(options: BoardOptions) {
    this.name = options.name;
    this.folder = options.folder;
    this.pins = options.pins ?? doorNodePins;
    this.processor = new Processor(parseIntelHex(options.hex), new Eeprom(doorNodeEeprom(options.name)));
    this.processor.onByte = (byte) => this.outgoing.push(byte);
    this.processor.apply(this.pins.noise, options.random ?? Math.random);
    this.contact('closed');
    this.tamper(false);
    this.processor.drive(this.pins.button, true);
    this.temperature(21);
    this.plug();
    this.lane = options.pace.join({
      run: (byMs) => {
        if (this.isPowered) this.processor.run(this.processor.cycles + byMs * CYCLES_PER_MS);
      },
      flush: () => this.flush(),
    });
    options.signal.addEventListener('abort', () => this.stop(), { once: true });
    if (options.signal.aborted) this.stop();
  }

  /** Path of its port, `<folder>/ttyACM<number>`; undefined while unplugged. */
  get port(): string | undefined {
    return this.plugged?.names.port;
  }

  /** Path that stays the same from plug to plug; undefined while unplugged. */
  get stablePort(): string | undefined {
    return this.plugged?.names.byId;
  }

  contact(state: 'open' | 'closed'): void {
    this.processor.drive(this.pins.contact, state === 'open');
  }

  tamper(isTamperedWith: boolean): void {
    this.processor.drive(this.pins.tamper, isTamperedWith);
  }

  /** Somebody presses the exit button and lets go again. */
  button(holdMs = BUTTON_HOLD_MS): void {
    this.processor.drive(this.pins.button, false);
    this.processor.after(holdMs, () => this.processor.drive(this.pins.button, true));
  }

  /** @param celsius undefined: the sensor is torn off */
  temperature(celsius: number | undefined): void {
    // TMP36: 500 mV at 0 °C, 10 mV a degree.
    this.processor.apply(this.pins.thermometer, celsius === undefined ? 0 : 0.5 + celsius / 100);
  }

  /** Whether the buzzer sounds. */
  get buzzer(): boolean {
    return this.isPowered && this.processor.isDrivenHigh(this.pins.buzzer);
  }

  /** The reset button, or a host that opens the port of a board with auto-reset. */
  reset(): void {
    this.processor.reset('external');
  }

  /**
   * Pulls the cable. A node with a supply of its own goes on and keeps what it has to tell; one that is fed
   * through the cable (`power: 'lost'`) forgets it.
   */
  unplug(power: 'kept' | 'lost' = 'kept'): void {
    if (power === 'lost') this.isPowered = false;
    if (this.plugged === undefined) return;
    const { terminal, names } = this.plugged;
    this.lostOutgoingBytes += terminal.lostBytes;
    this.plugged = undefined;
    forgetTerminal(names, terminal.path);
    terminal.close();
  }

  /** Puts the cable back in: the port appears under another name, which is returned. */
  plug(): string {
    if (this.plugged !== undefined) return this.plugged.names.port;
    this.outgoing.length = 0;
    const terminal = openPseudoTerminal((bytes) =>
      this.processor.receive(this.toBoard === undefined ? bytes : this.toBoard(bytes)),
    );
    const names = nameTerminal(this.folder, this.name, terminal.path);
    this.plugged = { terminal, names };
    if (!this.isPowered) {
      this.isPowered = true;
      this.processor.reset('power-on');
    }
    return names.port;
  }

  /** Puts bytes on the line to the host that no firmware has sent. */
  noise(bytes: Uint8Array): void {
    this.plugged?.terminal.write(bytes);
  }

  /** A bad cable, until called again without. */
  disturb(toHost?: Disturbance, toBoard?: Disturbance): void {
    this.toHost = toHost;
    this.toBoard = toBoard;
  }

  /** From now on what the firmware says reaches the host so much later, in real time. */
  slow(ms: number): void {
    this.lateMs = ms;
  }

  /** For measurements: what the processor did, and what did not fit into time or buffers. */
  get figures(): {
    elapsedMs: number;
    instructions: number;
    resets: number;
    slippedMs: number;
    lostBytes: number;
  } {
    return {
      elapsedMs: this.processor.cycles / CYCLES_PER_MS,
      instructions: this.processor.instructions,
      resets: this.processor.resets,
      slippedMs: this.lane.slippedMs,
      lostBytes:
        this.lostOutgoingBytes + (this.plugged?.terminal.lostBytes ?? 0) + this.processor.lostIncomingBytes,
    };
  }

  private stop(): void {
    this.unplug();
    this.isPowered = false;
    this.lane.leave();
  }

  private flush(): void {
    if (this.outgoing.length === 0) return;
    const bytes = Uint8Array.from(this.outgoing);
    this.outgoing.length = 0;
    const said = this.toHost === undefined ? bytes : this.toHost(bytes);
    const { plugged } = this;
    if (this.lateMs === 0) plugged?.terminal.write(said);
    else
      setTimeout(() => {
        // What was on its way when the cable was pulled is gone.
        if (plugged !== undefined && this.plugged === plugged) plugged.terminal.write(said);
      }, this.lateMs).unref();
  }
}

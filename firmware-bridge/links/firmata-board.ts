/**
 * A board with StandardFirmata, seen through johnny-five. The objects of both libraries are made once and
 * kept for the life of the link, over a transport that outlives every opening of the port: johnny-five
 * holds on to each board that was ever made, and a cable that hangs up every minute would fill the memory.
 */
import { EventEmitter } from 'node:events';
import type { Firmata } from 'firmata-io';
import type { Board, Relay, Switch, Thermometer } from 'johnny-five';

/** Where the board doesn't tell its version by itself (it was running before), it is asked after this. */
const ASK_AFTER_MS = 500;
/** Between two readings of the thermometer. */
const SAMPLING_MS = 1_000;
const ADC_STEPS = 1024;

export interface FirmataPins {
  contact: number;
  tamper?: number | undefined;
  button?: number | undefined;
  buzzer?: number | undefined;
  /** Analogue channel: 0 is A0. */
  temperature?: number | undefined;
}

/** What can be measured of a TMP36: see its data sheet, table 1. Outside of it there is none. */
const MIN_CELSIUS = -40;
const MAX_CELSIUS = 125;

/** What the pins say. */
export interface FirmataReading {
  contact: 'open' | 'closed';
  tamper?: boolean;
  buzzer?: boolean;
  /** °C */
  temperature?: number;
}

/** Bytes to and from whichever port is open at the moment. */
class Transport extends EventEmitter {
  send: (bytes: Uint8Array) => void = () => undefined;
  write(bytes: Uint8Array, done?: () => void): void {
    this.send(bytes);
    done?.();
  }
}

interface Parts {
  firmata: Firmata;
  board: Board;
  contact: Switch;
  tamper: Switch | undefined;
  button: Switch | undefined;
  buzzer: Relay | undefined;
  thermometer: Thermometer | undefined;
}

export class FirmataBoard {
  /** A pin has changed, or was read for the first time since the last greeting. */
  onReading: () => void = () => undefined;
  onButton: () => void = () => undefined;
  /** The board has started anew by itself: its pins are not set up any more. */
  onRestart: () => void = () => undefined;
  private readonly pins: FirmataPins;
  private readonly supplyVolts: number;
  private readonly transport = new Transport();
  private readonly unread = new Set<number>();
  private parts: Parts | undefined;
  private isGreeted = false;
  private buttonWasDown = false;

  constructor(pins: FirmataPins, supplyVolts: number) {
    this.pins = pins;
    this.supplyVolts = supplyVolts;
  }

  get firmware(): string {
    const { name, version } = this.parts?.firmata.firmware ?? {};
    return `${name ?? 'unknown'} ${version?.major ?? '?'}.${version?.minor ?? '?'}`;
  }

  /** False where the bytes made no sense to the library: Firmata has no checksums, and noise can look like it. */
  hear(bytes: Uint8Array): boolean {
    try {
      this.transport.emit('data', bytes);
      return true;
    } catch {
      if (this.parts !== undefined) this.parts.firmata.buffer.length = 0;
      return false;
    }
  }

  /**
   * Makes sure that a Firmata board is at the other end and sets up its pins. Whoever calls gives up by
   * aborting; the answer is then false.
   */
  async greet(send: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<boolean> {
    this.transport.send = send;
    this.isGreeted = false;
    if (this.parts === undefined) {
      this.parts = await this.introduce(signal);
    } else if (await this.meetAgain(this.parts.firmata, signal)) {
      this.setUpAgain();
    } else return false;
    this.isGreeted = this.parts !== undefined;
    return this.isGreeted;
  }

  /** The port is closed: nothing may be written any more. */
  leave(): void {
    this.isGreeted = false;
    this.transport.send = () => undefined;
  }

  /** Asks for a sign of life, and for all inputs again: what noise has made of one is mended by that. */
  ping(): void {
    this.transport.send(Uint8Array.of(REPORT_VERSION));
    if (this.isGreeted) for (const pin of this.inputs()) this.parts?.firmata.reportDigitalPin(pin, 1);
  }

  /** All pins, or nothing until each was read since the last greeting. */
  get reading(): FirmataReading | undefined {
    const { parts } = this;
    if (parts === undefined || !this.isGreeted || this.unread.size > 0) return undefined;
    const celsius = parts.thermometer?.celsius ?? Number.NaN;
    return {
      contact: parts.contact.isClosed ? 'closed' : 'open',
      ...(parts.tamper !== undefined && { tamper: !parts.tamper.isClosed }),
      ...(parts.buzzer !== undefined && { buzzer: parts.buzzer.isClosed }),
      ...(celsius >= MIN_CELSIUS && celsius <= MAX_CELSIUS && { temperature: Math.round(celsius * 10) / 10 }),
    };
  }

  /** Resolves once the board itself has confirmed its output; false where there is no buzzer. */
  async sound(isOn: boolean, signal: AbortSignal): Promise<boolean> {
    const { parts } = this;
    const pin = this.pins.buzzer;
    if (parts?.buzzer === undefined || pin === undefined || !this.isGreeted) return false;
    if (isOn) parts.buzzer.close();
    else parts.buzzer.open();
    return heard(parts.firmata, `pin-state-${pin}`, signal, () =>
      this.transport.send(Uint8Array.of(0xf0, PIN_STATE_QUERY, pin, 0xf7)),
    );
  }

  private async introduce(signal: AbortSignal): Promise<Parts | undefined> {
    // Loaded here: a bridge without Firmata boards does without the two.
    const [
      { default: five },
      {
        default: { Firmata },
      },
    ] = await Promise.all([import('johnny-five'), import('firmata-io')]);
    this.transport.removeAllListeners();
    const firmata = new Firmata(this.transport, {
      reportVersionTimeout: ASK_AFTER_MS,
      samplingInterval: SAMPLING_MS,
    });
    const isReady = await heard(firmata, 'ready', signal, () => undefined);
    clearTimeout(firmata.reportVersionTimeoutId);
    if (!isReady) return undefined;
    const board = new five.Board({ io: firmata, repl: false, debug: false, sigint: false });
    await new Promise<void>((resolve) => board.once('ready', () => resolve()));
    const { pins } = this;
    for (const pin of this.inputs()) {
      this.unread.add(pin);
      firmata.on(`digital-read-${pin}`, () => this.unread.delete(pin));
    }
    const contactSwitch = (pin: number | undefined) =>
      pin === undefined ? undefined : new five.Switch({ board, pin, type: 'NO' });
    const parts: Parts = {
      firmata,
      board,
      contact: new five.Switch({ board, pin: pins.contact, type: 'NO' }),
      tamper: contactSwitch(pins.tamper),
      button: contactSwitch(pins.button),
      buzzer: pins.buzzer === undefined ? undefined : new five.Relay({ board, pin: pins.buzzer }),
      thermometer:
        pins.temperature === undefined
          ? undefined
          : new five.Thermometer({
              board,
              pin: `A${pins.temperature}`,
              freq: SAMPLING_MS,
              // TMP36: 500 mV at 0 °C, 10 mV a degree. johnny-five's own rounds to whole degrees.
              toCelsius: (raw) => ((raw * this.supplyVolts) / ADC_STEPS - 0.5) * 100,
            }),
    };
    parts.buzzer?.open();
    for (const each of [parts.contact, parts.tamper])
      for (const change of ['open', 'close']) each?.on(change, () => this.onReading());
    for (const change of ['open', 'close'])
      parts.button?.on(change, () => {
        const isDown = parts.button?.isClosed === true;
        if (isDown && !this.buttonWasDown && this.isGreeted) this.onButton();
        this.buttonWasDown = isDown;
        this.onReading();
      });
    parts.thermometer?.on('data', () => this.onReading());
    // Asked for only when greeting: at any other time it is the board's own first word after a restart.
    firmata.on('queryfirmware', () => {
      if (this.isGreeted) this.onRestart();
    });
    return parts;
  }

  private meetAgain(firmata: Firmata, signal: AbortSignal): Promise<boolean> {
    firmata.buffer.length = 0;
    // Nothing but a version counts until the board has told its own: the rest may be half a message.
    firmata.versionReceived = false;
    this.ping();
    return heard(firmata, 'queryfirmware', signal, () => this.transport.send(QUERY_FIRMWARE));
  }

  private setUpAgain(): void {
    const { parts, pins } = this;
    if (parts === undefined) return;
    const { firmata } = parts;
    for (const pin of this.inputs()) this.unread.add(pin);
    for (const pin of this.inputs()) {
      firmata.pinMode(pin, firmata.MODES.INPUT);
      firmata.digitalWrite(pin, 1);
      firmata.reportDigitalPin(pin, 1);
    }
    if (pins.buzzer !== undefined) {
      firmata.pinMode(pins.buzzer, firmata.MODES.OUTPUT);
      firmata.digitalWrite(pins.buzzer, parts.buzzer?.isClosed === true ? 1 : 0);
    }
    if (pins.temperature !== undefined) {
      firmata.setSamplingInterval(SAMPLING_MS);
      firmata.reportAnalogPin(pins.temperature, 1);
    }
  }

  private inputs(): number[] {
    const { contact, tamper, button } = this.pins;
    return [contact, tamper, button].filter((pin) => pin !== undefined);
  }
}

/** Firmata protocol: ask for the protocol's version, for a pin's state, for the firmware's name. */
const REPORT_VERSION = 0xf9;
const PIN_STATE_QUERY = 0x6d;
const QUERY_FIRMWARE = Uint8Array.of(0xf0, 0x79, 0xf7);

/** Asks and waits for the answer; false where the signal is aborted first. Leaves no listener behind. */
const heard = (on: EventEmitter, event: string, signal: AbortSignal, ask: () => void): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const finish = (isHeard: boolean) => {
      on.off(event, onAnswer);
      signal.removeEventListener('abort', onAbort);
      resolve(isHeard);
    };
    const onAnswer = () => finish(true);
    const onAbort = () => finish(false);
    on.once(event, onAnswer);
    signal.addEventListener('abort', onAbort, { once: true });
    ask();
  });

/**
 * A board with StandardFirmata, seen through johnny-five. The objects of both libraries are made once and
 * kept for the life of the link, over a transport that outlives every opening of the port: johnny-five
 * holds on to each board that was ever made, and a cable that hangs up every minute would fill the memory.
 */
import { EventEmitter } from 'node:events';
import type { Firmata } from 'firmata-io';
import { assemble, type FirmataPins, type Libraries, type Parts } from './firmata-parts.ts';
import { heard, QUERY_FIRMWARE, queryPinState, REPORT_VERSION } from './firmata-questions.ts';
import { InputHistory } from './input-history.ts';

/** Where the board doesn't tell its version by itself (it was running before), it is asked after this. */
const ASK_AFTER_MS = 500;
/** Between two readings of the thermometer. */
const SAMPLING_MS = 1_000;
const ADC_STEPS = 1024;
/** Belongs to the serial line on every board: nobody else asks for its state. */
const SERIAL_PIN = 0;

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

export class FirmataBoard {
  /** A pin has changed, or was read for the first time since the last greeting. */
  onReading: (reading: FirmataReading) => void = () => undefined;
  onButton: () => void = () => undefined;
  /** The board has started anew by itself: its pins are not set up any more. */
  onRestart: () => void = () => undefined;
  private readonly pins: FirmataPins;
  private readonly supplyVolts: number;
  private readonly transport = new Transport();
  private readonly unread = new Set<number>();
  private readonly histories: ReadonlyMap<number, InputHistory>;
  private libraries: Libraries | undefined;
  private firmata: Firmata | undefined;
  private parts: Parts | undefined;
  private isGreeted = false;
  private isSounding = false;
  private buttonWasDown = false;
  /** Told whenever the board says which firmware it has: as an answer, or because it has started. */
  private onFirmware: () => void = () => undefined;

  constructor(pins: FirmataPins, supplyVolts: number) {
    this.pins = pins;
    this.supplyVolts = supplyVolts;
    this.histories = new Map(this.inputs().map((pin) => [pin, new InputHistory()]));
  }

  get firmware(): string {
    const { name, version } = this.firmata?.firmware ?? {};
    return `${name ?? 'unknown'} ${version?.major ?? '?'}.${version?.minor ?? '?'}`;
  }

  /** False where the bytes made no sense to the library: Firmata has no checksums, and noise can look like it. */
  hear(bytes: Uint8Array): boolean {
    try {
      this.transport.emit('data', bytes);
      return true;
    } catch {
      if (this.firmata !== undefined) this.firmata.buffer.length = 0;
      return false;
    }
  }

  /** Loads the two libraries, which takes seconds on a busy machine: a bridge without Firmata boards does without. */
  async load(): Promise<void> {
    this.libraries ??= await Promise.all([import('johnny-five'), import('firmata-io')]);
  }

  /**
   * Makes sure that a Firmata board is at the other end and sets up its pins. Whoever calls gives up by
   * aborting; the answer is then false.
   */
  async greet(send: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<boolean> {
    await this.load();
    this.transport.send = send;
    this.isGreeted = false;
    // Once more from the beginning where the board starts while it is set up.
    while (!signal.aborted) {
      const startedAnew = new AbortController();
      this.onFirmware = () => undefined;
      const firmata = await this.meet(signal);
      if (firmata === undefined) break;
      // Every question about the firmware is answered by now: from here on it is the first word after a start.
      this.onFirmware = () => startedAnew.abort();
      await this.setUp(firmata);
      const undisturbed = AbortSignal.any([signal, startedAnew.signal]);
      if (!(await this.answered(firmata, this.pins.buzzer ?? this.pins.contact, undisturbed))) continue;
      this.onFirmware = () => this.onRestart();
      for (const history of this.histories.values()) history.begin();
      this.buttonWasDown = this.parts?.button?.isClosed === true;
      this.isGreeted = true;
      return true;
    }
    return false;
  }

  /** The port is closed: nothing may be written any more. */
  leave(): void {
    this.isGreeted = false;
    this.onFirmware = () => undefined;
    this.transport.send = () => undefined;
    for (const history of this.histories.values()) history.forget();
  }

  /** Asks for a sign of life, and for all pins again: what noise has made of one is mended by that. */
  ping(): void {
    this.transport.send(REPORT_VERSION);
    if (!this.isGreeted) return;
    for (const pin of this.inputs()) this.firmata?.reportDigitalPin(pin, 1);
    if (this.pins.buzzer !== undefined) this.transport.send(queryPinState(this.pins.buzzer));
  }

  /** All pins, or nothing until each was read since the last greeting. */
  get reading(): FirmataReading | undefined {
    const { parts } = this;
    if (parts === undefined || !this.isGreeted || this.unread.size > 0) return undefined;
    const celsius = parts.thermometer?.celsius ?? Number.NaN;
    return {
      contact: parts.contact.isClosed ? 'closed' : 'open',
      ...(parts.tamper !== undefined && { tamper: !parts.tamper.isClosed }),
      ...(parts.buzzer !== undefined && { buzzer: this.isSounding }),
      ...(celsius >= MIN_CELSIUS && celsius <= MAX_CELSIUS && { temperature: Math.round(celsius * 10) / 10 }),
    };
  }

  /** Resolves once the board itself has confirmed its output; false where there is no buzzer. */
  async sound(isOn: boolean, signal: AbortSignal): Promise<boolean> {
    const { firmata, parts, pins } = this;
    if (firmata === undefined || parts?.buzzer === undefined || pins.buzzer === undefined) return false;
    if (!this.isGreeted) return false;
    if (isOn) parts.buzzer.close();
    else parts.buzzer.open();
    return (await this.answered(firmata, pins.buzzer, signal)) && this.isSounding === isOn;
  }

  /** Waits for the board's answers and for nothing that it may have said before; undefined where it is none. */
  private async meet(signal: AbortSignal): Promise<Firmata | undefined> {
    const firmata = this.firmata ?? (await this.introduce(signal));
    if (firmata === undefined) return undefined;
    if (firmata === this.firmata) {
      firmata.buffer.length = 0;
      // Nothing but a version counts until the board has told its own: the rest may be half a message.
      firmata.versionReceived = false;
      const ask = () => {
        this.ping();
        this.transport.send(QUERY_FIRMWARE);
      };
      if (!(await heard(firmata, 'queryfirmware', signal, ask))) return undefined;
    }
    this.firmata = firmata;
    return (await this.answered(firmata, SERIAL_PIN, signal)) ? firmata : undefined;
  }

  private async introduce(signal: AbortSignal): Promise<Firmata | undefined> {
    const { Firmata } = this.libraries?.[1].default ?? {};
    if (Firmata === undefined) throw new Error('a board is greeted before its libraries are loaded');
    this.transport.removeAllListeners();
    const firmata = new Firmata(this.transport, {
      reportVersionTimeout: ASK_AFTER_MS,
      samplingInterval: SAMPLING_MS,
    });
    const isReady = await heard(firmata, 'ready', signal, () => undefined);
    clearTimeout(firmata.reportVersionTimeoutId);
    if (!isReady) return undefined;
    firmata.on('queryfirmware', () => this.onFirmware());
    const { buzzer } = this.pins;
    if (buzzer !== undefined)
      firmata.on(`pin-state-${buzzer}`, () => {
        this.isSounding = firmata.pins[buzzer]?.state === 1;
      });
    return firmata;
  }

  /**
   * Asks for the state of a pin. The board answers in order: with this, everything asked before is answered, and
   * everything ordered before is done.
   */
  private answered(firmata: Firmata, pin: number, signal: AbortSignal): Promise<boolean> {
    return heard(firmata, `pin-state-${pin}`, signal, () => this.transport.send(queryPinState(pin)));
  }

  private async setUp(firmata: Firmata): Promise<void> {
    for (const pin of this.inputs()) this.unread.add(pin);
    if (this.parts === undefined) this.parts = await this.putTogether(firmata);
    else this.setUpAgain(firmata, this.parts);
  }

  private async putTogether(firmata: Firmata): Promise<Parts> {
    const five = this.libraries?.[0].default;
    if (five === undefined) throw new Error('a board is set up before its libraries are loaded');
    const board = new five.Board({ io: firmata, repl: false, debug: false, sigint: false });
    await new Promise<void>((resolve) => board.once('ready', () => resolve()));
    const { pins } = this;
    for (const [pin, history] of this.histories)
      firmata.on(`digital-read-${pin}`, (value: number) => {
        this.unread.delete(pin);
        history.hear(value);
      });
    // TMP36: 500 mV at 0 °C, 10 mV a degree. johnny-five's own rounds to whole degrees.
    const toCelsius = (raw: number) => ((raw * this.supplyVolts) / ADC_STEPS - 0.5) * 100;
    const parts = assemble(five, board, pins, { toCelsius, freq: SAMPLING_MS });
    for (const change of ['open', 'close']) {
      parts.contact.on(change, () =>
        this.changed(pins.contact, ({ contact, ...rest }) => ({
          ...rest,
          contact: contact === 'open' ? 'closed' : 'open',
        })),
      );
      parts.tamper?.on(change, () =>
        this.changed(pins.tamper, (reading) => ({ ...reading, tamper: reading.tamper !== true })),
      );
      parts.button?.on(change, () => this.buttonChanged());
    }
    parts.thermometer?.on('data', () => this.tell());
    return parts;
  }

  /** @param otherwise the reading with this pin the other way round, as it was for a moment */
  private changed(pin: number | undefined, otherwise: (now: FirmataReading) => FirmataReading): void {
    const { reading } = this;
    const wasElsewhere = pin !== undefined && this.histories.get(pin)?.settle() === true;
    if (wasElsewhere && reading !== undefined) this.onReading(otherwise(reading));
    this.tell();
  }

  private buttonChanged(): void {
    const { button } = this.pins;
    const wasElsewhere = button !== undefined && this.histories.get(button)?.settle() === true;
    const isDown = this.parts?.button?.isClosed === true;
    // Down now, or down and up again before it was told.
    const isPressed = wasElsewhere ? !isDown : isDown && !this.buttonWasDown;
    if (isPressed && this.isGreeted) this.onButton();
    this.buttonWasDown = isDown;
    this.tell();
  }

  private tell(): void {
    const { reading } = this;
    if (reading !== undefined) this.onReading(reading);
  }

  private setUpAgain(firmata: Firmata, parts: Parts): void {
    const { pins } = this;
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

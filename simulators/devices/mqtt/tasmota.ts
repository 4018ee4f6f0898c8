import type { Clock } from '../../../devices/model/clock.ts';
import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

/** A Tasmota module: two switch inputs (doors), a relay (a siren), an RFID reader (RDM6300). */
export class Tasmota {
  readonly #line: Line;
  readonly #topic: string;
  readonly #clock: Clock;
  readonly #onRelay: (on: boolean) => void;
  readonly #switches = new Map<number, boolean>();
  #relay = false;

  constructor(
    broker: BrokerAddress,
    topic: string,
    clock: Clock,
    onRelay: (on: boolean) => void,
    signal: AbortSignal,
  ) {
    this.#topic = topic;
    this.#clock = clock;
    this.#onRelay = onRelay;
    this.#line = new Line(
      {
        broker,
        clientId: topic,
        will: { topic: `tele/${topic}/LWT`, payload: 'Offline' },
        birth: [{ topic: `tele/${topic}/LWT`, payload: 'Online' }],
        commands: [`cmnd/${topic}/POWER`],
        onCommand: (_topic, payload) => this.#power(payload),
      },
      signal,
    );
  }

  /** An input changes: at once as a result (SetOption114), and in the next telemetry. */
  input(number: number, on: boolean): void {
    this.#switches.set(number, on);
    this.#line.say(
      `stat/${this.#topic}/RESULT`,
      JSON.stringify({ [`Switch${number}`]: { Action: on ? 'ON' : 'OFF' } }),
    );
  }

  /** A card is held to the reader. */
  present(uid: string): void {
    this.#line.say(
      `tele/${this.#topic}/SENSOR`,
      JSON.stringify({ Time: this.#time(), RDM6300: { UID: uid } }),
    );
  }

  /** The regular report. */
  telemetry(): void {
    const switches = Object.fromEntries(
      [...this.#switches].map(([number, on]) => [`Switch${number}`, on ? 'ON' : 'OFF']),
    );
    this.#line.say(`tele/${this.#topic}/SENSOR`, JSON.stringify({ Time: this.#time(), ...switches }));
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }

  #power(payload: string): void {
    if (payload !== 'ON' && payload !== 'OFF') return;
    const changed = (payload === 'ON') !== this.#relay;
    this.#relay = payload === 'ON';
    this.#line.say(`stat/${this.#topic}/RESULT`, JSON.stringify({ POWER: payload }));
    this.#line.say(`stat/${this.#topic}/POWER`, payload);
    if (changed) this.#onRelay(this.#relay);
  }

  /** Local time without a zone, as the module writes it. */
  #time(): string {
    return new Date(this.#clock.now()).toISOString().slice(0, 19);
  }
}

import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

/** A Shelly Plus relay (Gen2): one output and one input, readback by NotifyStatus, `online` as its last will. */
export class ShellyRelay {
  readonly #line: Line;
  readonly #id: string;
  readonly #onSwitched: (on: boolean) => void;
  #on = false;
  /** How often it was switched on. */
  switched = 0;
  /** A relay whose contact is stuck takes commands and does nothing. */
  stuck = false;
  /** Its clock goes so much wrong. */
  clockOffsetMs = 0;

  constructor(broker: BrokerAddress, id: string, onSwitched: (on: boolean) => void, signal: AbortSignal) {
    this.#id = id;
    this.#onSwitched = onSwitched;
    this.#line = new Line(
      {
        broker,
        clientId: id,
        will: { topic: `${id}/online`, payload: 'false' },
        birth: [{ topic: `${id}/online`, payload: 'true' }],
        commands: [`${id}/rpc`],
        onCommand: (_topic, payload) => this.#command(payload),
      },
      signal,
    );
    this.#notify();
  }

  get on(): boolean {
    return this.#on;
  }

  /** A contact at its input: on is open, as long as nobody has said otherwise. */
  input(isOn: boolean): void {
    this.#say({ 'input:0': { id: 0, state: isOn } });
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }

  #command(payload: string): void {
    let request: { id?: unknown; src?: unknown; method?: unknown; params?: { on?: unknown } };
    try {
      request = JSON.parse(payload) as typeof request;
    } catch {
      return;
    }
    if (request.method !== 'Switch.Set' || typeof request.params?.on !== 'boolean' || this.stuck) return;
    const wasOn = this.#on;
    this.#on = request.params.on;
    if (typeof request.src === 'string') {
      const answer = { id: request.id, src: this.#id, dst: request.src, result: { was_on: wasOn } };
      this.#line.say(`${request.src}/rpc`, JSON.stringify(answer));
    }
    this.#notify();
    if (!wasOn && this.#on) this.switched++;
    if (wasOn !== this.#on) this.#onSwitched(this.#on);
  }

  #notify(): void {
    this.#say({ 'switch:0': { id: 0, output: this.#on, source: 'MQTT' } });
  }

  #say(changed: Record<string, unknown>): void {
    const params = { ts: (Date.now() + this.clockOffsetMs) / 1000, ...changed };
    const notice = { src: this.#id, dst: `${this.#id}/events`, method: 'NotifyStatus', params };
    this.#line.say(`${this.#id}/events/rpc`, JSON.stringify(notice));
  }
}

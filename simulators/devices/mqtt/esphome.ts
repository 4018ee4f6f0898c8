import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

/** An ESPHome node at a door: a badge reader, an electric lock and a contact. */
export class EsphomeDoor {
  readonly #line: Line;
  readonly #prefix: string;
  readonly #onLock: (locked: boolean) => void;
  #locked = true;

  constructor(broker: BrokerAddress, prefix: string, onLock: (locked: boolean) => void, signal: AbortSignal) {
    this.#prefix = prefix;
    this.#onLock = onLock;
    this.#line = new Line(
      {
        broker,
        clientId: prefix,
        will: { topic: `${prefix}/status`, payload: 'offline' },
        birth: [{ topic: `${prefix}/status`, payload: 'online' }],
        commands: [`${prefix}/lock/+/command`],
        onCommand: (_topic, payload) => {
          if (payload === 'LOCK' || payload === 'UNLOCK') this.#set(payload === 'LOCK');
        },
      },
      signal,
    );
    this.#sayLock();
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** A badge is held to the reader. */
  present(badge: string): void {
    this.#line.say(`${this.#prefix}/text_sensor/badge/state`, badge);
    // The reader forgets the badge, so that the same one twice is two moments.
    this.#line.say(`${this.#prefix}/text_sensor/badge/state`, '');
  }

  /** The contact, where it has one. */
  contact(isOpen: boolean): void {
    this.#line.say(`${this.#prefix}/binary_sensor/contact/state`, isOpen ? 'ON' : 'OFF', { retain: true });
  }

  /** Somebody turns the latch from inside. */
  unlatch(): void {
    this.#set(false);
  }

  /** The door fell shut: the strike locks again. */
  relock(): void {
    this.#set(true);
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }

  #set(locked: boolean): void {
    const changed = locked !== this.#locked;
    this.#locked = locked;
    this.#sayLock();
    if (changed) this.#onLock(locked);
  }

  #sayLock(): void {
    this.#line.say(`${this.#prefix}/lock/strike/state`, this.#locked ? 'LOCKED' : 'UNLOCKED', {
      retain: true,
    });
  }
}

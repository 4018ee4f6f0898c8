/**
 * The way between a gateway and the cloud: over MQTT with a broker that may lose, repeat and delay what it took, or
 * over HTTPS one batch at a time. It stands in the place of the two real transports and keeps their contract.
 */
import type { Answer } from '../../cloud/ingest/ingest.ts';
import type { Lane } from '../../devices/wire.ts';
import {
  type CloudAddress,
  type Transport,
  type TransportEvents,
  takeReceipt,
} from '../../edge/outbox/transport.ts';
import type { Random } from '../random.ts';
import type { Timeline } from './timeline.ts';

/** A connection that nothing gets through is noticed after this, by its pings. */
const SILENT_MS = 30_000;
const LOOK_EVERY_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
const POST_TIMEOUT_MS = 30_000;

/** What the cloud's process of the moment does with what comes. */
export interface CloudDoor {
  readonly isAlive: boolean;
  receive(lane: Lane, batch: Uint8Array): Promise<Answer>;
  /** A gateway is there; the answer takes it back. */
  connect(): () => void;
}

/** How the line is just now. */
export interface LineState {
  latencyMs: number;
  bytesPerMs: number;
  /** Parts of what is sent. */
  loses: number;
  repeats: number;
  reorders: number;
  upIsCut: boolean;
  downIsCut: boolean;
  /** MQTT does not get through, HTTPS does. */
  mqttIsShut: boolean;
}

export const goodLine = (): LineState => ({
  latencyMs: 20,
  bytesPerMs: 1_000,
  loses: 0,
  repeats: 0,
  reorders: 0,
  upIsCut: false,
  downIsCut: false,
  mqttIsShut: false,
});

export interface LinkWatch {
  sent(lane: Lane, batch: Uint8Array): void;
  connected(): void;
}

class Connection implements Transport {
  readonly closed: Promise<string>;
  isOpen = true;
  /** Half open: both ends believe in it, and nothing gets through. */
  isDead = false;
  readonly via: 'mqtt' | 'https';
  readonly maxInFlight: number;
  readonly events: TransportEvents;
  readonly door: CloudDoor;
  readonly #link: Link;
  readonly #resolve: (reason: string) => void;
  readonly #disconnect: () => void;
  /** When what was sent last arrives, up and down: the next comes behind it. */
  readonly lastArrivalMs = { up: 0, down: 0 };

  constructor(
    link: Link,
    via: 'mqtt' | 'https',
    maxInFlight: number,
    events: TransportEvents,
    door: CloudDoor,
  ) {
    this.via = via;
    this.maxInFlight = maxInFlight;
    this.events = events;
    this.door = door;
    this.#link = link;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.closed = promise;
    this.#resolve = resolve;
    this.#disconnect = door.connect();
  }

  send(lane: Lane, batch: Uint8Array): void {
    this.#link.up(this, lane, Uint8Array.from(batch));
  }

  readonly close = (reason: string): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#disconnect();
    this.#resolve(reason);
  };
}

export class Link {
  line: LineState = goodLine();
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #door: () => CloudDoor | undefined;
  readonly #watch: LinkWatch;
  readonly #open = new Set<Connection>();

  constructor(timeline: Timeline, random: Random, door: () => CloudDoor | undefined, watch: LinkWatch) {
    this.#timeline = timeline;
    this.#random = random;
    this.#door = door;
    this.#watch = watch;
  }

  /** The two ways to the cloud for one life of a gateway. */
  waysOf(life: { readonly isAlive: boolean }) {
    const connect =
      (via: 'mqtt' | 'https', maxInFlight: number) =>
      async (
        _url: string,
        _address: CloudAddress,
        events: TransportEvents,
        signal: AbortSignal,
      ): Promise<Transport> => {
        signal.throwIfAborted();
        const isThrough = () =>
          !this.line.upIsCut && !this.line.downIsCut && !(via === 'mqtt' && this.line.mqttIsShut);
        await this.#wait(isThrough() ? this.line.latencyMs * 4 : CONNECT_TIMEOUT_MS);
        const door = this.#door();
        if (!isThrough() || door === undefined || !life.isAlive) throw new Error('no answer');
        const ifAlive =
          <Told extends unknown[]>(tell: (...told: Told) => void) =>
          (...told: Told) => {
            if (life.isAlive) tell(...told);
          };
        const guarded: TransportEvents = {
          onReceipt: ifAlive(events.onReceipt),
          onCommand: ifAlive(events.onCommand),
          onLater: ifAlive(events.onLater),
          onUnreadable: ifAlive(events.onUnreadable),
        };
        const connection = new Connection(this, via, maxInFlight, guarded, door);
        this.#open.add(connection);
        this.#watch.connected();
        this.#look(connection, 0);
        return connection;
      };
    return { mqtt: connect('mqtt', 8), https: connect('https', 1) };
  }

  /** The gateway's process is gone, and its sockets with it. */
  gatewayGone(): void {
    for (const connection of this.#open) connection.close('the gateway is gone');
    this.#open.clear();
  }

  /** The cloud's process was killed: its machine says so to whoever is connected. */
  cloudKilled(): void {
    for (const connection of this.#open)
      this.#timeline.after(this.line.latencyMs, () => {
        if (!this.line.downIsCut && !connection.isDead) this.#end(connection, 'connection reset');
      });
  }

  halfOpen(): void {
    for (const connection of this.#open) connection.isDead = true;
  }

  reset(): void {
    for (const connection of this.#open) this.#end(connection, 'connection reset');
  }

  up(connection: Connection, lane: Lane, batch: Uint8Array): void {
    if (!connection.isOpen) return;
    this.#watch.sent(lane, batch);
    if (connection.via === 'https') {
      let isAnswered = false;
      this.#timeline.after(POST_TIMEOUT_MS, () => {
        if (!isAnswered) this.#end(connection, 'no answer');
      });
      this.#carry(connection, 'up', batch.length, () => {
        this.#receive(connection, lane, batch, () => {
          isAnswered = true;
        });
      });
      return;
    }
    this.#carry(connection, 'up', batch.length, () =>
      this.#receive(connection, lane, batch, () => undefined),
    );
  }

  #receive(connection: Connection, lane: Lane, batch: Uint8Array, answered: () => void): void {
    // A broker in between hands on what it has, to whoever is there now.
    const door = connection.door.isAlive ? connection.door : this.#door();
    if (door === undefined || !door.isAlive) return;
    const down = (bytes: number, arrived: () => void) => this.#carry(connection, 'down', bytes, arrived);
    door.receive(lane, batch).then(
      (answer) => {
        if (!door.isAlive) return;
        if ('receipt' in answer) {
          const payload = Buffer.from(JSON.stringify(answer.receipt));
          down(payload.length, () => {
            answered();
            takeReceipt(payload, connection.events);
          });
        } else if ('refused' in answer) this.#end(connection, `refused: ${answer.refused}`);
        else if (connection.via === 'https')
          down(100, () => {
            answered();
            connection.events.onLater(lane, 0);
          });
      },
      (error: unknown) => this.#end(connection, String(error)),
    );
  }

  #carry(connection: Connection, way: 'up' | 'down', bytes: number, arrived: () => void): void {
    const { line } = this;
    const isCut = () => connection.isDead || (way === 'up' ? this.line.upIsCut : this.line.downIsCut);
    if (isCut()) return;
    const isMqtt = connection.via === 'mqtt';
    if (isMqtt && this.#random() < line.loses) return;
    const tookMs = line.latencyMs * (0.5 + this.#random()) + bytes / line.bytesPerMs;
    const { nowMs } = this.#timeline;
    const isOvertaken = isMqtt && this.#random() < line.reorders;
    const inOrderMs = Math.max(nowMs + tookMs, connection.lastArrivalMs[way]);
    if (!isOvertaken) connection.lastArrivalMs[way] = inOrderMs;
    const arrivesMs = isOvertaken ? nowMs + tookMs + this.#random() * 5_000 : inOrderMs;
    const arrive = () => {
      if (!isCut()) arrived();
    };
    this.#timeline.after(arrivesMs - nowMs, arrive);
    // Once more, perhaps much later, when that connection has long ended.
    if (isMqtt && this.#random() < line.repeats)
      this.#timeline.after(arrivesMs - nowMs + this.#random() ** 3 * 120_000, arrive);
  }

  #look(connection: Connection, silentMs: number): void {
    this.#timeline.after(LOOK_EVERY_MS, () => {
      if (!connection.isOpen) return;
      const isSilent =
        connection.isDead || this.line.upIsCut || this.line.downIsCut || !connection.door.isAlive;
      const silent = isSilent ? silentMs + LOOK_EVERY_MS : 0;
      if (silent >= SILENT_MS) this.#end(connection, 'keepalive timeout');
      else this.#look(connection, silent);
    });
  }

  #end(connection: Connection, reason: string): void {
    this.#open.delete(connection);
    connection.close(reason);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#timeline.after(ms, resolve));
  }
}

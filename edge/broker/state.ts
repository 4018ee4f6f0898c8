/** What the broker must not forget: retained messages, sessions and last wills, in memory and on disk. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import type { BrokerLimits } from './limits.ts';
import { RetainedMessages } from './retained.ts';
import { type Session, Sessions } from './sessions.ts';
import { readState, StateFile } from './state-file.ts';

/** A last will, MQTT 3.1.1 section 3.1.2.5. */
export interface Will {
  client: string;
  identity: string;
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
}

export interface StateOptions {
  directory: string;
  limits: BrokerLimits;
  clock: Clock;
  /** A write failed; final: nothing will be written any more and nothing acknowledged that needs it. */
  onFailure: (message: string, final: boolean) => void;
  /** The file was damaged and was put aside under this name. */
  onDamaged: (putAside: string) => void;
  onQueueFull: (session: Session, topic: string, isFirst: boolean) => void;
}

const qosOf = (value: number): 0 | 1 | 2 => (value === 2 ? 2 : value === 1 ? 1 : 0);

export class BrokerState {
  readonly retained: RetainedMessages;
  readonly sessions: Sessions;
  readonly #wills = new Map<string, Will>();
  readonly #file: StateFile;
  /** Wills of clients that were connected when the process before this one ended. */
  readonly leftWills: Map<string, Will>;
  /** Highest number of a queued message. */
  readonly lastNumber: number;

  /** @throws when the file can neither be read nor made */
  constructor(options: StateOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const path = join(options.directory, 'broker.db');
    const { state, damaged } = readState(path, options.clock.now());
    if (damaged !== undefined) options.onDamaged(damaged);
    this.#file = new StateFile(path, options.onFailure);
    const write = this.#file.write.bind(this.#file);
    this.retained = new RetainedMessages(options.limits, write);
    this.sessions = new Sessions(options.limits, write, options.onQueueFull, options.clock.monotonicMs);
    for (const message of state.retained)
      this.retained.restore({ ...message, payload: Buffer.from(message.payload), qos: qosOf(message.qos) });
    for (const { client, identity } of state.sessions) this.sessions.restore(client, identity);
    for (const { client, filter, qos } of state.subscriptions) {
      const session = this.sessions.get(client);
      if (session !== undefined) this.sessions.restoreSubscription(session, filter, qos);
    }
    let last = 0;
    for (const { client, number, topic, payload, qos, packetId, released } of state.queued) {
      last = Math.max(last, number);
      const session = this.sessions.get(client);
      if (session === undefined) continue;
      this.sessions.restoreQueued(session, {
        number,
        topic,
        payload: Buffer.from(payload),
        qos: qos === 2 ? 2 : 1,
        packetId,
        released: released !== 0,
      });
    }
    this.lastNumber = last;
    for (const { client, packetId } of state.received) this.sessions.get(client)?.received.add(packetId);
    for (const { client, identity, topic, payload, qos, retain } of state.wills)
      this.#wills.set(client, {
        client,
        identity,
        topic,
        payload: Buffer.from(payload),
        qos: qosOf(qos),
        retain: retain !== 0,
      });
    this.leftWills = new Map(this.#wills);
  }

  /** Resolves once writing is possible; rejects where it is not. */
  get ready(): Promise<void> {
    return this.#file.ready;
  }

  get waitingWrites(): number {
    return this.#file.waiting;
  }

  /** Resolves once everything changed so far is on disk. */
  committed(): Promise<void> {
    return this.#file.committed();
  }

  putWill(will: Will): void {
    this.leftWills.delete(will.client);
    const payload = Buffer.from(new Uint8Array(will.payload).buffer);
    this.#wills.set(will.client, { ...will, payload });
    this.#file.write({ do: 'will', ...will, payload });
  }

  dropWill(client: string): void {
    this.leftWills.delete(client);
    if (this.#wills.delete(client)) this.#file.write({ do: 'unwill', client });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

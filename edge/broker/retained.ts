/** Retained messages, with quotas for each identity and in all. */
import type { BrokerLimits } from './limits.ts';
import type { Operation } from './state-operations.ts';
import { hasWildcard, TopicTree } from './topics.ts';

export interface RetainedMessage {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  /** User name of who published it. */
  identity: string;
  /** When it was taken, in ms since 1970. */
  at: number;
}

interface Share {
  count: number;
  bytes: number;
}

const sizeOf = (message: RetainedMessage): number => message.payload.length + message.topic.length;

export class RetainedMessages {
  readonly #limits: BrokerLimits;
  readonly #write: (operation: Operation) => void;
  readonly #byTopic = new Map<string, RetainedMessage>();
  readonly #tree = new TopicTree<RetainedMessage>();
  readonly #shares = new Map<string, Share>();
  #bytes = 0;

  constructor(limits: BrokerLimits, write: (operation: Operation) => void) {
    this.#limits = limits;
    this.#write = write;
  }

  get count(): number {
    return this.#byTopic.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Puts back what was read from disk. */
  restore(message: RetainedMessage): void {
    this.#put(message);
  }

  /**
   * Keeps a message as its topic's state; an empty payload deletes it (MQTT 3.1.1 section 3.3.1.3).
   * @returns false when a quota stands against it: then it is not kept, and what was kept before is gone too,
   *   for an old state would be a false one
   */
  keep(message: RetainedMessage): boolean {
    const before = this.#byTopic.get(message.topic);
    if (before !== undefined) this.#drop(before);
    if (message.payload.length === 0) {
      if (before !== undefined) this.#write({ do: 'forget', topic: message.topic });
      return true;
    }
    const size = sizeOf(message);
    const share = this.#shares.get(message.identity) ?? { count: 0, bytes: 0 };
    const limits = this.#limits;
    const fits =
      this.#byTopic.size < limits.maxRetained &&
      this.#bytes + size <= limits.maxRetainedBytes &&
      share.count < limits.maxRetainedPerIdentity &&
      share.bytes + size <= limits.maxRetainedBytesPerIdentity;
    if (!fits) {
      if (before !== undefined) this.#write({ do: 'forget', topic: message.topic });
      return false;
    }
    // A copy of its own: the payload is a view of a whole chunk from the network.
    const payload = Buffer.from(new Uint8Array(message.payload).buffer);
    this.#put({ ...message, payload });
    const { topic, qos, identity, at } = message;
    this.#write({ do: 'retain', topic, payload, qos, identity, at });
    return true;
  }

  match(filter: string): RetainedMessage[] {
    if (hasWildcard(filter)) return this.#tree.match(filter);
    const exact = this.#byTopic.get(filter);
    return exact === undefined ? [] : [exact];
  }

  #put(message: RetainedMessage): void {
    this.#byTopic.set(message.topic, message);
    this.#tree.set(message.topic, message);
    const share = this.#shares.get(message.identity) ?? { count: 0, bytes: 0 };
    share.count++;
    share.bytes += sizeOf(message);
    this.#shares.set(message.identity, share);
    this.#bytes += sizeOf(message);
  }

  #drop(message: RetainedMessage): void {
    this.#byTopic.delete(message.topic);
    this.#tree.delete(message.topic);
    this.#bytes -= sizeOf(message);
    const share = this.#shares.get(message.identity);
    if (share === undefined) return;
    share.count--;
    share.bytes -= sizeOf(message);
    if (share.count === 0) this.#shares.delete(message.identity);
  }
}

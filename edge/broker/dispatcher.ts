/**
 * Carries a message to the subscriptions that match it: the emitter that aedes is given in place of its own.
 * Its own lets 100 messages wait for the slowest subscriber and holds everyone else up; this one has no such
 * queue (who is slow is dealt with at that subscriber's connection) and remembers which listeners a topic has.
 */
import { FilterTree } from './topics.ts';

export interface Dispatched {
  topic: string;
}

export type Listener = (message: Dispatched, done: () => void) => void;

/** Topics whose listeners are remembered; a device has few, and a flood of topics must not fill memory. */
const MAX_REMEMBERED_TOPICS = 8_192;

/**
 * Topic of a message that is acknowledged but goes nowhere. A framer lets no U+0000 in, so that no subscription
 * and no client can name it.
 */
export const NOWHERE = '\u0000nowhere';

export class Dispatcher {
  readonly #tree = new FilterTree<Listener>();
  readonly #remembered = new Map<string, readonly Listener[]>();
  #closed = false;

  on(filter: string, listener: Listener, done?: () => void): this {
    this.#tree.add(filter, listener);
    this.#remembered.clear();
    if (done !== undefined) setImmediate(done);
    return this;
  }

  removeListener(filter: string, listener: Listener, done?: () => void): this {
    this.#tree.remove(filter, listener);
    this.#remembered.clear();
    if (done !== undefined) setImmediate(done);
    return this;
  }

  emit(message: Dispatched, done?: (error?: Error) => void): this {
    if (this.#closed) {
      done?.(new Error('the broker is closed'));
      return this;
    }
    const listeners = message.topic === NOWHERE ? [] : this.#listeners(message.topic);
    const only = listeners.length === 1 ? listeners[0] : undefined;
    if (only !== undefined) {
      only(message, () => done?.());
      return this;
    }
    if (listeners.length === 0) {
      done?.();
      return this;
    }
    let waiting = listeners.length;
    const one = () => {
      if (--waiting === 0) done?.();
    };
    for (const listener of listeners) listener(message, one);
    return this;
  }

  close(done: () => void): this {
    this.#closed = true;
    setImmediate(done);
    return this;
  }

  #listeners(topic: string): readonly Listener[] {
    const remembered = this.#remembered.get(topic);
    if (remembered !== undefined) return remembered;
    const found = this.#tree.match(topic);
    if (this.#remembered.size >= MAX_REMEMBERED_TOPICS) this.#remembered.clear();
    this.#remembered.set(topic, found);
    return found;
  }
}

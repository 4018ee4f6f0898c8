import type { Subscriber } from './delivery.ts';
import type { Rights } from './identities.ts';
import { InOrder } from './in-order.ts';

/** Topics whose right to publish is remembered for one connection. */
const MAX_REMEMBERED = 1_024;

/** A client as the gateway knows it. */
export interface ClientName {
  readonly id: string;
  /** User name. */
  readonly identity: string;
}

/** One connection and, once admitted, who it is. */
export class Peer {
  readonly address: string;
  readonly inOrder = new InOrder();
  subscriber: Subscriber | undefined;
  client: ClientName | undefined;
  rights: Rights | undefined;
  will: { topic: string } | undefined;
  connected = false;
  denied = 0;
  /** Why it was ended, where the broker did it. */
  endedBecause: string | undefined;
  readonly #mayPublish = new Map<string, boolean>();

  readonly #onAdmitted: () => void;
  readonly #subscriptions = new Set<string>();

  /** @param onAdmitted called when it is known who this is */
  constructor(address: string, onAdmitted: () => void) {
    this.address = address;
    this.#onAdmitted = onAdmitted;
  }

  admit(client: ClientName, rights: Rights): void {
    this.client = client;
    this.rights = rights;
    this.#onAdmitted();
  }

  /** Counts a filter once. @returns whether it was within the limit */
  countSubscription(filter: string, limit: number): boolean {
    if (this.#subscriptions.has(filter)) return true;
    if (this.#subscriptions.size >= limit) return false;
    this.#subscriptions.add(filter);
    return true;
  }

  forgetSubscriptions(filters: readonly string[]): void {
    for (const filter of filters) this.#subscriptions.delete(filter);
  }

  mayPublish(topic: string): boolean {
    const remembered = this.#mayPublish.get(topic);
    if (remembered !== undefined) return remembered;
    const may = this.rights?.mayPublish(topic) === true;
    if (this.#mayPublish.size >= MAX_REMEMBERED) this.#mayPublish.clear();
    this.#mayPublish.set(topic, may);
    return may;
  }
}

/**
 * The few inner parts of aedes 1.2 that the broker takes hold of, in one place: the way in (its parser) and the
 * way out (its delivery functions). Each is looked for at the start, so that another version of
 * aedes fails loudly instead of quietly losing a protection.
 */
import type { Aedes, Client } from 'aedes';

/** A message on its way to a subscriber. */
export interface Delivery {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
  brokerId: string | null;
  brokerCounter: number;
}

export type Deliver = (packet: Delivery, done: () => void) => void;

export interface ClientInside {
  _parser: { parse(bytes: Buffer): unknown; emit(event: 'packet', packet: unknown): unknown };
  /** Reads on, once the packets of a chunk are done with. */
  _nextBatch(error?: Error): void;
  _nextId: number;
  subscriptions: Record<string, { qos: number }>;
  deliver0: Deliver;
  deliverQoS: Deliver;
  waitForDrain(done: (error: Error | null, client: Client) => void): void;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function hasInside(client: object): client is ClientInside {
  if (!isRecord(client)) return false;
  const parser = client._parser;
  return (
    isRecord(parser) &&
    typeof parser.parse === 'function' &&
    typeof parser.emit === 'function' &&
    ['_nextBatch', 'deliver0', 'deliverQoS', 'waitForDrain'].every(
      (name) => typeof client[name] === 'function',
    ) &&
    typeof client._nextId === 'number' &&
    isRecord(client.subscriptions)
  );
}

/** @throws when this is not the aedes that was built for */
export function clientInside(client: Client): ClientInside {
  const inside: object = client;
  if (!hasInside(inside)) throw new Error('aedes has changed inside: this broker was built for aedes 1.2');
  return inside;
}

/** Counter that numbers messages; aedes takes a number that a packet already has. */
export function brokerCounter(broker: Aedes): { counter: number } {
  const inside: object = broker;
  if (!isRecord(inside) || typeof inside.counter !== 'number')
    throw new Error('aedes has changed inside: this broker was built for aedes 1.2');
  const counted = inside;
  return {
    get counter() {
      return Number(counted.counter);
    },
    set counter(value: number) {
      counted.counter = value;
    },
  };
}

import type { IdentityEntry } from './identities.ts';
import type { BrokerLimits } from './limits.ts';
import type { BrokerMetrics } from './metrics.ts';
import type { ClientName } from './peer.ts';
import type { RetainedMessage } from './retained.ts';

/** A message that a client published, as the gateway takes it. */
export interface BrokerMessage {
  readonly client: ClientName;
  readonly topic: string;
  /** A view of the bytes as they came in: copy what is kept for long. */
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  /**
   * Published with the retain flag. The message is news all the same: the client has just sent it. State from
   * before is what `retainedMessages` gives.
   */
  readonly retained: boolean;
  /** By the gateway's clock, in ms since 1970. */
  readonly receivedAt: number;
}

/** Something that was not let in. */
export interface Quarantined {
  at: number;
  /** Address of the peer, and who it is where that is known. */
  address: string;
  client?: ClientName;
  kind: 'malformed' | 'publish-denied' | 'subscribe-denied' | 'will-denied' | 'retained-quota' | 'queue-full';
  reason: string;
  topic?: string;
  /** The start of the packet or payload, at most 512 bytes. */
  bytes: Uint8Array;
}

/** Why a client could not connect although its packet was good. */
export interface ConnectRefused {
  at: number;
  address: string;
  username: string;
  reason: string;
}

export interface BrokerOptions {
  /** Where the state and a self-made certificate are kept; made with mode 0700 where it does not exist. */
  stateDirectory: string;
  /** Listener for devices. */
  tls?: {
    port: number;
    host?: string;
    /** PEM; where it is missing, a self-signed certificate is made once and kept. */
    certificate?: { certificate: string; key: string };
    /** Names and addresses that a self-made certificate is for. */
    names?: readonly string[];
  };
  /** Listener without TLS: only on 127.0.0.1 or ::1. */
  plain?: { port: number; host?: '127.0.0.1' | '::1' };
  identities: readonly IdentityEntry[];
  limits?: Partial<BrokerLimits>;
  /** Topics whose messages are never retained, because they are commands. */
  isCommand?: (topic: string) => boolean;
  /**
   * Called at once for each message, in the order of its client. Acknowledgement and forwarding wait for the promise,
   * and stay in order while many are under way. A rejection means: not taken; the client gets no
   * acknowledgement and its connection is closed.
   */
  onMessage?: (message: BrokerMessage) => Promise<unknown> | undefined;
  onConnected?: (client: ClientName & { address: string; at: number }) => void;
  onDisconnected?: (client: ClientName & { address: string; at: number; reason?: string }) => void;
  onConnectRefused?: (refused: ConnectRefused) => void;
  onQuarantine?: (quarantined: Quarantined) => void;
  /** The state on disk: could not be written (`final`: will not be any more), or was damaged and put aside. */
  onStateTrouble?: (trouble: { message: string; final: boolean }) => void;
}

export interface Broker {
  /** Ports as they are, where 0 was asked for. */
  readonly ports: { readonly tls?: number; readonly plain?: number };
  /** Of the TLS listener: what a device can pin, and until when it holds. */
  readonly certificate?: { fingerprint256: string; notAfter: number; pem: string };
  /** Sends a message of the gateway's own. Never retained. Resolves once it is forwarded, and queued on disk at QoS > 0. */
  publish(topic: string, payload: string | Uint8Array, options?: { qos?: 0 | 1 | 2 }): Promise<void>;
  /** What is retained on topics that match any of the filters: each once. */
  retainedMessages(filters: readonly string[]): RetainedMessage[];
  /** Takes a new list of identities; connections of those that are gone or have changed are closed. */
  replaceIdentities(identities: readonly IdentityEntry[]): void;
  connectedClients(): (ClientName & { address: string })[];
  metrics(): BrokerMetrics;
  /** Resolves when everything has ended, after the signal. */
  readonly closed: Promise<void>;
}

/** `…/set`, `cmnd/…`, `…/cmnd/…`, `…/command`, `…/rpc`, and what is below them (`…/set/state`). */
export function isCommandTopic(topic: string): boolean {
  const levels = topic.split('/');
  if (levels[0] === 'cmnd' || levels[1] === 'cmnd') return true;
  return levels.some((level, depth) => {
    if (depth === 0) return false;
    if (level === 'rpc') return levels[depth - 1] !== 'events';
    return level === 'set' || level === 'command';
  });
}

import { MAX_REMAINING_LENGTH } from '../../devices/framing/mqtt.ts';

/** Every bound of the broker. A site is a shop: hundreds of devices, not a city. */
export interface BrokerLimits {
  maxConnections: number;
  /** Connections that have not said who they are, in all and from one address (loopback is not counted). */
  maxUnauthenticated: number;
  maxUnauthenticatedPerAddress: number;
  /** From the connection (with TLS: each, the handshake and then the CONNECT) until a CONNECT must be complete. */
  connectDeadlineMs: number;
  /** Largest packet of an admitted peer, as MQTT's remaining length. */
  maxPacketBytes: number;
  /** Token buckets of one connection. Who exceeds them is read more slowly, far above them is cut. */
  messagesPerSecond: number;
  messageBurst: number;
  bytesPerSecond: number;
  byteBurst: number;
  maxSubscriptions: number;
  maxRetained: number;
  maxRetainedBytes: number;
  maxRetainedPerIdentity: number;
  maxRetainedBytesPerIdentity: number;
  /** Sessions kept for clients that connect without clean session. */
  maxSessions: number;
  maxSessionsPerIdentity: number;
  /** A session whose client has been away this long is dropped. */
  sessionExpiryMs: number;
  maxQueuedPerSession: number;
  maxQueuedBytesPerSession: number;
  maxQueuedBytes: number;
  /** Unsent bytes at which publishers are made to wait for this subscriber, for `backlogGraceMs` at most. */
  backlogBytes: number;
  backlogGraceMs: number;
  /** Unsent bytes at which a subscriber is cut, and how long it may take nothing at all. */
  maxBacklogBytes: number;
  stallMs: number;
  /** Refused topics after which a connection is cut. */
  maxDeniedPerConnection: number;
  /** After a restart: how long a client has to come back before its last will of before is published. */
  willGraceMs: number;
}

export const defaultLimits: BrokerLimits = {
  maxConnections: 2_000,
  maxUnauthenticated: 1_024,
  maxUnauthenticatedPerAddress: 64,
  connectDeadlineMs: 10_000,
  maxPacketBytes: MAX_REMAINING_LENGTH,
  messagesPerSecond: 2_000,
  messageBurst: 10_000,
  bytesPerSecond: 2 * 1024 * 1024,
  byteBurst: 8 * 1024 * 1024,
  maxSubscriptions: 256,
  maxRetained: 20_000,
  maxRetainedBytes: 64 * 1024 * 1024,
  maxRetainedPerIdentity: 5_000,
  maxRetainedBytesPerIdentity: 16 * 1024 * 1024,
  maxSessions: 2_000,
  maxSessionsPerIdentity: 20,
  sessionExpiryMs: 7 * 24 * 3_600_000,
  maxQueuedPerSession: 1_000,
  maxQueuedBytesPerSession: 4 * 1024 * 1024,
  maxQueuedBytes: 64 * 1024 * 1024,
  backlogBytes: 512 * 1024,
  backlogGraceMs: 200,
  maxBacklogBytes: 4 * 1024 * 1024,
  stallMs: 2_500,
  maxDeniedPerConnection: 100,
  willGraceMs: 30_000,
};

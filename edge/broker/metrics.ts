/** What the broker counts. Plain numbers, since its start but for those that say `now`. */
export interface BrokerMetrics {
  connectionsNow: number;
  clientsNow: number;
  connections: number;
  /** Turned away before they could say anything: too many connections. */
  connectionsRefused: number;
  clients: number;
  /** Malformed or oversized input, each of which ended its connection. */
  framingRefusals: number;
  wrongPasswords: number;
  throttledGuesses: number;
  /** Right password, but the client id, the will or the session was refused. */
  connectsDenied: number;
  publishesDenied: number;
  subscriptionsDenied: number;
  packetsIn: number;
  bytesIn: number;
  messagesIn: number;
  messagesOut: number;
  /** Messages that the gateway did not take: no acknowledgement, connection closed. */
  messagesNotTaken: number;
  slowedDown: number;
  floodsCut: number;
  slowSubscribersCut: number;
  retainedNow: number;
  retainedBytesNow: number;
  retainedRefused: number;
  retainedCommandsIgnored: number;
  sessionsNow: number;
  sessionsExpired: number;
  queuedNow: number;
  queueDropped: number;
  stateWritesWaitingNow: number;
  stateFailures: number;
}

export const noMetrics = (): BrokerMetrics => ({
  connectionsNow: 0,
  clientsNow: 0,
  connections: 0,
  connectionsRefused: 0,
  clients: 0,
  framingRefusals: 0,
  wrongPasswords: 0,
  throttledGuesses: 0,
  connectsDenied: 0,
  publishesDenied: 0,
  subscriptionsDenied: 0,
  packetsIn: 0,
  bytesIn: 0,
  messagesIn: 0,
  messagesOut: 0,
  messagesNotTaken: 0,
  slowedDown: 0,
  floodsCut: 0,
  slowSubscribersCut: 0,
  retainedNow: 0,
  retainedBytesNow: 0,
  retainedRefused: 0,
  retainedCommandsIgnored: 0,
  sessionsNow: 0,
  sessionsExpired: 0,
  queuedNow: 0,
  queueDropped: 0,
  stateWritesWaitingNow: 0,
  stateFailures: 0,
});

/** What to do with a subscription after each pull and each fault: decided here, done by the camera's driver. */

/** The library asks for subscriptions of two minutes and for pulls of one. */
export const PULL_MS = 60_000;
/** Before a pull at least this much must be left: the pull itself, and a slow answer. */
export const MUST_REMAIN_MS = PULL_MS + 15_000;
/** Where the camera's times are no times, it is renewed by our own clock. */
export const RENEW_UNASKED_MS = 45_000;
/** A camera that never grants enough is not asked more often than this. */
export const RENEW_AT_MOST_EVERY_MS = 10_000;
/** Dropped connections in a row, each a pull that brought nothing, before the camera counts as gone. */
export const MAX_DROPS_IN_A_ROW = 3;
/** Subscriptions made anew in a row, without one pull between, before everything begins anew. */
export const MAX_RESUBSCRIPTIONS_IN_A_ROW = 3;

export interface SubscriptionHealth {
  /** Real ms since it was made or renewed. */
  ageMs: number;
  /** By the camera's own two times. */
  remainingMs: number | undefined;
}

/**
 * Whether to ask for more time. Pulling itself prolongs most subscriptions (and all by Core 25.06, which has no Renew
 * for them any more); where it does not, the time left runs down and the camera wants to be asked.
 */
export function mustRenew({ ageMs, remainingMs }: SubscriptionHealth): boolean {
  if (remainingMs === undefined) return ageMs >= RENEW_UNASKED_MS;
  return remainingMs < MUST_REMAIN_MS && ageMs >= RENEW_AT_MOST_EVERY_MS;
}

export type PullFault =
  /** The connection ended without an answer. */
  | 'dropped'
  /** The camera refuses the log-in: its clock may have been set meanwhile. */
  | 'refused'
  /** The camera answers, but not with messages: it has forgotten the subscription. */
  | 'faulted'
  /** Nobody is there. */
  | 'unreachable';

export type AfterFault = 'pull-again' | 'measure-clock' | 'subscribe-again' | 'begin-anew';

/** @param inARow faults of this kind since the last pull that brought an answer, this one included */
export function afterFault(fault: PullFault, inARow: number): AfterFault {
  if (fault === 'dropped') return inARow <= MAX_DROPS_IN_A_ROW ? 'pull-again' : 'begin-anew';
  if (fault === 'refused') return inARow === 1 ? 'measure-clock' : 'begin-anew';
  if (fault === 'faulted') return inARow <= MAX_RESUBSCRIPTIONS_IN_A_ROW ? 'subscribe-again' : 'begin-anew';
  return 'begin-anew';
}

/** What kind of fault an error is, by the words of the library and of the operating system. */
export function faultOf(error: unknown): PullFault {
  const text =
    error instanceof Error ? `${'code' in error ? error.code : ''} ${error.message}` : String(error);
  if (isRefusalText(text)) return 'refused';
  if (/SOAP/i.test(text)) return 'faulted';
  if (/ECONNRESET|EPIPE|socket hang up/i.test(text)) return 'dropped';
  return 'unreachable';
}

/** A refused password, or a digest that the camera's own clock called stale. */
export const isRefusalText = (text: string): boolean =>
  /not ?authori[sz]ed|unauthori[sz]ed|digest authentication (?:failed|headers)/i.test(text);

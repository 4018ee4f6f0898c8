/** Steps that every part of a reader's conversation shares: beginning anew, going offline, letting orders die. */
import { OFFLINE_MS, type ReaderEvent, type ReaderState } from './reader-state.ts';

export interface Step {
  state: ReaderState;
  events: ReaderEvent[];
}

export const step = (state: ReaderState, ...events: ReaderEvent[]): Step => ({ state, events });

/** From sequence 0, without a session. Orders wait; what is known of the reader stays until it contradicts. */
export const begunAnew = (state: ReaderState, nextAtMs: number): Step =>
  step({
    ...state,
    phase: 'identify',
    sequence: undefined,
    underWay: undefined,
    isWaiting: false,
    handshake: undefined,
    session: undefined,
    outputs: undefined,
    orders: state.orders.map(({ isTaken: _, ...order }) => order),
    nextAtMs,
  });

export function offline(state: ReaderState, because: 'silent' | 'key', nextAtMs: number): Step {
  const begun = begunAnew({ ...state, isOnline: false }, nextAtMs).state;
  const gone: ReaderState = because === 'silent' ? { ...begun, heardAtMs: undefined } : begun;
  return state.isOnline ? step(gone, { type: 'offline', because }) : step(gone);
}

export const hasFallenSilent = ({ heardAtMs }: ReaderState, nowMs: number): boolean =>
  heardAtMs !== undefined && nowMs - heardAtMs >= OFFLINE_MS;

/** Orders whose time is over are dead, whatever their state: a lock must not open a minute late. */
export function dropExpired(state: ReaderState, nowMs: number): Step {
  const expired = state.orders.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
  if (expired.length === 0) return step(state);
  const underWay = expired.some(({ id }) => id === state.underWay?.order) ? undefined : state.underWay;
  const rest: ReaderState = {
    ...state,
    underWay,
    orders: state.orders.filter((order) => !expired.includes(order)),
  };
  return {
    // Given up half way: whether the reader took it is not known, so sequence and session begin anew.
    state: underWay === state.underWay ? rest : begunAnew(rest, nowMs).state,
    events: expired.map(({ id, isTaken }) => ({
      type: 'ordered',
      order: id,
      outcome: 'expired',
      detail: isTaken
        ? 'taken, but the reader did not report it as done'
        : 'the reader could not be reached in time',
    })),
  };
}

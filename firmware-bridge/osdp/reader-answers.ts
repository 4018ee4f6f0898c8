/** What a reader's answer to a command means for the conversation. */

import type { SecurityBlock } from './frame.ts';
import { begunAnew, offline, type Step, step } from './reader-conversation.ts';
import {
  KEY_RETRY_MS,
  POLL_MS,
  PROBE_MS,
  READBACK_MS,
  type ReaderEvent,
  type ReaderSettings,
  type ReaderState,
  type SaidKind,
  saidKinds,
  type UnderWay,
} from './reader-state.ts';
import type { Refusal, Reply } from './reply.ts';
import {
  DEFAULT_BASE_KEY,
  initialMac,
  isSame,
  panelCryptogram,
  readerCryptogram,
  sessionKeys,
} from './secure-channel.ts';

type Read = Reply | { refused: string };

/** @param state with `heardAtMs` and the session as they are after this answer */
export function answered(
  before: ReaderState,
  settings: ReaderSettings,
  underWay: UnderWay,
  reply: Read,
  nowMs: number,
  security?: SecurityBlock,
): Step {
  const state: ReaderState = { ...before, underWay: undefined, isWaiting: false, nextAtMs: nowMs };
  if ('kind' in reply && reply.kind === 'nak')
    return refused(state, settings, underWay, reply.because, reply.code, nowMs);
  const unexpected = () =>
    withEvent(begunAnew(state, nowMs + PROBE_MS), {
      type: 'unusable',
      detail: `${underWay.command.kind}: ${'refused' in reply ? reply.refused : `answered with ${reply.kind}`}`,
    });
  switch (state.phase) {
    case 'identify': {
      if (!('kind' in reply) || reply.kind !== 'identification') return unexpected();
      const { kind: _, ...identification } = reply;
      return step({ ...state, identification, phase: 'capabilities' });
    }
    case 'capabilities': {
      const capabilities = 'kind' in reply && reply.kind === 'capabilities' ? reply.capabilities : [];
      return afterCapabilities({ ...state, capabilities }, settings);
    }
    case 'challenge':
      return challengeAnswered(state, settings, reply, nowMs);
    case 'cryptogram':
      return cryptogramAnswered(state, reply, nowMs, security);
    case 'install':
      // The reader drops the channel: what follows is a handshake with the new key.
      if (!('kind' in reply) || reply.kind !== 'ack') return unexpected();
      return step({ ...begunAnew(state, nowMs).state, phase: 'challenge', nextKey: 'own' });
    case 'ready':
      return inConversation(state, underWay, reply, nowMs);
  }
}

const withEvent = ({ state, events }: Step, ...more: ReaderEvent[]): Step => ({
  state,
  events: [...events, ...more],
});

function afterCapabilities(state: ReaderState, settings: ReaderSettings): Step {
  if (settings.security === 'required') return step({ ...state, phase: 'challenge' });
  // Whether it lets itself be spoken with in clear shows with its first answer.
  return step({ ...state, phase: 'ready', askedAtMs: Number.NEGATIVE_INFINITY });
}

/** The secure channel is open: from here on cards are heard. */
function secured(state: ReaderState, ...events: ReaderEvent[]): Step {
  const open: ReaderState = { ...state, phase: 'ready', askedAtMs: Number.NEGATIVE_INFINITY };
  const { state: next, events: told } = announced(open, true);
  return step(next, ...events, ...told);
}

/** Told once, until it is offline. */
function announced(state: ReaderState, isSecure: boolean): Step {
  const { identification } = state;
  const there: ReaderState = { ...state, isOnline: true, isMismatchTold: false };
  return state.isOnline || identification === undefined
    ? step(there)
    : step(there, { type: 'online', identification, isSecure });
}

const keyOf = (state: ReaderState, { baseKey }: ReaderSettings): Uint8Array =>
  state.handshake?.key === 'own' && baseKey !== undefined ? baseKey : DEFAULT_BASE_KEY;

function challengeAnswered(state: ReaderState, settings: ReaderSettings, reply: Read, nowMs: number): Step {
  const { handshake } = state;
  if (!('kind' in reply) || reply.kind !== 'challenge-answer' || handshake === undefined)
    return keyRefused(state, 'no answer to the challenge', nowMs);
  const keys = sessionKeys(keyOf(state, settings), handshake.panelRandom);
  if (!isSame(reply.cryptogram, readerCryptogram(keys, handshake.panelRandom, reply.random)))
    return keyRefused(state, 'the reader does not know this key', nowMs);
  const cryptogram = panelCryptogram(keys, handshake.panelRandom, reply.random);
  return step({ ...state, phase: 'cryptogram', handshake: { ...handshake, keys, cryptogram } });
}

/** In the security block of the answer: the panel's cryptogram was right. */
const ACCEPTED = 0x01;

function cryptogramAnswered(
  state: ReaderState,
  reply: Read,
  nowMs: number,
  security: SecurityBlock | undefined,
): Step {
  const { key, keys, cryptogram } = state.handshake ?? {};
  if (keys === undefined || cryptogram === undefined) return begunAnew(state, nowMs);
  const accepted = security?.data[0] === ACCEPTED && 'kind' in reply && reply.kind === 'initial-mac';
  const replyMac = initialMac(keys, cryptogram);
  if (!accepted || !isSame(reply.mac, replyMac))
    return keyRefused(state, 'the reader does not take our proof', nowMs);
  const open: ReaderState = {
    ...state,
    handshake: undefined,
    session: { keys, commandMac: new Uint8Array(replyMac.length), replyMac },
  };
  if (key === 'default') return step({ ...open, phase: 'install' });
  const isNew = !open.isInstalled;
  return secured({ ...open, isInstalled: true }, ...(isNew ? [{ type: 'key-installed' as const }] : []));
}

/** Before its key is installed a reader has either key; afterwards only its own, or it is another reader. */
function keyRefused(state: ReaderState, detail: string, nowMs: number): Step {
  const tried = state.handshake?.key ?? 'own';
  if (!state.isInstalled && tried === 'own')
    return step({ ...begunAnew(state, nowMs).state, nextKey: 'default' });
  return unreachable(state, state.isInstalled, detail, nowMs);
}

/** It answers, and can't be spoken with: told once, and tried again now and then. */
function unreachable(state: ReaderState, wasInstalled: boolean, detail: string, nowMs: number): Step {
  const { state: gone, events } = offline(state, 'key', nowMs + KEY_RETRY_MS);
  const told: ReaderEvent[] = state.isMismatchTold ? [] : [{ type: 'key-refused', wasInstalled, detail }];
  return { state: { ...gone, nextKey: 'own', isMismatchTold: true }, events: [...events, ...told] };
}

function refused(
  state: ReaderState,
  settings: ReaderSettings,
  underWay: UnderWay,
  because: Refusal,
  code: number,
  nowMs: number,
): Step {
  const detail = `${underWay.command.kind} refused: ${because} (${code})`;
  const isShaking = state.phase === 'challenge' || state.phase === 'cryptogram';
  switch (because) {
    case 'bad-check':
      // It did not understand: the same again, with the same sequence. Repeated without end it counts as silence.
      if (underWay.tries < MAX_BAD_CHECKS) return step({ ...state, underWay, nextAtMs: nowMs });
      return withEvent(begunAnew(state, nowMs + PROBE_MS), { type: 'unusable', detail });
    case 'unexpected-sequence':
      return withEvent(begunAnew(state, nowMs), { type: 'unusable', detail });
    case 'security-block-unsupported':
    case 'secure-channel-required':
      if (isShaking) return keyRefused(state, detail, nowMs);
      if (settings.security === 'none')
        return unreachable(state, false, 'the reader wants a secure channel', nowMs);
      // Restarted: it has forgotten the session.
      return withEvent(begunAnew(state, state.phase === 'identify' ? nowMs + PROBE_MS : nowMs), {
        type: 'unusable',
        detail,
      });
    default:
      if (isShaking) return keyRefused(state, detail, nowMs);
      if (state.phase === 'capabilities') return afterCapabilities({ ...state, capabilities: [] }, settings);
      if (state.phase === 'install') return unreachable(state, false, `the new key: ${detail}`, nowMs);
      if (state.phase === 'identify')
        return withEvent(begunAnew(state, nowMs + PROBE_MS), { type: 'unusable', detail });
      return orderEnded({ ...state, nextAtMs: nowMs + POLL_MS }, underWay.order, 'refused', detail);
  }
}

/** Times in a row that a reader may say that a frame came damaged. */
const MAX_BAD_CHECKS = 4;

function orderEnded(
  state: ReaderState,
  order: number | undefined,
  outcome: 'done' | 'refused',
  detail: string,
): Step {
  if (order === undefined) return step(state, { type: 'unusable', detail });
  const orders = state.orders.filter(({ id }) => id !== order);
  return step({ ...state, orders }, { type: 'ordered', order, outcome, detail });
}

export const superseded = (order: number): ReaderEvent => ({
  type: 'ordered',
  order,
  outcome: 'superseded',
  detail: 'a newer command about the same took its place',
});

const isSaid = (reply: Reply): reply is Extract<Reply, { kind: SaidKind }> =>
  saidKinds.some((kind) => kind === reply.kind);

function inConversation(before: ReaderState, underWay: UnderWay, reply: Read, nowMs: number): Step {
  const { state, events: told } = announced(before, before.session !== undefined);
  if ('refused' in reply)
    return step({ ...state, nextAtMs: nowMs + POLL_MS }, ...told, {
      type: 'unusable',
      detail: reply.refused,
    });
  const events: ReaderEvent[] = isSaid(reply) ? [...told, { type: 'said', reply }] : [...told];
  let next: ReaderState = reply.kind === 'output-status' ? { ...state, outputs: reply.outputs } : state;
  const carried = next.orders.find(({ id }) => id === underWay.order);
  if (carried !== undefined) {
    const isOld = next.orders.some(({ about, id }) => about === carried.about && id > carried.id);
    if (isOld) {
      next = { ...next, orders: next.orders.filter((order) => order !== carried) };
      events.push(superseded(carried.id));
    } else if (carried.readback === undefined) {
      next = { ...next, orders: next.orders.filter((order) => order !== carried) };
      events.push({ type: 'ordered', order: carried.id, outcome: 'done', detail: 'acknowledged' });
    } else {
      const taken = { ...carried, isTaken: true };
      next = {
        ...next,
        orders: next.orders.map((order) => (order === carried ? taken : order)),
        readbackAtMs: nowMs,
      };
    }
  }
  if (reply.kind === 'output-status') {
    const done = next.orders.filter(
      ({ isTaken, readback }) =>
        isTaken === true && readback !== undefined && reply.outputs[readback.output] === readback.isOn,
    );
    next = {
      ...next,
      orders: next.orders.filter((order) => !done.includes(order)),
      readbackAtMs: nowMs + READBACK_MS,
    };
    for (const { id } of done)
      events.push({ type: 'ordered', order: id, outcome: 'done', detail: 'reported by the reader' });
  }
  const isUrgent =
    next.orders.some(({ isTaken }) => !isTaken) ||
    next.questions.length > 0 ||
    (next.orders.length > 0 && next.readbackAtMs <= nowMs) ||
    next.askedAtMs === Number.NEGATIVE_INFINITY;
  return { state: { ...next, nextAtMs: isUrgent ? nowMs : nowMs + POLL_MS }, events };
}

/**
 * The panel's side of the conversation with one reader, as pure functions: identify → secure → online, and back.
 * `turn` gives what goes onto the line, `heard` takes what came, `unanswered` says that nothing came in time.
 */
import { type Command, writeCommand } from './command.ts';
import { type Frame, type ReceivedFrame, securityBlock, writeFrame } from './frame.ts';
import { answered, superseded } from './reader-answers.ts';
import { begunAnew, dropExpired, hasFallenSilent, offline, type Step, step } from './reader-conversation.ts';
import {
  BUSY_PAUSE_MS,
  MAX_BUSY_MS,
  MAX_ORDERS,
  MAX_TRIES,
  type Order,
  PROBE_MS,
  type ReaderSettings,
  type ReaderState,
  STATUS_MS,
  type UnderWay,
} from './reader-state.ts';
import { readReply, writeReply } from './reply.ts';
import { openReply, type Session, sealCommand } from './secure-channel.ts';

/** What goes onto the line now; nothing where there is nothing to say yet. */
export interface Turn extends Step {
  send?: Uint8Array;
}

/** The reader's turn to be spoken to. @param random fresh random bytes of the length asked for */
export function turn(
  before: ReaderState,
  settings: ReaderSettings,
  nowMs: number,
  random: (bytes: number) => Uint8Array,
): Turn {
  const { state, events } = dropExpired(before, nowMs);
  if (state.underWay !== undefined) {
    // The same bytes with the same sequence: a reader that has carried it out repeats its answer (clause 5.9.4).
    const underWay: UnderWay = { ...state.underWay, tries: state.underWay.tries + 1 };
    return {
      state: { ...state, underWay, isWaiting: true, lastTurnAtMs: nowMs },
      events,
      send: underWay.bytes,
    };
  }
  const { command, order, given } = nextCommand(state, settings, nowMs, random);
  const sequence = state.sequence === undefined ? 0 : (state.sequence % 3) + 1;
  const { address, check } = settings;
  const plain = { address, sequence, check, ...writeCommand(command) };
  let frame: Frame = { ...plain, isReply: false };
  let session = given.session;
  if (command.kind === 'challenge' || command.kind === 'cryptogram') {
    const type = command.kind === 'challenge' ? securityBlock.challenge : securityBlock.cryptogram;
    frame = { ...frame, security: { type, data: Uint8Array.of(given.handshake?.key === 'own' ? 1 : 0) } };
  } else if (session !== undefined) ({ frame, session } = sealCommand(session, plain));
  const bytes = writeFrame(frame);
  return {
    state: {
      ...given,
      session,
      sequence,
      underWay: { command, bytes, sequence, tries: 1, ...(order !== undefined && { order }) },
      isWaiting: true,
      lastTurnAtMs: nowMs,
    },
    events,
    send: bytes,
  };
}

interface Chosen {
  command: Command;
  order?: number;
  given: ReaderState;
}

function nextCommand(
  state: ReaderState,
  { baseKey }: ReaderSettings,
  nowMs: number,
  random: (bytes: number) => Uint8Array,
): Chosen {
  switch (state.phase) {
    case 'identify':
      return { command: { kind: 'identify' }, given: { ...state, sequence: undefined } };
    case 'capabilities':
      return { command: { kind: 'capabilities' }, given: state };
    case 'challenge': {
      const panelRandom = random(8);
      return {
        command: { kind: 'challenge', random: panelRandom },
        given: { ...state, handshake: { key: state.nextKey, panelRandom } },
      };
    }
    case 'cryptogram':
      return {
        command: { kind: 'cryptogram', cryptogram: state.handshake?.cryptogram ?? new Uint8Array() },
        given: state,
      };
    case 'install':
      return { command: { kind: 'key-set', key: baseKey ?? new Uint8Array() }, given: state };
    case 'ready':
      return nextInConversation(state, nowMs);
  }
}

/** Orders go first, then questions, then the poll: nobody at a door waits for a status. */
function nextInConversation(state: ReaderState, nowMs: number): Chosen {
  const order = state.orders.find(({ isTaken }) => !isTaken);
  if (order !== undefined) return { command: order.command, order: order.id, given: state };
  const awaitsReadback = state.orders.length > 0 && nowMs >= state.readbackAtMs;
  if (awaitsReadback) return { command: { kind: 'output-status' }, given: state };
  const [question, ...questions] = state.questions;
  if (question === 'local-status' || question === 'input-status' || question === 'output-status')
    return { command: { kind: question }, given: { ...state, questions } };
  if (nowMs - state.askedAtMs >= STATUS_MS)
    return {
      command: { kind: 'local-status' },
      given: { ...state, askedAtMs: nowMs, questions: statusQuestions(state) },
    };
  return { command: { kind: 'poll' }, given: state };
}

const INPUTS = 1;
const OUTPUTS = 2;

/** What there is to ask, by what the reader says it can. */
function statusQuestions({ capabilities }: ReaderState): Command['kind'][] {
  const has = (wanted: number) => capabilities.some(({ code, count }) => code === wanted && count > 0);
  return [
    ...(has(INPUTS) ? ['input-status' as const] : []),
    ...(has(OUTPUTS) ? ['output-status' as const] : []),
  ];
}

/** What came from the line while this reader's answer was waited for. `isAnswer`: it need be waited for no longer. */
export function heard(
  state: ReaderState,
  settings: ReaderSettings,
  received: ReceivedFrame,
  nowMs: number,
): Step & { isAnswer: boolean } {
  const { frame } = received;
  const { underWay } = state;
  // Another reader's answer, late; or another panel on the line.
  if (!frame.isReply || frame.address !== settings.address || underWay === undefined || !state.isWaiting)
    return { ...step(state), isAnswer: false };
  const isPlain = frame.security === undefined;
  const plain = isPlain ? readReply(frame.id, frame.data) : undefined;
  if (plain !== undefined && 'kind' in plain && plain.kind === 'busy')
    return { ...busy({ ...state, heardAtMs: nowMs }, underWay, nowMs), isAnswer: true };
  const isNak = plain !== undefined && 'kind' in plain && plain.kind === 'nak';
  // Late, an answer to an older command; a refusal may come with the reader's own idea of the sequence.
  if (frame.sequence !== underWay.sequence && !isNak) return { ...step(state), isAnswer: false };
  if (state.session !== undefined && !isNak && !isKeySetAcknowledged(underWay, frame))
    return secured(state, state.session, settings, underWay, received, nowMs);
  if (!isNak && !isFitting(underWay, frame))
    return {
      ...step(state, {
        type: 'unusable',
        detail: `a security block that does not answer ${underWay.command.kind}`,
      }),
      isAnswer: false,
    };
  const reply = readReply(frame.id, frame.data);
  return {
    ...answered({ ...state, heardAtMs: nowMs }, settings, underWay, reply, nowMs, frame.security),
    isAnswer: true,
  };
}

/** An answer over the secure channel; in clear nothing of weight is believed while there is one. */
function secured(
  state: ReaderState,
  session: Session,
  settings: ReaderSettings,
  underWay: UnderWay,
  received: ReceivedFrame,
  nowMs: number,
): Step & { isAnswer: boolean } {
  const opened = openReply(session, received);
  if ('refused' in opened)
    return { ...step(state, { type: 'unusable', detail: opened.refused }), isAnswer: false };
  const reply = readReply(received.frame.id, opened.data);
  const next: ReaderState = { ...state, session: opened.session, heardAtMs: nowMs };
  // Busy over the secure channel: the chain has gone on, so the command goes out as a new one.
  if ('kind' in reply && reply.kind === 'busy')
    return {
      ...step({ ...next, underWay: undefined, isWaiting: false, nextAtMs: nowMs + BUSY_PAUSE_MS }),
      isAnswer: true,
    };
  return { ...answered(next, settings, underWay, reply, nowMs), isAnswer: true };
}

/** In the handshake its own block; otherwise none. */
function isFitting({ command }: UnderWay, { security }: Frame): boolean {
  if (command.kind === 'challenge') return security?.type === securityBlock.challengeAnswer;
  if (command.kind === 'cryptogram') return security?.type === securityBlock.cryptogramAnswer;
  return security === undefined;
}

/** A reader may drop its keys before it has acknowledged the new one (clause 6.20). */
const isKeySetAcknowledged = ({ command }: UnderWay, { id, security }: Frame): boolean =>
  command.kind === 'key-set' && security === undefined && id === writeReply({ kind: 'ack' }).id;

function busy(state: ReaderState, underWay: UnderWay, nowMs: number): Step {
  const busySinceMs = underWay.busySinceMs ?? nowMs;
  if (nowMs - busySinceMs >= MAX_BUSY_MS) return begunAnew(state, nowMs + PROBE_MS);
  return step({
    ...state,
    underWay: { ...underWay, tries: 0, busySinceMs },
    isWaiting: false,
    nextAtMs: nowMs + BUSY_PAUSE_MS,
  });
}

/** Nothing came in time. */
export function unanswered(before: ReaderState, nowMs: number): Step {
  const state: ReaderState = { ...before, isWaiting: false };
  if (hasFallenSilent(state, nowMs)) return offline(state, 'silent', nowMs + PROBE_MS);
  const { underWay } = state;
  if (underWay !== undefined && underWay.tries < MAX_TRIES && state.heardAtMs !== undefined)
    return step({ ...state, nextAtMs: nowMs });
  // Restarted, perhaps: it has forgotten sequence and session and says nothing to either.
  return begunAnew(state, nowMs + (state.heardAtMs === undefined ? PROBE_MS : 0));
}

/** Takes an order; the answer is undefined where too many wait already. One about the same goes before what waits. */
export function ordered(state: ReaderState, order: Order, nowMs: number): Step | undefined {
  const older = state.orders.filter(({ about, id }) => about === order.about && id !== state.underWay?.order);
  const rest = state.orders.filter((waiting) => !older.includes(waiting));
  if (rest.length >= MAX_ORDERS) return undefined;
  const isFree = state.phase === 'ready' && state.underWay === undefined;
  return step(
    {
      ...state,
      orders: [...rest, order],
      ...(isFree && { nextAtMs: Math.min(state.nextAtMs, nowMs) }),
    },
    ...older.map(({ id }) => superseded(id)),
  );
}

/** The port has gone: what was said is forgotten, orders stay until they expire. */
export function lineLost(state: ReaderState): Step {
  return offline({ ...state, isWaiting: false }, 'silent', 0);
}

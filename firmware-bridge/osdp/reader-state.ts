/** What the panel knows of one reader on its line, and what it can be told. */
import type { Command } from './command.ts';
import type { Capability, Identification, Reply } from './reply.ts';
import type { Session, SessionKeys } from './secure-channel.ts';

/** How often a reader is asked whether it has something to say (clause 5.7). */
export const POLL_MS = 50;
/** A reader begins its answer within this time after the last byte of the command (clause 5.7). */
export const REPLY_MS = 200;
/** A reader that has said nothing for this long is offline (clause 5.7). */
export const OFFLINE_MS = 8_000;
/** How often a reader that is offline is asked. Each asking costs the others REPLY_MS. */
export const PROBE_MS = 1_000;
/** Times that one command is sent before the conversation is begun anew. */
export const MAX_TRIES = 4;
/** After a refused key: nobody changes a key twice a second, and a log should stay readable. */
export const KEY_RETRY_MS = 5_000;
/** A reader that was busy is asked again after this, with the same frame. */
export const BUSY_PAUSE_MS = 100;
/** Busy for longer, it has hung. */
export const MAX_BUSY_MS = 15_000;
/** The whole status is asked for this often, in case a change went by unheard. */
export const STATUS_MS = 30_000;
/** An output that has not followed is looked at again after this. */
export const READBACK_MS = 150;
/** Commands that wait for one reader; a person at a door needs four. */
export const MAX_ORDERS = 16;

/** One command from outside, on its way. */
export interface Order {
  id: number;
  /** What it is about (`output:0`): a newer one about the same takes its place. */
  about: string;
  command: Command;
  /** On the line's own clock, in ms; not done by then, it is dead. */
  expiresAtMs: number;
  /** Done only once the reader's own report says so. */
  readback?: { output: number; isOn: boolean };
  /** Acknowledged; the readback is still to come. */
  isTaken?: boolean;
}

export interface ReaderSettings {
  address: number;
  check: 'crc' | 'checksum';
  /** `none`: for a reader that has no secure channel; what it says can be forged by whoever reaches the cable. */
  security: 'required' | 'none';
  /** Its own base key; undefined where `security` is `none`. */
  baseKey?: Uint8Array;
  /** The reader has proved before that it knows its own key: the default key is never used with it again. */
  isInstalled: boolean;
}

export interface Handshake {
  key: 'own' | 'default';
  panelRandom: Uint8Array;
  keys?: SessionKeys;
  cryptogram?: Uint8Array;
}

export interface UnderWay {
  command: Command;
  bytes: Uint8Array;
  sequence: number;
  tries: number;
  /** The order that it carries out. */
  order?: number;
  /** Since when the reader says that it is busy. */
  busySinceMs?: number;
}

export interface ReaderState {
  phase: 'identify' | 'capabilities' | 'challenge' | 'cryptogram' | 'install' | 'ready';
  /** Of the last command; undefined: the next one begins with 0. */
  sequence: number | undefined;
  underWay: UnderWay | undefined;
  /** What was sent is on the line, and its answer is waited for. */
  isWaiting: boolean;
  handshake: Handshake | undefined;
  session: Session | undefined;
  /** Which key is tried next. */
  nextKey: 'own' | 'default';
  isInstalled: boolean;
  /** It was told that the key does not fit; the same again is not news. */
  isMismatchTold: boolean;
  /** Told to whoever listens. */
  isOnline: boolean;
  /** When it last said anything that makes sense; undefined: never. */
  heardAtMs: number | undefined;
  /** When it is to be spoken to next. */
  nextAtMs: number;
  lastTurnAtMs: number;
  identification: Identification | undefined;
  capabilities: readonly Capability[];
  outputs: readonly boolean[] | undefined;
  /** Status commands that are due before the next poll. */
  questions: readonly Command['kind'][];
  askedAtMs: number;
  readbackAtMs: number;
  orders: readonly Order[];
}

export type OrderOutcome = 'done' | 'expired' | 'refused' | 'superseded';

export type ReaderEvent =
  | { type: 'online'; identification: Identification; isSecure: boolean }
  /** `key`: it answers, but does not know its key. */
  | { type: 'offline'; because: 'silent' | 'key' }
  /** The reader has proved for the first time that it knows its own key: from now on only that will do. */
  | { type: 'key-installed' }
  /** `wasInstalled`: it knew its key before, so this is perhaps another reader. */
  | { type: 'key-refused'; wasInstalled: boolean; detail: string }
  | { type: 'said'; reply: Extract<Reply, { kind: SaidKind }> }
  | { type: 'ordered'; order: number; outcome: OrderOutcome; detail: string }
  /** A frame that could not be taken; for log and counters. */
  | { type: 'unusable'; detail: string };

/** Replies that say something about the world. */
export const saidKinds = [
  'local-status',
  'input-status',
  'output-status',
  'reader-status',
  'card',
  'keys',
] as const;
export type SaidKind = (typeof saidKinds)[number];

export const initialReader = (settings: ReaderSettings): ReaderState => ({
  phase: 'identify',
  sequence: undefined,
  underWay: undefined,
  isWaiting: false,
  handshake: undefined,
  session: undefined,
  nextKey: 'own',
  isInstalled: settings.isInstalled,
  isMismatchTold: false,
  isOnline: false,
  heardAtMs: undefined,
  nextAtMs: 0,
  lastTurnAtMs: Number.NEGATIVE_INFINITY,
  identification: undefined,
  capabilities: [],
  outputs: undefined,
  questions: [],
  askedAtMs: Number.NEGATIVE_INFINITY,
  readbackAtMs: 0,
  orders: [],
});

/**
 * One line with its readers: speaks to one at a time, waits for its answer, and goes on. The conversation itself is
 * in reader-machine.ts; here are only the clock and the bytes.
 */
import { randomBytes } from 'node:crypto';
import { MAX_FRAME_BYTES, type ReceivedFrame } from './frame.ts';
import { OsdpFrameReader } from './frame-reader.ts';
import { nextTurn } from './line-turns.ts';
import type { Step } from './reader-conversation.ts';
import { heard, lineLost, ordered, turn, unanswered } from './reader-machine.ts';
import {
  initialReader,
  type Order,
  REPLY_MS,
  type ReaderEvent,
  type ReaderSettings,
  type ReaderState,
} from './reader-state.ts';

/** A frame that has begun within its time may take this much longer, plus what its bytes take on the line. */
const FINISH_MS = 50;
/** Silence between an answer and the next command, so that the reader has let go of the line. */
const TURNAROUND_MS = 3;
/** A timer that comes so much too late: this process stood still, and what readers said meanwhile lies unread. */
const STANDSTILL_MS = 300;
/** A start bit, eight of data, a stop bit. */
const BITS_PER_BYTE = 10;

export interface OsdpLineOptions {
  baudRate: number;
  /** A clock that never jumps; only differences mean anything. */
  nowMs(): number;
  onEvent(reader: number, event: ReaderEvent): void;
}

export class OsdpLine {
  readonly counts: OsdpFrameReader['counts'];
  /** When anything that makes sense came last, on the line's clock. */
  heardAtMs: number | undefined;
  private readonly options: OsdpLineOptions;
  private readonly settings: readonly ReaderSettings[];
  private readonly states: ReaderState[];
  private readonly frames = new OsdpFrameReader();
  private write: ((bytes: Uint8Array) => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Whose answer is waited for, and until when. */
  private waiting: { reader: number; untilMs: number } | undefined;
  private latestMs = 0;

  constructor(readers: readonly ReaderSettings[], options: OsdpLineOptions) {
    this.options = options;
    this.settings = readers;
    this.states = readers.map(initialReader);
    this.counts = this.frames.counts;
  }

  /** Whether a reader can be told something. */
  isOnline(reader: number): boolean {
    return this.states[reader]?.isOnline === true;
  }

  /** The port is open. */
  begin(write: (bytes: Uint8Array) => void): void {
    this.write = write;
    this.frames.giveUp();
    this.goOn(0);
  }

  /** The port is gone: every reader with it. */
  end(): void {
    clearTimeout(this.timer);
    this.write = undefined;
    this.waiting = undefined;
    this.states.forEach((state, reader) => {
      this.take(reader, lineLost(state));
    });
  }

  /** @returns false where too many orders wait for this reader already */
  order(reader: number, order: Order): boolean {
    const state = this.states[reader];
    const made = state && ordered(state, order, this.options.nowMs());
    if (made === undefined) return false;
    this.take(reader, made);
    if (this.waiting === undefined && this.write !== undefined) this.goOn(0);
    return true;
  }

  hear(bytes: Uint8Array): void {
    if (this.write === undefined) return;
    for (const frame of this.frames.take(bytes)) this.hearFrame(frame);
    // Begun in time and not finished: the rest of it is on the line.
    if (this.waiting !== undefined && this.frames.isInside) this.wait(this.waiting.reader, FINISH_MS);
  }

  private hearFrame(frame: ReceivedFrame): void {
    const { waiting } = this;
    const nowMs = this.options.nowMs();
    const state = waiting && this.states[waiting.reader];
    const settings = waiting && this.settings[waiting.reader];
    if (waiting === undefined || state === undefined || settings === undefined) return;
    const { isAnswer, ...made } = heard(state, settings, frame, nowMs);
    if (isAnswer) {
      this.heardAtMs = nowMs;
      this.waiting = undefined;
    }
    this.take(waiting.reader, made);
    if (isAnswer) this.goOn(TURNAROUND_MS);
  }

  private take(reader: number, { state, events }: Step): void {
    this.states[reader] = state;
    for (const event of events) this.options.onEvent(reader, event);
  }

  private goOn(inMs: number): void {
    clearTimeout(this.timer);
    const dueAtMs = this.options.nowMs() + inMs;
    this.timer = setTimeout(() => {
      this.forgive(this.options.nowMs() - dueAtMs);
      this.speak();
    }, inMs);
  }

  /** Time in which nobody could listen is nobody's silence. True: there was some. */
  private forgive(lateMs: number): boolean {
    if (lateMs < STANDSTILL_MS) return false;
    this.states.forEach((state, reader) => {
      if (state.heardAtMs !== undefined)
        this.states[reader] = { ...state, heardAtMs: state.heardAtMs + lateMs };
    });
    return true;
  }

  private speak(): void {
    const { write, options } = this;
    if (write === undefined) return;
    const nowMs = options.nowMs();
    const next = nextTurn(this.states, nowMs);
    if ('waitMs' in next) {
      this.goOn(Math.ceil(next.waitMs));
      return;
    }
    const state = this.states[next.reader];
    const settings = this.settings[next.reader];
    if (state === undefined || settings === undefined) return;
    const { send, ...made } = turn(state, settings, nowMs, randomBytes);
    this.take(next.reader, made);
    if (send === undefined) {
      this.goOn(0);
      return;
    }
    write(send);
    this.wait(next.reader, this.onLineMs(send.length) + REPLY_MS);
  }

  private onLineMs(bytes: number): number {
    return (bytes * BITS_PER_BYTE * 1_000) / this.options.baudRate;
  }

  /** Waits so much longer, but never longer than the longest answer takes. */
  private wait(reader: number, moreMs: number): void {
    const nowMs = this.options.nowMs();
    const isNew = this.waiting === undefined;
    const latestMs = isNew ? nowMs + moreMs + this.onLineMs(MAX_FRAME_BYTES) : this.latestMs;
    this.latestMs = latestMs;
    const untilMs = Math.min(latestMs, Math.max(this.waiting?.untilMs ?? 0, nowMs + moreMs));
    this.waiting = { reader, untilMs };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.timeOut(reader), Math.max(0, untilMs - nowMs));
  }

  private timeOut(reader: number): void {
    // A damaged length may have swallowed the answer.
    for (const frame of this.frames.giveUp()) {
      if (this.waiting === undefined) break;
      this.hearFrame(frame);
    }
    if (this.waiting === undefined) return;
    if (this.forgive(this.options.nowMs() - this.waiting.untilMs)) {
      this.waiting = undefined;
      this.wait(reader, REPLY_MS);
      return;
    }
    const state = this.states[reader];
    if (state === undefined) return;
    this.waiting = undefined;
    this.take(reader, unanswered(state, this.options.nowMs()));
    this.goOn(0);
  }
}

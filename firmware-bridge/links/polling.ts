/** Conversations with devices that speak only when asked: one question at a time, and what comes too late is thrown away. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../devices/model/clock.ts';
import type { Conversation, Ending } from './connection.ts';
import type { CharacterFrame, SerialLine } from './serial-line.ts';
import { atLeastReal } from './timing.ts';

/** No answer of such a device is longer. */
const MAX_ANSWER_BYTES = 4_096;
/** So many questions in a row without an answer, and the device is not there. */
export const MISSES_TO_OFFLINE = 3;
/** The shortest pause between two rounds outside of a faster day. */
const MIN_REAL_PAUSE_MS = 50;
/** Silence behind which the line is thought to be clear of a late answer. */
const CLEAR_MS = 50;

/** What a reader makes of the bytes so far: the answer, nothing yet, or that it will never be one. */
export type AnswerSoFar<Answer> = { answer: Answer } | 'incomplete' | { unusable: string };

/** Questions over one opened line. */
export class Talk {
  private readonly line: SerialLine;
  private readonly signal: AbortSignal;
  private heard: Uint8Array[] = [];
  private heardBytes = 0;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  private onHeard: () => void = () => undefined;
  /** An answer was waited for in vain: it may still come. */
  private isLatePossible = false;

  constructor(line: SerialLine, signal: AbortSignal) {
    this.line = line;
    this.signal = signal;
  }

  hear(bytes: Uint8Array): void {
    this.heardAtMs = performance.now();
    if (this.heardBytes >= MAX_ANSWER_BYTES) return;
    this.heard.push(bytes);
    this.heardBytes += bytes.length;
    this.onHeard();
  }

  /** Undefined: no usable answer in time, or the conversation is over. `onUnusable` is told what came instead. */
  async ask<Answer>(
    question: Uint8Array,
    read: (heard: Uint8Array) => AnswerSoFar<Answer>,
    patienceMs: number,
    onUnusable: (why: string) => void = () => undefined,
  ): Promise<Answer | undefined> {
    await this.clear(patienceMs);
    if (this.signal.aborted) return undefined;
    this.heard = [];
    this.heardBytes = 0;
    const result = await new Promise<AnswerSoFar<Answer>>((resolve) => {
      const end = (so: AnswerSoFar<Answer>) => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', stop);
        this.onHeard = () => undefined;
        resolve(so);
      };
      const look = () => {
        const so = read(Buffer.concat(this.heard));
        if (so !== 'incomplete') end(so);
        else if (this.heardBytes >= MAX_ANSWER_BYTES)
          end({ unusable: `more than ${MAX_ANSWER_BYTES} bytes` });
      };
      const stop = () => end('incomplete');
      // What the system has for us is read before a silence is believed: this process may have stood still.
      const timer = setTimeout(() => setImmediate(() => setImmediate(stop)), patienceMs);
      this.onHeard = look;
      this.signal.addEventListener('abort', stop, { once: true });
      this.line.write(question);
    });
    if (result === 'incomplete') {
      this.isLatePossible = true;
      if (this.heardBytes > 0) onUnusable(`only ${this.heardBytes} bytes`);
      return undefined;
    }
    if ('unusable' in result) {
      this.isLatePossible = true;
      onUnusable(result.unusable);
      return undefined;
    }
    return result.answer;
  }

  /** Waits out an answer that may still come: taken for the next one's, it would be believed. */
  private async clear(patienceMs: number): Promise<void> {
    if (!this.isLatePossible) return;
    const untilMs = performance.now() + patienceMs;
    while (!this.signal.aborted && performance.now() < untilMs) {
      await pause(CLEAR_MS, undefined, { signal: this.signal }).catch(() => undefined);
      if (performance.now() - this.heardAtMs >= CLEAR_MS && performance.now() >= untilMs - patienceMs / 2)
        break;
    }
    this.isLatePossible = false;
  }
}

export interface Polling {
  baudRate: number;
  frame?: CharacterFrame;
  clock: Clock;
  /** Between two rounds, in the site's time. */
  everyMs: number;
  /** Asks what there is to ask. True: the device has answered; text: another device is there. */
  round(talk: Talk): Promise<boolean | { foreign: string }>;
}

/** A conversation of rounds, until the device has not answered several in a row. */
export function pollingConversation({ baudRate, frame, clock, everyMs, round }: Polling): Conversation {
  let talk: Talk | undefined;
  const rounds = async (running: Talk, signal: AbortSignal): Promise<Ending> => {
    let wasOnline = false;
    let misses = 0;
    while (!signal.aborted) {
      const answered = await round(running);
      if (signal.aborted) break;
      if (typeof answered === 'object') return { because: 'foreign', found: answered.foreign };
      if (answered) wasOnline = true;
      misses = answered ? 0 : misses + 1;
      if (misses >= MISSES_TO_OFFLINE) return { because: 'silent', wasOnline };
      const waitMs =
        misses > 0 ? MIN_REAL_PAUSE_MS : atLeastReal(clock, everyMs, MIN_REAL_PAUSE_MS) / clock.rate;
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
    return { because: 'stopped' };
  };
  return {
    baudRate,
    ...(frame === undefined ? {} : { frame }),
    hear: (bytes) => talk?.hear(bytes),
    hold: (line, signal) => {
      talk = new Talk(line, signal);
      return rounds(talk, signal).finally(() => {
        talk = undefined;
      });
    },
  };
}

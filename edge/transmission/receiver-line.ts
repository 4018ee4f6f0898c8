/** One line to one receiver of a monitoring station: a message at a time, each with its answer or without. */
import { connect, type Socket } from 'node:net';
import { decodeFrame, encodeFrame, type Frame, FrameCutter } from './frame.ts';

/** What became of a message. */
export type Answer =
  | { kind: 'acknowledged' }
  /** The receiver has got it and can do nothing with it. */
  | { kind: 'not-understood' }
  /** The receiver refused it; its clock, where the message's time was not to its liking. */
  | { kind: 'refused'; receiverAt?: number }
  | { kind: 'no-answer'; because: string };

export interface ReceiverLineOptions {
  host: string;
  port: number;
  key: Uint8Array | undefined;
  answerWithinMs: number;
}

/** The connection stays open between messages and is made again when one finds it gone. */
export class ReceiverLine {
  readonly #options: ReceiverLineOptions;
  readonly #signal: AbortSignal;
  #socket: Socket | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: { sequence: number; settle: (answer: Answer) => void } | undefined;

  constructor(options: ReceiverLineOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#drop('the gateway stops'), { once: true });
  }

  get name(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }

  /** Whether what goes over it can be read by nobody else. */
  get encrypts(): boolean {
    return this.#options.key !== undefined;
  }

  /** Sends a message and waits for what is said to it. One after the other; never rejects. */
  send(frame: Frame): Promise<Answer> {
    const turn = this.#turn.then(() => this.#exchange(frame));
    this.#turn = turn;
    return turn;
  }

  #exchange(frame: Frame): Promise<Answer> {
    if (this.#signal.aborted) return Promise.resolve({ kind: 'no-answer', because: 'the gateway stops' });
    const bytes = encodeFrame(frame, this.#options.key);
    return new Promise<Answer>((resolve) => {
      const late = setTimeout(() => this.#drop('no answer in time'), this.#options.answerWithinMs);
      this.#waiting = {
        sequence: frame.sequence,
        settle: (answer) => {
          clearTimeout(late);
          this.#waiting = undefined;
          resolve(answer);
        },
      };
      this.#connected().write(bytes);
    });
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const { host, port } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    const cutter = new FrameCutter();
    let problem = 'the receiver closed the line';
    socket.on('data', (chunk) => {
      for (const frame of cutter.push(chunk)) this.#heard(frame);
    });
    socket.on('error', (error) => {
      problem = error.message;
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#drop(problem);
    });
    return socket;
  }

  #heard(bytes: Uint8Array): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const read = decodeFrame(bytes, this.#options.key);
    // Noise, or somebody else's word: the answer may still come.
    if ('refused' in read) return;
    const { token, sequence, at } = read.frame;
    if (token === 'NAK') waiting.settle({ kind: 'refused', ...(at === undefined ? {} : { receiverAt: at }) });
    else if (sequence !== waiting.sequence) return;
    else if (token === 'ACK') waiting.settle({ kind: 'acknowledged' });
    else if (token === 'DUH') waiting.settle({ kind: 'not-understood' });
  }

  #drop(because: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
    this.#waiting?.settle({ kind: 'no-answer', because });
  }
}

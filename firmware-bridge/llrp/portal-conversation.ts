/**
 * One connection to a reader: it says that we are its client, is told what to do, and from then on reports tags and keeps
 * alive. The order is that of LLRP 1.0.1, section 6; questions are asked one at a time.
 */
import type { Logger } from 'pino';
import type { Conversation, Ending } from '../links/connection.ts';
import type { SerialLine } from '../links/serial-line.ts';
import { Silence } from '../links/timing.ts';
import {
  connectionRefusals,
  type ReaderNews,
  readAntennas,
  readCapabilities,
  readNews,
  readTagReport,
  refusalIn,
  type TagRead,
} from './answers.ts';
import { encodeMessage, type Message, MessageReader, messageTypes as of } from './frame.ts';
import * as requests from './requests.ts';

/** From the connection until the reader has said that we are its client; real time. */
const HELLO_MS = 5_000;
/** A reader carries out a request within this, also while it is busy with tags. */
const ANSWER_MS = 5_000;
/** So many keep-alives in a row have not come, and the reader is not there. */
const MISSED_KEEPALIVES = 3;
/** How often `onBeat` comes, unless this process stands still. */
export const BEAT_MS = 200;

export interface PortalHandlers {
  /** It is set up and reads. */
  onReady(about: { firmware: string | undefined; antennas: ReadonlyMap<number, boolean> }): void;
  onReads(reads: readonly TagRead[]): void;
  onNews(news: ReaderNews): void;
  /** Now and then, in real time. */
  onBeat(): void;
  /** Bytes or messages that could not be read. */
  onDamaged(why: string): void;
  onMessage(): void;
}

export interface PortalSettings {
  antennas: readonly number[];
  keepaliveMs: number;
  log: Logger;
}

interface Question {
  id: number;
  answerType: number;
  answered(message: Message | 'refused'): void;
}

class PortalConversation implements Conversation {
  readonly baudRate = 0;
  private readonly settings: PortalSettings;
  private readonly handlers: PortalHandlers;
  private readonly reader = new MessageReader();
  private readonly silence = new Silence(BEAT_MS);
  private readonly ending = Promise.withResolvers<Ending>();
  private readonly accepted = Promise.withResolvers<void>();
  private line: SerialLine | undefined;
  /** Heard before the line was handed over. */
  private early: Message[] = [];
  private question: Question | undefined;
  private lastId = 0;
  private isReady = false;
  private isOver = false;

  constructor(settings: PortalSettings, handlers: PortalHandlers) {
    this.settings = settings;
    this.handlers = handlers;
  }

  hear(bytes: Uint8Array): void {
    if (this.isOver) return;
    const { messages, refused } = this.reader.take(bytes);
    for (const message of messages) {
      this.silence.end();
      this.handlers.onMessage();
      if (this.line === undefined) this.early.push(message);
      else this.take(message);
    }
    if (refused === undefined) return;
    this.handlers.onDamaged(refused);
    this.end({ because: 'foreign', found: refused });
  }

  async hold(line: SerialLine, signal: AbortSignal): Promise<Ending> {
    this.line = line;
    const stop = () => this.end({ because: 'stopped' });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    for (const message of this.early.splice(0)) this.take(message);
    this.silence.end();
    const hello = setTimeout(() => {
      if (!this.isReady && this.lastId === 0) this.end({ because: 'silent', wasOnline: false });
    }, HELLO_MS);
    const timer = setInterval(() => {
      this.handlers.onBeat();
      if (this.isReady && this.silence.beat() > this.settings.keepaliveMs * MISSED_KEEPALIVES)
        this.end({ because: 'silent', wasOnline: true });
    }, BEAT_MS);
    this.setUp().catch((error: unknown) => {
      if (!this.isOver) this.end({ because: 'foreign', found: String(error) });
    });
    const ending = await this.ending.promise;
    clearTimeout(hello);
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    // So that the reader takes its next client at once.
    if (ending.because !== 'hung-up') this.send(of.closeConnection, requests.nothing);
    return ending;
  }

  private end(ending: Ending): void {
    this.isOver = true;
    this.question?.answered('refused');
    this.ending.resolve(ending);
  }

  private async setUp(): Promise<void> {
    await this.accepted.promise;
    const capabilities = await this.ask(
      of.getReaderCapabilities,
      of.getReaderCapabilitiesResponse,
      requests.getReaderCapabilities(),
    );
    const about = capabilities && readCapabilities(capabilities.body);
    // Not every reader tells; then only changes are heard.
    const configuration = await this.ask(
      of.getReaderConfig,
      of.getReaderConfigResponse,
      requests.getReaderConfig(),
    );
    const { antennas, keepaliveMs } = this.settings;
    const steps: readonly [string, number, number, Uint8Array][] = [
      [
        'SET_READER_CONFIG',
        of.setReaderConfig,
        of.setReaderConfigResponse,
        requests.setReaderConfig(keepaliveMs),
      ],
      ['DELETE_ROSPEC', of.deleteRoSpec, of.deleteRoSpecResponse, requests.deleteRoSpecs()],
      ['ADD_ROSPEC', of.addRoSpec, of.addRoSpecResponse, requests.addRoSpec(antennas)],
      ['ENABLE_ROSPEC', of.enableRoSpec, of.enableRoSpecResponse, requests.enableRoSpec()],
      ['START_ROSPEC', of.startRoSpec, of.startRoSpecResponse, requests.startRoSpec()],
    ];
    for (const [name, type, answerType, body] of steps) {
      const answer = await this.ask(type, answerType, body);
      if (this.isOver) return;
      const refusal = answer === undefined ? 'no answer' : refusalIn(answer.body);
      if (refusal === undefined) continue;
      this.end(
        answer === undefined
          ? { because: 'silent', wasOnline: false }
          : { because: 'foreign', found: `${name} is refused: ${refusal}` },
      );
      return;
    }
    this.isReady = true;
    this.silence.end();
    this.handlers.onReady({
      firmware: about?.firmware,
      antennas: configuration === undefined ? new Map() : readAntennas(configuration.body),
    });
  }

  /** Undefined: no answer in time, an error message instead, or the conversation is over. */
  private ask(type: number, answerType: number, body: Uint8Array): Promise<Message | undefined> {
    if (this.isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (message: Message | undefined) => {
        clearTimeout(timer);
        this.question = undefined;
        resolve(message);
      };
      const timer = setTimeout(() => done(undefined), ANSWER_MS);
      const id = this.send(type, body);
      this.question = {
        id,
        answerType,
        answered: (message) => done(message === 'refused' ? undefined : message),
      };
    });
  }

  /** The message's number. */
  private send(type: number, body: Uint8Array, id?: number): number {
    if (id === undefined) this.lastId = (this.lastId + 1) >>> 0;
    const number = id ?? this.lastId;
    this.line?.write(encodeMessage({ type, id: number, body }));
    return number;
  }

  private take(message: Message): void {
    const { type, id, body } = message;
    if (type === of.keepalive) this.send(of.keepaliveAck, requests.nothing, id);
    else if (type === of.roAccessReport) {
      const { reads, refused } = readTagReport(body);
      for (const why of refused) this.handlers.onDamaged(why);
      if (reads.length > 0) this.handlers.onReads(reads);
    } else if (type === of.readerEventNotification) for (const news of readNews(body)) this.heed(news);
    // An answer to a question that was given up has another number.
    else if (this.question?.id === id && this.question.answerType === type) this.question.answered(message);
    else if (type === of.errorMessage) {
      this.settings.log.warn({ refusal: refusalIn(body) }, 'the reader did not understand a message');
      if (this.question?.id === id) this.question.answered('refused');
    }
  }

  private heed(news: ReaderNews): void {
    if (news.type === 'connection') {
      if (news.status === 0) this.accepted.resolve();
      // Somebody else's attempt concerns the reader, and not this connection.
      else if (news.status !== 4)
        this.end({ because: 'foreign', found: connectionRefusals[news.status] ?? `status ${news.status}` });
    } else if (news.type === 'closing') this.end({ because: 'hung-up', detail: 'closed by the reader' });
    this.handlers.onNews(news);
  }
}

/** A conversation with the reader of a portal. */
export const portalConversation = (settings: PortalSettings, handlers: PortalHandlers): Conversation =>
  new PortalConversation(settings, handlers);

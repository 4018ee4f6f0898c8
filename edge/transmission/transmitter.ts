/**
 * Alarm transmission to a monitoring station (SIA DC-09; EN 50136 for what is expected of the way): each event is on
 * disk before it is sent, goes by the first line that is answered, and is sent again until a receiver acknowledges
 * it. A line without events proves itself, and a line that fails is told of at the site and in the cloud.
 */
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { backOffMs, Pause } from '../outbox/back-off.ts';
import { EventQueue, type EventQueueOptions, TRANSMISSION_PREFIX, type WaitingEvent } from './event-queue.ts';
import { armingEventOf, contactIdData, eventOf, restored, siaData } from './events.ts';
import type { Frame, Token } from './frame.ts';
import type { Answer, ReceiverLine } from './receiver-line.ts';
import type { TransmissionSettings } from './settings.ts';

const FAILED_PREFIX = `${TRANSMISSION_PREFIX}failed/`;
/** A line has failed when so many messages in a row were not answered. */
const FAILURES_BEFORE_TOLD = 2;
/** When no line answers, all are tried again after this, in real time. */
const backOff = { firstMs: 1_000, mostMs: 30_000 };

export interface TransmitterOptions extends EventQueueOptions {
  settings: TransmissionSettings;
  /** In the order in which they are preferred. */
  lines: readonly ReceiverLine[];
  clock: Clock;
  /** A line has failed or works again. */
  onLine(line: string, works: boolean, because: string): void;
  /** The station has an event and can do nothing with it. */
  onNotUnderstood(data: string): void;
}

/** How one line is, for the page and the metrics. */
export interface LineStatus {
  name: string;
  works: boolean | undefined;
  /** By the gateway's clock; undefined before the first answer. */
  answeredAt: number | undefined;
  encrypted: boolean;
}

interface WatchedLine {
  line: ReceiverLine;
  works: boolean | undefined;
  failures: number;
  answeredAt: number | undefined;
  /** Real time of the last answer. */
  provenAtMs: number;
  /** Its receiver's clock less ours. */
  offsetMs: number;
}

export class Transmitter {
  readonly #options: TransmitterOptions;
  readonly #queue: EventQueue;
  readonly #lines: WatchedLine[];
  #draining = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #pause = new Pause();
  readonly #signal: AbortSignal;
  sent = 0;
  notUnderstood = 0;

  constructor(options: TransmitterOptions, signal: AbortSignal) {
    this.#options = options;
    this.#queue = new EventQueue(options);
    this.#lines = options.lines.map((line) => ({
      line,
      // A failure that was told before a restart has to be told as over.
      works: options.kept.has(FAILED_PREFIX + line.name) ? false : undefined,
      failures: 0,
      answeredAt: undefined,
      provenAtMs: Number.NEGATIVE_INFINITY,
      offsetMs: 0,
    }));
    this.#signal = signal;
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** Sends what a restart interrupted and begins to watch the lines. */
  start(): void {
    this.#supervise();
    void this.#drain();
  }

  /** A detection of this site. To be called in the turn that records it: then both are on disk together. */
  detected(detection: Detection): void {
    const { settings } = this.#options;
    const zoneOf = (assets: readonly string[]) =>
      assets.map((asset) => settings.zones[asset]).find((zone) => zone !== undefined) ?? 0;
    const event = eventOf(detection, zoneOf, settings.fromSeverity);
    if (event === undefined) return;
    const follows = typeof detection.facts.follows === 'string' ? detection.facts.follows : undefined;
    const isTold = follows !== undefined && this.#queue.isOpen(follows);
    this.#queue.open(detection.id, event, follows);
    if (isTold) return;
    this.#queue.add(event);
    void this.#drain();
  }

  /** An observation of this site: arming and disarming are told. */
  observed(observation: Observation): void {
    const { users } = this.#options.settings;
    const event = armingEventOf(observation, (identity) =>
      identity === undefined ? 0 : (users[identity] ?? 0),
    );
    if (event === undefined) return;
    this.#queue.add(event);
    void this.#drain();
  }

  /** Tells the ends of what is over. @param active asked for only where there is something to end */
  settle(active: () => ReadonlySet<string>): void {
    if (!this.#queue.hasOpen) return;
    const now = this.#options.clock.now();
    for (const event of this.#queue.ended(active())) this.#queue.add(restored(event, now));
    void this.#drain();
  }

  status(): { waiting: number; givenUp: number; lines: LineStatus[] } {
    return {
      waiting: this.#queue.size,
      givenUp: this.#queue.givenUp,
      lines: this.#lines.map(({ line, works, answeredAt }) => ({
        name: line.name,
        works,
        answeredAt,
        encrypted: line.encrypts,
      })),
    };
  }

  async #drain(): Promise<void> {
    // An event that comes while all lines are down does not wait out the pause.
    this.#pause.wake();
    if (this.#draining) return;
    this.#draining = true;
    let attempt = 0;
    for (
      let next = this.#queue.first;
      next !== undefined && !this.#signal.aborted;
      next = this.#queue.first
    ) {
      const done = await this.#tell(next);
      if (done) {
        this.#queue.remove(next);
        attempt = 0;
      } else {
        await this.#pause.wait(backOffMs(attempt++, backOff, Math.random()), this.#signal);
      }
    }
    this.#draining = false;
  }

  /** By each line in turn, those that work first. @returns whether the event is settled */
  async #tell(waiting: WaitingEvent): Promise<boolean> {
    const { format } = this.#options.settings;
    const token: Token = format === 'adm-cid' ? 'ADM-CID' : 'SIA-DCS';
    const data = format === 'adm-cid' ? contactIdData(waiting.event) : siaData(waiting.event);
    const preferred = this.#lines.toSorted((a, b) => Number(a.works === false) - Number(b.works === false));
    for (const watched of preferred) {
      const answer = await this.#exchange(watched, token, EventQueue.sequenceOf(waiting), data);
      if (answer.kind === 'acknowledged') {
        this.sent++;
        return true;
      }
      if (answer.kind === 'not-understood') {
        this.notUnderstood++;
        this.#options.onNotUnderstood(data);
        return true;
      }
      if (this.#signal.aborted) return false;
    }
    return false;
  }

  async #exchange(watched: WatchedLine, token: Token, sequence: number, data: string): Promise<Answer> {
    const first = await watched.line.send(this.#frame(watched, token, sequence, data));
    let answer = first;
    if (first.kind === 'refused' && first.receiverAt !== undefined) {
      // Its clock is another: the station's time is what counts in a message to it.
      watched.offsetMs = first.receiverAt - this.#options.clock.now();
      answer = await watched.line.send(this.#frame(watched, token, sequence, data));
    }
    this.#proved(watched, answer);
    return answer;
  }

  #frame(watched: WatchedLine, token: Token, sequence: number, data: string): Frame {
    const { account, line, receiverNumber = '' } = this.#options.settings;
    const at = Math.floor((this.#options.clock.now() + watched.offsetMs) / 1_000) * 1_000;
    const encrypted = watched.line.encrypts;
    return { token, sequence, receiver: receiverNumber, line, account, data, at, encrypted };
  }

  #proved(watched: WatchedLine, answer: Answer): void {
    if (this.#signal.aborted) return;
    const works = answer.kind === 'acknowledged' || answer.kind === 'not-understood';
    if (works) {
      watched.failures = 0;
      watched.provenAtMs = performance.now();
      watched.answeredAt = this.#options.clock.now();
      const isBack = watched.works === false;
      watched.works = true;
      if (!isBack) return;
      this.#options.forget(FAILED_PREFIX + watched.line.name);
      this.#options.onLine(watched.line.name, true, 'the receiver answers again');
      return;
    }
    watched.failures++;
    if (watched.works === false || watched.failures < FAILURES_BEFORE_TOLD) return;
    watched.works = false;
    this.#options.keep(FAILED_PREFIX + watched.line.name, true);
    const because = answer.kind === 'refused' ? 'the receiver refuses the messages' : answer.because;
    this.#options.onLine(watched.line.name, false, because);
  }

  /** Each line proves itself when it has had no answer for long enough; one that failed is asked as often. */
  #supervise(): void {
    const { superviseMs } = this.#options.settings;
    const prove = async (watched: WatchedLine) => {
      if (performance.now() - watched.provenAtMs < superviseMs / 2) return;
      const answer = await this.#exchange(watched, 'NULL', 0, '');
      // Once more at once: a lost answer is no lost line.
      if (answer.kind !== 'acknowledged' && watched.works !== false && !this.#signal.aborted)
        await this.#exchange(watched, 'NULL', 0, '');
    };
    void Promise.all(this.#lines.map(prove)).then(() => {
      if (this.#signal.aborted) return;
      this.#timer = setTimeout(() => this.#supervise(), superviseMs);
      this.#timer.unref();
    });
  }
}

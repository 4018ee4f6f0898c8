/** One lane on its way up: what is under way, how much may be, and where to go on. */
import { encodeBatch } from '../../devices/framing/batch.ts';
import { type Lane, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, type Receipt } from '../../devices/wire.ts';
import type { DurableOutbox } from './open.ts';
import type { Transport } from './transport.ts';

/** Room for a batch's header line. */
const HEADER_BYTES = 512;
/**
 * Bytes of a lane that may be under way: they stand in front of everything sent later, so on a slow line they must be
 * few, or the next alarm waits behind them. They double while receipts come quickly and halve when not.
 */
const FIRST_WINDOW_BYTES = 64 * 1024;
const LEAST_WINDOW_BYTES = 8 * 1024;
const MOST_WINDOW_BYTES = 4 * 1024 * 1024;
const QUICK_RECEIPT_MS = 500;
const SLOW_RECEIPT_MS = 2_000;

interface Flight {
  last: number;
  bytes: number;
  sentAtMs: number;
}

export class LaneSender {
  readonly lane: Lane;
  readonly #outbox: DurableOutbox;
  readonly #gateway: string;
  readonly #now: () => number;
  readonly #monotonicMs: () => number;
  #sent: number;
  #flights: Flight[] = [];
  #windowBytes = FIRST_WINDOW_BYTES;
  #reading = false;
  /** Reads that were begun before the lane was set back are not sent. */
  #turn = 0;
  /** Nothing more was there when it was last looked. */
  #exhausted = false;
  /** Counts what came since: news during a look must not be overlooked. */
  #news = 0;

  constructor(
    lane: Lane,
    gateway: string,
    outbox: DurableOutbox,
    now: () => number,
    monotonicMs: () => number,
  ) {
    this.lane = lane;
    this.#gateway = gateway;
    this.#outbox = outbox;
    this.#now = now;
    this.#monotonicMs = monotonicMs;
    this.#sent = outbox.progress(lane).acknowledged;
  }

  /** Everything that is there is under way or done. */
  get drained(): boolean {
    return this.#exhausted && !this.#reading;
  }

  get oldestFlightAtMs(): number | undefined {
    return this.#flights[0]?.sentAtMs;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  staged(): void {
    this.#news++;
    this.#exhausted = false;
  }

  /** A new connection, or nobody knows what became of the flights: on from what is acknowledged. */
  restart(from = this.#outbox.progress(this.lane).acknowledged): void {
    this.#turn++;
    this.#sent = from;
    this.#flights = [];
    this.#exhausted = false;
  }

  /** No receipt came: the line is slower than thought. */
  shrink(): void {
    this.#windowBytes = Math.max(LEAST_WINDOW_BYTES, this.#windowBytes / 2);
  }

  /** Sends one batch if there is one and there is room. Resolves to whether it did. */
  async sendNext(transport: Transport): Promise<boolean> {
    if (this.#reading || this.#exhausted || !this.#hasRoom(transport)) return false;
    this.#reading = true;
    const turn = this.#turn;
    const news = this.#news;
    const underWay = this.#flights.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = Math.min(MAX_BATCH_BYTES - HEADER_BYTES, this.#windowBytes - underWay);
    try {
      const { records, last, lines } = await this.#outbox.readLines(this.lane, this.#sent, {
        records: MAX_BATCH_RECORDS,
        bytes,
      });
      if (turn !== this.#turn) return true;
      if (records === 0) {
        this.#exhausted = news === this.#news;
        return !this.#exhausted;
      }
      const { epoch, boot } = this.#outbox;
      const header = {
        version: 1,
        gateway: this.#gateway,
        epoch,
        lane: this.lane,
        boot,
        sentAt: this.#now(),
        count: records,
      } as const;
      transport.send(this.lane, encodeBatch(header, lines));
      this.#sent = last;
      this.#flights.push({ last, bytes: lines.length, sentAtMs: this.#monotonicMs() });
      return true;
    } finally {
      this.#reading = false;
    }
  }

  #hasRoom({ maxInFlight }: Transport): boolean {
    if (this.#flights.length === 0) return true;
    const underWay = this.#flights.reduce((sum, { bytes }) => sum + bytes, 0);
    return this.#flights.length < maxInFlight && underWay < this.#windowBytes;
  }

  /** The cloud's word; resolves to whether it fits this log. */
  async take({ sequence, chain, resend }: Receipt): Promise<boolean> {
    const fits = await this.#outbox.acknowledgeChecked(this.lane, sequence, chain);
    if (!fits) {
      // What is under way stays so: the time-out sends it again.
      if (resend) this.restart();
      return false;
    }
    const now = this.#monotonicMs();
    const arrived = this.#flights.filter(({ last }) => last <= sequence);
    const oldest = arrived[0];
    if (oldest !== undefined) {
      const tookMs = now - oldest.sentAtMs;
      if (tookMs < QUICK_RECEIPT_MS) this.#windowBytes = Math.min(MOST_WINDOW_BYTES, this.#windowBytes * 2);
      else if (tookMs > SLOW_RECEIPT_MS) this.shrink();
    }
    this.#flights = this.#flights.filter(({ last }) => last > sequence);
    // It may have what an earlier life of this process sent.
    if (resend || sequence > this.#sent) this.restart(sequence);
    return true;
  }
}

/** Reports of devices that keep none themselves, on their way to the gateway: one at a time, in order. */
import type { Logger } from 'pino';
import type { LinkCounters } from '../counters.ts';
import type { DeviceOutlet, NodeState } from './link.ts';

/** Reports kept while the gateway is away: some hours of a door, a day of its thermometer. */
export const MAX_WAITING_REPORTS = 2_000;
/** Between two attempts where nothing tells that the gateway is back; in real time. */
const RETRY_MS = 1_000;

export class DeliveryQueue<State extends { ageMs?: number } = NodeState> {
  private readonly outlet: Pick<DeviceOutlet<State>, 'publish'>;
  private readonly counters: LinkCounters;
  private readonly log: Logger;
  private readonly waiting: { state: State; seenAtMs: number }[] = [];
  private isSending = false;
  private retry: NodeJS.Timeout | undefined;
  private readonly nowMs: () => number;

  /** @param nowMs monotonic time of the site, from which a report's age is told */
  constructor(
    outlet: Pick<DeviceOutlet<State>, 'publish'>,
    counters: LinkCounters,
    log: Logger,
    nowMs: () => number,
  ) {
    this.outlet = outlet;
    this.counters = counters;
    this.log = log;
    this.nowMs = nowMs;
  }

  put(state: State): void {
    // How it began and how it stands now matter most; the gap in the sequence tells how many are missing.
    if (this.waiting.length >= MAX_WAITING_REPORTS) {
      this.waiting.pop();
      this.counters.reportsLost++;
      if (this.counters.reportsLost === 1)
        this.log.error('the gateway is away for too long: reports are lost');
    }
    this.waiting.push({ state, seenAtMs: this.nowMs() });
    this.send();
  }

  /** Sends at once what waits for another attempt. */
  hurry(): void {
    clearTimeout(this.retry);
    this.send();
  }

  private send(): void {
    const first = this.waiting[0];
    if (first === undefined || this.isSending) return;
    this.isSending = true;
    this.outlet.publish({ ...first.state, ageMs: Math.round(this.nowMs() - first.seenAtMs) }).then(
      () => {
        this.isSending = false;
        this.counters.reportsDelivered++;
        const at = this.waiting.indexOf(first);
        if (at !== -1) this.waiting.splice(at, 1);
        this.send();
      },
      () => {
        this.isSending = false;
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.send(), RETRY_MS);
        this.retry.unref();
      },
    );
  }
}

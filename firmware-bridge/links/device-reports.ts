/** Reports of a device that keeps none itself: numbered, told when something is new, and repeated so that none goes stale. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { DeviceOutlet, Family, LinkContext } from './link.ts';

/** Names a report for good: one that comes again is the same. */
export interface Numbered {
  boot: string;
  sequence: number;
  ageMs?: number;
}

const BOOT_BYTES = 6;
/** The whole state is reported at least this often, so that a gateway which restarted learns it. */
export const REPORT_MS = 60_000;

export class DeviceReports<State extends object> {
  private readonly outlet: DeviceOutlet<State & Numbered>;
  private readonly queue: DeliveryQueue<State & Numbered>;
  private readonly clock: Clock;
  private readonly boot: string;
  private sequence = 0;
  private told = '';
  private toldAtMs = Number.NEGATIVE_INFINITY;

  /** @param onCommand what was published for the device; absent: it takes no commands */
  constructor(
    family: Exclude<Family, 'node'>,
    node: string,
    { connect, counters, log, clock }: LinkContext,
    onCommand?: (payload: Uint8Array) => void,
  ) {
    this.boot = `${family}-${randomBytes(BOOT_BYTES).toString('hex')}`;
    this.clock = clock;
    this.outlet = connect<State & Numbered>(family, node, {
      ...(onCommand === undefined ? {} : { onCommand }),
      onRefusedCommand: () => counters.commandsRefused++,
      onConnected: () => this.queue.hurry(),
    });
    this.queue = new DeliveryQueue(this.outlet, counters, log, () => clock.monotonicMs());
  }

  setOnline(isOnline: boolean): void {
    this.outlet.setOnline(isOnline);
  }

  /** Something that has happened: told at once, however alike the last. */
  tell(state: State): void {
    this.sequence++;
    this.toldAtMs = this.clock.monotonicMs();
    this.queue.put({ ...state, boot: this.boot, sequence: this.sequence });
  }

  /**
   * How it stands: told where it is another state than the last one told, and once a minute anyway.
   * @param isNews another state is not always worth telling: a measured value moves a little all the time
   */
  state(state: State, isNews = true): void {
    const text = JSON.stringify(state);
    const isDue = this.clock.monotonicMs() - this.toldAtMs >= REPORT_MS;
    if ((text === this.told || !isNews) && !isDue) return;
    this.told = text;
    this.tell(state);
  }
}

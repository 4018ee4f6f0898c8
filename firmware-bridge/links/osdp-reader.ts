/** One reader of a line, as the gateway sees it: what it says becomes reports, what is wanted of it becomes orders. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { LinkCounters } from '../counters.ts';
import type { Order, OrderOutcome, ReaderEvent } from '../osdp/reader-state.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { DeviceOutlet } from './link.ts';
import { badgeOf } from './osdp-badge.ts';
import { type ReaderCommand, readReaderCommand } from './osdp-command.ts';
import { emptyKeypad, pressed } from './osdp-keypad.ts';

/** One report, as it goes onto `reader/<node>/state`. Times are left to the gateway. */
export interface ReaderReport {
  /** With `sequence` it names the report: one that comes again is the same. */
  boot: string;
  sequence: number;
  tamper?: boolean;
  /** `failing`: the reader's supply is going. */
  power?: 'good' | 'failing';
  inputs?: boolean[];
  outputs?: boolean[];
  /** As it was last ordered and taken. */
  buzzer?: boolean;
  badge?: string;
  /** A code from the keypad. Never logged, and never kept once it is delivered. */
  code?: string;
  ageMs?: number;
}
type Said = Omit<ReaderReport, 'boot' | 'sequence' | 'ageMs'>;

const BOOT_BYTES = 6;
/** The whole state is reported at least this often, so that a gateway which restarted learns it. */
const REPORT_MS = 60_000;

export interface OsdpReaderOptions {
  codeLength: number | undefined;
  outlet: DeviceOutlet<ReaderReport>;
  clock: Clock;
  log: Logger;
  counters: LinkCounters;
  /** @returns false where too many wait already */
  order(order: Order): boolean;
  onKeyInstalled(): void;
}

export class OsdpReader {
  private readonly options: OsdpReaderOptions;
  private readonly queue: DeliveryQueue<ReaderReport>;
  private readonly boot = `osdp-${randomBytes(BOOT_BYTES).toString('hex')}`;
  private sequence = 0;
  private keypad = emptyKeypad;
  private isOnline = false;
  /** Another reader, or one that was reset, answers in this one's place. */
  private isImpostor = false;
  /** Its reading head is cut off or tampered with (clause 7.8). */
  private isHeadMissing = false;
  private state: Pick<Said, 'tamper' | 'power' | 'inputs' | 'outputs' | 'buzzer'> = {};
  private reportedAtMs = Number.NEGATIVE_INFINITY;
  private lastOrder = 0;
  private readonly orders = new Map<number, { what: string; apply?: () => void }>();

  constructor(options: OsdpReaderOptions) {
    this.options = options;
    const { outlet, counters, log, clock } = options;
    this.queue = new DeliveryQueue(outlet, counters, log, () => clock.monotonicMs());
  }

  gatewayReturned(): void {
    this.queue.hurry();
  }

  /** Now and then: says again how it stands. */
  look(): void {
    const dueAtMs = this.reportedAtMs + REPORT_MS;
    if (this.isOnline && this.options.clock.monotonicMs() >= dueAtMs) this.tell({});
  }

  hear(event: ReaderEvent): void {
    const { log, outlet, counters } = this.options;
    switch (event.type) {
      case 'online': {
        const { identification, isSecure } = event;
        log.info({ ...identification, isSecure }, 'reader is online');
        if (!isSecure) log.warn('without a secure channel: whoever reaches the cable can forge what it says');
        this.isOnline = true;
        // What was said of another in its place is over: told again as soon as its own state is known.
        if (this.isImpostor) this.reportedAtMs = Number.NEGATIVE_INFINITY;
        this.isImpostor = false;
        outlet.setOnline(true);
        break;
      }
      case 'offline':
        log.warn({ because: event.because }, 'reader is offline');
        this.isOnline = false;
        outlet.setOnline(false);
        break;
      case 'key-installed':
        log.info('reader has its own key');
        this.options.onKeyInstalled();
        break;
      case 'key-refused':
        log.error(`the key does not fit: ${event.detail}`);
        counters.foreignPorts++;
        // It knew its key, and now something else answers there: somebody has been at the cable.
        if (event.wasInstalled) {
          this.isImpostor = true;
          this.tell({});
        }
        break;
      case 'said':
        counters.framesRead++;
        this.said(event.reply);
        break;
      case 'ordered':
        this.orderEnded(event.order, event.outcome, event.detail);
        break;
      case 'unusable':
        counters.framesRefused++;
        log.debug(event.detail);
        break;
    }
  }

  /** What was published for it. */
  command(payload: Uint8Array): void {
    const { clock, log, counters } = this.options;
    const command = readReaderCommand(payload, clock);
    if ('refused' in command) {
      counters.commandsRefused++;
      log.warn(`command refused: ${command.refused}`);
    } else this.carryOut(command);
  }

  private carryOut({ orders, expiresAt, what }: ReaderCommand): void {
    const { clock, counters, log } = this.options;
    const remainingMs = (expiresAt - clock.now()) / clock.rate;
    if (remainingMs <= 0) {
      counters.commandsExpired++;
      log.info({ what, outcome: 'expired' }, 'command');
      return;
    }
    for (const order of orders) {
      const id = ++this.lastOrder;
      const { command } = order;
      const sound =
        command.kind === 'buzzer' && order.about === 'buzzer' ? command.tone !== 'off' : undefined;
      this.orders.set(id, {
        what: order.about,
        ...(sound !== undefined && { apply: () => this.change({ buzzer: sound }) }),
      });
      const isTaken = this.options.order({ ...order, id, expiresAtMs: performance.now() + remainingMs });
      if (!isTaken) this.orderEnded(id, 'refused', 'too many commands wait for this reader');
    }
  }

  private orderEnded(id: number, outcome: OrderOutcome, detail: string): void {
    const { counters, log } = this.options;
    const order = this.orders.get(id);
    this.orders.delete(id);
    if (outcome === 'done') counters.commandsDone++;
    if (outcome === 'expired') counters.commandsExpired++;
    if (outcome === 'refused') counters.commandsRefused++;
    log.info({ what: order?.what, outcome, detail }, 'command');
    if (outcome === 'done') order?.apply?.();
  }

  private said(reply: Extract<ReaderEvent, { type: 'said' }>['reply']): void {
    switch (reply.kind) {
      case 'local-status':
        this.change({ tamper: reply.isTampered, power: reply.hasPowerFailed ? 'failing' : 'good' });
        break;
      case 'input-status':
        this.change({ inputs: reply.inputs });
        break;
      case 'output-status':
        this.change({ outputs: reply.outputs });
        break;
      case 'reader-status':
        this.headSaid(reply.readers.some((state) => state !== 0));
        break;
      case 'card':
        this.tell({ badge: badgeOf(reply.data, reply.bits) });
        break;
      case 'keys': {
        const nowMs = this.options.clock.monotonicMs();
        const { keypad, codes } = pressed(this.keypad, reply.keys, nowMs, this.options.codeLength);
        this.keypad = keypad;
        for (const code of codes) this.tell({ code });
        break;
      }
    }
  }

  private headSaid(isMissing: boolean): void {
    if (isMissing === this.isHeadMissing) return;
    this.isHeadMissing = isMissing;
    this.tell({});
  }

  /** Tells what is new; the same again is not news. */
  private change(now: OsdpReader['state']): void {
    const next = { ...this.state, ...now };
    if (JSON.stringify(next) === JSON.stringify(this.state)) return;
    this.state = next;
    this.tell({});
  }

  private tell(said: Said): void {
    this.sequence++;
    this.reportedAtMs = this.options.clock.monotonicMs();
    const state = this.isImpostor || this.isHeadMissing ? { ...this.state, tamper: true } : this.state;
    this.queue.put({ boot: this.boot, sequence: this.sequence, ...state, ...said });
  }
}

/**
 * Sends the outbox to the cloud and forgets nothing until the cloud's store has it. Alarms go first; after a cut it
 * sends at once when the line is back; where MQTT does not get through it goes over HTTPS and returns.
 */
import type { Clock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import { type Lane, lanes, type Receipt } from '../../devices/wire.ts';
import type { UplinkStatus } from '../api/contract.ts';
import { backOffMs, Pause } from './back-off.ts';
import { connectHttps } from './https-transport.ts';
import { LaneSender } from './lane-sender.ts';
import { type Machine, realMachine } from './machine.ts';
import { connectMqtt } from './mqtt-transport.ts';
import type { DurableOutbox } from './open.ts';
import { ReceivedCommands } from './received-commands.ts';
import type { CloudAddress, Transport, TransportEvents } from './transport.ts';

/** Real time, in ms: they are about lines and sockets, not about the site. */
export interface UplinkTimes {
  /** Back-off between attempts: anything up to `firstMs`, doubling up to `mostMs`. */
  firstMs: number;
  mostMs: number;
  /** MQTT has failed for this long: HTTPS is tried as well. */
  httpsAfterMs: number;
  /** While on HTTPS, MQTT is tried this often. */
  mqttAgainMs: number;
  /** No receipt for this long: sent again; for as long once more: the connection is given up. */
  receiptMs: number;
}

const DEFAULT_TIMES: UplinkTimes = {
  firstMs: 1_000,
  mostMs: 60_000,
  httpsAfterMs: 20_000,
  mqttAgainMs: 60_000,
  receiptMs: 30_000,
};
/** An alarm does not wait out a back-off, unless the last attempt was only just now. */
const ALARM_RETRY_MS = 2_000;

export interface UplinkOptions extends CloudAddress {
  /** `mqtts://cloud:8883`; plain `mqtt://` only on one machine. */
  mqttUrl?: string;
  /** `https://cloud` */
  httpsUrl?: string;
  times?: Partial<UplinkTimes>;
}

export interface UplinkSurroundings {
  outbox: DurableOutbox;
  clock: Clock;
  /** Once for each command, however often it arrives; expired ones as well. */
  onCommand: (command: Command) => void;
  onStatus?: (status: UplinkStatus) => void;
  /** For the log. */
  onTrouble?: (what: string) => void;
  machine?: Machine;
  /** The two ways to the cloud. */
  ways?: { mqtt: typeof connectMqtt; https: typeof connectHttps };
}

export interface UplinkMetrics {
  connects: number;
  failures: number;
  batches: number;
  receipts: number;
  resends: number;
  timeouts: number;
  unreadable: number;
  /** Receipts that do not fit this log: somebody else's, or a log that was set back. */
  conflicts: number;
  windowBytes: Record<Lane, number>;
}

export interface Uplink {
  status(): UplinkStatus;
  metrics(): UplinkMetrics;
  /** The network has changed for the better: ends a back-off. */
  retryNow(): void;
  /** Resolves when it has ended, after the signal was aborted. */
  readonly ended: Promise<void>;
}

/** @throws TypeError when neither address is given */
export function createUplink(
  options: UplinkOptions,
  surroundings: UplinkSurroundings,
  signal: AbortSignal,
): Uplink {
  if (options.mqttUrl === undefined && options.httpsUrl === undefined)
    throw new TypeError('uplink: neither mqttUrl nor httpsUrl is given');
  return new RunningUplink(options, surroundings, signal);
}

class RunningUplink implements Uplink {
  readonly ended: Promise<void>;
  readonly #options: UplinkOptions;
  readonly #surroundings: UplinkSurroundings;
  readonly #signal: AbortSignal;
  readonly #times: UplinkTimes;
  readonly #senders: Record<Lane, LaneSender>;
  readonly #received: ReceivedCommands;
  readonly #machine: Machine;
  readonly #ways: NonNullable<UplinkSurroundings['ways']>;
  readonly #pause: Pause;
  readonly #counted = {
    connects: 0,
    failures: 0,
    batches: 0,
    receipts: 0,
    resends: 0,
    timeouts: 0,
    unreadable: 0,
    conflicts: 0,
  };
  #transport: Transport | undefined;
  #since: number;
  #lastReceiptAt: number | undefined;
  #lastAttemptAtMs = Number.NEGATIVE_INFINITY;
  #mqttFailingSinceMs: number | undefined;
  #attempt = 0;
  #timedOut = false;
  #pumping = false;
  #pumpAgain = false;

  constructor(options: UplinkOptions, surroundings: UplinkSurroundings, signal: AbortSignal) {
    const { outbox, clock } = surroundings;
    this.#options = options;
    this.#surroundings = surroundings;
    this.#signal = signal;
    this.#machine = surroundings.machine ?? realMachine;
    this.#ways = surroundings.ways ?? { mqtt: connectMqtt, https: connectHttps };
    this.#pause = new Pause(this.#machine.after);
    this.#times = { ...DEFAULT_TIMES, ...options.times };
    this.#since = clock.now();
    const sender = (lane: Lane) =>
      new LaneSender(
        lane,
        options.gateway,
        outbox,
        () => clock.now(),
        () => this.#machine.monotonicMs(),
      );
    this.#senders = { alarm: sender('alarm'), bulk: sender('bulk') };
    this.#received = new ReceivedCommands(outbox, () => clock.now());
    outbox.onStaged((lane) => this.#staged(lane));
    const watchMs = Math.max(50, this.#times.receiptMs / 10);
    const unwatch = this.#machine.every(watchMs, () => this.#watchReceipts());
    this.ended = this.#run().finally(unwatch);
  }

  status(): UplinkStatus {
    const { outbox } = this.#surroundings;
    return {
      connected: this.#transport !== undefined,
      via: this.#transport?.via ?? 'none',
      since: this.#since,
      waiting: { alarm: outbox.progress('alarm').waiting, bulk: outbox.progress('bulk').waiting },
      ...(this.#lastReceiptAt === undefined ? {} : { lastReceiptAt: this.#lastReceiptAt }),
    };
  }

  metrics(): UplinkMetrics {
    const windowBytes = { alarm: this.#senders.alarm.windowBytes, bulk: this.#senders.bulk.windowBytes };
    return { ...this.#counted, windowBytes };
  }

  retryNow(): void {
    this.#attempt = 0;
    this.#pause.wake();
  }

  async #run(): Promise<void> {
    while (!this.#signal.aborted) {
      const transport = await this.#connect();
      if (transport === undefined) {
        const delayMs = backOffMs(this.#attempt++, this.#times, this.#machine.random());
        await this.#pause.wait(delayMs, this.#signal);
        continue;
      }
      const reason = await this.#use(transport);
      this.#set(undefined);
      if (!this.#signal.aborted)
        this.#surroundings.onTrouble?.(`uplink over ${transport.via} ended: ${reason}`);
      // Many gateways lose a cloud that restarts at the same moment.
      await this.#pause.wait(backOffMs(this.#attempt++, this.#times, this.#machine.random()), this.#signal);
    }
  }

  async #connect(): Promise<Transport | undefined> {
    const { mqttUrl, httpsUrl } = this.#options;
    this.#lastAttemptAtMs = this.#machine.monotonicMs();
    if (mqttUrl !== undefined) {
      const transport = await this.#attemptMqtt(mqttUrl);
      if (transport !== undefined) return transport;
    }
    const failingMs = this.#machine.monotonicMs() - (this.#mqttFailingSinceMs ?? this.#machine.monotonicMs());
    if (httpsUrl === undefined || this.#signal.aborted) return undefined;
    if (mqttUrl !== undefined && failingMs < this.#times.httpsAfterMs) return undefined;
    return this.#attempted('https', () =>
      this.#ways.https(httpsUrl, this.#options, this.#events(), this.#signal),
    );
  }

  async #attemptMqtt(url: string): Promise<Transport | undefined> {
    const transport = await this.#attempted('mqtt', () =>
      this.#ways.mqtt(url, this.#options, this.#events(), this.#signal),
    );
    if (transport === undefined) this.#mqttFailingSinceMs ??= this.#machine.monotonicMs();
    else this.#mqttFailingSinceMs = undefined;
    return transport;
  }

  async #attempted(via: string, connect: () => Promise<Transport>): Promise<Transport | undefined> {
    try {
      const transport = await connect();
      this.#counted.connects++;
      return transport;
    } catch (error) {
      this.#counted.failures++;
      if (!this.#signal.aborted)
        this.#surroundings.onTrouble?.(
          `uplink over ${via}: ${error instanceof Error ? error.message : String(error)}`,
        );
      return undefined;
    }
  }

  /** Until it ends, or MQTT is there again and takes its place. */
  async #use(first: Transport): Promise<string> {
    this.#take(first);
    const { mqttUrl } = this.#options;
    if (first.via === 'mqtt' || mqttUrl === undefined) return first.closed;
    const over = new AbortController();
    const closed = first.closed.finally(() => over.abort());
    const betterPause = new Pause(this.#machine.after);
    while (!over.signal.aborted) {
      await betterPause.wait(this.#times.mqttAgainMs, over.signal);
      if (over.signal.aborted) break;
      const better = await this.#attemptMqtt(mqttUrl);
      if (better === undefined) continue;
      this.#take(better);
      first.close('MQTT is there again');
      return better.closed;
    }
    return closed;
  }

  #take(transport: Transport): void {
    for (const lane of lanes) this.#senders[lane].restart();
    this.#timedOut = false;
    this.#set(transport);
    void this.#pump();
  }

  #set(transport: Transport | undefined): void {
    this.#transport = transport;
    this.#since = this.#surroundings.clock.now();
    this.#surroundings.onStatus?.(this.status());
  }

  #staged(lane: Lane): void {
    this.#senders[lane].staged();
    if (this.#transport !== undefined) void this.#pump();
    else if (lane === 'alarm' && this.#machine.monotonicMs() - this.#lastAttemptAtMs > ALARM_RETRY_MS)
      this.#pause.wake();
  }

  /** Sends what may be sent: bulk only while no alarm is left to send. */
  async #pump(): Promise<void> {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#pumpAgain) {
        this.#pumpAgain = false;
        const transport = this.#transport;
        if (transport === undefined) return;
        const { alarm, bulk } = this.#senders;
        const sent = (await alarm.sendNext(transport)) || (alarm.drained && (await bulk.sendNext(transport)));
        if (sent) {
          this.#counted.batches++;
          this.#pumpAgain = true;
        }
      }
    } catch (error) {
      // The log can't be read any more: its owner is told by the log itself.
      this.#transport?.close(error instanceof Error ? error.message : String(error));
    } finally {
      this.#pumping = false;
    }
  }

  #events(): TransportEvents {
    return {
      onReceipt: (receipt) => void this.#receipt(receipt),
      onCommand: (command) => void this.#command(command),
      onLater: (lane) => {
        this.#senders[lane].restart();
        void this.#pump();
      },
      onUnreadable: (what) => {
        this.#counted.unreadable++;
        this.#surroundings.onTrouble?.(`uplink: unreadable ${what}`);
      },
    };
  }

  async #receipt(receipt: Receipt): Promise<void> {
    const { outbox, clock } = this.#surroundings;
    if (receipt.epoch !== outbox.epoch) return;
    this.#counted.receipts++;
    if (receipt.resend) this.#counted.resends++;
    this.#lastReceiptAt = clock.now();
    this.#timedOut = false;
    this.#attempt = 0;
    try {
      if (!(await this.#senders[receipt.lane].take(receipt))) {
        this.#counted.conflicts++;
        this.#surroundings.onTrouble?.(
          `uplink: the cloud's ${receipt.lane} lane stands at ${receipt.sequence}, which is not this log's`,
        );
      }
    } catch {
      // The log has failed or is closed; its owner knows.
      return;
    }
    await this.#pump();
  }

  async #command(command: Command): Promise<void> {
    try {
      // Remembered before it is done: done twice is worse than, once in a power cut, not at all.
      if (await this.#received.isNew(command)) this.#surroundings.onCommand(command);
    } catch (error) {
      this.#surroundings.onTrouble?.(
        `uplink: command ${command.id}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #watchReceipts(): void {
    const transport = this.#transport;
    if (transport === undefined) return;
    const oldest = Math.min(
      ...lanes.map((lane) => this.#senders[lane].oldestFlightAtMs ?? Number.POSITIVE_INFINITY),
    );
    if (this.#machine.monotonicMs() - oldest < this.#times.receiptMs) return;
    this.#counted.timeouts++;
    if (this.#timedOut) {
      transport.close('no receipt');
      return;
    }
    this.#timedOut = true;
    for (const lane of lanes) {
      this.#senders[lane].shrink();
      this.#senders[lane].restart();
    }
    void this.#pump();
  }
}

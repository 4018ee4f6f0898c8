/** The gateway of the simulation: the real outbox, log and uplink over a simulated disk and line, life after life. */
import type { KeyObject } from 'node:crypto';
import type { Lane, LossNotice } from '../../devices/wire.ts';
import { serveLog } from '../../edge/outbox/log-service.ts';
import type { LogThread } from '../../edge/outbox/log-thread.ts';
import { type DurableOutbox, outboxOn } from '../../edge/outbox/open.ts';
import type { Reply, WorkerSetup } from '../../edge/outbox/protocol.ts';
import { createUplink } from '../../edge/outbox/uplink.ts';
import type { Random } from '../random.ts';
import type { SimulatedDisk } from './disk.ts';
import { type BoardClock, Life } from './life.ts';
import type { Link } from './link.ts';
import { GATEWAY, type Message } from './site.ts';
import type { Timeline } from './timeline.ts';

/** Small, so that segments are begun, given back and filled anew all the time. */
export const SEGMENT_BYTES = 32 * 1024;
const STATE_KEY = 'site/last-message';

export interface GatewaySurroundings {
  timeline: Timeline;
  board: BoardClock;
  random: Random;
  disk: SimulatedDisk;
  link: Link;
  signingKey: KeyObject;
  maxBytes: number;
  /** How long the disk takes for what the log's thread does next. */
  diskMs(): number;
  /** It has opened its outbox: what it remembers, and may be told more. */
  onReady(life: GatewayLife, kept: number): void;
  onAcknowledged(message: Message, state: number, records: readonly { id: string; lane: Lane }[]): void;
  onRefused(message: Message): void;
  onLoss(notice: LossNotice): void;
  /** It has ended itself: its disk has failed. */
  onEnded(reason: string): void;
  onTrouble(what: string): void;
}

export class GatewayLife {
  outbox: DurableOutbox | undefined;
  readonly #life: Life;
  readonly #surroundings: GatewaySurroundings;

  constructor(surroundings: GatewaySurroundings) {
    const { timeline, board, random } = surroundings;
    this.#surroundings = surroundings;
    this.#life = new Life(timeline, board, random);
    void this.#open();
  }

  get isAlive(): boolean {
    return this.#life.isAlive;
  }

  end(): void {
    this.#life.end();
    this.#surroundings.link.gatewayGone();
  }

  async #open(): Promise<void> {
    const { signingKey, maxBytes, link, onEnded, onLoss, onTrouble } = this.#surroundings;
    const { clock, machine } = this.#life;
    const setup: WorkerSetup = {
      directory: '/data/outbox',
      gateway: GATEWAY,
      signingKey,
      maxBytes,
      segmentBytes: SEGMENT_BYTES,
      retainMs: 0,
      now: clock.now(),
    };
    const onFatal = (error: Error) => {
      if (this.isAlive) onEnded(error.message);
    };
    const options = { directory: setup.directory, gateway: GATEWAY, signingKey, clock, onFatal, onLoss };
    try {
      const outbox = await outboxOn(
        this.#thread(setup),
        options,
        SEGMENT_BYTES,
        () => undefined,
        undefined,
        machine,
      );
      if (!this.isAlive) return;
      this.outbox = outbox;
      const ways = link.waysOf(this.#life);
      createUplink(
        { gateway: GATEWAY, token: 'token', mqttUrl: 'mqtt://cloud', httpsUrl: 'https://cloud' },
        { outbox, clock, machine, ways, onCommand: () => undefined, onTrouble },
        this.#life.ending.signal,
      );
      const kept = Number(outbox.kept(STATE_KEY).get(STATE_KEY) ?? 0);
      this.#surroundings.onReady(this, kept);
    } catch (error) {
      onFatal(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** What a device says: acknowledged once it is on disk. @param state a number that must not be forgotten */
  async deliver(message: Message, state: number): Promise<void> {
    const { outbox } = this;
    if (outbox === undefined || !this.isAlive) return;
    const { onAcknowledged, onRefused } = this.#surroundings;
    try {
      const now = this.#life.clock.now();
      outbox.keep(STATE_KEY, state);
      const records = message.parts.map(({ lane, body }) => ({
        lane,
        id: outbox.stage(lane, now, (id) => body(id, now)),
      }));
      await outbox.committed();
      if (this.isAlive) onAcknowledged(message, state, records);
    } catch {
      if (this.isAlive) onRefused(message);
    }
  }

  /** The log's thread: what is posted is copied or handed over as between real threads, and takes its time. */
  #thread(setup: WorkerSetup): LogThread {
    const { timeline, disk, diskMs } = this.#surroundings;
    const life = this.#life;
    let onReply = (_reply: Reply): void => undefined;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let freeAtMs = timeline.nowMs;
    let toldAtMs = timeline.nowMs;
    let isOver = false;
    let handle = (_request: Parameters<ReturnType<typeof serveLog>>[0]): void => undefined;
    const inTurn = (task: () => void): void => {
      freeAtMs = Math.max(freeAtMs, timeline.nowMs) + diskMs();
      life.machine.after(freeAtMs - timeline.nowMs, () => {
        if (!isOver) task();
      });
    };
    inTurn(() => {
      handle = serveLog({
        setup,
        disk: disk.of(life),
        machine: life.machine,
        reply(message, transfer = []) {
          const copy = structuredClone(message, { transfer });
          toldAtMs = Math.max(toldAtMs, timeline.nowMs + 0.05);
          life.machine.after(toldAtMs - timeline.nowMs, () => {
            if (!isOver) onReply(copy);
          });
        },
        end,
      });
    });
    return {
      post(request, transfer) {
        const copy = structuredClone(request, { transfer });
        inTurn(() => handle(copy));
      },
      listen(reply) {
        onReply = reply;
      },
      ended,
      async terminate() {
        isOver = true;
      },
    };
  }
}

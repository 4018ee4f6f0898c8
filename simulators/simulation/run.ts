/** One seed, one run: a site that says things, everything that may go wrong, and at the end what must be true. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Random, seededRandom } from '../random.ts';
import { CloudLife } from './cloud.ts';
import { SimulatedDisk } from './disk.ts';
import { DISTURBING_PARTS, disturb, type Scene } from './disturbances.ts';
import { GatewayLife, SEGMENT_BYTES } from './gateway.ts';
import { BoardClock } from './life.ts';
import { goodLine, Link } from './link.ts';
import { Oracle } from './oracle.ts';
import { GATEWAY, type Message, messagesOf, ORIGIN_MS, registry, SITE } from './site.ts';
import { type CommitFate, StoreModel } from './store-model.ts';
import { Timeline } from './timeline.ts';

/** Simulated, and after it all is well again. */
const DISTURBED_MS = 900_000;
/** Whatever happened, everything is stored so long after the last disturbance: longer than the longest back-off. */
const QUIET_WITHIN_MS = 1_200_000;
const LOOK_EVERY_MS = 5_000;
/** Lines of a trace that are kept: the last ones. */
const MAX_TRACE = 20_000;

/** Of an Ed25519 key in PKCS#8, before its 32 bytes (RFC 8410, section 7). */
const KEY_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const signingKey: KeyObject = createPrivateKey({
  key: Buffer.concat([KEY_PREFIX, Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});

export interface Outcome {
  seed: number;
  /** Ends of a process at a moment that it did not choose. */
  crashPoints: number;
  /** Of them, by what ended it. */
  crashes: Record<CrashKind, number>;
  /** Other things that went wrong. */
  disturbances: number;
  simulatedMs: number;
  records: number;
  losses: number;
  events: number;
  violations: readonly string[];
  trace: readonly string[];
}

const crashKinds = [
  'gateway-killed',
  'gateway-power',
  'gateway-disk',
  'cloud-killed',
  'cloud-power',
  'cloud-disk',
] as const;
export type CrashKind = (typeof crashKinds)[number];

export interface RunOptions {
  traced?: boolean;
  /** The gateway's disk only pretends to synchronise. */
  diskLies?: boolean;
}

/** The same seed gives the same run, to the last event. */
export const runSeed = (seed: number, options: RunOptions = {}): Promise<Outcome> =>
  new World(seed, options).run();

class World {
  readonly #seed: number;
  readonly #timeline = new Timeline();
  readonly #random: Random;
  readonly #store = new StoreModel();
  readonly #oracle: Oracle;
  readonly #disk: SimulatedDisk;
  readonly #link: Link;
  /** What may be disturbed, and how it stands. */
  readonly #scene: Scene;
  /** Chance within the processes; `#random` decides what goes wrong. */
  readonly #lifeRandom: Random;
  readonly #messages: readonly Message[];
  readonly #trace: string[] | undefined;
  readonly #crashes: Record<CrashKind, number> = {
    'gateway-killed': 0,
    'gateway-power': 0,
    'gateway-disk': 0,
    'cloud-killed': 0,
    'cloud-power': 0,
    'cloud-disk': 0,
  };
  readonly #maxBytes: number;
  #gateway: GatewayLife | undefined;
  #cloud: CloudLife | undefined;
  #disturbances = 0;
  #isDisturbed = true;
  /** Said by a device, and not acknowledged to it yet. */
  readonly #unheard = new Map<number, Message>();
  #heard = 0;
  #state = 0;
  #storeBreaks = false;
  #storeCrash: ('before' | 'after') | undefined;

  constructor(seed: number, { traced = false, diskLies = false }: RunOptions) {
    this.#seed = seed;
    // Neighbouring seeds begin far apart.
    const stream = (number: number) => seededRandom(Math.imul(seed * 16 + number, 0x9e3779b1) ^ 0x5bd1e995);
    this.#random = stream(0);
    this.#trace = traced ? [] : undefined;
    const random = this.#random;
    this.#messages = messagesOf(stream(1), DISTURBED_MS, 1_000 + random() * 5_000);
    // Mostly room for all; now and then too little, so that something must be given up.
    const segments = random() < 0.75 ? 40 : 4 + Math.floor(random() * 4);
    this.#maxBytes = segments * SEGMENT_BYTES;
    this.#disk = new SimulatedDisk(random() < 0.9 ? 64 * SEGMENT_BYTES : segments * SEGMENT_BYTES, stream(2));
    this.#disk.lies = diskLies;
    const nowMs = () => this.#timeline.nowMs;
    this.#oracle = new Oracle(this.#store, signingKey, nowMs);
    this.#oracle.mayGiveUp = segments < 40;
    const gatewayBoard = new BoardClock(this.#timeline, ORIGIN_MS, (random() - 0.5) * 400);
    const cloudBoard = new BoardClock(this.#timeline, ORIGIN_MS, (random() - 0.5) * 100);
    this.#link = new Link(this.#timeline, stream(3), () => this.#cloud, {
      sent: (lane, batch) => this.#oracle.onSent(lane, batch),
      connected: () => this.#say('connected'),
    });
    this.#lifeRandom = stream(4);
    this.#scene = {
      timeline: this.#timeline,
      random,
      link: this.#link,
      disk: this.#disk,
      oracle: this.#oracle,
      gatewayBoard,
      cloudBoard,
      slowMs: 0,
      slowUntilMs: 0,
      storeIsFull: false,
      say: (what) => this.#say(what),
    };
  }

  #say(what: string): void {
    const trace = this.#trace;
    if (trace === undefined) return;
    if (trace.length >= MAX_TRACE) trace.shift();
    trace.push(`${(this.#timeline.nowMs / 1_000).toFixed(3).padStart(10)} s  ${what}`);
  }

  async run(): Promise<Outcome> {
    const rejected = (error: unknown) =>
      this.#oracle.fault(
        `nobody waited for it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    process.on('unhandledRejection', rejected);
    try {
      this.#startCloud();
      this.#startGateway();
      for (const message of this.#messages) this.#timeline.after(message.atMs, () => this.#tell(message));
      this.#disturbNext();
      this.#timeline.after(DISTURBED_MS, () => this.#heal());
      let isQuiet = false;
      const look = () => {
        isQuiet = this.#isQuiet();
        if (isQuiet) return;
        if (this.#timeline.nowMs > DISTURBED_MS + QUIET_WITHIN_MS) {
          this.#oracle.fault(`does not come to rest: ${this.#waitingText()}`);
          isQuiet = true;
        } else this.#timeline.after(LOOK_EVERY_MS, look);
      };
      this.#timeline.after(DISTURBED_MS, look);
      await this.#timeline.run(() => isQuiet);
      this.#oracle.check(this.#messages);
    } catch (error) {
      rejected(error);
    } finally {
      process.off('unhandledRejection', rejected);
      this.#gateway?.end();
      this.#cloud?.end(false);
    }
    for (const what of this.#oracle.violations) this.#say(`VIOLATION ${what}`);
    return {
      seed: this.#seed,
      crashPoints: crashKinds.reduce((sum, kind) => sum + this.#crashes[kind], 0),
      crashes: this.#crashes,
      disturbances: this.#disturbances,
      simulatedMs: this.#timeline.nowMs,
      records: this.#store.records.size,
      losses: this.#store.losses().filter(({ count }) => count > 0).length,
      events: this.#timeline.events,
      violations: this.#oracle.violations,
      trace: [...(this.#trace ?? [])],
    };
  }

  #isQuiet(): boolean {
    const outbox = this.#gateway?.outbox;
    if (outbox === undefined || this.#cloud === undefined || this.#cloud.isBusy) return false;
    const waiting = outbox.progress('alarm').waiting + outbox.progress('bulk').waiting;
    return this.#unheard.size === 0 && this.#heard === this.#messages.length && waiting === 0;
  }

  #waitingText(): string {
    const outbox = this.#gateway?.outbox;
    const lanes =
      outbox === undefined
        ? 'no outbox'
        : `${outbox.progress('alarm').waiting} alarms and ${outbox.progress('bulk').waiting} bulk wait`;
    return `${lanes}, ${this.#unheard.size} messages are not acknowledged, ${this.#heard} of ${this.#messages.length} are`;
  }

  // The devices.

  #tell(message: Message): void {
    this.#unheard.set(message.number, message);
    this.#deliver(message);
  }

  #deliver(message: Message): void {
    const gateway = this.#gateway;
    if (gateway?.outbox === undefined || !this.#unheard.has(message.number)) return;
    void gateway.deliver(message, ++this.#state);
  }

  // The gateway.

  #startGateway(): void {
    this.#say('the gateway starts');
    const random = this.#lifeRandom;
    this.#gateway = new GatewayLife({
      timeline: this.#timeline,
      board: this.#scene.gatewayBoard,
      random,
      disk: this.#disk,
      link: this.#link,
      signingKey,
      maxBytes: this.#maxBytes,
      diskMs: () => 0.05 + random() ** 4 * 8 + this.#scene.slowMs * random(),
      onReady: (life, kept) => {
        this.#say(
          `the gateway is ready, epoch ${life.outbox?.epoch}, ${life.outbox?.progress('alarm').waiting} alarms and ${life.outbox?.progress('bulk').waiting} bulk wait`,
        );
        if (life.outbox?.setAside !== undefined) this.#oracle.fault('the log was set aside as unreadable');
        this.#oracle.onKept(kept);
        // Devices notice that it is back, each in its time.
        for (const message of this.#unheard.values())
          this.#timeline.after(random() * 2_000, () => this.#deliver(message));
      },
      onAcknowledged: (message, state, records) => {
        this.#oracle.onAcknowledged(message, state, records);
        if (this.#unheard.delete(message.number)) this.#heard++;
      },
      onRefused: (message) => {
        this.#say(`message ${message.number} was refused`);
        this.#timeline.after(5_000 + random() * 25_000, () => this.#deliver(message));
      },
      onLoss: ({ lane, from, to, count, reason }) => {
        this.#say(`loss of ${lane} ${from} to ${to}: ${count} records, ${reason}`);
      },
      onEnded: (reason) => {
        this.#say(`the gateway ends itself: ${reason}`);
        this.#crashes['gateway-disk']++;
        this.#endGateway();
      },
      onTrouble: (what) => this.#say(what),
    });
  }

  #endGateway(): void {
    this.#disk.armed = undefined;
    this.#gateway?.end();
    this.#gateway = undefined;
    this.#timeline.after(200 + this.#random() ** 3 * 20_000, () => {
      if (this.#gateway === undefined) this.#startGateway();
    });
  }

  #crashGateway(kind: 'gateway-killed' | 'gateway-power'): void {
    if (this.#gateway === undefined) return;
    this.#say(kind);
    this.#crashes[kind]++;
    this.#endGateway();
    if (kind === 'gateway-power') this.#disk.cutPower();
  }

  // The cloud.

  #startCloud(): void {
    this.#say('the cloud starts');
    this.#cloud = new CloudLife({
      timeline: this.#timeline,
      board: this.#scene.cloudBoard,
      random: this.#lifeRandom,
      store: this.#store,
      registry,
      gateway: GATEWAY,
      site: SITE,
      fate: () => this.#fate(),
      onReceipt: (receipt) => this.#oracle.onReceipt(receipt),
      onFault: (what) => this.#oracle.fault(what),
      onEnded: () => {
        this.#say('the cloud ends itself: its disk has failed');
        this.#crashes['cloud-disk']++;
        this.#endCloud(false, 'killed');
      },
    });
  }

  #fate(): CommitFate {
    const ms = 0.5 + this.#lifeRandom() ** 4 * 30 + this.#scene.slowMs * this.#lifeRandom();
    const when = this.#storeCrash;
    if (when !== undefined) {
      this.#storeCrash = undefined;
      const kind = this.#random() < 0.5 ? 'cloud-killed' : 'cloud-power';
      // Just before its commit is there, or just after: nobody was told yet.
      this.#timeline.after(ms * 0.99, () => this.#crashCloud(kind, when === 'after'));
    }
    if (this.#storeBreaks) {
      this.#storeBreaks = false;
      return { ms, broken: true };
    }
    return this.#scene.storeIsFull ? { ms, full: true } : { ms };
  }

  #crashCloud(kind: 'cloud-killed' | 'cloud-power', arrived: boolean): void {
    if (this.#cloud === undefined) return;
    this.#say(`${kind}, what was being committed is ${arrived ? 'there' : 'not there'}`);
    this.#crashes[kind]++;
    this.#endCloud(arrived, kind === 'cloud-killed' ? 'killed' : 'power');
  }

  #endCloud(arrived: boolean, how: 'killed' | 'power'): void {
    this.#storeCrash = undefined;
    this.#cloud?.end(arrived);
    this.#cloud = undefined;
    if (how === 'killed') this.#link.cloudKilled();
    this.#timeline.after(300 + this.#random() ** 3 * 30_000, () => {
      if (this.#cloud === undefined) this.#startCloud();
    });
  }

  // What goes wrong.

  #disturbNext(): void {
    this.#timeline.after(-Math.log(1 - this.#random()) * 7_000, () => {
      if (!this.#isDisturbed) return;
      this.#disturb();
      this.#disturbNext();
    });
  }

  #disturb(): void {
    const draw = this.#random() * 100;
    if (draw >= DISTURBING_PARTS) {
      this.#crash();
      return;
    }
    this.#disturbances++;
    disturb(this.#scene, draw);
  }

  #crash(): void {
    const random = this.#random;
    const draw = random();
    if (draw < 0.12) this.#crashGateway('gateway-killed');
    else if (draw < 0.24) this.#crashGateway('gateway-power');
    else if (draw < 0.62) {
      // In the midst of what the log does next with its disk.
      const kind = random() < 0.5 ? 'gateway-killed' : 'gateway-power';
      this.#disk.armed = { calls: 1 + Math.floor(random() ** 2 * 40), crash: () => this.#crashGateway(kind) };
    } else if (draw < 0.7) {
      this.#say('the next fsync fails');
      this.#disk.failingSync = 1;
    } else if (draw < 0.8) this.#crashCloud(random() < 0.5 ? 'cloud-killed' : 'cloud-power', random() < 0.5);
    else if (draw < 0.97) this.#storeCrash = random() < 0.5 ? 'before' : 'after';
    else this.#storeBreaks = true;
  }

  #heal(): void {
    this.#say('all is well from here on');
    this.#isDisturbed = false;
    this.#link.line = goodLine();
    this.#disk.takenBytes = 0;
    this.#disk.failingSync = 0;
    this.#disk.armed = undefined;
    this.#scene.slowMs = 0;
    this.#scene.storeIsFull = false;
    this.#storeBreaks = false;
    this.#storeCrash = undefined;
  }
}

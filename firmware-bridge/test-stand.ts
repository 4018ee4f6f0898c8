/** For tests: a real broker, emulated boards and the bridge, each board and bridge a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import type { NodeState } from './links/link.ts';
import { Silence } from './links/timing.ts';

const boardMain = fileURLToPath(new URL('../simulators/devices/board/main.ts', import.meta.url));
const bridgeMain = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Generous: the machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** Patience of a link with an emulated board, which on a busy machine runs slower than a real one. */
const patience = 'helloMs: 60000, silenceMs: 60000';

/** How long a command of a test lives. */
const COMMAND_LIFETIME_MS = 60_000;

const LOOK_AGAIN_MS = 10;
/** A look may come so much later on a busy machine. */
const LATE_LOOK_MS = 500;

/** Waits until something is so. Time in which the whole machine stood still is not waited. */
export async function until(isSo: () => boolean, what: string, patienceMs = PATIENCE_MS): Promise<void> {
  const patience = new Silence(LATE_LOOK_MS);
  while (!isSo()) {
    if (patience.beat() > patienceMs) throw new Error(`waited in vain: ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}

export class BoardProcess {
  /** The port's latest name. */
  port = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: string[] = [];

  constructor(name: string, folder: string, clock: string, hex?: string) {
    const args = [
      boardMain,
      '--name',
      name,
      '--folder',
      folder,
      ...(hex === undefined ? [] : ['--hex', hex]),
    ];
    this.child = spawn(process.execPath, args, { env: { ...process.env, GATEHOUSE_CLOCK: clock } });
    this.child.stderr.pipe(process.stderr);
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (line.startsWith('port ')) this.port = line.slice('port '.length);
      this.answers.push(line);
    });
  }

  /** Types a line and waits for its answer. */
  async say(line: string): Promise<string> {
    const heard = this.answers.length;
    this.child.stdin.write(`${line}\n`);
    await until(() => this.answers.length > heard, `the board's answer to "${line}"`);
    return this.answers[heard] ?? '';
  }

  /** Waits until so much of the board's own time has passed, which may take longer on a busy machine. */
  async live(ms: number): Promise<void> {
    const elapsedMs = async () => Number(/"elapsedMs":([0-9.]+)/.exec(await this.say('figures'))?.[1]);
    const untilMs = (await elapsedMs()) + ms;
    while ((await elapsedMs()) < untilMs) await pause(10);
  }

  async ready(): Promise<this> {
    await until(() => this.answers.some((line) => line.startsWith('stays ')), 'the board is there');
    return this;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

export class BridgeProcess {
  readonly log: Record<string, unknown>[] = [];
  readonly errors: string[] = [];
  private readonly child: ChildProcessWithoutNullStreams;
  /** It has ended, and everything that it wrote was read. */
  private readonly closed: Promise<unknown>;

  constructor(args: readonly string[], clock: string) {
    this.child = spawn(process.execPath, [bridgeMain, ...args], {
      env: { ...process.env, GATEHOUSE_CLOCK: clock },
    });
    this.closed = once(this.child, 'close');
    createInterface({ input: this.child.stdout }).on('line', (line) =>
      this.log.push(line.startsWith('{') ? JSON.parse(line) : { text: line }),
    );
    createInterface({ input: this.child.stderr }).on('line', (line) => this.errors.push(line));
  }

  said(text: string): boolean {
    return this.log.some(({ msg }) => typeof msg === 'string' && msg.includes(text));
  }

  /** The counters of a link, as told at the end of the process. */
  counters(node: string): Record<string, number> {
    const last = this.log.findLast((line) => line.msg === 'counters' && line.node === node);
    const counters = last?.counters;
    return typeof counters === 'object' && counters !== null
      ? Object.fromEntries(Object.entries(counters).filter(([, count]) => typeof count === 'number'))
      : {};
  }

  /** Stands still, as on a machine that is busy with something else, until `goOn`. */
  standStill(): void {
    this.child.kill('SIGSTOP');
  }

  goOn(): void {
    this.child.kill('SIGCONT');
  }

  async exited(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.closed;
  }
}

export interface Message {
  topic: string;
  text: string;
}

/** aedes, as the gateway runs it, with a gate in front of its acknowledgements. */
export class Broker {
  readonly messages: Message[] = [];
  url = '';
  /** Nobody's name and password are right. */
  refuses = false;
  private readonly aedes: Aedes;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private isAway = false;
  private acknowledged = 0;
  private held: (() => void)[] | undefined;

  private constructor(aedes: Aedes) {
    this.aedes = aedes;
    aedes.authenticate = (_client, _username, _password, done) => {
      if (!this.refuses) done(null, true);
      else done(Object.assign(new Error('refused'), { returnCode: 5 }), null);
    };
    aedes.authorizePublish = (_client, packet, done) => {
      this.messages.push({ topic: packet.topic, text: packet.payload.toString() });
      if (this.held === undefined) done(null);
      else this.held.push(() => done(null));
    };
    aedes.on('ack', () => this.acknowledged++);
    this.server = createServer((socket) => {
      if (this.isAway) return void socket.destroy();
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      aedes.handle(socket);
    });
    aedes.on('publish', (packet, client) => {
      // Last wills come without a client, and never through authorizePublish.
      if (client === null && !packet.topic.startsWith('$SYS'))
        this.messages.push({ topic: packet.topic, text: packet.payload.toString() });
    });
  }

  static async start(): Promise<Broker> {
    const broker = new Broker(await Aedes.createBroker());
    await new Promise<void>((resolve) => broker.server.listen(0, '127.0.0.1', () => resolve()));
    const address = broker.server.address();
    if (typeof address === 'object' && address !== null) broker.url = `mqtt://127.0.0.1:${address.port}`;
    return broker;
  }

  /** From now on messages arrive, but none is acknowledged. */
  hold(): void {
    this.held = [];
  }

  /** Acknowledges what was held, and everything from now on. */
  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const acknowledge of held) acknowledge();
  }

  /** Forgets what was held: it was never stored. */
  drop(): void {
    this.held = undefined;
  }

  say(topic: string, text: string, retain = false): Promise<void> {
    return new Promise((resolve, reject) => {
      const packet = { cmd: 'publish' as const, topic, payload: text, qos: 1 as const, retain, dup: false };
      this.aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Orders a node's buzzer; resolves once the bridge has the order. */
  async order(node: string, buzzer: 'on' | 'off'): Promise<void> {
    const before = this.acknowledged;
    const order = JSON.stringify({ buzzer, lifetimeMs: COMMAND_LIFETIME_MS });
    await this.say(`node/${node}/command`, order);
    await until(() => this.acknowledged > before, `the bridge has the order "${buzzer}" for ${node}`);
  }

  /** The gateway goes away: connections break, and new ones are refused. The port stays its own. */
  leave(): void {
    this.isAway = true;
    for (const socket of this.sockets) socket.destroy();
  }

  comeBack(): void {
    this.isAway = false;
  }

  async end(): Promise<void> {
    this.release();
    this.leave();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
  }

  /** Reports of a node, each once, in the order of their first arrival. */
  states(node: string): NodeState[] {
    const states = this.messages
      .filter(({ topic }) => topic === `node/${node}/state`)
      .map(({ text }): NodeState => JSON.parse(text));
    const seen = new Set<string>();
    return states.filter(({ boot, sequence }) => {
      const isNew = !seen.has(`${boot}/${sequence}`);
      seen.add(`${boot}/${sequence}`);
      return isNew;
    });
  }

  lastState(node: string): NodeState | undefined {
    return this.states(node).at(-1);
  }

  lastText(topic: string): string | undefined {
    return this.messages.findLast((message) => message.topic === topic)?.text;
  }
}

/** One of each, cleared away together. */
export class Stand {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-stand-'));
  readonly ports = join(this.folder, 'dev');
  readonly broker: Broker;
  readonly clock: string;
  private readonly processes: { end(): Promise<void> }[] = [];

  private constructor(broker: Broker, rate: number) {
    this.broker = broker;
    this.clock = `${Date.now()},${Date.now()},${rate}`;
  }

  static async start(rate = 1): Promise<Stand> {
    return new Stand(await Broker.start(), rate);
  }

  async board(name: string, hex?: string): Promise<BoardProcess> {
    const board = new BoardProcess(name, this.ports, this.clock, hex);
    this.processes.push(board);
    return board.ready();
  }

  /** @param links YAML, one line a link */
  bridge(...links: string[]): BridgeProcess {
    const file = join(this.folder, 'bridge.yaml');
    const lines = links.map((link) => `  - { ${link} }\n`);
    writeFileSync(file, `id: bridge-1\ngateway: { url: '${this.broker.url}' }\nlinks:\n${lines.join('')}`);
    const bridge = new BridgeProcess(['--config', file], this.clock);
    this.processes.push(bridge);
    return bridge;
  }

  /** A door-node link that searches all ports of the stand. */
  doorNode(node: string, waits = patience): string {
    return `id: ${node}, type: door-node, node: ${node}, ports: '${this.ports}/ttyACM*', ${waits}`;
  }

  /** A Firmata link, wired like our door node. */
  firmata(node: string): string {
    return (
      `id: ${node}, type: firmata, node: ${node}, ports: '${this.ports}/serial/by-id/usb-*${node}*', ` +
      `pins: { contact: 2, tamper: 3, button: 4, buzzer: 8, temperature: A0 }, ${patience}`
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.end()));
    await this.broker.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

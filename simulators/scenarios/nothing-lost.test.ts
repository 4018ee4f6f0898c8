/**
 * Nothing acknowledged is lost, nothing is counted twice: a gateway's outbox and the cloud's ingest as real
 * processes, killed on both sides and cut apart, against what each said it had on disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testToken } from '../../cloud/ingest/testing.ts';
import { lanes, lossNotice, uplinkRecord } from '../../devices/wire.ts';
import { testKey } from '../../edge/outbox/testing.ts';
import { seededRandom } from '../random.ts';

const root = join(import.meta.dirname, '..', '..');
let directory: string;
let children: Child[];
let wires: Wire[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nothing-lost-'));
  mkdirSync(join(directory, 'cloud'));
  writeFileSync(join(directory, 'key.pem'), testKey.export({ type: 'pkcs8', format: 'pem' }));
  children = [];
  wires = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await Promise.all(wires.map((wire) => wire.close()));
  await rm(directory, { recursive: true });
});

/** A process and what it printed. */
class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #rest = '';

  constructor(script: string, settings: object) {
    this.#process = spawn(process.execPath, [join(root, script), JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
    this.#ended = new Promise((resolve) => this.#process.on('close', () => resolve()));
    children.push(this);
  }

  async ready(): Promise<this> {
    await until(() => this.lines.includes('ready'), 'the process is ready');
    return this;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  last(word: string): string | undefined {
    return this.lines.findLast((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  }
}

/** Generous: the machine may be busy with other tests. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 20;

async function until(condition: () => boolean, what: string, withinMs = PATIENCE_MS): Promise<void> {
  // Counted in looks: time in which the whole machine stood still is not waited.
  for (let looks = 0; !condition(); looks++) {
    if (looks * LOOK_AGAIN_MS > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(LOOK_AGAIN_MS);
  }
}

/** A wire that can be cut, or go dead without a word. */
class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<[Socket, Socket]>();
  readonly #dead = new Set<[Socket, Socket]>();
  #cut = false;
  port = 0;
  connections = 0;

  constructor(target: () => number) {
    this.#server = createServer((near) => {
      this.connections++;
      near.on('error', () => undefined);
      if (this.#cut) return near.destroy();
      const far = connect(target(), '127.0.0.1');
      const pair: [Socket, Socket] = [near, far];
      this.#pairs.add(pair);
      for (const [from, to] of [pair, [far, near]] as const) {
        from.on('data', (chunk) => {
          if (!this.#dead.has(pair) && !to.write(chunk)) {
            from.pause();
            to.once('drain', () => from.resume());
          }
        });
        from.on('error', () => undefined);
        from.on('close', () => {
          to.destroy();
          this.#pairs.delete(pair);
          this.#dead.delete(pair);
        });
      }
    });
    wires.push(this);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    return this;
  }

  open(): void {
    this.#cut = false;
  }

  cut(): void {
    this.#cut = true;
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** What is connected stays so, and nothing gets through any more: half-open TCP. New connections are fine. */
  die(): void {
    for (const pair of this.#pairs) this.#dead.add(pair);
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

async function freePort(): Promise<number> {
  const wire = await new Wire(() => 0).listen();
  const { port } = wire;
  await wire.close();
  return port;
}

interface Line {
  mqtt: Wire;
  http: Wire;
  startCloud: () => Promise<Child>;
  startGateway: (over?: object) => Promise<Child>;
}

async function line(): Promise<Line> {
  const [mqttPort, httpPort] = [await freePort(), await freePort()];
  const mqtt = await new Wire(() => mqttPort).listen();
  const http = await new Wire(() => httpPort).listen();
  const addresses = { mqttUrl: `mqtt://127.0.0.1:${mqtt.port}`, httpsUrl: `http://127.0.0.1:${http.port}` };
  return {
    mqtt,
    http,
    startCloud: () =>
      new Child('cloud/ingest/testing-cloud.ts', {
        directory: join(directory, 'cloud'),
        mqttPort,
        httpPort,
      }).ready(),
    startGateway: (over = {}) =>
      new Child('edge/outbox/testing-gateway.ts', {
        directory: join(directory, 'outbox'),
        keyFile: join(directory, 'key.pem'),
        token: testToken,
        ...addresses,
        writers: 20,
        ...over,
      }).ready(),
  };
}

function rows(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(directory, 'cloud', 'store.sqlite'), { readOnly: true });
  const found = database.prepare(sql).all();
  database.close();
  return found;
}

/** Places where a record of a lane does not follow the one before it, and no loss notice says why. */
function breaks(lane: 'alarm' | 'bulk'): string[] {
  const records = rows(`SELECT json FROM record WHERE lane = ${lanes.indexOf(lane)}`)
    .map(({ json }) => uplinkRecord.parse(JSON.parse(String(json))))
    .sort((a, b) => a.sequence - b.sequence);
  let previous = 0;
  return records.flatMap(({ sequence, after, body }) => {
    const follows = after === previous || (body.type === 'loss' && after <= previous);
    const broken = follows ? [] : [`${sequence} follows ${after}, not ${previous}`];
    previous = sequence;
    return broken;
  });
}

/** Ids of what the cloud's store holds. */
function stored(): string[] {
  return rows("SELECT text || '/' || sequence AS id FROM record JOIN name ON name.number = source").map(
    ({ id }) => String(id),
  );
}

const acknowledged = (gateways: readonly Child[]): string[] =>
  gateways.flatMap(({ lines }) =>
    lines.filter((text) => /^(alarm|bulk) /.test(text)).map((text) => text.split(' ')[1] ?? ''),
  );

/** The gateway sends until nothing waits any more. */
async function drained(start: Line['startGateway'], over: object = {}): Promise<Child> {
  const gateway = await start({ ...over, writers: 0 });
  await until(() => gateway.last('waiting') === '0', 'everything is sent');
  return gateway;
}

it('kill -9 on both sides at any moment: everything acknowledged is stored, once, in the order of its lane', async () => {
  const { startCloud, startGateway } = await line();
  const next = seededRandom(20_261_123);
  let cloud = await startCloud();
  const gateways: Child[] = [];
  const [rounds, aRound] = [8, 150];
  for (let round = 0; round < rounds; round++) {
    const gateway = await startGateway();
    gateways.push(gateway);
    await until(() => acknowledged([gateway]).length >= aRound, 'the gateway has begun');
    await sleep(next() * 700);
    if (next() < 0.6) {
      await cloud.kill();
      await sleep(next() * 300);
      cloud = await startCloud();
      await sleep(next() * 500);
    }
    await gateway.kill();
  }
  await drained(startGateway);
  const told = acknowledged(gateways);
  const there = stored();
  const ids = new Set(there);
  expect(told.length).toBeGreaterThanOrEqual(rounds * aRound);
  expect(told.filter((id) => !ids.has(id))).toEqual([]);
  expect(ids.size).toBe(there.length);
  expect([...breaks('alarm'), ...breaks('bulk')]).toEqual([]);
}, 600_000);

it('cut and dead lines: everything arrives at once when the line is back, over HTTPS where MQTT stays shut', async () => {
  const { mqtt, http, startCloud, startGateway } = await line();
  await startCloud();
  const gateway = await startGateway();
  await until(() => stored().length > 100, 'records arrive over MQTT');
  expect(http.connections).toBe(0);

  mqtt.cut();
  http.cut();
  const whenCut = acknowledged([gateway]).length;
  await until(() => acknowledged([gateway]).length > whenCut + 500, 'the gateway goes on by itself');
  const before = stored().length;
  http.open();
  await until(() => stored().length > before + 400, 'records arrive over HTTPS');
  const connectionsShut = mqtt.connections;
  mqtt.open();
  await until(() => mqtt.connections > connectionsShut, 'MQTT is tried again');
  await until(() => stored().length > before + 800, 'records arrive again');

  http.cut();
  mqtt.die();
  const whenDead = stored().length;
  await until(() => stored().length > whenDead + 300, 'the dead connection is noticed and replaced');
  await gateway.kill();
  await drained(startGateway);
  const ids = new Set(stored());
  expect(acknowledged([gateway]).filter((id) => !ids.has(id))).toEqual([]);
}, 600_000);

it('after a long cut the alarms arrive before the bulk', async () => {
  const { mqtt, http, startCloud, startGateway } = await line();
  mqtt.cut();
  http.cut();
  const gateway = await startGateway({ writers: 100 });
  await until(() => acknowledged([gateway]).length > 6_000, 'a backlog');
  await gateway.kill();
  const cloud = await startCloud();
  mqtt.open();
  await drained(startGateway);
  await cloud.kill();
  const [alarm] = rows('SELECT max(received_at) AS last FROM record WHERE lane = 0');
  const [bulk] = rows('SELECT min(received_at) AS first FROM record WHERE lane = 1');
  expect(Number(alarm?.last)).toBeLessThanOrEqual(Number(bulk?.first));
}, 600_000);

it('a gateway that ran full states what it gave up, and nothing else is missing', async () => {
  const { mqtt, http, startCloud, startGateway } = await line();
  mqtt.cut();
  http.cut();
  const small = { writers: 200, maxBytes: 4 * 1024 * 1024 };
  const gateway = await startGateway(small);
  await until(() => acknowledged([gateway]).length > 12_000, 'more than fits');
  await gateway.kill();
  const cloud = await startCloud();
  mqtt.open();
  await drained(startGateway, small);
  await cloud.kill();
  const losses = rows('SELECT json FROM loss').map(({ json }) => lossNotice.parse(JSON.parse(String(json))));
  const ids = new Set(stored());
  const missing = gateway.lines.filter(
    (text) => /^(alarm|bulk) /.test(text) && !ids.has(text.split(' ')[1] ?? ''),
  );
  const unexplained = missing.filter((text) => {
    const [lane = '', id = ''] = text.split(' ');
    const sequence = Number(id.split('/').at(-1));
    // The notice itself stands in the place of the last record that was given up.
    return !losses.some((loss) => loss.lane === lane && loss.from <= sequence && sequence <= loss.to);
  });
  expect(missing.length).toBeGreaterThan(1_000);
  expect(missing.every((text) => text.startsWith('bulk'))).toBe(true);
  expect(unexplained).toEqual([]);
  expect([...breaks('alarm'), ...breaks('bulk')]).toEqual([]);
}, 600_000);

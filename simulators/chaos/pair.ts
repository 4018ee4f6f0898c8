/**
 * A gateway's outbox with its uplink and a cloud's ingest with its store, each a real process, with real sockets
 * between them and their files where they are told to be. They are killed, and at the end everything is compared
 * with what each of them had said.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { testToken } from '../../cloud/ingest/testing.ts';
import { chainHasher } from '../../devices/framing/batch.ts';
import { GENESIS, type Lane, lanes, lossNotice, uplinkRecord } from '../../devices/wire.ts';
import { testKey } from '../../edge/outbox/testing.ts';

const root = join(import.meta.dirname, '..', '..');
const READY_WITHIN_MS = 120_000;
const DRAINED_WITHIN_MS = 600_000;
const LOOK_EVERY_MS = 20;

/** A process, and what it prints. */
class Child {
  readonly process: ChildProcess;
  isReady = false;
  hasEnded = false;
  /** Of the gateway: records that still wait. */
  waiting: number | undefined;
  readonly ended: Promise<void>;
  #rest = '';

  constructor(
    script: string,
    settings: object,
    environment: NodeJS.ProcessEnv,
    onRecord: (lane: string, id: string) => void,
  ) {
    this.process = spawn(process.execPath, [join(root, script), JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    });
    this.process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (this.#rest + chunk).split('\n');
      this.#rest = parts.pop() ?? '';
      for (const line of parts) {
        const [word = '', value = ''] = line.split(' ');
        if (word === 'ready') this.isReady = true;
        else if (word === 'waiting') this.waiting = Number(value);
        else if (word === 'alarm' || word === 'bulk') onRecord(word, value);
      }
    });
    this.ended = new Promise((resolve) =>
      this.process.on('close', () => {
        this.hasEnded = true;
        resolve();
      }),
    );
  }

  async ready(): Promise<void> {
    for (let waitedMs = 0; !this.isReady && !this.hasEnded; waitedMs += LOOK_EVERY_MS) {
      if (waitedMs > READY_WITHIN_MS) throw new Error('a process does not become ready');
      await sleep(LOOK_EVERY_MS);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.process.kill(signal);
    await this.ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface PairReport {
  acknowledged: number;
  stored: number;
  violations: string[];
}

export class Pair {
  gateway: Child | undefined;
  cloud: Child | undefined;
  /** By id, the lane: what the gateway said was on its disk. */
  readonly acknowledged = new Map<string, string>();
  readonly #twice: string[] = [];
  readonly #folder: string;
  readonly #settings: { keyFile: string; mqttPort: number; httpPort: number };
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(
    folder: string,
    settings: { keyFile: string; mqttPort: number; httpPort: number },
    cacheFolder: string,
  ) {
    this.#folder = folder;
    this.#settings = settings;
    // A process that is killed a second after its start should not have spent it on reading its own program.
    this.#environment = { NODE_COMPILE_CACHE: cacheFolder };
  }

  /** @param folder of both processes' files @param outside what must survive a power cut of that folder's disk */
  static async open(folder: string, outside: string): Promise<Pair> {
    const keyFile = join(outside, 'key.pem');
    writeFileSync(keyFile, testKey.export({ type: 'pkcs8', format: 'pem' }));
    mkdirSync(join(folder, 'cloud'), { recursive: true });
    const ports = { mqttPort: await freePort(), httpPort: await freePort() };
    return new Pair(folder, { keyFile, ...ports }, join(outside, 'compiled'));
  }

  startCloud(): Child {
    const { mqttPort, httpPort } = this.#settings;
    const settings = { directory: join(this.#folder, 'cloud'), mqttPort, httpPort };
    this.cloud = new Child('cloud/ingest/testing-cloud.ts', settings, this.#environment, () => undefined);
    return this.cloud;
  }

  startGateway(writers: number): Child {
    const { keyFile, mqttPort, httpPort } = this.#settings;
    const settings = {
      directory: join(this.#folder, 'outbox'),
      keyFile,
      token: testToken,
      mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
      httpsUrl: `http://127.0.0.1:${httpPort}`,
      writers,
    };
    this.gateway = new Child('edge/outbox/testing-gateway.ts', settings, this.#environment, (lane, id) => {
      if (this.acknowledged.has(id)) this.#twice.push(id);
      this.acknowledged.set(id, lane);
    });
    return this.gateway;
  }

  /** Both once, and ended in an orderly way: their programs are remembered from then on. */
  async warm(): Promise<void> {
    await Promise.all([this.startCloud().ready(), this.startGateway(0).ready()]);
    await this.endBoth('SIGTERM');
  }

  async endBoth(signal: NodeJS.Signals): Promise<void> {
    await Promise.all([this.gateway?.end(signal), this.cloud?.end(signal)]);
  }

  /** The gateway sends what it has, until the cloud has it all. */
  async drain(): Promise<void> {
    if (this.cloud === undefined || this.cloud.hasEnded) await this.startCloud().ready();
    const gateway = this.startGateway(0);
    await gateway.ready();
    for (let waitedMs = 0; gateway.waiting !== 0; waitedMs += LOOK_EVERY_MS) {
      if (waitedMs > DRAINED_WITHIN_MS)
        throw new Error(`${gateway.waiting} records still wait at the gateway`);
      await sleep(LOOK_EVERY_MS);
    }
    await this.endBoth('SIGTERM');
  }

  /** Everything that was acknowledged is stored, once, in the order of its lane, and the chains hold. */
  report(): PairReport {
    const database = new DatabaseSync(join(this.#folder, 'cloud', 'store.sqlite'));
    const violations = this.#twice.map((id) => `${id} was given twice`);
    try {
      for (const row of database.prepare('PRAGMA integrity_check').all())
        if (row.integrity_check !== 'ok') violations.push(`the store: ${row.integrity_check}`);
      const stored = new Map<string, string>();
      const at = new Map<string, { sequence: number; chain: string }>();
      for (const row of database
        .prepare(
          `SELECT text AS source, sequence, lane, lower(hex(chain)) AS chain, json FROM record
           JOIN name ON name.number = source ORDER BY source, lane, sequence`,
        )
        .iterate()) {
        const id = `${row.source}/${row.sequence}`;
        const lane = lanes[Number(row.lane)] ?? 'bulk';
        if (stored.has(id)) violations.push(`${id} is stored twice`);
        const { body } = follow(at, `${row.source}/${lane}`, String(row.json), String(row.chain), violations);
        stored.set(id, body.type === 'loss' ? 'loss' : lane);
      }
      for (const { json } of database.prepare('SELECT json FROM loss').all()) {
        const { lane, from, to, count } = lossNotice.parse(JSON.parse(String(json)));
        if (count > 0) violations.push(`${count} records of ${lane} ${from} to ${to} were given up`);
      }
      for (const [id, lane] of this.acknowledged)
        if (stored.get(id) !== lane) violations.push(`${lane} ${id} was acknowledged and is not stored`);
      return { acknowledged: this.acknowledged.size, stored: stored.size, violations };
    } finally {
      database.close();
    }
  }
}

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));

function follow(
  at: Map<string, { sequence: number; chain: string }>,
  lane: string,
  json: string,
  chain: string,
  violations: string[],
): { body: { type: string; lane?: Lane } } {
  const before = at.get(lane) ?? { sequence: 0, chain: GENESIS };
  const { sequence, after, body } = uplinkRecord.parse(JSON.parse(json));
  if (body.type === 'loss') {
    if (after > before.sequence)
      violations.push(`${lane}: loss ${sequence} follows ${after}, not ${before.sequence}`);
    at.set(lane, { sequence, chain: body.loss.resumes });
    return { body };
  }
  if (after !== before.sequence)
    violations.push(`${lane}: ${sequence} follows ${after}, not ${before.sequence}`);
  if (chainOf(before.chain, Buffer.from(json)) !== chain)
    violations.push(`${lane}: the chain is broken at ${sequence}`);
  at.set(lane, { sequence, chain });
  return { body };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeBatch } from '../../devices/framing/batch.ts';
import { systemClock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import { GENESIS, type Lane } from '../../devices/wire.ts';
import { backOffMs } from './back-off.ts';
import { type DurableOutbox, openOutbox } from './open.ts';
import { followLane, testKey, testObservation } from './testing.ts';
import { createUplink, type UplinkOptions } from './uplink.ts';

/** The least of a cloud: it follows each lane and answers, as it is told. */
class TestCloud {
  readonly #server: Server;
  readonly lanes = { alarm: { sequence: 0, chain: GENESIS }, bulk: { sequence: 0, chain: GENESIS } };
  readonly order: Lane[] = [];
  commands: { number: number; command: Command }[] = [];
  requests = 0;
  /** Answers to give in place of receipts, first one first. */
  answers: ((lane: Lane) => { status: number; body: unknown })[] = [];
  url = '';

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const url = new URL(request.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    if (url.pathname.endsWith('/commands')) {
      const after = Number(url.searchParams.get('after'));
      const news = () => this.commands.filter(({ number }) => number > after);
      const end = Date.now() + Number(url.searchParams.get('wait')) * 1_000;
      while (news().length === 0 && Date.now() < end && !response.destroyed)
        await new Promise((resolve) => setTimeout(resolve, 10));
      const given = news();
      response.end(
        JSON.stringify({
          commands: given.map(({ command }) => command),
          after: given.at(-1)?.number ?? after,
        }),
      );
      return;
    }
    const lane: Lane = url.pathname.endsWith('/alarm') ? 'alarm' : 'bulk';
    const answer = this.answers.shift()?.(lane);
    if (answer === undefined) this.#take(lane, Buffer.concat(chunks));
    response.statusCode = answer?.status ?? 200;
    response.end(
      JSON.stringify(answer?.body ?? { epoch: this.epoch, lane, ...this.lanes[lane], resend: false }),
    );
  }

  epoch = '';
  #take(lane: Lane, batch: Buffer): void {
    const decoded = decodeBatch(batch);
    if ('refused' in decoded) throw new Error(decoded.refused);
    const { epoch, gateway } = decoded.header;
    this.epoch = epoch;
    this.order.push(...decoded.lines.map(() => lane));
    const { sequence, chain } = followLane(
      batch.subarray(batch.indexOf(10) + 1),
      gateway,
      epoch,
      this.lanes[lane],
    );
    this.lanes[lane] = { sequence, chain };
  }
}

let directory: string;
let ending: AbortController;
let outbox: DurableOutbox;
let cloud: TestCloud;
const open = () =>
  openOutbox({
    directory: join(directory, 'log'),
    gateway: 'gw-1',
    signingKey: testKey,
    clock: systemClock,
    onFatal: () => undefined,
  });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'uplink-'));
  ending = new AbortController();
  outbox = await open();
  cloud = await new TestCloud().listen();
});
afterEach(async () => {
  ending.abort();
  await outbox.close();
  await cloud.close();
  await rm(directory, { recursive: true });
});

const received: Command[] = [];
const start = (times: NonNullable<UplinkOptions['times']> = {}) => {
  received.length = 0;
  return createUplink(
    { gateway: 'gw-1', token: 'token', httpsUrl: cloud.url, times: { firstMs: 20, mostMs: 100, ...times } },
    { outbox, clock: systemClock, onCommand: (command) => received.push(command) },
    ending.signal,
  );
};
const put = async (lane: Lane, count: number) => {
  for (let index = 0; index < count; index++)
    outbox.stage(lane, Date.now(), (id) => testObservation(id, Date.now()));
  await outbox.committed();
};
const waiting = () => outbox.progress('alarm').waiting + outbox.progress('bulk').waiting;
const drained = () => expect.poll(waiting, { timeout: 10_000, interval: 10 }).toBe(0);
const command = (id: string): Command => ({
  id,
  action: 'siren.on',
  asset: 'siren-1',
  issuedAt: Date.now(),
  lifetimeMs: 60_000,
  issuedBy: 'desk',
  reason: 'test',
});

it('drains at once when the line is back: news of the network ends the longest back-off', async () => {
  const { port } = cloud;
  await cloud.close();
  const uplink = start({ firstMs: 3_600_000, mostMs: 3_600_000 });
  await put('bulk', 5);
  await expect.poll(() => uplink.metrics().failures, { interval: 10 }).toBeGreaterThan(0);
  expect(uplink.status()).toMatchObject({ connected: false, via: 'none', waiting: { bulk: 5 } });
  cloud = await new TestCloud().listen(port);
  uplink.retryNow();
  await drained();
  expect(uplink.status()).toMatchObject({ connected: true, via: 'https' });
});

it('an alarm does not wait out a back-off', async () => {
  const { port } = cloud;
  await cloud.close();
  const uplink = start({ firstMs: 3_600_000, mostMs: 3_600_000 });
  await expect.poll(() => uplink.metrics().failures, { interval: 10 }).toBeGreaterThan(0);
  cloud = await new TestCloud().listen(port);
  // Only the last attempt just now would be reason to wait.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await put('alarm', 1);
  await drained();
});

it('sends alarms before bulk, and all of both', async () => {
  await put('bulk', 1_500);
  await put('alarm', 700);
  start();
  await drained();
  expect(cloud.order).toHaveLength(2_200);
  expect(cloud.order.lastIndexOf('alarm')).toBe(699);
});

it('goes back to where a receipt asks it to', async () => {
  await put('bulk', 10);
  cloud.answers = [
    (lane) => ({
      status: 200,
      body: { epoch: outbox.epoch, lane, sequence: 0, chain: GENESIS, resend: true },
    }),
  ];
  const uplink = start();
  await drained();
  expect(uplink.metrics().resends).toBe(1);
  expect(cloud.lanes.bulk.sequence).toBe(10);
});

it('comes again when the cloud takes nothing for now, and after answers that are none', async () => {
  await put('bulk', 10);
  cloud.answers = [
    () => ({ status: 503, body: {} }),
    () => ({ status: 200, body: { nonsense: true } }),
    () => ({ status: 500, body: {} }),
  ];
  const uplink = start({ receiptMs: 300 });
  await drained();
  expect(uplink.metrics().unreadable).toBe(1);
  expect(cloud.lanes.bulk.sequence).toBe(10);
}, 30_000);

it('deletes nothing on a word that does not fit its own log', async () => {
  await put('bulk', 3);
  const { epoch } = outbox;
  const wrong = (over: object) => (lane: Lane) => ({
    status: 200,
    body: { epoch, lane, sequence: 3, chain: 'f'.repeat(64), resend: false, ...over },
  });
  cloud.answers = [wrong({}), wrong({ sequence: 400 }), wrong({ epoch: 'another0epoch' })];
  const uplink = start({ receiptMs: 200 });
  await expect.poll(() => uplink.metrics().conflicts, { timeout: 10_000, interval: 10 }).toBe(2);
  await expect.poll(() => cloud.lanes.bulk.sequence, { timeout: 10_000, interval: 10 }).toBe(3);
  await drained();
  expect(cloud.order).toHaveLength(3);
}, 30_000);

it('hands each command on once, also over a restart', async () => {
  const uplink = start();
  cloud.commands = [
    { number: 1, command: command('a') },
    { number: 2, command: command('b') },
    { number: 3, command: command('a') },
  ];
  await expect.poll(() => received.map(({ id }) => id), { timeout: 5_000 }).toEqual(['a', 'b']);
  ending.abort();
  await uplink.ended;
  await outbox.close();
  outbox = await open();
  ending = new AbortController();
  cloud.commands.push({ number: 4, command: command('c') });
  start();
  await expect.poll(() => received.map(({ id }) => id), { timeout: 5_000 }).toEqual(['c']);
});

it('backs off longer each time up to a limit, and never for sure', () => {
  const limits = { firstMs: 1_000, mostMs: 60_000 };
  expect([0, 1, 2, 10, 1_000].map((attempt) => backOffMs(attempt, limits, 1))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
  expect(backOffMs(5, limits, 0)).toBe(0);
});

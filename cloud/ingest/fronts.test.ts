import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { manualClock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import { MAX_BATCH_BYTES } from '../../devices/wire.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { createCredentials, tokenSha256 } from './credentials.ts';
import { httpIngest } from './http.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { type MqttFront, openMqttFront } from './mqtt.ts';
import { TestLane, testCredential, testObservation, testToken } from './testing.ts';

const clock = manualClock(1_800_000_000_000);
const other = { id: 'gw-2', site: 'bank-1', tokenSha256: tokenSha256('other token') };
const credentials = createCredentials([testCredential, other]);
let directory: string;
let store: Store;
let ending: AbortController;
let ingest: Ingest;
let front: MqttFront;
let connections: [string, boolean][];
let clients: MqttClient[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fronts-'));
  store = openSqliteStore({ file: join(directory, 'store.sqlite'), clock, sitesOf: () => [] });
  ending = new AbortController();
  connections = [];
  clients = [];
  ingest = createIngest(
    {
      store,
      credentials,
      clock,
      onConnection: (gateway, connected) => connections.push([gateway, connected]),
    },
    ending.signal,
  );
  front = await openMqttFront({ ingest, credentials, store, clock, plain: { port: 0 } }, ending.signal);
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  ending.abort();
  await front.close();
  await store.close();
  await rm(directory, { recursive: true });
});

interface Heard {
  client: MqttClient;
  messages: { topic: string; text: string }[];
}

async function gateway(
  over: IClientOptions = {},
  url = `mqtt://127.0.0.1:${front.plainPort}`,
): Promise<Heard> {
  const client = connect(url, {
    clientId: 'gw-1',
    username: 'gw-1',
    password: testToken,
    reconnectPeriod: 0,
    ...over,
  });
  clients.push(client);
  const messages: Heard['messages'] = [];
  client.on('message', (topic, payload) => messages.push({ topic, text: payload.toString() }));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
  });
  return { client, messages };
}

const command = (id: string, over: Partial<Command> = {}): Command => ({
  id,
  action: 'siren.on',
  asset: 'siren-1',
  issuedAt: clock.now(),
  lifetimeMs: 60_000,
  issuedBy: 'desk',
  reason: 'test',
  ...over,
});
const closed = (client: MqttClient) =>
  new Promise<void>((resolve) => (client.connected ? client.once('close', () => resolve()) : resolve()));

describe('over MQTT', () => {
  it('a batch is answered with a receipt, and a command goes down', async () => {
    const { client, messages } = await gateway();
    await client.subscribeAsync(['gw/gw-1/ack', 'gw/gw-1/command'], { qos: 1 });
    const lane = new TestLane();
    const large = Array.from({ length: 400 }, () =>
      lane.record((id) => testObservation(id, { facts: { text: 'x'.repeat(500) } })),
    );
    const batch = lane.batch(large);
    expect(batch.length).toBeGreaterThan(256 * 1024);
    client.publish('gw/gw-1/up/bulk', Buffer.from(batch));
    await expect.poll(() => messages.length, { timeout: 5_000 }).toBe(1);
    expect(messages[0]?.topic).toBe('gw/gw-1/ack');
    expect(JSON.parse(messages[0]?.text ?? '')).toMatchObject({
      sequence: 400,
      chain: lane.chain,
      resend: false,
    });
    expect(connections).toEqual([['gw-1', true]]);
    expect(ingest.sendCommand('gw-1', command('c1'))).toEqual({ connected: true });
    await expect.poll(() => messages.length, { timeout: 5_000 }).toBe(2);
    expect(JSON.parse(messages[1]?.text ?? '')).toEqual(command('c1'));
    client.end(true);
    await expect.poll(() => connections.length, { timeout: 5_000 }).toBe(2);
    expect(ingest.isConnected('gw-1')).toBe(false);
  });

  it('a command of before the connection is sent once there is one, while it lives and has no outcome', async () => {
    expect(ingest.sendCommand('gw-1', command('alive'))).toEqual({ connected: false });
    ingest.sendCommand('gw-1', command('done'));
    ingest.sendCommand('gw-1', command('dead', { issuedAt: clock.now() - 70_000 }));
    const lane = new TestLane();
    const outcome = lane.record((id) =>
      testObservation(id, { kind: 'command.executed', facts: { command: 'done' } }),
    );
    await ingest.receive(testCredential, 'bulk', lane.batch([outcome]));
    const { client, messages } = await gateway();
    await client.subscribeAsync('gw/gw-1/command', { qos: 1 });
    await expect.poll(() => messages.length, { timeout: 5_000 }).toBe(1);
    expect(JSON.parse(messages[0]?.text ?? '')).toEqual(command('alive'));
  });

  it.each([
    ['a wrong token', { password: 'guess' }],
    ["another gateway's token", { password: 'other token' }],
    ['a borrowed client id', { clientId: 'gw-2' }],
    ['no name at all', { username: '' }],
  ])('%s is refused', async (_what, over) => {
    await expect(gateway(over)).rejects.toThrow(/refused|authorized|Bad/i);
    expect(ingest.metrics().connected).toBe(0);
  });

  it.each([
    'gw/gw-2/up/bulk',
    'gw/gw-2/command',
    'gw/gw-1/ack',
    'gw/gw-1/command',
    '$SYS/x/new/clients',
    'gw/gw-1/up/bulk/more',
  ])('nobody publishes to %s', async (topic) => {
    const { client } = await gateway();
    const victim = await gateway({ clientId: 'gw-2', username: 'gw-2', password: 'other token' });
    await victim.client.subscribeAsync(['gw/gw-2/command', 'gw/gw-2/ack'], { qos: 1 });
    client.publish(topic, JSON.stringify(command('forged')), { qos: 1 });
    await closed(client);
    expect(front.refused.rights).toBe(1);
    await expect.poll(() => store.quarantined(1).newest[0]?.reason, { timeout: 5_000 }).toContain(topic);
    expect(victim.messages).toEqual([]);
    expect(store.counts().record).toBe(0);
  });

  it.each(['gw/gw-2/command', 'gw/+/command', '#', '$SYS/#'])('nobody listens to %s', async (topic) => {
    const { client } = await gateway();
    await expect(client.subscribeAsync(topic, { qos: 1 })).rejects.toThrow();
    ingest.sendCommand('gw-2', command('secret'));
    expect(front.refused.rights).toBe(1);
    expect(connections).toEqual([]);
  });

  it('malformed bytes end only their own connection', async () => {
    const healthy = await gateway();
    await healthy.client.subscribeAsync('gw/gw-1/ack', { qos: 1 });
    const socket = connectSocket(front.plainPort ?? 0, '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3]));
    await ended;
    expect(front.refused.framing).toBe(1);
    const lane = new TestLane();
    healthy.client.publish('gw/gw-1/up/bulk', Buffer.from(lane.batch([lane.record()])));
    await expect.poll(() => healthy.messages.length, { timeout: 5_000 }).toBe(1);
  });

  it("a batch that can't be read ends the connection and is kept to look at", async () => {
    const { client } = await gateway();
    client.publish('gw/gw-1/up/bulk', 'this is no batch');
    await closed(client);
    await expect.poll(() => store.quarantined(1).newest[0]?.reason, { timeout: 5_000 }).toContain('header');
  });
});

describe('over HTTPS', () => {
  const authorization = `Bearer ${testToken}`;
  const app = () => httpIngest({ ingest, credentials }, ending.signal);
  const post = (
    lane: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { authorization },
  ) => app().request(`/ingest/v1/gw-1/${lane}`, { method: 'POST', body, headers });

  it('a batch is answered with a receipt', async () => {
    const lane = new TestLane('alarm');
    const response = await post('alarm', new Uint8Array(lane.batch([lane.record(), lane.record()])));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      epoch: 'epoch0001',
      lane: 'alarm',
      sequence: 2,
      chain: lane.chain,
      resend: false,
    });
  });

  it('says what is wrong: token, lane, size, content', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect((await post('bulk', bytes, {})).status).toBe(401);
    expect((await post('bulk', bytes, { authorization: 'Bearer other token' })).status).toBe(401);
    expect((await post('other', bytes)).status).toBe(404);
    expect((await post('bulk', new Uint8Array(MAX_BATCH_BYTES + 1))).status).toBe(413);
    const unreadable = await post('bulk', bytes);
    expect(unreadable.status).toBe(400);
    expect(await unreadable.json()).toMatchObject({
      error: { code: 'refused', message: expect.stringContaining('header') },
    });
  });

  it('a poll waits for a command and gives each once', async () => {
    const poll = async (query: string) =>
      (await app().request(`/ingest/v1/gw-1/commands?${query}`, { headers: { authorization } })).json();
    expect(await poll('wait=0')).toEqual({ commands: [], after: 0 });
    expect(ingest.isConnected('gw-1')).toBe(true);
    const waiting = poll('wait=25');
    await new Promise((resolve) => setTimeout(resolve, 50));
    ingest.sendCommand('gw-1', command('c1'));
    const first = await waiting;
    expect(first).toMatchObject({ commands: [command('c1')] });
    const { after } = z.object({ after: z.number() }).parse(first);
    expect(await poll(`wait=0&after=${after}`)).toEqual({ commands: [], after });
  });
});

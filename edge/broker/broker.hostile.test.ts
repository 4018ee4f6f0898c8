import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { client, connectPacket, identity, inbox, RawClient, startBroker, until } from './broker.fixture.ts';
import type { Quarantined } from './broker.ts';

describe('malformed input', () => {
  it('ends that connection alone and is kept to look at', async () => {
    const quarantined: Quarantined[] = [];
    const { broker, port } = await startBroker({ onQuarantine: (what) => quarantined.push(what) });
    const good = await client(port, 'desk');
    const bad = new RawClient(port).connect('door');
    await bad.bytes(4);
    const packet = Buffer.from('3009000561002f622f6378', 'hex');
    bad.send(packet);
    await bad.closed;
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]).toMatchObject({
      kind: 'malformed',
      client: { id: 'door', identity: 'door' },
      address: '127.0.0.1',
      bytes: new Uint8Array(packet),
    });
    expect(quarantined[0]?.reason).toContain('topic: control character');
    expect(broker.metrics().framingRefusals).toBe(1);
    await good.publishAsync('desk/a', 'b', { qos: 1 });
  });

  it('with MQTT 5 is answered with an unacceptable version', async () => {
    const { port } = await startBroker();
    const raw = new RawClient(port).send(
      generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'x', clean: true }),
    );
    await raw.closed;
    expect(raw.received.toString('hex')).toBe('20020001');
  });

  it('without a client id but with a session is answered with a rejected identifier', async () => {
    const { port } = await startBroker();
    const raw = new RawClient(port).send(Buffer.from('100c00044d5154540400003c0000', 'hex'));
    await raw.closed;
    expect(raw.received.toString('hex')).toBe('20020002');
  });

  it('of any kind leaves the broker and everybody else alone', async () => {
    const { broker, port } = await startBroker();
    const good = await client(port, 'desk');
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.boolean(),
        async (noise, connected) => {
          const raw = new RawClient(port);
          raw.send(...(connected ? [connectPacket('door')] : []), noise);
          raw.socket.end();
          await raw.closed;
        },
      ),
      { numRuns: 150 },
    );
    await good.publishAsync('desk/a', 'b', { qos: 1 });
    await until(() => broker.metrics().connectionsNow === 1);
  });
});

describe('too much', () => {
  it('in a CONNECT is refused at its header', async () => {
    const { broker, port } = await startBroker();
    const raw = new RawClient(port).send(Buffer.from('10ffffff7f', 'hex'));
    await raw.closed;
    expect(broker.metrics().framingRefusals).toBe(1);
  });

  it('in a message is refused at its header', async () => {
    const { broker, port } = await startBroker({ limits: { maxPacketBytes: 1_000 } });
    const door = await client(port, 'door');
    const ended = new Promise<void>((resolve) => door.once('close', () => resolve()));
    door.publish('devices/door/a', Buffer.alloc(2_000));
    await ended;
    expect(broker.metrics().framingRefusals).toBe(1);
  });

  it('time until CONNECT ends the connection', async () => {
    const { port } = await startBroker({ limits: { connectDeadlineMs: 100 } });
    const silent = new RawClient(port);
    const slow = new RawClient(port).send(Buffer.from('10', 'hex'));
    await Promise.all([silent.closed, slow.closed]);
    expect(silent.received).toHaveLength(0);
  });

  it('time between messages ends the connection: one and a half times the keep-alive', async () => {
    const gone: (string | undefined)[] = [];
    const { port } = await startBroker({ onDisconnected: ({ reason }) => gone.push(reason) });
    const raw = new RawClient(port).send(
      generate({
        cmd: 'connect',
        clientId: 'door',
        clean: true,
        keepalive: 1,
        username: 'door',
        password: Buffer.from('door-password'),
      }),
    );
    await raw.bytes(4);
    await raw.closed;
    expect(gone).toEqual(['keep alive timeout']);
  });

  it('connections are turned away, those that are there stay', async () => {
    const { broker, port } = await startBroker({ limits: { maxConnections: 2 } });
    const first = await client(port, 'door');
    const second = await client(port, 'desk');
    const third = new RawClient(port);
    await third.closed;
    expect(broker.metrics().connectionsRefused).toBe(1);
    await first.endAsync();
    await until(() => broker.metrics().connectionsNow === 1);
    expect(second.connected).toBe(true);
    expect((await client(port, 'hub')).connected).toBe(true);
  });

  it('messages are taken more slowly, and none is lost', async () => {
    const { broker, port } = await startBroker({ limits: { messagesPerSecond: 500, messageBurst: 100 } });
    const desk = await client(port, 'desk');
    const received = inbox(desk);
    await desk.subscribeAsync('devices/#', { qos: 1 });
    const door = await client(port, 'door');
    await Promise.all(
      Array.from({ length: 400 }, (_, index) => door.publishAsync('devices/door/a', `${index}`, { qos: 1 })),
    );
    await until(() => received.length === 400);
    expect(broker.metrics()).toMatchObject({ floodsCut: 0, messagesIn: 400 });
    expect(broker.metrics().slowedDown).toBeGreaterThan(0);
  });

  it('far too many messages end the connection', async () => {
    const { broker, port } = await startBroker({ limits: { messagesPerSecond: 10, messageBurst: 10 } });
    const flood = new RawClient(port).connect('door');
    await flood.bytes(4);
    flood.send(...Array.from({ length: 2_000 }, () => Buffer.of(0xc0, 0)));
    await flood.closed;
    expect(broker.metrics().floodsCut).toBe(1);
  });

  it('subscriptions are refused beyond the limit, one by one', async () => {
    const { broker, port } = await startBroker({ limits: { maxSubscriptions: 3 } });
    const desk = await client(port, 'desk');
    for (const name of ['a', 'b', 'c']) await desk.subscribeAsync(`devices/${name}`);
    await expect(desk.subscribeAsync('devices/d')).rejects.toThrow();
    await desk.subscribeAsync('devices/a');
    await desk.unsubscribeAsync('devices/a');
    await desk.subscribeAsync('devices/d');
    expect(broker.metrics().subscriptionsDenied).toBe(1);
  });

  it('to retain is forwarded but not kept, and reported', async () => {
    const quarantined: Quarantined[] = [];
    const { broker, port } = await startBroker({
      limits: { maxRetainedPerIdentity: 2 },
      onQuarantine: (what) => quarantined.push(what),
    });
    const desk = await client(port, 'desk');
    const received = inbox(desk);
    await desk.subscribeAsync('devices/#');
    const door = await client(port, 'door');
    for (const name of ['a', 'b', 'c'])
      await door.publishAsync(`devices/door/${name}`, 'x', { qos: 1, retain: true });
    await until(() => received.length === 3);
    expect(broker.retainedMessages(['devices/#']).map(({ topic }) => topic)).toEqual([
      'devices/door/a',
      'devices/door/b',
    ]);
    expect(quarantined).toMatchObject([{ kind: 'retained-quota', topic: 'devices/door/c' }]);
    const hub = await client(port, 'hub');
    await hub.publishAsync('hub/a', 'x', { qos: 1, retain: true });
    await door.publishAsync('devices/door/a', '', { qos: 1, retain: true });
    await door.publishAsync('devices/door/c', 'x', { qos: 1, retain: true });
    expect(broker.retainedMessages(['#']).map(({ topic }) => topic)).toEqual([
      'devices/door/b',
      'devices/door/c',
      'hub/a',
    ]);
  });

  it('to queue is dropped at the end, and reported', async () => {
    const quarantined: Quarantined[] = [];
    const { broker, port } = await startBroker({
      limits: { maxQueuedPerSession: 3 },
      onQuarantine: (what) => quarantined.push(what),
    });
    const session = { clientId: 'door-1', clean: false };
    const door = await client(port, 'door', session);
    await door.subscribeAsync('devices/door/set', { qos: 1 });
    await door.endAsync();
    for (let index = 0; index < 5; index++) await broker.publish('devices/door/set', `${index}`, { qos: 1 });
    expect(broker.metrics()).toMatchObject({ queuedNow: 3, queueDropped: 2 });
    expect(quarantined.map(({ kind }) => kind)).toEqual(['queue-full']);
  });

  it('sessions are refused beyond the limit', async () => {
    const { port } = await startBroker({ limits: { maxSessionsPerIdentity: 2 } });
    for (const id of ['a', 'b'])
      await (await client(port, 'door', { clientId: id, clean: false })).endAsync();
    await expect(client(port, 'door', { clientId: 'c', clean: false })).rejects.toThrow(/Server unavailable/);
    expect((await client(port, 'door', { clientId: 'a', clean: false })).connected).toBe(true);
    expect((await client(port, 'door', { clientId: 'c', clean: true })).connected).toBe(true);
  });
});

describe('a subscriber that stops reading', () => {
  it.each([0, 1] as const)(
    'is cut, and a healthy one gets everything (QoS %s)',
    async (qos) => {
      const { broker, port } = await startBroker({
        identities: [await identity('hub', ['#'], ['#']), await identity('desk', [], ['#'])],
        limits: {
          stallMs: 1_000,
          bytesPerSecond: 1e9,
          byteBurst: 1e9,
          messagesPerSecond: 1e6,
          messageBurst: 1e6,
        },
      });
      const frozen = new RawClient(port).connect('desk', 'frozen');
      await frozen.bytes(4);
      frozen.send(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'hub/#', qos }] }));
      await frozen.bytes(9);
      frozen.socket.pause();
      const healthy = await client(port, 'desk', { clientId: 'healthy' });
      let received = 0;
      healthy.on('message', () => received++);
      await healthy.subscribeAsync('hub/#', { qos });
      const hub = await client(port, 'hub');
      const payload = Buffer.alloc(4_000, 1);
      const before = process.memoryUsage().rss;
      let sent = 0;
      let most = 0;
      // More than the kernel's buffers take: 40 MB at least, and on until the frozen one is gone.
      while (sent < 10_000 || broker.metrics().slowSubscribersCut === 0) {
        await Promise.all(Array.from({ length: 50 }, () => hub.publishAsync('hub/a', payload, { qos: 1 })));
        sent += 50;
        most = Math.max(most, process.memoryUsage().rss - before);
        expect(sent).toBeLessThan(40_000);
      }
      await until(() => received === sent);
      expect(healthy.connected).toBe(true);
      expect(broker.metrics().slowSubscribersCut).toBe(1);
      await until(() => broker.connectedClients().every(({ id }) => id !== 'frozen'));
      // Broker and both clients live in this process; what is bounded is far below what was sent.
      expect(most).toBeLessThan(250 * 1024 * 1024);
    },
    60_000,
  );

  it('after a burst that then ends is cut too, within seconds', async () => {
    const { broker, port } = await startBroker({
      limits: { stallMs: 500, maxBacklogBytes: 64 * 1024 * 1024 },
    });
    const frozen = new RawClient(port).connect('desk', 'frozen');
    await frozen.bytes(4);
    frozen.send(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'desk/#', qos: 0 }] }));
    await frozen.bytes(9);
    frozen.socket.pause();
    for (let index = 0; index < 80; index++) await broker.publish('desk/a', Buffer.alloc(200_000));
    await until(() => broker.metrics().slowSubscribersCut === 1);
    await until(() => broker.connectedClients().length === 0);
  });

  it('of what it asks for again and again is cut as well', async () => {
    const { broker, port } = await startBroker({ limits: { stallMs: 500 } });
    const door = await client(port, 'door');
    await door.publishAsync('devices/door/picture', Buffer.alloc(200_000), { qos: 1, retain: true });
    const raw = new RawClient(port).connect('desk');
    await raw.bytes(4);
    raw.socket.pause();
    const subscribe = generate({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: 'devices/door/picture', qos: 0 }],
    });
    raw.send(...Array.from({ length: 300 }, () => subscribe));
    await until(() => broker.metrics().slowSubscribersCut === 1);
  });
});

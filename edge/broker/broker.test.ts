import { describe, expect, it } from 'vitest';
import { client, identity, inbox, RawClient, startBroker, until } from './broker.fixture.ts';
import { type BrokerMessage, isCommandTopic } from './broker.ts';

describe('the gateway is told of each message', () => {
  it('with who sent it, before it is acknowledged and forwarded', async () => {
    const seen: BrokerMessage[] = [];
    const gate = Promise.withResolvers<void>();
    const { port } = await startBroker({
      onMessage: (message) => {
        seen.push(message);
        return gate.promise;
      },
    });
    const desk = await client(port, 'desk');
    const received = inbox(desk);
    await desk.subscribeAsync('devices/#', { qos: 1 });
    const door = await client(port, 'door', { clientId: 'door-1' });
    let acknowledged = false;
    const published = door.publishAsync('devices/door/contact', 'open', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await until(() => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(acknowledged).toBe(false);
    expect(received).toEqual([]);
    gate.resolve();
    await published;
    await until(() => received.length === 1);
    expect(received).toEqual(['devices/door/contact open']);
    expect(seen[0]).toMatchObject({
      client: { id: 'door-1', identity: 'door' },
      topic: 'devices/door/contact',
      qos: 1,
      retained: false,
    });
    expect(seen[0]?.payload.toString()).toBe('open');
  });

  it('in order while hundreds are under way and settle in any order', async () => {
    const open: { resolve: () => void }[] = [];
    const seen: number[] = [];
    let most = 0;
    const { port } = await startBroker({
      onMessage: ({ payload }) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        open.push({ resolve });
        seen.push(Number(payload.toString()));
        most = Math.max(most, open.length);
        return promise;
      },
    });
    const settling = setInterval(() => {
      // The newest first, a few at a time: the worst order there is.
      for (const { resolve } of open.splice(-20).reverse()) resolve();
    }, 2);
    const desk = await client(port, 'desk');
    const received = inbox(desk);
    await desk.subscribeAsync('devices/#', { qos: 1 });
    const door = await client(port, 'door');
    const count = 500;
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        door.publishAsync('devices/door/n', `${index}`, { qos: index % 5 === 0 ? 0 : 1 }),
      ),
    );
    await until(() => received.length === count);
    clearInterval(settling);
    // MQTT 3.1.1 section 4.6 orders the messages of one topic and QoS.
    const numbers = received.map((text) => Number(text.split(' ')[1]));
    const quick = numbers.filter((number) => number % 5 === 0);
    const sure = numbers.filter((number) => number % 5 !== 0);
    expect(quick).toEqual([...quick].sort((a, b) => a - b));
    expect(sure).toEqual([...sure].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(count);
    expect(seen).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(most).toBeGreaterThan(100);
  });

  it('and a message it does not take is not acknowledged: the connection is closed', async () => {
    const { broker, port } = await startBroker({
      onMessage: ({ payload }) =>
        payload.toString() === 'bad' ? Promise.reject(new Error('disk full')) : undefined,
    });
    const desk = await client(port, 'desk');
    const received = inbox(desk);
    await desk.subscribeAsync('devices/#');
    const door = await client(port, 'door');
    await door.publishAsync('devices/door/text', 'good', { qos: 1 });
    const ended = new Promise<void>((resolve) => door.once('close', () => resolve()));
    let acknowledged = false;
    door.publish('devices/door/text', 'bad', { qos: 1 }, (error) => {
      acknowledged = error === undefined || error === null;
    });
    await ended;
    expect(acknowledged).toBe(false);
    await until(() => received.length === 1);
    expect(received).toEqual(['devices/door/text good']);
    expect(broker.metrics().messagesNotTaken).toBe(1);
  });

  it('of a QoS 2 message once, although it is sent twice', async () => {
    const seen: string[] = [];
    const { port } = await startBroker({
      onMessage: ({ payload }) => {
        seen.push(payload.toString());
        return undefined;
      },
    });
    const raw = new RawClient(port).connect('door', 'door', false);
    await raw.bytes(4);
    const topic = Buffer.from('devices/door/t');
    const publish = (flags: number) =>
      Buffer.concat([
        Buffer.of(flags, topic.length + 5, 0, topic.length),
        topic,
        Buffer.of(0, 9),
        Buffer.from('x'),
      ]);
    raw.send(publish(0x34));
    await raw.bytes(8);
    raw.send(publish(0x3c));
    await raw.bytes(12);
    raw.send(Buffer.from('62020009', 'hex'));
    const all = await raw.bytes(16);
    expect(all.subarray(4).toString('hex')).toBe('500200095002000970020009');
    expect(seen).toEqual(['x']);
  });

  it('of the last will of a client that is gone, and not when it says goodbye', async () => {
    const seen: string[] = [];
    const { port } = await startBroker({
      onMessage: ({ topic, payload, client: from }) => {
        seen.push(`${from.identity} ${topic} ${payload.toString()}`);
        return undefined;
      },
    });
    const will = {
      topic: 'devices/door/status',
      payload: Buffer.from('offline'),
      qos: 1 as const,
      retain: true,
    };
    const polite = await client(port, 'door', { will });
    await polite.endAsync();
    const lost = await client(port, 'door', { will });
    lost.stream.destroy();
    await until(() => seen.length > 0);
    expect(seen).toEqual(['door devices/door/status offline']);
  });
});

describe('delivery', () => {
  it("of the gateway's own messages reaches whom it concerns", async () => {
    const { broker, port } = await startBroker();
    const door = await client(port, 'door');
    const received = inbox(door);
    await door.subscribeAsync('devices/door/set', { qos: 1 });
    await broker.publish('devices/door/set', '{"state":"LOCK"}', { qos: 1 });
    await until(() => received.length === 1);
    expect(received).toEqual(['devices/door/set {"state":"LOCK"}']);
  });

  it('is at the QoS that was granted, also through a wildcard, and once where filters overlap', async () => {
    const { port } = await startBroker();
    const desk = await client(port, 'desk');
    const got: string[] = [];
    desk.on('message', (_topic, payload, { qos }) => got.push(`${payload.toString()} ${qos}`));
    await desk.subscribeAsync('devices/+/a', { qos: 0 });
    await desk.subscribeAsync('devices/#', { qos: 1 });
    const door = await client(port, 'door');
    await door.publishAsync('devices/door/a', 'two', { qos: 2 });
    await door.publishAsync('devices/door/a', 'zero', { qos: 0 });
    await door.publishAsync('devices/door/b', 'one', { qos: 1 });
    await until(() => got.length === 3);
    expect(got).toEqual(['two 1', 'zero 0', 'one 1']);
  });

  it('loses nothing when messages that wait for the disk are overtaken by some that do not', async () => {
    const { broker, port } = await startBroker();
    const desk = await client(port, 'desk', { clientId: 'desk', clean: false });
    const received = inbox(desk);
    await desk.subscribeAsync('devices/#', { qos: 1 });
    const hub = await client(port, 'hub');
    const door = await client(port, 'door');
    const sends: Promise<unknown>[] = [];
    for (let index = 0; index < 300; index++) {
      sends.push(
        door.publishAsync('devices/door/a', `durable ${index}`, { qos: 1, retain: index % 3 === 0 }),
      );
      sends.push(hub.publishAsync('devices/hub/a', `quick ${index}`, { qos: 0 }));
    }
    await Promise.all(sends);
    await until(() => received.length === 600);
    const from = (word: string) => received.filter((text) => text.includes(word));
    expect(from('durable')).toEqual(Array.from({ length: 300 }, (_, n) => `devices/door/a durable ${n}`));
    expect(from('quick')).toEqual(Array.from({ length: 300 }, (_, n) => `devices/hub/a quick ${n}`));
    await until(() => broker.metrics().queuedNow === 0);
  });

  it('takes large payloads whole', async () => {
    const { port } = await startBroker();
    const desk = await client(port, 'desk');
    const got: Buffer[] = [];
    desk.on('message', (_topic, payload) => got.push(payload));
    await desk.subscribeAsync('devices/#', { qos: 1 });
    const door = await client(port, 'door');
    const sizes = [0, 1, 127, 128, 8_191, 8_192, 16_384, 100_000, 200_000];
    for (const size of sizes)
      await door.publishAsync('devices/door/p', Buffer.alloc(size, size % 251), { qos: 1 });
    await until(() => got.length === sizes.length);
    expect(got.map((payload) => payload.length)).toEqual(sizes);
    expect(got.every((payload) => payload.every((byte) => byte === payload.length % 251))).toBe(true);
  });
});

describe('what a client sends before it is answered', () => {
  it('waits for the password and is then taken in order', async () => {
    const seen: string[] = [];
    const { port } = await startBroker({
      identities: [{ ...(await identity('door', ['devices/#'])) }],
      onMessage: ({ payload }) => {
        seen.push(payload.toString());
        return undefined;
      },
    });
    const topic = Buffer.from('devices/x');
    const publish = (text: string) =>
      Buffer.concat([
        Buffer.of(0x30, topic.length + 2 + text.length, 0, topic.length),
        topic,
        Buffer.from(text),
      ]);
    const raw = new RawClient(port).connect('door');
    const texts = Array.from({ length: 200 }, (_, index) => `n${index}`);
    raw.send(...texts.map(publish));
    await until(() => seen.length === texts.length);
    expect(seen).toEqual(texts);
  });

  it('is dropped when the password is wrong', async () => {
    const seen: string[] = [];
    const { port } = await startBroker({
      onMessage: ({ topic }) => {
        seen.push(topic);
        return undefined;
      },
    });
    const raw = new RawClient(port).send(
      Buffer.from('101a00044d51545404c2003c000161000464 6f6f72000778787878787878'.replace(' ', ''), 'hex'),
      Buffer.from('300c000a646576696365732f78', 'hex'),
    );
    await raw.closed;
    expect(seen).toEqual([]);
    expect(raw.received.length === 0 || raw.received[3] !== 0).toBe(true);
  });
});

describe('a command topic', () => {
  it.each([
    ['zigbee2mqtt/lock/set', true],
    ['zigbee2mqtt/lock/set/state', true],
    ['cmnd/tasmota/POWER', true],
    ['tasmota/cmnd/POWER', true],
    ['esp/lock/front/command', true],
    ['shelly-1/rpc', true],
    ['shelly-1/events/rpc', false],
    ['zigbee2mqtt/lock', false],
    ['set/x', false],
  ])('%s: %s', (topic, expected) => {
    expect(isCommandTopic(topic)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { client, identity, inbox, startBroker, until } from './broker.fixture.ts';
import type { Quarantined } from './broker.ts';

describe('rights', () => {
  it('a message on a foreign topic is acknowledged, goes nowhere and is reported', async () => {
    const quarantined: Quarantined[] = [];
    const seen: string[] = [];
    const { broker, port } = await startBroker({
      onQuarantine: (what) => quarantined.push(what),
      onMessage: ({ topic }) => {
        seen.push(topic);
        return undefined;
      },
    });
    const desk = await client(port, 'desk');
    const received = inbox(desk);
    await desk.subscribeAsync(['devices/#', 'hub/#']);
    const door = await client(port, 'door');
    await door.publishAsync('devices/window/contact', 'open', { qos: 1, retain: true });
    await door.publishAsync('devices/window/contact', 'open', { qos: 2 });
    await door.publishAsync('devices/door/contact', 'closed', { qos: 1 });
    await until(() => received.length === 1);
    expect(received).toEqual(['devices/door/contact closed']);
    expect(seen).toEqual(['devices/door/contact']);
    expect(broker.retainedMessages(['#'])).toEqual([]);
    expect(broker.metrics().publishesDenied).toBe(2);
    expect(quarantined[0]).toMatchObject({
      kind: 'publish-denied',
      client: { identity: 'door' },
      topic: 'devices/window/contact',
      bytes: new Uint8Array(Buffer.from('open')),
    });
  });

  it('acknowledgements of denied messages keep their place behind those that still wait', async () => {
    const gate = Promise.withResolvers<void>();
    const { port } = await startBroker({ onMessage: () => gate.promise });
    const door = await client(port, 'door');
    const order: string[] = [];
    const first = door.publishAsync('devices/door/a', 'x', { qos: 1 }).then(() => order.push('allowed'));
    const second = door.publishAsync('elsewhere', 'x', { qos: 1 }).then(() => order.push('denied'));
    setTimeout(gate.resolve, 50);
    await Promise.all([first, second]);
    expect(order).toEqual(['allowed', 'denied']);
  });

  it('who publishes below $SYS is cut, whatever it was granted', async () => {
    const { broker, port } = await startBroker({ identities: [await identity('all', ['#'], ['#'])] });
    const victim = await client(port, 'all', { clientId: 'victim' });
    const evil = await client(port, 'all', { clientId: 'evil' });
    const ended = new Promise<void>((resolve) => evil.once('close', () => resolve()));
    evil.publish('$SYS/other/new/clients', 'victim');
    await ended;
    await victim.publishAsync('a', 'b', { qos: 1 });
    expect(victim.connected).toBe(true);
    expect(broker.metrics().publishesDenied).toBe(1);
  });

  it('who goes on with denied topics is cut', async () => {
    const { broker, port } = await startBroker({ limits: { maxDeniedPerConnection: 3 } });
    const door = await client(port, 'door');
    const ended = new Promise<void>((resolve) => door.once('close', () => resolve()));
    for (let count = 0; count < 10; count++) door.publish('elsewhere', 'x');
    await ended;
    expect(broker.metrics().publishesDenied).toBeLessThanOrEqual(10);
  });

  it('a subscription that is not granted as a whole is refused, the others of its packet are not', async () => {
    const { broker, port } = await startBroker();
    const door = await client(port, 'door');
    const granted = await door
      .subscribeAsync({ 'devices/door/set': { qos: 1 }, 'devices/#': { qos: 1 }, '$SYS/#': { qos: 0 } })
      .catch((error: unknown) => error);
    expect(granted).toBeInstanceOf(Error);
    const received = inbox(door);
    await broker.publish('devices/window/set', 'x', { qos: 1 });
    await broker.publish('devices/door/set', 'y', { qos: 1 });
    await until(() => received.length > 0);
    expect(received).toEqual(['devices/door/set y']);
    expect(broker.metrics().subscriptionsDenied).toBe(2);
  });

  it('a denied filter in the packet of a granted one does not fill the session either', async () => {
    const { broker, port } = await startBroker();
    const session = { clientId: 'door-1', clean: false };
    const door = await client(port, 'door', session);
    await door.subscribeAsync({ 'devices/door/set': { qos: 1 }, '#': { qos: 1 } }).catch(() => {});
    await door.endAsync();
    await broker.publish('devices/window/set', 'secret', { qos: 1 });
    await broker.publish('devices/door/set', 'mine', { qos: 1 });
    expect(broker.metrics().queuedNow).toBe(1);
  });

  it('a will that is not granted refuses the connection', async () => {
    const { broker, port } = await startBroker();
    const will = { topic: 'devices/window/status', payload: Buffer.from('offline') };
    await expect(client(port, 'door', { will })).rejects.toThrow(/Not authorized/);
    const system = { topic: '$SYS/x/new/clients', payload: Buffer.from('desk') };
    await expect(client(port, 'door', { will: system })).rejects.toThrow(/Not authorized/);
    expect(broker.metrics().connectsDenied).toBe(2);
  });

  it('a client id belongs to the identity that uses it', async () => {
    const { port } = await startBroker();
    const door = await client(port, 'door', { clientId: 'shared', clean: false });
    await expect(client(port, 'hub', { clientId: 'shared' })).rejects.toThrow(/Identifier rejected/);
    expect(door.connected).toBe(true);
    await door.endAsync();
    await expect(client(port, 'hub', { clientId: 'shared' })).rejects.toThrow(/Identifier rejected/);
    const ended = await client(port, 'door', { clientId: 'shared', clean: true });
    await ended.endAsync();
    const hub = await client(port, 'hub', { clientId: 'shared' });
    expect(hub.connected).toBe(true);
  });

  it('a wrong password is refused and guesses are slowed down', async () => {
    const refused: string[] = [];
    const { broker, port } = await startBroker({ onConnectRefused: ({ reason }) => refused.push(reason) });
    for (let count = 0; count < 6; count++)
      await expect(client(port, 'door', { password: `guess ${count}` })).rejects.toThrow(
        /Bad username or password/,
      );
    await expect(client(port, 'door')).rejects.toThrow(/Server unavailable/);
    await expect(client(port, 'nobody')).rejects.toThrow(/Bad username or password/);
    expect(broker.metrics()).toMatchObject({ wrongPasswords: 7, throttledGuesses: 1 });
    expect(refused).toContain('password not checked: throttled');
    expect((await client(port, 'desk')).connected).toBe(true);
  });

  it('connections of an identity that was changed are closed, the others stay', async () => {
    const gone: (string | undefined)[] = [];
    const { broker, port } = await startBroker({ onDisconnected: ({ reason }) => gone.push(reason) });
    const door = await client(port, 'door');
    const desk = await client(port, 'desk');
    const ended = new Promise<void>((resolve) => door.once('close', () => resolve()));
    const { passwordHash } = await identity('x', []);
    broker.replaceIdentities([{ username: 'door', passwordHash }]);
    await ended;
    expect(gone).toContain('the identity was changed');
    await until(() => !desk.connected);
  });
});

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, type Rig, rigUp } from '../rig.ts';
import { MAX_WAITING_INPUTS } from './input-queue.ts';
import { dropsIn, kernelDrops } from './kernel-drops.ts';

let rig: Rig;
const sockets: Socket[] = [];
beforeEach(async () => {
  rig = await rigUp();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.stop();
});

const failed = (number: number) =>
  `<38>1 2026-11-23T07:00:01Z shop-server sshd - - - Failed password for u${number} from 203.0.113.7 port 22 ssh2`;
const accounts = () =>
  rig
    .observations()
    .map(({ subjects }) => Number(subjects?.account?.slice(1)))
    .sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const source = (transport: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
  name: 'system',
  format: 'syslog',
  asset: 'web-shop',
  transport: { port: 0, ...transport },
  ...over,
});
const udp = (transport: Record<string, unknown> = {}, over: Record<string, unknown> = {}) =>
  source({ type: 'syslog-udp', ...transport }, over);
const tcp = (transport: Record<string, unknown> = {}, over: Record<string, unknown> = {}) =>
  source({ type: 'syslog-tcp', ...transport }, over);

async function sendDatagrams(port: number, messages: readonly (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const message of messages)
    await new Promise<void>((resolve, reject) =>
      socket.send(message, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
    );
  socket.close();
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

test('a datagram is a message: stored under its host, nonsense put aside', async () => {
  const { sources } = rig.start([udp()]);
  const port = await eventually('listening', () => sources.port('system'));
  await sendDatagrams(port, [failed(1), 'nonsense', failed(2), Buffer.alloc(20_000, 'x')]);
  await eventually('two log-ins', () => accounts().length === 2);
  expect(accounts()).toEqual([1, 2]);
  const [observation] = rig.observations();
  expect(observation).toMatchObject({
    kind: 'login.failed',
    asset: 'shop-server',
    site: 'online',
    source: 'syslog:system',
    clock: 'foreign',
    observables: { ip: '203.0.113.7' },
  });
  await eventually('two put aside', () => rig.store.quarantined(5).newest.length === 2);
  expect(sources.health()[0]).toMatchObject({ records: 2, refused: 2 });
  const reasons = rig.store.quarantined(5).newest.map(({ reason, peer }) => `${peer} ${reason}`);
  expect(reasons.sort()).toEqual([
    '127.0.0.1 20000 bytes, longer than 16384',
    '127.0.0.1 neither a priority nor a time',
  ]);
});

test('a sender that is not among those allowed is turned away, over UDP and over TCP', async () => {
  const { sources } = rig.start([
    udp({ from: ['192.0.2.0/24'] }),
    tcp({ from: ['2001:db8::/32'] }, { name: 'second' }),
    tcp({ from: ['127.0.0.0/8'] }, { name: 'third' }),
  ]);
  const first = await eventually('listening', () => sources.port('system'));
  const second = await eventually('listening', () => sources.port('second'));
  const third = await eventually('listening', () => sources.port('third'));
  await sendDatagrams(first, [failed(1)]);
  const refused = await connected(second);
  await once(refused, 'close');
  (await connected(third)).end(`${failed(3)}\n`);
  await eventually('the allowed one', () => accounts().length === 1);
  expect(accounts()).toEqual([3]);
  await eventually('a count', () => sources.health()[0]?.dropped === 1);
});

test('what comes over quota is dropped and counted, because a datagram cannot wait', async () => {
  const { sources } = rig.start([udp({}, { quota: { perSecond: 0.1, burst: 5 } })]);
  const port = await eventually('listening', () => sources.port('system'));
  await sendDatagrams(port, upTo(20).map(failed));
  await eventually('all of them judged', () => {
    const [health] = sources.health();
    return health !== undefined && health.records + health.dropped === 20;
  });
  expect(sources.health()[0]).toMatchObject({ records: 5, dropped: 15 });
});

test('over TCP, counted and lined messages of several senders all arrive', async () => {
  const { sources } = rig.start([tcp()]);
  const port = await eventually('listening', () => sources.port('system'));
  const counted = await connected(port);
  const lined = await connected(port);
  for (const number of upTo(200)) {
    const message = failed(number);
    if (number % 2 === 0) counted.write(`${message.length} ${message}`);
    else lined.write(`${message}\n`);
  }
  counted.end();
  lined.end();
  await eventually('200 log-ins', () => accounts().length === 200);
  expect(accounts()).toEqual(upTo(200));
  expect(new Set(rig.observations().map(({ id }) => id)).size).toBe(200);
});

test('a sender that writes frames too long is refused those alone, and the others notice nothing', async () => {
  const { sources } = rig.start([tcp()]);
  const port = await eventually('listening', () => sources.port('system'));
  const rude = await connected(port);
  rude.write(`900000 <13>${'x'.repeat(899_996)}`);
  rude.write(`${failed(1)}\n${'y'.repeat(50_000)}\n${failed(2)}\n`);
  const polite = await connected(port);
  polite.write(`${failed(3)}\n`);
  await eventually('three log-ins', () => accounts().length === 3);
  expect(accounts()).toEqual([1, 2, 3]);
  expect(sources.health()[0]).toMatchObject({ refused: 2 });
});

test('more connections than allowed are turned away, and there is room again once one ends', async () => {
  const { sources } = rig.start([tcp({ maxConnections: 2 })]);
  const port = await eventually('listening', () => sources.port('system'));
  const first = await connected(port);
  await connected(port);
  // Both must have been taken before a third can be one too many.
  first.write(`${failed(1)}\n`);
  await eventually('one log-in', () => accounts().length === 1);
  const third = await connected(port);
  if (!third.closed) await once(third, 'close');
  await eventually('a note', () => rig.store.quarantined(5).newest[0]?.reason.includes('turned away'));
  first.end();
  await once(first, 'close');
  const fourth = await connected(port);
  fourth.write(`${failed(4)}\n`);
  await eventually('the fourth', () => accounts().includes(4));
});

test('while the store fails, a TCP sender is held back and nothing of it is lost', async () => {
  let isBroken = true;
  const { sources } = rig.start([tcp({}, { quota: { perSecond: 1_000_000, burst: 1_000_000 } })], {
    commit: (observations, detections) =>
      isBroken ? Promise.reject(new Error('disk full')) : rig.store.append(observations, detections),
  });
  const port = await eventually('listening', () => sources.port('system'));
  const sender = await connected(port);
  const count = MAX_WAITING_INPUTS * 4;
  let isHeldBack = false;
  const sending = (async () => {
    for (let number = 1; number <= count; number += 100) {
      let text = '';
      for (let next = number; next < number + 100; next++) text += `${failed(next)}\n`;
      if (!sender.write(text)) {
        isHeldBack = true;
        await once(sender, 'drain');
      }
    }
    sender.end();
  })();
  await eventually('trouble', () => sources.health()[0]?.problem === 'cannot store: disk full');
  await eventually('the sender is held back', () => isHeldBack);
  isBroken = false;
  await sending;
  await eventually('all', () => (sources.health()[0]?.records ?? 0) >= count);
  expect(sources.health()[0]).toMatchObject({ records: count, dropped: 0, refused: 0 });
  expect(accounts()).toEqual(upTo(count));
}, 90_000);

test('a port that is taken is told, the others work on, and it is tried again', async () => {
  const squatter = createServer();
  squatter.listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { sources } = rig.start([tcp({ port }), udp({}, { name: 'second' })]);
  await eventually('trouble', () => sources.health()[0]?.problem?.includes('EADDRINUSE'));
  await sendDatagrams(await eventually('listening', () => sources.port('second')), [failed(1)]);
  await eventually('one log-in', () => accounts().length === 1);
  squatter.close();
  await eventually('listening at last', () => sources.port('system') === port);
  expect(sources.health()[0]).not.toHaveProperty('problem');
});

test('a web server that sends its lines over syslog is read as a web server', async () => {
  const { sources } = rig.start([
    { ...udp(), format: 'web-access', logins: [{ path: '/account/login' }], asset: 'web-shop' },
  ]);
  const port = await eventually('listening', () => sources.port('system'));
  await sendDatagrams(port, [
    '<190>Nov 23 07:00:01 web nginx: 203.0.113.7 - - [23/Nov/2026:07:00:01 +0000] "POST /account/login HTTP/1.1" 401 5 "-" "curl/8"',
  ]);
  await eventually('one log-in', () => rig.observations().length === 1);
  expect(rig.observations()[0]).toMatchObject({
    kind: 'login.failed',
    asset: 'web-shop',
    observedAt: Date.UTC(2026, 10, 23, 7, 0, 1),
  });
});

test('a sender that falls silent is let go, one that is only held back is not', async () => {
  const { sources } = rig.start([tcp({ idleMs: 1_000 }, { quota: { perSecond: 2, burst: 1 } })]);
  const port = await eventually('listening', () => sources.port('system'));
  const half = await connected(port);
  half.write('<38>1 2026-11-23T07:00:01Z shop-server sshd - - - Failed');
  const busy = await connected(port);
  // Over its quota it has to wait for longer than the silence allowed.
  busy.write(`${[1, 2, 3, 4, 5].map(failed).join('\n')}\n`);
  await once(half, 'close');
  await eventually('five log-ins', () => accounts().length === 5);
  await eventually('a note', () => rig.store.quarantined(5).newest.length === 1);
  expect(rig.store.quarantined(5).newest[0]?.reason).toBe('no end of a message within 1000 ms');
  if (!busy.closed) await once(busy, 'close');
});

test('health says for a while that datagrams are given up, and why', async () => {
  const { sources } = rig.start([udp({}, { quota: { perSecond: 0.1, burst: 1 } })]);
  const port = await eventually('listening', () => sources.port('system'));
  expect(sources.health()[0]).not.toHaveProperty('problem');
  await sendDatagrams(port, upTo(3).map(failed));
  await eventually('trouble', () => sources.health()[0]?.problem === 'inputs are given up: over quota');
});

test("what the kernel had no room for is read from its table, our port's alone", async () => {
  const row = (port: string, drops: number) =>
    `  42: 0100007F:${port} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 123 2 0000000000000000 ${drops}`;
  const table = ['  sl  local_address rem_address', row('0202', 7), row('0203', 90), row('0202', 3), ''].join(
    '\n',
  );
  expect(dropsIn(table, 0x0202)).toBe(10);
  expect(dropsIn('', 514)).toBe(0);
  expect(dropsIn(`x\n${row('0202', 1).slice(0, 60)}`, 0x0202)).toBe(0);
  const { sources } = rig.start([udp()]);
  const port = await eventually('listening', () => sources.port('system'));
  if (process.platform === 'linux') expect(await kernelDrops(port)).toBe(0);
});

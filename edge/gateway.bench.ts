/**
 * The gateway against mosquitto, in turn, on the same machine: how many messages of 50 publishers (QoS 1) each
 * acknowledges in a second, and how long it takes from a badge's message to the command that opens the lock,
 * against mosquitto forwarding the same message; a second time once the compiler of
 * JavaScript has seen some thousand of them. The gateway runs its rules and writes to disk before it
 * acknowledges; mosquitto only forwards.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { Publisher } from '../simulators/load/mqtt-publisher.ts';
import { hashPassword } from './broker/password.ts';

const PUBLISHERS = 50;
const WINDOW = 20;
const ROUNDS = 3;
const ROUND_MS = 4_000;
const BADGES = 1_000;
/** Changes of a loose contact that arrive just before each badge. */
const FLAPS = 100;
/** Together less than the broker lets a client send at once. */
const FLAPPING_BADGES = 60;
/** A reader takes no two badges faster. */
const BADGE_EVERY_MS = 20;
const PASSWORD = 'bench';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const children: ChildProcess[] = [];

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const quantile = (values: number[], of: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * of))] ?? 0;

const registry = `
sites: [{ id: bench, name: Bench, opening: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: '00:00', to: '00:00' }] }]
zones: [{ id: hall, site: bench, name: Hall }]
assets:
  - { id: panel, kind: alarm-panel, name: Panel, site: bench, zone: hall }
  - { id: loose, kind: door, name: Loose, site: bench, zone: hall }
  - { id: door, kind: door, name: Door, site: bench, zone: hall }
  - { id: reader, kind: reader, name: Reader, site: bench, zone: hall, hostedOn: door }
  - { id: lock, kind: lock, name: Lock, site: bench, zone: hall, hostedOn: door }
${Array.from({ length: PUBLISHERS }, (_, index) => `  - { id: fridge-${index}, kind: fridge, name: Fridge ${index}, site: bench, zone: hall, band: { minCelsius: 2, maxCelsius: 8 } }`).join('\n')}
identities: [{ id: anna, name: Anna, sites: [bench], badges: ['04a1'] }]
`;

async function startGateway(): Promise<{ port: number; child: ChildProcess }> {
  const hash = await hashPassword(PASSWORD);
  const port = await freePort();
  writeFileSync(join(folder, 'registry.yaml'), registry);
  writeFileSync(
    join(folder, 'gateway.yaml'),
    `
gateway: { id: bench-gateway, site: bench, state: state, maxOutboxBytes: 4000000000 }
registry: registry.yaml
broker:
  plain: { port: ${port} }
  identities:
    - { username: bench, passwordHash: '${hash}', publish: ['#'], subscribe: ['#'] }
devices:
  - { device: 'esphome:loose', asset: loose }
  - { device: 'esphome:door', assets: { strike: lock, badge: reader, online: reader } }
${Array.from({ length: PUBLISHERS }, (_, index) => `  - { device: 'zigbee2mqtt:0x${index.toString(16).padStart(16, '0')}', asset: fridge-${index} }`).join('\n')}
panel: { asset: panel }
access: { readers: [{ reader: reader, opens: [door] }], selfLocking: [lock] }
page: { port: ${await freePort()} }
`,
  );
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'main.ts'), '--config', join(folder, 'gateway.yaml')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LOG_LEVEL: 'error' },
    },
  );
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('"ready":true')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return { port, child };
}

async function startMosquitto(): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort();
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, `bench:${PASSWORD}\n`);
  spawnSync('mosquitto_passwd', ['-U', passwords]);
  writeFileSync(
    join(folder, 'mosquitto.conf'),
    `listener ${port} 127.0.0.1\n${existsText(passwords)}max_inflight_messages 1000\nmax_queued_messages 100000\nlog_type none\nuser root\n`,
  );
  const child = spawn('/usr/sbin/mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
  children.push(child);
  await delay(500);
  return { port, child };
}

/** Without mosquitto_passwd (package mosquitto-clients is another) anybody may connect; only the price of hashing differs. */
const existsText = (passwords: string) =>
  readFileSync(passwords, 'utf8').includes('$') ? `password_file ${passwords}\n` : 'allow_anonymous true\n';

const payloadAt = (index: number, round: number) =>
  Buffer.from(
    JSON.stringify({
      temperature: 4 + ((index + round) % 30) / 10,
      humidity: 41,
      battery: 97,
      linkquality: 120,
    }),
  );

/** Messages acknowledged in a second, from 50 publishers, with one subscriber to all of them. */
async function throughput(port: number): Promise<number> {
  const publishers = Array.from(
    { length: PUBLISHERS },
    (_, index) =>
      new Publisher({
        port,
        username: 'bench',
        password: PASSWORD,
        clientId: `fridge-${index}`,
        window: WINDOW,
      }),
  );
  await Promise.all(publishers.map((publisher) => publisher.connected()));
  let stopped = false;
  const running = publishers.map(async (publisher, index) => {
    for (let round = 0; !stopped; round++)
      await Promise.race([
        publisher.publish(`zigbee2mqtt/fridge_${index}`, payloadAt(index, round)),
        delay(200),
      ]);
  });
  await delay(500);
  const before = publishers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const startedAt = performance.now();
  await delay(ROUND_MS);
  const after = publishers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const seconds = (performance.now() - startedAt) / 1_000;
  stopped = true;
  await Promise.all(running);
  for (const publisher of publishers) publisher.close();
  return (after - before) / seconds;
}

const circumstances = {
  alone: 'alone',
  load: 'beside 2,000 messages/s',
  flapping: `behind a contact that flaps ${FLAPS} times`,
} as const;
type Circumstance = keyof typeof circumstances;
const badgesFor = (circumstance: Circumstance) => (circumstance === 'flapping' ? FLAPPING_BADGES : BADGES);

/** From a badge's publish to what is listened for, ms each. */
async function latency(port: number, listenFor: string, circumstance: Circumstance): Promise<number[]> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    username: 'bench',
    password: PASSWORD,
    clientId: 'lock',
  });
  await new Promise((resolve) => client.once('connect', resolve));
  await client.subscribeAsync(listenFor, { qos: 1 });
  const publisher = new Publisher({
    port,
    username: 'bench',
    password: PASSWORD,
    clientId: 'door',
    window: 1_000,
  });
  await publisher.connected();
  const flapper = new Publisher({
    port,
    username: 'bench',
    password: PASSWORD,
    clientId: 'loose',
    window: FLAPS * FLAPPING_BADGES,
  });
  await flapper.connected();
  const others =
    circumstance === 'load'
      ? Array.from(
          { length: 10 },
          (_, index) =>
            new Publisher({
              port,
              username: 'bench',
              password: PASSWORD,
              clientId: `load-${index}`,
              window: 100,
            }),
        )
      : [];
  await Promise.all(others.map((other) => other.connected()));
  let stopped = false;
  // Two thousand messages a second beside it.
  const background = others.map(async (other, index) => {
    for (let round = 0; !stopped; round++) {
      await other.publish(`zigbee2mqtt/fridge_${index}`, payloadAt(index, round));
      await delay(5);
    }
  });
  const times: number[] = [];
  let sentAt = 0;
  let heard: (() => void) | undefined;
  client.on('message', () => {
    if (heard === undefined) return;
    times.push(performance.now() - sentAt);
    heard();
    heard = undefined;
    // The lock says what it did, as locks do; a command without that would be repeated.
    if (!listenFor.endsWith('/command')) return;
    for (const state of ['UNLOCKED', 'LOCKED']) client.publish('door/lock/strike/state', state, { qos: 0 });
  });
  const badges = badgesFor(circumstance);
  for (let badge = 0; badge < badges; badge++) {
    const done = new Promise<void>((resolve) => (heard = resolve));
    const flaps = Array.from({ length: circumstance === 'flapping' ? FLAPS : 0 }, (_, flap) =>
      flapper.publish('loose/binary_sensor/contact/state', Buffer.from(flap % 2 === 0 ? 'ON' : 'OFF')),
    );
    sentAt = performance.now();
    await publisher.publish('door/text_sensor/badge/state', Buffer.from('04A1'));
    await Promise.race([done, delay(1_000)]);
    heard = undefined;
    await Promise.all(flaps);
    await delay(BADGE_EVERY_MS);
  }
  stopped = true;
  await Promise.all(background);
  for (const other of [publisher, flapper, ...others]) other.close();
  client.end(true);
  return times;
}

const residentMegabytes = (child: ChildProcess): number => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
};

async function main(): Promise<void> {
  const gateway = await startGateway();
  const idle = residentMegabytes(gateway.child);
  const mosquitto = await startMosquitto();
  const setUp = mqtt.connect(`mqtt://127.0.0.1:${gateway.port}`, {
    username: 'bench',
    password: PASSWORD,
    clientId: 'z2m',
  });
  await new Promise((resolve) => setUp.once('connect', resolve));
  const devices = Array.from({ length: PUBLISHERS }, (_, index) => ({
    ieee_address: `0x${index.toString(16).padStart(16, '0')}`,
    friendly_name: `fridge_${index}`,
    type: 'EndDevice',
    power_source: 'Battery',
  }));
  await setUp.publishAsync('zigbee2mqtt/bridge/devices', JSON.stringify(devices), { qos: 1, retain: true });
  for (const name of ['door', 'loose'])
    await setUp.publishAsync(`${name}/status`, 'online', { qos: 1, retain: true });
  await setUp.publishAsync('door/lock/strike/state', 'LOCKED', { qos: 1, retain: true });
  await setUp.publishAsync('door/text_sensor/badge/state', '', { qos: 1 });
  setUp.end(true);
  const listener = mqtt.connect(`mqtt://127.0.0.1:${mosquitto.port}`, {
    username: 'bench',
    password: PASSWORD,
  });
  await new Promise((resolve) => listener.once('connect', resolve));
  await listener.subscribeAsync('zigbee2mqtt/#', { qos: 1 });

  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await throughput(gateway.port));
    theirs.push(await throughput(mosquitto.port));
  }
  listener.end(true);
  const ratio = median(ours.map((value, index) => value / (theirs[index] ?? 1)));
  console.log(
    `gateway, QoS 1, ${PUBLISHERS} publishers, rules on, on disk before acknowledged: ${Math.round(median(ours))}/s`,
  );
  console.log(
    `mosquitto forwarding the same to one subscriber:                        ${Math.round(median(theirs))}/s`,
  );
  console.log(`  ratio ${ratio.toFixed(2)} (goal 0.90)`);

  // ESPHome devices say their last badge again after a connection: the gateway waits that out.
  await delay(10_500);
  let before = 0;
  for (const circumstance of ['alone', 'load', 'flapping', 'alone', 'load'] as const) {
    const action = await latency(gateway.port, 'door/lock/strike/command', circumstance);
    const forward = await latency(mosquitto.port, 'door/text_sensor/badge/state', circumstance);
    const words = `${circumstances[circumstance]}, ${before === 0 ? 'the first of its life' : `after ${before}`}`;
    before += badgesFor(circumstance);
    console.log(
      `badge to unlock command, ${words}: p50 ${quantile(action, 0.5).toFixed(2)} ms, p99 ${quantile(action, 0.99).toFixed(2)} ms (${action.length} of ${badgesFor(circumstance)})`,
    );
    console.log(
      `mosquitto forwarding it, ${words}:  p50 ${quantile(forward, 0.5).toFixed(2)} ms, p99 ${quantile(forward, 0.99).toFixed(2)} ms (${forward.length} of ${badgesFor(circumstance)})`,
    );
    console.log(
      `  p99 ratio ${(quantile(action, 0.99) / quantile(forward, 0.99)).toFixed(2)} (goal at most 2)`,
    );
  }
  console.log(
    `gateway resident memory: ${idle} MB at the start, ${residentMegabytes(gateway.child)} MB afterwards`,
  );
}

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

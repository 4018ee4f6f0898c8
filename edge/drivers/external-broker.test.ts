/** Against the real mosquitto: only the wire is real enough for acknowledgements, sessions and retained flags. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mqtt from 'mqtt';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExternalBroker, externalBroker } from './external-broker.ts';
import { type FromDevice, MqttDriver, type QuarantinedMessage } from './mqtt.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';
const IEEE = '0x00158d0004a1b2c3';
const list = JSON.stringify([
  {
    ieee_address: IEEE,
    friendly_name: 'shop/front',
    definition: { model: 'MCCGQ11LM', exposes: [{ type: 'binary', property: 'contact' }] },
  },
]);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!isTrue()) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a broker that was there before the gateway', () => {
  let folder: string;
  let port: number;
  let broker: ChildProcess | undefined;
  const closing: (() => unknown)[] = [];

  beforeAll(() => {
    if (!existsSync(MOSQUITTO))
      throw new Error(`${MOSQUITTO} is missing: install Debian's mosquitto to run these tests`);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-mosquitto-'));
    port = await freePort();
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${folder}/`,
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ];
    await writeFile(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    await startBroker();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await stopBroker();
    await rm(folder, { recursive: true });
  });

  /** From its next start on it lets nobody in but this one. */
  async function lock(username: string, password: string): Promise<void> {
    const file = join(folder, 'passwords');
    await promisify(execFile)('mosquitto_passwd', ['-b', '-c', file, username, password]);
    const lines = await readFile(join(folder, 'mosquitto.conf'), 'utf8');
    const locked = lines.replace('allow_anonymous true', `allow_anonymous false\npassword_file ${file}`);
    await writeFile(join(folder, 'mosquitto.conf'), locked);
  }

  async function startBroker(): Promise<void> {
    const started = spawn(MOSQUITTO, ['-c', join(folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    broker = started;
    let log = '';
    started.stderr?.on('data', (data) => {
      log += String(data);
    });
    await until('mosquitto to run', () => log.includes('running') || started.exitCode !== null);
    if (started.exitCode !== null) throw new Error(`mosquitto did not start: ${log}`);
  }

  async function stopBroker(): Promise<void> {
    const running = broker;
    broker = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
  }

  async function publisher(): Promise<mqtt.MqttClient> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 });
    closing.push(() => client.endAsync(true));
    return client;
  }

  function gateway(
    fails: () => boolean = () => false,
    credentials: { username?: string; password?: string } = {},
  ) {
    const heard: FromDevice[] = [];
    const quarantined: QuarantinedMessage[] = [];
    const connections: (string | boolean)[] = [];
    const driver = new MqttDriver({ quarantine: (message) => quarantined.push(message) });
    const stopping = new AbortController();
    const external = new ExternalBroker({
      configuration: externalBroker.parse({ url: `mqtt://127.0.0.1:${port}`, ...credentials }),
      clientId: 'gatehouse-test',
      now: () => Date.now(),
      onMessage: async (message) => {
        if (fails()) throw new Error('the disk is full');
        heard.push(...driver.read(message));
      },
      onLearned: (messages) => driver.learn(messages, Date.now()),
      onStored: async (messages) => void heard.push(...driver.rebuild(messages, Date.now())),
      onConnection: (connected, problem) => connections.push(problem ?? connected),
      signal: stopping.signal,
    });
    closing.push(() => stopping.abort());
    return { heard, quarantined, connections, external, stop: () => stopping.abort() };
  }

  const contacts = (heard: readonly FromDevice[]) =>
    heard.flatMap(({ heard: { readings }, arrival }) =>
      readings.flatMap((reading) =>
        reading.type === 'state' && reading.property === 'contact'
          ? [`${reading.value} ${arrival.retained}`]
          : [],
      ),
    );

  it('tells what it had stored as state, in whatever order, and what comes after as news', async () => {
    const zigbee = await publisher();
    // mosquitto gives out stored messages in an order of its own.
    await zigbee.publishAsync('zigbee2mqtt/shop/front', '{"contact":true}', { retain: true, qos: 1 });
    await zigbee.publishAsync('zigbee2mqtt/bridge/devices', list, { retain: true, qos: 1 });
    const { heard, quarantined, external } = gateway();
    await until('the connection', () => external.connected);
    await until('the stored state', () => contacts(heard).length === 1);
    // Retained again by its publisher, and news all the same.
    await zigbee.publishAsync('zigbee2mqtt/shop/front', '{"contact":false}', { retain: true, qos: 1 });
    await until('the news', () => contacts(heard).length === 2);
    expect(contacts(heard)).toEqual(['closed true', 'open false']);
    expect(quarantined).toEqual([]);
  });

  it('keeps what is published while the gateway is away', async () => {
    const zigbee = await publisher();
    await zigbee.publishAsync('zigbee2mqtt/bridge/devices', list, { retain: true, qos: 1 });
    const first = gateway();
    await until('the list in the first life', () => first.heard.length > 0);
    first.stop();
    await until('the end of the first life', () => !first.external.connected);
    await zigbee.publishAsync('zigbee2mqtt/shop/front', '{"contact":false}', { qos: 1 });
    await zigbee.publishAsync('zigbee2mqtt/shop/front', '{"contact":true}', { qos: 1 });
    const second = gateway();
    await until('what waited', () => second.quarantined.length + contacts(second.heard).length >= 2);
    expect(contacts(second.heard)).toEqual(['open false', 'closed false']);
    expect(second.quarantined).toEqual([]);
  });

  it('is not told that a message was taken when it was not, and sends it again', async () => {
    const zigbee = await publisher();
    await zigbee.publishAsync('zigbee2mqtt/bridge/devices', list, { retain: true, qos: 1 });
    let failures = 1;
    const { heard, connections } = gateway(() => failures-- > 0);
    await until('a connection', () => connections.includes(true));
    await zigbee.publishAsync('zigbee2mqtt/shop/front', '{"contact":false}', { qos: 1 });
    await until('the second try', () => contacts(heard).length === 1);
    expect(failures).toBeLessThan(0);
    expect(connections).toContain(false);
  });

  it('may go and come back; a command meanwhile is refused, not put off', async () => {
    const { heard, connections, external } = gateway();
    await until('a connection', () => connections.includes(true));
    await stopBroker();
    await until('the loss to be noticed', () => connections.includes(false));
    await expect(external.publish({ topic: 'zigbee2mqtt/siren/set', payload: '{}' })).rejects.toThrow(
      'there is no connection',
    );
    await startBroker();
    await until('the connection to be back', () => external.connected && connections.at(-1) === true);
    const zigbee = await publisher();
    const commands: string[] = [];
    zigbee.on('message', (topic, payload) => commands.push(`${topic} ${payload}`));
    await zigbee.subscribeAsync('zigbee2mqtt/+/set', { qos: 1 });
    await external.publish({ topic: 'zigbee2mqtt/siren/set', payload: '{"alarm":true}' });
    await until('the command', () => commands.length > 0);
    expect(commands).toEqual(['zigbee2mqtt/siren/set {"alarm":true}']);
    await zigbee.publishAsync('zigbee2mqtt/bridge/devices', list, { qos: 1 });
    await until('the list', () => heard.length > 0);
  });

  it('with a password that is wrong is said to refuse us, and is asked again', {
    timeout: 60_000,
  }, async () => {
    await stopBroker();
    await lock('gatehouse', 'their-password');
    await startBroker();
    const credentials = { username: 'gatehouse', password: 'our-password' };
    const { heard, connections, external } = gateway(undefined, credentials);
    await until('the refusal', () => connections.some((each) => String(each).includes('Not authorized')));
    expect(external.connected).toBe(false);
    expect(connections).not.toContain(true);
    await stopBroker();
    await lock('gatehouse', 'our-password');
    await startBroker();
    await until('the connection', () => external.connected);
    const zigbee = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, credentials);
    closing.push(() => zigbee.endAsync(true));
    await zigbee.publishAsync('zigbee2mqtt/bridge/devices', list, { qos: 1 });
    await until('the list', () => heard.length > 0);
  });
});

describe('its configuration', () => {
  it('says what is wrong', () => {
    expect(externalBroker.safeParse({ url: 'http://broker' }).error?.issues[0]?.message).toBe(
      'expected mqtt://host or mqtts://host',
    );
    expect(externalBroker.safeParse({ url: 'mqtt://broker', filters: ['a/#/b'] }).success).toBe(false);
    expect(externalBroker.parse({ url: 'mqtts://broker:8883' }).filters).toContain('zigbee2mqtt/#');
  });
});

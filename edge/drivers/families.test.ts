/**
 * Every family that speaks MQTT, as a simulated device on a cable of its own, at one real gateway: what a device goes
 * through (its cable, its power, the gateway's power, a wrong clock, a wrong password, garbage, a slow network) is no
 * alarm, and a door that is opened afterwards is one, at the time at which it was opened.
 */
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test, vi } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { EsphomeDoor } from '../../simulators/devices/mqtt/esphome.ts';
import { SimulatedFrigate } from '../../simulators/devices/mqtt/frigate.ts';
import { DiscoveredSensor } from '../../simulators/devices/mqtt/home-assistant.ts';
import { type BrokerAddress, Line } from '../../simulators/devices/mqtt/line.ts';
import { OnvifMqttCamera } from '../../simulators/devices/mqtt/onvif-mqtt.ts';
import { ShellyRelay } from '../../simulators/devices/mqtt/shelly.ts';
import { SparkplugNode } from '../../simulators/devices/mqtt/sparkplug.ts';
import { Tasmota } from '../../simulators/devices/mqtt/tasmota.ts';
import { Zigbee2mqtt } from '../../simulators/devices/mqtt/zigbee2mqtt.ts';
import { Cable } from '../../simulators/devices/network/cable.ts';
import { hashPassword } from '../broker/password.ts';
import {
  configuredFolder,
  editFile,
  type GatewayProcess,
  startGateway,
  Visitor,
} from '../testing/gateway-process.ts';

vi.setConfig({ testTimeout: 300_000 });
const soon = { timeout: 60_000, interval: 100 };
const PASSWORD = 'family-password';
/** 2004: what a device shows whose battery is flat. */
const CLOCK_OFFSET_MS = -22 * 365 * 86_400_000;
const noEffect = () => undefined;

/** A simulated device that has just been switched on. */
interface SwitchedOn {
  /** As it stands: closed, nothing moves. Said again and again by most devices. */
  calm(): void;
  /** A door is opened, or something moves. */
  trouble(): void;
}

interface Family {
  name: string;
  device: string;
  /** Line in the gateway's `devices`, without the device. */
  entry: string;
  isCamera?: true;
  /** What its last will is, it is offline as soon as its cable is out. */
  hasWill: boolean;
  publish: readonly string[];
  subscribe?: readonly string[];
  /** Topics on which garbage may come. */
  topics: readonly string[];
  switchOn(broker: BrokerAddress, signal: AbortSignal): Promise<SwitchedOn> | SwitchedOn;
}

const families: readonly Family[] = [
  {
    name: 'zigbee2mqtt',
    device: 'zigbee2mqtt:0x00158d00000000aa',
    entry: '',
    hasWill: true,
    publish: ['zigbee2mqtt/#'],
    topics: ['zigbee2mqtt/hall', 'zigbee2mqtt/hall/availability', 'zigbee2mqtt/bridge/state'],
    switchOn(broker, signal) {
      const hall = {
        ieeeAddress: '0x00158d00000000aa',
        friendlyName: 'hall',
        model: 'SNZB-04P',
        vendor: 'SONOFF',
        exposes: ['contact'],
      };
      const coordinator = new Zigbee2mqtt(broker, [hall], signal);
      const lastSeen = () => new Date(Date.now() + CLOCK_OFFSET_MS).toISOString();
      return {
        calm: () => coordinator.update('hall', { contact: true, last_seen: lastSeen() }),
        trouble: () => coordinator.update('hall', { contact: false, last_seen: lastSeen() }),
      };
    },
  },
  {
    name: 'home-assistant',
    device: 'home-assistant:gate-7',
    entry: '',
    hasWill: true,
    publish: ['homeassistant/#', 'site/gate-7/#'],
    topics: ['site/gate-7/state', 'site/gate-7/availability', 'homeassistant/device/other/config'],
    switchOn(broker, signal) {
      const door = { platform: 'binary_sensor', deviceClass: 'door' } as const;
      const sensor = new DiscoveredSensor(
        broker,
        { id: 'gate-7', name: 'Gate', components: { door } },
        signal,
      );
      return { calm: () => sensor.say({ door: 'OFF' }), trouble: () => sensor.say({ door: 'ON' }) };
    },
  },
  {
    name: 'tasmota',
    device: 'tasmota:dock',
    entry: ', treatAs: { Switch1: contact }',
    hasWill: true,
    publish: ['tele/dock/#', 'stat/dock/#'],
    subscribe: ['cmnd/dock/#'],
    topics: ['tele/dock/SENSOR', 'tele/dock/LWT', 'stat/dock/RESULT'],
    switchOn(broker, signal) {
      const clock = manualClock(Date.now() + CLOCK_OFFSET_MS);
      const dock = new Tasmota(broker, 'dock', clock, noEffect, signal);
      return { calm: () => dock.input(1, false), trouble: () => dock.input(1, true) };
    },
  },
  {
    name: 'shelly',
    device: 'shelly:shellyplus1-gate',
    entry: ", treatAs: { 'input:0': contact }",
    hasWill: true,
    publish: ['shellyplus1-gate/#', 'gatehouse/rpc'],
    subscribe: ['shellyplus1-gate/rpc'],
    topics: ['shellyplus1-gate/events/rpc', 'shellyplus1-gate/online', 'shellyplus1-gate/status/input:0'],
    switchOn(broker, signal) {
      const relay = new ShellyRelay(broker, 'shellyplus1-gate', noEffect, signal);
      relay.clockOffsetMs = CLOCK_OFFSET_MS;
      return { calm: () => relay.input(false), trouble: () => relay.input(true) };
    },
  },
  {
    name: 'esphome',
    device: 'esphome:side-door',
    entry: '',
    hasWill: true,
    publish: ['side-door/#'],
    subscribe: ['side-door/lock/+/command'],
    topics: ['side-door/binary_sensor/contact/state', 'side-door/status', 'side-door/sensor/air/state'],
    switchOn(broker, signal) {
      const node = new EsphomeDoor(broker, 'side-door', noEffect, signal);
      return { calm: () => node.contact(false), trouble: () => node.contact(true) };
    },
  },
  {
    name: 'sparkplug',
    device: 'sparkplug:shop/line/fridge',
    entry: '',
    hasWill: true,
    publish: ['spBv1.0/#'],
    subscribe: ['spBv1.0/+/NCMD/#'],
    topics: ['spBv1.0/shop/DDATA/line/fridge', 'spBv1.0/shop/DBIRTH/line/fridge', 'spBv1.0/shop/NBIRTH/line'],
    async switchOn({ url, username, password }, signal) {
      const now = () => Date.now() + CLOCK_OFFSET_MS;
      let node: SparkplugNode | undefined;
      let connections = 0;
      const switchedOn = async () => {
        const options = { url, username, password, group: 'shop', node: 'line', now };
        node = await SparkplugNode.connect(options, connections++);
        await node.bear();
      };
      await switchedOn();
      signal.addEventListener('abort', () => void node?.end().catch(noEffect), { once: true });
      const say = async (isDoorOpen: boolean) => {
        // A node that has lost its broker connects anew, and is born anew.
        if (node?.isConnected !== true) await switchedOn().catch(noEffect);
        if (node === undefined) return;
        node.isDoorOpen = isDoorOpen;
        await node.tell().catch(noEffect);
      };
      return { calm: () => void say(false), trouble: () => void say(true) };
    },
  },
  {
    name: 'written',
    device: 'gatling:7',
    entry: '',
    hasWill: true,
    publish: ['gatling/7/#'],
    topics: ['gatling/7/values', 'gatling/7/up'],
    switchOn(broker, signal) {
      const line = new Line(
        {
          broker,
          clientId: 'gatling-7',
          will: { topic: 'gatling/7/up', payload: '0' },
          birth: [{ topic: 'gatling/7/up', payload: '1' }],
        },
        signal,
      );
      const say = (door: 0 | 1) => line.say('gatling/7/values', JSON.stringify({ door, at: '2004-01-01' }));
      return { calm: () => say(0), trouble: () => say(1) };
    },
  },
  {
    name: 'frigate',
    device: 'frigate:camera/yard',
    entry: '',
    isCamera: true,
    hasWill: true,
    publish: ['frigate/#'],
    topics: [
      'frigate/reviews',
      'frigate/available',
      'frigate/yard/status/detect',
      'frigate/yard/review_status',
    ],
    switchOn(broker, signal) {
      const recorder = new SimulatedFrigate(broker, ['yard'], signal);
      recorder.clockOffsetMs = CLOCK_OFFSET_MS;
      return {
        calm: () => recorder.role('yard', 'detect', 'online'),
        trouble: () => void recorder.begin('yard', 'alert'),
      };
    },
  },
  {
    name: 'onvif-mqtt',
    device: 'onvif-mqtt:axis/B8A44F000001',
    entry: '',
    isCamera: true,
    hasWill: false,
    publish: ['axis/B8A44F000001/#'],
    topics: ['VideoSource/MotionAlarm', 'VideoSource/GlobalSceneChange/ImagingService', 'RuleEngine/x/y'].map(
      (topic) => `axis/B8A44F000001/onvif-ej/${topic}`,
    ),
    switchOn(broker, signal) {
      const camera = new OnvifMqttCamera(broker, 'axis/B8A44F000001', signal);
      camera.clockOffsetMs = CLOCK_OFFSET_MS;
      return { calm: () => camera.motion(false), trouble: () => camera.motion(true) };
    },
  },
];

const written = `profiles:
  - name: gatling
    title: A door that only the configuration describes
    messages:
      - { topic: 'gatling/{device}/values', fields: [{ path: door, property: contact, words: { open: 1, closed: 0 } }] }
      - { topic: 'gatling/{device}/up', fields: [{ property: online, words: { online: '1', offline: '0' } }] }
    samples: [{ topic: gatling/7/values, payload: '{"door":1}', expect: { contact: open } }]
`;

const assetOf = ({ name }: Family): string => `at-${name}`;
/** What has come through a cable that should have brought something else. */
const garbage: readonly (string | Buffer)[] = [
  '{',
  'null',
  '[]',
  '"x"',
  '-1e999',
  '{"contact":{"contact":{"contact":[]}}}',
  '{"__proto__":{"contact":false},"door":"ajar","params":null,"type":"new","after":7,"Data":[1]}',
  'x'.repeat(60_000),
  Buffer.from([0xff, 0xfe, 0x00, 0x12, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x80]),
  Buffer.alloc(3_000, 0x0a),
];

async function folderForAll(): Promise<string> {
  const hash = await hashPassword(PASSWORD, 16);
  const list = (topics: readonly string[] = []) => JSON.stringify(topics);
  const folder = await configuredFolder((text) =>
    text
      .replace(
        '  identities:\n',
        (line) =>
          line +
          families
            .map(
              ({ name, publish, subscribe }) =>
                `    - { username: ${name}, passwordHash: '${hash}', publish: ${list(publish)}, subscribe: ${list(subscribe)} }\n`,
            )
            .join(''),
      )
      .replace(
        'devices:\n',
        (line) =>
          written +
          line +
          families
            .map((family) => `  - { device: '${family.device}', asset: ${assetOf(family)}${family.entry} }\n`)
            .join(''),
      )
      .replace(
        /rules:\n[\s\S]*?\npanel:.*\n/,
        `rules:
  - { rule: forced-open, assets: [${families
    .filter(({ isCamera }) => isCamera === undefined)
    .map(assetOf)
    .join(', ')}], settleMs: 0 }
  - { rule: motion-while-armed, modes: [away] }
  - { rule: tamper }
  - { rule: camera-obscured }
  - { rule: low-battery }
  - { rule: device-fault, tellAfterMs: 0 }
panel: { asset: panel-1, perimeter: [], exitDelayMs: 0, entryDelayMs: 0 }
`,
      ),
  );
  editFile(folder, 'registry.yaml', (text) =>
    text.replace(
      'identities:',
      (line) =>
        families
          .map(
            (family) =>
              `  - { id: ${assetOf(family)}, kind: ${family.isCamera ? 'camera' : 'door'}, name: At ${family.name}, site: shop, zone: shop.room }\n`,
          )
          .join('') + line,
    ),
  );
  return folder;
}

test('every family that speaks MQTT goes through all that devices go through without an alarm, and raises one when something happens', async () => {
  const folder = await folderForAll();
  let gateway: GatewayProcess = await startGateway(folder);
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const all = await Promise.all(
    families.map(async (family) => {
      const cable = await Cable.lay(() => gateway.mqttPort, power.signal);
      const broker = { url: cable.url, username: family.name, password: PASSWORD };
      let switchOff = new AbortController();
      let device = await family.switchOn(broker, switchOff.signal);
      power.signal.addEventListener('abort', () => switchOff.abort(), { once: true });
      return {
        family,
        cable,
        broker,
        calm: () => device.calm(),
        trouble: () => device.trouble(),
        async reboot() {
          switchOff.abort();
          switchOff = new AbortController();
          device = await family.switchOn(broker, switchOff.signal);
        },
      };
    }),
  );
  const online = async (): Promise<string[]> => {
    const { devices } = await gateway.page();
    return families
      .filter(({ device }) => devices.some((each) => each.device === device && each.online))
      .map(({ name }) => name);
  };
  const names = families.map(({ name }) => name);
  const alarmed = async () =>
    (await gateway.page()).alarms.map(({ rule, assets }) => `${rule} ${assets.map(({ id }) => id)}`).sort();
  /** Each says how it stands until the gateway has heard each of them after this moment. */
  const heard = async (step: string, who = names) => {
    const after = Date.now();
    await vi.waitFor(
      async () => {
        for (const { family, calm } of all) if (who.includes(family.name)) calm();
        const { devices } = await gateway.page();
        const heardOf = families
          .filter(({ name, device }) => {
            const known = devices.find((each) => each.device === device);
            return who.includes(name) && known?.online === true && (known.lastHeardAt ?? 0) > after;
          })
          .map(({ name }) => name);
        expect(heardOf, step).toEqual(who);
      },
      { ...soon, interval: 400 },
    );
  };

  await heard('at their first start');
  const anna = await new Visitor(gateway).signedIn();
  const armed = await anna.send('POST', '/api/arming', { mode: 'away', bypass: [] });
  expect(armed.status, await armed.text()).toBe(200);

  // The cables are out: those with a last will are offline. And in again.
  for (const { cable } of all) cable.pull();
  const withoutWill = families.filter(({ hasWill }) => !hasWill).map(({ name }) => name);
  await vi.waitFor(async () => expect(await online()).toEqual(withoutWill), soon);
  for (const { cable } of all) cable.plug();
  await heard('after the cables');
  expect(await alarmed()).toEqual([]);

  // Switched off and on: they say all again, as at their first start.
  for (const each of all) await each.reboot();
  await heard('after their power');
  expect(await alarmed()).toEqual([]);

  // The gateway loses its power; what its broker had stored is what was, and no news.
  await gateway.kill();
  gateway = await startGateway(folder);
  await heard('after the gateway’s power');
  expect(await alarmed()).toEqual([]);

  // Somebody with a wrong password is refused, and disturbs nobody.
  for (const { family } of all) {
    const wrong = { username: family.name, password: 'guessed', reconnectPeriod: 0, connectTimeout: 5_000 };
    const attempt = connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, wrong);
    await expect(attempt, family.name).rejects.toThrow();
  }
  await heard('after wrong passwords');
  expect(await alarmed()).toEqual([]);

  // Garbage on each of their topics, with their own rights.
  const before = (await gateway.page()).quarantine.total;
  for (const { family } of all) {
    const client = await connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, {
      username: family.name,
      password: PASSWORD,
      clientId: `garbage-${family.name}`,
      reconnectPeriod: 0,
    });
    for (const topic of family.topics)
      for (const payload of garbage) await client.publishAsync(topic, payload, { qos: 1 });
    await client.endAsync(true);
    const { total, newest } = (await gateway.page()).quarantine;
    expect(total, `${family.name}: ${JSON.stringify(newest[0])}`).toBeGreaterThan(before);
  }
  const kinds = (await gateway.page()).quarantine;
  expect(kinds.total - before).toBeGreaterThan(families.length * garbage.length);
  await heard('after garbage');
  expect(await alarmed()).toEqual([]);

  // A network on which everything comes in small pieces and late; then something happens.
  for (const { cable } of all) cable.isSlow = true;
  await heard('on a slow network');
  expect(await alarmed()).toEqual([]);
  const from = Date.now();
  for (const { trouble } of all) trouble();
  const expected = families
    .map((family) => `${family.isCamera ? 'motion-while-armed' : 'forced-open'} ${assetOf(family)}`)
    .sort();
  await vi.waitFor(async () => expect(await alarmed()).toEqual(expected), soon);
  // Their clocks say 2004; the gateway's word counts.
  for (const { at } of (await gateway.page()).alarms) {
    expect(at).toBeGreaterThanOrEqual(from - 1_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 1_000);
  }
});

test('Frigate and ONVIF events: what is stored, repeated or taken away is no detection', async () => {
  const folder = await folderForAll();
  let gateway: GatewayProcess = await startGateway(folder);
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const cable = await Cable.lay(() => gateway.mqttPort, power.signal);
  const as = (username: string) => ({ url: cable.url, username, password: PASSWORD });
  const recorder = new SimulatedFrigate(as('frigate'), ['yard'], power.signal);
  const camera = new OnvifMqttCamera(as('onvif-mqtt'), 'axis/B8A44F000001', power.signal);
  camera.motion(false);
  camera.covered(false);
  const alarmed = async () =>
    (await gateway.page()).alarms.map(({ rule, count }) => `${rule} ${count}`).sort();
  const isOnline = async (device: string) =>
    (await gateway.page()).devices.find((each) => each.device === device)?.online;
  await vi.waitFor(async () => expect(await isOnline('onvif-mqtt:axis/B8A44F000001')).toBe(true), soon);
  await vi.waitFor(async () => expect(await isOnline('frigate:camera/yard')).toBe(true), soon);

  // While nobody minds: somebody is there, is told of again and again, and the status of it stays stored.
  const review = recorder.begin('yard');
  recorder.update(review);
  recorder.update(review, 'alert');
  camera.motion(true);
  await recorder.settled();
  await camera.settled();
  const anna = await new Visitor(gateway).signedIn();
  expect((await anna.send('POST', '/api/arming', { mode: 'away', bypass: [] })).status).toBe(200);
  // Stored: the state ALERT, the motion. The gateway's power goes; they are told to it again, and are no news.
  await gateway.kill();
  gateway = await startGateway(folder);
  await vi.waitFor(async () => expect(await isOnline('frigate:camera/yard')).toBe(true), soon);
  recorder.update(review);
  camera.restart();
  await recorder.settled();
  await camera.settled();
  // Its server starts anew: offline, online, and nothing is under review; the camera's rule is taken off.
  recorder.end(review);
  recorder.restart();
  camera.motion(false);
  camera.forget('VideoSource/MotionAlarm');
  recorder.role('yard', 'detect', 'offline');
  await vi.waitFor(async () => expect(await isOnline('frigate:camera/yard')).toBe(false), soon);
  recorder.role('yard', 'detect', 'online');
  await vi.waitFor(async () => expect(await isOnline('frigate:camera/yard')).toBe(true), soon);
  await recorder.settled();
  await camera.settled();
  expect(await alarmed()).toEqual([]);

  // And when there is news, it is one detection, however often it is told.
  const next = recorder.begin('yard');
  recorder.update(next);
  recorder.update(next, 'alert');
  await vi.waitFor(async () => expect(await alarmed()).toEqual(['motion-while-armed 1']), soon);
  camera.motion(true);
  camera.covered(true);
  await vi.waitFor(
    async () =>
      expect(await alarmed()).toEqual(['camera-obscured 1', 'motion-while-armed 1', 'motion-while-armed 1']),
    soon,
  );
});

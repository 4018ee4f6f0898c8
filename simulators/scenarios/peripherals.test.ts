/** From the wire to the alarm: simulated devices, the real bridge, a real gateway with a profile of its own in YAML. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { SitePage } from '../../edge/api/contract.ts';
import { hashPassword } from '../../edge/broker/password.ts';
import { configuredFolder, Devices, editFile, startGateway } from '../../edge/testing/gateway-process.ts';
import { BridgeProcess } from '../../firmware-bridge/test-stand.ts';
import { SimulatedReceiver } from '../devices/gps/receiver.ts';
import { RtuLine } from '../devices/modbus/rtu-line.ts';
import { SimulatedUnit } from '../devices/modbus/units.ts';
import { SimulatedScanner } from '../devices/scanner/scanner.ts';
import { SimulatedPort, type SpeakingDevice } from '../devices/serial/serial-port.ts';
import { SimulatedUps } from '../devices/ups/ups.ts';

const soon = { timeout: 45_000, interval: 100 };
const BRIDGE_PASSWORD = 'bridge-password';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const assets = `  - { id: ups-1, kind: sensor, name: UPS, site: shop, zone: shop.room }
  - { id: goods-in, kind: sensor, name: Goods in, site: shop, zone: shop.room }
  - { id: van-1, kind: vehicle, name: Delivery van, site: shop, band: { minCelsius: 2, maxCelsius: 8 }, geofences: [{ name: City, centre: { latitude: 52.516, longitude: 13.378 }, radiusM: 5000 }] }
  - { id: cold-room, kind: fridge, name: Cold room, site: shop, zone: shop.room, band: { minCelsius: 2, maxCelsius: 8 } }
`;

const profiles = `profiles:
  - name: cargo
    title: Cargo thermometer of a van
    messages:
      - topic: found/{device}/cargo
        fields: [{ path: air.tenths, quantity: temperature, unit: °F, scale: 0.1 }]
    samples: [{ topic: found/van/cargo, payload: { air: { tenths: 392 } }, expect: { temperature: 4 } }]
`;

async function gatewayFolder(mqttPort: number): Promise<string> {
  const hash = await hashPassword(BRIDGE_PASSWORD, 16);
  const folder = await configuredFolder((text) =>
    text
      .replace('plain: { port: 0 }', `plain: { port: ${mqttPort} }`)
      .replace(
        '  identities:\n',
        `  identities:\n    - { username: bridge, passwordHash: '${hash}', publish: ['+/+/online', '+/+/state', 'bridge/#'], subscribe: ['+/+/command'] }\n`,
      )
      .replace(
        'devices:\n',
        (line) => `${profiles}${line}  - { device: 'ups:ups-1', asset: ups-1 }
  - { device: 'gps-receiver:van-1', asset: van-1 }
  - { device: 'cargo:van', asset: van-1 }
  - { device: 'barcode-scanner:goods-in', asset: goods-in }
  - { device: 'modbus-device:cold-room', asset: cold-room }
`,
      )
      .replace(
        'rules:\n',
        'rules:\n  - { rule: mains-lost, tellAfterMs: 1000 }\n  - { rule: left-area, tellAfterMs: 1000, tellAfterClosedMs: 1000 }\n  - { rule: expired-item }\n  - { rule: silent-device }\n',
      ),
  );
  editFile(folder, 'registry.yaml', (text) => text.replace('identities:', `${assets}identities:`));
  return folder;
}

test('a power cut, a van that leaves its area, an expired pack, and a restart that raises nothing', {
  timeout: 180_000,
}, async () => {
  const mqttPort = await freePort();
  const folder = await gatewayFolder(mqttPort);
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const plug = (device: SpeakingDevice, name: string) =>
    new SimulatedPort(device, { name, folder: join(folder, 'dev'), signal: power.signal });
  const [ups, receiver, scanner] = [
    new SimulatedUps(),
    new SimulatedReceiver(power.signal, 200),
    new SimulatedScanner(),
  ];
  const unit = new SimulatedUnit();
  unit.input.set(0, 43);
  const upsPort = plug(ups, 'ups');
  plug(receiver, 'gps');
  plug(scanner, 'scanner');
  plug(new RtuLine(new Map([[1, unit]])), 'modbus');

  let gateway = await startGateway(folder);
  const ports = (name: string) => `ports: '${join(folder, 'dev', 'serial', 'by-id')}/usb-*${name}*'`;
  writeFileSync(
    join(folder, 'bridge.yaml'),
    `id: bridge-1
gateway: { url: 'mqtt://127.0.0.1:${mqttPort}', username: bridge, password: ${BRIDGE_PASSWORD} }
links:
  - { id: ups, type: ups, node: ups-1, everyMs: 500, ${ports('ups')} }
  - { id: van, type: gps, node: van-1, everyMs: 1000, ${ports('gps')} }
  - { id: goods, type: scanner, node: goods-in, ${ports('scanner')} }
  - id: line
    type: modbus-rtu
    everyMs: 500
    ${ports('modbus')}
    devices:
      - { node: cold-room, unit: 1, registers: [{ part: air, table: input, address: 0, quantity: temperature, scale: 0.1 }] }
`,
  );
  const bridge = new BridgeProcess(['--config', join(folder, 'bridge.yaml')], '');
  onTestFinished(() => bridge.end());

  const page = (): Promise<SitePage> => gateway.page();
  const rulesOf = async () => (await page()).alarms.map(({ rule }) => rule).sort();
  const onlineNodes = async () =>
    (await page()).devices.flatMap(({ device, online }) => (online ? [device] : [])).sort();
  const all = ['barcode-scanner:goods-in', 'gps-receiver:van-1', 'modbus-device:cold-room', 'ups:ups-1'];
  await vi.waitFor(async () => expect(await onlineNodes()).toEqual(all), soon);
  expect(await rulesOf()).toEqual([]);

  // A thermometer that only the configuration describes.
  const devices = await Devices.connect(gateway);
  await devices.say('found/van/cargo', { air: { tenths: 401 } });
  await vi.waitFor(async () => {
    const celsius = Object.fromEntries((await page()).temperatures.map((each) => [each.asset, each.celsius]));
    expect(celsius).toMatchObject({ 'van-1': 4.5, 'cold-room': 4.3 });
  }, soon);

  scanner.scanPack({ gtin: '09506000134352', batch: 'AB-12', expiry: '240131', serial: 'XK9' });
  await vi.waitFor(async () => expect(await rulesOf()).toEqual(['expired-item']), soon);

  // The cable out and in again, and the gateway killed and started: the mains were there all the time.
  upsPort.unplug();
  await vi.waitFor(async () => expect(await onlineNodes()).not.toContain('ups:ups-1'), soon);
  upsPort.plug();
  await vi.waitFor(async () => expect(await onlineNodes()).toContain('ups:ups-1'), soon);
  await gateway.kill();
  gateway = await startGateway(folder);
  await vi.waitFor(async () => expect(await onlineNodes()).toEqual(expect.arrayContaining(all)), soon);
  expect((await rulesOf()).filter((rule) => rule !== 'silent-device')).toEqual(['expired-item']);

  ups.hasMains = false;
  receiver.latitude = 52.7;
  await vi.waitFor(
    async () =>
      expect((await rulesOf()).filter((rule) => rule !== 'silent-device')).toEqual([
        'expired-item',
        'left-area',
        'mains-lost',
      ]),
    soon,
  );
  const { alarms } = await page();
  expect(alarms.find(({ rule }) => rule === 'mains-lost')).toMatchObject({
    active: true,
    severity: 'medium',
  });
  expect(alarms.find(({ rule }) => rule === 'expired-item')?.summary).toBe(
    'At Goods in (Room) an item was scanned that expired on 2024-01-31 (GTIN 09506000134352, batch AB-12).',
  );
  ups.hasMains = true;
  receiver.latitude = 52.516;
  await vi.waitFor(
    async () =>
      expect((await page()).alarms.filter(({ active, rule }) => active && rule !== 'silent-device')).toEqual(
        [],
      ),
    soon,
  );
});

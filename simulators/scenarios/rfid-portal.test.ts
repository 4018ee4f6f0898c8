/** Goods go through a gate: from the reader's socket over bridge and gateway to the records and the page. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hashPassword } from '../../edge/broker/password.ts';
import { configuredFolder, editFile, startGateway } from '../../edge/testing/gateway-process.ts';
import { BridgeProcess } from '../../firmware-bridge/test-stand.ts';
import { SimulatedPortalReader } from '../devices/rfid-portal/reader.ts';
import { freePorts } from '../stage/ports.ts';

const soon = { timeout: 60_000, interval: 100 };
const BRIDGE_PASSWORD = 'bridge-password';

test('goods that pass are recorded once, also while the gateway is off, and a reader that is gone, back, or on fire raises what it is', {
  timeout: 240_000,
}, async () => {
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const reader = await SimulatedPortalReader.start({ outside: 1, inside: 2 }, power.signal);
  const hash = await hashPassword(BRIDGE_PASSWORD, 16);
  const [mqttPort = 0] = await freePorts(1);
  const folder = await configuredFolder((text) =>
    text
      .replace('plain: { port: 0 }', `plain: { port: ${mqttPort} }`)
      .replace(
        '  identities:\n',
        `  identities:\n    - { username: bridge, passwordHash: '${hash}', publish: ['portal/+/online', 'portal/+/state', 'bridge/#'] }\n`,
      )
      .replace('devices:\n', (line) => `${line}  - { device: 'rfid-portal:dock-1', asset: dock-1 }\n`)
      .replace(
        'rules:\n',
        'rules:\n  - { rule: device-fault, tellAfterMs: 1000 }\n  - { rule: silent-device, assets: [dock-1], graceMs: 1000 }\n',
      ),
  );
  editFile(folder, 'registry.yaml', (text) =>
    text.replace(
      'identities:',
      (line) => `  - { id: dock-1, kind: sensor, name: Dock 1, site: shop, zone: shop.room }\n${line}`,
    ),
  );
  const configuration = (password: string) =>
    writeFileSync(
      join(folder, 'bridge.yaml'),
      `id: bridge-1
gateway: { url: 'mqtt://127.0.0.1:${mqttPort}', username: bridge, password: ${password} }
links:
  - { id: dock, type: rfid-portal, node: dock-1, host: 127.0.0.1, tcpPort: ${reader.port}, outside: [1], inside: [2], keepaliveMs: 500, goneMs: 1500 }
`,
    );
  let gateway = await startGateway(folder);
  const isOnline = async () =>
    (await gateway.page()).devices.find(({ device }) => device === 'rfid-portal:dock-1')?.online ?? false;
  const alarms = async () =>
    (await gateway.page()).alarms.filter(({ active }) => active).map(({ rule }) => rule);

  // A bridge with a wrong password is refused, says so, and is nobody.
  configuration('guessed');
  const stranger = new BridgeProcess(['--config', join(folder, 'bridge.yaml')], '');
  onTestFinished(() => stranger.end());
  await vi.waitFor(
    () => expect(stranger.said('the gateway refuses this name and password')).toBe(true),
    soon,
  );
  expect(await isOnline()).toBe(false);
  await stranger.end();

  configuration(BRIDGE_PASSWORD);
  const bridge = new BridgeProcess(['--config', join(folder, 'bridge.yaml')], '');
  onTestFinished(() => bridge.end());
  await vi.waitFor(async () => expect(await isOnline()).toBe(true), soon);

  await reader.carry('3074257BF7194E4000001A85', 'in');
  // The gateway's power goes while more goods pass: the bridge keeps them until it is back.
  await gateway.kill();
  await reader.carry('3174257BF4499602D2000000', 'out');
  gateway = await startGateway(folder);
  /** What the gateway has on its disk, in the order in which it was written. */
  const passed = (): string[] =>
    readdirSync(join(folder, 'state'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .flatMap((text) => [...text.matchAll(/"code":"([^"]*)"[^}]*"direction":"(\w+)"/g)])
      .map(([, code, direction]) => `${code} ${direction}`);
  await vi.waitFor(
    () => expect(passed()).toEqual(['(01)80614141123458(21)6789 in', '(00)106141412345678908 out']),
    soon,
  );
  await vi.waitFor(async () => expect(await isOnline()).toBe(true), soon);
  expect(await alarms()).toEqual([]);

  reader.antenna(2, false);
  await vi.waitFor(async () => expect(await alarms()).toEqual(['device-fault']), soon);
  reader.antenna(2, true);
  await vi.waitFor(async () => expect(await alarms()).toEqual([]), soon);
  reader.unplug();
  await vi.waitFor(async () => expect(await alarms()).toEqual(['silent-device']), soon);
  await reader.plug();
  await vi.waitFor(async () => expect(await isOnline()).toBe(true), soon);
  await vi.waitFor(async () => expect(await alarms()).toEqual([]), soon);
});

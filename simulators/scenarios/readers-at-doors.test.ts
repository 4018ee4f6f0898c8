/** Readers on a line, the bridge, the gateway: each a process of its own, and a door between them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashPassword } from '../../edge/broker/password.ts';
import { type GatewayProcess, startGateway } from '../../edge/testing/gateway-process.ts';
import { ReadersProcess } from '../devices/osdp-reader/readers-process.ts';

const bridgeMain = fileURLToPath(new URL('../../firmware-bridge/main.ts', import.meta.url));
const TEST_COST = 16;
const PATIENCE_MS = 60_000;

const registry = `
sites:
  - { id: shop, name: Test Shop, timeZone: Europe/Berlin, opening: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "00:00" }] }
zones:
  - { id: shop.yard, site: shop, name: Yard }
  - { id: shop.store, site: shop, name: Store room }
assets:
  - { id: gateway-1, kind: gateway, name: Gateway, site: shop, zone: shop.store }
  - { id: panel-1, kind: alarm-panel, name: Alarm, site: shop, zone: shop.store }
  - { id: back-door, kind: door, name: Back door, site: shop, zone: shop.store, connects: [shop.yard, shop.store] }
  - { id: back-reader, kind: reader, name: Reader, site: shop, zone: shop.yard, guards: [back-door] }
  - { id: back-lock, kind: lock, name: Strike, site: shop, hostedOn: back-door }
  - { id: cabinet, kind: cabinet, name: Controlled drugs, site: shop, zone: shop.store, criticality: 5 }
  - { id: cabinet-reader, kind: reader, name: Cabinet reader, site: shop, zone: shop.store, guards: [cabinet] }
  - { id: cabinet-lock, kind: lock, name: Cabinet lock, site: shop, hostedOn: cabinet }
identities:
  - { id: anna, name: Anna Weber, sites: [shop], badges: ["123-45678"] }
  - { id: jonas, name: Jonas Keller, sites: [shop], badges: [04A1B2C3] }
`;

async function configuration(): Promise<string> {
  const hash = (secret: string) => hashPassword(secret, TEST_COST);
  return `
gateway: { id: gateway-1, site: shop, state: state }
registry: registry.yaml
broker:
  plain: { port: 0 }
  identities:
    - { username: bridge, passwordHash: '${await hash('bridge-password')}', publish: ['reader/+/state', 'reader/+/online', 'bridge/%u/#'], subscribe: ['reader/+/command'] }
devices:
  - { device: 'osdp-reader:back', asset: back-reader, assets: { 'output:0': back-lock, 'input:0': back-door } }
  - { device: 'osdp-reader:cabinet', asset: cabinet-reader, assets: { 'output:0': cabinet-lock } }
rules: [{ rule: forced-open }, { rule: tamper }, { rule: access-denied-burst }]
panel: { asset: panel-1 }
access:
  unlockMs: 4000
  readers: [{ reader: cabinet-reader, code: always }]
  doors:
    - { door: back-door, lockFollowsMs: 2000 }
    - { door: cabinet, twoPersonsMs: 60000 }
  people:
    - { identity: anna, codeHash: '${await hash('246810')}' }
    - { identity: jonas, codeHash: '${await hash('864200')}', duressCodeHash: '${await hash('864211')}' }
page: { port: 0, trustProxy: true }
`;
}

let folder = '';
let readers: ReadersProcess;
let bridge: ChildProcess | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-readers-'));
  readers = await new ReadersProcess('1,2', join(folder, 'dev')).ready();
});
afterEach(async () => {
  if (bridge?.exitCode === null) {
    const ended = new Promise((resolve) => bridge?.once('exit', resolve));
    bridge.kill('SIGKILL');
    await ended;
  }
  await readers.end();
  rmSync(folder, { recursive: true, force: true });
});

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function start(): Promise<GatewayProcess> {
  writeFileSync(join(folder, 'registry.yaml'), registry);
  writeFileSync(join(folder, 'gateway.yaml'), await configuration());
  const gateway = await startGateway(folder);
  writeFileSync(
    join(folder, 'bridge.yaml'),
    `id: bridge
gateway: { url: 'mqtt://127.0.0.1:${gateway.mqttPort}', username: bridge, password: bridge-password }
links:
  - id: line
    type: osdp
    ports: '${folder}/dev/ttyACM*'
    baudRate: 57600
    install: true
    readers: [{ node: back, address: 1 }, { node: cabinet, address: 2, codeLength: 6 }]
`,
  );
  bridge = spawn(process.execPath, [bridgeMain, '--config', join(folder, 'bridge.yaml')], {
    stdio: 'ignore',
  });
  await until(
    async () => (await gateway.page()).devices.filter(({ online }) => online).length === 2,
    'both readers',
  );
  // How the locks stand is known before anything happens.
  await until(async () => (await door(gateway, 'back-door')).contact !== undefined, 'the door is closed');
  return gateway;
}

async function door(gateway: GatewayProcess, asset: string) {
  const found = (await gateway.page()).doors.find((entry) => entry.asset === asset);
  if (found === undefined) throw new Error(`the page has no ${asset}`);
  return found;
}
const alarms = async (gateway: GatewayProcess) => (await gateway.page()).alarms.map(({ rule }) => rule);

test('a badge opens the door by the reader’s relay, which locks again; a stranger’s does not', {
  timeout: 120_000,
}, async () => {
  const gateway = await start();
  await readers.say('1 card 123-45678');
  await until(async () => (await readers.look(1)).outputs[0] === true, 'the strike is drawn');
  await until(async () => (await readers.look(1)).light === 'green', 'the light says so');
  await until(async () => (await readers.look(1)).outputs[0] === false, 'the strike falls back');
  await until(async () => (await door(gateway, 'back-door')).lastBadge?.who === 'Anna Weber', 'who it was');

  await readers.say('1 card 99-99');
  await until(async () => (await door(gateway, 'back-door')).lastBadge?.granted === false, 'the refusal');
  expect((await readers.look(1)).outputs).toEqual([false]);

  // Through the door without a badge, and only that is an alarm; told once, however often one looks.
  await readers.say('1 input 0 on');
  await until(async () => (await alarms(gateway)).includes('forced-open'), 'forced open');
  await readers.say('1 input 0 off');
  await until(async () => (await door(gateway, 'back-door')).contact === 'closed', 'closed again');
  expect((await alarms(gateway)).filter((rule) => rule === 'forced-open')).toHaveLength(1);

  // The strike sticks in the open: the lock says that it has not locked.
  await readers.say('1 card 123-45678');
  await until(async () => (await readers.look(1)).outputs[0] === true, 'drawn again');
  await readers.say('1 stuck on');
  await until(async () => (await alarms(gateway)).includes('lock-not-following'), 'the lock does not follow');
  await readers.say('1 stuck off');
  await until(async () => (await readers.look(1)).outputs[0] === false, 'it is told until it follows');

  await readers.say('1 tamper on');
  await until(async () => (await alarms(gateway)).includes('tamper'), 'somebody is at the reader');

  // The file says that she comes on Sundays before dawn only: from now on, without a restart.
  const file = join(folder, 'gateway.yaml');
  const never = `schedules: [{ id: dawn, hours: [{ days: [sun], from: "03:00", to: "03:01" }] }]`;
  const changed = readFileSync(file, 'utf8')
    .replace('  people:', `  ${never}\n  people:`)
    .replace('{ identity: anna,', '{ identity: anna, schedule: dawn,');
  writeFileSync(file, changed);
  await until(async () => {
    await readers.say('1 card 123-45678');
    await new Promise((resolve) => setTimeout(resolve, 500));
    return (await door(gateway, 'back-door')).lastBadge?.granted === false;
  }, 'her badge is refused');
});

test('the cabinet wants two people and their codes, and a code of duress shows nothing there', {
  timeout: 120_000,
}, async () => {
  const gateway = await start();
  await readers.say('2 card 123-45678');
  await until(async () => (await readers.look(2)).light === 'amber', 'the code is waited for');
  await readers.say('2 keys 246810');
  await readers.say('2 card 04a1b2c3');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await readers.look(2)).outputs).toEqual([false]);
  // Typed again where it was typed too soon, as people do.
  await until(async () => {
    await readers.say('2 keys 864211');
    for (let looks = 0; looks < 60; looks++) {
      if ((await readers.look(2)).outputs[0] === true) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }, 'the cabinet is unlocked');
  await until(async () => (await door(gateway, 'cabinet')).lastBadge?.who === 'Jonas Keller', 'who it was');
  // Whoever stands behind him may look at the page, too.
  expect(await alarms(gateway)).toEqual([]);
  const { stdout, stderr } = gateway.output();
  expect(stdout + stderr).not.toMatch(/246810|864211/);
});

/** A portal from the reader's socket to what the profile makes of it: the real bridge, a real broker, real time. */
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Reading } from '../../devices/profiles/profile.ts';
import { rfidPortal } from '../../devices/profiles/rfid-portal.ts';
import { SimulatedPortalReader } from '../../simulators/devices/rfid-portal/reader.ts';
import { type BridgeProcess, Stand, until } from '../test-stand.ts';

/** A busy machine may need it. */
vi.setConfig({ testTimeout: 180_000 });

const CASE = '3074257BF7194E4000001A85';
const PALLET = '3174257BF4499602D2000000';

let stand: Stand;
let power: AbortController;
let reader: SimulatedPortalReader;
beforeEach(async () => {
  stand = await Stand.start();
  power = new AbortController();
  reader = await SimulatedPortalReader.start({ outside: 1, inside: 2 }, power.signal);
});
afterEach(async () => {
  power.abort();
  await stand.end();
});

const bridge = (more = '', goneMs = 1_500): BridgeProcess =>
  stand.bridge(
    `id: dock, type: rfid-portal, node: dock-1, host: 127.0.0.1, tcpPort: ${reader.port}, outside: [1], inside: [2], keepaliveMs: 500, goneMs: ${goneMs}${more}`,
  );

function readings(): Reading[] {
  return stand.broker.messages.flatMap(({ topic, text }) => {
    const message = { topic, payload: new TextEncoder().encode(text), retained: false, receivedAt: 1 };
    if (!topic.startsWith('portal/')) return [];
    const result = rfidPortal.read(message, null);
    if ('refused' in result) throw new Error(`${topic} ${text}: ${result.refused}`);
    return result.heard.flatMap((heard) => heard.readings);
  });
}
const passages = () =>
  readings().flatMap((each) =>
    each.type === 'moment' ? [`${each.facts?.code} ${each.facts?.direction}`] : [],
  );
const last = (part: string) =>
  readings()
    .flatMap((each) => (each.type === 'state' && each.part === part ? [each.value] : []))
    .at(-1);
const isOnline = (is: 'true' | 'false') =>
  until(() => stand.broker.lastText('portal/dock-1/online') === is, `online ${is}`);
const IN = '(01)80614141123458(21)6789 in';
const OUT = '(01)80614141123458(21)6789 out';

test('goods are told once as they pass, with their direction, through pieces, slow answers and a wrong clock', async () => {
  bridge();
  await isOnline('true');
  await reader.carry(CASE, 'in');
  await until(() => passages().length === 1, 'a passage');
  expect(passages()).toEqual([IN]);
  expect(last('antenna:1')).toBe('clear');
  // Ten years back: its times are no times.
  reader.clockOffsetMs = -10 * 365 * 86_400_000;
  reader.faults.pieces = true;
  await reader.carry(CASE, 'out');
  await until(() => passages().length === 2, 'a passage in pieces');
  reader.faults.delayMs = 400;
  await reader.carry(CASE, 'in');
  await until(() => passages().length === 3, 'a late passage');
  expect(passages()).toEqual([IN, OUT, IN]);
  await until(() => reader.confirmed > 2, 'keep-alives are confirmed');
});

test('what stands in the portal is told once', async () => {
  bridge(', staysMs: 4000', 2_500);
  await isOnline('true');
  reader.stand(PALLET, 1);
  await until(() => passages().length === 1, 'it stands there');
  await reader.carry(CASE, 'in');
  await until(() => passages().length === 2, 'something passes it');
  reader.take(PALLET);
  await reader.carry(CASE, 'out');
  await until(() => passages().length === 3, 'something passes after it');
  expect(passages()).toEqual(['(00)106141412345678908 unclear', IN, OUT]);
});

test('its power goes, it reboots, its cable hangs: each time it is set up anew, and offline in between', async () => {
  bridge();
  await isOnline('true');
  reader.unplug();
  await isOnline('false');
  await reader.plug();
  await isOnline('true');
  expect(reader.started).toBe(2);
  await reader.carry(CASE, 'in');
  await until(() => passages().length === 1, 'a passage after the power came back');
  await reader.reboot();
  await until(() => reader.started === 3, 'set up after the reboot');
  // A switch that hangs: no end of the connection, no keep-alives.
  reader.faults.mute = true;
  await isOnline('false');
  reader.faults.mute = false;
  await isOnline('true');
  await reader.carry(CASE, 'out');
  await until(() => passages().length === 2, 'a passage after all that');
  expect(passages()).toEqual([IN, OUT]);
});

test('a bridge that stood still takes nothing for gone that was there all the time', async () => {
  const running = bridge(', staysMs: 600000');
  await isOnline('true');
  reader.stand(PALLET, 1);
  await until(() => reader.confirmed > 0, 'it is read');
  running.standStill();
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  running.goOn();
  await reader.carry(CASE, 'in');
  await until(() => passages().length > 0, 'a passage');
  expect(passages()).toEqual([IN]);
});

test('goods in the portal when the reader goes are told as far as they were seen', async () => {
  bridge('', 60_000);
  await isOnline('true');
  await reader.carry(CASE, 'in');
  reader.unplug();
  await until(() => passages().length === 1, 'the passage');
  expect(passages()).toEqual([IN]);
});

test('bytes that are no LLRP, lengths that no message has and damaged reports are told, and nothing is made up', async () => {
  const running = bridge();
  await isOnline('true');
  reader.raw(new Uint8Array([0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad]));
  await until(() => running.said('no LLRP'), 'it is told');
  await until(() => reader.started === 2, 'set up anew');
  reader.raw(new Uint8Array([0x04, 0x3d, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1]));
  await until(() => reader.started === 3, 'set up anew after a length of 2 GB');
  for (let round = 0; round < 3; round++) {
    const before = reader.started;
    reader.garbage(300);
    await until(() => reader.started > before, 'set up anew after noise');
  }
  await isOnline('true');
  // A whole message whose inside is none: it costs itself alone.
  reader.raw(new Uint8Array([0x04, 0x3d, 0, 0, 0, 16, 0, 0, 0, 1, 0x00, 0xf0, 0xff, 0xff, 0, 0]));
  const started = reader.started;
  await reader.carry(CASE, 'in');
  await until(() => passages().length === 1, 'a passage');
  expect(passages()).toEqual([IN]);
  expect(reader.started).toBe(started);
});

test('an antenna whose cable is off and a reader in trouble are told, and that they are well again', async () => {
  reader.antenna(2, false);
  bridge();
  await until(() => last('antenna:2') === 'active', 'known from the beginning');
  expect(last('antenna:1')).toBe('clear');
  reader.antenna(2, true);
  await until(() => last('antenna:2') === 'clear', 'connected');
  reader.exception('too hot');
  await until(() => last('reader') === 'active', 'in trouble');
});

test('a reader that has another client, or refuses, is not taken for one that reads', async () => {
  const other = connect(reader.port, '127.0.0.1');
  other.on('error', () => undefined);
  await new Promise((resolve) => other.once('data', resolve));
  const running = bridge();
  await until(() => running.said('already has a client'), 'it is told');
  expect(stand.broker.lastText('portal/dock-1/online')).not.toBe('true');
  reader.faults.refuses = true;
  other.destroy();
  await until(
    () => running.said('ADD_ROSPEC is refused: status 100: no such inventory'),
    'its refusal is told',
  );
  expect(stand.broker.lastText('portal/dock-1/online')).not.toBe('true');
  reader.faults.refuses = false;
  await isOnline('true');
});

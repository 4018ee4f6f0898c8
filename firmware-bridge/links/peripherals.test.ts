/**
 * Every device that the bridge asks or listens to, on a real port or socket: the real bridge, a real broker, and what the
 * profile makes of each message.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { catalog } from '../../devices/profiles/catalog.ts';
import type { Reading } from '../../devices/profiles/profile.ts';
import { SimulatedReceiver } from '../../simulators/devices/gps/receiver.ts';
import { SimulatedPrinter } from '../../simulators/devices/label-printer/printer.ts';
import { RtuLine } from '../../simulators/devices/modbus/rtu-line.ts';
import { ModbusTcpServer } from '../../simulators/devices/modbus/tcp-server.ts';
import { SimulatedUnit } from '../../simulators/devices/modbus/units.ts';
import { SimulatedScale } from '../../simulators/devices/scale/scale.ts';
import { SimulatedScanner } from '../../simulators/devices/scanner/scanner.ts';
import { SimulatedPort, type SpeakingDevice } from '../../simulators/devices/serial/serial-port.ts';
import { SimulatedUps } from '../../simulators/devices/ups/ups.ts';
import { Stand, until } from '../test-stand.ts';

/** A busy machine may need it. */
vi.setConfig({ testTimeout: 180_000 });

let stand: Stand;
let power: AbortController;
beforeEach(async () => {
  stand = await Stand.start();
  power = new AbortController();
});
afterEach(async () => {
  power.abort();
  await stand.end();
});

const plugged = (device: SpeakingDevice, name: string): SimulatedPort =>
  new SimulatedPort(device, { name, folder: stand.ports, signal: power.signal });
const portOf = (name: string) => `ports: '${stand.ports}/serial/by-id/usb-*${name}*'`;

/** What the profiles make of everything that was published so far; a message that none reads is a failure. */
function readings(family: string, node: string): Reading[] {
  return stand.broker.messages
    .filter(({ topic }) => topic.startsWith(`${family}/${node}/`) && !topic.endsWith('/command'))
    .flatMap(({ topic, text }) => {
      const message = { topic, payload: new TextEncoder().encode(text), retained: false, receivedAt: 1 };
      return catalog.flatMap((profile) => {
        const result = profile.read(message, profile.memory());
        if ('refused' in result) throw new Error(`${topic} ${text}: ${result.refused}`);
        return result.heard.flatMap((heard) => heard.readings);
      });
    });
}

const lastOf = (family: string, node: string, part: string): string | number | undefined =>
  readings(family, node)
    .flatMap((reading) =>
      (reading.type === 'state' || reading.type === 'measurement') && reading.part === part
        ? [reading.value]
        : [],
    )
    .at(-1);
const online = (family: string, node: string) => stand.broker.lastText(`${family}/${node}/online`);
const isOnline = (family: string, node: string, is: 'true' | 'false' = 'true') =>
  until(() => online(family, node) === is, `${family}/${node} online ${is}`);
const is = (family: string, node: string, part: string, value: string | number) =>
  until(() => lastOf(family, node, part) === value, `${part} of ${node} is ${value}`);

describe('a UPS', () => {
  test('tells a power cut, also after its cable was out and through noise and slow answers', async () => {
    const ups = new SimulatedUps();
    const port = plugged(ups, 'ups');
    stand.bridge(`id: ups, type: ups, node: ups-1, everyMs: 500, ${portOf('ups')}`);
    await is('ups', 'ups-1', 'mains', 'present');
    ups.hasMains = false;
    await is('ups', 'ups-1', 'mains', 'failed');
    port.unplug();
    await isOnline('ups', 'ups-1', 'false');
    port.plug();
    await isOnline('ups', 'ups-1');
    port.noise(300);
    port.faults.damage = 2;
    ups.hasMains = true;
    await is('ups', 'ups-1', 'mains', 'present');
    port.faults.delayMs = 500;
    ups.hasMains = false;
    await is('ups', 'ups-1', 'mains', 'failed');
    port.faults.delayMs = 0;
    port.faults.mute = true;
    await isOnline('ups', 'ups-1', 'false');
    port.faults.mute = false;
    await isOnline('ups', 'ups-1');
    expect(
      readings('ups', 'ups-1').some((reading) => reading.type === 'state' && reading.value === 'low'),
    ).toBe(false);
  });

  test('what happened while the gateway was away is told when it is back, and how long ago it was', async () => {
    const ups = new SimulatedUps();
    plugged(ups, 'ups');
    stand.bridge(`id: ups, type: ups, node: ups-1, everyMs: 500, ${portOf('ups')}`);
    await is('ups', 'ups-1', 'mains', 'present');
    stand.broker.leave();
    ups.hasMains = false;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    ups.hasMains = true;
    const asked = ups.asked;
    await until(() => ups.asked > asked + 1, 'the mains are seen to be back');
    stand.broker.comeBack();
    const find = () => stand.broker.messages.find(({ text }) => text.includes('"mains":"failed"'));
    await until(() => find() !== undefined, 'the power cut, late');
    await is('ups', 'ups-1', 'mains', 'present');
    const cut = find();
    expect(JSON.parse(cut?.text ?? '{}').ageMs).toBeGreaterThan(1_000);
  });
});

describe('a satellite receiver', () => {
  test('tells where the van is, and nothing while it does not know', async () => {
    const receiver = new SimulatedReceiver(power.signal, 200);
    const port = plugged(receiver, 'gps');
    stand.bridge(`id: van, type: gps, node: van-1, everyMs: 1000, ${portOf('gps')}`);
    const positions = () =>
      readings('gps', 'van-1').flatMap((reading) => (reading.type === 'position' ? [reading] : []));
    await until(() => positions().length > 0, 'a position');
    expect(positions()[0]).toMatchObject({ latitude: 52.516, longitude: 13.378 });
    receiver.latitude = -33.4489;
    receiver.longitude = -70.6693;
    receiver.knots = 25;
    port.noise(200);
    await until(() => positions().at(-1)?.latitude === -33.4489, 'the other side of the Earth');
    expect(positions().at(-1)).toEqual({
      type: 'position',
      part: 'position',
      latitude: -33.4489,
      longitude: -70.6693,
      speedKmh: 46.3,
      accuracyM: 6,
    });
    receiver.hasFix = false;
    await until(() => stand.broker.lastText('gps/van-1/state')?.includes('"fix":false') === true, 'no fix');
    const known = positions().length;
    port.unplug();
    await isOnline('gps', 'van-1', 'false');
    port.plug();
    await isOnline('gps', 'van-1');
    expect(positions().length).toBe(known);
  });
});

describe('a barcode scanner', () => {
  test('says what is on a pack, and a torn or noisy code is none', async () => {
    const scanner = new SimulatedScanner();
    const port = plugged(scanner, 'scanner');
    const bridge = stand.bridge(`id: goods, type: scanner, node: goods-in, ${portOf('scanner')}`);
    await isOnline('scanner', 'goods-in');
    const codes = () =>
      readings('scanner', 'goods-in').flatMap((reading) =>
        reading.type === 'moment' ? [reading.facts?.code] : [],
      );
    scanner.scanPack({ gtin: '09506000134352', batch: 'AB-12', expiry: '270228', serial: 'XK9/7' });
    await until(() => codes().length === 1, 'the pack');
    expect(codes()).toEqual(['(01)09506000134352(17)270228(10)AB-12(21)XK9/7']);
    scanner.suffix = '';
    scanner.scan(']E0400638');
    await until(() => bridge.said('a code without an end'), 'an unfinished code is said');
    scanner.suffix = '\r\n';
    scanner.scan(`]A0${'\x01\x02'}`);
    scanner.scan(']E04006381333931');
    await until(() => codes().length === 2, 'the next code');
    expect(codes().at(-1)).toBe('4006381333931');
    port.unplug();
    await isOnline('scanner', 'goods-in', 'false');
    port.plug();
    await isOnline('scanner', 'goods-in');
    scanner.scan('SHELF-12');
    await until(() => codes().at(-1) === 'SHELF-12', 'a code after the plug');
    expect(codes().length).toBe(3);
  });
});

describe('a scale', () => {
  test('tells weights at rest, in kilograms', async () => {
    const scale = new SimulatedScale();
    const port = plugged(scale, 'scale');
    stand.bridge(`id: bench, type: scale, node: bench, everyMs: 100, ${portOf('scale')}`);
    await is('scale', 'bench', 'weight', 0);
    scale.isMoving = true;
    scale.grams = 800;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(lastOf('scale', 'bench', 'weight')).toBe(0);
    scale.isMoving = false;
    await is('scale', 'bench', 'weight', 0.8);
    scale.unit = 'kg';
    scale.grams = 1_234.56;
    await is('scale', 'bench', 'weight', 1.23456);
    scale.grams = 9_000;
    await is('scale', 'bench', 'range', 'active');
    scale.grams = 10;
    port.faults.damage = 2;
    await is('scale', 'bench', 'weight', 0.01);
    await is('scale', 'bench', 'range', 'clear');
    port.unplug();
    await isOnline('scale', 'bench', 'false');
    port.plug();
    await isOnline('scale', 'bench');
  });
});

describe('a label printer', () => {
  test('in the network says what it lacks, also after it was switched off', async () => {
    const printer = new SimulatedPrinter();
    const socket = await printer.listen(power.signal);
    stand.bridge(
      `id: dispatch, type: label-printer, node: dispatch, host: 127.0.0.1, tcpPort: ${socket.port}, everyMs: 1000`,
    );
    await is('printer', 'dispatch', 'paper', 'clear');
    printer.is.paperOut = true;
    await is('printer', 'dispatch', 'paper', 'active');
    expect(lastOf('printer', 'dispatch', 'ribbon')).toBe('clear');
    socket.stop();
    await isOnline('printer', 'dispatch', 'false');
    printer.is.paperOut = false;
    printer.is.headOpen = true;
    await socket.start();
    await is('printer', 'dispatch', 'head', 'active');
    expect(lastOf('printer', 'dispatch', 'paper')).toBe('clear');
  });

  test('on a serial cable, the same', async () => {
    const printer = new SimulatedPrinter();
    plugged(printer, 'printer');
    stand.bridge(`id: dispatch, type: label-printer, node: dispatch, everyMs: 1000, ${portOf('printer')}`);
    printer.is.ribbonOut = true;
    await is('printer', 'dispatch', 'ribbon', 'active');
  });
});

const registers = `[
  { part: air, table: input, address: 0, quantity: temperature, scale: 0.1, missing: -32768 },
  { part: door, table: input, address: 1, type: uint16, bit: 0, property: contact, words: { open: 1, closed: 0 } },
  { part: meter, address: 10, type: float32, quantity: energy, unit: Wh },
  { part: horn, address: 20, type: uint16, property: siren, words: { on: 1, off: 0 }, writable: true } ]`.replaceAll(
  '\n',
  ' ',
);
function fridge(): SimulatedUnit {
  const unit = new SimulatedUnit();
  unit.input.set(0, 43).set(1, 0);
  unit.setFloat('holding', 10, 1_234.5);
  unit.holding.set(20, 0);
  return unit;
}

describe('Modbus devices', () => {
  test('on a line: values, states and commands; one that is gone takes none with it', async () => {
    const [one, two] = [fridge(), fridge()];
    const line = new RtuLine(
      new Map([
        [1, one],
        [2, two],
      ]),
    );
    const port = plugged(line, 'modbus');
    stand.bridge(
      `id: line, type: modbus-rtu, everyMs: 200, answerMs: 300, ${portOf('modbus')}, devices: [ { node: fridge-1, unit: 1, registers: ${registers} }, { node: fridge-2, unit: 2, registers: ${registers} } ]`,
    );
    await is('modbus', 'fridge-1', 'air', 4.3);
    await is('modbus', 'fridge-2', 'meter', 1.2345);
    one.input.set(0, 0xffd3).set(1, 1);
    await is('modbus', 'fridge-1', 'door', 'open');
    expect(lastOf('modbus', 'fridge-1', 'air')).toBe(-4.5);
    await stand.broker.say('modbus/fridge-1/command', '{"part":"horn","state":"on"}');
    await is('modbus', 'fridge-1', 'horn', 'on');
    await stand.broker.say('modbus/fridge-1/command', '{"part":"air","state":"on"}');
    expect(one.written).toEqual([{ address: 20, value: 1 }]);
    expect(two.written).toEqual([]);

    two.faults.off = true;
    await isOnline('modbus', 'fridge-2', 'false');
    one.input.set(1, 0);
    await is('modbus', 'fridge-1', 'door', 'closed');
    expect(online('modbus', 'fridge-1')).toBe('true');
    two.faults.off = false;
    await isOnline('modbus', 'fridge-2');

    port.noise(100);
    port.faults.damage = 2;
    one.input.set(1, 1);
    await is('modbus', 'fridge-1', 'door', 'open');
    port.unplug();
    await isOnline('modbus', 'fridge-1', 'false');
    port.plug();
    await isOnline('modbus', 'fridge-1');
    await isOnline('modbus', 'fridge-2');
    // Whatever went wrong on the way, no value was ever made up.
    const told = readings('modbus', 'fridge-1').flatMap((reading) =>
      reading.type === 'measurement' && reading.part === 'air' ? [reading.value] : [],
    );
    expect([...new Set(told)]).toEqual([4.3, -4.5]);
  });

  test('answers that come later than they are waited for are taken for nobody’s', async () => {
    const unit = fridge();
    const port = plugged(new RtuLine(new Map([[1, unit]])), 'modbus');
    // Two requests of the same length, so that a late answer to one would fit the other.
    const alike =
      '[ { part: air, table: input, address: 0, quantity: temperature, scale: 0.1 }, { part: core, table: input, address: 100, quantity: temperature, scale: 0.1 } ]';
    unit.input.set(100, 71);
    stand.bridge(
      `id: line, type: modbus-rtu, everyMs: 100, answerMs: 400, ${portOf('modbus')}, devices: [ { node: fridge-1, unit: 1, registers: ${alike} } ]`,
    );
    await is('modbus', 'fridge-1', 'core', 7.1);
    port.faults.delayMs = 550;
    await isOnline('modbus', 'fridge-1', 'false');
    port.faults.delayMs = 0;
    await isOnline('modbus', 'fridge-1');
    const told = readings('modbus', 'fridge-1').flatMap((reading) =>
      reading.type === 'measurement' ? [`${reading.part} ${reading.value}`] : [],
    );
    expect([...new Set(told)].sort()).toEqual(['air 4.3', 'core 7.1']);
  });

  test('a register that the device does not have costs that one, and is said', async () => {
    const unit = fridge();
    unit.input.delete(1);
    plugged(new RtuLine(new Map([[1, unit]])), 'modbus');
    stand.bridge(
      `id: line, type: modbus-rtu, everyMs: 200, ${portOf('modbus')}, devices: [ { node: fridge-1, unit: 1, registers: ${registers} } ]`,
    );
    await is('modbus', 'fridge-1', 'air', 4.3);
    expect(stand.broker.lastText('modbus/fridge-1/state')).toContain(
      '"unreadable":["door: illegal data address"]',
    );
    expect(lastOf('modbus', 'fridge-1', 'horn')).toBe('off');
  });

  test('over TCP: values, commands, power cut, slow answers and bytes that are none', async () => {
    const unit = fridge();
    const server = await ModbusTcpServer.start(new Map([[1, unit]]), power.signal);
    stand.bridge(
      `id: net, type: modbus-tcp, host: 127.0.0.1, tcpPort: ${server.port}, everyMs: 200, answerMs: 500, devices: [ { node: meter-1, unit: 1, registers: ${registers} } ]`,
    );
    await is('modbus', 'meter-1', 'air', 4.3);
    await stand.broker.say('modbus/meter-1/command', '{"part":"horn","state":"on"}');
    await is('modbus', 'meter-1', 'horn', 'on');
    server.stop();
    await isOnline('modbus', 'meter-1', 'false');
    unit.input.set(1, 1);
    await server.start();
    await is('modbus', 'meter-1', 'door', 'open');
    server.faults.delayMs = 300;
    unit.input.set(1, 0);
    await is('modbus', 'meter-1', 'door', 'closed');
    server.faults.delayMs = 0;
    server.faults.garbage = true;
    unit.input.set(1, 1);
    await until(
      () => (stand.broker.lastText('modbus/meter-1/online') ?? '') === 'false',
      'garbage is noticed',
    );
    server.faults.garbage = false;
    await is('modbus', 'meter-1', 'door', 'open');
  });
});

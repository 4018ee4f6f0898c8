import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Stand, until } from '../test-stand.ts';

/** Somebody else's firmware, unchanged: StandardFirmata as the package avrgirl-arduino carries it. */
function standardFirmata(): string {
  const given = process.env.GATEHOUSE_STANDARD_FIRMATA;
  if (given !== undefined) return given;
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(require.resolve('avrgirl-arduino/package.json'));
    return join(folder, 'junk', 'hex', 'uno', 'StandardFirmata.cpp.hex');
  } catch {
    throw new Error(
      'npm package avrgirl-arduino@5.0.1 is missing (or set GATEHOUSE_STANDARD_FIRMATA to a hex)',
    );
  }
}

// Real processes on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000 });

const node = 'store-room';
let hex = '';
let stand: Stand;
beforeAll(() => {
  hex = standardFirmata();
  if (!existsSync(hex)) throw new Error(`${hex}: there is no such file`);
});
beforeEach(async () => {
  stand = await Stand.start();
});
afterEach(() => stand.end());

test('a board with StandardFirmata is a door, too', async () => {
  const { broker } = stand;
  const board = await stand.board(node, hex);
  const bridge = stand.bridge(stand.firmata(node));
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
  await until(() => broker.lastState(node)?.temperature !== undefined, 'the first temperature');
  expect(broker.states(node)[0]).toMatchObject({
    sequence: 1,
    contact: 'closed',
    tamper: false,
    buzzer: false,
  });
  expect(Math.abs((broker.lastState(node)?.temperature ?? 0) - 21)).toBeLessThan(0.6);

  await board.say('contact open');
  await until(() => broker.lastState(node)?.contact === 'open', 'the door is open');
  await board.say('tamper on');
  await until(() => broker.lastState(node)?.tamper === true, 'the lid is off');
  await board.say('button');
  await until(() => broker.states(node).some(({ button }) => button === 'pressed'), 'the button');
  await board.say('temperature 4');
  await until(() => Math.abs((broker.lastState(node)?.temperature ?? 99) - 4) < 0.6, 'the temperature');
  await broker.order(node, 'on');
  await until(() => broker.lastState(node)?.buzzer === true, 'the readback of the buzzer');
  expect(await board.say('buzzer')).toBe('buzzer on');

  expect(broker.states(node).filter(({ button }) => button === 'pressed')).toHaveLength(1);
  const sequences = broker.states(node).map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  await bridge.end('SIGTERM');
  expect(bridge.said('has no acknowledgements')).toBe(true);
  expect(broker.lastText(`node/${node}/online`)).toBe('false');
});

test('after the cable was out, or the board has restarted, its pins are set up and read again', async () => {
  const { broker } = stand;
  const board = await stand.board(node, hex);
  const bridge = stand.bridge(stand.firmata(node));
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
  await broker.order(node, 'on');
  await until(() => broker.lastState(node)?.buzzer === true, 'the buzzer');

  await board.say('unplug lost');
  await until(() => broker.lastText(`node/${node}/online`) === 'false', 'the node is offline');
  await board.say('contact open');
  await board.say('plug');
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is back');
  await until(() => broker.lastState(node)?.contact === 'open', 'the state is read again');
  // It should sound, and so it does again after the power was gone: the readback is the board's own word.
  expect(broker.lastState(node)?.buzzer).toBe(true);
  expect(await board.say('buzzer')).toBe('buzzer on');

  await board.say('reset');
  await until(() => bridge.said('the board has restarted'), 'the restart is noticed');
  await until(
    () => bridge.log.filter(({ msg }) => String(msg).includes('states read again')).length >= 3,
    'set up',
  );
  await board.say('contact closed');
  await until(() => broker.lastState(node)?.contact === 'closed', 'the door is heard again');
  await bridge.end('SIGTERM');
  // The return of the power came with a new port, and is no restart of its own.
  expect(bridge.counters(node)).toMatchObject({ nodeRestarts: 1, portsOpened: 3 });
});

test('what happens while the bridge stands still for a moment is not lost', async () => {
  const { broker } = stand;
  const board = await stand.board(node, hex);
  const bridge = stand.bridge(stand.firmata(node));
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
  bridge.standStill();
  for (const state of ['open', 'closed']) {
    await board.say(`contact ${state}`);
    await board.live(100);
  }
  await board.say('button');
  await board.live(400);
  const presses = () => broker.states(node).filter(({ button }) => button === 'pressed');
  const contacts = () => {
    const told = broker.states(node).map(({ contact }) => contact);
    return told.filter((contact, at) => contact !== told[at - 1]);
  };
  expect(presses()).toEqual([]);
  bridge.goOn();
  await until(() => presses().length > 0 && contacts().length >= 3, 'the opening and the button');
  // In one piece with its closing, and told all the same.
  expect(contacts()).toEqual(['closed', 'open', 'closed']);
  expect(presses()).toMatchObject([{ contact: 'closed' }]);
});

test('reports wait for the gateway in the bridge', async () => {
  const { broker } = stand;
  const board = await stand.board(node, hex);
  stand.bridge(stand.firmata(node));
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
  broker.leave();
  await board.say('contact open');
  await board.live(300);
  await board.say('contact closed');
  await board.live(300);
  broker.comeBack();
  await until(() => broker.states(node).some(({ contact }) => contact === 'open'), 'the opening that waited');
  await until(() => broker.lastState(node)?.contact === 'closed', 'the closing that waited');
});

test('noise neither ends the bridge nor stays believed: the pins are asked for again and again', async () => {
  const { broker } = stand;
  const board = await stand.board(node, hex);
  const bridge = stand.bridge(stand.firmata(node));
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
  await board.say('contact open');
  for (let round = 0; round < 10; round++) {
    await board.say('noise 3000');
    await pause(50);
  }
  await until(() => {
    const state = broker.lastState(node);
    return (
      broker.lastText(`node/${node}/online`) === 'true' && state?.contact === 'open' && state.tamper === false
    );
  }, 'it stands as it is');
  const before = broker.states(node).length;
  await board.say('tamper on');
  await until(
    () =>
      broker
        .states(node)
        .slice(before)
        .some(({ tamper }) => tamper === true),
    'a change is heard',
  );
  await bridge.end('SIGTERM');
  expect(await bridge.exited()).toBe(0);
});

test('a line on which the board is heard late costs time and nothing else', async () => {
  const { broker } = stand;
  const board = await stand.board(node, hex);
  await board.say('slow 400');
  const bridge = stand.bridge(stand.firmata(node));
  await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
  await board.say('contact open');
  await until(() => broker.lastState(node)?.contact === 'open', 'the opening, late');
  await broker.order(node, 'on');
  await until(() => broker.lastState(node)?.buzzer === true, 'the readback, late');
  await board.say('slow 0');
  await board.say('contact closed');
  await until(() => broker.lastState(node)?.contact === 'closed', 'the closing');
  const contacts = broker.states(node).map(({ contact }) => contact);
  expect(contacts.filter((contact, at) => contact !== contacts[at - 1])).toEqual([
    'closed',
    'open',
    'closed',
  ]);
  await bridge.end('SIGTERM');
  expect(bridge.counters(node)).toMatchObject({ portsOpened: 1 });
});

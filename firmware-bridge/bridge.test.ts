import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BridgeProcess, Stand, until } from './test-stand.ts';

// Real processes on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000 });

const node = 'front-door';
let stand: Stand;
beforeEach(async () => {
  stand = await Stand.start();
});
afterEach(() => stand.end());

describe('a door node on a serial port', () => {
  test('tells door, lid, exit button and temperature, and obeys with a readback', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    const bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
    expect(broker.lastText('bridge/bridge-1/alive')).toBe('true');
    await until(() => broker.states(node).length >= 1, 'the first report');
    expect(broker.states(node)[0]).toMatchObject({
      sequence: 1,
      contact: 'closed',
      tamper: false,
      buzzer: false,
    });
    expect(broker.states(node)[0]?.temperature).toBeCloseTo(21, 0);

    await board.say('contact open');
    await until(() => broker.lastState(node)?.contact === 'open', 'the door is open');
    await board.say('contact closed');
    await until(() => broker.lastState(node)?.contact === 'closed', 'the door is closed');
    await board.say('tamper on');
    await until(() => broker.lastState(node)?.tamper === true, 'the lid is off');
    await board.say('tamper off');
    await until(() => broker.lastState(node)?.tamper === false, 'the lid is on');
    await board.say('button');
    await until(() => broker.lastState(node)?.button === 'pressed', 'the button');
    await board.say('temperature 4.3');
    await until(() => Math.abs((broker.lastState(node)?.temperature ?? 0) - 4.3) < 0.2, 'the temperature');
    await board.say('temperature off');
    await until(() => broker.lastState(node)?.temperature === undefined, 'the thermometer is torn off');

    await broker.order(node, 'on');
    await until(() => broker.lastState(node)?.buzzer === true, 'the readback of the buzzer');
    expect(await board.say('buzzer')).toBe('buzzer on');
    await broker.order(node, 'off');
    await until(() => broker.lastState(node)?.buzzer === false, 'the readback of silence');
    expect(await board.say('buzzer')).toBe('buzzer off');

    const states = broker.states(node);
    expect(states.map(({ sequence }) => sequence)).toEqual(states.map((_, index) => index + 1));
    expect(states.filter(({ button }) => button === 'pressed')).toHaveLength(1);
    await bridge.end('SIGTERM');
    expect(broker.lastText(`node/${node}/online`)).toBe('false');
    expect(broker.lastText('bridge/bridge-1/alive')).toBe('false');
    expect(bridge.counters(node)).toMatchObject({ commandsDone: 2, reportsDelivered: states.length });
  });

  test('a bridge killed between a report and its acknowledgement loses nothing', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    let bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.states(node).length === 1, 'the first report');

    broker.hold();
    await board.say('contact open');
    await until(() => broker.states(node).length === 2, 'the report is at the gateway, not acknowledged');
    await bridge.end('SIGKILL');
    // The gateway never stored it: what it heard so far does not count.
    broker.drop();
    const before = broker.messages.length;
    await until(() => broker.lastText(`node/${node}/online`) === 'false', 'the last will');
    await board.say('contact closed');
    await board.live(100);

    bridge = stand.bridge(stand.doorNode(node));
    const again = () => broker.messages.slice(before).filter(({ topic }) => topic === `node/${node}/state`);
    await until(() => again().length >= 2, 'both reports');
    expect(again().map(({ text }) => JSON.parse(text))).toMatchObject([
      { sequence: 2, contact: 'open' },
      { sequence: 3, contact: 'closed' },
    ]);
  });

  test('however often the bridge is killed, every opening arrives once and in order', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    let bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.states(node).length === 1, 'the first report');
    const sent: string[] = [];
    for (let round = 0; round < 4; round++) {
      for (let step = 0; step < 6; step++) {
        const contact = step % 2 === 0 ? 'open' : 'closed';
        await board.say(`contact ${contact}`);
        sent.push(contact);
        await board.live(60 + 15 * round);
        if (step === round) await bridge.end('SIGKILL');
      }
      bridge = stand.bridge(stand.doorNode(node));
    }
    await until(() => broker.states(node).length >= sent.length + 1, 'all reports');
    const states = broker.states(node).filter(({ sequence }) => sequence > 1);
    expect(states.map(({ contact }) => contact)).toEqual(sent);
    expect(states.map(({ sequence }) => sequence)).toEqual(sent.map((_, index) => index + 2));
  });

  test('reports wait in the node while the gateway is away', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    stand.bridge(stand.doorNode(node));
    await until(() => broker.states(node).length === 1, 'the first report');
    broker.leave();
    await board.say('contact open');
    await board.live(300);
    await board.say('contact closed');
    await board.live(300);
    expect(broker.states(node)).toHaveLength(1);
    broker.comeBack();
    await until(() => broker.states(node).length === 3, 'the reports that waited');
    expect(broker.states(node).map(({ contact }) => contact)).toEqual(['closed', 'open', 'closed']);
    expect(broker.states(node)[1]?.ageMs).toBeGreaterThan(200);
  });

  test('a device that comes back under another name is found by what it says of itself', async () => {
    const { broker } = stand;
    const front = await stand.board(node);
    const back = await stand.board('back-door');
    const bridge = stand.bridge(stand.doorNode(node), stand.doorNode('back-door'));
    await until(() => broker.states(node).length === 1, 'the front door');
    await until(() => broker.states('back-door').length === 1, 'the back door');

    const [frontPort, backPort] = [front.port, back.port];
    await front.say('unplug');
    await back.say('unplug');
    await until(() => broker.lastText(`node/${node}/online`) === 'false', 'the front door is offline');
    await until(() => broker.lastText('node/back-door/online') === 'false', 'the back door is offline');
    await front.say('contact open');
    // The one under a name that nobody had, the other under the one's old name.
    await back.say('plug');
    await front.say('plug');
    expect(front.port).toBe(backPort);
    expect([frontPort, backPort]).not.toContain(back.port);
    await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the front door is back');
    await until(() => broker.lastText('node/back-door/online') === 'true', 'the back door is back');
    await until(() => broker.lastState(node)?.contact === 'open', 'what happened while it was away');
    expect(broker.lastState('back-door')?.contact).toBe('closed');
    await bridge.end('SIGTERM');
    expect(bridge.said('hung up')).toBe(true);
    expect(bridge.counters(node)).toMatchObject({ hangUps: 1 });
  });

  test('noise and half frames are counted and cost nothing', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    const bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.states(node).length === 1, 'the first report');
    for (let round = 0; round < 5; round++) {
      await board.say('noise 700');
      await board.say(`contact ${round % 2 === 0 ? 'open' : 'closed'}`);
      await board.live(120);
    }
    await until(() => broker.states(node).length === 6, 'every change in spite of the noise');
    // Every piece of the line loses its tail: no frame is whole until the cable is mended.
    await board.say('cut 9');
    await board.say('contact closed');
    await board.live(500);
    expect(broker.states(node)).toHaveLength(6);
    await board.say('cut off');
    await until(() => broker.states(node).length === 7, 'the report after the cable is mended');
    expect(broker.states(node).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await bridge.end('SIGTERM');
    expect(bridge.counters(node).framesDamaged).toBeGreaterThan(0);
  });

  test('a line on which the node is heard late costs time, and no report twice', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    await board.say('slow 600');
    const bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
    for (const state of ['open', 'closed'] as const) {
      await board.say(`contact ${state}`);
      await until(() => broker.lastState(node)?.contact === state, `${state}, late`);
    }
    await broker.order(node, 'on');
    await until(() => broker.lastState(node)?.buzzer === true, 'the readback, late');
    const sequences = broker.states(node).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    await bridge.end('SIGTERM');
    expect(bridge.counters(node)).toMatchObject({ portsOpened: 1 });
  });

  test('a bridge that stood still takes nobody for silent', async () => {
    const quick = await Stand.start(10);
    try {
      const board = await quick.board(node);
      const bridge = quick.bridge(quick.doorNode(node, 'helloMs: 60000, silenceMs: 16000'));
      await until(() => quick.broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
      bridge.standStill();
      // Longer than the four real seconds of silence that it would take a node for hung after.
      await pause(5_000);
      bridge.goOn();
      await board.say('contact open');
      await until(() => quick.broker.lastState(node)?.contact === 'open', 'it goes on');
      await bridge.end('SIGTERM');
      expect(bridge.said('nothing heard for too long')).toBe(false);
      expect(bridge.counters(node)).toMatchObject({ portsOpened: 1 });
    } finally {
      await quick.end();
    }
  });

  test('a node that runs and says nothing is noticed, and its port opened anew', async () => {
    const quick = await Stand.start(10);
    try {
      const board = await quick.board(node);
      // As short as it gets: four real seconds, eight heartbeats of a board that runs ten times as fast.
      const bridge = quick.bridge(quick.doorNode(node, 'helloMs: 60000, silenceMs: 16000'));
      await until(() => quick.broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
      await board.say('cut 0');
      await until(() => quick.broker.lastText(`node/${node}/online`) === 'false', 'the silence is noticed');
      await until(() => bridge.said('nothing heard for too long'), 'the log says why');
      await board.say('cut off');
      await until(() => quick.broker.lastText(`node/${node}/online`) === 'true', 'the node is back');
    } finally {
      await quick.end();
    }
  });

  test('when the queue of the node overflows, how it began and how it stands are kept and the rest counted', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    const bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.states(node).length === 1, 'the first report');
    await board.say('unplug');
    for (let change = 0; change < 40; change++) {
      await board.say(`contact ${change % 2 === 0 ? 'open' : 'closed'}`);
      await board.live(70);
    }
    await board.say('tamper on');
    await board.live(100);
    await board.say('plug');
    await until(() => broker.lastState(node)?.tamper === true, 'how it stands now');
    const sequences = broker.states(node).map(({ sequence }) => sequence);
    // 32 places, and the first report may have been acknowledged before the cable was pulled.
    expect([32, 33]).toContain(sequences.length);
    expect(sequences.slice(0, -1)).toEqual(sequences.slice(0, -1).map((_, index) => index + 1));
    const lost = (sequences.at(-1) ?? 0) - sequences.length;
    expect(lost).toBe(42 - sequences.length);
    await bridge.end('SIGTERM');
    expect(bridge.counters(node)).toMatchObject({ reportsLost: lost });
    expect(bridge.said('reports are lost')).toBe(true);
  });

  test('the queue outlives a reset, but not the loss of power', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    const bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.states(node).length === 1, 'the first report');
    await board.say('unplug');
    await board.say('contact open');
    await board.live(150);
    await board.say('reset');
    await board.live(150);
    await board.say('plug');
    await until(() => broker.states(node).length === 3, 'the opening, and the boot');
    const [first, opening, afterReset] = broker.states(node);
    expect(opening).toMatchObject({ boot: first?.boot, sequence: 2, contact: 'open' });
    expect(opening?.ageMs).toBeUndefined();
    expect(afterReset).toMatchObject({ boot: first?.boot, sequence: 3, contact: 'open' });

    await board.say('unplug lost');
    await board.say('contact closed');
    await board.say('plug');
    await until(() => broker.lastState(node)?.boot !== first?.boot, 'a new boot');
    await until(() => broker.lastState(node)?.contact === 'closed', 'the state after it');
    expect(broker.lastState(node)?.sequence).toBe(1);
    await bridge.end('SIGTERM');
    expect(bridge.counters(node)).toMatchObject({ nodeRestarts: 1 });
  });
});

describe('an installer', () => {
  test('gives a node its name, and it is found by it', async () => {
    const board = await stand.board('as-delivered');
    const naming = new BridgeProcess(['--name', board.port, 'side-door'], stand.clock);
    expect(await naming.exited()).toBe(0);
    const former = stand.bridge(stand.doorNode('as-delivered'));
    await until(() => former.said('not ours: the door node "side-door"'), 'the old name finds it no more');
    await former.end('SIGTERM');
    stand.bridge(stand.doorNode('side-door'));
    await until(
      () => stand.broker.lastText('node/side-door/online') === 'true',
      'the node under its new name',
    );
    expect(stand.broker.lastText('node/as-delivered/online')).toBe('false');
  });
});

describe('commands', () => {
  test('what is retained, late or not understood is not carried out', async () => {
    const { broker } = stand;
    await broker.say(`node/${node}/command`, '{"buzzer":"on"}', true);
    const board = await stand.board(node);
    const bridge = stand.bridge(stand.doorNode(node));
    await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
    await until(() => bridge.said('retained commands are ignored'), 'the retained command is refused');
    const past = Date.now() - 60_000;
    await broker.say(`node/${node}/command`, `{"buzzer":"on","issuedAt":${past},"lifetimeMs":5000}`);
    await broker.say(`node/${node}/command`, '{"buzzer":"loud"}');
    await broker.say(`node/${node}/command`, 'on');
    await until(() => bridge.said('command refused: no JSON'), 'the last one was heard');
    // Had one of them been passed on, it would have reached the node before this.
    await board.say('contact open');
    await until(() => broker.lastState(node)?.contact === 'open', 'the node goes on');
    expect(broker.lastState(node)?.buzzer).toBe(false);
    expect(await board.say('buzzer')).toBe('buzzer off');
    await bridge.end('SIGTERM');
    expect(bridge.counters(node)).toMatchObject({ commandsRefused: 3, commandsExpired: 1 });
  });

  test('a command waits for its node as long as it lives', async () => {
    const { broker } = stand;
    const board = await stand.board(node);
    stand.bridge(stand.doorNode(node));
    await until(() => broker.lastText(`node/${node}/online`) === 'true', 'the node is online');
    await board.say('unplug');
    await until(() => broker.lastText(`node/${node}/online`) === 'false', 'the node is offline');
    await broker.order(node, 'on');
    await board.say('plug');
    await until(() => broker.lastState(node)?.buzzer === true, 'the readback');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observation } from '../../devices/model/observation.ts';
import type { Reading } from '../../devices/profiles/profile.ts';
import { MAX_FACTS_PER_DEVICE } from './facts.ts';
import { assigned, celsius, contact, START, TestSite } from './fixture.ts';
import { IDENTICAL_WITHIN_MS, MEASUREMENT_KEPT_EVERY_MS } from './readings.ts';

const DOOR = 'zigbee2mqtt:0x00158d0004a1b2c3';
const NODE = 'door-node:front';
const door = assigned({ device: DOOR, asset: 'front-door' });

describe('edges', () => {
  it('a change of state is an observation that the model takes', () => {
    const site = new TestSite([door]);
    site.hear(DOOR, [contact('closed')]);
    site.clock.advance(1_000);
    const { observations } = site.hear(DOOR, [contact('open')]);
    expect(observations).toEqual([
      {
        kind: 'door.opened',
        site: 'pharmacy',
        asset: 'front-door',
        source: DOOR,
        observedAt: START + 1_000,
        receivedAt: START + 1_000,
        clock: 'set',
        facts: { part: 'contact' },
      },
    ]);
    expect(observation.safeParse({ id: 'gw/epoch000/1', ...observations[0] }).success).toBe(true);
  });

  it('the first word of a device corrects what is known but is no edge', () => {
    const site = new TestSite([door]);
    expect(site.kinds(DOOR, [contact('open')])).toEqual([]);
    expect(site.state.current('front-door', 'contact')).toBe('open');
    expect(site.kinds(DOOR, [contact('closed')])).toEqual(['door.closed']);
  });

  it('the same state again is no edge, but confirms a command', () => {
    const site = new TestSite([door]);
    site.hear(DOOR, [contact('closed')]);
    const again = site.hear(DOOR, [contact('closed')]);
    expect(again.observations).toEqual([]);
    expect(again.reported).toEqual([{ asset: 'front-door', property: 'contact', value: 'closed' }]);
  });

  it('a retained message corrects the state, raises nothing and confirms nothing', () => {
    const site = new TestSite([door]);
    site.hear(DOOR, [contact('closed')]);
    const stored = site.hear(DOOR, [contact('open')], { retained: true });
    expect(stored).toEqual({ observations: [], duplicate: false, reported: [], codes: [] });
    expect(site.state.current('front-door', 'contact')).toBe('open');
    expect(site.kinds(DOOR, [contact('closed')])).toEqual(['door.closed']);
  });

  it('after a restart a differing live message is an edge, a retained one is not', () => {
    const site = new TestSite([door]);
    site.hear(DOOR, [contact('closed')]);
    site.restart();
    expect(site.kinds(DOOR, [contact('open')])).toEqual(['door.opened']);
    site.restart();
    expect(site.kinds(DOOR, [contact('closed')], { retained: true })).toEqual([]);
    expect(site.kinds(DOOR, [contact('closed')])).toEqual([]);
  });

  it('a restart with the contact read the other way round forgets what it knew, and opens no door', () => {
    const site = new TestSite([door]);
    site.hear(DOOR, [contact('closed')]);
    site.restart([assigned({ device: DOOR, asset: 'front-door', invert: ['contact'] })]);
    expect(site.kinds(DOOR, [contact('closed')])).toEqual([]);
    expect(site.state.current('front-door', 'contact')).toBe('open');
  });

  it('two contacts on a double door are one door', () => {
    const leaves = ['shelly:left', 'shelly:right'].map((device) => assigned({ device, asset: 'front-door' }));
    const site = new TestSite(leaves);
    for (const { device } of leaves) site.hear(device, [contact('closed')]);
    expect(site.kinds('shelly:left', [contact('open')])).toEqual(['door.opened']);
    expect(site.kinds('shelly:right', [contact('open')])).toEqual([]);
    expect(site.kinds('shelly:left', [contact('closed')])).toEqual([]);
    expect(site.state.current('front-door', 'contact')).toBe('open');
    expect(site.kinds('shelly:right', [contact('closed')])).toEqual(['door.closed']);
  });

  it.each([
    ['motion', 'clear', 'active', 'motion.started', 'hall'],
    ['tamper', 'clear', 'active', 'tamper.started', 'front-door'],
    ['lock', 'locked', 'unlocked', 'lock.unlocked', 'front-lock'],
    ['lock', 'locked', 'jammed', 'lock.jammed', 'front-lock'],
    ['siren', 'off', 'on', 'siren.started', 'siren'],
    ['battery', 'normal', 'low', 'battery.low', 'front-door'],
    ['picture', 'visible', 'obscured', 'camera.obscured', 'camera'],
  ] as const)('%s from %s to %s is %s', (property, from, to, kind, asset) => {
    const site = new TestSite([assigned({ device: DOOR, asset })]);
    const reading = (value: typeof from | typeof to): Reading => ({
      type: 'state',
      part: 'it',
      property,
      value,
    });
    site.hear(DOOR, [reading(from)]);
    expect(site.kinds(DOOR, [reading(to)])).toEqual([kind]);
  });
});

describe('assignments', () => {
  const INPUTS = 'shelly:shellyi4-1';

  it('each part tells about its own asset; what is not assigned is not told', () => {
    const site = new TestSite([
      assigned({ device: INPUTS, assets: { 'input:0': 'front-door', 'input:1': 'back-door' } }),
    ]);
    const both = (value: 'open' | 'closed') => [0, 1, 2].map((number) => contact(value, `input:${number}`));
    site.hear(INPUTS, both('closed'));
    const told = site.hear(INPUTS, both('open')).observations.map(({ kind, asset }) => `${kind} ${asset}`);
    expect(told).toEqual(['door.opened front-door', 'door.opened back-door']);
  });

  it('a contact wired the other way round is turned round', () => {
    const site = new TestSite([assigned({ device: INPUTS, asset: 'front-door', invert: ['input:0'] })]);
    site.hear(INPUTS, [contact('open', 'input:0')]);
    expect(site.kinds(INPUTS, [contact('closed', 'input:0')])).toEqual(['door.opened']);
  });

  it('an input stands for what it is wired to', () => {
    const entry = {
      device: INPUTS,
      asset: 'front-door',
      treatAs: { 'input:1': 'motion', 'input:2': 'tamper', 'input:3': 'exit' },
    };
    const site = new TestSite([assigned(entry)]);
    const inputs = (value: 'open' | 'closed') => [1, 2, 3].map((number) => contact(value, `input:${number}`));
    site.hear(INPUTS, inputs('closed'));
    expect(site.kinds(INPUTS, inputs('open'))).toEqual([
      'motion.started',
      'tamper.started',
      'exit.requested',
    ]);
    expect(site.kinds(INPUTS, inputs('closed'))).toEqual(['motion.stopped', 'tamper.stopped']);
  });

  it("a relay on a door is its strike, an input on a motion sensor is motion, by the asset's kind", () => {
    const site = new TestSite([
      assigned({
        device: INPUTS,
        assets: { 'switch:0': 'front-lock', 'input:0': 'hall', 'switch:1': 'siren' },
      }),
    ]);
    const relay = (part: string, value: 'on' | 'off'): Reading => ({
      type: 'state',
      part,
      property: 'siren',
      value,
    });
    site.hear(INPUTS, [relay('switch:0', 'off'), relay('switch:1', 'off'), contact('closed', 'input:0')]);
    const on = [relay('switch:0', 'on'), relay('switch:1', 'on'), contact('open', 'input:0')];
    expect(site.kinds(INPUTS, on)).toEqual(['lock.unlocked', 'siren.started', 'motion.started']);
    expect(site.state.commandTargets('front-lock', 'lock.lock')).toEqual([
      { device: INPUTS, part: 'switch:0', inverted: false, heard: true },
    ]);
    expect(site.state.commandTargets('front-lock', 'siren.on')).toEqual([]);
  });

  it('a device found in the inbox is assigned at run time, and stays so after a restart', () => {
    const site = new TestSite([]);
    site.hear(DOOR, [contact('closed')], {
      described: { name: 'front', model: 'MCCGQ11LM', parts: ['contact', 'battery'] },
    });
    site.clock.advance(500);
    site.hear(DOOR, [contact('open')]);
    expect(site.state.inbox()).toEqual([
      {
        device: DOOR,
        profile: 'zigbee2mqtt',
        name: 'front',
        model: 'MCCGQ11LM',
        parts: ['contact', 'battery'],
        firstHeardAt: START,
        lastHeardAt: START + 500,
        messages: 2,
        last: 'contact open',
        heard: [{ part: 'contact', what: 'contact', value: 'open', times: 2, changes: 2 }],
      },
    ]);
    expect(site.state.assign(door)).toEqual([]);
    expect(site.state.inbox()).toEqual([]);
    // What it said while it waited holds at once, and what it says next is news.
    expect(site.state.current('front-door', 'contact')).toBe('open');
    expect(site.state.current('front-door', 'online')).toBe('online');
    expect(site.kinds(DOOR, [contact('closed')])).toEqual(['door.closed']);
    site.restart();
    expect(site.kinds(DOOR, [contact('open')])).toEqual(['door.opened']);
    expect(site.state.devices()).toMatchObject([
      {
        device: DOOR,
        name: 'front',
        profile: 'zigbee2mqtt',
        online: true,
        assets: [{ part: 'contact', asset: 'front-door' }],
      },
    ]);
    expect(site.state.unassign(DOOR)).toBe(true);
    site.restart();
    expect(site.state.devices()).toEqual([]);
    expect([...site.kept.keys()]).toEqual([]);
  });

  it('an assignment to an asset that is not here is refused by name and changes nothing', () => {
    const site = new TestSite([]);
    expect(site.state.assign(assigned({ device: DOOR, asset: 'far-door' }))).toEqual([
      { path: ['asset'], message: '"far-door" belongs to site "elsewhere"' },
    ]);
    expect(site.kept.size).toBe(0);
  });
});

describe('moments', () => {
  const badge: Reading = {
    type: 'moment',
    part: 'badge',
    moment: 'badge-presented',
    subjects: { badge: '04A1' },
  };
  const exit: Reading = { type: 'moment', part: 'button', moment: 'exit-requested' };
  const reader = assigned({ device: NODE, asset: 'front-door', assets: { badge: 'front-reader' } });

  it('a badge is presented at its reader, for the door that the reader guards', () => {
    const site = new TestSite([reader]);
    expect(site.hear(NODE, [badge, exit]).observations).toMatchObject([
      {
        kind: 'badge.presented',
        asset: 'front-reader',
        subjects: { badge: '04A1' },
        facts: { door: 'front-door' },
      },
      { kind: 'exit.requested', asset: 'front-door', facts: { door: 'front-door' } },
    ]);
  });

  it('is never taken from a retained message', () => {
    const site = new TestSite([reader]);
    expect(site.kinds(NODE, [badge, exit], { retained: true })).toEqual([]);
  });

  it('the same badge twice is presented twice; the same message twice is not', () => {
    const site = new TestSite([reader]);
    const numbered = (sequence: number, boot = 'a') => ({ deviceSequence: { boot, sequence } });
    expect(site.kinds(NODE, [badge], numbered(1))).toEqual(['badge.presented']);
    expect(site.hear(NODE, [badge], numbered(1))).toEqual({
      observations: [],
      duplicate: true,
      reported: [],
      codes: [],
    });
    expect(site.kinds(NODE, [badge], numbered(2))).toEqual(['badge.presented']);
    site.restart();
    expect(site.hear(NODE, [badge], numbered(2)).duplicate).toBe(true);
    expect(site.kinds(NODE, [badge], numbered(0, 'b'))).toEqual(['badge.presented']);
    expect(site.hear(NODE, [badge], numbered(2)).duplicate, 'a late one of the boot before').toBe(true);
  });

  it('a retained copy does not use up the number of the message that is still to come', () => {
    const site = new TestSite([reader]);
    const numbered = { deviceSequence: { boot: 'a', sequence: 7 } };
    site.hear(NODE, [badge], { ...numbered, retained: true });
    expect(site.kinds(NODE, [badge], numbered)).toEqual(['badge.presented']);
  });

  it('a message that waited in its device is told at the time it happened', () => {
    const site = new TestSite([reader]);
    const { observations } = site.hear(NODE, [badge], {
      deviceSequence: { boot: 'a', sequence: 1 },
      seenAt: START - 60_000,
    });
    expect(observations).toMatchObject([{ observedAt: START - 60_000, receivedAt: START, clock: 'foreign' }]);
    const unbelievable = site.hear(NODE, [badge], {
      deviceSequence: { boot: 'a', sequence: 2 },
      seenAt: START + 60_000,
    });
    expect(unbelievable.observations).toMatchObject([{ observedAt: START, clock: 'set' }]);
  });
});

describe('measurements', () => {
  const PROBE = 'tasmota:fridge';
  const probe = assigned({ device: PROBE, asset: 'fridge' });

  it('are observations with their value; the same again is thinned, with a heartbeat', () => {
    const site = new TestSite([probe]);
    expect(site.hear(PROBE, [celsius(4.6)]).observations).toMatchObject([
      { kind: 'temperature.measured', value: 4.6 },
    ]);
    let told = 0;
    for (let second = 0; second < 600; second += 10) {
      site.clock.advance(10_000);
      told += site.hear(PROBE, [celsius(4.6)]).observations.length;
    }
    expect(told).toBe(600_000 / IDENTICAL_WITHIN_MS);
    expect(site.kinds(PROBE, [celsius(4.7)])).toEqual(['temperature.measured']);
    expect(site.state.assetStates('fridge')).toContainEqual({
      property: 'temperature',
      value: 4.7,
      since: site.clock.now(),
      seenAt: site.clock.now(),
    });
  });

  it('a retained value is of unknown age and is not shown as measured now', () => {
    const site = new TestSite([probe]);
    expect(site.kinds(PROBE, [celsius(4.6)], { retained: true })).toEqual([]);
    expect(site.state.current('fridge', 'temperature')).toBeUndefined();
  });

  it('the last value is known after a restart, with its age', () => {
    const site = new TestSite([probe]);
    site.hear(PROBE, [celsius(4.6)]);
    site.clock.advance(60_000);
    site.restart();
    expect(site.state.assetStates('fridge')).toContainEqual({
      property: 'temperature',
      value: 4.6,
      since: START,
      seenAt: START,
    });
  });

  it('a clock that is set back does not thin for hours', () => {
    const site = new TestSite([probe]);
    site.hear(PROBE, [celsius(4.6)]);
    expect(site.kinds(PROBE, [celsius(4.6)], { receivedAt: START - 3_600_000 })).toEqual([
      'temperature.measured',
    ]);
  });

  it('a battery is low at 15 %, normal from 25 %, and as it was in between', () => {
    const site = new TestSite([probe]);
    const level = (value: number): Reading => ({
      type: 'measurement',
      part: 'battery',
      quantity: 'battery',
      value,
    });
    const kinds = [80, 20, 15, 20, 25].map((value) =>
      site.kinds(PROBE, [level(value)]).filter((kind) => kind !== 'battery.measured'),
    );
    expect(kinds).toEqual([[], [], ['battery.low'], [], ['battery.normal']]);
    expect(site.state.devices()[0]?.battery).toBe(25);
  });

  it('a device that marks a low battery itself is believed over its percentage', () => {
    const site = new TestSite([probe]);
    const level: Reading = { type: 'measurement', part: 'battery', quantity: 'battery', value: 10 };
    const mark = (value: 'low' | 'normal'): Reading => ({
      type: 'state',
      part: 'battery',
      property: 'battery',
      value,
    });
    expect(site.kinds(PROBE, [level, mark('normal')])).toEqual(['battery.measured']);
    expect(site.kinds(PROBE, [mark('low')])).toEqual(['battery.low']);
  });

  it('a fast sensor has its last value on disk within ten seconds, and is told anew after a restart', () => {
    const site = new TestSite([probe]);
    for (const value of [4, 5, 6])
      expect(site.kinds(PROBE, [celsius(value)])).toEqual(['temperature.measured']);
    site.restart();
    // The 4 is on disk, the 6 was told.
    expect(site.kinds(PROBE, [celsius(4)])).toEqual(['temperature.measured']);
    site.clock.advance(MEASUREMENT_KEPT_EVERY_MS);
    site.kinds(PROBE, [celsius(7)]);
    site.restart();
    expect(site.state.current('fridge', 'temperature')).toBe(7);
  });

  it('one that tells ever new parts is heard no further than the bound', () => {
    const site = new TestSite([probe]);
    const told = Array.from({ length: MAX_FACTS_PER_DEVICE + 50 }, (_, index): Reading[] => [
      { type: 'measurement', part: `temperature_${index}`, quantity: 'temperature', value: 5 },
    ]).flatMap((readings) => site.kinds(PROBE, readings));
    expect(told.filter((kind) => kind === 'temperature.measured')).toHaveLength(MAX_FACTS_PER_DEVICE);
  });
});

describe('whatever comes', () => {
  const devices = [DOOR, NODE];
  const step = fc.record({
    device: fc.constantFrom(...devices),
    readings: fc.array(
      fc.oneof(
        fc.constantFrom(contact('open'), contact('closed')),
        fc.constantFrom<Reading>(
          { type: 'state', part: 'tamper', property: 'tamper', value: 'active' },
          { type: 'state', part: 'tamper', property: 'tamper', value: 'clear' },
          { type: 'state', part: 'online', property: 'online', value: 'offline' },
          { type: 'state', part: 'online', property: 'online', value: 'online' },
          { type: 'moment', part: 'badge', moment: 'badge-presented', subjects: { badge: '1' } },
        ),
        fc.integer({ min: 3, max: 6 }).map(celsius),
      ),
      { maxLength: 4 },
    ),
    retained: fc.boolean(),
    afterMs: fc.constantFrom(0, 1_000, 400_000),
    restart: fc.boolean(),
  });
  const assignments = devices.map((device, index) =>
    assigned({ device, asset: index === 0 ? 'front-door' : 'back-door' }),
  );

  it('a retained message is silent, and a restart at any point repeats a measurement at most', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const outcomes = [true, false].map((withRestarts) => {
          const site = new TestSite(assignments);
          return steps.map(({ device, readings, retained, afterMs, restart }) => {
            site.clock.advance(afterMs);
            if (withRestarts && restart) site.restart();
            const { observations } = site.hear(device, readings, { retained });
            if (retained) expect(observations).toEqual([]);
            return observations;
          });
        });
        // What was measured may be told again after a restart: it is on disk now and then only.
        const [restarted, steady] = outcomes.map((all) => {
          const measured = new Map<string, number | undefined>();
          return all
            .flat()
            .filter(({ kind, source, value }) => {
              const isNews = kind !== 'temperature.measured' || measured.get(source) !== value;
              if (kind === 'temperature.measured') measured.set(source, value);
              return isNews;
            })
            .map(({ kind, asset, value }) => ({ kind, asset, value }));
        });
        expect(restarted).toEqual(steady);
      }),
      { numRuns: 200 },
    );
  });
});

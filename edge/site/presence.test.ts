import { describe, expect, it } from 'vitest';
import { scaledClock } from '../../devices/model/clock.ts';
import { assigned, celsius, contact, online, START, TestSite } from './fixture.ts';
import { FOUND_OFFLINE_GRACE_MS, MEASURING_SUPERVISE_MS, RETURN_WITHIN_MS } from './presence.ts';
import { GRACE_MS, Supervision } from './supervision.ts';

const HOUR_MS = 3_600_000;
const ZIGBEE = 'zigbee2mqtt:0x00158d0004a1b2c3';
const ESP = 'esphome:back';
const NODE = 'door-node:front';

describe('silence', () => {
  it('is trouble: told once, and the next word tells that the device is back', () => {
    const site = new TestSite([assigned({ device: NODE, asset: 'front-door', superviseMs: 60_000 })]);
    site.hear(NODE, [contact('closed')]);
    expect(site.pass(59_000)).toEqual([]);
    expect(site.pass(1_000)).toEqual(['device.offline front-door']);
    expect(site.state.current('front-door', 'online')).toBe('offline');
    expect(site.pass(HOUR_MS)).toEqual([]);
    expect(site.kinds(NODE, [contact('closed')])).toEqual(['device.online']);
    expect(site.pass(60_000)).toEqual(['device.offline front-door']);
  });

  it('every word begins the interval anew', () => {
    const site = new TestSite([assigned({ device: NODE, asset: 'front-door', superviseMs: 60_000 })]);
    for (let minute = 0; minute < 30; minute++) {
      site.hear(NODE, [contact('closed')]);
      expect(site.pass(50_000)).toEqual([]);
    }
  });

  it('is told of a device that was assigned and never heard', () => {
    const site = new TestSite([assigned({ device: NODE, asset: 'front-door', superviseMs: 60_000 })]);
    expect(site.pass(60_000)).toEqual(['device.offline front-door']);
  });

  it('is told for every asset that the device serves', () => {
    const assets = { contact: 'front-door', badge: 'front-reader' };
    const site = new TestSite([assigned({ device: NODE, assets, superviseMs: 60_000 })]);
    expect(site.pass(60_000)).toEqual(['device.offline front-door', 'device.offline front-reader']);
  });

  it("a bridge's word on a device's behalf is no sign of life", () => {
    const site = new TestSite([assigned({ device: ZIGBEE, asset: 'front-door' })]);
    site.hear(ZIGBEE, [contact('closed'), online('online')]);
    const told: string[] = [];
    for (let hour = 0; hour < 6; hour++) {
      told.push(...site.pass(HOUR_MS));
      site.hear(ZIGBEE, [online('online')]);
    }
    expect(told).toEqual(['device.offline front-door']);
    expect(site.state.devices()[0]?.online).toBe(false);
  });

  it("a bridge's memory of a device, told again when it starts, is no sign of life and measures nothing", () => {
    const site = new TestSite([assigned({ device: ZIGBEE, asset: 'fridge' })]);
    const seenAt = START - 500;
    expect(site.kinds(ZIGBEE, [celsius(4.6)], { seenAt })).toEqual(['temperature.measured']);
    const told: string[] = [];
    for (let hour = 0; hour < 4; hour++) {
      told.push(...site.pass(HOUR_MS));
      site.restart();
      told.push(...site.kinds(ZIGBEE, [celsius(4.6)], { seenAt }));
    }
    expect(told).toEqual(['device.offline fridge']);
    expect(site.kinds(ZIGBEE, [celsius(4.6)], { seenAt: START })).toEqual([
      'device.online',
      'temperature.measured',
    ]);
  });

  it('does not begin anew with each restart', () => {
    const site = new TestSite([assigned({ device: ZIGBEE, asset: 'front-door' })]);
    site.hear(ZIGBEE, [contact('closed')]);
    const told: string[] = [];
    for (let hour = 0; hour < 6; hour++) {
      told.push(...site.pass(HOUR_MS));
      site.restart();
    }
    expect(told).toEqual(['device.offline front-door']);
  });

  it('a device that measures is expected to speak, even where its last will watches it', () => {
    const site = new TestSite([assigned({ device: ESP, asset: 'fridge' })]);
    site.hear(ESP, [online('online'), celsius(4.5)]);
    site.hear(ESP, [celsius(4.6)]);
    expect(site.pass(MEASURING_SUPERVISE_MS)).toEqual(['device.offline fridge']);
  });
});

describe('the last will', () => {
  it('tells at once, and silence of a quiet contact is no trouble', () => {
    const site = new TestSite([assigned({ device: ESP, asset: 'back-door' })]);
    site.hear(ESP, [online('online')]);
    site.hear(ESP, [contact('closed')]);
    expect(site.pass(72 * HOUR_MS)).toEqual([]);
    expect(site.kinds(ESP, [online('offline')])).toEqual(['device.offline']);
    expect(site.kinds(ESP, [online('online')])).toEqual(['device.online']);
  });

  it('watches a device from the moment it is assigned, also one that has nothing to say', () => {
    const site = new TestSite([]);
    site.hear(ESP, [online('online')]);
    site.hear(ESP, [contact('closed')]);
    site.state.assign(assigned({ device: ESP, asset: 'back-door' }));
    expect(site.pass(72 * HOUR_MS)).toEqual([]);
    site.state.assign(assigned({ device: ESP, asset: 'front-door' }));
    expect(site.pass(72 * HOUR_MS)).toEqual([]);
    expect(site.kinds(ESP, [online('offline')])).toEqual(['device.offline']);
  });

  it('a device that is first heard of as gone is told after a while', () => {
    const site = new TestSite([assigned({ device: ESP, asset: 'back-door' })]);
    expect(site.kinds(ESP, [online('offline')])).toEqual([]);
    expect(site.pass(FOUND_OFFLINE_GRACE_MS)).toEqual(['device.offline back-door']);
  });

  it('found stored as gone it is told after a while, unless it comes back', () => {
    for (const comesBack of [false, true]) {
      const site = new TestSite([assigned({ device: ESP, asset: 'back-door' })]);
      site.hear(ESP, [online('online')]);
      site.restart();
      expect(site.kinds(ESP, [online('offline')], { retained: true })).toEqual([]);
      if (comesBack) site.hear(ESP, [online('online')]);
      expect(site.pass(HOUR_MS)).toEqual(comesBack ? [] : ['device.offline back-door']);
    }
  });

  it('that fell due while the broker was down is made up for', () => {
    const site = new TestSite([assigned({ device: ESP, asset: 'back-door' })]);
    site.hear(ESP, [online('online')]);
    site.restart();
    site.hear(ESP, [online('online')], { retained: true, brokerRestarted: true });
    expect(site.pass(RETURN_WITHIN_MS)).toEqual(['device.offline back-door']);
  });

  it("stored by a broker that kept running, it is the broker's word that the device is there", () => {
    const site = new TestSite([assigned({ device: ESP, asset: 'back-door' })]);
    site.hear(ESP, [online('online')]);
    site.restart();
    site.hear(ESP, [online('online')], { retained: true });
    expect(site.pass(72 * HOUR_MS)).toEqual([]);
    expect(site.kinds(ESP, [online('offline')])).toEqual(['device.offline']);
  });

  it('known only from a stored word, a device that goes is told', () => {
    const site = new TestSite([assigned({ device: ESP, asset: 'back-door' })]);
    site.hear(ESP, [online('online')], { retained: true });
    expect(site.kinds(ESP, [online('offline')])).toEqual(['device.offline']);
  });
});

describe('clocks and standstills', () => {
  it('a wall clock that is set back or forward makes nobody silent', () => {
    let nowMs = START;
    let monotonicMs = 0;
    const clock = { now: () => nowMs, monotonicMs: () => monotonicMs, rate: 1, schedule: () => () => {} };
    const site = new TestSite([assigned({ device: NODE, asset: 'front-door', superviseMs: 60_000 })], {
      ...clock,
      advance: () => {},
    });
    site.hear(NODE, [contact('closed')]);
    for (const jumpMs of [-365 * 24 * HOUR_MS, 2 * 365 * 24 * HOUR_MS]) {
      nowMs += jumpMs;
      monotonicMs += 10_000;
      expect(site.state.overdue(nowMs)).toEqual([]);
    }
    monotonicMs += 40_000;
    expect(site.state.overdue(nowMs)).toHaveLength(1);
  });

  it('time in which the gateway stood still is not held against the devices, for a while', () => {
    const site = new TestSite([assigned({ device: NODE, asset: 'front-door', superviseMs: 60_000 })]);
    site.hear(NODE, [contact('closed')]);
    site.clock.advance(10 * 60_000);
    expect(site.state.overdue(site.clock.now()), 'the first look after the standstill').toEqual([]);
    site.clock.advance(GRACE_MS / 2);
    site.hear(NODE, [contact('closed')]);
    expect(site.pass(30_000), 'it had spoken; the word was only waiting').toEqual([]);
    site.clock.advance(10 * 60_000);
    expect(site.state.overdue(site.clock.now())).toEqual([]);
    expect(site.pass(GRACE_MS), 'this time it had not').toEqual(['device.offline front-door']);
  });

  it('a gateway that is always late still notices silence', () => {
    const site = new TestSite([assigned({ device: NODE, asset: 'front-door', superviseMs: 60_000 })]);
    site.hear(NODE, [contact('closed')]);
    const told: number[] = [];
    for (let look = 0; look < 10; look++) {
      site.clock.advance(120_000);
      if (site.state.overdue(site.clock.now()).length > 0) told.push(look);
    }
    expect(told).toEqual([3]);
  });

  it('runs on a faster clock', () => {
    const supervision = new Supervision(
      scaledClock(START, performance.timeOrigin + performance.now(), 1_000),
    );
    supervision.watch('a', 1);
    expect(supervision.nextDueInMs()).toBeLessThanOrEqual(1);
    expect(new Supervision(scaledClock(START, 0, 1)).nextDueInMs()).toBeUndefined();
  });
});

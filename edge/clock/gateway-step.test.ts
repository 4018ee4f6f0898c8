/** What is under way at a site when its clock is set: a door held open, an exit delay, a device that may fall silent. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { readGatewayConfiguration } from '../config.ts';
import { Gateway } from '../gateway.ts';
import { openOutbox } from '../outbox/open.ts';
import { configuredFolder } from '../testing/gateway-process.ts';
import { SteadyClock } from './steady-clock.ts';
import { type TestSystemTime, testSystemTime } from './testing.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
/** Minutes of simulated time in quarter seconds, with commits to a real disk on a machine that does other work. */
const LOADED_MACHINE_MS = 60_000;
const FRONT = 'zigbee2mqtt:0x0000000000000001';
const anna = { name: 'Anna Weber', from: 'site' } as const;
const signingKey = generateKeyPairSync('ed25519').privateKey;

/** One life of a gateway in `folder`, on a machine whose clock the test sets. */
async function life(folder: string, system: TestSystemTime) {
  const configuration = readGatewayConfiguration(join(folder, 'gateway.yaml'));
  const clock = new SteadyClock('system', system);
  const outbox = await openOutbox({
    directory: join(folder, 'outbox'),
    gateway: 'gateway-1',
    signingKey,
    clock,
    maxBytes: 16 * 1024 * 1024,
    segmentBytes: 1024 * 1024,
    onFatal: (error) => {
      throw error;
    },
  });
  onTestFinished(() => outbox.close());
  await clock.begin(outbox.newestAt);
  const observed: Observation[] = [];
  const detected: Detection[] = [];
  const gateway = new Gateway({
    configuration,
    clock,
    outbox,
    deliver: () => true,
    onChanged: () => {},
    onObserved: (observation) => void observed.push(observation),
    onDetected: (detection) => void detected.push(detection),
    onTrouble: (message) => {
      throw new Error(message);
    },
  });
  await gateway.start();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock,
    outbox,
    gateway,
    observed,
    detected,
    kinds: () => observed.map(({ kind }) => kind),
    async pass(ms: number) {
      // In small steps, so that what falls due asks for its next timer on the way.
      for (let left = ms; left > 0; left -= 250) {
        system.advance(Math.min(250, left));
        await turn();
      }
    },
    contact: (value: 'open' | 'closed', device = FRONT) =>
      gateway.hear([
        {
          heard: { device, readings: [{ type: 'state', part: 'contact', property: 'contact', value }] },
          profile: 'zigbee2mqtt',
          arrival: { receivedAt: clock.now(), retained: false },
        },
      ]),
    /** As `watch` does it, a few seconds after the machine's clock was set. */
    async compare() {
      const change = clock.compare();
      if (change !== undefined) await gateway.clockChanged(change);
      return change;
    },
    async end() {
      gateway.stop();
      await outbox.close();
    },
  };
}

const withDelays = (text: string) =>
  text
    .replace('exitDelayMs: 0', 'exitDelayMs: 20000')
    .replace(
      "0x0000000000000002', name: Back contact,",
      "0x0000000000000002', name: Back contact, superviseMs: 600000,",
    );

/** A door opened 3 s before the clock is set and held open for 5 s: told once, when it has been open for 5 s. */
async function setWhileUnderWay(first: TestSystemTime, setTo: number, byTimeServer: boolean) {
  const folder = await configuredFolder(withDelays);
  const before = await life(folder, testSystemTime(NOON));
  await before.contact('closed');
  await before.contact('closed', 'zigbee2mqtt:0x0000000000000002');
  await before.end();

  const here = await life(folder, first);
  const begunAt = here.clock.now();
  await here.contact('closed', 'zigbee2mqtt:0x0000000000000002');
  expect(await here.gateway.arm('away', [], anna)).toMatchObject({ result: 'arming' });
  await here.pass(1_000);
  await here.contact('open');
  await here.pass(2_000);
  first.set(setTo, byTimeServer);
  return { here, begunAt };
}

it('after 56 years without the time: nothing misfires, and all is told of when the time is known', {
  timeout: LOADED_MACHINE_MS,
}, async () => {
  const { here, begunAt } = await setWhileUnderWay(testSystemTime(0), NOON + 72 * HOUR, false);
  expect(begunAt).toBeGreaterThanOrEqual(NOON);
  expect(here.observed.every(({ clock }) => clock === 'unset')).toBe(true);
  expect(here.kinds()).toContain('clock.unset');
  const change = await here.compare();
  expect(change).toMatchObject({ quality: 'set', correctionMs: NOON + 72 * HOUR - begunAt - 3_000 });

  const set = here.observed.find(({ kind }) => kind === 'clock.set');
  expect(set).toMatchObject({
    clock: 'set',
    observedAt: NOON + 72 * HOUR,
    facts: {
      boot: here.outbox.boot,
      correctionMs: change?.correctionMs,
      sinceBootMs: 3_000,
      fromSequence: Number(here.observed[0]?.id.split('/').at(-1)),
    },
  });
  expect(here.detected).toEqual([]);
  expect(here.gateway.panel.phase).toBe('exit-delay');
  expect(here.kinds()).not.toContain('device.offline');

  await here.pass(4_000);
  const held = here.detected.filter(({ rule }) => rule.startsWith('held-open'));
  expect(held.map(({ at }) => at - (NOON + 72 * HOUR))).toEqual([1_000, 3_000]);
  await here.contact('closed');
  await here.pass(12_750);
  expect(here.gateway.panel.phase).toBe('exit-delay');
  await here.pass(500);
  expect([here.gateway.panel.phase, here.gateway.panel.mode]).toEqual(['settled', 'away']);
  // Silent for ten minutes by what has really passed, and not before.
  await here.pass(570_000);
  expect(here.kinds()).not.toContain('device.offline');
  await here.pass(30_000);
  expect(here.kinds().filter((kind) => kind === 'device.offline')).toHaveLength(1);
  await here.end();
});

it('back by an hour, as a time server says: what was under way goes on as long as it would have', {
  timeout: LOADED_MACHINE_MS,
}, async () => {
  const system = testSystemTime(NOON + HOUR);
  const { here } = await setWhileUnderWay(system, NOON + 3_000, true);
  // What `watch` finds out by itself.
  const stopping = new AbortController();
  const change = await new Promise((resolve) => {
    here.clock.watch(
      (found) => void here.gateway.clockChanged(found).then(() => resolve(found)),
      stopping.signal,
    );
    void here.pass(5_000);
  });
  stopping.abort();
  expect(change).toMatchObject({ quality: 'set', correctionMs: -HOUR });
  await here.pass(1_000);
  expect(here.gateway.panel.phase).toBe('exit-delay');
  const held = here.detected.filter(({ rule }) => rule.startsWith('held-open'));
  expect(held).toHaveLength(2);
  await here.contact('closed');
  await here.pass(12_000);
  expect(here.gateway.panel.phase).toBe('settled');
  expect(here.kinds()).not.toContain('device.offline');
  await here.end();
});

it('a machine that is suddenly 56 years ahead changes nothing at the site, and is told of', {
  timeout: LOADED_MACHINE_MS,
}, async () => {
  const system = testSystemTime(NOON + HOUR);
  const { here } = await setWhileUnderWay(system, Date.UTC(2082, 10, 23), false);
  expect(await here.compare()).toMatchObject({ quality: 'unset', correctionMs: 0 });
  expect(here.detected).toEqual([]);
  expect(here.gateway.panel.phase).toBe('exit-delay');
  await here.contact('closed');
  expect(here.observed.at(-1)).toMatchObject({
    kind: 'door.closed',
    clock: 'unset',
    observedAt: NOON + HOUR + 3_000,
  });
  system.set(NOON + HOUR + 3_000);
  expect(await here.compare()).toMatchObject({ quality: 'set', correctionMs: 0 });
  expect(here.observed.at(-1)).toMatchObject({
    kind: 'clock.set',
    facts: { correctionMs: 0, fromSequence: expect.any(Number) },
  });
  await here.end();
});

it('what was moved is what a restart finds', { timeout: LOADED_MACHINE_MS }, async () => {
  const { here } = await setWhileUnderWay(testSystemTime(0), NOON + 72 * HOUR, false);
  await here.compare();
  await here.end();
  const next = await life(
    join(here.gateway.configuration.file, '..'),
    testSystemTime(NOON + 72 * HOUR + 1_000),
  );
  expect(next.clock.quality).toBe('set');
  await next.pass(3_000);
  const held = next.detected.filter(({ rule }) => rule.startsWith('held-open'));
  expect(held.map(({ at }) => at - (NOON + 72 * HOUR))).toEqual([1_000, 3_000]);
  await next.end();
});

it('what the schedule wanted in the time that was left out is done at once', {
  timeout: LOADED_MACHINE_MS,
}, async () => {
  const days = 'days: [mon, tue, wed, thu, fri, sat, sun]';
  const atTwo = `schedule: { entries: [{ ${days}, at: '08:00', mode: disarmed }, { ${days}, at: '14:00', mode: away }] }`;
  const folder = await configuredFolder((text) => text.replace('panel: {', `panel: { ${atTwo},`));
  const before = await life(folder, testSystemTime(NOON));
  await before.contact('closed');
  await before.contact('closed', 'zigbee2mqtt:0x0000000000000002');
  await before.end();
  const system = testSystemTime(0);
  const here = await life(folder, system);
  await here.pass(1_000);
  expect(here.gateway.panel.mode).toBe('disarmed');
  // Noon at Greenwich is one o'clock in Berlin.
  system.set(NOON + 72 * HOUR + 30 * 60_000);
  await here.compare();
  await here.pass(1_000);
  expect(here.gateway.panel.mode).toBe('disarmed');
  system.set(NOON + 74 * HOUR);
  await here.compare();
  await here.pass(1_000);
  expect(here.gateway.panel.mode).toBe('away');
  expect(here.kinds().filter((kind) => kind === 'alarm.armed')).toHaveLength(1);
  await here.end();
});

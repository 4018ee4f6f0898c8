import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../devices/model/clock.ts';
import { Camera as SimulatedCamera } from '../../../simulators/devices/camera/camera.ts';
import { Camera, type CameraOptions } from './camera.ts';
import { openCamera } from './client.ts';

let stop = new AbortController();
let powerOff = new AbortController();
afterEach(() => {
  stop.abort();
  powerOff.abort();
  stop = new AbortController();
  powerOff = new AbortController();
});

/** The machine may be busy; nothing here depends on how long it takes. */
const eventually = <Value>(look: () => Value) => vi.waitFor(look, 15_000);

const simulatedCamera = (more: Partial<Parameters<typeof SimulatedCamera.start>[0]> = {}) =>
  SimulatedCamera.start(
    { clock: systemClock, username: 'gatehouse', password: 'secret', serial: 'S1', ...more },
    powerOff.signal,
  );

function driverFor(simulated: SimulatedCamera, more: Partial<CameraOptions> = {}) {
  const said: string[] = [];
  const facts: unknown[] = [];
  const troubles: (string | undefined)[] = [];
  const subscriptions: (string | undefined)[] = [];
  const starts: number[] = [];
  const serials: string[] = [];
  const unreadable: number[] = [];
  const camera = new Camera(
    {
      asset: 'store-room-camera',
      host: '127.0.0.1',
      port: simulated.port,
      secure: false,
      username: 'gatehouse',
      password: 'secret',
      events: 'pull',
      isClockSet: () => true,
      onSubscription: (subscription) => subscriptions.push(subscription),
      onDescribed: ({ serial, mac, endpoint }) => serials.push(`${serial} ${mac} ${endpoint}`),
      onStarted: (at) => starts.push(at),
      onUnreadable: (count) => unreadable.push(count),
      onHeard: ({ readings }, isState) => {
        for (const reading of readings) {
          facts.push(reading);
          const mark = isState ? ' (state)' : '';
          if (reading.type === 'state') said.push(`${reading.part} ${reading.value}${mark}`);
          if (reading.type === 'moment') said.push(`${reading.part}${mark}`);
        }
      },
      onTrouble: (trouble) => troubles.push(trouble),
      ...more,
    },
    stop.signal,
  );
  const running = camera.run();
  return { camera, said, facts, troubles, running, subscriptions, starts, serials, unreadable };
}

const arrival = ['online online', 'role:events working', 'clock right', 'picture:dark:vs visible (state)'];

async function site(more: Partial<CameraOptions> = {}) {
  const simulated = await simulatedCamera();
  return { simulated, ...driverFor(simulated, more) };
}

test('a lens that goes dark is told, and what was so at connection is told as state', async () => {
  const { simulated, said, serials } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  simulated.show({ dark: true });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs obscured'));
  simulated.show({ dark: false });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs visible'));
  expect(serials).toEqual([expect.stringMatching(/^S1 02:00(:[0-9a-f]{2}){4} urn:uuid:/)]);
});

test('lines, fields, inputs, signal and what the camera suffers itself are heard', async () => {
  const { simulated, said, facts, starts } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  expect(Math.abs((starts[0] ?? 0) - Date.now())).toBeLessThan(60_000);
  simulated.tell({
    topic: 'tns1:RuleEngine/LineDetector/Crossed',
    source: { Rule: 'gate' },
    data: { ObjectId: 3 },
  });
  simulated.tell({
    topic: 'tns1:RuleEngine/FieldDetector/ObjectsInside',
    source: { Rule: 'yard' },
    data: { IsInside: true },
    isProperty: true,
  });
  simulated.tell({
    topic: 'tns1:Device/Trigger/tnshik:AlarmIn//.',
    source: { AlarmInToken: '1' },
    data: { State: 1 },
    isProperty: true,
  });
  simulated.tell({
    topic: 'tns1:VideoSource/SignalLoss',
    source: { Source: 'vs' },
    data: { State: true },
    isProperty: true,
  });
  simulated.tell({ topic: 'tns1:Device/HardwareFailure/StorageFailure', data: { Failed: 'true' } });
  await eventually(() =>
    expect(said.slice(4)).toEqual([
      'line-crossed:gate',
      'field:yard active',
      'input:1 active',
      'signal:vs lost',
      'storage failed',
    ]),
  );
  expect(facts).toContainEqual(expect.objectContaining({ facts: { rule: 'gate', object: '3' } }));
});

test('somebody who tries passwords at the camera is named by it', async () => {
  const { simulated, said, facts } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  const stranger = driverFor(simulated, { username: 'root', password: 'admin' });
  await eventually(() => expect(stranger.troubles).toEqual(['refused']));
  await eventually(() => expect(said).toContain('login-failed'));
  expect(facts).toContainEqual(
    expect.objectContaining({ subjects: { account: 'root' }, observables: { ip: '127.0.0.1' } }),
  );
});

test.each(['basic', 'digest-md5', 'digest-sha256', 'digest-both'] as const)(
  'a picture is a JPEG, taken with the password as the camera asks for it: %s',
  async (logIn) => {
    const { camera, said } = driverFor(await simulatedCamera({ logIn }));
    await eventually(() => expect(said).toContain('online online'));
    const picture = await camera.picture();
    expect([...picture.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(picture.length).toBeGreaterThan(2_000);
  },
);

test('a wrong password is told as refused, not as connected', async () => {
  const { said, troubles } = await site({ password: 'wrong' });
  await eventually(() => expect(troubles).toEqual(['refused']));
  expect(said).toEqual(['online offline', 'role:events failed']);
});

test('after a reboot with a wrong clock the camera is heard again, and its clock is a trouble of its own', async () => {
  const { simulated, said, troubles, starts } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  await simulated.reboot(300, -3_600_000 * 24 * 400);
  await eventually(() => expect(said).toContain('clock wrong'));
  expect(troubles).not.toContain('refused');
  // The start is told in the camera's wrong time, and understood in ours.
  await eventually(() => expect(starts.length).toBeGreaterThanOrEqual(2));
  expect(Math.abs((starts.at(-1) ?? 0) - Date.now())).toBeLessThan(60_000);
  simulated.show({ dark: true });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs obscured'));
});

test('a clock that is set while we listen is measured again, without the camera counting as gone', async () => {
  const simulated = await simulatedCamera();
  simulated.behave({ waitAtMostMs: 300 });
  const { said, troubles } = driverFor(simulated);
  await eventually(() => expect(said).toContain(arrival[3]));
  simulated.setClockOffset(3_600_000);
  await eventually(() => expect(simulated.stale).toBeGreaterThan(0));
  simulated.show({ dark: true });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs obscured'));
  expect(troubles).toEqual([undefined]);
});

test('a camera that has forgotten the subscription gets another one at once', async () => {
  const { simulated, said, troubles } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  simulated.forgetSubscriptions();
  await eventually(() => expect(simulated.subscribed).toBe(2));
  simulated.show({ dark: true });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs obscured'));
  expect(troubles).toEqual([undefined]);
});

test('a dropped connection on an empty pull is no trouble', async () => {
  const simulated = await simulatedCamera();
  simulated.behave({ dropsEmptyPulls: true, waitAtMostMs: 200 });
  const { said, troubles } = driverFor(simulated);
  await eventually(() => expect(said).toEqual(arrival));
  await new Promise((resolve) => setTimeout(resolve, 500));
  simulated.show({ dark: true });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs obscured'));
  expect(troubles).toEqual([undefined]);
  expect(simulated.subscribed).toBe(1);
});

test('rubbish, silence and answers without end are a camera that is not there, and then it is again', async () => {
  const { simulated, said, troubles } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  simulated.answers = 'endless';
  simulated.forgetSubscriptions();
  await eventually(() => expect(troubles).toEqual([undefined, 'unreachable']));
  simulated.answers = 'rubbish';
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  simulated.answers = 'well';
  await vi.waitFor(() => expect(troubles).toEqual([undefined, 'unreachable', undefined]), 30_000);
  expect(said.filter((word) => word.startsWith('online'))).toEqual([
    'online online',
    'online offline',
    'online online',
  ]);
}, 60_000);

test('a camera whose subscriptions others have taken is there, and its events are dead', async () => {
  const simulated = await simulatedCamera();
  const { port } = simulated;
  const access = { host: '127.0.0.1', port, secure: false, username: 'gatehouse', password: 'secret' };
  for (let taken = 0; taken < 4; taken++) await (await openCamera(access, stop.signal)).subscribe();
  const { said, troubles } = driverFor(simulated);
  await eventually(() => expect(troubles).toEqual(['no-events']));
  expect(said).toEqual(['online online', 'role:events failed']);
  simulated.forgetSubscriptions();
  await eventually(() => expect(said).toContain('role:events working'));
});

test('a cut cable says nothing, and is noticed in the middle of a pull', { timeout: 90_000 }, async () => {
  const { simulated, troubles, said } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  simulated.answers = 'never';
  await vi.waitFor(() => expect(troubles).toEqual([undefined, 'unreachable']), 50_000);
});

test('a camera whose events come over MQTT gets no subscription', async () => {
  const { simulated, said } = await site({ events: 'mqtt' });
  await eventually(() => expect(said).toContain('online online'));
  expect(simulated.subscribed).toBe(0);
});

test('it turns to a preset by name or token, and says which there are', async () => {
  const { camera, said } = await site();
  await eventually(() => expect(said).toContain('online online'));
  expect(await camera.goTo('ceiling')).toBe('Ceiling');
  expect(await camera.goTo('1')).toBe('Room');
  await expect(camera.goTo('roof')).rejects.toThrow('there is no preset "roof"; there are Room, Ceiling');
});

test('a storm of notices is told with counts, and its end is right', async () => {
  const { simulated, said } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  for (let index = 0; index < 400; index++) simulated.show({ dark: index % 2 === 0 });
  simulated.show({ dark: true });
  await eventually(() => expect(said.at(-1)).toBe('picture:dark:vs obscured'));
  expect(said.length).toBeLessThan(120);
});

test('a stopped driver leaves no subscription behind on the camera', async () => {
  const { simulated, said, running } = await site();
  await eventually(() => expect(said).toEqual(arrival));
  expect(simulated.subscriptions).toBe(1);
  stop.abort();
  await running;
  expect(simulated.subscriptions).toBe(0);
});

test('a gateway that was killed gives back the subscription of its last life', async () => {
  const { simulated, subscriptions } = await site();
  await eventually(() => expect(subscriptions).toHaveLength(1));
  const leftBehind = subscriptions[0] ?? '';
  const next = driverFor(simulated, { leftBehind });
  await eventually(() => expect(next.subscriptions.length).toBeGreaterThanOrEqual(1));
  expect(simulated.gaveBack).toBe(1);
});

test('a camera’s clock is judged only by a clock that somebody has set, and then at once', async () => {
  const simulated = await simulatedCamera();
  simulated.setClockOffset(600_000);
  let isSet = false;
  const { camera, said, facts, starts } = driverFor(simulated, { isClockSet: () => isSet });
  await eventually(() => expect(said).toContain('picture:dark:vs visible (state)'));
  expect(said.filter((word) => word.startsWith('clock'))).toEqual([]);
  expect([camera.clockOffsetMs, starts]).toEqual([undefined, []]);
  isSet = true;
  await camera.clockWasSet();
  expect(said.filter((word) => word.startsWith('clock'))).toEqual(['clock wrong']);
  expect(facts.at(-1)).toMatchObject({ facts: { offsetSeconds: expect.closeTo(600, -1) } });
});

import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../devices/model/clock.ts';
import { Camera as SimulatedCamera } from '../../../simulators/devices/camera/camera.ts';
import { Camera } from './camera.ts';
import { digestAuthorization } from './snapshot.ts';

let stop = new AbortController();
let powerOff = new AbortController();
afterEach(() => {
  stop.abort();
  powerOff.abort();
  stop = new AbortController();
  powerOff = new AbortController();
});

async function site(password = 'secret') {
  const simulated = await SimulatedCamera.start(
    { clock: systemClock, username: 'gatehouse', password: 'secret', serial: 'S1' },
    powerOff.signal,
  );
  const said: string[] = [];
  const troubles: (string | undefined)[] = [];
  const subscriptions: (string | undefined)[] = [];
  const camera = new Camera(
    {
      asset: 'store-room-camera',
      host: '127.0.0.1',
      port: simulated.port,
      secure: false,
      username: 'gatehouse',
      password,
      onSubscription: (subscription) => subscriptions.push(subscription),
      onHeard: ({ readings }, isState) => {
        for (const reading of readings) {
          if (reading.type === 'state')
            said.push(`${reading.property} ${reading.value}${isState ? ' (state)' : ''}`);
        }
      },
      onTrouble: (trouble) => troubles.push(trouble),
    },
    stop.signal,
  );
  const running = camera.run();
  return { simulated, camera, said, troubles, running, subscriptions };
}

test('a lens that goes dark is told, and what was so at connection is told as state', async () => {
  const { simulated, said } = await site();
  await vi.waitFor(() => expect(said).toEqual(['online online', 'picture visible (state)']), 5_000);
  simulated.show({ dark: true });
  await vi.waitFor(() => expect(said.at(-1)).toBe('picture obscured'), 5_000);
  simulated.show({ dark: false });
  await vi.waitFor(() => expect(said.at(-1)).toBe('picture visible'), 5_000);
});

test('a picture is a JPEG, taken with the password that the camera asks for', async () => {
  const { camera, said } = await site();
  await vi.waitFor(() => expect(said).toContain('online online'), 5_000);
  const picture = await camera.picture();
  expect([...picture.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  expect(picture.length).toBeGreaterThan(2_000);
});

test('a wrong password is told as refused, not as connected', async () => {
  const { said, troubles } = await site('wrong');
  await vi.waitFor(() => expect(troubles).toEqual(['refused']), 5_000);
  expect(said).toEqual(['online offline']);
});

test('after a reboot with a wrong clock the camera is heard again', async () => {
  const { simulated, said, troubles } = await site();
  await vi.waitFor(() => expect(said).toContain('picture visible (state)'), 5_000);
  await simulated.reboot(300, -3_600_000 * 24 * 400);
  await vi.waitFor(() => expect(troubles).toEqual([undefined, 'unreachable', undefined]), 15_000);
  expect(said.slice(2, 4)).toEqual(['online offline', 'online online']);
  simulated.show({ dark: true });
  await vi.waitFor(() => expect(said.at(-1)).toBe('picture obscured'), 5_000);
});

test('a stopped driver leaves no subscription behind on the camera', async () => {
  const { simulated, said, running } = await site();
  await vi.waitFor(() => expect(said).toContain('picture visible (state)'), 5_000);
  expect(simulated.subscriptions).toBe(1);
  stop.abort();
  await running;
  expect(simulated.subscriptions).toBe(0);
});

test('a gateway that was killed gives back the subscription of its last life', async () => {
  const { simulated, subscriptions } = await site();
  await vi.waitFor(() => expect(subscriptions).toHaveLength(1), 5_000);
  const next = new Camera(
    {
      asset: 'store-room-camera',
      host: '127.0.0.1',
      port: simulated.port,
      secure: false,
      username: 'gatehouse',
      password: 'secret',
      ...(subscriptions[0] === undefined ? {} : { leftBehind: subscriptions[0] }),
      onSubscription: (subscription) => subscriptions.push(subscription),
      onHeard: () => {},
      onTrouble: () => {},
    },
    stop.signal,
  );
  void next.run();
  await vi.waitFor(() => expect(subscriptions.length).toBeGreaterThanOrEqual(2), 5_000);
  await vi.waitFor(() => expect(simulated.subscriptions).toBeLessThanOrEqual(2), 5_000);
  expect(simulated.gaveBack).toBe(1);
});

test('a digest answer is the one of RFC 2617, section 3.5', () => {
  const challenge =
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  const answer = digestAuthorization(
    challenge,
    { method: 'GET', uri: '/dir/index.html', username: 'Mufasa', password: 'Circle Of Life' },
    '0a4f113b',
  );
  expect(answer).toContain('response="6629fae49393a05397450978507c4ef1"');
});

import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../devices/model/clock.ts';
import { Camera } from '../../../simulators/devices/camera/camera.ts';
import { answerProbes } from '../../../simulators/devices/camera/discovery.ts';
import { cameraIn, discover, interfacesHere, prove } from './onboarding.ts';

let powerOff = new AbortController();
afterEach(() => {
  powerOff.abort();
  powerOff = new AbortController();
});

const startCamera = (more: Partial<Parameters<typeof Camera.start>[0]> = {}) =>
  Camera.start(
    { clock: systemClock, username: 'gatehouse', password: 'secret', serial: 'S1', ...more },
    powerOff.signal,
  );
const accessTo = ({ port }: Camera, password = 'secret') => ({
  host: '127.0.0.1',
  port,
  secure: false,
  username: 'gatehouse',
  password,
});
const never = new AbortController().signal;

test('cameras are found on the interfaces named, whoever else answers with rubbish', async () => {
  const camera = await startCamera();
  const { address, endpoint } = camera;
  await answerProbes({ address, endpoint, name: 'Back yard' }, powerOff.signal);
  await answerProbes({ address, endpoint: 'x', name: 'x', rubbish: '<nothing' }, powerOff.signal);
  await answerProbes({ address: 'ftp://x no-address', endpoint: 'y', name: 'y' }, powerOff.signal);
  const { cameras, problems } = await discover(['lo', 'lo', 'no-such-interface'], 1_500);
  expect(cameras).toEqual([
    {
      endpoint,
      host: '127.0.0.1',
      port: camera.port,
      secure: false,
      interface: 'lo',
      name: 'Back yard',
      hardware: 'dome',
    },
  ]);
  expect(problems).toEqual([
    { interface: 'no-such-interface', why: 'there is no such interface with an IPv4 address' },
  ]);
  expect(interfacesHere()).toContain('lo');
});

test('an answer is read or left, never a fault', () => {
  fc.assert(
    fc.property(fc.anything(), (found) => {
      expect(cameraIn(found, 'eth0')).toBeUndefined();
    }),
  );
  const found = (XAddrs: string, scopes: unknown) => ({
    probeMatches: { probeMatch: { endpointReference: { address: 'urn:uuid:1' }, XAddrs, scopes } },
  });
  expect(cameraIn(found('http://[fe80::1]/x https://10.0.0.7/onvif', 7), 'eth0')).toMatchObject({
    host: '10.0.0.7',
    port: 443,
    secure: true,
  });
  expect(cameraIn(found('http://10.0.0.7', 'onvif://www.onvif.org/name/%zz'), 'eth0')?.name).toBe('%zz');
});

test('the right password is proved, with what the camera is and can', async () => {
  const camera = await startCamera({ offersMqtt: true, streamUri: 'rtsp://127.0.0.1:554/main' });
  camera.setClockOffset(-3_600_000);
  const proof = await prove(accessTo(camera), never);
  expect(proof).toMatchObject({
    proved: true,
    description: { serial: 'S1', model: 'Simulated dome', endpoint: camera.endpoint },
    opensToAnybody: false,
    hasStream: true,
    offersMqtt: true,
    presets: [
      { token: '1', name: 'Room' },
      { token: '2', name: 'Ceiling' },
    ],
  });
  if (!proof.proved || !('jpeg' in proof.picture)) throw new Error('no picture');
  expect([...proof.picture.jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  expect(Math.abs((proof.clockOffsetSeconds ?? 0) + 3_600)).toBeLessThan(10);
});

test('a wrong password is refused, and nobody there is unreachable', async () => {
  const camera = await startCamera();
  expect(await prove(accessTo(camera, 'wrong'), never)).toMatchObject({ proved: false, why: 'refused' });
  camera.unplug();
  expect(await prove(accessTo(camera), never)).toMatchObject({ proved: false, why: 'unreachable' });
});

test('a camera that lets anybody in is said to', async () => {
  const camera = await startCamera({ letsAnybodyIn: true });
  expect(await prove(accessTo(camera), never)).toMatchObject({ proved: true, opensToAnybody: true });
});

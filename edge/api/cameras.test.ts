import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { Camera } from '../../simulators/devices/camera/camera.ts';
import { answerProbes } from '../../simulators/devices/camera/discovery.ts';
import { configuredFolder, Devices, editFile, startGateway, Visitor } from '../testing/gateway-process.ts';
import type { CameraProof, CameraStatus, DiscoveredCameras, EvidencePictures } from './contract.ts';

const WITH_A_PROCESS_MS = 90_000;
const soon = { timeout: 30_000, interval: 200 };

/** A gateway with a camera in the room of its doors. */
async function site() {
  const powerOff = new AbortController();
  onTestFinished(() => powerOff.abort());
  const camera = await Camera.start(
    { clock: systemClock, username: 'gatehouse', password: 'secret', serial: 'S1', logIn: 'digest-both' },
    powerOff.signal,
  );
  const folder = await configuredFolder(
    (text) => `${text}
cameras:
  - { asset: room-camera, host: 127.0.0.1, port: ${camera.port}, username: gatehouse, passwordFile: camera-password, picture: { everyMs: 400 } }
evidence: { beforeMs: 3000, afterMs: 1000 }
`,
  );
  writeFileSync(join(folder, 'camera-password'), 'secret\n');
  editFile(folder, 'registry.yaml', (text) =>
    text.replace(
      'identities:',
      '  - { id: room-camera, kind: camera, name: Room camera, site: shop, zone: shop.room }\nidentities:',
    ),
  );
  const gateway = await startGateway(folder);
  return { camera, gateway, powerOff };
}

const json = async <Value>(response: Response): Promise<Value> => {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Value;
};

test('a forced door leaves pictures of before and after, for people signed in and for nobody else', {
  timeout: WITH_A_PROCESS_MS,
}, async () => {
  const { gateway } = await site();
  const anna = await new Visitor(gateway).signedIn();
  const status = async () => (await json<CameraStatus[]>(await anna.get('/api/cameras')))[0];
  await vi.waitFor(
    async () => expect(await status()).toMatchObject({ online: true, lastPictureAt: expect.any(Number) }),
    soon,
  );
  expect(await status()).toMatchObject({
    asset: 'room-camera',
    name: 'Room camera',
    model: 'Simulated dome',
    serial: 'S1',
    roles: expect.arrayContaining([
      { role: 'events', works: true },
      { role: 'snapshot', works: true },
    ]),
  });
  const devices = await Devices.connect(gateway);
  await devices.door('back', 'closed');
  await devices.door('back', 'open');
  const evidence = async () => json<EvidencePictures[]>(await anna.get('/api/evidence?camera=room-camera'));
  await vi.waitFor(async () => {
    const [set] = await evidence();
    expect(set?.pictures.filter(({ takenAt }) => takenAt > set.at).length).toBeGreaterThan(0);
  }, soon);
  const [set] = await evidence();
  if (set === undefined) throw new Error('no pictures');
  expect(set).toMatchObject({ rule: 'forced-open', camera: { name: 'Room camera' } });
  expect(set.keptUntil).toBe(set.at + 72 * 3_600_000);
  const path = `/api/evidence/${set.set}/${set.pictures[0]?.file}`;
  const picture = await anna.get(path);
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect((await picture.arrayBuffer()).byteLength).toBe(set.pictures[0]?.bytes);
  expect((await anna.get(`/api/evidence/${set.set}/set.json`)).status).toBe(404);
  const other = await json<EvidencePictures[]>(await anna.get('/api/evidence?detection=none'));
  expect(other).toEqual([]);
  // The page can be read at the site without a PIN; pictures of people can't.
  const live = await anna.get('/api/cameras/room-camera/picture');
  expect([live.status, live.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect([...new Uint8Array(await live.arrayBuffer()).subarray(0, 2)]).toEqual([0xff, 0xd8]);
  expect(Number(live.headers.get('x-taken-at'))).toBeGreaterThan(set.at);
  const stranger = new Visitor(gateway);
  for (const closed of [path, '/api/evidence', '/api/cameras', '/api/cameras/room-camera/picture'])
    expect((await stranger.get(closed)).status).toBe(401);
});

test('an installer finds cameras, tries a log-in, and turns a camera', {
  timeout: WITH_A_PROCESS_MS,
}, async () => {
  const { camera, gateway, powerOff } = await site();
  await answerProbes({ address: camera.address, endpoint: camera.endpoint, name: 'Room' }, powerOff.signal);
  const anna = await new Visitor(gateway).signedIn();
  const found = await json<DiscoveredCameras>(
    await anna.send('POST', '/api/cameras/discover', { interfaces: ['lo'] }),
  );
  expect(found.cameras).toContainEqual(
    expect.objectContaining({ endpoint: camera.endpoint, name: 'Room', knownAs: 'room-camera' }),
  );
  const wanted = { host: '127.0.0.1', port: camera.port, username: 'gatehouse' };
  const proof = async (password: string) =>
    json<CameraProof>(await anna.send('POST', '/api/cameras/prove', { ...wanted, password }));
  expect(await proof('wrong')).toMatchObject({ proved: false, why: 'refused' });
  const proved = await proof('secret');
  expect(proved).toMatchObject({ proved: true, serial: 'S1', picture: expect.any(String) });
  expect((await anna.send('POST', '/api/cameras/prove', { ...wanted, host: 'a/b' })).status).toBe(400);
  expect((await new Visitor(gateway).send('POST', '/api/cameras/prove', wanted)).status).toBe(401);
  await vi.waitFor(async () => {
    const presets = await anna.get('/api/cameras/room-camera/presets');
    expect(await presets.json()).toEqual([
      { token: '1', name: 'Room' },
      { token: '2', name: 'Ceiling' },
    ]);
  }, soon);
  const turned = await anna.send('POST', '/api/cameras/room-camera/preset', { preset: 'Ceiling' });
  expect(turned.status).toBe(200);
  expect((await anna.send('POST', '/api/cameras/none/preset', { preset: '1' })).status).toBe(404);
});

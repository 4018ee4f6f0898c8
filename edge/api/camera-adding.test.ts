import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { Camera } from '../../simulators/devices/camera/camera.ts';
import { answerProbes } from '../../simulators/devices/camera/discovery.ts';
import { makeCertificate } from '../broker/certificate.ts';
import { configuredFolder, editFile, startGateway, Visitor } from '../testing/gateway-process.ts';
import { observationsIn } from '../testing/records.ts';
import type { CameraProof, CameraStatus, DiscoveredCameras } from './contract.ts';

const soon = { timeout: 40_000, interval: 200 };
const password = 'Quitte-7281-unlikely';

const certificateOf = () => {
  const pair = makeCertificate(['camera.local'], Date.now());
  return { ...pair, fingerprint: new X509Certificate(pair.certificate).fingerprint256 };
};

async function camera(serial: string) {
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const pair = certificateOf();
  const simulated = await Camera.start(
    { clock: systemClock, username: 'gatehouse', password, serial, logIn: 'digest-both', tls: pair },
    power.signal,
  );
  return { simulated, pair, power };
}

/** A shop whose registry has two cameras, and whose configuration has none. */
async function shop(): Promise<string> {
  const folder = await configuredFolder((text) =>
    text.replace('\nrules:', '\nrules:\n  - { rule: camera-replaced }'),
  );
  editFile(folder, 'registry.yaml', (text) =>
    text.replace(
      'identities:',
      `${['room', 'yard']
        .map(
          (name) =>
            `  - { id: ${name}-camera, kind: camera, name: ${name} camera, site: shop, zone: shop.room }\n`,
        )
        .join('')}identities:`,
    ),
  );
  return folder;
}

const json = async <Value>(response: Response): Promise<Value> => {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Value;
};

const refusal = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
};

/** Every file below a folder, with what stands in it. */
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('an installer adds a camera by tapping: found, proved, put to use, live, and still so after a restart', {
  timeout: 150_000,
}, async () => {
  const { simulated, pair, power } = await camera('S7');
  const folder = await shop();
  const gateway = await startGateway(folder);
  const anna = await new Visitor(gateway).signedIn();
  const { address, endpoint } = simulated;
  await answerProbes({ address, endpoint, name: 'Room' }, power.signal);

  const found = await json<DiscoveredCameras>(
    await anna.send('POST', '/api/cameras/discover', { interfaces: ['lo'] }),
  );
  const one = found.cameras.find((each) => each.endpoint === endpoint);
  expect(one).toMatchObject({ port: simulated.port, secure: true });
  expect(one?.knownAs).toBeUndefined();
  const access = { host: '127.0.0.1', port: simulated.port, secure: true, username: 'gatehouse' };
  const proof = await json<CameraProof>(
    await anna.send('POST', '/api/cameras/prove', { ...access, password }),
  );
  expect(proof).toMatchObject({ proved: true, serial: 'S7', certificate: pair.fingerprint });
  expect(filesBelow(join(folder, 'state')).filter((path) => readFileSync(path).includes(password))).toEqual(
    [],
  );

  const add = (more: object = {}) =>
    anna.send('POST', '/api/cameras', {
      ...{ ...access, asset: 'room-camera', password, certificate: pair.fingerprint },
      ...more,
    });
  expect(await refusal(await add({ password: 'wrong-one' }))).toEqual([409, 'not-proved']);
  expect(await refusal(await add({ certificate: certificateOf().fingerprint }))).toEqual([409, 'not-proved']);
  expect(await refusal(await add({ asset: 'front-door' }))).toEqual([400, 'invalid']);
  const nobody = new Visitor(gateway).send('POST', '/api/cameras', {});
  expect(await refusal(await nobody)).toEqual([401, 'signed-out']);

  const added = await add();
  expect(added.status).toBe(201);
  const statusBy = async (visitor: Visitor) =>
    (await json<CameraStatus[]>(await visitor.get('/api/cameras'))).find(
      ({ asset }) => asset === 'room-camera',
    );
  const live = {
    ...{ online: true, serial: 'S7', certificate: pair.fingerprint, addedAt: expect.any(Number) },
    lastPictureAt: expect.any(Number),
    roles: expect.arrayContaining([
      { role: 'events', works: true },
      { role: 'snapshot', works: true },
    ]),
  };
  await vi.waitFor(async () => expect(await statusBy(anna)).toMatchObject(live), soon);
  expect(await refusal(await add())).toEqual([409, 'taken']);
  expect(await refusal(await add({ asset: 'yard-camera' }))).toEqual([409, 'taken']);
  simulated.tell({ topic: 'tns1:VideoSource/MotionAlarm', source: { Source: 'vs' }, data: { State: true } });

  // The password is in one file that nobody else reads, and in nothing that leaves the gateway.
  const file = join(folder, 'state', 'cameras.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const holding = filesBelow(folder).filter((path) => readFileSync(path).includes(password));
  expect(holding).toEqual([file]);
  const bundle = await anna.send('POST', '/api/diagnostics');
  expect(bundle.status).toBe(200);
  const told = [
    gunzipSync(Buffer.from(await bundle.arrayBuffer())).toString('latin1'),
    await (await anna.get('/metrics')).text(),
    JSON.stringify(await gateway.page()),
    JSON.stringify(await statusBy(anna)),
  ];
  expect(await gateway.stop()).toBe(0);
  const { stdout, stderr } = gateway.output();
  for (const text of [...told, stdout, stderr]) expect(text).not.toContain(password);
  const changes = await observationsIn(folder, 'configuration.changed');
  expect(changes.map(({ facts }) => facts?.change)).toEqual([
    ...['camera tried', 'camera tried', 'camera tried', 'camera added', 'diagnostics taken'],
  ]);
  expect(changes.at(-2)?.facts).toMatchObject({ asset: 'room-camera', by: 'Anna Weber', serial: 'S7' });

  const again = await startGateway(folder);
  const jonas = await new Visitor(again).signedIn();
  await vi.waitFor(async () => expect(await statusBy(jonas)).toMatchObject(live), soon);
  expect((await jonas.send('DELETE', '/api/cameras/room-camera')).status).toBe(204);
  expect(await statusBy(jonas)).toBeUndefined();
  expect(readFileSync(file, 'utf8')).not.toContain(password);
  expect((await jonas.send('DELETE', '/api/cameras/room-camera')).status).toBe(404);
});

test('another certificate in a camera’s place is an alarm, gets no request, and is taken when a person says so', {
  timeout: 120_000,
}, async () => {
  const { simulated, pair } = await camera('S8');
  const gateway = await startGateway(await shop());
  const anna = await new Visitor(gateway).signedIn();
  const access = { host: '127.0.0.1', port: simulated.port, secure: true, username: 'gatehouse', password };
  await json(await anna.send('POST', '/api/cameras', { ...access, asset: 'room-camera' }));
  const status = async () => (await json<CameraStatus[]>(await anna.get('/api/cameras')))[0];
  await vi.waitFor(
    async () => expect(await status()).toMatchObject({ online: true, certificate: pair.fingerprint }),
    soon,
  );
  const other = certificateOf();
  simulated.showCertificate(other);
  const requests = simulated.requests;
  await vi.waitFor(
    async () =>
      expect(await status()).toMatchObject({
        ...{ certificate: pair.fingerprint, otherCertificate: other.fingerprint },
        roles: expect.arrayContaining([expect.objectContaining({ role: 'events', works: false })]),
      }),
    soon,
  );
  expect(simulated.requests).toBe(requests);
  await vi.waitFor(
    async () => expect((await gateway.page()).alarms.map(({ rule }) => rule)).toContain('camera-replaced'),
    soon,
  );
  const accept = (certificate: string) =>
    anna.send('POST', '/api/cameras/room-camera/certificate', { certificate });
  expect(await refusal(await accept(certificateOf().fingerprint))).toEqual([409, 'not-shown']);
  expect((await accept(other.fingerprint)).status).toBe(200);
  await vi.waitFor(
    async () =>
      expect(await status()).toMatchObject({
        certificate: other.fingerprint,
        roles: expect.arrayContaining([{ role: 'events', works: true }]),
      }),
    soon,
  );
  expect((await status())?.otherCertificate).toBeUndefined();
});

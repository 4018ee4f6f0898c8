import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { Camera as SimulatedCamera } from '../../simulators/devices/camera/camera.ts';
import { RtspStream } from '../../simulators/devices/camera/rtsp.ts';
import { readGatewayConfiguration } from '../config.ts';
import { type RunningGateway, runGateway } from '../run.ts';

const WITH_A_GATEWAY_MS = 60_000;
const eventually = <Value>(look: () => Value | Promise<Value>) =>
  vi.waitFor(look, { timeout: 25_000, interval: 100 });

let folder = '';
let powerOff = new AbortController();
let ending: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cameras-'));
  powerOff = new AbortController();
  ending = [];
});
afterEach(async () => {
  for (const end of ending) await end();
  powerOff.abort();
  rmSync(folder, { recursive: true, force: true });
});

const startCamera = (serial = 'S1', streamUri = '') =>
  SimulatedCamera.start(
    {
      clock: systemClock,
      username: 'gatehouse',
      password: 'secret',
      serial,
      streamUri,
      logIn: 'digest-both',
    },
    powerOff.signal,
  );

/** A gateway with one camera beside a door. */
async function startGateway(port: number, more = '', picture = '{ everyMs: 300 }'): Promise<RunningGateway> {
  writeFileSync(join(folder, 'password'), 'secret\n');
  writeFileSync(
    join(folder, 'registry.yaml'),
    `
sites: [{ id: shop, name: Shop, opening: [] }]
zones: [{ id: yard, site: shop, name: Yard }, { id: room, site: shop, name: Room }]
assets:
  - { id: gateway-1, kind: gateway, name: Gateway, site: shop }
  - { id: panel-1, kind: alarm-panel, name: Alarm, site: shop }
  - { id: yard-camera, kind: camera, name: Yard camera, site: shop, zone: yard }
  - { id: back-door, kind: door, name: Back door, site: shop, zone: yard }
  - { id: safe, kind: cabinet, name: Safe, site: shop, zone: room }
`,
  );
  writeFileSync(
    join(folder, 'gateway.yaml'),
    `
gateway: { id: gateway-1, site: shop, state: state }
registry: registry.yaml
broker: { plain: { port: 0 } }
panel: { asset: panel-1 }
evidence: { beforeMs: 3000, afterMs: 1500 }
cameras:
  - { asset: yard-camera, host: 127.0.0.1, port: ${port}, username: gatehouse, passwordFile: password, picture: ${picture} }
${more}`,
  );
  const stop = new AbortController();
  const running = await runGateway(
    {
      configuration: readGatewayConfiguration(join(folder, 'gateway.yaml')),
      clock: systemClock,
      log: pino({ level: 'silent' }),
      onFatal: (error) => {
        throw error;
      },
      onChanged: () => {},
    },
    stop.signal,
  );
  const end = async () => {
    if (stop.signal.aborted) return;
    stop.abort();
    await running.drivers.broker.closed;
    await running.outbox.close();
  };
  ending.push(end);
  return Object.assign(running, { end });
}

async function observationsOf({ outbox }: RunningGateway): Promise<Observation[]> {
  await outbox.committed();
  const records = await Promise.all(
    (['alarm', 'bulk'] as const).map((lane) => outbox.read(lane, 0, { records: 400, bytes: 8_000_000 })),
  );
  return records
    .flat()
    .map(({ json }) => JSON.parse(json))
    .flatMap(({ body }) => (body.type === 'observation' ? [body.observation] : []));
}
const seen = async (running: RunningGateway) =>
  (await observationsOf(running)).map(({ kind, facts }) =>
    [kind, facts?.reason ?? facts?.role ?? facts?.outcome].filter((word) => word !== undefined).join(' '),
  );

const detection = (id: string, assets: string[]): Detection => ({
  id,
  at: Date.now(),
  rule: 'forced-open',
  severity: 'high',
  source: 'gateway-1',
  site: 'shop',
  assets,
  identities: [],
  observables: {},
  summary: 'The back door was forced.',
  facts: {},
  evidence: [],
  count: 1,
});

test('what a camera sees and suffers becomes observations, and its start is none', {
  timeout: WITH_A_GATEWAY_MS,
}, async () => {
  const simulated = await startCamera();
  const running = await startGateway(simulated.port);
  await eventually(() => expect(running.drivers.cameras.of('yard-camera')?.newestPicture).toBeDefined());
  simulated.tell({
    topic: 'tns1:RuleEngine/LineDetector/Crossed',
    source: { Rule: 'gate' },
    data: { ObjectId: 1 },
  });
  simulated.show({ dark: true });
  await eventually(async () => expect(await seen(running)).toContain('camera.obscured dark'));
  expect((await seen(running)).filter((word) => word !== 'gateway.started')).toEqual([
    'camera.obscured dark',
    'line.crossed',
  ]);
  simulated.show({ dark: false });
  simulated.answers = 'no-picture';
  await eventually(async () => expect(await seen(running)).toContain('camera.role-failed snapshot'));
  // Its events live on.
  expect(await seen(running)).not.toContain('device.offline');
  expect(running.drivers.cameras.of('yard-camera')?.health).toContainEqual({
    role: 'snapshot',
    works: false,
    why: 'the camera answered 503',
  });
  simulated.answers = 'well';
  await eventually(async () => expect(await seen(running)).toContain('camera.role-restored snapshot'));
});

test('a camera that is turned away is found by the gateway, though the camera says nothing', {
  timeout: WITH_A_GATEWAY_MS,
}, async () => {
  const simulated = await startCamera();
  const running = await startGateway(simulated.port);
  await eventually(() => expect(running.gateway.site.current('yard-camera', 'picture')).toBe('visible'));
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  simulated.show({ turnedAway: true });
  await eventually(async () => expect(await seen(running)).toContain('camera.obscured moved'));
});

test('pictures before and after a detection near the camera are kept, and noted in the records', {
  timeout: WITH_A_GATEWAY_MS,
}, async () => {
  const simulated = await startCamera();
  const running = await startGateway(simulated.port);
  const { cameras } = running.drivers;
  await eventually(() => expect(cameras.of('yard-camera')?.recent(0)?.length).toBeGreaterThanOrEqual(3));
  const at = Date.now();
  cameras.detected(detection('d1', ['back-door']));
  cameras.detected(detection('d2', ['safe']));
  cameras.detected({ ...detection('d3', ['back-door']), severity: 'info' });
  await eventually(async () => expect(await seen(running)).toContain('picture.taken'));
  const sets = cameras.store.list({}, 10);
  expect(sets.map((set) => [set.detection, set.camera])).toEqual([['d1', 'yard-camera']]);
  const taken = sets[0]?.pictures.map(({ takenAt }) => takenAt) ?? [];
  expect(taken.filter((time) => time <= at).length).toBeGreaterThanOrEqual(3);
  expect(taken.filter((time) => time > at).length).toBeGreaterThanOrEqual(1);
  expect(taken).toEqual(taken.toSorted());
  const noted = (await observationsOf(running)).find(({ kind }) => kind === 'picture.taken');
  expect(noted?.facts).toMatchObject({ camera: 'yard-camera', detection: 'd1', pictures: taken.length });
});

test('a camera turns to a preset on command, and that is no camera turned away', {
  timeout: WITH_A_GATEWAY_MS,
}, async () => {
  const simulated = await startCamera();
  const running = await startGateway(simulated.port);
  const { gateway } = running;
  await eventually(() => expect(gateway.site.current('yard-camera', 'picture')).toBe('visible'));
  const command = (id: string, preset: string): Command => ({
    id,
    action: 'camera.go-to-preset',
    asset: 'yard-camera',
    preset,
    issuedAt: Date.now(),
    lifetimeMs: 20_000,
    issuedBy: 'desk',
    reason: 'look up',
  });
  await gateway.command(command('c1', 'Ceiling'));
  await gateway.command(command('c2', 'Roof'));
  await eventually(async () =>
    expect((await seen(running)).filter((word) => word.startsWith('command.'))).toEqual(
      expect.arrayContaining(['command.executed confirmed', 'command.failed failed']),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect(await seen(running)).not.toContain('camera.obscured moved');
});

test('unplugged and plugged in again, it is away and back; another camera in its place is news', {
  timeout: WITH_A_GATEWAY_MS,
}, async () => {
  const simulated = await startCamera();
  const running = await startGateway(simulated.port);
  await eventually(() => expect(running.gateway.site.current('yard-camera', 'online')).toBe('online'));
  simulated.unplug();
  await eventually(async () =>
    expect(await seen(running)).toEqual(
      expect.arrayContaining(['device.offline', 'camera.role-failed events', 'camera.role-failed snapshot']),
    ),
  );
  // The camera's clock is wrong by hours, as after many a loss of power; its start is not.
  simulated.plugIn(-7_200_000);
  await eventually(async () =>
    expect(await seen(running)).toEqual(
      expect.arrayContaining(['device.online', 'camera.clock-wrong', 'camera.role-restored snapshot']),
    ),
  );
  await Promise.all(ending.map((end) => end()));
  powerOff.abort();
  powerOff = new AbortController();
  const other = await startCamera('S2');
  const again = await startGateway(other.port);
  await eventually(async () => expect(await seen(again)).toContain('camera.replaced'));
});

test('any JPEG is a camera: without ONVIF its presence is that of its pictures', {
  timeout: WITH_A_GATEWAY_MS,
}, async () => {
  const simulated = await startCamera();
  const running = await startGateway(
    simulated.port,
    `  - { asset: safe, username: gatehouse, passwordFile: password, picture: { url: "http://127.0.0.1:${simulated.port}/snapshot.jpg", everyMs: 300 } }\n`,
  );
  await eventually(() => expect(running.gateway.site.current('safe', 'picture')).toBe('visible'));
  simulated.answers = 'no-picture';
  await eventually(() => expect(running.gateway.site.current('safe', 'online')).toBe('offline'));
  expect(running.gateway.site.current('yard-camera', 'online')).toBe('online');
});

test('a stream that goes black obscures the camera, and one that dies makes it blind while its events live', {
  timeout: 2 * WITH_A_GATEWAY_MS,
}, async () => {
  const credentials = { username: 'gatehouse', password: 'secret' };
  const stream = await RtspStream.start({ credentials }, powerOff.signal);
  const simulated = await startCamera('S1', stream.uri);
  const running = await startGateway(simulated.port, '', '{ source: rtsp }');
  await eventually(() => expect(running.gateway.site.current('yard-camera', 'picture')).toBe('visible'));
  const camera = running.drivers.cameras.of('yard-camera');
  await eventually(() => expect(camera?.newestPicture).toBeDefined());
  await eventually(() => expect(camera?.health).toContainEqual({ role: 'stream', works: true }));
  // The watch looks away for a moment after the stream has begun.
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  stream.show('black');
  await eventually(async () => expect(await seen(running)).toContain('camera.obscured dark'));
  await stream.stop();
  await eventually(async () => expect(await seen(running)).toContain('camera.role-failed stream'));
  expect(await seen(running)).not.toContain('device.offline');
  await eventually(() =>
    expect(running.gateway.alarms.list(new Set(), running.registry).map(({ rule }) => rule)).toContain(
      'camera-blind',
    ),
  );
});

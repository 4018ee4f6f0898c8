import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../devices/model/clock.ts';
import { receiptTopic, uplinkTopic } from '../devices/wire.ts';
import {
  auditList,
  incidentList,
  incidentPage,
  quarantineList,
  situationalPicture,
  telemetrySeries,
} from './api/answers.ts';
import { TestLane } from './ingest/testing.ts';
import { type CloudRig, eventually, GATEWAY, startRig, TestGateway, TOKEN } from './testing.ts';

let rig: CloudRig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const HOUR = 3_600_000;

test('a gateway over MQTT is seen, its fridge charted, and all of it is there after a restart', async () => {
  rig = await startRig();
  const on = rig;
  const operator = await on.as('operator');
  const site = async () => {
    const { sites } = await (await on.as('auditor')).read('/api/picture', situationalPicture);
    return sites.find(({ id }) => id === 'linden');
  };
  expect((await site())?.gateway).toEqual({ id: GATEWAY, connected: false });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${on.cloud.ports.mqtt.plain}`, {
    clientId: GATEWAY,
    username: GATEWAY,
    password: TOKEN,
    protocolVersion: 4,
  });
  await client.subscribeAsync([receiptTopic(GATEWAY), `gw/${GATEWAY}/command`]);
  const receipts: string[] = [];
  client.on('message', (_topic, payload) => receipts.push(payload.toString()));
  await eventually('the connection', async () => (await site())?.gateway?.connected);
  const now = Date.now();
  const lane = new TestLane('bulk', GATEWAY);
  const bulk = new TestGateway(on.address, lane);
  const records = [3, 4, 5, 6].map((value) =>
    bulk.observation({
      kind: 'temperature.measured',
      asset: 'fridge',
      observedAt: now - HOUR + value * 60_000,
      value,
    }),
  );
  records.push(
    bulk.body(() => ({
      type: 'report',
      report: {
        at: now,
        boot: 'b',
        armingMode: 'away',
        armingPhase: 'settled',
        waiting: { alarm: 0, bulk: 3 },
        quarantined: 1,
        devices: { online: 7, offline: 2, unassigned: 0 },
        facts: [
          { asset: 'back-door', property: 'contact', value: 'closed', since: now - HOUR, seenAt: now },
          // Another site's: a gateway speaks for its own.
          { asset: 'shop-admin', property: 'online', value: 'offline', since: now, seenAt: now },
        ],
      },
    })),
  );
  await client.publishAsync(uplinkTopic(GATEWAY, 'bulk'), Buffer.from(lane.batch(records)), { qos: 1 });
  await eventually('the receipt', () => receipts.some((text) => text.includes('"sequence":5')));
  await client.endAsync();

  const check = async () => {
    const seen = await site();
    expect(seen?.gateway).toMatchObject({
      armingMode: 'away',
      waiting: { alarm: 0, bulk: 3 },
      quarantined: 1,
      devicesOffline: 2,
    });
    const states = (id: string) => seen?.assets.find((asset) => asset.id === id)?.states;
    expect(states('back-door')).toEqual([
      { property: 'contact', value: 'closed', since: now - HOUR, seenAt: now },
    ]);
    expect(states('fridge')).toMatchObject([{ property: 'temperature', value: 6 }]);
    const query = `asset=fridge&quantity=temperature&from=${now - HOUR}&to=${now}&points=60`;
    const person = await on.as('operator');
    return eventually('the chart', async () => {
      const series = await person.read(`/api/telemetry?${query}`, telemetrySeries);
      return series.points.length === 4 && series;
    });
  };
  const series = await check();
  expect(series).toMatchObject({ unit: '°C', band: { minCelsius: 2, maxCelsius: 8 } });
  expect(series.points.map(({ mean }) => mean)).toEqual([3, 4, 5, 6]);
  const { sites } = await operator.read('/api/picture', situationalPicture);
  expect(sites.find(({ id }) => id === 'online')?.assets[0]?.states).toEqual([]);
  await on.restart();
  await check();
});

test('what servers report is judged by the monitors, joined with what happened at the door, and survives a restart', async () => {
  rig = await startRig();
  const on = rig;
  const start = Date.now() - HOUR;
  const line = (index: number, outcome: string) =>
    JSON.stringify({
      time: new Date(start + index * 5_000).toISOString(),
      event: outcome,
      account: 'a.weber',
      ip: '203.0.113.9',
    });
  const lines = [
    ...Array.from({ length: 12 }, (_, index) => line(index, 'login.failed')),
    line(13, 'login.succeeded'),
  ];
  const post = (body: string) =>
    fetch(`${on.address}/sources/accounts`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-of-a-source' },
      body,
    });
  expect((await post(lines.slice(0, 12).join('\n'))).status).toBe(202);
  const list = async () => (await (await on.as('operator')).read('/api/incidents', incidentList)).items;
  const guessing = await eventually('the guessing', async () =>
    (await list()).find(({ worlds }) => worlds.includes('cyber')),
  );
  expect(guessing).toMatchObject({ severity: 'medium', worlds: ['cyber'], people: [{ id: 'anna' }] });
  // The guess that succeeds revises what was judged already; a badge of the same person joins the two worlds.
  expect((await post(lines.slice(12).join('\n'))).status).toBe(202);
  await on.gateway.send(
    on.gateway.detection('denied/1', start + 20 * 60_000, {
      rule: 'access-denied-burst',
      identities: ['anna'],
    }),
  );
  const joined = await eventually('one incident of both worlds', async () =>
    (await list()).find(({ worlds, severity }) => worlds.length === 2 && severity === 'high'),
  );
  const before = await list();
  await on.restart();
  expect(await list()).toEqual(before);
  const operator = await on.as('operator');
  const { story } = await operator.read(`/api/incidents/${joined.id}`, incidentPage);
  expect(story.map(({ world }) => world)).toContain('physical');
  // A former name of the incident still leads there.
  expect((await operator.read(`/api/incidents/${guessing.id}`, incidentPage)).summary.id).toBe(joined.id);
  const picture = await operator.read('/api/picture', situationalPicture);
  expect(picture.sources).toMatchObject([{ name: 'accounts', asset: 'shop-admin' }]);
});

test('what could not be taken is kept for the administrator to look at', async () => {
  rig = await startRig();
  const raw = 'this is no log line \u0007';
  await fetch(`${rig.address}/sources/accounts`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-of-a-source' },
    body: raw,
  });
  const administrator = await rig.as('administrator');
  const { total, items } = await eventually('the quarantine', async () => {
    const found = await administrator.read('/api/quarantine', quarantineList);
    return found.total > 0 && found;
  });
  expect(total).toBe(1);
  expect(items[0]).toMatchObject({ wall: 'source accounts', peer: '127.0.0.1' });
  expect(Buffer.from(items[0]?.base64 ?? '', 'base64').toString()).toBe(raw);
  const metrics = await (await fetch(`${rig.address}/metrics`)).text();
  expect(metrics).toMatch(/^gatehouse_quarantined_total 1$/m);
  expect(metrics).toMatch(/^gatehouse_source_refused_total\{source="accounts"\} 1$/m);
  expect(metrics).toMatch(/^gatehouse_detector_waiting 0$/m);
  expect(metrics).toMatch(/^gatehouse_detector_held_total 0$/m);
  expect(metrics).toMatch(/^process_resident_memory_bytes [1-9]/m);
  const { items: trail } = await administrator.read('/api/audit', auditList);
  expect(trail[0]).toMatchObject({ action: 'signed-in', by: 'administrator' });
});

test('figures are not for whoever comes through a proxy that nobody spoke of', async () => {
  rig = await startRig();
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${rig?.address}/metrics`, { headers })).status;
  expect(await status({})).toBe(200);
  expect(await status({ 'x-forwarded-for': '203.0.113.7' })).toBe(403);
});

test('figures are for this machine, or for who has the token', async () => {
  rig = await startRig({
    http: {
      port: 0,
      trustProxy: true,
      metricsTokenSha256: '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
    },
  });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${rig?.address}/metrics`, { headers })).status;
  expect(await status({})).toBe(403);
  expect(await status({ authorization: 'Bearer wrong' })).toBe(403);
  expect(await status({ authorization: 'Bearer secret' })).toBe(200);
});

test('a shop opens and closes by the clock of the installation, and the picture says so', async () => {
  const clock = manualClock(Date.parse('2026-11-23T07:59:30Z'));
  rig = await startRig({}, clock);
  const operator = await rig.as('operator');
  const isOpen = async () =>
    (await operator.read('/api/picture', situationalPicture)).sites.map(({ isOpen: is }) => is);
  expect(await isOpen()).toEqual([false, false]);
  const ending = new AbortController();
  const stream = await operator.stream(ending.signal);
  clock.advance(61_000);
  expect(await isOpen()).toEqual([true, false]);
  const reader = stream.body?.getReader();
  let text = '';
  while (!text.includes('event: site')) text += new TextDecoder().decode((await reader?.read())?.value);
  expect(text).toContain('{"id":"linden","isOpen":true,"openIncidents":0}');
  ending.abort();
});

test('over TLS with the certificate that it made for itself; its cookie is for TLS alone', async () => {
  rig = await startRig({
    http: { port: 0, tls: {} },
    ingest: { mqtt: { tls: { host: '127.0.0.1', port: 0 } } },
  });
  const ca = readFileSync(join(rig.folder, 'state', 'certificate.pem'));
  const { port, pathname } = new URL('/healthz', `https://127.0.0.1:${rig.cloud.ports.http}`);
  const hsts = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname, ca }, (response) => {
      response.resume();
      resolve(response.headers['strict-transport-security']);
    })
      .on('error', reject)
      .end();
  });
  expect(hsts).toMatch(/max-age/);
  const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${rig.cloud.ports.mqtt.tls}`, {
    clientId: GATEWAY,
    username: GATEWAY,
    password: TOKEN,
    protocolVersion: 4,
    ca,
  });
  await client.endAsync();
});

test('a port that is taken leaves nothing open behind', async () => {
  rig = await startRig();
  const { http } = rig.cloud.ports;
  await expect(startRig({ http: { port: http } })).rejects.toMatchObject({ code: 'EADDRINUSE', port: http });
});

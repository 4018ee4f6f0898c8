import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, type Rig, rigUp } from '../rig.ts';
import type { SourcesOptions } from '../sources.ts';

let rig: Rig;
const closes: (() => void)[] = [];
beforeEach(async () => {
  rig = await rigUp();
});
afterEach(async () => {
  for (const close of closes.splice(0)) close();
  await rig.stop();
});

const token = 'a-token-that-is-long-enough';
const alerts = {
  name: 'partner',
  format: 'alert-post',
  asset: 'shop-server',
  transport: { type: 'http-post', tokenSha256: createHash('sha256').update(token).digest('hex') },
};
const accounts = {
  name: 'accounts',
  format: 'account-log',
  asset: 'web-shop',
  transport: { type: 'http-post', path: '/shop/accounts', token },
};

async function serving(entries: readonly unknown[], over: Partial<Pick<SourcesOptions, 'commit'>> = {}) {
  const { sources } = rig.start(entries, over);
  const server = serve({ fetch: sources.routes.fetch, port: 0, hostname: '127.0.0.1' });
  closes.push(() => server.close());
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  return { sources, port, post };
}

const alert = (over: Record<string, unknown> = {}) =>
  JSON.stringify({
    version: '1.0',
    partner: 'partner-x',
    id: 'm1',
    alert: {
      id: 'a 1/ä',
      type: 'physical/door-forced',
      startTS: '2026-11-23T07:00:01Z',
      severity: 'HIGH',
      EE_Element: [{ id: 'Fridge-1' }, { id: 'srv-77' }, { id: 'anna' }],
      data: [{ contentType: 'application/json', jsonContent: { source_ip: '203.0.113.7', badge: '04a1' } }],
      ...over,
    },
  });
const login = (account: string) =>
  JSON.stringify({ time: '2026-11-23T07:00:01Z', event: 'login.failed', account, ip: '203.0.113.7' });

test('an alert is stored as an observation and a detection before it is answered, and resent it is the same', async () => {
  const { post } = await serving([alerts]);
  const answer = await post('/sources/partner', alert());
  expect([answer.status, await answer.json()]).toEqual([202, { records: 1, ignored: 0, refused: 0 }]);
  const [observation] = rig.observations();
  const [detection] = rig.detections();
  expect(observation).toMatchObject({ asset: 'fridge-1', site: 'linden', kind: 'host.logged' });
  expect(observation?.id).toMatch(/^cloud-partner\/a%201\/%C3%A4\/[0-9a-f]{12}$/);
  expect(detection).toMatchObject({
    rule: 'partner-x:physical/door-forced',
    severity: 'high',
    site: 'linden',
    assets: ['fridge-1', 'srv-77'],
    identities: ['anna'],
    observables: { ip: '203.0.113.7', badge: '04a1' },
    evidence: [observation?.id],
    at: Date.UTC(2026, 10, 23, 7, 0, 1),
  });
  expect((await post('/sources/partner', alert())).status).toBe(202);
  expect(rig.observations()).toHaveLength(1);
  // The same alert, grown worse, is news.
  expect((await post('/sources/partner', alert({ severity: 'CRITICAL' }))).status).toBe(202);
  expect(
    rig
      .detections()
      .map(({ severity }) => severity)
      .sort(),
  ).toEqual(['critical', 'high']);
});

test('whoever has no valid token gets nowhere, and cannot guess on for long', async () => {
  const { post, sources } = await serving([alerts]);
  expect((await post('/sources/partner', alert(), { authorization: 'Bearer wrong' })).status).toBe(401);
  const statuses = new Set<number>();
  for (let guess = 0; guess < 40; guess++)
    statuses.add((await post('/sources/partner', alert(), { authorization: `Bearer ${guess}` })).status);
  expect(statuses).toEqual(new Set([401, 429]));
  expect(sources.health()[0]?.records).toBe(0);
  expect((await post('/sources/partner', alert())).status).toBe(202);
});

test('a document that cannot be read is refused with the reason and put aside', async () => {
  const { post, sources } = await serving([alerts]);
  const answer = await post('/sources/partner', '{"partner":"x"}');
  expect([answer.status, await answer.json()]).toEqual([
    422,
    { error: { code: 'refused', message: 'alert: missing' } },
  ]);
  expect(sources.health()[0]).toMatchObject({ records: 0, refused: 1 });
  const kept = await eventually('it is put aside', () => rig.store.quarantined(1).newest[0]);
  expect(Buffer.from(kept?.raw ?? []).toString()).toBe('{"partner":"x"}');
  expect(kept).toMatchObject({ wall: 'source partner', peer: '127.0.0.1', reason: 'alert: missing' });
});

test('a body that is too long is turned away, whether it says so or not', async () => {
  const { post, port, sources } = await serving([alerts]);
  expect((await post('/sources/partner', 'x'.repeat(300_000))).status).toBe(413);
  const status = await new Promise<number>((resolve, reject) => {
    const sending = request(
      {
        port,
        host: '127.0.0.1',
        path: '/sources/partner',
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        sending.destroy();
      },
    );
    sending.on('error', reject);
    // In pieces, so without a length.
    for (let piece = 0; piece < 5; piece++) sending.write('x'.repeat(60_000));
    sending.end();
  });
  expect(status).toBe(413);
  expect(sources.health()[0]?.refused).toBe(2);
});

test('lines stand for themselves: the good ones are stored, the bad ones counted', async () => {
  const { post } = await serving([accounts]);
  const answer = await post('/shop/accounts', `${login('u1')}\r\nnonsense\n\n${login('u2')}`);
  expect([answer.status, await answer.json()]).toEqual([
    202,
    { records: 2, ignored: 0, refused: 1, because: 'not JSON' },
  ]);
  expect(rig.observations()).toHaveLength(2);
});

test('lines sent twice count twice, unless a key says that they are the same', async () => {
  const { post } = await serving([accounts]);
  await post('/shop/accounts', login('u1'));
  await post('/shop/accounts', login('u1'));
  expect(rig.observations()).toHaveLength(2);
  const key = { 'idempotency-key': 'batch-7' };
  await post('/shop/accounts', `${login('u2')}\n${login('u2')}`, key);
  await post('/shop/accounts', `${login('u2')}\n${login('u2')}`, key);
  expect(rig.observations()).toHaveLength(4);
});

test('what cannot be stored is not acknowledged', async () => {
  let isBroken = true;
  const { post, sources } = await serving([accounts], {
    commit: (observations, detections) =>
      isBroken ? Promise.reject(new Error('disk full')) : rig.store.append(observations, detections),
  });
  const answer = await post('/shop/accounts', login('u1'));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(sources.health()[0]?.records).toBe(0);
  isBroken = false;
  expect((await post('/shop/accounts', login('u1'))).status).toBe(202);
  expect(rig.observations()).toHaveLength(1);
});

test('more than the quota is asked to come later, and what is compressed to come plain', async () => {
  const { post } = await serving([{ ...accounts, quota: { perSecond: 0.1, burst: 2 } }]);
  expect((await post('/shop/accounts', `${login('u1')}\n${login('u2')}`)).status).toBe(202);
  expect((await post('/shop/accounts', login('u3'))).status).toBe(429);
  expect((await post('/shop/accounts', 'x', { 'content-encoding': 'gzip' })).status).toBe(415);
  expect(rig.observations()).toHaveLength(2);
});

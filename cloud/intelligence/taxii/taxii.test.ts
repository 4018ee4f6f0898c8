import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Place, TaxiiClient } from './client.ts';
import * as resources from './resources.ts';
import { taxiiRoutes } from './server.ts';
import { Shelf } from './shelf.ts';

const NOW = Date.parse('2026-11-23T07:00:00Z');
const TOKEN = 'a-token-of-a-partner';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const [SHARED, INBOX, HIDDEN] = [1, 2, 3].map((n) => `0c1b2f6e-2b6a-4c3f-9d0e-6a0f5b2f7a1${n}`) as [
  string,
  string,
  string,
];
const shelf = new Shelf(':memory:', () => NOW);
const posted: string[] = [];
const routes = taxiiRoutes({
  title: 'Linden',
  collections: [
    { id: SHARED, alias: 'shared', title: 'Shared', holds: 'incidents', tlp: 'green', imports: false },
    { id: INBOX, alias: 'inbox', title: 'Inbox', holds: 'posts', tlp: 'green', imports: true },
    { id: HIDDEN, alias: 'hidden', title: 'Hidden', holds: 'incidents', tlp: 'red', imports: false },
  ],
  partners: [{ name: 'hospital', tokenSha256: sha256(TOKEN), read: ['shared'], write: ['inbox'] }],
  shelf,
  now: () => NOW,
  onPosted: (partner, _, objects) => void posted.push(...objects.map(({ id }) => `${partner.name} ${id}`)),
});
const object = (n: number, modified = '2026-11-20T00:00:00.000Z', type = 'indicator') => ({
  type,
  spec_version: '2.1',
  id: `${type}--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  created: '2026-11-20T00:00:00.000Z',
  modified,
});

type Shared = ReturnType<typeof object>;

let root: string;
let close: () => void;
beforeAll(async () => {
  shelf.put(
    SHARED,
    Array.from({ length: 2_500 }, (_, n) => object(n)),
  );
  shelf.put(SHARED, [object(7, '2026-11-21T00:00:00.000Z'), object(9_000, undefined, 'malware')]);
  const server = serve({ fetch: routes.fetch, port: 0, hostname: '127.0.0.1' });
  if (!server.listening) await once(server, 'listening');
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/taxii2/`;
  close = () => server.close();
});
afterAll(() => close());

const ask = (path: string, over: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(root + path, {
    ...over,
    headers: { accept: resources.MEDIA_TYPE, authorization: `Bearer ${TOKEN}`, ...over.headers },
  });
const objectsOf = async (query: string) =>
  resources.envelope.parse(await (await ask(`partners/collections/${SHARED}/objects/?${query}`)).json());

test('our client reads our server: discovery, collections, all pages, and goes on where it was', async () => {
  const client = new TaxiiClient(
    { kind: 'basic', name: 'hospital', password: TOKEN },
    new AbortController().signal,
  );
  const [api = ''] = await client.apiRoots(root);
  expect((await client.collections(api)).map(({ alias }) => alias)).toEqual(['shared']);
  const seen = new Set<string>();
  let place: Place = {};
  for await (const page of client.objects(api, SHARED, place)) {
    for (const { id } of page.objects) seen.add(id);
    place = page.place;
    // As after a restart: the rest is read by another, from the place that was kept.
    break;
  }
  expect(seen.size).toBe(1_000);
  for await (const page of client.objects(api, SHARED, place)) {
    for (const { id } of page.objects) seen.add(id);
    place = page.place;
  }
  expect(seen.size).toBe(2_501);
  shelf.put(SHARED, [object(9_001)]);
  const later: string[] = [];
  for await (const page of client.objects(api, SHARED, place))
    later.push(...page.objects.map(({ id }) => id));
  expect(later).toEqual([object(9_001).id]);
});

test('answers are of the standard media type and shape; refusals too', async () => {
  const shapes = [
    ['', resources.discovery],
    ['partners/', resources.apiRoot],
    ['partners/collections/', resources.collections],
    [`partners/collections/${INBOX}/`, resources.collection],
    [`partners/collections/${SHARED}/manifest/?limit=3`, resources.manifest],
    [`partners/collections/${SHARED}/objects/${object(7).id}/versions/`, resources.versions],
  ] as const;
  for (const [path, shape] of shapes) {
    const response = await ask(path);
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      200,
      resources.MEDIA_TYPE,
    ]);
    shape.parse(await response.json());
  }
  const refusals: [string, RequestInit & { headers?: Record<string, string> }, number][] = [
    ['', { headers: { authorization: 'Bearer wrong' } }, 401],
    ['', { headers: { accept: 'application/json' } }, 406],
    ['', { headers: { accept: 'application/taxii+json;version=2.0' } }, 406],
    [`partners/collections/${HIDDEN}/`, {}, 404],
    [`partners/collections/${INBOX}/objects/`, {}, 403],
    [`partners/collections/${SHARED}/objects/`, { method: 'POST', body: '{}' }, 403],
    [
      `partners/collections/${INBOX}/objects/`,
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
      415,
    ],
    [`partners/collections/${SHARED}/objects/?limit=0`, {}, 400],
    [`partners/collections/${SHARED}/objects/?added_after=yesterday`, {}, 400],
    [`partners/collections/${SHARED}/objects/${object(77_777).id}/`, {}, 404],
    ['partners/nothing/', {}, 404],
  ];
  for (const [path, over, status] of refusals) {
    const response = await ask(path, over);
    expect([path, response.status]).toEqual([path, status]);
    expect(resources.errorMessage.parse(await response.json()).http_status).toBe(String(status));
  }
  expect((await ask('', { headers: { authorization: '' } })).headers.get('www-authenticate')).toContain(
    'Basic',
  );
});

test('filters: type, id, versions, what was added after; pages stay stable while more is added', async () => {
  const id = object(7).id;
  expect((await objectsOf('match[type]=malware')).objects).toHaveLength(1);
  expect((await objectsOf(`match[id]=${id},${object(8).id}`)).objects).toHaveLength(2);
  const versionsOf = async (query: string) =>
    (await objectsOf(`match[id]=${id}${query}`)).objects?.map(({ modified }) => modified);
  expect(await versionsOf('')).toEqual(['2026-11-21T00:00:00.000Z']);
  expect(await versionsOf('&match[version]=first')).toEqual(['2026-11-20T00:00:00.000Z']);
  expect(await versionsOf('&match[version]=all')).toHaveLength(2);
  expect(await versionsOf('&match[version]=2026-11-20T00:00:00Z')).toEqual(['2026-11-20T00:00:00.000Z']);
  expect(await objectsOf('match[spec_version]=2.0')).toEqual({});
  const first = await objectsOf('limit=2');
  expect(first).toMatchObject({ more: true, objects: [{ id: object(0).id }, { id: object(1).id }] });
  shelf.put(SHARED, [object(9_002)]);
  expect((await objectsOf(`limit=2&next=${first.next}`)).objects?.map((one) => one.id)).toEqual([
    object(2).id,
    object(3).id,
  ]);
  const response = await ask(`partners/collections/${SHARED}/objects/?limit=1`);
  const added = response.headers.get('x-taxii-date-added-last') ?? '';
  expect(added).toBe('2026-11-23T07:00:00.000000Z');
  expect((await objectsOf(`limit=1&added_after=${added}`)).objects?.[0]?.id).toBe(object(1).id);
});

test('what is posted is answered with a status that can be asked for again, good and bad apart', async () => {
  const body = JSON.stringify({ objects: [object(1), { ...object(2), id: 'indicator--x' }] });
  const response = await ask(`partners/collections/${INBOX}/objects/`, {
    method: 'POST',
    body,
    headers: { 'content-type': resources.MEDIA_TYPE },
  });
  expect(response.status).toBe(202);
  const status = resources.status.parse(await response.json());
  expect(status).toMatchObject({
    status: 'complete',
    total_count: 2,
    success_count: 1,
    failure_count: 1,
    pending_count: 0,
  });
  expect(await (await ask(`partners/status/${status.id}/`)).json()).toEqual(status);
  expect(posted).toEqual([`hospital ${object(1).id}`]);
});

test('what is taken back goes with all its releases; what another one shares stays', () => {
  const own = new Shelf(':memory:', () => NOW);
  const [address, first, second, other] = [1, 2, 3, 4].map((n) => object(n)) as [
    Shared,
    Shared,
    Shared,
    Shared,
  ];
  expect(own.release(SHARED, 'break-in', [address, first])).toBe(2);
  expect(own.release(SHARED, 'break-in/before-it-was-joined', [address, second])).toBe(1);
  expect(own.release(SHARED, 'fraud', [address, other])).toBe(1);
  own.takeBack(SHARED, (release) => release.startsWith('break-in'));
  const left = () => own.list(SHARED, { limit: 10 }).found.map(({ id }) => id);
  expect(left()).toEqual([address.id, other.id]);
  own.takeBack(SHARED, () => true);
  expect(left()).toEqual([]);
  own.close();
});

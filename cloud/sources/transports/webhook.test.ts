import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, type Rig, rigUp } from '../rig.ts';
import { signature, verify } from './webhook-signature.ts';

let rig: Rig;
const closes: (() => void)[] = [];
beforeEach(async () => {
  rig = await rigUp();
});
afterEach(async () => {
  for (const close of closes.splice(0)) close();
  await rig.stop();
});

const secret = 'a secret of the shop';
const mac = (text: string, encoding: 'hex' | 'base64', key: string | Buffer = secret) =>
  createHmac('sha256', key).update(text).digest(encoding);

async function serving(entry: Record<string, unknown>, transport: Record<string, unknown>) {
  const { sources } = rig.start([
    { name: 'shop', asset: 'web-shop', ...entry, transport: { type: 'http-post', ...transport } },
  ]);
  const server = serve({ fetch: sources.routes.fetch, port: 0, hostname: '127.0.0.1' });
  closes.push(() => server.close());
  if (!server.listening) await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const send = (body: string, headers: Record<string, string>, method = 'POST') =>
    fetch(`http://127.0.0.1:${port}/sources/shop`, {
      method,
      ...(method === 'POST' ? { body } : {}),
      headers,
    });
  return { sources, send };
}

const order = (status: string) =>
  JSON.stringify({
    id: 727,
    number: '727',
    order_key: 'wc_order_1',
    status,
    total: '29.35',
    currency: 'EUR',
    date_created_gmt: '2026-11-23T07:00:01',
    date_modified_gmt: '2026-11-23T07:00:02',
    line_items: [],
    customer_ip_address: '203.0.113.7',
  });
const fromShop = (body: string, topic = 'order.created') => ({
  'content-type': 'application/json',
  'x-wc-webhook-topic': topic,
  'x-wc-webhook-signature': mac(body, 'base64'),
});

test('a webhook of WooCommerce is taken when it is signed, and played again it is the same record', async () => {
  const secretFile = join(rig.folder, 'secret');
  writeFileSync(secretFile, `${secret}\n`);
  const { sources, send } = await serving(
    { format: 'woocommerce' },
    { signature: { scheme: 'woocommerce', secretFile } },
  );
  const body = order('pending');
  expect((await send(body, fromShop(body))).status).toBe(202);
  expect((await send(body, fromShop(body))).status).toBe(202);
  const [only, ...others] = rig.observations();
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    kind: 'order.changed',
    observables: { ip: '203.0.113.7', order: '727' },
    facts: { state: 'placed', amount: 29.35, currency: 'EUR', event: 'order.created' },
  });
  // Its headers are not signed: what was heard once is not another thing under another topic.
  expect((await send(body, fromShop(body, 'order.deleted'))).status).toBe(202);
  expect(rig.observations()).toHaveLength(1);
  const tampered = order('completed');
  expect((await send(tampered, fromShop(body))).status).toBe(401);
  expect((await send(body, { 'x-wc-webhook-topic': 'order.created' })).status).toBe(401);
  expect(rig.observations()).toHaveLength(1);
  expect(sources.health()[0]).toMatchObject({ records: 3, refused: 0 });
  await eventually('both put aside', () => rig.store.quarantined(5).newest.length === 2);
  const reasons = rig.store.quarantined(5).newest.map(({ reason }) => reason);
  expect(reasons.sort()).toEqual(['the signature is wrong', 'x-wc-webhook-signature: missing']);
  // The shop tries its new webhook with a form.
  const ping = 'webhook_id=1';
  expect((await send(ping, fromShop(ping))).status).toBe(202);
});

test('a payment service signs the time as well: yesterday is too late', async () => {
  const { send } = await serving(
    { format: 'payment-service' },
    { signature: { scheme: 'timestamped', secret } },
  );
  const body = JSON.stringify({ id: 'p-1', time: '2026-11-23T07:00:01Z', event: 'payout.account-changed' });
  const signed = (at: number, more = '') => {
    const seconds = Math.floor(at / 1_000);
    return { 'stripe-signature': `t=${seconds},v0=00,v1=${mac(`${seconds}.${body}`, 'hex')}${more}` };
  };
  expect((await send(body, signed(Date.now()))).status).toBe(202);
  // Sent again with a new time, as services do.
  expect((await send(body, signed(Date.now() + 1_000, ',v1=ffff'))).status).toBe(202);
  expect(rig.observations()).toHaveLength(1);
  const late = await send(body, signed(Date.now() - 86_400_000));
  expect([late.status, await late.json()]).toMatchObject([
    401,
    { error: { message: expect.stringMatching(/^signed 86\d{3} s from now$/) } },
  ]);
  expect((await send(`${body} `, signed(Date.now()))).status).toBe(401);
});

test('a stranger who dribbles does not hold a place for long, and a proxy that is trusted names who reports', async () => {
  const { sources } = rig.start(
    [
      {
        name: 'pages',
        format: 'csp-report',
        asset: 'web-shop',
        transport: { type: 'http-post', anonymous: {} },
      },
    ],
    { trustProxy: true },
  );
  const post = (body: string | ReadableStream, from: string) =>
    sources.routes.request('/sources/pages', {
      method: 'POST',
      body,
      headers: { 'x-forwarded-for': `6.6.6.6, ${from}` },
      ...(typeof body === 'string' ? {} : { duplex: 'half' }),
    });
  const endless = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
  const slow = post(endless, '203.0.113.1');
  const report = '{"csp-report":{"document-uri":"https://shop.example/","violated-directive":"img-src"}}';
  const statuses: number[] = [];
  for (let again = 0; again < 40; again++) statuses.push((await post(report, '203.0.113.7')).status);
  expect(new Set(statuses)).toEqual(new Set([202, 429]));
  expect((await post(report, '203.0.113.8')).status).toBe(202);
  expect((await slow).status).toBe(408);
});

test('guessing signatures is answered for a while, then turned away', async () => {
  const { send } = await serving({ format: 'shop-event' }, { signature: { scheme: 'body', secret } });
  const statuses = new Set<number>();
  for (let guess = 0; guess < 30; guess++)
    statuses.add((await send('{}', { 'x-signature': `sha256=${guess}` })).status);
  expect(statuses).toEqual(new Set([401, 429]));
  const body = '{"id":"e-1","time":"2026-11-23T07:00:01Z","event":"stock.changed","sku":"x","after":3}';
  expect((await send(body, { 'x-signature': `sha256=${mac(body, 'hex')}` })).status).toBe(202);
  expect(rig.observations()).toMatchObject([{ kind: 'stock.changed', value: 3, id: 'cloud-shop/e-1' }]);
});

test("browsers' reports need no secret, but a page of ours, and are few", async () => {
  const { send } = await serving(
    { format: 'csp-report' },
    { anonymous: { origins: ['https://shop.example'] } },
  );
  const asked = await send('', { origin: 'https://shop.example' }, 'OPTIONS');
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'https://shop.example',
  ]);
  expect((await send('', { origin: 'https://other.example' }, 'OPTIONS')).status).toBe(403);
  const body = JSON.stringify({
    'csp-report': {
      'document-uri': 'https://shop.example/checkout',
      'effective-directive': 'script-src-elem',
      'blocked-uri': 'https://skimmer.example/a.js',
    },
  });
  const type = { 'content-type': 'application/csp-report' };
  expect((await send(body, { ...type, origin: 'https://shop.example' })).status).toBe(202);
  expect((await send(body, { ...type, origin: 'https://other.example' })).status).toBe(403);
  expect(rig.observations()).toMatchObject([
    { kind: 'page.violated', observables: { domain: 'skimmer.example' } },
  ]);
  const statuses = new Set<number>();
  for (let again = 0; again < 40; again++) statuses.add((await send(body, type)).status);
  expect(statuses).toEqual(new Set([202, 429]));
});

test('no header and no body makes a verdict throw, and none but the right one is good', () => {
  const schemes = [
    signature.parse({ scheme: 'woocommerce', secret }),
    signature.parse({ scheme: 'body', secret, encoding: 'base64', algorithm: 'sha512' }),
    signature.parse({ scheme: 'timestamped', secret }),
    signature.parse({ scheme: 'standard', secret }),
  ];
  const now = Date.UTC(2026, 10, 23, 7);
  fc.assert(
    fc.property(
      fc.constantFrom(...schemes),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('t=1795417200,v1=', 'v1,', 'v1,AA==', 't=,v1=00', 'sha256=', ','),
      ),
      fc.uint8Array({ maxLength: 64 }),
      (scheme, header, body) => {
        const verdict = verify(scheme, secret, () => header, body, now);
        expect(verdict.good).toBe(false);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('Standard Webhooks: id, time and body are signed, with a secret in base64', () => {
  const key = Buffer.from('a secret of a service');
  const scheme = signature.parse({ scheme: 'standard', secret: `whsec_${key.toString('base64')}` });
  const now = Date.UTC(2026, 10, 23, 7);
  const time = String(now / 1_000);
  const headers: Record<string, string> = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': time,
    'webhook-signature': `v1,AAAA v1,${mac(`msg_1.${time}.{}`, 'base64', key)}`,
  };
  const judge = (at: number, body = '{}') =>
    verify(scheme, scheme.secret ?? '', (name) => headers[name], Buffer.from(body), at);
  expect(judge(now)).toEqual({ good: true });
  expect(judge(now + 3_600_000)).toEqual({ good: false, because: 'signed 3600 s from now' });
  expect(judge(now, '{ }')).toEqual({ good: false, because: 'the signature is wrong' });
});

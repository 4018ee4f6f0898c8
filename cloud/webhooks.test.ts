/** Shops, payment services and browsers post to the cloud's own server, and rules judge what they say. */
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incidentList, incidentPage } from './api/answers.ts';
import { type CloudRig, eventually, startRig } from './testing.ts';

const HOUR_MS = 3_600_000;
const secret = 'a secret of two';
const rules = `title: Money is to go elsewhere
id: payout-account
level: high
tags: [attack.t1657]
logsource: {category: application, product: gatehouse, service: payout}
detection: {s: {state: account-changed}, condition: s}
---
title: A stranger's script on the page of the payment
id: skimmer
level: medium
logsource: {product: gatehouse, service: page}
detection: {s: {page|endswith: /checkout, directive|startswith: script-src, domain|exists: true}, condition: s}
`;

let folder: string;
let rig: CloudRig | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-webhooks-'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'shop.yml'), rules);
  writeFileSync(join(folder, 'secret'), `${secret}\n`);
});
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
  rmSync(folder, { recursive: true });
});

const source = (name: string, format: string, transport: Record<string, unknown>) => ({
  name,
  format,
  asset: 'shop-admin',
  transport: { type: 'http-post', ...transport },
});

test('a payout account that is changed behind a denied badge of the same person is one incident', async () => {
  const secretFile = join(folder, 'secret');
  rig = await startRig({
    sigma: { rules: join(folder, 'rules') },
    sources: [
      source('payments', 'payment-service', { signature: { scheme: 'timestamped', secretFile } }),
      source('orders', 'woocommerce', { signature: { scheme: 'woocommerce', secretFile } }),
      source('pages', 'csp-report', { anonymous: { origins: ['https://shop.example'] } }),
    ],
  });
  const { address, gateway } = rig;
  const at = Date.now() - HOUR_MS;
  const post = (path: string, body: string, headers: Record<string, string>) =>
    fetch(address + path, { method: 'POST', body, headers });

  const change = JSON.stringify({
    id: 'evt-1',
    time: new Date(at).toISOString(),
    event: 'payout.account-changed',
    account: 'a.weber',
    ip: '203.0.113.7',
    payoutAccount: 'DE89370400440532013000',
  });
  const seconds = Math.floor(Date.now() / 1_000);
  const v1 = createHmac('sha256', secret).update(`${seconds}.${change}`).digest('hex');
  const signed = { 'stripe-signature': `t=${seconds},v1=${v1}` };
  expect((await post('/sources/payments', change, signed)).status).toBe(202);
  expect((await post('/sources/payments', change, { 'stripe-signature': `t=${seconds},v1=00` })).status).toBe(
    401,
  );

  const order = JSON.stringify({ id: 7, order_key: 'x', line_items: [], customer_id: 0 });
  const wc = createHmac('sha256', secret).update(order).digest('base64');
  const named = { 'x-wc-webhook-signature': wc, 'x-wc-webhook-topic': 'order.created' };
  expect((await post('/sources/orders', order, named)).status).toBe(202);

  const report = JSON.stringify([
    {
      type: 'csp-violation',
      age: 1_000,
      url: 'https://shop.example/checkout',
      body: {
        documentURL: 'https://shop.example/checkout',
        effectiveDirective: 'script-src-elem',
        blockedURL: 'https://skimmer.example/a.js',
      },
    },
  ]);
  const fromPage = { origin: 'https://shop.example', 'content-type': 'application/reports+json' };
  const asked = await fetch(`${address}/sources/pages`, { method: 'OPTIONS', headers: fromPage });
  expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([204, 'Content-Type']);
  expect((await post('/sources/pages', report, fromPage)).status).toBe(202);

  await gateway.send(
    gateway.detection('denied/1', at + 60_000, { rule: 'access-denied-burst', identities: ['anna'] }),
  );
  const operator = await rig.as('operator');
  const joined = await eventually('one incident of both worlds', async () =>
    (await operator.read('/api/incidents', incidentList)).items.find(({ worlds }) => worlds.length === 2),
  );
  expect(joined).toMatchObject({ severity: 'high', people: [{ id: 'anna' }] });
  const { story } = await operator.read(`/api/incidents/${joined.id}`, incidentPage);
  expect(new Set(story.map(({ world }) => world))).toEqual(new Set(['cyber', 'physical']));
  await eventually('the script is an incident', async () =>
    (await operator.read('/api/incidents', incidentList)).items.some(({ title }) =>
      title.startsWith('Altered page'),
    ),
  );
  const metrics = await (await fetch(`${address}/metrics`)).text();
  for (const name of ['payments', 'orders', 'pages'])
    expect(metrics).toMatch(new RegExp(`^gatehouse_source_records_total\\{source="${name}"\\} 1$`, 'm'));
});

test('a secret that is not there is told by the name of its source', async () => {
  const secretFile = join(folder, 'nowhere');
  await expect(
    startRig({
      sources: [source('orders', 'woocommerce', { signature: { scheme: 'woocommerce', secretFile } })],
    }),
  ).rejects.toThrow(/source orders: ENOENT/);
});

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { PaymentService, reportScript, ShopWebhooks } from './webhooks.ts';

const secret = 'a secret of the shop';
const clock = manualClock(Date.UTC(2026, 10, 23, 7, 0, 1));
let server: Server;
let url: string;
let answers: number[];
let received: { headers: IncomingMessage['headers']; body: string }[];

beforeEach(async () => {
  answers = [];
  received = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('an order is signed over its body, and a receiver that is busy gets the same delivery again', async () => {
  answers = [503, 429, 202];
  const order = {
    number: 727,
    total: 29.35,
    email: 'jo@example.org',
    address: '203.0.113.7',
    agent: 'x',
    status: 'refunded' as const,
    refunds: [{ id: 1, amount: 29.35, reason: 'broken' }],
  };
  expect(await new ShopWebhooks({ url, secret, clock }).order('updated', order)).toBe(202);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  const [first] = received;
  expect(first?.headers['x-wc-webhook-signature']).toBe(
    createHmac('sha256', secret)
      .update(first?.body ?? '')
      .digest('base64'),
  );
  expect(first?.headers['x-wc-webhook-topic']).toBe('order.updated');
  expect(JSON.parse(first?.body ?? '')).toMatchObject({
    total: '29.35',
    date_modified_gmt: '2026-11-23T07:00:01',
    refunds: [{ total: '-29.35' }],
  });
});

test('a payment service signs the time, and what is refused is not sent again', async () => {
  answers = [401];
  const service = new PaymentService({ url, secret, clock });
  const by = { account: 'a.weber', address: '203.0.113.7' };
  expect(await service.payoutAccount(by, 'DE89370400440532013000', 'DE02120300000000202051')).toBe(401);
  expect(received).toHaveLength(1);
  const [only] = received;
  const seconds = clock.now() / 1_000;
  const v1 = createHmac('sha256', secret).update(`${seconds}.${only?.body}`).digest('hex');
  expect(only?.headers['stripe-signature']).toBe(`t=${seconds},v1=${v1}`);
  await service.chargeback('pay-1', 29.35);
  expect(received.map(({ body }) => JSON.parse(body).id)).toEqual(['evt-1', 'evt-2']);
});

test("a browser's report names the page it comes from", async () => {
  expect(await reportScript(url, 'https://shop.example/checkout', 'https://skimmer.example/a.js', 'x')).toBe(
    202,
  );
  expect(received[0]?.headers).toMatchObject({
    origin: 'https://shop.example',
    'content-type': 'application/reports+json',
  });
});

/** The simulated shop, payment service and browser post to the cloud's real sources. */
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Rig, rigUp } from '../../cloud/sources/rig.ts';
import { manualClock } from '../../devices/model/clock.ts';
import { PaymentService, reportScript, ShopWebhooks } from '../cyber/webhooks.ts';

const clock = manualClock(Date.UTC(2026, 10, 23, 7, 0, 1));
const secret = 'a secret of the shop';
let rig: Rig;
let close: () => void = () => undefined;
beforeEach(async () => {
  rig = await rigUp(clock);
});
afterEach(async () => {
  close();
  await rig.stop();
});

test('a fraud leaves its course in the records: order, refused cards, proof, refund, another payout account', async () => {
  const source = (name: string, format: string, transport: Record<string, unknown>) => ({
    name,
    format,
    asset: 'web-shop',
    transport: { type: 'http-post', ...transport },
  });
  const { sources } = rig.start([
    source('shop', 'woocommerce', { signature: { scheme: 'woocommerce', secret } }),
    source('payments', 'payment-service', { signature: { scheme: 'timestamped', secret } }),
    source('pages', 'csp-report', { anonymous: { origins: ['https://shop.example'] } }),
  ]);
  const server = serve({ fetch: sources.routes.fetch, port: 0, hostname: '127.0.0.1' });
  close = () => void server.close();
  if (!server.listening) await once(server, 'listening');
  const address = server.address();
  const at = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/sources`;
  const shop = new ShopWebhooks({ url: `${at}/shop`, secret, clock });
  const payments = new PaymentService({ url: `${at}/payments`, secret, clock });

  const from = '203.0.113.7';
  const order = { number: 727, total: 29.35, email: 'jo@example.org', address: from, agent: 'x' };
  const later = (ms: number) => clock.advance(ms);
  const statuses: number[] = [];
  statuses.push(
    await reportScript(`${at}/pages`, 'https://shop.example/checkout', 'https://skimmer.example/a.js', 'x'),
  );
  statuses.push(await shop.order('created', { ...order, status: 'pending' }));
  for (const card of ['c1', 'c2', 'c3']) {
    later(5_000);
    const details = {
      payment: 'pay-1',
      order: 727,
      amount: 29.35,
      address: from,
      card,
      reason: 'stolen_card',
    };
    statuses.push(await payments.payment('declined', details));
  }
  later(5_000);
  statuses.push(await payments.proof('failed', 'pay-1'));
  later(60_000);
  const refunds = [{ id: 1, amount: 29.35, reason: '' }];
  statuses.push(await shop.order('updated', { ...order, status: 'refunded', refunds }));
  later(60_000);
  // The order comes once more with the same refund: that is one refund.
  statuses.push(await shop.order('updated', { ...order, status: 'refunded', refunds }));
  const by = { account: 'a.weber', address: from };
  statuses.push(await payments.payoutAccount(by, 'DE89370400440532013000', 'DE02120300000000202051'));
  statuses.push(await payments.chargeback('pay-1', 29.35));
  statuses.push(await shop.stock('IBU-400', 0));

  expect(new Set(statuses)).toEqual(new Set([202]));
  const course = rig
    .observations()
    .sort((a, b) => a.observedAt - b.observedAt || (a.kind < b.kind ? -1 : 1))
    .map(({ kind, facts }) => `${kind} ${facts?.state ?? facts?.amount ?? facts?.directive ?? ''}`.trim());
  expect(course).toEqual([
    'page.violated script-src-elem',
    'order.changed placed',
    'payment.decided declined',
    'payment.decided declined',
    'payment.decided declined',
    'payment.challenged failed',
    'order.changed refunded',
    'refund.issued 29.35',
    'order.changed refunded',
    'payment.disputed opened',
    'payout.changed account-changed',
    'stock.changed changed',
  ]);
  // What joins them: the address, the order, the payment, the person.
  const told = rig.observations();
  expect(told.filter(({ observables }) => observables?.ip === from).length).toBeGreaterThan(5);
  expect(told.filter(({ observables }) => observables?.payment === 'pay-1')).toHaveLength(5);
  expect(told.find(({ kind }) => kind === 'payout.changed')?.subjects).toEqual({ account: 'a.weber' });
  expect(sources.health().map(({ refused }) => refused)).toEqual([0, 0, 0]);
});

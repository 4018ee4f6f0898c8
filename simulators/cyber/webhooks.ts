/** What a shop, its payment service and its customers' browsers post to the cloud, signed as the real ones sign. */
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../devices/model/clock.ts';

/** A receiver that is busy or out of order is asked again so often, as shops and services do. */
const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 200;
const ANSWER_WITHIN_MS = 10_000;

export interface Receiver {
  url: string;
  /** Shared with the receiver. */
  secret: string;
  clock: Clock;
}

/** Status of the last answer; 0: nobody answered. A delivery keeps its body, whose signature may be made anew. */
async function deliver(url: string, body: string, headersNow: () => Record<string, string>): Promise<number> {
  let status = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await wait(FIRST_RETRY_MS * 2 ** (attempt - 1));
    status = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headersNow() },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).then(
      (response) => response.status,
      () => 0,
    );
    if (status !== 0 && status !== 429 && status < 500) break;
  }
  return status;
}

export interface SoldOrder {
  number: number;
  /** In euros. */
  total: number;
  email: string;
  address: string;
  agent: string;
  status: 'pending' | 'processing' | 'completed' | 'refunded' | 'cancelled';
  refunds?: readonly { id: number; amount: number; reason: string }[];
}

/** WooCommerce: webhooks of orders and products (REST API version 3), HMAC-SHA256 over the body in base64. */
export class ShopWebhooks {
  readonly #to: Receiver;
  #delivery = 0;

  constructor(to: Receiver) {
    this.#to = to;
  }

  order(event: 'created' | 'updated', order: SoldOrder): Promise<number> {
    const now = this.#now();
    return this.#send(`order.${event}`, {
      id: order.number,
      number: String(order.number),
      order_key: `wc_order_${order.number}`,
      status: order.status,
      currency: 'EUR',
      total: order.total.toFixed(2),
      date_created_gmt: now,
      date_modified_gmt: now,
      customer_id: 0,
      customer_ip_address: order.address,
      customer_user_agent: order.agent,
      billing: { email: order.email, country: 'DE' },
      line_items: [{ product_id: 1, quantity: 1 }],
      refunds: (order.refunds ?? []).map(({ id, amount, reason }) => ({
        id,
        reason,
        total: (-amount).toFixed(2),
      })),
    });
  }

  stock(sku: string, left: number): Promise<number> {
    const now = this.#now();
    return this.#send('product.updated', {
      id: 1,
      sku,
      price: '4.95',
      stock_quantity: left,
      stock_status: left > 0 ? 'instock' : 'outofstock',
      catalog_visibility: 'visible',
      date_created_gmt: now,
      date_modified_gmt: now,
    });
  }

  /** Times in GMT, without a zone. */
  #now(): string {
    return new Date(this.#to.clock.now()).toISOString().slice(0, 19);
  }

  #send(topic: string, content: object): Promise<number> {
    const body = JSON.stringify(content);
    const signature = createHmac('sha256', this.#to.secret).update(body).digest('base64');
    const id = String(++this.#delivery);
    return deliver(this.#to.url, body, () => ({
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-signature': signature,
      'x-wc-webhook-delivery-id': id,
    }));
  }
}

/** A payment service: each event has an id, and the time is signed anew with each attempt. */
export class PaymentService {
  readonly #to: Receiver;
  #event = 0;

  constructor(to: Receiver) {
    this.#to = to;
  }

  payment(
    outcome: 'authorised' | 'declined',
    details: {
      payment: string;
      order: number;
      amount: number;
      address: string;
      card: string;
      reason?: string;
      account?: string;
      /** The browser's, as the service tells devices apart. */
      device?: string;
    },
  ): Promise<number> {
    const { payment, order, amount, address, card, reason, account, device } = details;
    return this.#send(`payment.${outcome}`, {
      payment,
      order,
      amount,
      currency: 'EUR',
      ip: address,
      card: { fingerprint: card, brand: 'visa' },
      ...(account === undefined ? {} : { account }),
      ...(device === undefined ? {} : { device }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Proof that the payer is who they say (3-D Secure). */
  proof(outcome: 'challenged' | 'authenticated' | 'failed', payment: string): Promise<number> {
    return this.#send(`three-d-secure.${outcome}`, { payment });
  }

  chargeback(payment: string, amount: number): Promise<number> {
    return this.#send('chargeback.opened', { payment, amount, currency: 'EUR', reason: 'fraudulent' });
  }

  payoutAccount(by: { account: string; address: string }, to: string, before: string): Promise<number> {
    const { account, address } = by;
    return this.#send('payout.account-changed', {
      account,
      ip: address,
      payoutAccount: to,
      previousPayoutAccount: before,
    });
  }

  #send(event: string, content: object): Promise<number> {
    const { clock, secret, url } = this.#to;
    const id = `evt-${++this.#event}`;
    const body = JSON.stringify({ id, time: new Date(clock.now()).toISOString(), event, ...content });
    return deliver(url, body, () => {
      const seconds = Math.floor(clock.now() / 1_000);
      const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
      return { 'stripe-signature': `t=${seconds},v1=${v1}` };
    });
  }
}

/** A visitor's browser that was shown a page with somebody else's script on it (Reporting API). */
export function reportScript(url: string, page: string, script: string, agent: string): Promise<number> {
  const body = JSON.stringify([
    {
      type: 'csp-violation',
      age: 1_000,
      url: page,
      user_agent: agent,
      body: {
        documentURL: page,
        effectiveDirective: 'script-src-elem',
        blockedURL: script,
        disposition: 'enforce',
      },
    },
  ]);
  return deliver(url, body, () => ({
    origin: new URL(page).origin,
    'content-type': 'application/reports+json',
  }));
}

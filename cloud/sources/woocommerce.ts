import { z } from 'zod';
import type { Facts } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { withoutCardNumbers } from './card-numbers.ts';
import { isoInstant } from './instants.ts';
import {
  countAt,
  isObject,
  type JsonObject,
  jsonObject,
  objectAt,
  present,
  textAt,
  wordAt,
} from './json-line.ts';
import { fitText } from './plain-text.ts';
import { woocommerceSamples } from './samples/woocommerce.ts';
import { amountOf, currencyOf, emailOf, phoneOf } from './shop-fields.ts';
import { type Reported, type SourceResult, sourceFormat } from './source.ts';

/** An order of hundreds of lines. */
const MAX_BODY_BYTES = 512 * 1024;
const MAX_REFUNDS = 32;

/** The body of the first delivery, which only tries whether somebody is there. */
const ping = /^webhook_id=\d{1,20}$/;

/** Resource and event of the header `X-WC-Webhook-Topic`; without it, by what only one resource has. */
function topicOf(topic: string | undefined, body: JsonObject): [resource: string, event: string] | undefined {
  const match = /^(order|customer|product|coupon|action)\.([a-z_]{1,64})$/.exec(topic ?? '');
  if (match !== null) return [match[1] ?? '', match[2] ?? ''];
  if ('line_items' in body && 'order_key' in body) return ['order', 'updated'];
  if ('username' in body && 'is_paying_customer' in body) return ['customer', 'updated'];
  if ('stock_status' in body && 'catalog_visibility' in body) return ['product', 'updated'];
  return undefined;
}

/** Times in GMT carry no zone. */
const timeOf = (body: JsonObject, event: string): number | undefined =>
  isoInstant(textAt(body, event === 'created' ? 'date_created_gmt' : 'date_modified_gmt') ?? '', 'UTC') ??
  isoInstant(textAt(body, 'date_created_gmt') ?? '', 'UTC');

/** Names for its states that other shops have as well; its own stand for themselves. */
const states: Readonly<Record<string, string>> = { processing: 'paid', completed: 'shipped' };

function orderOf(body: JsonObject, event: string, observedAt: number | undefined): Reported[] {
  const number = wordAt(body, 'number') ?? wordAt(body, 'id') ?? '';
  const status = textAt(body, 'status');
  const billing = objectAt(body, 'billing');
  const customer = countAt(body, 'customer_id') ?? 0;
  const email = emailOf(textAt(billing, 'email'));
  const lines = body.line_items;
  const items = Array.isArray(lines)
    ? lines.reduce<number>((sum, line) => sum + (isObject(line) ? (countAt(line, 'quantity') ?? 0) : 0), 0)
    : undefined;
  const shared = {
    ...(observedAt === undefined ? {} : { observedAt }),
    ...(email === undefined && customer === 0
      ? {}
      : { subjects: { account: email ?? `customer-${customer}` } }),
    observables: present({
      ip: addressOf(textAt(body, 'customer_ip_address') ?? ''),
      'user-agent': textAt(body, 'customer_user_agent'),
      email,
      phone: phoneOf(textAt(billing, 'phone')),
      order: number === '' ? undefined : number,
    }),
  };
  const state =
    event === 'created'
      ? 'placed'
      : event === 'deleted'
        ? 'deleted'
        : (states[status ?? ''] ?? status ?? 'changed');
  const facts: Facts = present<string | number | boolean>({
    state,
    status,
    amount: amountOf(body.total),
    currency: currencyOf(body.currency),
    items,
    method: textAt(body, 'payment_method'),
    country: textAt(billing, 'country'),
    shipTo: textAt(objectAt(body, 'shipping'), 'country'),
    isGuest: 'customer_id' in body ? customer === 0 : undefined,
  });
  const refunds = Array.isArray(body.refunds) ? body.refunds.slice(0, MAX_REFUNDS).filter(isObject) : [];
  return [
    { kind: 'order.changed', ...shared, facts },
    // An order lists its refunds in every later delivery: by its name, each is one record.
    ...refunds.flatMap((refund): Reported[] => {
      const id = wordAt(refund, 'id');
      if (id === undefined) return [];
      const amount = amountOf(refund.total);
      const reason = textAt(refund, 'reason');
      return [
        {
          kind: 'refund.issued',
          id: `order-${fitText(number, 64)}/refund-${fitText(id, 64)}`,
          ...shared,
          facts: present<string | number>({
            amount: amount === undefined ? undefined : Math.abs(amount),
            currency: currencyOf(body.currency),
            reason: reason === undefined ? undefined : fitText(reason, 256),
          }),
        },
      ];
    }),
  ];
}

function customerOf(body: JsonObject, event: string): Reported {
  const email = emailOf(textAt(body, 'email'));
  const account = email ?? textAt(body, 'username') ?? wordAt(body, 'id');
  return {
    kind: 'account.changed',
    ...(account === undefined ? {} : { subjects: { account } }),
    observables: present({ email, phone: phoneOf(textAt(objectAt(body, 'billing'), 'phone')) }),
    facts: present({
      change: event === 'created' || event === 'deleted' ? event : 'changed',
      role: textAt(body, 'role'),
    }),
  };
}

function productOf(body: JsonObject, event: string): Reported {
  const stock = countAt(body, 'stock_quantity');
  return {
    kind: 'stock.changed',
    ...(stock === undefined ? {} : { value: stock }),
    facts: present<string | number>({
      state: event === 'created' || event === 'deleted' ? event : 'changed',
      sku: textAt(body, 'sku') ?? wordAt(body, 'id'),
      after: stock,
      price: amountOf(body.price),
      availability: textAt(body, 'stock_status'),
    }),
  };
}

/** Webhooks of WooCommerce (REST API version 3): orders with their refunds, customers, products. */
export const woocommerce = sourceFormat({
  name: 'woocommerce',
  title: 'WooCommerce',
  unit: 'document',
  maxBytes: MAX_BODY_BYTES,
  settings: z.object({}),
  masked: withoutCardNumbers,
  reader() {
    return (input, _, topic): SourceResult => {
      if (ping.test(input.trim())) return { ignored: true };
      const body = jsonObject(input);
      if (typeof body === 'string') return { refused: body };
      const about = topicOf(topic, body);
      if (about === undefined) return { refused: 'neither an order nor a customer nor a product' };
      const [resource, event] = about;
      if (resource !== 'order' && resource !== 'customer' && resource !== 'product') return { ignored: true };
      if (wordAt(body, 'id') === undefined) return { refused: 'id: missing' };
      const observedAt = timeOf(body, event);
      const found =
        resource === 'order'
          ? orderOf(body, event, observedAt)
          : [resource === 'customer' ? customerOf(body, event) : productOf(body, event)];
      return {
        reported: found.map((reported) => ({
          ...reported,
          ...(observedAt === undefined ? {} : { observedAt }),
          facts: { ...reported.facts, event: `${resource}.${event}` },
        })),
      };
    };
  },
  samples: woocommerceSamples,
});

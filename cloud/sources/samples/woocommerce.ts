/** Written from WooCommerce's documentation of its REST API and webhooks. */
import type { SourceSample } from '../source.ts';

export const woocommerceSamples: readonly SourceSample[] = [
  {
    name: 'an order of a guest',
    topic: 'order.created',
    input:
      '{"id":727,"number":"727","order_key":"wc_order_58d2d042d1d","status":"pending","currency":"EUR","date_created_gmt":"2026-11-23T07:00:01","date_modified_gmt":"2026-11-23T07:05:00","total":"29.35","customer_id":0,"customer_ip_address":"203.0.113.7","customer_user_agent":"Mozilla/5.0","billing":{"first_name":"Jo","email":"Jo@Example.org","phone":"(555) 555-5555","country":"DE"},"shipping":{"country":"PL"},"payment_method":"stripe","line_items":[{"product_id":93,"quantity":2},{"product_id":22,"quantity":1}],"refunds":[]}',
    expect: {
      reported: [
        {
          kind: 'order.changed',
          observedAt: 1795417201000,
          subjects: {
            account: 'jo@example.org',
          },
          observables: {
            ip: '203.0.113.7',
            'user-agent': 'Mozilla/5.0',
            email: 'jo@example.org',
            phone: '5555555555',
            order: '727',
          },
          facts: {
            state: 'placed',
            status: 'pending',
            amount: 29.35,
            currency: 'EUR',
            items: 3,
            method: 'stripe',
            country: 'DE',
            shipTo: 'PL',
            isGuest: true,
            event: 'order.created',
          },
        },
      ],
    },
  },
  {
    name: 'an order is refunded, in two parts',
    topic: 'order.updated',
    input:
      '{"id":727,"number":"727","order_key":"wc_order_58d2d042d1d","status":"refunded","currency":"EUR","date_created_gmt":"2026-11-23T07:00:01","date_modified_gmt":"2026-11-23T07:05:00","total":"29.35","customer_id":26,"customer_ip_address":"203.0.113.7","customer_user_agent":"Mozilla/5.0","billing":{},"shipping":{"country":"PL"},"payment_method":"stripe","line_items":[{"product_id":93,"quantity":2},{"product_id":22,"quantity":1}],"refunds":[{"id":801,"reason":"broken","total":"-9.35"},{"id":802,"reason":"","total":"-20.00"}]}',
    expect: {
      reported: [
        {
          kind: 'order.changed',
          observedAt: 1795417500000,
          subjects: {
            account: 'customer-26',
          },
          observables: {
            ip: '203.0.113.7',
            'user-agent': 'Mozilla/5.0',
            order: '727',
          },
          facts: {
            state: 'refunded',
            status: 'refunded',
            amount: 29.35,
            currency: 'EUR',
            items: 3,
            method: 'stripe',
            shipTo: 'PL',
            isGuest: false,
            event: 'order.updated',
          },
        },
        {
          kind: 'refund.issued',
          id: 'order-727/refund-801',
          observedAt: 1795417500000,
          subjects: {
            account: 'customer-26',
          },
          observables: {
            ip: '203.0.113.7',
            'user-agent': 'Mozilla/5.0',
            order: '727',
          },
          facts: {
            amount: 9.35,
            currency: 'EUR',
            reason: 'broken',
            event: 'order.updated',
          },
        },
        {
          kind: 'refund.issued',
          id: 'order-727/refund-802',
          observedAt: 1795417500000,
          subjects: {
            account: 'customer-26',
          },
          observables: {
            ip: '203.0.113.7',
            'user-agent': 'Mozilla/5.0',
            order: '727',
          },
          facts: {
            amount: 20,
            currency: 'EUR',
            event: 'order.updated',
          },
        },
      ],
    },
  },
  {
    name: 'a customer becomes another role',
    topic: 'customer.updated',
    input:
      '{"id":26,"email":"eve@example.org","username":"eve","role":"administrator","is_paying_customer":false,"date_created_gmt":"2026-11-01T07:00:01","date_modified_gmt":"2026-11-23T07:00:01","billing":{"phone":"+49 30 1234567"}}',
    expect: {
      reported: [
        {
          kind: 'account.changed',
          subjects: {
            account: 'eve@example.org',
          },
          observables: {
            email: 'eve@example.org',
            phone: '+49301234567',
          },
          facts: {
            change: 'changed',
            role: 'administrator',
            event: 'customer.updated',
          },
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: 'a product runs out, without a topic',
    input:
      '{"id":93,"sku":"IBU-400","price":"4.95","stock_quantity":0,"stock_status":"outofstock","catalog_visibility":"visible","date_created_gmt":"2026-11-01T07:00:01","date_modified_gmt":"2026-11-23T07:00:01"}',
    expect: {
      reported: [
        {
          kind: 'stock.changed',
          value: 0,
          facts: {
            state: 'changed',
            sku: 'IBU-400',
            after: 0,
            price: 4.95,
            availability: 'outofstock',
            event: 'product.updated',
          },
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: 'an order is deleted: only its number is left',
    topic: 'order.deleted',
    input: '{"id":727}',
    expect: {
      reported: [
        {
          kind: 'order.changed',
          observables: {
            order: '727',
          },
          facts: {
            state: 'deleted',
            event: 'order.deleted',
          },
        },
      ],
    },
  },
  {
    name: 'the shop tries whether somebody is there',
    input: 'webhook_id=1',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'a coupon',
    topic: 'coupon.created',
    input: '{"id":9,"code":"x"}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'something else',
    input: '{"id":9}',
    expect: {
      refused: 'neither an order nor a customer nor a product',
    },
  },
  {
    name: 'an order without a number',
    topic: 'order.created',
    input: '{"order_key":"x"}',
    expect: {
      refused: 'id: missing',
    },
  },
  {
    name: 'no JSON',
    topic: 'order.created',
    input: '<html>',
    expect: {
      refused: 'not JSON',
    },
  },
];

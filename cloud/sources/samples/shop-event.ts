/** The form is our own: docs/sources.md. */
import type { SourceSample } from '../source.ts';

export const shopEventSamples: readonly SourceSample[] = [
  {
    name: 'an order is placed',
    input:
      '{"id":"e-1","time":"2026-11-23T07:00:01Z","event":"order.placed","account":"jo","email":"Jo@Example.org","ip":"203.0.113.7","session":"s1","order":727,"amount":"29.35","currency":"eur","items":3,"country":"de"}',
    expect: {
      reported: [
        {
          kind: 'order.changed',
          id: 'e-1',
          observedAt: 1795417201000,
          subjects: {
            account: 'jo',
          },
          observables: {
            ip: '203.0.113.7',
            session: 's1',
            email: 'jo@example.org',
            order: '727',
          },
          facts: {
            amount: 29.35,
            currency: 'EUR',
            items: 3,
            country: 'DE',
            state: 'placed',
            event: 'order.placed',
          },
        },
      ],
    },
  },
  {
    name: 'stock goes down',
    input:
      '{"time":"2026-11-23T07:00:01Z","event":"stock.changed","sku":"IBU-400","before":12,"after":2,"by":"a.weber","asset":"shop-admin"}',
    expect: {
      reported: [
        {
          kind: 'stock.changed',
          observedAt: 1795417201000,
          observables: {},
          facts: {
            by: 'a.weber',
            sku: 'IBU-400',
            before: 12,
            after: 2,
            event: 'stock.changed',
          },
          value: 2,
          asset: 'shop-admin',
        },
      ],
    },
  },
  {
    name: 'a second factor is taken away',
    input:
      '{"time":"2026-11-23T08:00:01+01:00","event":"account.second-factor-disabled","account":"jo","by":"support1","ip":"203.0.113.7"}',
    expect: {
      reported: [
        {
          kind: 'account.changed',
          observedAt: 1795417201000,
          subjects: {
            account: 'jo',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            by: 'support1',
            change: 'second-factor-disabled',
            event: 'account.second-factor-disabled',
          },
        },
      ],
    },
  },
  {
    name: 'a refund',
    input:
      '{"time":"2026-11-23T07:00:01Z","event":"refund.issued","account":"jo","order":"727","amount":29.35,"currency":"EUR","reason":"broken","by":"a.weber"}',
    expect: {
      reported: [
        {
          kind: 'refund.issued',
          observedAt: 1795417201000,
          subjects: {
            account: 'jo',
          },
          observables: {
            order: '727',
          },
          facts: {
            amount: 29.35,
            currency: 'EUR',
            reason: 'broken',
            by: 'a.weber',
            event: 'refund.issued',
          },
        },
      ],
    },
  },
  {
    name: 'a log-in of a customer, its address a lie',
    input: '{"time":"2026-11-23T07:00:01Z","event":"login.failed","account":"jo","ip":"localhost"}',
    expect: {
      reported: [
        {
          kind: 'login.failed',
          observedAt: 1795417201000,
          subjects: {
            account: 'jo',
          },
          observables: {},
          facts: {
            event: 'login.failed',
          },
        },
      ],
    },
  },
  {
    name: 'names from everywhere are no members',
    input: '{"time":"2026-11-23T07:00:01Z","event":"__proto__","account":"x"}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'what is not asked for',
    input: '{"time":"2026-11-23T07:00:01Z","event":"newsletter.sent"}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'no time',
    input: '{"event":"order.placed"}',
    expect: {
      refused: 'time: expected an ISO 8601 time',
    },
  },
  {
    name: 'no JSON',
    input: 'order placed',
    expect: {
      refused: 'not JSON',
    },
  },
];

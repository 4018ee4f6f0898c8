/** Own form: docs/sources.md. The other: written from Stripe's documentation of its events. */
import type { SourceSample } from '../source.ts';

export const paymentServiceSamples: readonly SourceSample[] = [
  {
    name: 'a card is declined',
    input:
      '{"id":"p-1","time":"2026-11-23T07:00:01Z","event":"payment.declined","payment":"pay_1","order":727,"account":"jo","ip":"203.0.113.7","amount":29.35,"currency":"EUR","reason":"stolen_card","card":{"fingerprint":"Xt5EWLLDS7FJjR1c","brand":"visa","lastFour":"4242","country":"US"},"risk":72}',
    expect: {
      reported: [
        {
          subjects: {
            account: 'jo',
          },
          observables: {
            ip: '203.0.113.7',
            order: '727',
            card: 'Xt5EWLLDS7FJjR1c',
            payment: 'pay_1',
          },
          facts: {
            amount: 29.35,
            currency: 'EUR',
            reason: 'stolen_card',
            brand: 'visa',
            lastFour: '4242',
            cardCountry: 'US',
            risk: 72,
            state: 'declined',
            succeeded: false,
            event: 'payment.declined',
          },
          kind: 'payment.decided',
          id: 'p-1',
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: 'the payer is asked for proof and gives none',
    input: '{"time":"2026-11-23T07:00:01Z","event":"three-d-secure.failed","payment":"pay_1","order":727}',
    expect: {
      reported: [
        {
          observables: {
            order: '727',
            payment: 'pay_1',
          },
          facts: {
            state: 'failed',
            succeeded: false,
            event: 'three-d-secure.failed',
          },
          kind: 'payment.challenged',
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: 'the money is to go elsewhere',
    input:
      '{"id":"p-3","time":"2026-11-23T07:00:01Z","event":"payout.account-changed","account":"a.weber","by":"a.weber","ip":"203.0.113.7","payoutAccount":"DE89 3704 0044 0532 0130 00","previousPayoutAccount":"DE02120300000000202051"}',
    expect: {
      reported: [
        {
          subjects: {
            account: 'a.weber',
          },
          observables: {
            ip: '203.0.113.7',
          },
          facts: {
            by: 'a.weber',
            payoutAccount: '…3000',
            previousPayoutAccount: '…2051',
            state: 'account-changed',
            event: 'payout.account-changed',
          },
          kind: 'payout.changed',
          id: 'p-3',
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: 'a number of a card is not kept, wherever it stands',
    input:
      '{"time":"2026-11-23T07:00:01Z","event":"payment.authorised","payment":"pay_2","card":{"fingerprint":"4242 4242 4242 4242","lastFour":"424242"}}',
    expect: {
      reported: [
        {
          observables: {
            payment: 'pay_2',
          },
          facts: {
            state: 'authorised',
            succeeded: true,
            event: 'payment.authorised',
          },
          kind: 'payment.decided',
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: "Stripe's: a charge fails",
    input:
      '{"id":"evt_1","object":"event","created":1795417201,"type":"charge.failed","data":{"object":{"id":"ch_1","object":"charge","amount":2935,"currency":"eur","payment_intent":"pi_1","failure_code":"card_declined","billing_details":{"email":"Jo@Example.org"},"outcome":{"risk_score":64},"payment_method_details":{"card":{"brand":"visa","last4":"4242","fingerprint":"Xt5EWLLDS7FJjR1c","country":"US"}},"metadata":{"order_id":"727"}}}}',
    expect: {
      reported: [
        {
          subjects: {
            account: 'jo@example.org',
          },
          observables: {
            email: 'jo@example.org',
            card: 'Xt5EWLLDS7FJjR1c',
            payment: 'pi_1',
            order: '727',
          },
          facts: {
            amount: 29.35,
            currency: 'EUR',
            reason: 'card_declined',
            brand: 'visa',
            lastFour: '4242',
            cardCountry: 'US',
            risk: 64,
            state: 'declined',
            succeeded: false,
            event: 'charge.failed',
          },
          kind: 'payment.decided',
          id: 'evt_1',
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: "Stripe's: a dispute in a currency without cents",
    input:
      '{"id":"evt_2","created":1795417201,"type":"charge.dispute.created","data":{"object":{"id":"dp_1","object":"dispute","amount":2935,"currency":"jpy","charge":"ch_1","reason":"fraudulent"}}}',
    expect: {
      reported: [
        {
          observables: {
            payment: 'ch_1',
          },
          facts: {
            amount: 2935,
            currency: 'JPY',
            reason: 'fraudulent',
            state: 'opened',
            event: 'charge.dispute.created',
          },
          kind: 'payment.disputed',
          id: 'evt_2',
          observedAt: 1795417201000,
        },
      ],
    },
  },
  {
    name: 'a kind that nobody asked for',
    input: '{"id":"evt_3","type":"invoice.created","created":1795417201,"data":{"object":{}}}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'no kind',
    input: '{"id":"evt_3"}',
    expect: {
      refused: 'event: missing',
    },
  },
  {
    name: 'no time',
    input: '{"event":"payment.declined"}',
    expect: {
      refused: 'time: expected an ISO 8601 time or seconds',
    },
  },
];

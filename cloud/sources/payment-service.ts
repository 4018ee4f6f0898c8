import { z } from 'zod';
import type { Facts, ObservationKind } from '../../devices/model/observation.ts';
import { withoutCardNumbers } from './card-numbers.ts';
import { anyInstant } from './instants.ts';
import { type JsonObject, jsonObject, objectAt, objectIn, present, textAt, wordAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { paymentServiceSamples } from './samples/payment-service.ts';
import { amountOf, customerOf, emailOf, moneyOf } from './shop-fields.ts';
import { type Reported, type SourceResult, sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 128 * 1024;

interface Meaning {
  kind: ObservationKind;
  facts: Facts;
}
const decided = (state: string, succeeded: boolean): Meaning => ({
  kind: 'payment.decided',
  facts: { state, succeeded },
});
const challenged = (state: string, succeeded?: boolean): Meaning => ({
  kind: 'payment.challenged',
  facts: { state, ...(succeeded === undefined ? {} : { succeeded }) },
});
const disputed = (state: string): Meaning => ({ kind: 'payment.disputed', facts: { state } });
const payout = (state: string): Meaning => ({ kind: 'payout.changed', facts: { state } });

/** Own names first, then those of Stripe's events. */
const meanings: Readonly<Record<string, Meaning>> = {
  'payment.authorised': decided('authorised', true),
  'payment.declined': decided('declined', false),
  'payment.captured': decided('captured', true),
  'payment.cancelled': decided('cancelled', false),
  'three-d-secure.challenged': challenged('challenged'),
  'three-d-secure.authenticated': challenged('authenticated', true),
  'three-d-secure.failed': challenged('failed', false),
  'three-d-secure.abandoned': challenged('abandoned', false),
  'chargeback.opened': disputed('opened'),
  'chargeback.won': disputed('won'),
  'chargeback.lost': disputed('lost'),
  'payout.account-changed': payout('account-changed'),
  'payout.schedule-changed': payout('schedule-changed'),
  'payout.sent': payout('sent'),
  'payout.failed': payout('failed'),
  'refund.issued': { kind: 'refund.issued', facts: {} },
  'charge.succeeded': decided('authorised', true),
  'charge.captured': decided('captured', true),
  'charge.failed': decided('declined', false),
  'charge.refunded': { kind: 'refund.issued', facts: {} },
  'charge.dispute.created': disputed('opened'),
  'charge.dispute.closed': disputed('closed'),
  'payment_intent.requires_action': challenged('challenged'),
  'payment_intent.payment_failed': decided('declined', false),
  'account.external_account.created': payout('account-changed'),
  'account.external_account.updated': payout('account-changed'),
  'account.external_account.deleted': payout('account-changed'),
  'payout.paid': payout('sent'),
};

/** A card is told from another by what its number was turned into, never by the number. */
const cardOf = (text: string | undefined): string | undefined =>
  text === undefined || /\d{12,}/.test(text.replace(/[ -]/g, '')) ? undefined : text;
const lastFour = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}$/.test(text) ? text : undefined;

/** `{"id", "time", "event", "payment", "order", "amount", "currency", "card": {"fingerprint", "lastFour", …}}` */
function readOwn(event: JsonObject): Omit<Reported, 'kind'> {
  const card = objectAt(event, 'card');
  const account = wordAt(event, 'account');
  return {
    ...(account === undefined ? {} : { subjects: { account } }),
    observables: present({
      ...customerOf(event),
      card: cardOf(textAt(card, 'fingerprint')),
      payment: wordAt(event, 'payment'),
    }),
    facts: present<Facts[string]>({
      ...moneyOf(event),
      brand: textAt(card, 'brand'),
      lastFour: lastFour(wordAt(card, 'lastFour')),
      cardCountry: textAt(card, 'country'),
      risk: amountOf(event.risk),
      payoutAccount: ending(textAt(event, 'payoutAccount')),
      previousPayoutAccount: ending(textAt(event, 'previousPayoutAccount')),
    }),
  };
}

/** Of a bank account, as much as its holder needs to know it again. */
const ending = (account: string | undefined): string | undefined =>
  account === undefined ? undefined : `…${account.replace(/\s/g, '').slice(-4)}`;

/** Amounts are in the smallest unit of the currency; some have none. */
const withoutMinorUnit = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'.split(' '),
);

/** Stripe's: `{"id": "evt_…", "created": seconds, "type", "data": {"object": {…}}}`. */
function readStripe(object: JsonObject): Omit<Reported, 'kind'> {
  const card = objectIn(object, 'payment_method_details', 'card') ?? objectAt(object, 'card');
  const currency = textAt(object, 'currency')?.toUpperCase();
  const minor = amountOf(object.amount);
  const billing = objectAt(object, 'billing_details');
  const email = emailOf(textAt(billing, 'email') ?? textAt(object, 'receipt_email'));
  const customer = textAt(object, 'customer');
  const reason =
    textAt(object, 'failure_code') ??
    textAt(objectAt(object, 'outcome'), 'reason') ??
    textAt(object, 'reason');
  return {
    ...(email === undefined && customer === undefined
      ? {}
      : { subjects: { account: email ?? customer ?? '' } }),
    observables: present({
      email,
      card: cardOf(textAt(card, 'fingerprint')),
      payment: textAt(object, 'payment_intent') ?? textAt(object, 'charge') ?? textAt(object, 'id'),
      order: wordAt(objectAt(object, 'metadata'), 'order_id'),
    }),
    facts: present<Facts[string]>({
      amount: minor === undefined ? undefined : withoutMinorUnit.has(currency ?? '') ? minor : minor / 100,
      currency,
      reason: reason === undefined ? undefined : fitText(reason, 256),
      brand: textAt(card, 'brand'),
      lastFour: lastFour(textAt(card, 'last4')),
      cardCountry: textAt(card, 'country'),
      risk: amountOf(objectAt(object, 'outcome')?.risk_score),
      payoutAccount:
        textAt(object, 'object') === 'bank_account' ? ending(textAt(object, 'last4')) : undefined,
    }),
  };
}

/**
 * What a payment service tells of payments: authorised or not, proof asked for (3-D Secure), charged back, and where the
 * money goes. Own events (docs/sources.md) and Stripe's. Card and account numbers are never kept whole.
 */
export const paymentService = sourceFormat({
  name: 'payment-service',
  title: 'Payment service',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  masked: withoutCardNumbers,
  reader(_, { timeZone }) {
    return (input): SourceResult => {
      const event = jsonObject(input);
      if (typeof event === 'string') return { refused: event };
      const object = objectIn(event, 'data', 'object');
      const name = textAt(event, 'event') ?? textAt(event, 'type');
      if (name === undefined) return { refused: 'event: missing' };
      const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
      if (meaning === undefined) return { ignored: true };
      const observedAt = anyInstant(event.time ?? event.created, timeZone);
      if (observedAt === undefined) return { refused: 'time: expected an ISO 8601 time or seconds' };
      const id = wordAt(event, 'id');
      const read = object === undefined ? readOwn(event) : readStripe(object);
      return {
        reported: [
          {
            ...read,
            kind: meaning.kind,
            ...(id === undefined ? {} : { id: fitText(id, 128) }),
            observedAt,
            facts: { ...read.facts, ...meaning.facts, event: name },
          },
        ],
      };
    };
  },
  samples: paymentServiceSamples,
});

import { z } from 'zod';
import type { Facts, ObservationKind } from '../../devices/model/observation.ts';
import { withoutCardNumbers } from './card-numbers.ts';
import { anyInstant } from './instants.ts';
import { countAt, type JsonObject, jsonObject, present, textAt, wordAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { shopEventSamples } from './samples/shop-event.ts';
import { customerOf, moneyOf } from './shop-fields.ts';
import { sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 32 * 1024;

interface Meaning {
  kind: ObservationKind;
  facts: Facts;
}
const order = (state: string): Meaning => ({ kind: 'order.changed', facts: { state } });
const account = (change: string): Meaning => ({ kind: 'account.changed', facts: { change } });

/** What a shop may say. A name that is not here is passed over. */
const meanings: Readonly<Record<string, Meaning>> = {
  'order.placed': order('placed'),
  'order.paid': order('paid'),
  'order.shipped': order('shipped'),
  'order.collected': order('collected'),
  'order.returned': order('returned'),
  'order.cancelled': order('cancelled'),
  'order.address-changed': order('address-changed'),
  'cart.changed': { kind: 'cart.changed', facts: {} },
  'cart.abandoned': { kind: 'cart.changed', facts: { state: 'abandoned' } },
  'coupon.applied': { kind: 'cart.changed', facts: { state: 'coupon-applied' } },
  'refund.issued': { kind: 'refund.issued', facts: {} },
  'stock.changed': { kind: 'stock.changed', facts: {} },
  'price.changed': { kind: 'stock.changed', facts: { state: 'price-changed' } },
  'login.failed': { kind: 'login.failed', facts: {} },
  'login.succeeded': { kind: 'login.succeeded', facts: {} },
  'account.created': account('created'),
  'account.deleted': account('deleted'),
  'account.locked': account('locked'),
  'account.unlocked': account('unlocked'),
  'account.password-changed': account('password-changed'),
  'account.password-reset': account('password-reset'),
  'account.email-changed': account('email-changed'),
  'account.address-changed': account('address-changed'),
  'account.second-factor-enabled': account('second-factor-enabled'),
  'account.second-factor-disabled': account('second-factor-disabled'),
  'account.rights-granted': account('rights-granted'),
  'account.rights-revoked': account('rights-revoked'),
  'account.elevated': { kind: 'account.elevated', facts: {} },
};

const detailOf = (event: JsonObject): Facts =>
  present<string | number>({
    sku: wordAt(event, 'sku'),
    quantity: countAt(event, 'quantity'),
    before: countAt(event, 'before'),
    after: countAt(event, 'after'),
    coupon: textAt(event, 'coupon'),
    role: textAt(event, 'role'),
    method: textAt(event, 'method'),
  });

/**
 * What happens in a shop, one JSON object a line: `{"id"?, "time": ISO 8601, "event": "order.placed" | …, "account"?,
 * "email"?, "ip"?, "order"?, "parcel"?, "amount"?, "currency"?, …}`. With an id, the same event sent again is the same record. Only what is named is kept: the rest is nobody's business.
 */
export const shopEvent = sourceFormat({
  name: 'shop-event',
  title: 'Events of a shop',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  masked: withoutCardNumbers,
  reader(_, { timeZone }) {
    return (input) => {
      const event = jsonObject(input);
      if (typeof event === 'string') return { refused: event };
      const name = textAt(event, 'event');
      if (name === undefined) return { refused: 'event: missing' };
      const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
      if (meaning === undefined) return { ignored: true };
      const observedAt = anyInstant(event.time, timeZone);
      if (observedAt === undefined) return { refused: 'time: expected an ISO 8601 time' };
      const id = wordAt(event, 'id');
      const who = wordAt(event, 'account');
      const asset = textAt(event, 'asset');
      const after = countAt(event, 'after');
      const observables = customerOf(event);
      const facts: Facts = { ...moneyOf(event), ...detailOf(event), ...meaning.facts, event: name };
      return {
        reported: [
          {
            kind: meaning.kind,
            ...(id === undefined ? {} : { id: fitText(id, 128) }),
            observedAt,
            ...(who === undefined ? {} : { subjects: { account: who } }),
            observables,
            facts,
            ...(meaning.kind === 'stock.changed' && after !== undefined ? { value: after } : {}),
            ...(asset === undefined ? {} : { asset }),
          },
        ],
      };
    };
  },
  samples: shopEventSamples,
});

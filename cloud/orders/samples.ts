/** What the model of an order must find, and what it must leave alone. */
import type { Facts, Observables, Observation } from '../../devices/model/observation.ts';
import type { StandingSample } from '../monitors/standing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Seen = StandingSample['observations'][number];
const configuration = { scanners: { counter: 'handed-over' } };

const shop = (at: number, state: string, facts: Facts = {}, observables: Observables = {}): Seen => ({
  kind: 'order.changed',
  asset: 'web-shop',
  source: 'shop-event:shop',
  observedAt: at,
  subjects: { account: 'jo' },
  observables: { order: '727', ...observables },
  facts: { state, amount: 29.35, currency: 'EUR', ...facts },
});
const pays = (at: number, state: string, facts: Facts = {}, observables: Observables = {}): Seen => ({
  kind: state === 'opened' ? 'payment.disputed' : 'payment.decided',
  asset: 'card-payments',
  source: 'payment-service:payments',
  observedAt: at,
  observables: { payment: 'pay_1', order: '727', card: 'Xt5', ip: '203.0.113.7', ...observables },
  facts: { state, succeeded: state !== 'declined', amount: 29.35, currency: 'EUR', ...facts },
});
/** A charge back names the payment alone. */
const dispute = (at: number): Seen => ({
  ...pays(at, 'opened'),
  observables: { payment: 'pay_1' },
});
const scan = (at: number, over: Partial<Observation> = {}): Seen => ({
  kind: 'item.scanned',
  asset: 'counter',
  source: 'barcode-scanner:counter',
  observedAt: at,
  facts: { code: 'ORDER-727' },
  ...over,
});
const refund = (at: number, amount: number, over: Partial<Observation> = {}): Seen => ({
  kind: 'refund.issued',
  asset: 'web-shop',
  source: 'shop-event:shop',
  observedAt: at,
  observables: { order: '727' },
  facts: { amount, currency: 'EUR' },
  ...over,
});
const cart = (at: number, facts: Facts): Seen => ({
  kind: 'cart.changed',
  asset: 'web-shop',
  source: 'shop-event:shop',
  observedAt: at,
  observables: { session: 's1' },
  facts,
});
/** At the goods' door, where couriers prove themselves. */
const proof = (at: number, parcel: string, over: Partial<Observation> = {}): Seen => ({
  kind: 'handover.proved',
  asset: 'shop-admin',
  source: 'identity-bridge:goods-door',
  observedAt: at,
  observables: { parcel, did: 'did:key:z6Mk' },
  facts: { parcel, courier: 'c-7', carrier: 'did:web:carrier.example' },
  ...over,
});
const proofAsked = { scanners: { counter: 'handed-over' }, proof: { shops: ['web-shop'] } };
/** An order of another customer, so that both shop and payment service are known to speak. */
const other: Seen[] = [
  shop(0, 'placed', {}, { order: '700' }),
  pays(1_000, 'authorised', {}, { order: '700', payment: 'pay_0', card: 'Aa1', ip: '198.51.100.9' }),
  shop(2_000, 'paid', {}, { order: '700' }),
  shop(HOUR, 'shipped', {}, { order: '700' }),
];
const bought: Seen[] = [
  ...other,
  shop(HOUR, 'placed'),
  pays(HOUR + 5_000, 'authorised'),
  shop(HOUR + 6_000, 'paid'),
];

export const orderSamples: readonly StandingSample[] = [
  {
    name: 'a sound order, from the cart to the counter',
    configuration,
    observations: [
      ...other,
      cart(50 * MINUTE, { amount: 29.35 }),
      shop(HOUR, 'placed', {}, { session: 's1' }),
      pays(HOUR + 5_000, 'authorised'),
      // The shop's clock is behind.
      shop(HOUR + 3_000, 'paid'),
      pays(2 * HOUR, 'captured'),
      shop(3 * HOUR, 'packed'),
      scan(5 * HOUR),
      shop(5 * HOUR - 2_000, 'collected'),
    ],
    until: 60 * DAY,
    expect: [],
  },
  {
    name: 'paid, says the shop, and nobody authorised anything',
    observations: [...other, shop(HOUR, 'placed'), shop(HOUR + 9_000, 'paid')],
    until: 2 * HOUR,
    expect: [{ rule: 'payment-not-authorised', at: HOUR + 9_000, severity: 'high' }],
  },
  {
    name: 'it is waited for: the webhook of the payment may be late',
    observations: [...other, shop(HOUR, 'placed'), shop(HOUR + 9_000, 'paid')],
    until: HOUR + 10 * MINUTE,
    expect: [],
  },
  {
    name: 'on delivery it is paid to the driver',
    observations: [
      ...other,
      shop(HOUR, 'placed', { method: 'cod' }),
      shop(HOUR + 9_000, 'paid', { method: 'cod' }),
      shop(5 * HOUR, 'shipped', { method: 'cod' }),
    ],
    until: 20 * DAY,
    expect: [],
  },
  {
    name: 'where no payment service tells anything, none is missed',
    observations: [shop(0, 'placed'), shop(9_000, 'paid'), shop(HOUR, 'shipped')],
    until: 20 * DAY,
    expect: [],
  },
  {
    name: 'one euro was paid for what costs twenty-nine',
    observations: [
      ...other,
      shop(HOUR, 'placed'),
      pays(HOUR + 5_000, 'authorised', { amount: 1 }),
      shop(HOUR + 6_000, 'paid'),
    ],
    until: 2 * HOUR,
    expect: [{ rule: 'payment-amount-differs', at: HOUR + 5_000, severity: 'high' }],
  },
  {
    name: 'two payments make up the price',
    observations: [
      ...other,
      shop(HOUR, 'placed'),
      pays(HOUR + 5_000, 'authorised', { amount: 20 }),
      pays(HOUR + 9_000, 'authorised', { amount: 9.35 }, { payment: 'pay_2' }),
      shop(HOUR + 10_000, 'paid'),
    ],
    until: 2 * HOUR,
    expect: [],
  },
  {
    name: 'the price changed between the cart and the order',
    observations: [
      ...other,
      cart(58 * MINUTE, { amount: 129.35 }),
      shop(HOUR, 'placed', {}, { session: 's1' }),
      pays(HOUR + 5_000, 'authorised'),
      shop(HOUR + 6_000, 'paid'),
    ],
    until: 2 * HOUR,
    expect: [{ rule: 'checkout-price-changed', at: HOUR, severity: 'high' }],
  },
  {
    name: 'a coupon explains it',
    observations: [
      ...other,
      cart(58 * MINUTE, { amount: 129.35 }),
      cart(59 * MINUTE, { state: 'coupon-applied', coupon: 'SPRING' }),
      shop(HOUR, 'placed', {}, { session: 's1' }),
      pays(HOUR + 5_000, 'authorised'),
      shop(HOUR + 6_000, 'paid'),
    ],
    until: 2 * HOUR,
    expect: [],
  },
  {
    name: 'a parcel is handed over that nobody ordered',
    configuration,
    observations: [...other, scan(5 * HOUR, { facts: { code: 'ORDER-999' } })],
    until: 6 * HOUR,
    expect: [{ rule: 'hand-over-without-order', at: 5 * HOUR, severity: 'high' }],
  },
  {
    name: 'other things are scanned at the counter as well',
    configuration,
    observations: [...other, scan(5 * HOUR, { facts: { code: '(01)09506000134352(10)AB-12' } })],
    until: 6 * HOUR,
    expect: [],
  },
  {
    name: 'a courier proves the hand-over of a parcel that no shop knows',
    observations: [...other, proof(5 * HOUR, 'P-31')],
    until: 6 * HOUR,
    expect: [{ rule: 'hand-over-without-order', at: 5 * HOUR, severity: 'high' }],
  },
  {
    name: 'a shop that names the parcel late makes it its own',
    observations: [...bought, proof(5 * HOUR, 'P-31'), shop(6 * HOUR, 'shipped', {}, { parcel: 'P-31' })],
    until: 20 * DAY,
    expect: [],
  },
  {
    name: 'a proved hand-over closes an order, by the parcel’s number or by the order’s',
    configuration: proofAsked,
    observations: [
      ...other.map((one) => ({ ...one, asset: 'shop-admin' })),
      ...bought.slice(other.length),
      proof(5 * HOUR, 'ORDER-727'),
      scan(5 * HOUR),
    ],
    until: 20 * DAY,
    expect: [],
  },
  {
    name: 'handed over without the proof that the house asks for',
    configuration: proofAsked,
    observations: [...bought, scan(5 * HOUR)],
    until: 6 * HOUR,
    expect: [{ rule: 'hand-over-not-proved', at: 5 * HOUR, severity: 'medium' }],
  },
  {
    name: 'handed over although the proof was refused',
    configuration: { scanners: { counter: 'handed-over' }, proof: { fromAmount: 20 } },
    observations: [
      ...bought,
      proof(5 * HOUR - MINUTE, '727', { kind: 'handover.refused', facts: { reason: 'revoked' } }),
      scan(5 * HOUR),
    ],
    until: 6 * HOUR,
    expect: [{ rule: 'hand-over-not-proved', at: 5 * HOUR, severity: 'high' }],
  },
  {
    name: 'a proof refused, and the goods stay',
    configuration: { proof: { shops: ['web-shop'] } },
    observations: [...bought, proof(5 * HOUR, '727', { kind: 'handover.refused' })],
    until: DAY,
    expect: [],
  },
  {
    name: 'a parcel proved at two doors',
    observations: [...bought, proof(5 * HOUR, '727'), proof(6 * HOUR, '727', { asset: 'web-shop' })],
    until: 7 * HOUR,
    expect: [{ rule: 'handed-over-twice', at: 6 * HOUR, severity: 'high' }],
  },
  {
    name: 'handed over before it is paid',
    configuration,
    observations: [
      ...other,
      shop(HOUR, 'placed'),
      scan(2 * HOUR),
      pays(3 * HOUR, 'authorised'),
      shop(3 * HOUR, 'paid'),
    ],
    until: 5 * HOUR,
    expect: [{ rule: 'hand-over-before-payment', at: 2 * HOUR, severity: 'high' }],
  },
  {
    name: 'a cancelled order is handed over all the same',
    configuration,
    observations: [...bought, shop(3 * HOUR, 'cancelled'), scan(4 * HOUR)],
    until: 5 * HOUR,
    expect: [{ rule: 'order-step-not-allowed', at: 4 * HOUR, severity: 'high' }],
  },
  {
    name: 'one order, handed over at two counters',
    configuration: { scanners: { counter: 'handed-over', 'shop-admin': 'handed-over' } },
    observations: [
      ...bought,
      scan(4 * HOUR),
      scan(4 * HOUR + 1_000),
      scan(6 * HOUR, { asset: 'shop-admin' }),
    ],
    until: 7 * HOUR,
    expect: [{ rule: 'handed-over-twice', at: 6 * HOUR, severity: 'high' }],
  },
  {
    name: 'shipped to an address that was changed after the payment',
    observations: [...bought, shop(2 * HOUR, 'address-changed'), shop(3 * HOUR, 'shipped')],
    until: 4 * HOUR,
    expect: [{ rule: 'shipped-to-changed-address', at: 3 * HOUR, severity: 'medium' }],
  },
  {
    name: 'an address changed before the payment is the right one',
    observations: [
      ...other,
      shop(HOUR, 'placed'),
      shop(HOUR + MINUTE, 'address-changed'),
      pays(HOUR + 2 * MINUTE, 'authorised'),
      shop(HOUR + 2 * MINUTE, 'paid'),
      shop(3 * HOUR, 'shipped'),
    ],
    until: 4 * HOUR,
    expect: [],
  },
  {
    name: 'refunded, and nothing came back',
    observations: [...bought, shop(3 * HOUR, 'shipped'), refund(DAY, 29.35)],
    until: 5 * DAY,
    expect: [{ rule: 'refund-without-return', at: DAY, severity: 'medium' }],
  },
  {
    name: 'a shop that has no word for returns tells none',
    observations: [
      ...bought,
      shop(3 * HOUR, 'shipped'),
      refund(DAY, 29.35),
      { ...shop(DAY, 'refunded'), source: 'woocommerce:shop' },
    ],
    until: 12 * DAY,
    expect: [],
  },
  {
    name: 'refunded once it was back, told by the shop and by the payment service',
    observations: [
      ...bought,
      shop(3 * HOUR, 'shipped'),
      shop(2 * DAY, 'returned'),
      refund(2 * DAY + HOUR, 29.35),
      refund(2 * DAY + HOUR, 29.35, {
        source: 'payment-service:payments',
        asset: 'card-payments',
        observables: { payment: 'pay_1' },
      }),
    ],
    until: 30 * DAY,
    expect: [],
  },
  {
    name: 'a few euros back are a courtesy',
    observations: [...bought, shop(3 * HOUR, 'shipped'), refund(DAY, 5)],
    until: 30 * DAY,
    expect: [],
  },
  {
    name: 'more is refunded than was paid',
    observations: [
      ...bought,
      shop(3 * HOUR, 'shipped'),
      shop(DAY, 'returned'),
      refund(2 * DAY, 29.35),
      refund(3 * DAY, 29.35),
    ],
    until: 4 * DAY,
    expect: [{ rule: 'refund-exceeds-payment', at: 3 * DAY, severity: 'high' }],
  },
  {
    name: 'charged back after it was handed over',
    configuration,
    observations: [...bought, scan(5 * HOUR), dispute(9 * DAY)],
    until: 10 * DAY,
    expect: [{ rule: 'chargeback-after-hand-over', at: 9 * DAY, severity: 'medium' }],
  },
  {
    name: 'paid, and two weeks later still not gone',
    observations: bought,
    until: 20 * DAY,
    expect: [{ rule: 'order-not-delivered', at: HOUR + 6_000, severity: 'low' }],
  },
];

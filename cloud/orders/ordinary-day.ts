/**
 * An ordinary day of a shop, as shop and payment service tell it: customers who come, fill carts, mistype passwords,
 * have cards refused, change their minds, send things back. For tests: nothing here may be found.
 */
export interface Line {
  format: 'shop-event' | 'payment-service';
  at: number;
  text: string;
}

/** Chance that is the same each time (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @param startAt midnight, ms; parcels, returns and refunds follow on the days after */
export function ordinaryDay(startAt: number, customers: number, seed: number): Line[] {
  const chance = chanceFrom(seed);
  const lines: Line[] = [];
  let events = 0;
  const tell = (format: Line['format'], at: number, event: string, more: object) => {
    // Webhooks come late now and then; their clocks are a little apart.
    const stated = Math.round(at + (format === 'payment-service' ? 1_500 : 0));
    const text = JSON.stringify({ id: `e${++events}`, time: new Date(stated).toISOString(), event, ...more });
    lines.push({ format, at: stated + (chance() < 0.02 ? 10 * MINUTE * chance() : 0), text });
  };
  for (let number = 0; number < customers; number++) {
    let at = startAt + 6 * HOUR + chance() * 16 * HOUR;
    const account = `c${number}@example.org`;
    const after = (ms: number): number => {
      at += ms;
      return at;
    };
    // Some share an address: an office, a telephone company.
    const ip = chance() < 0.2 ? '198.51.100.250' : `203.0.${number >> 8}.${number & 255}`;
    const who = { account, email: account, ip };
    while (chance() < 0.15) tell('shop-event', after(10 * SECOND), 'login.failed', { account, ip });
    tell('shop-event', after(20 * SECOND), 'login.succeeded', { account, ip, role: 'customer' });
    if (chance() < 0.03) tell('shop-event', at + MINUTE, 'account.address-changed', { account, ip });
    const session = `s${number}`;
    const amount = Math.round(500 + chance() * 12_000) / 100;
    tell('shop-event', after(3 * MINUTE), 'cart.changed', {
      session,
      ip,
      amount: Math.round(amount * 50) / 100,
    });
    tell('shop-event', after(2 * MINUTE), 'cart.changed', { session, ip, amount });
    if (chance() < 0.4) continue;
    const hasCoupon = chance() < 0.1;
    if (hasCoupon) tell('shop-event', after(20 * SECOND), 'coupon.applied', { session, coupon: 'SPRING' });
    const price = hasCoupon ? Math.round(amount * 90) / 100 : amount;
    const order = String(10_000 + number);
    const money = { order, amount: price, currency: 'EUR' };
    const later = chance() < 0.1 ? { method: 'invoice' } : {};
    tell('shop-event', after(MINUTE), 'order.placed', { ...who, session, ...money, ...later });
    const card = (index: number) => ({ fingerprint: `card${number}-${index}` });
    const payment = `pay_${number}`;
    if (!('method' in later)) {
      let index = 0;
      while (chance() < 0.08 && index < 2) {
        const refused = { ...who, ...money, payment: `${payment}-${index}`, card: card(index++) };
        tell('payment-service', after(30 * SECOND), 'payment.declined', {
          ...refused,
          reason: 'insufficient_funds',
        });
      }
      if (chance() < 0.3)
        tell('payment-service', after(20 * SECOND), 'three-d-secure.authenticated', { payment, order });
      tell('payment-service', after(30 * SECOND), 'payment.authorised', {
        ...who,
        ...money,
        payment,
        card: card(index),
      });
    }
    tell('shop-event', at + SECOND, 'order.paid', { ...who, ...money, ...later });
    if (chance() < 0.04) {
      tell('shop-event', after(HOUR), 'order.cancelled', { ...who, ...money });
      tell('payment-service', at + 5 * SECOND, 'refund.issued', { payment, ...money });
      continue;
    }
    at += 2 * HOUR + chance() * DAY;
    if (!('method' in later)) tell('payment-service', at, 'payment.captured', { payment, ...money });
    tell('shop-event', after(10 * MINUTE), chance() < 0.3 ? 'order.collected' : 'order.shipped', {
      ...who,
      ...money,
    });
    if (chance() < 0.08) {
      tell('shop-event', after(4 * DAY), 'order.returned', { ...who, ...money });
      tell('shop-event', after(HOUR), 'refund.issued', { ...who, ...money, by: 'a.weber' });
      tell('payment-service', at + 8 * SECOND, 'refund.issued', { payment, ...money });
    } else if (chance() < 0.03)
      tell('shop-event', at + DAY, 'refund.issued', {
        ...who,
        ...money,
        amount: Math.round(price * 15) / 100,
      });
  }
  tell('payment-service', startAt + 9 * HOUR, 'payout.sent', { amount: 8_000, currency: 'EUR' });
  return lines.sort((a, b) => a.at - b.at);
}

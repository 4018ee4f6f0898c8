import type { Observation } from '../../devices/model/observation.ts';
import { orderRules } from '../orders/model.ts';
import { OrderBook } from '../orders/order-book.ts';
import { orderSamples } from '../orders/samples.ts';
import { type OrderSettings, orderSettings } from '../orders/settings.ts';
import type { StandingMonitor } from './standing.ts';

const DAY_MS = 24 * 3_600_000;
const observes: Observation['kind'][] = [
  'order.changed',
  'cart.changed',
  'payment.decided',
  'payment.challenged',
  'payment.disputed',
  'refund.issued',
  'item.scanned',
  'handover.proved',
  'handover.refused',
];

/**
 * Holds every order, from the cart to the return, against the model of one, by what the shop, the payment service and
 * the scanners at the counter and in the warehouse say of it, and by what couriers prove.
 */
export const orderFlow: StandingMonitor<OrderSettings> = {
  kind: 'order-flow',
  title: 'Orders against their model',
  configuration: orderSettings,
  rules: orderRules,
  observes,
  rememberMs: ({ leaveWithinMs, returnWithinMs }) =>
    Math.max(30 * DAY_MS, leaveWithinMs + DAY_MS, returnWithinMs + DAY_MS),
  open: (settings, registry) => new OrderBook(settings, registry),
  samples: orderSamples,
};

/** What an observation says of an order: one step on its way. Pure. */
import type { Observation } from '../../devices/model/observation.ts';
import type { OrderSettings } from './settings.ts';

export type StepName =
  | 'known'
  | 'placed'
  | 'carted'
  | 'discounted'
  | 'challenged'
  | 'authorised'
  | 'declined'
  | 'captured'
  | 'voided'
  | 'paid'
  | 'picked'
  | 'packed'
  | 'shipped'
  | 'refused'
  | 'handed-over'
  | 'delivered'
  | 'returned'
  | 'refunded'
  | 'cancelled'
  | 'address-changed'
  | 'disputed';

export interface Step {
  readonly name: StepName;
  readonly at: number;
  readonly id: string;
  /** Who says so: `shop-event:shop`. */
  readonly teller: string;
  readonly observation: Observation;
  readonly amount: number | undefined;
  readonly currency: string | undefined;
  /** The amount is that of all refunds so far, not of this one. */
  readonly isWhole: boolean;
}

/** By which names a step can be tied to an order. */
export interface Named {
  readonly step: Step;
  readonly order: string | undefined;
  readonly payment: string | undefined;
  readonly session: string | undefined;
  /** A parcel's own number, where it is not the order's. */
  readonly parcel: string | undefined;
}

/** States that shops write, in the words of the model; any other says only that there is such an order. */
const ofOrder: Readonly<Record<string, StepName>> = {
  placed: 'placed',
  paid: 'paid',
  picked: 'picked',
  packed: 'packed',
  shipped: 'shipped',
  collected: 'handed-over',
  delivered: 'delivered',
  returned: 'returned',
  cancelled: 'cancelled',
  'address-changed': 'address-changed',
};
const ofPayment: Readonly<Record<string, StepName>> = {
  authorised: 'authorised',
  captured: 'captured',
  declined: 'declined',
  cancelled: 'voided',
};

function nameOf(observation: Observation, settings: OrderSettings): StepName | undefined {
  const state = typeof observation.facts?.state === 'string' ? observation.facts.state : '';
  switch (observation.kind) {
    case 'order.changed':
      return state === 'deleted'
        ? undefined
        : ((Object.hasOwn(ofOrder, state) ? ofOrder[state] : undefined) ?? 'known');
    case 'cart.changed':
      return state === 'coupon-applied' ? 'discounted' : state === '' ? 'carted' : undefined;
    case 'payment.decided':
      return Object.hasOwn(ofPayment, state) ? ofPayment[state] : undefined;
    case 'payment.challenged':
      return 'challenged';
    case 'payment.disputed':
      return state === 'opened' ? 'disputed' : undefined;
    case 'refund.issued':
      return 'refunded';
    case 'item.scanned':
      return settings.scanners[observation.asset];
    case 'handover.proved':
      return settings.proof.at[observation.asset] ?? 'handed-over';
    case 'handover.refused':
      return 'refused';
    default:
      return undefined;
  }
}

/** The order in a scanned code; undefined: something else was scanned. */
function scannedOrder({ observables, facts }: Observation, prefixes: readonly string[]): string | undefined {
  if (observables?.order !== undefined) return observables.order;
  const code = facts?.order ?? facts?.code;
  if (typeof code === 'number') return String(code);
  if (typeof code !== 'string') return undefined;
  if (facts?.order !== undefined) return code;
  return behindPrefix(code, prefixes);
}

/** A hand-over names a parcel: by an order's number behind a prefix, or by a number of its own. */
function handedOver({ observables }: Observation, prefixes: readonly string[]): string | undefined {
  const parcel = observables?.parcel;
  return observables?.order ?? (parcel === undefined ? undefined : behindPrefix(parcel, prefixes));
}

function behindPrefix(code: string, prefixes: readonly string[]): string | undefined {
  const prefix = prefixes.find((one) => code.toUpperCase().startsWith(one.toUpperCase()));
  const number = prefix === undefined ? '' : code.slice(prefix.length).trim();
  return number === '' ? undefined : number;
}

/** Undefined: says nothing of an order, or does not say of which. */
export function readStep(observation: Observation, settings: OrderSettings): Named | undefined {
  const name = nameOf(observation, settings);
  if (name === undefined) return undefined;
  const { observables, facts } = observation;
  const order =
    observation.kind === 'item.scanned'
      ? scannedOrder(observation, settings.codePrefixes)
      : observation.kind.startsWith('handover.')
        ? handedOver(observation, settings.codePrefixes)
        : observables?.order;
  const parcel = observables?.parcel;
  const payment = observables?.payment;
  const session = observables?.session;
  const isCart = name === 'carted' || name === 'discounted';
  if (isCart ? session === undefined : order === undefined && payment === undefined && parcel === undefined)
    return undefined;
  return {
    order: isCart ? undefined : order,
    payment,
    session,
    parcel: isCart ? undefined : parcel,
    step: {
      name,
      at: observation.observedAt,
      id: observation.id,
      teller: observation.source,
      observation,
      amount: typeof facts?.amount === 'number' ? facts.amount : undefined,
      currency: typeof facts?.currency === 'string' ? facts.currency : undefined,
      // Stripe's charge tells the charge, not the part of it that goes back.
      isWhole: facts?.event === 'charge.refunded',
    },
  };
}

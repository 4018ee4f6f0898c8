/**
 * The model of an order, from the cart to the return: two tables. Goods move from state to state; each step may need
 * others that came before it, or that must come after it. A sound order breaks no line of either.
 */
import type { StepName } from './step.ts';

export type GoodsState =
  | 'none'
  | 'ordered'
  | 'picked'
  | 'packed'
  | 'on-the-way'
  | 'handed-over'
  | 'returned'
  | 'cancelled';

export interface Transition {
  readonly step: StepName;
  readonly from: readonly GoodsState[];
  readonly to: GoodsState;
  /** States in which the step is old news that a slow clock or a late scan tells; nothing is wrong with it. */
  readonly oldNews?: readonly GoodsState[];
}

const inHouse: readonly GoodsState[] = ['none', 'ordered', 'picked', 'packed'];
const gone: readonly GoodsState[] = ['on-the-way', 'handed-over', 'returned', 'cancelled'];

/** Steps that move goods, and from where each may come. Shops leave steps out: not every parcel is scanned when packed. */
export const transitions: readonly Transition[] = [
  { step: 'placed', from: ['none'], to: 'ordered', oldNews: [...inHouse, ...gone] },
  { step: 'picked', from: ['none', 'ordered'], to: 'picked', oldNews: ['packed', ...gone] },
  { step: 'packed', from: ['none', 'ordered', 'picked'], to: 'packed', oldNews: gone },
  { step: 'shipped', from: inHouse, to: 'on-the-way', oldNews: ['handed-over'] },
  { step: 'handed-over', from: [...inHouse, 'on-the-way'], to: 'handed-over' },
  { step: 'delivered', from: [...inHouse, 'on-the-way', 'handed-over'], to: 'handed-over' },
  // What could not be delivered, or was cancelled on its way, comes back as well.
  { step: 'returned', from: [...inHouse, 'on-the-way', 'handed-over', 'cancelled'], to: 'returned' },
  { step: 'cancelled', from: [...inHouse, 'on-the-way', 'handed-over', 'returned'], to: 'cancelled' },
];

/** In which order steps of nearly one time are taken to have come. */
export const usualOrder: readonly StepName[] = [
  'carted',
  'discounted',
  'placed',
  'known',
  'challenged',
  'declined',
  'authorised',
  'captured',
  'paid',
  'address-changed',
  'picked',
  'packed',
  'shipped',
  'refused',
  'handed-over',
  'delivered',
  'returned',
  'voided',
  'refunded',
  'cancelled',
  'disputed',
];

/** Steps with which goods leave the house. */
export const leaving: readonly StepName[] = ['shipped', 'handed-over', 'delivered'];

export interface Requirement {
  readonly rule: OrderRule;
  /** The first of these steps needs one of the others. */
  readonly steps: readonly StepName[];
  readonly needs: readonly StepName[];
  /** `before`: by then, give or take the clocks; `ever`: at any time until the waiting is over. */
  readonly when: 'before' | 'ever';
  /** Which of the settings says how long it is waited for. */
  readonly wait: 'waitMs' | 'returnWithinMs' | 'leaveWithinMs';
  /** It holds only where somebody tells such things at all. */
  readonly told?: 'shop' | 'payments';
  /** Ways to pay later are excepted. */
  readonly paidAtOnce?: boolean;
  /** Only where goods have left. */
  readonly afterLeaving?: boolean;
}

export const orderRules = [
  'payment-not-authorised',
  'payment-amount-differs',
  'checkout-price-changed',
  'hand-over-without-order',
  'hand-over-before-payment',
  'handed-over-twice',
  'hand-over-not-proved',
  'order-step-not-allowed',
  'shipped-to-changed-address',
  'refund-without-return',
  'refund-exceeds-payment',
  'chargeback-after-hand-over',
  'order-not-delivered',
] as const;
export type OrderRule = (typeof orderRules)[number];

export const requirements: readonly Requirement[] = [
  {
    rule: 'payment-not-authorised',
    steps: ['paid'],
    needs: ['authorised', 'captured'],
    when: 'before',
    wait: 'waitMs',
    told: 'payments',
    paidAtOnce: true,
  },
  {
    rule: 'hand-over-without-order',
    steps: leaving,
    needs: ['placed', 'known', 'paid', 'authorised', 'captured'],
    when: 'before',
    wait: 'waitMs',
    told: 'shop',
  },
  {
    rule: 'hand-over-before-payment',
    steps: leaving,
    needs: ['authorised', 'captured', 'paid'],
    when: 'before',
    wait: 'waitMs',
    paidAtOnce: true,
  },
  {
    rule: 'refund-without-return',
    steps: ['refunded'],
    needs: ['returned', 'cancelled'],
    when: 'ever',
    wait: 'returnWithinMs',
    afterLeaving: true,
  },
  {
    rule: 'order-not-delivered',
    steps: ['captured', 'paid'],
    needs: [...leaving, 'cancelled', 'refunded', 'voided', 'disputed'],
    when: 'ever',
    wait: 'leaveWithinMs',
    told: 'shop',
  },
];

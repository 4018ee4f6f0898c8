/** Words of what is said of an order. */
import type { StepName } from './step.ts';

const words: Readonly<Partial<Record<StepName, string>>> = {
  placed: 'placed',
  picked: 'picked',
  packed: 'packed',
  shipped: 'shipped',
  'handed-over': 'handed over',
  delivered: 'delivered',
  returned: 'returned',
  cancelled: 'cancelled',
};

/** What was done to the order in that step. */
export const wordOf = (name: StepName): string => words[name] ?? name;

/** ` 29.35 EUR`, with the blank in front; nothing where it is not known. */
export const moneyText = (amount: number | undefined, currency: string | undefined): string =>
  amount === undefined ? '' : ` ${amount.toFixed(2)}${currency === undefined ? '' : ` ${currency}`}`;

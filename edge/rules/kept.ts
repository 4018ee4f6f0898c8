/** What the engine keeps beyond the process: states, the configuration they were made under, and folds. */
import { z } from 'zod';
import type { Live } from './cell.ts';

/** Everything the engine keeps lies under this prefix. */
export const RULE_STATE_PREFIX = 'rules/';
export const SLOT_PREFIX = `${RULE_STATE_PREFIX}slot/`;
/** Under which configuration a rule's states were made. */
export const RULE_PREFIX = `${RULE_STATE_PREFIX}rule/`;
/** When an asset was last heard of, for rules that compare or expect. */
export const HEARD_PREFIX = `${RULE_STATE_PREFIX}heard/`;
export const FOLD_PREFIX = `${RULE_STATE_PREFIX}fold/`;

/** `wakeAt` of a state whose rule has been changed: it is looked at again with the next wake. */
export const AT_ONCE = -1;

export const keptSlot = z.object({
  state: z.unknown(),
  wakeAt: z.number().optional(),
  last: z.string().optional(),
});
export type KeptSlot = z.infer<typeof keptSlot>;

/** How a state is kept. */
export const keptValue = ({ state, wakeAt, last }: Live): KeptSlot => ({
  state,
  ...(wakeAt !== Number.POSITIVE_INFINITY && { wakeAt }),
  ...(last !== undefined && { last }),
});

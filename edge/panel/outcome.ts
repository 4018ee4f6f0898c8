import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Detection, LocalAction } from '../rules/rule.ts';

/** An observation that the panel makes: the gateway adds id, site, source, and what its clock is worth. */
export type ObservationDraft = Pick<Observation, 'kind' | 'asset' | 'observedAt'> &
  Partial<Pick<Observation, 'subjects' | 'observables' | 'facts'>>;

/** What a step of one of the panel's state machines gives back. Nothing has been done yet. */
export interface PanelOutcome<State> {
  state: State;
  observations: ObservationDraft[];
  detections: Detection[];
  actions: LocalAction[];
}

/** What the panel knows besides its input and its configuration. */
export interface PanelContext {
  readonly site: string;
  readonly registry: Registry;
  /** How a lock stands by now, where it says so. */
  lockOf?(lock: string): 'locked' | 'unlocked' | 'jammed' | undefined;
  /** How much faster than the world outside the site's clock runs; absent: 1. */
  readonly rate?: number;
}

/**
 * A duration of the site's, but never shorter than `realMs` outside it: where a day is run faster, wires and
 * programs are not.
 */
export const atLeastReal = (
  siteMs: number,
  realMs: number,
  { rate = 1 }: Pick<PanelContext, 'rate'>,
): number => Math.max(siteMs, realMs * rate);

/** Who wants something, and from where. */
export const actor = z.object({
  name: z.string(),
  /** Registered person. */
  identity: z.string().optional(),
  account: z.string().optional(),
  /** `outside`: from an address that is not the site's; `desk`: a command of the remote desk. */
  from: z.enum(['site', 'outside', 'desk', 'badge', 'schedule']),
  ip: z.string().optional(),
});
export type Actor = z.infer<typeof actor>;

/** The part of an observation that says who did it and from where. */
export const doneBy = (
  { name, identity, account, from, ip }: Actor,
  facts: NonNullable<Observation['facts']> = {},
): Pick<ObservationDraft, 'subjects' | 'observables' | 'facts'> => ({
  ...((identity !== undefined || account !== undefined) && {
    subjects: { ...(identity !== undefined && { identity }), ...(account !== undefined && { account }) },
  }),
  ...(ip !== undefined && { observables: { ip } }),
  facts: { by: name.slice(0, 512), from, ...facts },
});

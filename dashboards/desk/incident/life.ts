/** The life of an incident in people's hands: pure. */
import type { IncidentAction, IncidentState, IncidentSummary } from '../../../cloud/api/contract.ts';

export type Verb = 'acknowledge' | 'assign' | 'note' | 'contain' | 'resolve' | 'false-alarm' | 'reopen';

const becomes: Partial<Record<Verb, IncidentState>> = {
  acknowledge: 'acknowledged',
  contain: 'contained',
  resolve: 'resolved',
  'false-alarm': 'false-alarm',
  reopen: 'open',
};
/** What can be done to an incident in a state, the most likely first. */
export const possible: Record<IncidentState, readonly Verb[]> = {
  open: ['acknowledge', 'contain', 'resolve', 'false-alarm'],
  acknowledged: ['contain', 'resolve', 'false-alarm'],
  contained: ['resolve', 'false-alarm'],
  resolved: ['reopen'],
  'false-alarm': ['reopen'],
};

/** The incident as it will be once the server has agreed. Pure. */
export function foresee(summary: IncidentSummary, verb: Verb, body: IncidentAction): IncidentSummary {
  const state = becomes[verb] ?? summary.state;
  return { ...summary, state, ...(verb === 'assign' && body.assignee ? { assignee: body.assignee } : {}) };
}

/**
 * The incident after the server refused: what was foreseen is undone, what others changed meanwhile stays. Pure.
 */
export function putBack(
  current: IncidentSummary,
  before: IncidentSummary,
  foreseen: IncidentSummary,
): IncidentSummary {
  const { assignee: shown, ...rest } = current;
  const assignee = shown === foreseen.assignee ? before.assignee : shown;
  return {
    ...rest,
    state: current.state === foreseen.state ? before.state : current.state,
    ...(assignee === undefined ? {} : { assignee }),
  };
}

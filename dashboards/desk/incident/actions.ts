/** What a person does to an incident: shown at once, put back when the server refuses. */
import type { Activity, IncidentAction, IncidentSummary } from '../../../cloud/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { say } from '../../kit/toast.tsx';
import { findIncident, incident, isShown, loadIncident, showIncident } from '../live/desk-state.ts';
import { change, reasonOf } from '../loaded.ts';
import { actOnIncident, session } from '../session.ts';
import { text } from '../text.ts';
import { foresee, putBack, type Verb } from './life.ts';

const activityOf: Record<Verb, Activity['action']> = {
  acknowledge: 'acknowledged',
  assign: 'assigned',
  note: 'noted',
  contain: 'contained',
  resolve: 'resolved',
  'false-alarm': 'false-alarm',
  reopen: 'reopened',
};

/** Whether the person at the desk may change anything. The server decides; this only hides what it would refuse. */
export const maySuppress = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';
export const maySwitch = (): boolean => session.value?.role === 'administrator';
export const mayExport = (): boolean =>
  ['supervisor', 'auditor', 'administrator'].includes(session.value?.role ?? '');
export const mayAct = (): boolean => session.value?.role !== 'auditor';

/** @returns whether the server took it; when not, a notice has said why and all is as it was */
export async function act(summary: IncidentSummary, verb: Verb, body: IncidentAction = {}): Promise<boolean> {
  const activity: Activity = {
    incident: summary.id,
    at: now.value,
    by: session.value?.name ?? '',
    action: activityOf[verb],
    ...body,
  };
  const foreseen = foresee(summary, verb, body);
  showIncident(foreseen);
  change(incident, (page) =>
    page.summary.id === summary.id ? { ...page, activities: [...page.activities, activity] } : page,
  );
  try {
    await actOnIncident(summary.id, verb, body);
    // The record as the server keeps it takes the place of what was foreseen.
    if (isShown(summary.id)) void loadIncident(summary.id);
    return true;
  } catch (error) {
    showIncident(putBack(findIncident(summary.id) ?? foreseen, summary, foreseen));
    change(incident, (page) => ({
      ...page,
      activities: page.activities.filter((entry) => entry !== activity),
    }));
    say(text('act.failed', { message: reasonOf(error).message }), 'critical');
    return false;
  }
}

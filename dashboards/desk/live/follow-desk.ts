/** Keeps what the desk shows up to date, and tells the person what is new. */
import { batch, effect } from '@preact/signals';
import type { IncidentSummary, StreamEvent } from '../../../cloud/api/contract.ts';
import { follow } from '../../kit/live.ts';
import { address, go, route } from '../../kit/route.ts';
import { kitText } from '../../kit/text.ts';
import { say } from '../../kit/toast.tsx';
import { isToolOn } from '../session.ts';
import { text } from '../text.ts';
import {
  applyEvent,
  attention,
  clearDesk,
  findIncident,
  isShown,
  loadAttention,
  loadCounts,
  loadPicture,
  loadQueue,
  queue,
  reloadIncident,
} from './desk-state.ts';
import { newcomers, remember } from './newcomers.ts';
import { severityRank } from './queue-changes.ts';
import { eventOf, streamTypes } from './stream-event.ts';

/** Events are applied together this often: a busy hour must not cost a rendering for each. */
const FLUSH_MS = 60;
/** More waiting events than this are not worth applying one by one. */
const MAX_WAITING = 5_000;
/** What an incident changes elsewhere (its page, alarms on the plans, counts) is fetched at most this often. */
const REFETCH_MS = 800;

/** The severity at which the person was last told of an incident that the page may not hold. */
const told = new Map<string, number>();
/** The newest few: of an old one a person may be told once more. */
const MAX_TOLD = 500;

/** People are told of an incident when it is new or has become worse, not of every update. */
function announce(summary: IncidentSummary): void {
  if (!isToolOn('incident-desk')) return;
  const before = findIncident(summary.id);
  if (before === undefined) remember(summary.id);
  const rank = severityRank(summary.severity);
  const known = before === undefined ? told.get(summary.id) : severityRank(before.severity);
  told.delete(summary.id);
  told.set(summary.id, rank);
  for (const oldest of told.keys()) if (told.size > MAX_TOLD) told.delete(oldest);
  const isNews = known === undefined ? summary.state === 'open' : rank > known;
  // Fetched only where it is wanted: most desks have a telephone beside them.
  if (isNews && wantsTone())
    void import('../alerting/chime.ts').then((tone) => tone.chimeFor(summary.severity));
  if (!isNews || rank < severityRank('high') || route.value[1] === summary.id) return;
  const severity = kitText(`kit.severity.${summary.severity}`).toLowerCase();
  say(
    text('desk.new-incident', { severity, title: summary.title }),
    summary.severity === 'critical' ? 'critical' : 'neutral',
    address('incidents', summary.id),
  );
}

/** Whether this browser was told to make a sound; see alerting/chime.ts. */
function wantsTone(): boolean {
  try {
    return (localStorage.getItem('gatehouse.tone') ?? 'off') !== 'off';
  } catch {
    return false;
  }
}

/** Runs a task some time after the first of any number of calls, never twice at once. */
function soon(task: () => Promise<void>, until: AbortSignal): () => void {
  let _timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (until.aborted) return;
    _timer ??= setTimeout(() => {
      _timer = undefined;
      // What could not be had is shown as it was; the next event or the connection's return asks again.
      if (!until.aborted) task().catch(() => undefined);
    }, REFETCH_MS);
  };
}

/** Loads everything and keeps it up to date until the session ends. */
export function startDesk(until: AbortSignal): void {
  let waiting: StreamEvent[] = [];
  let flush: ReturnType<typeof setTimeout> | undefined;
  const incidentSoon = soon(reloadIncident, until);
  const pictureSoon = soon(loadPicture, until);
  const countsSoon = soon(loadCounts, until);

  const reload = () => {
    waiting = [];
    void loadPicture();
    void loadAttention();
    void loadQueue();
    void reloadIncident();
  };
  const apply = (event: StreamEvent) => {
    if (event.type === 'incident') announce(event.data);
    applyEvent(event);
    if (event.type === 'incident' || event.type === 'incident-gone') {
      pictureSoon();
      if (isShown(event.data.id)) incidentSoon();
    }
    if (event.type === 'incident-gone' && route.value[1] === event.data.id) {
      say(text('incident.merged'));
      go('incidents', event.data.into);
    }
  };
  reload();
  follow({
    url: 'api/stream',
    types: streamTypes,
    onRestart: reload,
    onMessage(type, data) {
      const event = eventOf(type, data);
      if (event === undefined) return;
      waiting.push(event);
      if (waiting.length > MAX_WAITING) reload();
      flush ??= setTimeout(() => {
        flush = undefined;
        const due = waiting;
        waiting = [];
        batch(() => {
          for (const next of due) apply(next);
        });
      }, FLUSH_MS);
    },
    until,
  });
  const stopCounting = effect(() => {
    const held = [attention.value, queue.value];
    if (held.some((part) => part.state === 'there' && part.value.countsStale)) countsSoon();
  });
  until.addEventListener('abort', () => {
    stopCounting();
    clearTimeout(flush);
    newcomers.clear();
    told.clear();
    clearDesk();
  });
}

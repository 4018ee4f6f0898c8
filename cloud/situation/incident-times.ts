import { setImmediate as breathe } from 'node:timers/promises';
import type { Severity } from '../../devices/model/detection.ts';
import type { Incident, IncidentState } from '../../devices/model/incident.ts';
import type { Activity, Handling, Store } from '../store/store.ts';
import { unresolvedStates } from './unresolved.ts';

/** When an incident was there for people, and what it concerned. */
export interface IncidentTimes {
  id: string;
  severity: Severity;
  assets: readonly string[];
  /** When anybody was first told. */
  openedAt: number;
  /** Spans in which it was unresolved; an open end is one that has none. */
  spans: readonly { from: number; to?: number }[];
}

/** Incidents looked at for pictures of the past, the most urgent first. */
export const MAX_INCIDENTS = 20_000;
/** Read at a time: the cloud has other things to do in between. */
const PAGE = 500;
/** For so long an answer stands, in real time. */
const KEPT_MS = 20_000;

const closedStates: readonly IncidentState[] = ['resolved', 'false-alarm'];

/** When an incident was unresolved, by what people (and the house) did to it. Pure. */
export function spansOf(
  { openedAt, state }: Pick<Handling, 'openedAt' | 'state'>,
  activities: readonly Pick<Activity, 'at' | 'action'>[],
): IncidentTimes['spans'] {
  const spans: { from: number; to?: number }[] = [{ from: openedAt }];
  for (const { at, action } of activities) {
    const last = spans.at(-1);
    if (action === 'resolved' || action === 'false-alarm') {
      if (last !== undefined && last.to === undefined) last.to = at;
    } else if (action === 'reopened' && last?.to !== undefined) spans.push({ from: at });
  }
  const last = spans.at(-1);
  // Closed by something that left no line (an incident that was a part of another): it ended when it began.
  if (closedStates.includes(state) && last !== undefined && last.to === undefined) last.to = last.from;
  return spans;
}

export const wasOpen = ({ spans }: IncidentTimes, at: number): boolean =>
  spans.some(({ from, to }) => from <= at && (to === undefined || at < to));

/** Incidents in time: read from the store when a picture of the past is asked for, and kept for a moment. */
export class IncidentCourse {
  readonly #store: Pick<Store, 'activities'> & { queue: Pick<Store['queue'], 'page'> };
  #kept: { readAt: number; from: number; all: Promise<IncidentTimes[]> } | undefined;

  constructor(store: Pick<Store, 'activities'> & { queue: Pick<Store['queue'], 'page'> }) {
    this.#store = store;
  }

  /** Those that were unresolved at some time since `from`, as far as MAX_INCIDENTS go. */
  since(from: number): Promise<IncidentTimes[]> {
    const kept = this.#kept;
    if (kept !== undefined && performance.now() - kept.readAt < KEPT_MS && kept.from <= from) return kept.all;
    const all = this.#read(from);
    this.#kept = { readAt: performance.now(), from, all };
    all.catch(() => {
      this.#kept = undefined;
    });
    return all;
  }

  async #read(from: number): Promise<IncidentTimes[]> {
    const found: IncidentTimes[] = [];
    const take = ({ incident, handling }: { incident: Incident; handling: Handling }) => {
      const { id, severity, assets } = incident;
      const isClosed = closedStates.includes(handling.state);
      // Of one that is open, whether it was closed in between matters only where somebody opened it again.
      const activities = isClosed || handling.acknowledgedAt !== undefined ? this.#store.activities(id) : [];
      const spans = spansOf(handling, activities);
      if (spans.some(({ to }) => to === undefined || to >= from))
        found.push({ id, severity, assets, openedAt: handling.openedAt, spans });
    };
    for (const query of [
      { states: unresolvedStates },
      { states: closedStates, lastFrom: from - KEPT_BEFORE_MS },
    ])
      for (let offset = 0; offset < MAX_INCIDENTS && found.length < MAX_INCIDENTS; offset += PAGE) {
        const page = this.#store.queue.page({ ...query, offset, limit: PAGE });
        for (const one of page) take(one);
        if (page.length < PAGE) break;
        await breathe();
      }
    return found;
  }
}

/** An incident whose last news is older than this before the time asked for was not closed within it, or rarely. */
const KEPT_BEFORE_MS = 14 * 24 * 3_600_000;

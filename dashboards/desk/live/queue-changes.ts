import type {
  IncidentList,
  IncidentState,
  IncidentSummary,
  QueueView,
  Severity,
  ThemeName,
} from '../../../cloud/api/contract.ts';

export type StateFilter = 'active' | 'open' | 'closed' | 'all';

export interface QueueFilter {
  state: StateFilter;
  /** Site's id; empty for all. */
  site: string;
  /** At least this severe. */
  severity: Severity;
  theme?: ThemeName | undefined;
  /** Empty: of nobody. */
  assignee?: string | undefined;
  olderThanMs?: number | undefined;
  newerThanMs?: number | undefined;
  text?: string | undefined;
}

export const everything: QueueFilter = {
  state: 'active',
  site: '',
  severity: 'info',
  theme: undefined,
  assignee: undefined,
  olderThanMs: undefined,
  newerThanMs: undefined,
  text: undefined,
};

const ranks: Record<Severity, number> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };
export const severityRank = (severity: Severity): number => ranks[severity];

/** States that a filter shows, in the order of an incident's life. */
export const statesOf: Record<StateFilter, readonly IncidentState[]> = {
  active: ['open', 'acknowledged', 'contained'],
  open: ['open'],
  closed: ['resolved', 'false-alarm'],
  all: ['open', 'acknowledged', 'contained', 'resolved', 'false-alarm'],
};

export const matches = (incident: IncidentSummary, filter: QueueFilter): boolean =>
  statesOf[filter.state].includes(incident.state) &&
  (filter.site === '' || incident.sites.some(({ id }) => id === filter.site)) &&
  severityRank(incident.severity) >= severityRank(filter.severity) &&
  (filter.assignee === undefined || (incident.assignee ?? '') === filter.assignee) &&
  (filter.text === undefined || incident.title.toLowerCase().includes(filter.text.toLowerCase()));

/** Whether only the server knows what belongs to it: what is new is then counted, not shown. */
const isServers = ({ theme, olderThanMs, newerThanMs }: QueueFilter): boolean =>
  theme !== undefined || olderThanMs !== undefined || newerThanMs !== undefined;

/** A filter as it is kept, and back. */
export function viewOf({ state, site, severity, ...rest }: QueueFilter): QueueView {
  const kept = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    states: [...statesOf[state]],
    ...(site === '' ? {} : { sites: [site] }),
    ...(severity === 'info' ? {} : { severity }),
    ...kept,
  };
}

/** @param me whom `me` stands for */
export function filterOf(view: QueueView, me: string): QueueFilter {
  const { states, sites, severity, assignee, ...rest } = view;
  const names: StateFilter[] = ['active', 'open', 'closed', 'all'];
  const state = names.find((name) => states !== undefined && statesOf[name].join() === states.join());
  return {
    ...everything,
    ...rest,
    state: state ?? 'active',
    site: sites?.[0] ?? '',
    severity: severity ?? 'info',
    ...(assignee === undefined ? {} : { assignee: assignee === 'me' ? me : assignee }),
  };
}

/** The rows to show: the server is asked by state and site, severity is chosen among what it gave. */
export const shownBy = (queue: Queue, filter: QueueFilter): IncidentSummary[] =>
  queue.items.filter((item) => matches(item, filter));

/** A part of the queue as the page holds it. */
export interface Queue extends IncidentList {
  /** An incident that the page did not hold has changed: the counts must be asked for. */
  countsStale: boolean;
}

/** More urgent first; of equals, the one with the newest news. */
const before = (one: IncidentSummary, other: IncidentSummary): boolean =>
  one.priority !== other.priority ? one.priority > other.priority : one.last > other.last;

/**
 * The queue after an incident is new or has changed. Rows that are there stay where they are, so that none
 * slips away under a hand or an eye; a new one is put where its urgency says.
 */
export function changeQueue(queue: Queue, incident: IncidentSummary, filter: QueueFilter): Queue {
  const index = queue.items.findIndex(({ id }) => id === incident.id);
  const known = queue.items[index];
  const belongs = matches(incident, filter) && (known !== undefined || !isServers(filter));
  if (known !== undefined) {
    const counts = { ...queue.counts };
    counts[known.state]--;
    counts[incident.state]++;
    return {
      ...queue,
      counts,
      items: belongs ? queue.items.with(index, incident) : queue.items.toSpliced(index, 1),
      total: belongs ? queue.total : queue.total - 1,
    };
  }
  if (!belongs) return { ...queue, countsStale: true };
  const place = queue.items.findIndex((other) => before(incident, other));
  const isAllLoaded = queue.next === undefined && queue.items.length >= queue.total;
  const items =
    place >= 0
      ? queue.items.toSpliced(place, 0, incident)
      : isAllLoaded
        ? [...queue.items, incident]
        : queue.items;
  return { ...queue, items, total: queue.total + 1, countsStale: true };
}

/** The queue without an incident that another one took over. */
export function dropFromQueue(queue: Queue, id: string): Queue {
  const known = queue.items.find((item) => item.id === id);
  if (known === undefined) return { ...queue, countsStale: true };
  return {
    ...queue,
    items: queue.items.filter((item) => item !== known),
    total: queue.total - 1,
    counts: { ...queue.counts, [known.state]: queue.counts[known.state] - 1 },
  };
}

/** Whether rows that stayed in place are now out of the order of urgency. */
export const isOutOfOrder = (queue: Queue): boolean =>
  queue.items.some((item, index) => {
    const next = queue.items[index + 1];
    return next !== undefined && next.priority > item.priority;
  });

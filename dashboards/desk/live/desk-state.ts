/** What the desk's pages show, kept up to date by the stream. */
import { batch, computed, effect, signal } from '@preact/signals';
import type {
  IncidentPage,
  IncidentSummary,
  SituationalPicture,
  StreamEvent,
} from '../../../cloud/api/contract.ts';
import { setClock } from '../../kit/clock.ts';
import { follow } from '../../kit/live.ts';
import { address, go, route } from '../../kit/route.ts';
import { kitText } from '../../kit/text.ts';
import { say } from '../../kit/toast.tsx';
import { change, type Loaded, load } from '../loaded.ts';
import { fetchIncident, fetchIncidents, fetchPicture } from '../session.ts';
import { text } from '../text.ts';
import { changePicture } from './picture-changes.ts';
import {
  changeQueue,
  dropFromQueue,
  everything,
  type Queue,
  type QueueFilter,
  severityRank,
  statesOf,
} from './queue-changes.ts';
import { eventOf, streamTypes } from './stream-event.ts';

export const PAGE_SIZE = 50;
/** Events are applied together this often: a busy hour must not cost a rendering for each. */
const FLUSH_MS = 60;
/** More waiting events than this are not worth applying one by one. */
const MAX_WAITING = 5_000;
/** An open incident that keeps growing is fetched at most this often. */
const REFETCH_MS = 700;

export const picture = signal<Loaded<SituationalPicture>>({ state: 'loading' });
/** Every active incident, as far as one page goes: for the picture and the counts. */
export const attention = signal<Loaded<Queue>>({ state: 'loading' });
/** The queue page's own filtered part. */
export const queue = signal<Loaded<Queue>>({ state: 'loading' });
export const filter = signal<QueueFilter>(everything);
export const incident = signal<Loaded<IncidentPage>>({ state: 'loading' });
let incidentId: string | undefined;

/** The zone in which the desk's own clock is shown: the sites' if they share one, else this computer's. */
export const deskZone = computed(() => {
  const zones = new Set(
    picture.value.state === 'there' ? picture.value.value.sites.map(({ timeZone }) => timeZone) : [],
  );
  const [only] = zones;
  return zones.size === 1 && only !== undefined ? only : Intl.DateTimeFormat().resolvedOptions().timeZone;
});

export const zoneOfSite = (id: string | undefined): string =>
  (picture.value.state === 'there'
    ? picture.value.value.sites.find((site) => site.id === id)?.timeZone
    : undefined) ?? deskZone.value;

const parametersOf = ({ state, site }: QueueFilter, offset: number) => ({
  state: statesOf[state].join(','),
  ...(site === '' ? {} : { site }),
  offset,
  limit: PAGE_SIZE,
});

const fetchQueue = async (wanted: QueueFilter): Promise<Queue> => ({
  ...(await fetchIncidents(parametersOf(wanted, 0))),
  countsStale: false,
});

export const loadPicture = () =>
  load(picture, async () => {
    const answer = await fetchPicture();
    setClock(answer.clock);
    return answer;
  });
export const loadAttention = () => load(attention, () => fetchQueue(everything));

export async function loadQueue(): Promise<void> {
  const wanted = filter.value;
  await load(
    queue,
    () => fetchQueue(wanted),
    () => filter.value === wanted,
  );
}

export function chooseFilter(wanted: Partial<QueueFilter>): void {
  filter.value = { ...filter.value, ...wanted };
  queue.value = { state: 'loading' };
  void loadQueue();
}

/** The next page at the end of the queue. @throws RequestError */
export async function loadMore(): Promise<void> {
  if (queue.value.state !== 'there') return;
  const wanted = filter.value;
  const answer = await fetchIncidents(parametersOf(wanted, queue.value.value.items.length));
  if (filter.value !== wanted) return;
  change(queue, (held) => {
    const ids = new Set(held.items.map(({ id }) => id));
    return { ...held, ...answer, items: [...held.items, ...answer.items.filter(({ id }) => !ids.has(id))] };
  });
}

export async function loadIncident(id: string): Promise<void> {
  if (id !== incidentId) {
    incidentId = id;
    incident.value = { state: 'loading' };
  }
  await load(
    incident,
    () => fetchIncident(id),
    () => incidentId === id,
  );
}

/** Shows a changed incident wherever it is shown. */
export function showIncident(summary: IncidentSummary): void {
  batch(() => {
    change(attention, (held) => changeQueue(held, summary, everything));
    change(queue, (held) => changeQueue(held, summary, filter.value));
    change(incident, (page) => (page.summary.id === summary.id ? { ...page, summary } : page));
  });
}

/** An incident as the page shows it now, wherever that is. */
export function findIncident(id: string): IncidentSummary | undefined {
  const page = incident.value;
  if (page.state === 'there' && page.value.summary.id === id) return page.value.summary;
  for (const held of [attention.value, queue.value]) {
    const found = held.state === 'there' ? held.value.items.find((item) => item.id === id) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Incidents that came while the page was open: their rows arrive gently instead of being there at once. */
export const newcomers = new Set<string>();
/** The severity at which the person was last told of an incident that the page may not hold. */
const told = new Map<string, number>();
/** Of both, the newest few: an old one may be told of once more. */
const MAX_REMEMBERED = 500;

function forgetOldest(remembered: Set<string> | Map<string, number>): void {
  for (const oldest of remembered.keys()) {
    if (remembered.size <= MAX_REMEMBERED) return;
    remembered.delete(oldest);
  }
}

/** People are told of an incident when it is new or has become worse, not of every update. */
function announce(summary: IncidentSummary): void {
  const before = findIncident(summary.id);
  if (before === undefined) newcomers.add(summary.id);
  const rank = severityRank(summary.severity);
  const known = before === undefined ? told.get(summary.id) : severityRank(before.severity);
  told.delete(summary.id);
  told.set(summary.id, rank);
  forgetOldest(newcomers);
  forgetOldest(told);
  const isNews = known === undefined ? summary.state === 'open' : rank > known;
  if (!isNews || rank < severityRank('high') || route.value[1] === summary.id) return;
  const severity = kitText(`kit.severity.${summary.severity}`).toLowerCase();
  say(
    text('desk.new-incident', { severity, title: summary.title }),
    summary.severity === 'critical' ? 'critical' : 'neutral',
    address('incidents', summary.id),
  );
}

let refetch: ReturnType<typeof setTimeout> | undefined;

function apply(event: StreamEvent): void {
  switch (event.type) {
    case 'restart':
      return;
    case 'incident':
      announce(event.data);
      showIncident(event.data);
      if (event.data.id === incidentId) {
        refetch ??= setTimeout(() => {
          refetch = undefined;
          if (incidentId !== undefined) void loadIncident(incidentId);
        }, REFETCH_MS);
      }
      return;
    case 'incident-gone':
      change(attention, (held) => dropFromQueue(held, event.data.id));
      change(queue, (held) => dropFromQueue(held, event.data.id));
      if (route.value[1] === event.data.id) {
        say(text('incident.merged'));
        go('incidents', event.data.into);
      }
      return;
    default:
      if (event.type === 'clock') setClock(event.data);
      change(picture, (held) => changePicture(held, event));
  }
}

/** Loads everything and keeps it up to date until the session ends. */
export function startDesk(until: AbortSignal): void {
  let waiting: StreamEvent[] = [];
  let flush: ReturnType<typeof setTimeout> | undefined;
  const reload = () => {
    waiting = [];
    void loadPicture();
    void loadAttention();
    void loadQueue();
    if (incidentId !== undefined && route.value[1] === incidentId) void loadIncident(incidentId);
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
    // Counts that went stale are asked for once, not after every event.
    const isStale = [attention.value, queue.value].some(
      (held) => held.state === 'there' && held.value.countsStale,
    );
    if (!isStale) return;
    setTimeout(() => {
      void fetchIncidents({ state: 'open', offset: 0, limit: 1 }).then(
        ({ counts }) =>
          batch(() => {
            change(attention, (held) => ({ ...held, counts, countsStale: false }));
            change(queue, (held) => ({ ...held, counts, countsStale: false }));
          }),
        () => undefined,
      );
    }, REFETCH_MS);
  });
  until.addEventListener('abort', () => {
    stopCounting();
    clearTimeout(flush);
    clearTimeout(refetch);
    incidentId = undefined;
    batch(() => {
      for (const held of [picture, attention, queue, incident]) held.value = { state: 'loading' };
    });
  });
}

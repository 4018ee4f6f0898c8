/** What the desk's pages show, kept up to date by the stream. */
import { batch, computed, signal } from '@preact/signals';
import type {
  IncidentPage,
  IncidentPresence,
  IncidentSummary,
  SituationalPicture,
  StreamEvent,
} from '../../../cloud/api/contract.ts';
import { setClock } from '../../kit/clock.ts';
import { change, type Loaded, load } from '../loaded.ts';
import { changeWhole } from '../picture/whole.ts';
import { fetchIncident, fetchIncidents, fetchPicture, toolsAreOff } from '../session.ts';
import { changePicture } from './picture-changes.ts';
import {
  changeQueue,
  dropFromQueue,
  everything,
  type Queue,
  type QueueFilter,
  statesOf,
} from './queue-changes.ts';

export const PAGE_SIZE = 50;
/** Of the pages behind the first: whoever scrolls is fast. */
const NEXT_PAGE_SIZE = 200;
/** Of the events that come while an answer is on its way, the newest this many are applied to it. */
const MAX_CAUGHT_UP = 5_000;

export const picture = signal<Loaded<SituationalPicture>>({ state: 'loading' });
/** Every active incident, as far as one page goes: for the picture and the counts. */
export const attention = signal<Loaded<Queue>>({ state: 'loading' });
/** The queue page's own filtered part. */
export const queue = signal<Loaded<Queue>>({ state: 'loading' });
export const filter = signal<QueueFilter>(everything);
export const incident = signal<Loaded<IncidentPage>>({ state: 'loading' });
/** Counts what the stream told of them: pages that show them ask anew. */
export const responseNews = signal(0);
export const suppressionNews = signal(0);
export const toolNews = signal(0);
export const shiftNews = signal(0);
/** Who is at the incident that was last told of. */
export const presence = signal<IncidentPresence | undefined>(undefined);
/** The incident whose page is or will be shown. */
let incidentId: string | undefined;
export const isShown = (id: string): boolean => incidentId === id;

/** Events since each answer under way was asked for: it may be older than they are. */
const underWay = new Set<StreamEvent[]>();

/** Shows what an event changed. Once for each event; see also `catchUp`. */
export function applyEvent(event: StreamEvent): void {
  for (const since of underWay) {
    since.push(event);
    if (since.length > MAX_CAUGHT_UP) since.shift();
  }
  if (event.type === 'clock') setClock(event.data);
  show(event);
}

function show(event: StreamEvent): void {
  switch (event.type) {
    case 'restart':
      return;
    case 'incident':
      showIncident(event.data);
      return;
    case 'incident-gone':
      change(attention, (held) => dropFromQueue(held, event.data.id));
      change(queue, (held) => dropFromQueue(held, event.data.id));
      return;
    case 'suppression':
      suppressionNews.value++;
      return;
    case 'response':
      responseNews.value++;
      return;
    case 'presence':
      presence.value = event.data;
      return;
    case 'shift':
      shiftNews.value++;
      return;
    case 'toolkit':
      toolsAreOff(event.data.off);
      toolNews.value++;
      return;
    default:
      change(picture, (held) => changePicture(held, event));
      changeWhole(event);
  }
}

/** Loads, then applies what came meanwhile once more: all changes are ones that may be applied twice. */
async function catchUp(loading: () => Promise<void>): Promise<void> {
  const since: StreamEvent[] = [];
  underWay.add(since);
  await loading();
  underWay.delete(since);
  batch(() => {
    for (const event of since) show(event);
  });
}

/** The zone in which the desk's own clock is shown: the sites' if they share one, else this computer's. */
export const deskZone = computed(() => {
  const zones = new Set(
    picture.value.state === 'there' ? picture.value.value.sites.map(({ timeZone }) => timeZone) : [],
  );
  const [only] = zones;
  return zones.size === 1 && only !== undefined ? only : Intl.DateTimeFormat().resolvedOptions().timeZone;
});

const zones = computed(
  () =>
    new Map(
      picture.value.state === 'there'
        ? picture.value.value.sites.map(({ id, timeZone }) => [id, timeZone] as const)
        : [],
    ),
);

export const zoneOfSite = (id: string | undefined): string =>
  (id === undefined ? undefined : zones.value.get(id)) ?? deskZone.value;

const parametersOf = ({ state, site, severity, ...rest }: QueueFilter) => ({
  state: statesOf[state].join(','),
  ...(site === '' ? {} : { site }),
  ...(severity === 'info' ? {} : { severity }),
  ...Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  ),
});

/** Whether two filters ask the server for the same. */
const asksTheSame = (one: QueueFilter, other: QueueFilter): boolean =>
  JSON.stringify(parametersOf(one)) === JSON.stringify(parametersOf(other));

/** What was asked for in this very turn: picture and queue begin with the same page of the same list. */
const askedNow = new Map<string, ReturnType<typeof fetchIncidents>>();

async function fetchQueue(wanted: QueueFilter): Promise<Queue> {
  const parameters = { ...parametersOf(wanted), offset: 0, limit: PAGE_SIZE };
  const key = JSON.stringify(parameters);
  const answer = askedNow.get(key) ?? fetchIncidents(parameters);
  askedNow.set(key, answer);
  queueMicrotask(() => askedNow.clear());
  return { ...(await answer), countsStale: false };
}

export const loadPicture = () =>
  catchUp(() =>
    load(picture, async () => {
      const answer = await fetchPicture();
      setClock(answer.clock);
      return answer;
    }),
  );
export const loadAttention = () => catchUp(() => load(attention, () => fetchQueue(everything)));

export async function loadQueue(): Promise<void> {
  const wanted = filter.value;
  await catchUp(() =>
    load(
      queue,
      () => fetchQueue(wanted),
      () => asksTheSame(filter.value, wanted),
    ),
  );
}

export function chooseFilter(wanted: Partial<QueueFilter>): void {
  const before = filter.value;
  filter.value = { ...before, ...wanted };
  if (asksTheSame(filter.value, before)) return;
  queue.value = { state: 'loading' };
  void loadQueue();
}

/** The next page at the end of the queue. @throws RequestError */
export async function loadMore(): Promise<void> {
  if (queue.value.state !== 'there') return;
  const wanted = filter.value;
  const { next, items: there } = queue.value.value;
  if (next === undefined && there.length >= queue.value.value.total) return;
  const answer = await fetchIncidents({
    ...parametersOf(wanted),
    limit: NEXT_PAGE_SIZE,
    ...(next === undefined ? { offset: there.length } : { after: next }),
  });
  if (!asksTheSame(filter.value, wanted)) return;
  change(queue, (held) => {
    const ids = new Set(held.items.map(({ id }) => id));
    const { next: _before, ...rest } = held;
    return { ...rest, ...answer, items: [...held.items, ...answer.items.filter(({ id }) => !ids.has(id))] };
  });
}

export async function loadIncident(id: string): Promise<void> {
  if (id !== incidentId) {
    incidentId = id;
    incident.value = { state: 'loading' };
  }
  await catchUp(() =>
    load(
      incident,
      () => fetchIncident(id),
      () => incidentId === id,
    ),
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

/** Its page was left: it is no longer kept up to date. */
export function leaveIncident(id: string): void {
  if (incidentId === id) incidentId = undefined;
}

/** Fetches the open incident's page again, where one is open. */
export async function reloadIncident(): Promise<void> {
  if (incidentId !== undefined) await loadIncident(incidentId);
}

/** Asks for the counts, after an incident changed that the page does not hold. */
export async function loadCounts(): Promise<void> {
  const { counts } = await fetchIncidents({ state: 'open', offset: 0, limit: 1 });
  batch(() => {
    change(attention, (held) => ({ ...held, counts, countsStale: false }));
    change(queue, (held) => ({ ...held, counts, countsStale: false }));
  });
}

/** Forgets everything: the next person at this desk starts afresh. */
export function clearDesk(): void {
  batch(() => {
    incidentId = undefined;
    filter.value = everything;
    for (const held of [picture, attention, queue, incident]) held.value = { state: 'loading' };
  });
}

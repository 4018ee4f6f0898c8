import { z } from 'zod';
import { severity } from '../../../devices/model/detection.ts';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { incidentState } from '../../../devices/model/incident.ts';
import { rulesOfTheme, themeNames } from '../../shifts/themes.ts';
import type { QueueQuery } from '../../store/queue.ts';
import { type Activity, NotInState } from '../../store/store.ts';
import { incidentList, incidentPage, incidentSummary } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { IncidentState, IncidentSummary } from '../contract.ts';
import { incidentPageOf } from '../incident-page.ts';
import { summaryOf } from '../incident-summary.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { cursorOf, placeOf } from '../queue-place.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';

export const MAX_INCIDENTS_PER_PAGE = 200;

const incidentId = z.strictObject({ id: z.string().min(1).max(256) });

const listQuery = z.strictObject({
  state: z
    .string()
    .max(128)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(incidentState))
    .optional()
    .meta({ description: 'States, separated by commas; all where it is not said' }),
  site: z
    .string()
    .max(8_192)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(identifier).max(500))
    .optional(),
  severity: severity.optional(),
  theme: z.enum(themeNames).optional(),
  assignee: z.string().max(64).optional().meta({ description: 'Empty: of nobody' }),
  olderThanMs: z.coerce.number().int().min(0).optional(),
  newerThanMs: z.coerce.number().int().min(0).optional(),
  text: z.string().max(200).optional(),
  after: z.string().max(1_024).optional().meta({ description: 'Where the last page ended: its `next`' }),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_INCIDENTS_PER_PAGE).default(50),
});

/** One thing that can be done to an incident: from which states, and what must be said with it. */
interface Deed {
  verb: string;
  title: string;
  action: Activity['action'];
  from: readonly IncidentState[];
  body: z.ZodType<{ text?: string | undefined; assignee?: string | undefined }>;
}

const everyState = incidentState.options;
const text = plainText.refine((words) => words.trim() !== '', 'must not be empty');
const reason = z.strictObject({ text });
const maybeReason = z.strictObject({ text: text.optional() });

export const deeds: readonly Deed[] = [
  {
    verb: 'acknowledge',
    title: 'Take note of it',
    action: 'acknowledged',
    from: ['open'],
    body: maybeReason,
  },
  {
    verb: 'assign',
    title: 'Give it to somebody; to nobody where no name is given',
    action: 'assigned',
    from: ['open', 'acknowledged', 'contained'],
    body: z.strictObject({ assignee: z.string().min(1).max(64).optional(), text: text.optional() }),
  },
  { verb: 'note', title: 'Write something down', action: 'noted', from: everyState, body: reason },
  {
    verb: 'contain',
    title: 'Say that it goes no further',
    action: 'contained',
    from: ['open', 'acknowledged'],
    body: maybeReason,
  },
  {
    verb: 'resolve',
    title: 'Say that it is over, and why',
    action: 'resolved',
    from: ['open', 'acknowledged', 'contained'],
    body: reason,
  },
  {
    verb: 'false-alarm',
    title: 'Say that it was none, and why',
    action: 'false-alarm',
    from: ['open', 'acknowledged', 'contained'],
    body: reason,
  },
  {
    verb: 'reopen',
    title: 'Take it up again, and why',
    action: 'reopened',
    from: ['resolved', 'false-alarm'],
    body: reason,
  },
];

export function incidentRoutes(parts: ApiParts): Route[] {
  const { store, registry, clock } = parts;
  return [
    route({
      method: 'get',
      path: '/api/incidents',
      title: 'The queue, most urgent first',
      needs: 'incidents.read',
      query: listQuery,
      answer: { schema: incidentList, title: 'A page of the queue' },
      handle({ context, query }, { scope }) {
        const { state, site, theme, olderThanMs, newerThanMs, after, offset, limit, ...plain } = query;
        const sites = chosenSites(scope, site);
        const place = after === undefined ? undefined : placeOf(after);
        if (after !== undefined && place === undefined)
          throw new Problem(400, 'malformed', 'after: is no place in the queue', { field: 'after' });
        const now = clock.now();
        const wanted: Omit<QueueQuery, 'limit'> = {
          states: state ?? everyState,
          ...(sites === undefined ? {} : { sites }),
          ...(theme === undefined ? {} : { rules: rulesOfTheme(theme, store.queue.rules()) }),
          ...(olderThanMs === undefined ? {} : { firstUntil: now - olderThanMs }),
          ...(newerThanMs === undefined ? {} : { lastFrom: now - newerThanMs }),
          ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
        };
        const found = store.queue.page({
          ...wanted,
          ...(place === undefined ? { offset } : { after: place }),
          limit: limit + 1,
        });
        const isMore = found.length > limit;
        const last = found[limit - 1]?.incident;
        const counts = store.queue.counts(sites);
        const isPlain = [theme, olderThanMs, newerThanMs, ...Object.values(plain)].every(
          (one) => one === undefined,
        );
        return context.json({
          items: found.slice(0, limit).flatMap(({ incident, handling }) => {
            const part = scope.part(incident);
            return part === undefined ? [] : [summaryOf(part, handling, registry)];
          }),
          total: isPlain
            ? [...new Set(wanted.states)].reduce((sum, one) => sum + counts[one], 0)
            : store.queue.count(wanted),
          counts,
          ...(isMore && last !== undefined ? { next: cursorOf(last) } : {}),
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/incidents/:id',
      title: 'One incident with its story; a former name leads to the incident of now',
      needs: 'incidents.read',
      params: incidentId,
      answer: { schema: incidentPage, title: 'The incident' },
      handle({ context, params: { id } }, { scope }) {
        const page = incidentPageOf(id, parts, scope);
        if (page === undefined) throw notThere('incident');
        return context.json(page);
      },
    }),
    ...deeds.map((deed) =>
      route({
        method: 'post',
        path: `/api/incidents/:id/${deed.verb}`,
        title: deed.title,
        needs: 'incidents.handle',
        params: incidentId,
        body: deed.body,
        answer: { schema: incidentSummary, title: 'The incident afterwards' },
        async handle({ context, params: { id }, body }, caller) {
          const from = addressOf(context, parts.options);
          return context.json(await act(parts, deed, id, body, caller, from));
        },
      }),
    ),
  ];
}

/** The sites that are asked for, as far as they are the caller's; undefined: all. */
function chosenSites(scope: Scope, asked: readonly string[] | undefined): string[] | undefined {
  if (asked === undefined) return scope.sites === undefined ? undefined : [...scope.sites];
  return asked.filter((site) => scope.seesSite(site));
}

export async function act(
  { store, registry, clock, people, onHandled }: ApiParts,
  { action, verb, from }: Deed,
  id: string,
  body: { text?: string | undefined; assignee?: string | undefined },
  { name, scope }: Caller,
  address: string,
): Promise<IncidentSummary> {
  const { text: words, assignee } = body;
  const found = scope.demandIncident(store.incident(id));
  if (assignee !== undefined) {
    const account = people.accounts.find(assignee);
    const canSee = account !== undefined && people.scopes.of(account.profile.scope).seesAllOf(found);
    if (account === undefined || !canSee || !mayDo(account.role, 'incidents.handle'))
      throw new Problem(422, 'no-such-person', `${assignee} can't be given an incident.`, {
        field: 'assignee',
      });
  }
  const at = clock.now();
  const activity: Activity = {
    incident: id,
    at,
    by: name,
    action,
    ...(words === undefined ? {} : { text: words.trim() }),
    ...(assignee === undefined ? {} : { assignee }),
  };
  const current = store.currentIncident(id);
  try {
    await store.act(activity, from);
  } catch (error) {
    if (error instanceof RangeError) throw notThere('incident');
    if (error instanceof NotInState)
      throw new Problem(
        409,
        'wrong-state',
        `This can't be done: the incident is ${stateWords[error.state]}.`,
      );
    throw error;
  }
  await store.audit({ at, by: name, from: address, action: `incident.${verb}`, about: current });
  onHandled(current);
  const incident = store.incident(id);
  const handling = store.handling(id);
  if (incident === undefined || handling === undefined) throw notThere('incident');
  return summaryOf(incident, handling, registry);
}

const stateWords: Record<IncidentState, string> = {
  open: 'open',
  acknowledged: 'acknowledged already',
  contained: 'contained already',
  resolved: 'resolved',
  'false-alarm': 'closed as a false alarm',
};

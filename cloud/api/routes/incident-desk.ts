import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { bundleOf } from '../../evidence/bundle.ts';
import { keptName, queueView } from '../../shifts/kept.ts';
import { themeNames } from '../../shifts/themes.ts';
import { incidentSummary } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { BulkAnswer, DeskSettings } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';
import { similarTo } from '../similar-incidents.ts';
import { done } from './arranging.ts';
import { act, deeds } from './incidents.ts';

/** Incidents of one bulk change: what a person can have chosen and still mean. */
export const MAX_BULK = 500;
/** So many are changed at a time. */
const BULK_AT_ONCE = 50;

const named = z.strictObject({ id: z.string().min(1).max(256) });
const keptId = z.strictObject({ id: z.uuid() });
const words = plainText.max(1_000);

/** Views, service levels, bulk changes, presence, what is similar, and the bundle of evidence. */
export function incidentDeskRoutes(parts: ApiParts): Route[] {
  const { incidentDesk, store, registry, clock } = parts;
  const { views, presence } = incidentDesk;
  const listOf = ({ name }: Caller) => ({ items: views.of(name) });
  const list = {
    schema: z.object({ items: z.array(z.unknown()) }),
    title: 'One’s own views, and the shared',
  };
  /** The incident, where the caller sees any of it. */
  const seen = (id: string, { scope }: Caller) => {
    const incident = store.incident(id);
    if (incident === undefined || !scope.seesIncident(incident)) throw notThere('incident');
    return incident;
  };
  return [
    route({
      method: 'get',
      path: '/api/desk',
      title: 'What the desk goes by: service levels, themes',
      needs: 'incidents.read',
      answer: {
        schema: z.object({ serviceLevels: z.unknown(), themes: z.array(z.string()) }),
        title: 'Settings',
      },
      handle({ context }) {
        const settings: DeskSettings = {
          serviceLevels: incidentDesk.serviceLevels,
          themes: [...themeNames],
        };
        return context.json(settings);
      },
    }),
    route({
      method: 'get',
      path: '/api/views',
      title: 'Views of the queue: one’s own, and those that all share',
      needs: 'incidents.read',
      answer: list,
      handle: ({ context }, caller) => context.json(listOf(caller)),
    }),
    route({
      method: 'put',
      path: '/api/views/:id',
      title: 'Keep a view of the queue',
      needs: 'views.save',
      params: keptId,
      body: z.strictObject({ name: keptName, view: queueView, shared: z.boolean() }),
      answer: list,
      async handle({ context, params: { id }, body }, caller) {
        const owner = views.find(id)?.owner ?? caller.name;
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        await done(
          views.put({ id, owner, savedAt: clock.now(), ...body }, actor, mayDo(caller.role, 'hunts.watch')),
        );
        return context.json(listOf(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/views/:id',
      title: 'Remove a view of the queue',
      needs: 'views.save',
      params: keptId,
      answer: list,
      async handle({ context, params: { id } }, caller) {
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        await done(views.remove(id, actor, mayDo(caller.role, 'hunts.watch')));
        return context.json(listOf(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/bulk',
      title: 'Do one thing to many incidents; each is done or refused by itself',
      needs: 'incidents.handle',
      body: z.strictObject({
        ids: z.array(z.string().min(1).max(256)).min(1).max(MAX_BULK),
        verb: z.enum(['acknowledge', 'assign', 'contain', 'resolve', 'false-alarm']),
        text: words.optional(),
        assignee: z.string().min(1).max(64).optional(),
      }),
      answer: {
        schema: z.object({ done: z.array(incidentSummary), refused: z.array(z.unknown()) }),
        title: 'What was done, and what was not',
      },
      async handle({ context, body: { ids, verb, text, assignee } }, caller) {
        const deed = deeds.find((one) => one.verb === verb);
        if (deed === undefined) throw notThere('action');
        const read = deed.body.safeParse({
          ...(text === undefined ? {} : { text }),
          ...(assignee === undefined ? {} : { assignee }),
        });
        if (!read.success) throw new Problem(400, 'malformed', 'Say why.', { field: 'text' });
        const from = addressOf(context, parts.options);
        const answer: BulkAnswer = { done: [], refused: [] };
        const all = [...new Set(ids)];
        for (let at = 0; at < all.length; at += BULK_AT_ONCE)
          await Promise.all(
            all.slice(at, at + BULK_AT_ONCE).map(async (id) => {
              try {
                answer.done.push(await act(parts, deed, id, read.data, caller, from));
              } catch (error) {
                if (!(error instanceof Problem)) throw error;
                answer.refused.push({ id, code: error.code, message: error.message });
              }
            }),
          );
        return context.json(answer);
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/:id/presence',
      title: 'Say that one looks at an incident or writes in it; who else does',
      needs: 'incidents.read',
      params: named,
      body: z.strictObject({ activity: z.enum(['looking', 'writing', 'gone']) }),
      answer: {
        schema: z.object({ incident: z.string(), people: z.array(z.unknown()) }),
        title: 'Who is there',
      },
      handle: ({ context, params: { id }, body }, caller) =>
        context.json(presence.say(seen(id, caller).id, caller.name, body.activity)),
    }),
    route({
      method: 'get',
      path: '/api/incidents/:id/similar',
      title: 'What was like it before, and what came of it',
      needs: 'incidents.read',
      params: named,
      answer: { schema: z.object({ items: z.array(z.unknown()) }), title: 'The most similar first' },
      handle: ({ context, params: { id } }, caller) =>
        context.json(
          similarTo(seen(id, caller), { store, registry, now: clock.now() }, (one) => caller.scope.part(one)),
        ),
    }),
    route({
      method: 'get',
      path: '/api/incidents/:id/bundle',
      title: 'All evidence of an incident in one file (tar) that `gatehouse verify` proves',
      needs: 'evidence.export',
      params: named,
      answer: { mediaType: 'application/x-tar', title: 'The bundle' },
      async handle({ context, params: { id } }, { name, scope }) {
        const incident = scope.demandIncident(store.incident(id));
        const { trail } = parts;
        if (trail === undefined)
          throw new Problem(409, 'no-trail', 'The audit trail is switched off: nothing could be proved.');
        await store.audit({
          at: clock.now(),
          by: name,
          from: addressOf(context, parts.options),
          action: 'evidence.exported',
          about: incident.id,
        });
        await trail.drain();
        const bundle = await bundleOf(incident.id, {
          store,
          registry,
          log: trail.log,
          signer: trail.signer,
          exportedAt: clock.now(),
        });
        return context.body(Uint8Array.from(bundle), 200, {
          'content-type': 'application/x-tar',
          'content-disposition': `attachment; filename="evidence-${incident.id.replace(/[^\w.-]/g, '-').slice(0, 80)}.tar"`,
        });
      },
    }),
  ];
}

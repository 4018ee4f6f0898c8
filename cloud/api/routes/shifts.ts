import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { addressOf } from '../client.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';
import { done } from './arranging.ts';

const note = plainText.max(2_000).refine((words) => words.trim() !== '', 'must not be empty');

/** Who is on duty, and what one hands to the next. */
export function shiftRoutes(parts: ApiParts): Route[] {
  const { shifts } = parts.incidentDesk;
  const sitesFor = ({ scope }: Caller) => (scope.sites === undefined ? undefined : [...scope.sites]);
  const answerOf = (caller: Caller) => shifts.list(caller.name, sitesFor(caller));
  const answer = {
    schema: z.object({
      onDuty: z.array(z.unknown()),
      waiting: z.array(z.unknown()),
      past: z.array(z.unknown()),
      notes: z.array(z.unknown()),
      open: z.unknown(),
    }),
    title: 'Who is on duty, what waits for somebody to confirm it, and what is open',
  };
  return [
    route({
      method: 'get',
      path: '/api/shifts',
      title: 'Shifts and hand-overs',
      needs: 'shifts.work',
      // A hand-over names incidents of every site.
      wholeOnly: true,
      answer,
      handle: ({ context }, caller) => context.json(answerOf(caller)),
    }),
    route({
      method: 'post',
      path: '/api/shifts/start',
      title: 'Go on duty',
      needs: 'shifts.work',
      wholeOnly: true,
      body: z.strictObject({}),
      answer,
      async handle({ context }, caller) {
        await done(shifts.start({ name: caller.name, from: addressOf(context, parts.options) }));
        return context.json(answerOf(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/shifts/hand-over',
      title: 'End one’s shift, with what is open and a note for the next',
      needs: 'shifts.work',
      wholeOnly: true,
      body: z.strictObject({ note, to: z.string().min(1).max(64).optional() }),
      answer,
      async handle({ context, body }, caller) {
        const next = body.to === undefined ? undefined : parts.store.account(body.to);
        if (body.to !== undefined && (next === undefined || !mayDo(next.role, 'shifts.work')))
          throw new Problem(422, 'no-such-person', `${body.to} can't take over.`, { field: 'to' });
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        await done(shifts.handOver(body.note.trim(), body.to, actor, sitesFor(caller)));
        return context.json(answerOf(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/shifts/notes',
      title: 'Write something down for the next shift, of an incident perhaps',
      needs: 'shifts.work',
      wholeOnly: true,
      body: z.strictObject({ text: note, incident: z.string().min(1).max(256).optional() }),
      answer,
      async handle({ context, body: { text, incident } }, caller) {
        const { store } = parts;
        const about = incident === undefined ? undefined : store.incident(store.currentIncident(incident));
        if (incident !== undefined && about === undefined) throw notThere('incident');
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        const of = about === undefined ? undefined : { id: about.id, title: about.title };
        await done(shifts.notes.write(text.trim(), of, actor));
        return context.json(answerOf(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/shifts/notes/:id/read',
      title: 'Say that one has read a note',
      needs: 'shifts.work',
      wholeOnly: true,
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({}),
      answer,
      async handle({ context, params: { id } }, caller) {
        await done(shifts.notes.read(id, { name: caller.name, from: addressOf(context, parts.options) }));
        return context.json(answerOf(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/shifts/:id/confirm',
      title: 'Say that one has read what was handed over',
      needs: 'shifts.work',
      wholeOnly: true,
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({}),
      answer,
      async handle({ context, params: { id } }, caller) {
        await done(shifts.confirm(id, { name: caller.name, from: addressOf(context, parts.options) }));
        return context.json(answerOf(caller));
      },
    }),
  ];
}

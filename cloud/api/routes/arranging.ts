import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { CannotBeDone } from '../../hands/hands.ts';
import { MAX_RULED_DETECTIONS } from '../../hands/ruling-book.ts';
import { rearranged } from '../answers.ts';
import { addressOf } from '../client.ts';
import { summaryOf } from '../incident-summary.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';

/** Detections chosen by hand at a time: a page shows no more. */
const MAX_CHOSEN = Math.min(500, MAX_RULED_DETECTIONS);

const name = z.string().min(1).max(256);
const named = z.strictObject({ id: name });
const text = plainText.max(1_000).refine((words) => words.trim() !== '', 'must not be empty');

/** @throws Problem in place of what can't be done */
export async function done<Value>(deed: Promise<Value>): Promise<Value> {
  try {
    return await deed;
  } catch (error) {
    if (!(error instanceof CannotBeDone)) throw error;
    throw new Problem(error.code === 'not-there' ? 404 : 409, error.code, error.message);
  }
}

/** Incidents taken apart and joined by people. */
export function arrangingRoutes(parts: ApiParts): Route[] {
  const { hands, store, registry } = parts;
  const answerOf = (ids: readonly string[]) => ({
    incidents: ids.flatMap((id) => {
      const [incident, handling] = [store.incident(id), store.handling(id)];
      return incident === undefined || handling === undefined
        ? []
        : [summaryOf(incident, handling, registry)];
    }),
  });
  const answer = { schema: rearranged, title: 'The incidents that there are now' };
  return [
    route({
      method: 'post',
      path: '/api/incidents/:id/split',
      title: 'Take detections out of an incident; they stay out until that is undone',
      needs: 'incidents.arrange',
      params: named,
      body: z.strictObject({ detections: z.array(name).min(1).max(MAX_CHOSEN), text }),
      answer,
      async handle({ context, params: { id }, body }, caller) {
        caller.scope.demandIncident(store.incident(id));
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        return context.json(answerOf(await done(hands.split(id, body.detections, body.text.trim(), actor))));
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/:id/merge',
      title: 'Join another incident with this one; they stay one until that is undone',
      needs: 'incidents.arrange',
      params: named,
      body: z.strictObject({ incident: name, text }),
      answer,
      async handle({ context, params: { id }, body }, caller) {
        for (const one of [id, body.incident]) caller.scope.demandIncident(store.incident(one));
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        return context.json(answerOf(await done(hands.merge(id, body.incident, body.text.trim(), actor))));
      },
    }),
    route({
      method: 'post',
      path: '/api/rulings/:id/undo',
      title: 'Undo what was taken apart or joined: the evidence alone decides again',
      needs: 'incidents.arrange',
      params: named,
      body: z.strictObject({ text: text.optional() }),
      answer,
      async handle({ context, params: { id }, body }, { name, scope }) {
        const ruled = store.rulings().find((one) => one.id === id);
        // As there is none: whose incidents they were is nobody else's business.
        if (!scope.isAll && ruled?.incidents.every((one) => scope.seesWhole(store.incident(one))) !== true)
          throw notThere('decision');
        const actor = { name, from: addressOf(context, parts.options) };
        return context.json(answerOf(await done(hands.undo(id, body.text?.trim(), actor))));
      },
    }),
  ];
}

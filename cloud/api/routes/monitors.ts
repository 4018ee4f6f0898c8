import { z } from 'zod';
import { monitorIds } from '../../monitors/nine.ts';
import { monitorList } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { ApiParts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';

/** The nine monitors. */
export function monitorRoutes({ switchboard, detector, stream, options }: ApiParts): Route[] {
  const answer = { schema: monitorList, title: 'The nine monitors' };
  return [
    route({
      method: 'get',
      path: '/api/monitors',
      title: 'The nine monitors: which is on, how it is, what it is fed with and what it found',
      needs: 'monitors.read',
      answer,
      handle: ({ context }) => context.json({ items: switchboard.states(detector) }),
    }),
    route({
      method: 'put',
      path: '/api/monitors/:id',
      title: 'Switch a monitor on or off, until somebody switches it again',
      needs: 'monitors.switch',
      params: z.strictObject({ id: z.enum(monitorIds) }),
      body: z.strictObject({ enabled: z.boolean() }),
      answer,
      async handle({ context, params: { id }, body: { enabled } }, { name }) {
        const actor = { name, from: addressOf(context, options) };
        const isNew = await switchboard.switch(id, enabled, actor, detector).catch((error: unknown) => {
          throw error instanceof RangeError ? new Problem(409, 'not-possible', error.message) : error;
        });
        if (isNew) stream.publish({ type: 'monitor', data: { id, enabled } });
        return context.json({ items: switchboard.states(detector) });
      },
    }),
  ];
}

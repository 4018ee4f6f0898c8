import { z } from 'zod';
import type { MonitorState } from '../../monitors/monitor-state.ts';
import { monitorIds } from '../../monitors/nine.ts';
import { monitorList } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { ApiParts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';

const DAY_MS = 24 * 3_600_000;

/** The nine monitors. */
export function monitorRoutes({ switchboard, detector, stream, store, clock, options }: ApiParts): Route[] {
  /** Who sees a part of the sites is told that a monitor works and what it found there, not how much all sites have. */
  const statesFor = (scope: Scope): MonitorState[] => {
    const states = switchboard.states(detector);
    if (scope.isAll) return states;
    return states.map(({ lastObservedAt: _, lastDetectedAt: __, ...state }) => {
      const newest = state.newest.flatMap(({ incident, ...one }) => {
        const detection = store.detection(one.id);
        if (detection === undefined || !scope.seesDetection(detection)) return [];
        return [{ ...one, ...(incident === undefined ? {} : { incident }) }];
      });
      const [last] = newest;
      return {
        ...state,
        observations: 0,
        inputs: [],
        detections24h: newest.filter(({ at }) => at > clock.now() - DAY_MS).length,
        ...(last === undefined ? {} : { lastDetectedAt: last.at }),
        newest,
      };
    });
  };
  const answer = { schema: monitorList, title: 'The nine monitors' };
  return [
    route({
      method: 'get',
      path: '/api/monitors',
      title: 'The nine monitors: which is on, how it is, what it is fed with and what it found',
      needs: 'monitors.read',
      answer,
      handle: ({ context }, { scope }) => context.json({ items: statesFor(scope) }),
    }),
    route({
      method: 'put',
      path: '/api/monitors/:id',
      title: 'Switch a monitor on or off, until somebody switches it again',
      needs: 'monitors.switch',
      wholeOnly: true,
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

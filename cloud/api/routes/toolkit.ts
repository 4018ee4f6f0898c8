import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { toolStates } from '../../toolkit/states.ts';
import { addressOf } from '../client.ts';
import type { ToolState } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';
import { toolId, toolkitList } from '../toolkit-answers.ts';

const DAY_MS = 24 * 3_600_000;

/** The 19 tools of the house. */
export function toolkitRoutes(parts: ApiParts): Route[] {
  const { toolkit, detector, stream, store, clock, options } = parts;
  const answer = { schema: toolkitList, title: 'The 19 tools' };
  const statesFor = ({ role, scope }: Caller): ToolState[] => {
    const states = toolStates(parts).map((state) =>
      mayDo(role, 'audit.read') && scope.isAll ? state : withoutPersons(state),
    );
    return scope.isAll ? states : states.map((state) => seenBy(scope, state));
  };

  /** Who sees a part of the sites is told that a tool works and what it found there, not how much all sites have. */
  const seenBy = (
    scope: Scope,
    {
      observations: _,
      lastObservedAt: __,
      lastDetectedAt: ___,
      detections24h,
      problem,
      lastUse,
      ...state
    }: ToolState,
  ): ToolState => {
    const newest = state.newest.flatMap(({ incident, ...one }) => {
      const detection = store.detection(one.id);
      if (detection === undefined || !scope.seesDetection(detection)) return [];
      const seen = incident === undefined ? undefined : store.incident(incident);
      return [{ ...one, ...(seen !== undefined && scope.seesIncident(seen) ? { incident: seen.id } : {}) }];
    });
    const [last] = newest;
    const lately = newest.filter(({ at }) => at > clock.now() - DAY_MS).length;
    return {
      ...state,
      figures: [],
      inputs: [],
      ...(detections24h === undefined ? {} : { detections24h: lately }),
      ...(last === undefined ? {} : { lastDetectedAt: last.at }),
      newest,
    };
  };

  return [
    route({
      method: 'get',
      path: '/api/toolkit',
      title: 'The 19 tools: which is on, how it is, what it found and when it was used',
      needs: 'monitors.read',
      answer,
      handle: ({ context }, caller) => context.json({ items: statesFor(caller) }),
    }),
    route({
      method: 'put',
      path: '/api/toolkit/:id',
      title: 'Switch a tool on or off, until somebody switches it again',
      needs: 'toolkit.switch',
      wholeOnly: true,
      params: z.strictObject({ id: toolId }),
      body: z.strictObject({ enabled: z.boolean(), reason: plainText.trim().min(3).max(500) }),
      answer,
      async handle({ context, params: { id }, body: { enabled, reason } }, caller) {
        const actor = { name: caller.name, from: addressOf(context, options) };
        const isNew = await toolkit.switch(id, enabled, reason, actor, detector).catch((error: unknown) => {
          throw error instanceof RangeError ? new Problem(409, 'not-possible', error.message) : error;
        });
        if (isNew) stream.publish({ type: 'toolkit', data: { off: toolkit.off } });
        return context.json({ items: statesFor(caller) });
      },
    }),
  ];
}

/** Who did what is for those who may read the audit log. */
function withoutPersons({ lastUse, ...state }: ToolState): ToolState {
  return { ...state, ...(lastUse === undefined ? {} : { lastUse: { at: lastUse.at } }) };
}

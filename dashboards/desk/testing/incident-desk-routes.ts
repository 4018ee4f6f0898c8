/// <reference types="node" />
/** For tests only: what the incident desk's own routes answer, and what was asked of them. */
import { Hono } from 'hono';
import type { HuntResult, SavedView, ShiftList } from '../../../cloud/api/contract.ts';

/** @param body of the change under way */
export function incidentDeskRoutes(now: number, isEmpty: boolean, body: () => unknown): Hono {
  const app = new Hono();
  let views: SavedView[] = [];
  const shifts: ShiftList = {
    onDuty: isEmpty ? [] : [{ id: 's-1', name: 'Tom Feld', startedAt: now - 3_600_000 }],
    waiting: [],
    past: [],
    notes: [],
    open: {
      total: isEmpty ? 0 : 5,
      bySeverity: { info: 0, low: 0, medium: 2, high: 2, critical: isEmpty ? 0 : 1 },
      unassigned: isEmpty ? 0 : 3,
      incidents: isEmpty
        ? []
        : [{ id: 'i-2026-0117', title: 'Break-in', severity: 'critical', state: 'open', site: 'Lindenhof' }],
    },
  };
  app.get('/desk', (context) =>
    context.json({
      serviceLevels: { acknowledgeMs: { critical: 300_000 }, containMs: {}, warnAt: 0.75 },
      themes: ['forced', 'excursion'],
    }),
  );
  app.get('/views', (context) => context.json({ items: views }));
  app.put('/views/:id', (context) => {
    const { name, view, shared } = body() as SavedView;
    views = [{ id: context.req.param('id'), name, view, shared, owner: 'Mara Oduya', savedAt: now }];
    return context.json({ items: views });
  });
  app.post('/incidents/:id/presence', (context) =>
    context.json({
      incident: context.req.param('id'),
      people: isEmpty ? [] : [{ name: 'Tom Feld', activity: 'writing', since: now }],
    }),
  );
  app.get('/incidents/:id/similar', (context) => context.json({ items: [] }));
  app.post('/incidents/bulk', (context) => {
    const { ids } = body() as { ids: string[] };
    return context.json({ done: [], refused: ids.map((id) => ({ id, code: 'x', message: 'Not now.' })) });
  });
  app.get('/shifts', (context) => context.json(shifts));
  app.post('/shifts/:what', (context) => {
    shifts.onDuty.push({ id: 's-2', name: 'Mara Oduya', startedAt: now });
    return context.json(shifts);
  });
  app.post('/shifts/:id/:what', (context) => context.json(shifts));
  app.get('/hunts', (context) => context.json({ items: [] }));
  app.get('/hunt', (context) => {
    const query = context.req.query('query') ?? '';
    if (query.includes('opend'))
      return context.json(
        {
          error: { code: 'query', message: 'Nothing that is seen is called "door.opend".' },
          column: 1,
          length: query.length,
          suggestions: ['kind:door.opened'],
        },
        422,
      );
    const rows = isEmpty
      ? []
      : Array.from({ length: 20 }, (_, index) => ({
          place: 100 - index,
          at: now - index * 60_000,
          siteName: 'Lindenhof Pharmacy',
          assetName: 'Back door',
          people: [{ id: 'anna', name: 'Dr. Anna Weber' }],
          observation: {
            id: `gw/e/${index}`,
            kind: 'door.opened' as const,
            site: 'lindenhof',
            asset: 'back-door',
            source: 'zigbee2mqtt',
            observedAt: now - index * 60_000,
            receivedAt: now,
            clock: 'set' as const,
          },
        }));
    const result: HuntResult = {
      query,
      rows,
      total: rows.length,
      isMore: false,
      from: now - 20 * 60_000,
      to: now,
      bucketMs: 60_000,
      histogram: rows.map(({ at }) => ({ at: Math.floor(at / 60_000) * 60_000, count: 1 })),
      facets: {
        kinds: [{ value: 'door.opened', name: 'door.opened', count: 20, term: 'kind:door.opened' }],
        sites: [],
        assets: [],
      },
      sorted: rows.length,
      behind: 0,
    };
    return context.json(result);
  });
  return app;
}

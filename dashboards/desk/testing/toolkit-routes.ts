/** For tests: the 19 tools, which can be switched. */
import { Hono } from 'hono';
import type { StreamEvent, ToolState } from '../../../cloud/api/contract.ts';
import { monitors, peopleTools } from '../fixtures/monitors.ts';

export function toolkitRoutes(options: {
  now: number;
  isEmpty: boolean;
  by: () => string;
  /** What was sent last. */
  body: () => unknown;
  send: (event: StreamEvent) => void;
}): Hono {
  const fresh = ({
    since: _,
    switched: __,
    lastUse: ___,
    lastDetectedAt: ____,
    problem: _____,
    ...one
  }: ToolState) => ({
    ...one,
    enabled: true,
    standing: one.group === 'monitors' ? ('no-data' as const) : ('on' as const),
    ...(one.group === 'monitors' ? { problem: 'Nothing has reached it yet.', observations: 0 } : {}),
    detections24h: 0,
    figures: one.figures.map(({ name }) => ({ name, value: 0 })),
    inputs: [],
    newest: [],
  });
  let tools: ToolState[] = [...monitors, ...peopleTools];
  if (options.isEmpty) tools = tools.map(fresh);
  const app = new Hono();
  app.get('/', (context) => context.json({ items: tools }));
  app.put('/:id', (context) => {
    const id = context.req.param('id');
    const body = options.body();
    const reason = typeof body === 'object' && body !== null && 'reason' in body ? String(body.reason) : '';
    tools = tools.map((one): ToolState => {
      if (one.id !== id) return one;
      const switched = { by: options.by(), at: options.now, reason };
      const { problem: _, since: __, ...rest } = one;
      return { ...rest, switched, enabled: !one.enabled, standing: one.enabled ? 'off' : 'on' };
    });
    const off = tools.filter(({ standing }) => standing === 'off').map((one) => one.id);
    options.send({ type: 'toolkit', data: { off } });
    return context.json({ items: tools });
  });
  return app;
}

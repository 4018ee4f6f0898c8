/** What tools show beside the desk: to partners, to the public, behind the link of an alert. Nothing while they are off. */
import { Hono } from 'hono';
import { acknowledgePage } from '../alerting/acknowledge-page.ts';
import type { ApiParts } from '../api/parts.ts';
import type { ToolId } from './catalog.ts';
import type { Toolkit } from './toolkit.ts';

export function toolPages(parts: ApiParts): Hono[] {
  const { toolkit, intelligence, awareness, alerting, store, people, clock, onHandled } = parts;
  const { accounts, scopes } = people;
  const alerts = acknowledgePage({ alerting, store, accounts, scopes, now: () => clock.now(), onHandled });
  return [
    guarded(toolkit, 'sharing', '/taxii2/*', intelligence.routes),
    guarded(toolkit, 'sharing', '/alert/*', [alerts]),
    guarded(toolkit, 'awareness', '/learn/*', [awareness.pages]),
  ];
}

function guarded(toolkit: Toolkit, id: ToolId, paths: string, pages: readonly Hono[]): Hono {
  const app = new Hono();
  app.use(paths, async (context, next) => {
    const whyNot = toolkit.whyNot(id);
    if (whyNot !== undefined) return context.text(whyNot, 404);
    await next();
  });
  for (const page of pages) app.route('/', page);
  return app;
}

/// <reference types="node" />
/** For tests only: the registry's part of the server, over its fixtures. */
import { Hono } from 'hono';
import type { DiscoveredList, LinkSuggestionList, RegistryImport } from '../../../cloud/api/contract.ts';
import { discoveredList, linkSuggestions, registryPage } from '../fixtures/registry.ts';

/** @param bodyOf the body of the request under way: it has been read before */
export function registryRoutes(now: number, bodyOf: () => unknown): Hono {
  let suggestions: LinkSuggestionList = linkSuggestions(now);
  let discovered: DiscoveredList = discoveredList(now);
  const idIn = (body: unknown): string =>
    typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
  const app = new Hono();
  app.get('/', (context) => context.json(registryPage(context.req.query('find') ?? '')));
  app.get('/suggestions', (context) => context.json(suggestions));
  app.post('/suggestions', (context) => {
    const body = bodyOf() as { decision: 'accepted' | 'rejected' };
    const found = suggestions.items.find(({ id }) => id === idIn(body));
    if (found === undefined) return context.notFound();
    const { id, kind, a, b } = found;
    const decided = { id, kind, a, b, decision: body.decision, by: 'Ines Brandt', at: now };
    suggestions = {
      ...suggestions,
      items: suggestions.items.filter((one) => one !== found),
      decided: [decided, ...suggestions.decided],
    };
    return context.json(suggestions);
  });
  app.get('/discovered', (context) => context.json(discovered));
  app.post('/discovered', (context) => {
    discovered = { ...discovered, items: discovered.items.filter(({ id }) => id !== idIn(bodyOf())) };
    return context.json(discovered);
  });
  app.post('/import', (context) => {
    const { files } = bodyOf() as RegistryImport;
    if (files.some(({ text }) => text.includes('nowhere')))
      return context.json(
        { error: { code: 'not-imported', message: 'assets.csv:3 column site: there is no site "nowhere"' } },
        422,
      );
    return context.json({
      changes: [
        { list: 'identities', id: 'zoe', change: 'added', fields: [] },
        {
          list: 'assets',
          id: 'till-1',
          change: 'changed',
          fields: ['name: Till → Till 1', 'criticality: 3 → 4'],
        },
      ],
      more: 0,
      same: 41,
    });
  });
  return app;
}

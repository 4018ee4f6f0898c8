/// <reference types="node" />
/** For tests only: assets, risks and cascades of the server, over answers that the cloud gave for the demonstration's pharmacy. */
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type {
  AssetMap,
  CascadeAnswer,
  Comparison,
  DependencyEntry,
  RiskDecisions,
  RiskRegister,
} from '../../../cloud/api/contract.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));

/** @param bodyOf the body of the request under way: it has been read before */
export function landscapeRoutes(now: number, isEmpty: boolean, bodyOf: () => unknown): Hono {
  const full = fixture('asset-map') as AssetMap;
  let map: AssetMap = isEmpty
    ? { ...full, assets: [], dependencies: [], people: [], waiting: [], mitigations: [] }
    : full;
  const answer = fixture('cascade-answer') as CascadeAnswer;
  const whole = fixture('risk-register') as RiskRegister;
  const register: RiskRegister = isEmpty
    ? { ...whole, rows: [], mitigations: [], annual: 0, inherentAnnual: 0 }
    : whole;
  let kept: Comparison[] = [];
  let decisions: RiskDecisions = {
    items: [],
    catalogues: [{ name: 'pharmacy', title: 'Pharmacy', assets: 23, threats: 15, mitigations: 12 }],
    sites: map.sites.map(({ id, name }) => ({ id, name, seems: 'pharmacy' as const })),
  };
  const app = new Hono();
  app.get('/assets', (context) => context.json(map));
  app.get('/registry/assets/:id', (context) => {
    const found = map.assets.find(({ id }) => id === context.req.param('id'));
    if (found === undefined) return context.notFound();
    const { id, name, kind, site, zone, criticality } = found;
    return context.json({ id, name, kind, site, zone, criticality, guards: [], dependsOn: [] });
  });
  app.put('/registry/assets/:id', (context) => {
    const { name, dependsOn } = bodyOf() as { name: string; dependsOn: string[] };
    const id = context.req.param('id');
    if (dependsOn.includes('nowhere'))
      return context.json(
        { error: { code: 'not-taken', message: 'there is no asset "nowhere".', field: 'dependsOn' } },
        422,
      );
    map = {
      ...map,
      assets: map.assets.map((one) => (one.id === id ? { ...one, name, waiting: 'changed' } : one)),
      waiting: [
        ...map.waiting.filter((one) => one.id !== id),
        { list: 'assets', id, name, change: 'changed', fields: [`name: … → ${name}`], canTakeBack: true },
      ],
    };
    return context.json(map);
  });
  app.post('/registry/take-back', (context) => {
    const { id } = bodyOf() as { id: string };
    map = { ...map, waiting: map.waiting.filter((one) => one.id !== id) };
    return context.json(map);
  });
  app.post('/registry/use', (context) => {
    const changes = map.waiting.length;
    map = { ...map, waiting: [] };
    return context.json({ changes });
  });
  app.post('/dependencies', (context) => {
    const entry = bodyOf() as DependencyEntry;
    map = {
      ...map,
      dependencies: [
        ...map.dependencies,
        { ...entry, id: 'desk-1', origin: 'added', delayMs: 0, bufferMs: 0 },
      ],
    };
    return context.json(map);
  });
  app.get('/cascade/comparisons', (context) => context.json({ items: kept }));
  app.post('/cascade/comparisons', (context) => {
    const made = { ...(bodyOf() as Comparison), id: 'kept-1', by: 'Ines Brandt', at: now };
    kept = [made, ...kept];
    return context.json(made);
  });
  app.post('/cascade', (context) => {
    const { whatIf } = bodyOf() as { whatIf: string[] };
    return context.json(whatIf.length === 0 ? { cascade: answer.cascade } : answer);
  });
  app.get('/incidents/:id/cascade', (context) => {
    const { cascade } = answer;
    return context.json({
      incident: context.req.param('id'),
      since: now,
      happened: cascade.failed.map((one) => ({ ...one, at: now, detection: 'd-1' })),
      cascade,
      headline: '',
      helps: [{ mitigation: 'fridge-ups', name: 'Power for the fridge', saves: 6_100 }],
      urgency: { without: 61.2, with: 70.3, because: 'Mains power stops working: next Till stops working.' },
    });
  });
  app.get('/risk', (context) => context.json(register));
  app.get('/risk/decisions', (context) => context.json(decisions));
  app.put('/risk/decisions', (context) => {
    const made = bodyOf() as RiskDecisions['items'][number];
    const item = { ...made, by: 'Ines Brandt', at: now, isDue: false };
    decisions = { ...decisions, items: [...decisions.items.filter(({ row }) => row !== made.row), item] };
    return context.json(decisions);
  });
  app.put('/risk/mitigations', (context) => context.json(decisions));
  return app;
}

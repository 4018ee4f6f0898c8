import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { graphDocument } from '../cascade/document.ts';
import { Foresight } from '../cascade/foresight.ts';
import { NotTaken, RegistryBook } from '../registry/book.ts';
import { atSite, seemingCatalogue, standsFor } from '../risk/at-site.ts';
import { catalogues, readCatalogue } from '../risk/catalogue.ts';
import { dependencyEntry, dependencyId, graphOverlay, overlaid, problemOf } from './graph-overlay.ts';
import { effectOf, raised, weighing } from './weighing.ts';

const document = registryDocument.parse({
  sites: [{ id: 'shop', name: 'Pharmacy by the park' }],
  assets: [
    { id: 'back-door', kind: 'door', name: 'Back door', site: 'shop' },
    { id: 'safe', kind: 'cabinet', name: 'Safe', site: 'shop', criticality: 5 },
    { id: 'cold', kind: 'fridge', name: 'Cold', site: 'shop', dependsOn: ['plug'] },
    { id: 'plug', kind: 'sensor', name: 'Plug', site: 'shop' },
  ],
  identities: [{ id: 'zoe', name: 'Zoe', mayOpen: ['back-door'] }],
});
const registry = registryOf(document);
const graph = graphDocument.parse({
  assets: [
    { id: 'back-door' },
    { id: 'safe', name: 'Safe', losses: [{ effect: 'stolen', once: 10_000 }] },
    { id: 'plug' },
  ],
  dependencies: [
    { of: 'safe', effect: 'stolen', on: [{ asset: 'back-door', effect: 'intruded' }], probability: 0.5 },
  ],
  mitigations: [{ id: 'bolt', name: 'A bolt', acts: [{ of: 'safe', effectiveness: 0.8 }] }],
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function bookOf(folder = mkdtempSync(join(tmpdir(), 'gatehouse-landscape-'))): RegistryBook {
  folders.push(folder);
  return new RegistryBook({
    given: document,
    file: join(folder, 'overlay.json'),
    discoveryFile: join(folder, 'discovered.json'),
  });
}

const incident: Incident = {
  id: 'i-1',
  title: 'A break-in',
  first: 1,
  last: 1,
  severity: 'high',
  priority: 60,
  detections: ['d-1'],
  assets: ['back-door'],
  identities: [],
  links: [],
};
const forced = {
  id: 'd-1',
  rule: 'door-forced',
  severity: 'high',
  at: 1,
  assets: ['back-door'],
} as Detection;

test('an incident gains by what it will break, says why, and comes to the same a second time', () => {
  const weigh = weighing({ detectionOf: () => forced, registry: () => registry, graph: () => graph });
  const weighed = weigh(incident);
  const harm = new Foresight(graph, (id) => registry.asset(id)?.criticality ?? 0).harmOf({
    asset: 'back-door',
    effect: 'intruded',
  });
  expect(harm?.loss).toBe(5_000);
  expect(weighed.priority).toBe(raised(60, effectOf(harm ?? { loss: 0, hurt: 0 })));
  expect(weighed.priority).toBeGreaterThan(65);
  expect(weighed.effect).toMatchObject({ without: 60, cause: { asset: 'back-door', effect: 'intruded' } });
  expect(weighed.effect?.because).toMatch(
    /^Back door is open to an intruder: next .*Safe is stolen with 50 %/,
  );
  // What is weighed already is weighed from the correlator's word again.
  expect(weigh(incident)).toEqual(weighed);
});

test('nothing that happened, or nothing that follows, leaves an incident as it is', () => {
  const plain = (rule: string) =>
    weighing({
      detectionOf: () => ({ ...forced, rule, severity: 'low' }),
      registry: () => registry,
      graph: () => graphDocument.parse({}),
    })({
      ...incident,
      effect: { without: 1, cause: { asset: 'a', effect: 'b' }, loss: 1, currency: 'EUR', because: '' },
    });
  expect(plain('door-open-late')).toEqual(incident);
  expect(plain('door-forced')).toEqual(incident);
});

test('a higher effect never lowers, and order among equals stays', () => {
  expect(raised(40, 0)).toBe(40);
  expect(raised(40, 0.5)).toBeGreaterThan(raised(40, 0.2));
  expect(raised(50, 0.3)).toBeGreaterThan(raised(40, 0.3));
  expect(raised(100, 0.5)).toBe(100);
  expect(effectOf({ loss: 1e9, hurt: 1e9 })).toBe(0.5);
});

test('what the desk says is laid over the graph and nothing of the graph is lost', () => {
  const [first] = graph.dependencies;
  if (first === undefined) throw new Error('the graph has a dependency');
  const entry = dependencyEntry.parse({ of: 'plug', on: [{ asset: 'safe' }], buffer: '2 h' });
  const overlay = graphOverlay.parse({
    added: [
      { id: 'desk-1', entry },
      { id: 'desk-2', entry: { ...entry, of: 'gone' } },
    ],
    removed: [dependencyId(first)],
    mitigations: [{ id: 'bolt', inPlace: true }],
  });
  const laid = overlaid(graph, overlay, registry, readCatalogue);
  expect(laid.graph.dependencies).toMatchObject([{ of: 'plug', buffer: { kind: 'fixed', ms: 7_200_000 } }]);
  expect(laid.graph.mitigations).toMatchObject([{ id: 'bolt', inPlace: true }]);
  expect(laid.leftOut).toBe(1);
  expect(overlaid(graph, graphOverlay.parse({}), registry, readCatalogue).graph).toEqual(graph);
  expect(problemOf({ ...entry, of: 'gone' }, graph)?.field).toBe('of');
  expect(problemOf({ ...entry, buffer: 'soon' }, graph)?.field).toBe('buffer');
  expect(problemOf(entry, graph)).toBeUndefined();
});

test.each(catalogues)('the starter catalogue %s fits a site and holds together', (name) => {
  const catalogue = readCatalogue(name);
  const laid = overlaid(
    graph,
    graphOverlay.parse({ catalogues: [{ site: 'shop', catalogue: name }] }),
    registry,
    () => catalogue,
  ).graph;
  const ids = new Set(laid.assets.map(({ id }) => id));
  for (const { of, on } of laid.dependencies)
    for (const id of [of, ...on.map((one) => one.asset)]) expect(ids).toContain(id);
  expect(new Set(laid.threats.map(({ id }) => id)).size).toBe(catalogue.threats.length);
  const stands = [...standsFor(catalogue, 'shop', registry).values()];
  expect(new Set(stands).size).toBe(stands.length);
  expect(atSite(catalogue, 'shop', registry).services.every(({ id }) => id.startsWith('shop.'))).toBe(true);
});

test('a site seems what it is called', () => {
  expect(seemingCatalogue('shop', registry)).toBe('pharmacy');
});

test('an entry is changed, added, taken out and taken back; what is wrong is told at its field', () => {
  const book = bookOf();
  const [door] = document.assets;
  book.edit('assets', 'back-door', { ...door, criticality: 5 });
  book.edit('assets', 'lamp', { id: 'lamp', kind: 'sensor', name: 'Lamp', site: 'shop' });
  book.edit('assets', 'safe', undefined);
  expect(book.waiting.changes.map(({ id, change }) => `${id} ${change}`)).toEqual([
    'back-door changed',
    'lamp added',
    'safe removed',
  ]);
  expect(book.live.asset('safe')).toBeDefined();
  expect(() => book.edit('assets', 'plug', undefined)).toThrow('"cold" names it under dependsOn');
  const refused = (entry: object) => {
    try {
      book.edit('assets', 'lamp', { id: 'lamp', kind: 'sensor', name: 'Lamp', site: 'shop', ...entry });
    } catch (error) {
      return error instanceof NotTaken ? error.field : error;
    }
    return 'taken';
  };
  expect(refused({ hostedOn: 'moon' })).toBe('hostedOn');
  expect(refused({ criticality: 9 })).toBe('criticality');
  expect(refused({ site: 'nowhere' })).toBe('site');
  book.takeBack('assets', 'safe');
  book.takeBack('assets', 'lamp');
  expect(book.waiting.changes.map(({ id }) => id)).toEqual(['back-door']);
  book.edit('identities', 'zoe', undefined);
  const { live } = book;
  book.takeIntoUse();
  // The one object that everybody keeps speaks of what is in use now.
  expect(live.asset('back-door')?.criticality).toBe(5);
  expect(live.identity('zoe')).toBeUndefined();
  expect(book.waiting.changes).toEqual([]);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfiguration } from '../../devices/configuration.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { cascade } from '../cascade/cascade.ts';
import { graphDocument } from '../cascade/document.ts';
import { readGraph } from '../cascade/read-graph.ts';
import { riskRegister } from '../risk/register.ts';
import { installationGraph } from './dependencies.ts';
import { DependencyBook } from './dependency-book.ts';

const world = (name: string) => resolve(import.meta.dirname, '../../simulators/world', name);

test("the demonstration's break-in leads to the cabinet, its stolen log-in to the shop", () => {
  const file = world('registry.yaml');
  const registry = registryOf(parseConfiguration(registryDocument, readFileSync(file, 'utf8'), file));
  const graph = installationGraph(registry, readGraph(world('dependencies.yaml')));
  const follows = (asset: string, effect: string) =>
    cascade(graph, { failures: [{ asset, effect }] }).effects.map((one) => `${one.asset}:${one.effect}`);
  expect(follows('back-door', 'intruded')).toContain('drugs-cabinet:stolen');
  expect(follows('shop-admin', 'compromised')).toContain('web-shop:altered');
  const named = cascade(graph, { failures: [{ asset: 'linden-mains', effect: 'down' }] });
  expect(named.effects.map(({ name }) => name)).toContain('Medicine fridge 1');
  // Its own strangers aside, the file speaks of assets that the registry knows.
  const strangers = graph.assets.filter(({ id }) => registry.asset(id) === undefined).map(({ id }) => id);
  expect(strangers).toEqual(['linden-mains', 'north-mains', 'internet-line']);
  expect(riskRegister(graph).annual).toBeGreaterThan(0);
});

test('decisions that can not be read are not thrown away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-book-'));
  const file = join(folder, 'decisions.json');
  writeFileSync(file, '{"not": "a list"}');
  const parts = { graph: graphDocument.parse({}), store: { observations: () => [] }, file };
  expect(() => new DependencyBook(parts)).toThrow(/does not hold decisions on dependencies/);
  expect(readFileSync(file, 'utf8')).toBe('{"not": "a list"}');
  rmSync(folder, { recursive: true });
});

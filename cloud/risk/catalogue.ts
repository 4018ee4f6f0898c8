/** Starter files: a site of each kind with its usual assets, dependencies, threats, weaknesses and mitigations. */
import { resolve } from 'node:path';
import type { GraphDocument } from '../cascade/graph.ts';
import { readGraph } from '../cascade/read-graph.ts';

export const catalogues = ['pharmacy', 'warehouse', 'shop', 'bank-branch'] as const;
export type Catalogue = (typeof catalogues)[number];

export const isCatalogue = (name: string): name is Catalogue => catalogues.some((one) => one === name);

export const catalogueFile = (name: Catalogue): string =>
  resolve(import.meta.dirname, 'catalogues', `${name}.yaml`);

/** @throws ConfigurationError */
export const readCatalogue = (name: Catalogue): GraphDocument => readGraph(catalogueFile(name));

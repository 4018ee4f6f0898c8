/** The graph of dependencies that a cloud goes by, for somebody who only reads what it left: see landscape.ts. */
import type { Registry } from '../../devices/model/registry.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import { readCatalogue } from '../risk/catalogue.ts';
import { installationGraph } from './dependencies.ts';
import { DependencyBook } from './dependency-book.ts';
import { graphOverlay, overlaid } from './graph-overlay.ts';

export interface GraphSources {
  registry: Registry;
  /** What the file of dependencies says. */
  file?: GraphDocument | undefined;
  /** What people at the desk laid over it. */
  overlay?: unknown;
  /** What they decided on learned dependencies. */
  decisionsFile?: string | undefined;
}

/** @throws Error where what was kept can't be read */
export function graphInUse({ registry, file, overlay, decisionsFile }: GraphSources): GraphDocument {
  const { graph } = overlaid(
    installationGraph(registry, file),
    graphOverlay.parse(overlay ?? {}),
    registry,
    readCatalogue,
  );
  if (decisionsFile === undefined) return graph;
  // Nothing is suggested here, only what was accepted counts.
  return new DependencyBook({ graph, store: { observations: () => [] }, file: decisionsFile }).graph;
}

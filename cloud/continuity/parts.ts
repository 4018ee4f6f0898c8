import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import type { Store } from '../store/store.ts';
import type { ContinuitySettings } from './settings.ts';

/** A simulator that tells stories. */
export interface Simulator {
  readonly list: readonly { id: string; title: string; running: boolean }[];
  /** @throws Error fit for a person */
  start(scenario: string): Promise<void>;
}

export interface ContinuityParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  settings: ContinuitySettings;
  graph(): GraphDocument;
  onTrouble(message: string): void;
}

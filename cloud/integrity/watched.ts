/** What the watch is given, and what it says of itself. */
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { IntegritySettings } from './configuration.ts';

export interface WatchOptions {
  settings: IntegritySettings;
  registry: Registry;
  clock: Clock;
  /** Where the memory is kept. */
  file: string;
  /** A path of the configuration. */
  resolve(path: string): string;
  /** Resolves once stored; the same observation may be given again. */
  commit(observations: readonly Observation[]): Promise<void>;
  /** A look that could not be ended, fit for a person. */
  onTrouble(trouble: string): void;
}

/** What its two halves share. */
export interface WatchContext extends WatchOptions {
  /** The memory is on disk once this has returned. */
  save(): void;
}

export interface WatchHealth {
  pages: {
    url: string;
    state: 'learning' | 'watched' | 'unreachable' | 'not-fetched';
    reachedAt?: number;
    because?: string;
    scripts: number;
    open: number;
  }[];
  folders: { path: string; files: number; open: number; unreadable: number; isCut: boolean }[];
}

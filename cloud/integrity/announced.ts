/** What somebody has said beforehand: that the shop is being deployed, or that a file with this content comes. */
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { isOpen } from '../situation/opening.ts';
import type { IntegritySettings } from './configuration.ts';
import { MAX_ANNOUNCED, type Memory } from './memory.ts';

/** A hash announced longer ago than this no longer excuses anything. */
const ANNOUNCED_MS = 24 * 3_600_000;

/** A time in which the shop's own scripts and files may change. */
export interface DeployWindow {
  from: number;
  to: number;
  by: string;
}

/** What was announced, in the memory that is kept. */
export class Announced {
  readonly #memory: Memory;
  readonly #settings: IntegritySettings;
  readonly #registry: Registry;

  constructor(memory: Memory, settings: IntegritySettings, registry: Registry) {
    this.#memory = memory;
    this.#settings = settings;
    this.#registry = registry;
  }

  addWindow(window: DeployWindow): void {
    const { windows } = this.#memory;
    this.#memory.windows = [...windows.filter(({ to }) => to > window.from - ANNOUNCED_MS), window].slice(
      -MAX_ANNOUNCED,
    );
  }

  /** Takes what reports of a deployment say (`file.changed` that was expected, with its hash); true: there was such a one. */
  hear(observations: readonly Observation[]): boolean {
    const told = observations.flatMap(({ kind, facts, observables, observedAt, source }) =>
      kind === 'file.changed' &&
      facts?.expected === true &&
      observables?.hash !== undefined &&
      !source.startsWith('integrity:')
        ? [{ hash: observables.hash, at: observedAt }]
        : [],
    );
    this.#memory.announced = [...this.#memory.announced, ...told].slice(-MAX_ANNOUNCED);
    return told.length > 0;
  }

  hasHash(hash: string | undefined, at: number): boolean {
    return (
      hash !== undefined &&
      this.#memory.announced.some((one) => one.hash === hash && Math.abs(at - one.at) <= ANNOUNCED_MS)
    );
  }

  hasWindow(asset: string, at: number): boolean {
    const registry = this.#registry;
    const timeZone = registry.site(registry.asset(asset)?.site ?? '')?.timeZone ?? 'UTC';
    return (
      this.#memory.windows.some(({ from, to }) => at >= from && at <= to) ||
      isOpen({ opening: this.#settings.deployWindows, timeZone }, at)
    );
  }
}

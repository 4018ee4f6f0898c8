import type { ZodType } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Judgement, MonitorSample } from './monitor.ts';

/** A monitor at work, with what it remembers. */
export interface Standing {
  /** Takes observations in whatever order they came, each once however often it is given. */
  observe(observations: readonly Observation[]): Judgement;
  /** It is this late now: what should have come by then and did not is judged. */
  pass(now: number): Judgement;
  /** Things given up because there were too many. */
  readonly forgotten: number;
}

export interface StandingSample {
  name: string;
  configuration?: Record<string, unknown>;
  observations: MonitorSample['observations'];
  /** Time that has passed by the end, ms; without it only the observations tell the time. */
  until?: number;
  expect: { rule: string; at?: number; severity: Severity; count?: number }[];
}

/**
 * A monitor that keeps a memory of its own: because it sums up what is too much to keep, ties several names of one
 * thing together, or waits for what does not come. What it finds must follow from the set of observations and the
 * time alone, whatever the order of arrival, as long as nothing had to be given up.
 */
export interface StandingMonitor<Configuration> {
  readonly kind: string;
  readonly title: string;
  readonly configuration: ZodType<Configuration>;
  /** Names of all rules that its detections may carry. */
  readonly rules: readonly string[];
  readonly observes: readonly ObservationKind[];
  /** They come in thousands a second: after a start they are read apart, so that they crowd out nobody else's. */
  readonly comeInCrowds?: boolean;
  /** How far back observations are wanted after a start. */
  rememberMs(configuration: Configuration): number;
  open(configuration: Configuration, registry: Registry): Standing;
  readonly samples: readonly StandingSample[];
}

/** A standing monitor whose configuration is known to itself alone. */
export type AnyStandingMonitor = StandingMonitor<unknown>;

/** Ids held in each of the two generations. */
const MAX_RECENT_IDS = 100_000;

/** Which observations were given lately: a sum must not count one twice. */
export class RecentIds {
  #young = new Set<string>();
  #old = new Set<string>();

  /** False: it was given before, and not long ago. */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    if (this.#young.size >= MAX_RECENT_IDS) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}

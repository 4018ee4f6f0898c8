/**
 * A pilot: an attack told over real wires in a world of its own, with the truth of it beside it, so that what the
 * product made of it can be scored (`score.ts`). A new one is
 *
 * - one file here (`bank.ts`) that exports a `Pilot`, and one line in `pilots` of `catalog.ts`;
 * - one folder in `simulators/world` with its configuration: `registry.yaml`, `cloud.yaml` and whatever its houses
 *   read (a gateway's file, a bridge's). Files of one name of several pilots, and of `world/ground`, are merged: lists
 *   one after the other, maps key by key; `${name}` is filled in (`PilotSettings`).
 *
 * `stage/pilot-stage.ts` starts one cloud for all pilots it is given, and each pilot's houses.
 */
import type { Clock } from '../../devices/model/clock.ts';
import type { Random } from '../random.ts';

/**
 * What a detection looks like: its rule, where it is named one of its assets, and each observable that is named. It is
 * what a step must lead to, not what it happens to lead to: nothing here may be read off a run.
 */
export interface Sign {
  readonly rule: string;
  readonly asset?: string;
  /** By name; a list: any of them. */
  readonly observables?: Readonly<Record<string, string | readonly string[]>>;
}

/** One thing that the attackers do. */
export interface Step {
  readonly id: string;
  /** What is done, as it is told. */
  readonly text: string;
  /** Which of the incidents it belongs to; the first of the truth's where it is not said. */
  readonly incident?: string;
  /** The step is seen when one of them is. */
  readonly signs: readonly Sign[];
  /** What belongs to the attack as well, and would not show this step by itself: no noise, and no merit. */
  readonly also?: readonly Sign[];
  /**
   * How long after it began it can be seen at all by its nature, ms of the world: a rhythm that needs twelve beats.
   * 0 where it is not said. Only for what is certain from the step itself.
   */
  readonly showsAfterMs?: number;
}

/** What really happened. */
export interface GroundTruth {
  /** As many as an expert would make of it: one, unless the scenario says why not. */
  readonly incidents: readonly { readonly id: string; readonly title: string }[];
  /** Where it happened; an incident of the attack that reaches another site is wrong. */
  readonly sites: readonly string[];
  readonly steps: readonly Step[];
}

/** What a pilot's world is built on, before the cloud and the gateways run. */
export interface Ground {
  readonly clock: Clock;
  readonly random: Random;
  /** Folder of the run; paths of the configuration are relative to it. */
  readonly folder: string;
  /** A port that the pilot asked for. @throws RangeError for one that it did not */
  port(name: string): number;
  /** A secret that the pilot asked for. @throws RangeError for one that it did not */
  secret(name: string): string;
  /** Where the cloud takes what is posted; it may not be up yet. */
  readonly cloudUrl: string;
  say(text: string): void;
  readonly signal: AbortSignal;
}

/** What a pilot's telling writes its steps into. */
export interface Narrator {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  say(text: string): void;
  /** A step begins now. @throws RangeError for one that the truth does not have */
  step(id: string): void;
}

/** A pilot's servers and devices, running. */
export interface PilotWorld {
  /** The ordinary day there, with everything that is no attack, until the signal. */
  day(): Promise<unknown>;
  /** The attack, and what happens to lie beside it. Resolves once it is told. */
  tell(narrator: Narrator): Promise<void>;
}

/** A process of the product that belongs to a pilot: a gateway, a bridge. */
export interface PilotHouse {
  readonly name: string;
  /** From the project's root: `edge/main.ts`. */
  readonly main: string;
  /** Its configuration, a file of the pilot's folder. */
  readonly configuration: string;
}

export interface PilotSettings {
  /** Folder in `simulators/world`. */
  readonly folder: string;
  /** Ports to be had; `${name}` in the configuration. */
  readonly ports: readonly string[];
  /**
   * Secrets to be made: a file `<name>` beside the configuration; `${<name>Sha256}` and, for passwords,
   * `${<name>PasswordHash}` in it.
   */
  readonly secrets: readonly string[];
  /** Started together, once the cloud is ready. */
  readonly houses: readonly PilotHouse[];
}

export interface Pilot {
  readonly id: string;
  readonly title: string;
  /** One line: what happens. */
  readonly story: string;
  /** When its day begins unless somebody says otherwise, HH:MM in Berlin. */
  readonly beginsAt: string;
  readonly settings: PilotSettings;
  readonly truth: GroundTruth;
  /** Opens its world: what cloud and gateways ask at their start must answer from here on. */
  open(ground: Ground): Promise<PilotWorld>;
}

import type { Observation } from '../../devices/model/observation.ts';
import type { ArmingAnswer, ArmingMode, ArmingSchedule, ArmingStatus } from '../api/contract.ts';
import {
  type AccessConfiguration,
  type AccessState,
  accessState,
  accessStep,
  initialAccess,
  nextAccessWake,
} from './access.ts';
import { type ArmingInput, armingStatus, armingStep, nextArmingWake } from './arming.ts';
import {
  type ArmingConfiguration,
  type ArmingState,
  armingState,
  initialArming,
  modeInForce,
} from './arming-state.ts';
import type { Actor, PanelContext, PanelOutcome } from './outcome.ts';

/** All that is kept of the panel lies below this prefix. */
export const PANEL_PREFIX = 'panel/';

export interface PanelOptions {
  arming: ArmingConfiguration;
  access: AccessConfiguration;
  context: PanelContext;
  now: number;
  kept: ReadonlyMap<string, unknown>;
  keep(key: string, value: unknown): void;
  /** What is so at an asset by now, whether or not an observation told the panel. */
  contactOf?(asset: string): 'open' | 'closed' | undefined;
}

/** What a step of the panel wants: its states are taken already, nothing else has been done. */
export type Wanted = Omit<PanelOutcome<unknown>, 'state'>;

const nothing: Wanted = { observations: [], detections: [], actions: [] };

/** Holds the states of arming and access, and asks their pure machines. */
export class Panel {
  readonly #options: PanelOptions;
  #arming: ArmingState;
  #access: AccessState;

  constructor(options: PanelOptions) {
    this.#options = options;
    const { kept, arming, now } = options;
    this.#arming =
      armingState.safeParse(kept.get(`${PANEL_PREFIX}arming`)).data ?? initialArming(arming, now);
    this.#access = accessState.safeParse(kept.get(`${PANEL_PREFIX}access`)).data ?? initialAccess();
  }

  /** The mode that protects now, for the rules. */
  get mode(): ArmingMode {
    return modeInForce(this.#arming);
  }

  get phase(): ArmingState['phase'] {
    return this.#arming.phase;
  }

  status(): ArmingStatus {
    const { arming, context } = this.#options;
    return armingStatus(this.#informed(), arming, context.registry);
  }

  /** Detections of the panel's own whose cause goes on: an alarm until it is disarmed, arming that is tried again. */
  activeDetections(): string[] {
    const { phase, alarm, retry } = this.#arming;
    return [phase === 'triggered' ? alarm?.detection : undefined, retry?.detection].filter(
      (id) => id !== undefined,
    );
  }

  nextWakeAt(): number | undefined {
    const times = [nextArmingWake(this.#arming, this.#options.context), nextAccessWake(this.#access)];
    const due = times.filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  observe(observation: Observation): Wanted {
    return both(
      this.#enter({ type: 'observation', observation }),
      this.#arm({ type: 'observation', observation }),
    );
  }

  passTime(at: number): Wanted {
    return both(this.#enter({ type: 'time', at }), this.#arm({ type: 'time', at }));
  }

  arm(
    mode: ArmingMode,
    bypass: readonly string[],
    by: Actor,
    at: number,
    duress = false,
  ): Wanted & { answer?: ArmingAnswer } {
    return this.#arm(
      mode === 'disarmed' ? { type: 'disarm', by, at, duress } : { type: 'arm', mode, bypass, by, at },
    );
  }

  changeSchedule(entries: ArmingSchedule['entries'], by: Actor, at: number): Wanted {
    return this.#arm({ type: 'schedule', entries, by, at });
  }

  #arm(input: ArmingInput): Wanted & { answer?: ArmingAnswer } {
    const { arming, context, keep } = this.#options;
    const before = input.type === 'observation' ? this.#arming : this.#informed();
    const { state, ...wanted } = armingStep(before, input, arming, context);
    if (state !== this.#arming) {
      this.#arming = state;
      keep(`${PANEL_PREFIX}arming`, state);
    }
    return wanted;
  }

  /**
   * With what is so by now. A door that has been closed since the first day has made no observation, and one that
   * was opened while the gateway was away was only corrected: neither may be armed on as it was remembered.
   */
  #informed(): ArmingState {
    const { arming, contactOf } = this.#options;
    if (contactOf === undefined) return this.#arming;
    const { points } = this.#arming;
    const told = [...arming.entryDoors, ...arming.perimeter, ...arming.interior, ...arming.always].flatMap(
      (asset): [string, ArmingState['points'][string]][] => {
        const contact = contactOf(asset);
        const isNew = contact !== undefined && contact !== points[asset]?.contact;
        return isNew ? [[asset, { ...points[asset], contact }]] : [];
      },
    );
    return told.length === 0
      ? this.#arming
      : { ...this.#arming, points: { ...points, ...Object.fromEntries(told) } };
  }

  #enter(input: Parameters<typeof accessStep>[1]): Wanted {
    const { access, context, keep } = this.#options;
    const { state, ...wanted } = accessStep(this.#access, input, access, context);
    if (state !== this.#access) {
      this.#access = state;
      keep(`${PANEL_PREFIX}access`, state);
    }
    return wanted;
  }
}

function both(first: Wanted, second: Wanted): Wanted {
  if (isNothing(first)) return isNothing(second) ? nothing : second;
  return {
    observations: [...first.observations, ...second.observations],
    detections: [...first.detections, ...second.detections],
    actions: [...first.actions, ...second.actions],
  };
}

const isNothing = ({ observations, detections, actions }: Wanted) =>
  observations.length === 0 && detections.length === 0 && actions.length === 0;

import type { Observation } from '../../devices/model/observation.ts';
import type { ArmingAnswer, ArmingMode, ArmingSchedule, ArmingStatus } from '../api/contract.ts';
import { PasswordChecker, parsePasswordHash } from '../broker/password.ts';
import type { MoveInstants } from '../clock/move-instants.ts';
import { accessKinds, accessStep, activeAccessDetections } from './access.ts';
import { type ArmingInput, armingKinds, armingStatus, armingStep, nextArmingWake } from './arming.ts';
import {
  type ArmingConfiguration,
  type ArmingState,
  armingState,
  initialArming,
  modeInForce,
} from './arming-state.ts';
import { type AccessState, accessState, initialAccess, nextAccessWake } from './door/access-state.ts';
import type { AccessRules } from './door/admission.ts';
import type { AccessConfiguration } from './door/configuration.ts';
import {
  type HandOverState,
  handOverKinds,
  handOverState,
  handOverStep,
  initialHandOver,
  nextHandOverWake,
  RETURN_MS,
  vehicleOfTag,
} from './hand-over.ts';
import type { DeliveryConfiguration } from './hand-over-configuration.ts';
import { judge } from './hand-over-judgement.ts';
import type { Actor, PanelContext, PanelOutcome } from './outcome.ts';
import { DAY_MS } from './zone-time.ts';

/** All that is kept of the panel lies below this prefix. */
export const PANEL_PREFIX = 'panel/';

export interface PanelOptions {
  arming: ArmingConfiguration;
  access: AccessConfiguration;
  deliveries: DeliveryConfiguration;
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

/** Holds the states of arming, access and hand-overs, and asks their pure machines. */
export class Panel {
  readonly #options: PanelOptions;
  #arming: ArmingState;
  #access: AccessState;
  #accessConfiguration: AccessConfiguration;
  #deliveries: DeliveryConfiguration;
  #handOver: HandOverState;
  readonly #rules: AccessRules;
  readonly #codes = new PasswordChecker();
  /** Readers whose code is being compared: one at a time. */
  readonly #comparing = new Set<string>();
  /** When time alone changes something; worked out anew when it may have changed. */
  #armingWakeAt: number | undefined;
  #doorsWakeAt: number | undefined;
  #handOverWakeAt: number | undefined;

  constructor(options: PanelOptions) {
    this.#options = options;
    this.#accessConfiguration = options.access;
    this.#deliveries = options.deliveries;
    const { kept, arming, now } = options;
    this.#arming =
      armingState.safeParse(kept.get(`${PANEL_PREFIX}arming`)).data ?? initialArming(arming, now);
    this.#access = accessState.safeParse(kept.get(`${PANEL_PREFIX}access`)).data ?? initialAccess();
    this.#handOver =
      handOverState.safeParse(kept.get(`${PANEL_PREFIX}deliveries`)).data ?? initialHandOver(now);
    this.#armingWakeAt = nextArmingWake(this.#arming, options.context);
    this.#doorsWakeAt = nextAccessWake(this.#access, options.access);
    this.#handOverWakeAt = this.#nextHandOver(now);
    this.#rules = {
      isVehicle: (badge) => vehicleOfTag(badge, this.#deliveries) !== undefined,
      refuses: ({ id, kind }, reader, at) => this.#isUnexpected({ id }, kind, reader, at),
    };
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
    return [
      phase === 'triggered' ? alarm?.detection : undefined,
      retry?.detection,
      ...activeAccessDetections(this.#access),
    ].filter((id) => id !== undefined);
  }

  nextWakeAt(): number | undefined {
    const times = [this.#armingWakeAt, this.#doorsWakeAt, this.#handOverWakeAt];
    const due = times.filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  observe(observation: Observation): Wanted {
    const { kind, observables, observedAt, receivedAt } = observation;
    const isArmings =
      armingKinds.has(kind) || Math.min(observedAt, receivedAt) >= (this.#armingWakeAt ?? Infinity);
    const armed = isArmings ? this.#arm({ type: 'observation', observation }) : nothing;
    const delivers = handOverKinds.has(kind) || observables?.plate !== undefined;
    if (!delivers && !accessKinds.has(kind)) return armed;
    const entered = accessKinds.has(kind) ? this.#enter({ type: 'observation', observation }) : nothing;
    return both(
      both(entered, armed),
      delivers ? this.#handOverTo({ type: 'observation', observation }) : nothing,
    );
  }

  passTime(at: number): Wanted {
    const entered = this.#enter({ type: 'time', at });
    return both(both(entered, this.#arm({ type: 'time', at })), this.#handOverTo({ type: 'time', at }));
  }

  /** After a step of the clock: doors, delays and visits go on as long as they would have. */
  moveInstants(move: MoveInstants, now: number): void {
    const { keep } = this.#options;
    const arming = armingState.safeParse(move(this.#arming)).data ?? this.#arming;
    // The schedule means hours of the day: what lay in time that is left out is due now, as after a power cut.
    this.#arming = { ...arming, scheduledUntil: Math.min(this.#arming.scheduledUntil, now) };
    this.#access = accessState.safeParse(move(this.#access)).data ?? this.#access;
    this.#handOver = handOverState.safeParse(move(this.#handOver)).data ?? this.#handOver;
    keep(`${PANEL_PREFIX}arming`, this.#arming);
    keep(`${PANEL_PREFIX}access`, this.#access);
    keep(`${PANEL_PREFIX}deliveries`, this.#handOver);
    this.#armingWakeAt = nextArmingWake(this.#arming, this.#options.context);
    this.#doorsWakeAt = nextAccessWake(this.#access, this.#accessConfiguration);
    this.#handOverWakeAt = this.#nextHandOver(now);
  }

  /** Goes over to another configuration; what is open, awaited or known of people stays. */
  replaceAccess(access: AccessConfiguration, deliveries: DeliveryConfiguration, now: number): void {
    this.#accessConfiguration = access;
    this.#deliveries = deliveries;
    this.#armingWakeAt = nextArmingWake(this.#arming, this.#options.context);
    this.#doorsWakeAt = nextAccessWake(this.#access, access);
    this.#handOverWakeAt = this.#nextHandOver(now);
  }

  /**
   * A code that was typed at a reader: compared with that of whoever has shown a badge there, and kept nowhere.
   * @throws TooBusy
   */
  async enterCode(reader: string, code: string, at: number): Promise<Wanted> {
    // Whoever types faster than a comparison takes is no person.
    if (this.#comparing.has(reader)) return nothing;
    const who = this.#whoTypes(reader);
    const person = this.#accessConfiguration.people.find(({ identity }) => identity === who);
    if (who === undefined || person === undefined)
      return this.#enter({ type: 'code', reader, at, outcome: 'wrong' });
    this.#comparing.add(reader);
    const begun = this.#enter({ type: 'typing', reader, at });
    try {
      const offered = Buffer.from(code);
      const check = async (name: string, hash: string | undefined) => {
        const parsed = hash === undefined ? undefined : parsePasswordHash(hash);
        // Checked also where there is none, so that the time does not tell who has a second code.
        return this.#codes.check(name, offered, parsed);
      };
      const [right, duress] = await Promise.all([
        check(`${who} at a door`, person.codeHash),
        check(`${who} at a door under duress`, person.duressCodeHash),
      ]);
      // Nobody waits any more: its time was over before the comparison was.
      if (this.#whoTypes(reader) !== who) return begun;
      const outcome = right ? 'right' : duress ? 'duress' : 'wrong';
      return both(begun, this.#enter({ type: 'code', reader, at, outcome }));
    } finally {
      this.#comparing.delete(reader);
    }
  }

  #whoTypes(reader: string): string | undefined {
    const waiting = this.#access.waiting[reader];
    return waiting?.wants === 'code' ? waiting.who.identity : undefined;
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

  /**
   * Somebody armed, as a recording tells: `isOver` where it tells of the end of the time for leaving.
   * For a replay alone.
   */
  armAsRecorded(
    mode: 'away' | 'night',
    bypass: readonly string[],
    by: Actor,
    at: number,
    isOver: boolean,
  ): Wanted {
    const { answer: _answer, ...armed } = this.#arm({
      ...{ type: 'arm', mode, bypass, by, at },
      ...(isOver && { exitDelayMs: 0 }),
    });
    return isOver ? both(armed, this.#arm({ type: 'time', at })) : armed;
  }

  /** Who is asked for a code at this reader. */
  waitsForCode(reader: string): string | undefined {
    return this.#whoTypes(reader);
  }

  /** A code that has been compared already, as a recording tells: the code itself stands nowhere. */
  codeAnswered(reader: string, outcome: 'right' | 'wrong', at: number): Wanted {
    return this.#enter({ type: 'code', reader, at, outcome });
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
      this.#armingWakeAt = nextArmingWake(state, context);
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
    const { context, keep } = this.#options;
    const access = this.#accessConfiguration;
    const due = this.#doorsWakeAt ?? Number.POSITIVE_INFINITY;
    const { state, ...wanted } = accessStep(this.#access, input, access, context, this.#rules, due);
    if (state !== this.#access) {
      this.#access = state;
      this.#doorsWakeAt = nextAccessWake(state, access);
      keep(`${PANEL_PREFIX}access`, state);
    }
    return wanted;
  }

  #handOverTo(input: Parameters<typeof handOverStep>[1]): Wanted {
    const { context, keep } = this.#options;
    const deliveries = this.#deliveries;
    if (deliveries.points.length === 0) return nothing;
    const { state, ...wanted } = handOverStep(this.#handOver, input, deliveries, context);
    const isChanged = state !== this.#handOver;
    const at = input.type === 'time' ? input.at : input.observation.receivedAt;
    if (isChanged) {
      this.#handOver = state;
      keep(`${PANEL_PREFIX}deliveries`, state);
    }
    if (isChanged || at >= (this.#handOverWakeAt ?? 0)) this.#handOverWakeAt = this.#nextHandOver(at);
    return wanted;
  }

  /** At the latest in a day: what is announced for tomorrow comes into view only then. */
  #nextHandOver(now: number): number | undefined {
    const { context } = this.#options;
    const deliveries = this.#deliveries;
    if (deliveries.points.length === 0 || deliveries.expected.length === 0) return undefined;
    return nextHandOverWake(this.#handOver, now, deliveries, context) ?? now + DAY_MS;
  }

  /** A courier whom no announcement names for now. */
  #isUnexpected(person: { id: string }, kind: string, reader: string, at: number): boolean {
    const { context } = this.#options;
    const deliveries = this.#deliveries;
    if (!deliveries.refusesOthers || kind !== 'courier' || !deliveries.points.includes(reader)) return false;
    const { done, vehicles, came } = this.#handOver;
    const last = came[person.id];
    if (last !== undefined && at - last < RETURN_MS) return false;
    const { outcome } = judge(
      { person, reader, at },
      deliveries,
      context,
      (key) => done[key] !== undefined,
      vehicles,
    );
    return outcome !== 'as-expected' && outcome !== 'wrong-vehicle';
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

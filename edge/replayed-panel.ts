/**
 * The panel in a replay: recorded observations through the same machines of arming, doors and deliveries.
 *
 * A recording holds what the world did and what the panel said to it. Nothing may be taken twice, so:
 * - what the panel itself said (a badge granted or refused, a delivery checked, what the schedule did) is left out: the
 *   panel here says it anew;
 * - what a person did at the panel (armed, disarmed, a code typed) stands in the recording only as the panel's word, and
 *   is given to the panel here as that person's wish;
 * - what became of an order counts only where the panel here gave the same order, and where somebody is refused here who
 *   was let in then, the opening that followed did not happen: nobody forces a door that they would not have reached;
 * - what locks, doors and people else did is taken as it was.
 */
import type { Observation } from '../devices/model/observation.ts';
import type { Registry } from '../devices/model/registry.ts';
import type { ArmingMode } from './api/contract.ts';
import { type ArmingConfiguration, initialArming } from './panel/arming.ts';
import type { AccessConfiguration } from './panel/door/configuration.ts';
import { locksOf } from './panel/door/doors.ts';
import type { DeliveryConfiguration } from './panel/hand-over-configuration.ts';
import { type Actor, actor, type ObservationDraft } from './panel/outcome.ts';
import { PANEL_PREFIX, Panel, type Wanted } from './panel/panel.ts';
import type { LocalAction } from './rules/rule.ts';

/** What the panel goes by. */
export interface PanelSettings {
  arming: ArmingConfiguration;
  access: AccessConfiguration;
  deliveries: DeliveryConfiguration;
}

export interface ReplayedPanelOptions extends PanelSettings {
  site: string;
  registry: Registry;
  /** How the site was armed when the recording begins. */
  armed: ArmingMode;
  /** When it begins. */
  from: number;
}

/** What became of an order may come so late: the longest that an order lives. */
const OUTCOME_MS = 600_000;
/** Badges and orders that are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;
const machines = new Set(['access', 'panel']);
const nothing: Wanted = { observations: [], detections: [], actions: [] };

/** What is done with an observation of the recording: `taken` goes through panel and rules. */
export type Sorted = { taken: boolean; wanted: Wanted };

export class ReplayedPanel {
  readonly panel: Panel;
  readonly #options: ReplayedPanelOptions;
  readonly #contacts = new Map<string, 'open' | 'closed'>();
  readonly #locks = new Map<string, 'locked' | 'unlocked' | 'jammed'>();
  /** Ids of presented badges that were let in here. */
  readonly #granted = new Set<string>();
  /** When each order was given here last. */
  readonly #orders = new Map<string, number>();
  /** Doors and locks that stay as they are until then: whoever opened them is refused here. */
  readonly #shut = new Map<string, number>();
  /** Doors whose opening was left out: so is their closing. */
  readonly #unopened = new Set<string>();

  constructor(options: ReplayedPanelOptions) {
    this.#options = options;
    const { arming, access, deliveries, site, registry, from, armed } = options;
    this.panel = new Panel({
      arming,
      access,
      deliveries,
      context: { site, registry, lockOf: (lock) => this.#locks.get(lock) },
      now: from,
      kept: new Map([[`${PANEL_PREFIX}arming`, { ...initialArming(arming, from), mode: armed }]]),
      keep: () => undefined,
      // A door of which the recording has not spoken yet has not moved: nearly all stand closed.
      contactOf: (asset) => this.#contacts.get(asset) ?? 'closed',
    });
  }

  /** Decides what an observation of the recording is here, and does what a person did through the panel. */
  sort(seen: Observation): Sorted {
    if (this.#isLeftOut(seen)) return { taken: false, wanted: nothing };
    this.#remember(seen);
    if (!seen.source.startsWith('gateway:')) return { taken: true, wanted: nothing };
    switch (seen.kind) {
      case 'access.granted':
      case 'access.denied':
      case 'access.pending':
        return { taken: false, wanted: this.#answered(seen) };
      case 'delivery.checked':
        return { taken: false, wanted: nothing };
      case 'alarm.armed':
      case 'alarm.disarmed':
      case 'alarm.arming-refused':
        return { taken: false, wanted: this.#ordered(seen) };
      case 'command.executed':
      case 'command.failed':
        return { taken: this.#gaveOrder(seen), wanted: nothing };
      default:
        return { taken: true, wanted: nothing };
    }
  }

  /** Orders that the panel or a rule gave here: they go nowhere. */
  ordered(actions: readonly LocalAction[], at: number): void {
    for (const { action, asset } of actions) bounded(this.#orders, `${action} ${asset}`, at);
  }

  /** What the panel here said of a badge. */
  said({ kind, facts }: ObservationDraft): void {
    const presented = facts?.presented;
    if (kind !== 'access.granted' || typeof presented !== 'string') return;
    this.#granted.add(presented);
    if (this.#granted.size > MAX_REMEMBERED)
      for (const oldest of this.#granted) {
        this.#granted.delete(oldest);
        break;
      }
    for (const each of namesIn(facts?.opens))
      for (const asset of this.#partsOf(each)) this.#shut.delete(asset);
  }

  #partsOf(door: string): string[] {
    const { site, registry } = this.#options;
    return [door, ...locksOf(door, { site, registry })];
  }

  #remember({ kind, asset }: Observation): void {
    if (kind === 'door.opened' || kind === 'door.closed')
      this.#contacts.set(asset, kind === 'door.opened' ? 'open' : 'closed');
    if (kind === 'lock.locked') this.#locks.set(asset, 'locked');
    if (kind === 'lock.unlocked') this.#locks.set(asset, 'unlocked');
    if (kind === 'lock.jammed') this.#locks.set(asset, 'jammed');
  }

  /** The opening behind somebody who is refused here. */
  #isLeftOut({ kind, asset, observedAt }: Observation): boolean {
    if (kind === 'door.closed') return this.#unopened.delete(asset);
    if (kind !== 'door.opened' && kind !== 'lock.unlocked' && kind !== 'lock.locked') return false;
    const until = this.#shut.get(asset);
    if (until === undefined || observedAt > until) return false;
    if (kind === 'door.opened') this.#unopened.add(asset);
    return true;
  }

  /** The recorded answer at a reader: a code that was typed, or somebody who is not let in here. */
  #answered(seen: Observation): Wanted {
    const { kind, asset: reader, observedAt: at, facts } = seen;
    const waiting = this.panel.waitsForCode(reader);
    const because = facts?.because;
    let wanted = nothing;
    if (waiting !== undefined && seen.subjects?.identity === waiting) {
      // Whoever was let in would have typed the code that is wanted here, too.
      const isRight =
        kind === 'access.granted' || (kind === 'access.pending' && facts?.wants === 'second-person');
      if (isRight) wanted = this.panel.codeAnswered(reader, 'right', at);
      else if (because === 'wrong-code') wanted = this.panel.codeAnswered(reader, 'wrong', at);
    } else if (because === 'code-without-badge') wanted = this.panel.codeAnswered(reader, 'wrong', at);
    for (const draft of wanted.observations) this.said(draft);
    const presented = facts?.presented;
    if (kind === 'access.granted' && typeof presented === 'string' && !this.#granted.has(presented))
      for (const door of namesIn(facts?.opens))
        for (const asset of this.#partsOf(door))
          bounded(this.#shut, asset, at + this.#options.access.passageMs);
    return wanted;
  }

  /** Armed, disarmed, or tried to: by a person, then it is wished here too. The schedule has its own turn here. */
  #ordered({ kind, observedAt: at, facts = {}, subjects, asset }: Observation): Wanted {
    if (asset !== this.#options.arming.asset || facts.from === 'schedule') return nothing;
    const by: Actor = actor.safeParse({ name: facts.by, from: facts.from, ...subjects }).data ?? someone;
    if (kind === 'alarm.disarmed') return this.panel.arm('disarmed', [], by, at);
    const mode = facts.mode;
    if (mode !== 'away' && mode !== 'night') return nothing;
    // It is told when the time for leaving is over; a refusal that names what was left out was given at once.
    const isOver = kind === 'alarm.armed' || facts.bypassed === undefined;
    return this.panel.armAsRecorded(mode, namesIn(facts.bypassed), by, at, isOver);
  }

  #gaveOrder({ facts = {}, asset, observedAt }: Observation): boolean {
    const { by, action } = facts;
    const isMachines = typeof by === 'string' && machines.has(by);
    const given = this.#orders.get(`${action} ${asset}`);
    return !isMachines || (given !== undefined && observedAt - given <= OUTCOME_MS);
  }
}

const someone: Actor = { name: 'somebody', from: 'site' };

/** `door-1, door-2`, as facts hold lists. */
const namesIn = (text: unknown): string[] =>
  typeof text === 'string' && text !== '' ? text.split(', ') : [];

function bounded<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_REMEMBERED) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}

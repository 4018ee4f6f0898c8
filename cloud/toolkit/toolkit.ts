/** The 19 tools at work: which runs, who said so and why, and its switch. What each has is in states.ts. */
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Detected, Detector } from '../detector.ts';
import type { Switchboard } from '../monitors/switchboard.ts';
import type { Store } from '../store/store.ts';
import { isMonitor, type PeopleToolId, peopleToolIds, type ToolId, toolIds, toolOf } from './catalog.ts';
import { type Running, runningOf } from './running.ts';
import type { ToolLife } from './tool-life.ts';

const SWITCH = 'tool-switch';

const said = z.strictObject({
  enabled: z.boolean(),
  at: z.number(),
  by: z.string(),
  reason: z.string(),
});
/** What a person said of a tool last. */
export type Said = z.infer<typeof said>;

export interface ToolkitParts {
  store: Pick<Store, 'documents' | 'putDocuments'>;
  clock: Clock;
  /** The nine monitors. */
  switchboard: Switchboard;
  /** Those that the configuration switches off; what a person said goes before it. */
  off: readonly ToolId[];
  onTrouble(message: string): void;
}

export class Toolkit {
  readonly #parts: ToolkitParts;
  readonly #said = new Map<ToolId, Said>();
  #lives: Readonly<Partial<Record<PeopleToolId, ToolLife>>> = {};
  /** Those that have begun, each with what ends it. */
  readonly #begun = new Map<PeopleToolId, { life: ToolLife; stop: AbortController }>();
  #ended: AbortSignal | undefined;
  #running: Map<ToolId, Running> | undefined;
  /** One switch after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ToolkitParts) {
    this.#parts = parts;
    for (const { id, value } of parts.store.documents(SWITCH)) {
      const known = toolIds.find((one) => one === id);
      const read = said.safeParse(value);
      if (known !== undefined && read.success) this.#said.set(known, read.data);
      else parts.onTrouble(`the switch of ${id} can't be read: what the configuration says counts`);
    }
  }

  /** Begins those that are on, until the signal. Before it none observes anything. */
  start(lives: Readonly<Record<PeopleToolId, ToolLife>>, ended: AbortSignal): void {
    this.#lives = lives;
    this.#ended = ended;
    this.#running = undefined;
    for (const id of peopleToolIds) if (this.isOn(id)) this.#begin(id);
  }

  /** Nothing of any tool is under way: after the signal. */
  async settled(): Promise<void> {
    await this.#turn.catch(() => undefined);
    for (const life of Object.values(this.#lives)) await life.settled?.();
  }

  /** Whether somebody wants it to run, be it held or not. */
  isWanted(id: ToolId): boolean {
    const { switchboard, off } = this.#parts;
    if (isMonitor(id)) return switchboard.isOn(id) && switchboard.isThere(id);
    return this.isThere(id) && (this.#said.get(id)?.enabled ?? !off.includes(id));
  }

  /** False: the configuration leaves it out, and no switch brings it. */
  isThere(id: ToolId): boolean {
    return isMonitor(id) ? this.#parts.switchboard.isThere(id) : this.#lives[id]?.isThere !== false;
  }

  running(id: ToolId): Running {
    this.#running ??= runningOf((one) => this.isWanted(one));
    return this.#running.get(id) ?? 'off';
  }

  isOn(id: ToolId): boolean {
    return this.running(id) === 'on';
  }

  /** Those that do not run, whatever the reason. */
  get off(): ToolId[] {
    return toolIds.filter((id) => !this.isOn(id));
  }

  /** Why it is not to be had, in one sentence; undefined while it runs. */
  whyNot(id: ToolId): string | undefined {
    const running = this.running(id);
    if (running === 'on') return undefined;
    const { title } = toolOf(id);
    return running === 'off'
      ? `"${title}" is switched off in this installation.`
      : `"${title}" stands still: it needs "${toolOf(running.heldBy).title}", which is switched off.`;
  }

  /** What a person said last, as long as it counts. */
  said(id: ToolId): Said | undefined {
    const last = this.#said.get(id);
    return last?.enabled === this.isWanted(id) ? last : undefined;
  }

  life(id: PeopleToolId): ToolLife | undefined {
    return this.#lives[id];
  }

  /** Kinds that the detector does not run, monitors' included. */
  get kindsOff(): string[] {
    const { switchboard } = this.#parts;
    return [
      ...switchboard.kindsOff,
      ...peopleToolIds.flatMap((id) => (this.isOn(id) ? [] : toolOf(id).runs)),
    ];
  }

  observed(observations: readonly Observation[]): void {
    for (const { life } of this.#begun.values()) life.observed?.(observations);
  }

  detected(detected: Detected): void {
    for (const { life } of this.#begun.values()) life.detected?.(detected);
  }

  handled(incident: string): void {
    for (const { life } of this.#begun.values()) life.handled?.(incident);
  }

  /**
   * Switches one, from now on and after a restart; what needs it is held or goes on.
   * @returns false: it was so already
   * @throws RangeError, fit for a person, where only the configuration can do it
   */
  switch(
    id: ToolId,
    enabled: boolean,
    reason: string,
    actor: { name: string; from: string },
    detector: Detector,
  ): Promise<boolean> {
    const done = this.#turn.then(() => this.#switch(id, enabled, reason, actor, detector));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #switch(
    id: ToolId,
    enabled: boolean,
    reason: string,
    actor: { name: string; from: string },
    detector: Detector,
  ): Promise<boolean> {
    const { store, clock, switchboard } = this.#parts;
    if (!this.isThere(id)) throw new RangeError('The configuration leaves it out.');
    if (this.isWanted(id) === enabled) return false;
    const at = clock.now();
    const value: Said = { enabled, at, by: actor.name, reason };
    const document = { kind: SWITCH, id, value };
    if (isMonitor(id)) {
      await switchboard.switch(id, enabled, actor, detector, reason);
      await store.putDocuments([document]);
    } else {
      const action = enabled ? 'tool.switched-on' : 'tool.switched-off';
      await store.putDocuments([document], {
        at,
        by: actor.name,
        from: actor.from,
        action,
        about: `${id}: ${reason}`,
      });
    }
    this.#said.set(id, value);
    const before = new Set(this.off);
    this.#running = undefined;
    for (const one of peopleToolIds) if (!this.isOn(one) && !before.has(one)) await this.#end(one, detector);
    for (const one of peopleToolIds)
      if (this.isOn(one) && before.has(one)) {
        this.#begin(one);
        await this.#run(one, true, detector);
      }
    return true;
  }

  #begin(id: PeopleToolId): void {
    const life = this.#lives[id];
    const ended = this.#ended;
    if (life === undefined || ended === undefined || ended.aborted || this.#begun.has(id)) return;
    const stop = new AbortController();
    this.#begun.set(id, { life, stop });
    life.start?.(AbortSignal.any([ended, stop.signal]));
  }

  async #end(id: PeopleToolId, detector: Detector): Promise<void> {
    const begun = this.#begun.get(id);
    this.#begun.delete(id);
    begun?.stop.abort();
    await this.#run(id, false, detector);
    await begun?.life.settled?.();
  }

  /** What the detector runs for it. */
  async #run(id: PeopleToolId, isOn: boolean, detector: Detector): Promise<void> {
    const { runs } = toolOf(id);
    if (runs.length === 0) return;
    await detector.turn(async (table) => {
      for (const kind of runs) await table.switch(kind, isOn);
    });
  }
}

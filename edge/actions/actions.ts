import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import {
  type Command,
  type CommandAction,
  type CommandOutcome,
  command,
} from '../../devices/model/command.ts';
import { type MoveInstants, moved } from '../clock/move-instants.ts';
import { isSignal } from '../site/properties.ts';

/** Commands that may be under way at once; a site has a handful of sirens and locks. */
export const MAX_COMMANDS_UNDER_WAY = 256;
/** A command without readback is sent again after this long, until its lifetime ends. */
export const REPEAT_AFTER_MS = 2_000;
/** A siren falls silent by itself: neighbours and bylaws ask for it. */
export const MAX_SIREN_MS = 180_000;

/** The state of the device that confirms that a command was carried out. */
export interface Readback {
  property: string;
  value: string;
}

const readbacks: Record<CommandAction, Readback | undefined> = {
  'siren.on': { property: 'siren', value: 'on' },
  'siren.off': { property: 'siren', value: 'off' },
  'buzzer.on': { property: 'siren', value: 'on' },
  'buzzer.off': { property: 'siren', value: 'off' },
  'lock.lock': { property: 'lock', value: 'locked' },
  'lock.unlock': { property: 'lock', value: 'unlocked' },
  // Its driver answers with the picture itself.
  'picture.take': undefined,
  'camera.go-to-preset': undefined,
  'reader.granted': undefined,
  'reader.denied': undefined,
  'reader.waiting': undefined,
  // Whoever reads it says so.
  'page.notice': undefined,
};

const endsWith: Partial<Record<CommandAction, CommandAction>> = {
  'siren.on': 'siren.off',
  'buzzer.on': 'buzzer.off',
};

const underWay = z.strictObject({ command, delivered: z.boolean() });
type UnderWay = z.infer<typeof underWay>;

export interface ActionsOptions {
  clock: Clock;
  /** Why a command must not be carried out, whoever asks; undefined where it may. */
  interlock?(command: Command): string | undefined;
  /** Hands the command to the device's driver; false: nothing here can carry it out. */
  deliver(command: Command): boolean;
  /** What the device last said of itself. */
  current(asset: string, property: string): string | number | undefined;
  onOutcome(command: Command, outcome: CommandOutcome, detail: string): void;
  keep(key: string, value: unknown): void;
  forget(key: string): void;
  kept: ReadonlyMap<string, unknown>;
}

/** All that is kept of actions lies below this prefix. */
export const ACTIONS_PREFIX = 'action/';
const keyOf = (id: string) => `${ACTIONS_PREFIX}command/${id}`;
const silenceKeyOf = (asset: string) => `${ACTIONS_PREFIX}silence/${asset}`;

const silence = z.strictObject({ command, dueAt: z.number() });

/**
 * Carries commands out: each has a lifetime after which it is dead, is repeated until the device itself
 * reports the new state, and ends with exactly one outcome. Commands under way survive a restart.
 */
export class Actions {
  readonly #options: ActionsOptions;
  readonly #underWay = new Map<string, UnderWay & { cancel: () => void }>();
  readonly #silencing = new Map<string, z.infer<typeof silence> & { cancel: () => void }>();

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** Takes up what a restart interrupted: what is still alive is sent again, what is too late expires. */
  resume(): void {
    for (const [key, value] of [...this.#options.kept]) {
      const interrupted = underWay.safeParse(value);
      const sounding = silence.safeParse(value);
      this.#options.forget(key);
      if (interrupted.success) this.start(interrupted.data.command);
      else if (sounding.success) this.#silenceAt(sounding.data.command, sounding.data.dueAt);
    }
  }

  /** Begins a command. The same id twice is one command. */
  start(issued: Command): void {
    if (this.#underWay.has(issued.id)) return;
    const { clock } = this.#options;
    // Issued by a clock that is ahead of this one: it must not live the longer for that.
    const begun = { ...issued, issuedAt: Math.min(issued.issuedAt, clock.now()) };
    if (isSignal(begun.action)) {
      // A light at a reader that shows none has done no harm.
      this.#options.deliver(begun);
      return;
    }
    if (this.#underWay.size >= MAX_COMMANDS_UNDER_WAY) {
      this.#options.onOutcome(begun, 'refused', `${MAX_COMMANDS_UNDER_WAY} commands are already under way`);
      return;
    }
    if (clock.now() > begun.issuedAt + begun.lifetimeMs) {
      this.#options.onOutcome(begun, 'expired', 'its lifetime was over before it could begin');
      return;
    }
    const blocked = this.#options.interlock?.(begun);
    if (blocked !== undefined) {
      this.#options.onOutcome(begun, 'refused', blocked);
      return;
    }
    this.#underWay.set(begun.id, { command: begun, delivered: false, cancel: () => {} });
    // Somebody stands at a door: it goes out first and is noted down for a restart after that.
    this.#attempt(begun.id);
    if (this.#underWay.has(begun.id))
      this.#options.keep(keyOf(begun.id), { command: begun, delivered: true });
  }

  /**
   * After a step of the clock. What waits for a command goes by the clock that never jumps; only when it began, and
   * so when it is over, is told in the clock's time.
   */
  moveInstants(move: MoveInstants): void {
    for (const [id, entry] of this.#underWay) {
      entry.command = { ...entry.command, issuedAt: moved(entry.command.issuedAt, move) };
      this.#options.keep(keyOf(id), { command: entry.command, delivered: entry.delivered });
    }
    for (const [asset, silencing] of this.#silencing) {
      silencing.dueAt = moved(silencing.dueAt, move);
      const { command: begun, dueAt } = silencing;
      this.#options.keep(silenceKeyOf(asset), { command: begun, dueAt });
    }
  }

  /** Tells that an asset reported a state: confirms every command that waited for it. */
  readback(asset: string, property: string, value: string | number): void {
    for (const [id, entry] of this.#underWay) {
      const expected = readbacks[entry.command.action];
      if (entry.command.asset === asset && expected?.property === property && expected.value === value) {
        this.#end(id, 'confirmed', `${asset} reports ${property} ${value}`);
      }
    }
  }

  /** The driver did it and has its own proof (a picture). */
  done(id: string, detail: string): void {
    if (this.#underWay.has(id)) this.#end(id, 'confirmed', detail);
  }

  /** The driver tried and can't. */
  failed(id: string, detail: string): void {
    if (this.#underWay.has(id)) this.#end(id, 'failed', detail);
  }

  /** Messages that nobody at the site has said to have seen, oldest first. */
  notices(): Command[] {
    return [...this.#underWay.values()]
      .map(({ command: begun }) => begun)
      .filter(({ action }) => action === 'page.notice')
      .sort((a, b) => a.issuedAt - b.issuedAt);
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  stop(): void {
    for (const { cancel } of this.#underWay.values()) cancel();
    for (const { cancel } of this.#silencing.values()) cancel();
  }

  #attempt(id: string): void {
    const entry = this.#underWay.get(id);
    if (entry === undefined) return;
    const { clock } = this.#options;
    const { command: begun } = entry;
    const deadline = begun.issuedAt + begun.lifetimeMs;
    if (clock.now() >= deadline) {
      const outcome = entry.delivered ? 'unconfirmed' : 'expired';
      this.#end(
        id,
        outcome,
        entry.delivered ? 'no readback within its lifetime' : 'the device could not be reached',
      );
      return;
    }
    if (!this.#options.deliver(begun)) {
      this.#end(id, 'refused', `nothing at ${begun.asset} can do ${begun.action}`);
      return;
    }
    entry.delivered = true;
    const expected = readbacks[begun.action];
    // Already so: sent all the same, in case the report is old, but confirmed by what is known.
    if (expected !== undefined && this.#options.current(begun.asset, expected.property) === expected.value) {
      this.#end(id, 'confirmed', `${begun.asset} already reports ${expected.property} ${expected.value}`);
      return;
    }
    if (expected === undefined) {
      // The driver says itself when it is done; asking twice would be two pictures.
      const late = () => this.#end(id, 'unconfirmed', 'its driver gave no answer within its lifetime');
      entry.cancel = clock.schedule(deadline - clock.now(), late);
      return;
    }
    entry.cancel = clock.schedule(Math.min(REPEAT_AFTER_MS, deadline - clock.now()), () => this.#attempt(id));
  }

  #end(id: string, outcome: CommandOutcome, detail: string): void {
    const entry = this.#underWay.get(id);
    if (entry === undefined) return;
    entry.cancel();
    this.#underWay.delete(id);
    this.#options.forget(keyOf(id));
    this.#options.onOutcome(entry.command, outcome, detail);
    if (outcome === 'confirmed') this.#limitSiren(entry.command);
  }

  #limitSiren(begun: Command): void {
    this.#silencing.get(begun.asset)?.cancel();
    this.#silencing.delete(begun.asset);
    this.#options.forget(silenceKeyOf(begun.asset));
    if (endsWith[begun.action] !== undefined)
      this.#silenceAt(begun, this.#options.clock.now() + MAX_SIREN_MS);
  }

  #silenceAt(begun: Command, dueAt: number): void {
    const opposite = endsWith[begun.action];
    if (opposite === undefined) return;
    const { clock } = this.#options;
    this.#options.keep(silenceKeyOf(begun.asset), { command: begun, dueAt });
    const cancel = clock.schedule(dueAt - clock.now(), () => {
      this.#silencing.delete(begun.asset);
      this.#options.forget(silenceKeyOf(begun.asset));
      this.start({
        ...begun,
        id: `${begun.id}/silence`,
        action: opposite,
        issuedAt: clock.now(),
        reason: `silent after ${MAX_SIREN_MS / 1_000} s`,
      });
    });
    this.#silencing.set(begun.asset, { command: begun, dueAt, cancel });
  }
}

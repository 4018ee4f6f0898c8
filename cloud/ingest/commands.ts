/** Commands on their way to gateways: held until they are done or dead, so that a short break loses none. */
import type { Command } from '../../devices/model/command.ts';
import type { Observation } from '../../devices/model/observation.ts';

/** Commands under way to one gateway, at most: more is somebody leaning on a key. */
export const MAX_COMMANDS_PER_GATEWAY = 100;

export interface PendingCommand {
  /** Orders a gateway's commands. */
  number: number;
  command: Command;
}

export class PendingCommands {
  readonly #byGateway = new Map<string, PendingCommand[]>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #number: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    // Numbers of an earlier life of this process must lie below: gateways remember how far they had got.
    this.#number = now();
  }

  /** @throws RangeError when the gateway has too many of them already */
  add(gateway: string, command: Command): PendingCommand {
    const pending = this.behind(gateway, 0);
    if (pending.length >= MAX_COMMANDS_PER_GATEWAY)
      throw new RangeError(
        `gateway "${gateway}": ${MAX_COMMANDS_PER_GATEWAY} commands are under way already`,
      );
    const entry = { number: ++this.#number, command };
    this.#byGateway.set(gateway, [...pending, entry]);
    for (const wake of this.#waiting.get(gateway) ?? []) wake();
    return entry;
  }

  /** The gateway is cut off: nothing goes down to it any more. */
  drop(gateway: string): void {
    this.#byGateway.delete(gateway);
    for (const wake of this.#waiting.get(gateway) ?? []) wake();
  }

  /** Commands that are still alive, oldest first. */
  behind(gateway: string, number: number): PendingCommand[] {
    const now = this.#now();
    const alive = (this.#byGateway.get(gateway) ?? []).filter(
      ({ command }) => command.issuedAt + command.lifetimeMs > now,
    );
    if (alive.length === 0) this.#byGateway.delete(gateway);
    else this.#byGateway.set(gateway, alive);
    return alive.filter((entry) => entry.number > number);
  }

  /** As `behind`, but waits for one to come, up to `waitMs` of real time. */
  async next(
    gateway: string,
    number: number,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<PendingCommand[]> {
    const there = this.behind(gateway, number);
    if (there.length > 0 || waitMs <= 0 || signal?.aborted) return there;
    const waiting = this.#waiting.get(gateway) ?? new Set();
    this.#waiting.set(gateway, waiting);
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
    if (waiting.size === 0) this.#waiting.delete(gateway);
    return this.behind(gateway, number);
  }

  /** An outcome has come back (`facts.command` names the command): it need not be sent again. */
  settle(gateway: string, { kind, facts }: Observation): void {
    if (kind !== 'command.executed' && kind !== 'command.failed') return;
    const pending = this.#byGateway.get(gateway);
    if (pending === undefined) return;
    this.#byGateway.set(
      gateway,
      pending.filter(({ command }) => command.id !== facts?.command),
    );
  }
}

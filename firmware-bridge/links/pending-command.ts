/** The one command that a link has still to carry out: a newer one takes its place, a late one is dead. */
import type { Clock } from '../../devices/model/clock.ts';
import type { LinkCounters } from '../counters.ts';
import type { CommandOutcome, NodeCommand } from './link.ts';

export class PendingCommand {
  private readonly clock: Clock;
  private readonly counters: LinkCounters;
  private waiting:
    | { command: NodeCommand; id: number; finish: (outcome: CommandOutcome) => void }
    | undefined;
  private lastId = 0;

  constructor(clock: Clock, counters: LinkCounters) {
    this.clock = clock;
    this.counters = counters;
  }

  /** Resolves once the command is carried out or dead; until then `current` gives it. */
  put(command: NodeCommand): Promise<CommandOutcome> {
    this.waiting?.finish('superseded');
    const remainingMs = command.expiresAt - this.clock.now();
    if (remainingMs <= 0) {
      this.counters.commandsExpired++;
      return Promise.resolve('expired');
    }
    this.lastId = (this.lastId + 1) & 0xffff;
    const id = this.lastId;
    return new Promise((resolve) => {
      const cancel = this.clock.schedule(remainingMs, () => finish('expired'));
      const finish = (outcome: CommandOutcome) => {
        cancel();
        this.waiting = undefined;
        if (outcome === 'done') this.counters.commandsDone++;
        if (outcome === 'expired') this.counters.commandsExpired++;
        if (outcome === 'refused') this.counters.commandsRefused++;
        resolve(outcome);
      };
      this.waiting = { command, id, finish };
    });
  }

  get current(): { id: number; buzzer: boolean } | undefined {
    return this.waiting && { id: this.waiting.id, buzzer: this.waiting.command.buzzer };
  }

  /** The device's answer; one to an older command is ignored. */
  finish(id: number, outcome: 'done' | 'refused'): void {
    if (this.waiting?.id === id) this.waiting.finish(outcome);
  }
}

/** What was asked for at the page lately, and what came of it: so that whoever asked sees it, and the others, too. */
import { type CommandOutcome, commandOutcome } from '../../devices/model/command.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { SiteCommand } from './contract.ts';

/** A person looks at it for a moment; whoever comes later finds it in the record of the day. */
export const SHOWN_FOR_MS = 10 * 60_000;
/** Commands remembered, the newest. */
export const MAX_COMMANDS = 64;
const MAX_DETAIL = 300;

/** Commands are named after who gave them; a rule's are not told here, its alarm tells of them. */
const isOfPage = (command: string): boolean => command.includes('/page/');

export class CommandLog {
  /** By the command's id, oldest first. */
  readonly #commands = new Map<string, SiteCommand>();

  take({ kind, observedAt, asset, facts }: Observation): void {
    if (kind !== 'command.requested' && kind !== 'command.executed' && kind !== 'command.failed') return;
    const word = (name: string) => (typeof facts?.[name] === 'string' ? facts[name] : undefined);
    const [command, action, by = ''] = [word('command'), word('action'), word('by')];
    if (command === undefined || action === undefined || !isOfPage(command)) return;
    const known = this.#commands.get(command);
    if (kind === 'command.requested') {
      // What came of it may have been told first.
      if (known === undefined)
        this.#put({ command, action, asset: word('asset') ?? asset, by, at: observedAt, state: 'sent' });
      return;
    }
    const detail = word('detail');
    this.#put({
      ...(known ?? { command, action, asset, by, at: observedAt }),
      state: stateOf(word('outcome'), kind),
      ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL) }),
    });
  }

  /** Newest first. */
  newest(now: number): SiteCommand[] {
    return [...this.#commands.values()]
      .filter(({ at }) => now - at < SHOWN_FOR_MS)
      .sort((a, b) => b.at - a.at);
  }

  #put(entry: SiteCommand): void {
    this.#commands.set(entry.command, entry);
    const [oldest] = this.#commands.keys();
    if (this.#commands.size > MAX_COMMANDS && oldest !== undefined) this.#commands.delete(oldest);
  }
}

const stateOf = (outcome: string | undefined, kind: Observation['kind']): CommandOutcome =>
  commandOutcome.safeParse(outcome).data ?? (kind === 'command.executed' ? 'confirmed' : 'failed');

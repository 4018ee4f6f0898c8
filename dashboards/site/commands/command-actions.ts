/** Commands that a person gives here: what is dangerous is asked first, and what came of it is shown beside the part. */
import { signal } from '@preact/signals';
import type { CommandAnswer, CommandQuestion, SiteCommand } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { say } from '../../kit/toast.tsx';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';

export type PageAction =
  | 'lock.lock'
  | 'lock.unlock'
  | 'siren.on'
  | 'siren.off'
  | 'picture.take'
  | 'camera.go-to-preset';

const isQuestion = shaped<CommandQuestion>({ confirm: 'string', says: 'string', withinMs: 'number' });
const isGiven = shaped<CommandAnswer>({ command: 'string' });

/** Something dangerous that waits for a second word. */
export interface Asked {
  action: PageAction;
  asset: string;
  name: string;
  question: CommandQuestion;
  /** By a clock that never jumps, ms. */
  askedAtMs: number;
}
export const asked = signal<Asked | undefined>(undefined);

/** Given on this page, by asset: shown as sent until the gateway tells of it. */
export const given = signal<ReadonlyMap<string, SiteCommand>>(new Map());

function note(answer: unknown, action: PageAction, asset: string): void {
  if (!isGiven(answer)) throw new RequestError(200, 'unexpected', 'api/commands');
  const sent: SiteCommand = {
    command: answer.command,
    action,
    asset,
    by: '',
    at: now.peek(),
    state: 'sent',
  };
  given.value = new Map([...given.value, [asset, sent]]);
}

/** Gives a command, or opens the question that stands before it. */
export function requestCommand(
  action: Exclude<PageAction, 'camera.go-to-preset'>,
  asset: string,
  name: string,
): void {
  asPerson(
    `${text(`command.${action}`)}: ${name}`,
    () => api.send('api/commands', { action, asset }),
    (answer) => {
      if (isQuestion(answer))
        asked.value = { action, asset, name, question: answer, askedAtMs: performance.now() };
      else note(answer, action, asset);
    },
  );
}

/** The second word. */
export function confirmCommand({ action, asset, name, question }: Asked): void {
  asked.value = undefined;
  asPerson(
    `${text(`command.${action}`)}: ${name}`,
    () => api.send(`api/commands/${encodeURIComponent(question.confirm)}/confirm`),
    (answer) => note(answer, action, asset),
    (error) => {
      // Asked too long ago, or by a session that has ended since: the question is put anew.
      if (error.status === 410 && action !== 'camera.go-to-preset') requestCommand(action, asset, name);
      else say(error.message, 'critical');
    },
  );
}

export function turnCamera(asset: string, name: string, preset: string): void {
  asPerson(
    `${text('command.camera.go-to-preset')}: ${name}`,
    () => api.send(`api/cameras/${encodeURIComponent(asset)}/preset`, { preset }),
    (answer) => note(answer, 'camera.go-to-preset', asset),
  );
}

/**
 * The newest command for an asset, as the gateway tells of it, or as it was given here a moment ago. Pure.
 * @param lostAfterMs what the gateway has never told of is no news any more after this
 */
export function newestFor(
  asset: string,
  told: readonly SiteCommand[],
  here: ReadonlyMap<string, SiteCommand>,
  at: number,
  lostAfterMs = 60_000,
): SiteCommand | undefined {
  const [newest] = told.filter((each) => each.asset === asset);
  const own = here.get(asset);
  if (own === undefined || told.some(({ command }) => command === own.command)) return newest;
  return at - own.at < lostAfterMs && own.at >= (newest?.at ?? 0) ? own : newest;
}

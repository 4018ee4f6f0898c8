import type { CacaoCommand, Playbook } from '../cacao.ts';
import type { Values } from '../expression.ts';
import type { ActionStep, Prepared } from '../runner/machine.ts';
import type { Deed, Effect } from '../runner/run.ts';
import type { Action, Installation, Outcome, World } from './action.ts';
import { gateway } from './gateway.ts';
import { http } from './http.ts';
import { mail } from './mail.ts';
import { notice } from './notice.ts';

/** Everything that machines can be asked to do: one file and one line here. */
const actions = { gateway, http, mail, notice } as const satisfies {
  [Kind in Deed['kind']]: Action<Kind>;
};

/** For whoever edits a playbook. */
export const actionKinds = Object.values(actions).map(({ command, title, example }) => ({
  command,
  title,
  example,
}));

/** What a command of a playbook comes down to here: a deed, somebody's hands, or what is wrong with it. Pure. */
export function prepareIn(installation: Installation, playbook: Playbook) {
  return (command: CacaoCommand, step: ActionStep, values: Values): Prepared => {
    const action = Object.values(actions).find((one) => one.command === command.type);
    // `manual`, and what is for machines that this house does not drive: a person does it.
    return action === undefined
      ? { is: 'manual' }
      : action.prepare(command, { ...installation, playbook, step, values });
  };
}

/** Does it. Resolves with what came of it. */
export function perform(effect: Effect, world: World, signal: AbortSignal): Promise<Outcome> {
  const { deed } = effect;
  switch (deed.kind) {
    case 'gateway':
      return gateway.perform(effect, deed, world, signal);
    case 'http':
      return http.perform(effect, deed, world, signal);
    case 'mail':
      return mail.perform(effect, deed, world, signal);
    case 'notice':
      return notice.perform(effect, deed, world, signal);
  }
}

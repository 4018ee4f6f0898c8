import type { SiteCommand, SiteLock } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { text } from '../text.ts';
import { requestCommand } from './command-actions.ts';
import { CommandState } from './command-state.tsx';

const actions = ['lock.lock', 'lock.unlock'] as const;

/** What one can tell a lock, what stands in the way of the rest, and what became of it. */
export function LockControls(props: {
  lock: SiteLock;
  commands: readonly SiteCommand[] | undefined;
  timeZone: string;
  /** Its door has another name. */
  isNamed?: boolean;
}) {
  const { lock, commands, timeZone, isNamed = false } = props;
  const { asset, name, state, hindrances } = lock;
  // What is so already need not be told; a lock that says nothing, or that jams, can be told both.
  const offered = actions.filter(
    (action) =>
      !(state === 'locked' && action === 'lock.lock') && !(state === 'unlocked' && action === 'lock.unlock'),
  );
  const free = offered.filter((action) => !hindrances.some((each) => each.action === action));
  return (
    <div class="controls">
      {isNamed ? <p class="controls-name">{name}</p> : null}
      {free.length === 0 ? null : (
        <div class="controls-buttons">
          {free.map((action) => (
            <Button
              key={action}
              size="small"
              icon={action === 'lock.lock' ? 'lock' : 'lock-open'}
              label={`${text(`command.${action}`)}: ${name}`}
              onClick={() => requestCommand(action, asset, name)}
            >
              {text(`command.${action}`)}
            </Button>
          ))}
        </div>
      )}
      {hindrances
        .filter(({ action }) => offered.includes(action))
        .map(({ action, because, name: of }) => (
          <p key={action} class="obstacle">
            <Icon name="lock" size={18} />
            <span>
              {text(`command.not.${action}`)} {text(`command.because.${because}`, { name: of })}
            </span>
          </p>
        ))}
      <CommandState asset={asset} commands={commands} timeZone={timeZone} />
    </div>
  );
}

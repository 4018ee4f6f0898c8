import type { SiteCommand } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { timeOfDay } from '../../kit/time.ts';
import { text } from '../text.ts';
import { given, newestFor } from './command-actions.ts';

const icons: Record<SiteCommand['state'], IconName> = {
  sent: 'clock',
  confirmed: 'check',
  unconfirmed: 'eye',
  expired: 'wifi-off',
  refused: 'close',
  failed: 'warning',
};

/** What became of the last command for this part: sent, confirmed by the device itself, or why not. */
export function CommandState(props: {
  asset: string;
  commands: readonly SiteCommand[] | undefined;
  timeZone: string;
}) {
  const newest = newestFor(props.asset, props.commands ?? [], given.value, now.value);
  // Always there, so that a reader aloud says what changes in it.
  return (
    <div class="command-state" aria-live="polite">
      {newest === undefined ? null : (
        <p class={`command-is command-is-${newest.state}`}>
          <Icon name={icons[newest.state]} size={18} />
          <span>
            <strong>{nameOf(newest.action)}</strong>: {text(`command.state.${newest.state}`)}
            <span class="command-by">
              {newest.by === ''
                ? timeOfDay(newest.at, props.timeZone)
                : text('command.by', { name: newest.by, time: timeOfDay(newest.at, props.timeZone) })}
            </span>
          </span>
        </p>
      )}
    </div>
  );
}

/** A command's name as its button has it. */
export function nameOf(action: string): string {
  switch (action) {
    case 'lock.lock':
    case 'lock.unlock':
    case 'siren.on':
    case 'siren.off':
    case 'buzzer.on':
    case 'buzzer.off':
    case 'picture.take':
    case 'camera.go-to-preset':
      return text(`command.${action}`);
    default:
      return action;
  }
}

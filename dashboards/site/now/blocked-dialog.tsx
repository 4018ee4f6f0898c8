import { useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Switch } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { reasonOf } from '../languages/alarms.ts';
import { text } from '../text.ts';
import { type Blocked, blocked, requestArming } from './arming-actions.ts';

/** What stands in the way of arming, each with its reason; left out only by name, one by one. */
export function BlockedDialog() {
  return blocked.value === undefined ? null : <Open key={JSON.stringify(blocked.value)} {...blocked.value} />;
}

function Open({ mode, answer }: Blocked) {
  const leftOut = useSignal<ReadonlySet<string>>(new Set());
  const close = () => {
    blocked.value = undefined;
  };
  const isAll = answer.blockedBy.every(({ asset }) => leftOut.value.has(asset));
  const again = () => {
    const earlier = answer.bypassed.map(({ asset }) => asset);
    close();
    requestArming(mode, [...earlier, ...leftOut.value]);
  };
  return (
    <Dialog title={text('blocked.title')} onClose={close}>
      <p class="soft">{text('blocked.text')}</p>
      <ul class="hindrances">
        {answer.blockedBy.map(({ asset, name, because, canLeaveOut }) => (
          <li key={asset} class="hindrance">
            <span class="hindrance-sign">
              <Icon name="warning" size={22} />
            </span>
            <div class="hindrance-text">
              <p class="hindrance-name">{name}</p>
              <p class="soft">{reasonOf(because)}</p>
              {canLeaveOut ? (
                <Switch
                  label={text('blocked.leave-out')}
                  on={leftOut.value.has(asset)}
                  onChange={(on) => {
                    const next = new Set(leftOut.value);
                    if (on) next.add(asset);
                    else next.delete(asset);
                    leftOut.value = next;
                  }}
                />
              ) : (
                <p class="faint">{text('blocked.fixed')}</p>
              )}
            </div>
          </li>
        ))}
      </ul>
      <DialogActions onCancel={close}>
        {leftOut.value.size > 0 && isAll ? (
          <Button look="danger" onClick={again}>
            {text('blocked.without', { count: leftOut.value.size })}
          </Button>
        ) : (
          <Button look="primary" icon="reopen" onClick={again}>
            {text('blocked.again')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

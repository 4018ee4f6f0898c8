import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { InboxDevice } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { text } from '../text.ts';
import { type Answers, nameOf } from './steps.ts';
import { type Ask, asksFor, stateOf } from './trial.ts';

const icons: Record<Ask, IconName> = {
  open: 'door-open',
  close: 'door',
  walk: 'motion-sensor',
  badge: 'badge',
  read: 'thermometer',
  any: 'wifi',
};

/**
 * "Open the door now": what to do, and a tick as soon as the device was heard doing it.
 * @param onReady everything was heard, or nothing needs to be
 */
export function TryOut(props: {
  device: InboxDevice;
  answers: Answers;
  onReady: (isInverted: boolean) => void;
  onSkip: () => void;
}) {
  const { device, answers } = props;
  const asks = useRef(asksFor(device, answers)).current;
  const done = useSignal(0);
  const inverted = useSignal(false);
  /** What had been said when the present question was asked. */
  const before = useRef(device);
  const ask = asks[done.value];
  const state = ask === undefined ? 'heard' : stateOf(ask, answers, before.current, device, inverted.value);
  useEffect(() => {
    if (ask === undefined || state !== 'heard') return;
    before.current = device;
    done.value++;
  }, [ask, state, device, done]);
  const name = answers.asset?.name ?? '';
  const isReady = ask === undefined;
  return (
    <div class="try">
      <ol class="try-asks">
        {asks.map((each, index) => {
          const is = index < done.value ? 'done' : index === done.value ? 'now' : 'later';
          return (
            <li key={each} class={`try-ask try-${is}`} aria-current={is === 'now' ? 'step' : undefined}>
              <span class="try-sign">
                <Icon name={is === 'done' ? 'check' : icons[each]} size={30} />
              </span>
              <div>
                <p class="try-title">{text(`try.${each}`, { name })}</p>
                <p class="try-state">
                  {is === 'done' ? text('try.heard') : is === 'now' ? text('try.waiting') : ''}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
      {state === 'opposite' ? (
        <div class="try-opposite" role="alert">
          <p>
            {text(ask === 'open' ? 'try.opposite-open' : 'try.opposite-close', { device: nameOf(device) })}
          </p>
          <div class="try-choices">
            <Button
              onClick={() => {
                inverted.value = !inverted.value;
              }}
            >
              {text(ask === 'open' ? 'try.is-open' : 'try.is-closed')}
            </Button>
            <Button
              look="quiet"
              onClick={() => {
                before.current = device;
                done.value = 0;
              }}
            >
              {text('try.again')}
            </Button>
          </div>
        </div>
      ) : null}
      <p class="visually-hidden" role="status">
        {isReady ? text('try.ready', { name }) : ''}
      </p>
      {isReady ? (
        <div class="try-ready">
          <p class="assign-sentence">{text('assign.is-for', { device: nameOf(device), asset: name })}</p>
          {inverted.value ? <p class="soft">{text('try.inverted')}</p> : null}
          <Button look="primary" icon="check" onClick={() => props.onReady(inverted.value)}>
            {text('assign.save')}
          </Button>
        </div>
      ) : (
        <Button look="quiet" onClick={props.onSkip}>
          {text('try.skip')}
        </Button>
      )}
    </div>
  );
}

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BadgeReader, BadgeSignIn as SignInState } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { RequestError } from '../../kit/request.ts';
import { Skeleton } from '../../kit/states.tsx';
import { badgeSignIn, beginBadgeSignIn, finishBadgeSignIn, giveUpBadgeSignIn } from '../session.ts';
import { text } from '../text.ts';
import { Keypad } from './keypad.tsx';

/** Asked this often while a badge is waited for, in real time. */
const ASK_EVERY_MS = 1_000;

type Stage =
  | { is: 'beginning' }
  | { is: 'under-way'; state: SignInState }
  /** Another page waits at that reader. */
  | { is: 'taken'; word: string }
  | { is: 'over'; why: string };

/**
 * Signing in with a badge at a reader of the site, and a PIN where one is wanted. The word on the screen tells this
 * sign-in from one that somebody else has begun.
 */
export function BadgeSignIn(props: { reader: BadgeReader; onDone: () => void; onBack: () => void }) {
  const { reader, onDone, onBack } = props;
  const stage = useSignal<Stage>({ is: 'beginning' });
  const attempt = useSignal(0);
  const pin = useSignal('');
  const error = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);

  const finish = (typed?: string) => {
    if (busy.value) return;
    busy.value = true;
    finishBadgeSignIn(typed).then(onDone, (problem: unknown) => {
      busy.value = false;
      pin.value = '';
      // With a PIN one tries again; without one there is nothing left to try here.
      if (typed === undefined) stage.value = { is: 'over', why: wordsOf(problem) };
      else error.value = wordsOf(problem);
    });
  };

  useEffect(() => {
    const life = new AbortController();
    stage.value = { is: 'beginning' };
    error.value = undefined;
    const take = (state: SignInState) => {
      if (state.state === 'refused')
        stage.value = { is: 'over', why: text(`badge.refused.${state.because ?? 'unknown-badge'}`) };
      else stage.value = { is: 'under-way', state };
      if (state.state === 'ready') finish();
    };
    const follow = async () => {
      try {
        take(await beginBadgeSignIn(reader.asset));
        while (!life.signal.aborted && stage.value.is === 'under-way') {
          await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
          if (life.signal.aborted || busy.value) continue;
          take(await badgeSignIn(life.signal));
        }
      } catch (problem) {
        if (life.signal.aborted) return;
        const word = problem instanceof RequestError ? problem.details.word : undefined;
        if (typeof word === 'string') stage.value = { is: 'taken', word };
        else if (problem instanceof RequestError && problem.status === 404)
          stage.value = { is: 'over', why: text('badge.late') };
        else stage.value = { is: 'over', why: wordsOf(problem) };
      }
    };
    void follow();
    return () => {
      life.abort();
      // Nobody waits for the badge any more: the reader is free for others.
      if (stage.peek().is === 'under-way') giveUpBadgeSignIn();
    };
  }, [reader.asset, attempt.value]);

  const current = stage.value;
  if (current.is === 'under-way' && current.state.state === 'presented')
    return (
      <div class="sign-in">
        <Keypad
          label={text('badge.pin')}
          value={pin.value}
          error={error.value}
          busy={busy.value}
          onChange={(value) => {
            pin.value = value;
            if (value !== '') error.value = undefined;
          }}
          onDone={() => finish(pin.value)}
        />
        <Back onBack={onBack} />
      </div>
    );
  return (
    <div class="sign-in badge-sign-in">
      <div aria-live="polite">
        {current.is === 'beginning' ? <Skeleton lines={[120]} /> : null}
        {current.is === 'under-way' ? <Wait state={current.state} /> : null}
        {current.is === 'taken' ? (
          <p class="badge-taken">
            <Icon name="warning" size={26} />
            <span>{text('badge.taken', { reader: reader.name, word: current.word })}</span>
          </p>
        ) : null}
        {current.is === 'over' ? (
          <p class="badge-taken">
            <Icon name="close" size={26} />
            <span>{current.why}</span>
          </p>
        ) : null}
      </div>
      {current.is === 'taken' || current.is === 'over' ? (
        <Button
          look="primary"
          onClick={() => {
            attempt.value++;
          }}
        >
          {text('badge.again')}
        </Button>
      ) : null}
      <Back onBack={onBack} />
    </div>
  );
}

function Wait({ state: { reader, times, word, until } }: { state: SignInState }) {
  const seconds = Math.max(0, Math.ceil((until - now.value) / 1_000));
  return (
    <>
      <p class="badge-ask">
        <Icon name="badge" size={40} />
        <span>{text('badge.hold', { reader: reader.name, count: times })}</span>
      </p>
      <p class="badge-word">
        <span class="soft">{text('badge.word')}</span>
        <strong>{word}</strong>
      </p>
      {/* Said aloud each second it would drown what matters. */}
      <p class="soft" aria-hidden="true">
        {text('badge.left', { count: seconds })}
      </p>
    </>
  );
}

const Back = ({ onBack }: { onBack: () => void }) => (
  <Button look="quiet" onClick={onBack}>
    {text('badge.instead')}
  </Button>
);

const wordsOf = (problem: unknown): string =>
  problem instanceof RequestError ? problem.message : text('site.failed');

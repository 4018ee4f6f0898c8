import { useSignal } from '@preact/signals';
import type { BadgeReader } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RequestError } from '../../kit/request.ts';
import { signIn } from '../session.ts';
import { text } from '../text.ts';
import { BadgeSignIn } from './badge-sign-in.tsx';
import { Keypad } from './keypad.tsx';

/** The name used last on this device: most tablets have one or two hands. */
const NAME_KEY = 'gatehouse.site.name';

function rememberedName(): string | undefined {
  try {
    return localStorage.getItem(NAME_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function rememberName(name: string): void {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Storage may be forbidden; the name is then asked for each time.
  }
}

/**
 * A name by tapping, then the PIN; or a badge at a reader. Without `people` (a reader from outside) the name is typed.
 */
export function SignIn(props: {
  people: readonly string[];
  readers?: readonly BadgeReader[];
  mayType: boolean;
  onDone: () => void;
}) {
  const { people, readers = [], mayType, onDone } = props;
  const reader = useSignal<BadgeReader | undefined>(undefined);
  const [only] = people;
  const remembered = rememberedName();
  const known = people.length === 1 ? only : people.find((name) => name === remembered);
  const name = useSignal<string | undefined>(known);
  const typed = useSignal(mayType ? (remembered ?? '') : '');
  const pin = useSignal('');
  const error = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);

  const done = () => {
    const who = name.value;
    if (who === undefined || busy.value) return;
    busy.value = true;
    signIn(who, pin.value).then(
      () => {
        rememberName(who);
        onDone();
      },
      (problem: unknown) => {
        busy.value = false;
        pin.value = '';
        error.value = problem instanceof RequestError ? problem.message : text('site.failed');
      },
    );
  };

  if (reader.value !== undefined)
    return (
      <BadgeSignIn
        reader={reader.value}
        onDone={onDone}
        onBack={() => {
          reader.value = undefined;
        }}
      />
    );
  const byBadge = readers.map((each) => (
    <button
      key={each.asset}
      type="button"
      class="choice"
      onClick={() => {
        reader.value = each;
      }}
    >
      <Icon name="badge" size={24} />
      <span class="choice-text">{text('badge.choose', { reader: each.name })}</span>
      <Icon name="chevron-right" size={20} />
    </button>
  ));
  if (name.value !== undefined) {
    return (
      <div class="sign-in">
        <Keypad
          key={name.value}
          label={text('pin.enter', { name: name.value })}
          value={pin.value}
          error={error.value}
          busy={busy.value}
          onChange={(value) => {
            pin.value = value;
            if (value !== '') error.value = undefined;
          }}
          onDone={done}
        />
        {people.length > 1 || mayType ? (
          <Button
            look="quiet"
            onClick={() => {
              name.value = undefined;
              pin.value = '';
              error.value = undefined;
            }}
          >
            {text('pin.other')}
          </Button>
        ) : null}
        {people.length === 1 ? byBadge : null}
      </div>
    );
  }
  if (people.length > 0) {
    return (
      <fieldset class="sign-in people">
        <legend class="keypad-label">{text('pin.who')}</legend>
        {people.map((person) => (
          <button
            key={person}
            type="button"
            class="choice"
            onClick={() => {
              name.value = person;
            }}
          >
            <Icon name="person" size={24} />
            <span class="choice-text">{person}</span>
            <Icon name="chevron-right" size={20} />
          </button>
        ))}
        {byBadge}
      </fieldset>
    );
  }
  if (!mayType && readers.length > 0) return <div class="sign-in people">{byBadge}</div>;
  if (!mayType) return <p class="soft">{text('pin.nobody')}</p>;
  return (
    <form
      class="sign-in"
      onSubmit={(submit) => {
        submit.preventDefault();
        if (typed.value.trim() !== '') name.value = typed.value.trim();
      }}
    >
      <TextField
        label={text('pin.name')}
        value={typed.value}
        autoComplete="username"
        autoFocus
        onInput={(value) => {
          typed.value = value;
        }}
      />
      <Button type="submit" look="primary" disabled={typed.value.trim() === ''}>
        {text('pin.next')}
      </Button>
    </form>
  );
}

import { useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { ThemeToggle } from '../../kit/theme.tsx';
import { reasonOf } from '../loaded.ts';
import { signIn, wasSignedOut } from '../session.ts';
import { text } from '../text.ts';

export function SignInPage() {
  const name = useSignal('');
  const password = useSignal('');
  const wrong = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    wrong.value = undefined;
    try {
      await signIn(name.value, password.value);
    } catch (error) {
      const { status, message } = reasonOf(error);
      wrong.value = status === 401 ? text('sign-in.wrong') : message;
    } finally {
      busy.value = false;
    }
  };
  return (
    <main class="sign-in">
      <div class="sign-in-tools">
        <ThemeToggle />
      </div>
      <form class="sign-in-card" onSubmit={submit}>
        <header>
          <span class="sign-in-mark">
            <Icon name="gatehouse" size={30} />
          </span>
          <h1>{text('desk.name')}</h1>
          <p class="soft">{text('sign-in.title')}</p>
        </header>
        {wasSignedOut.value ? <p class="sign-in-notice">{text('sign-in.ended')}</p> : null}
        <TextField
          label={text('sign-in.name')}
          value={name.value}
          onInput={(value) => {
            name.value = value;
          }}
          autoComplete="username"
          autoFocus
        />
        <TextField
          label={text('sign-in.password')}
          type="password"
          value={password.value}
          onInput={(value) => {
            password.value = value;
          }}
          autoComplete="current-password"
          error={wrong.value}
        />
        <Button type="submit" look="primary" busy={busy.value}>
          {text('sign-in.submit')}
        </Button>
      </form>
    </main>
  );
}

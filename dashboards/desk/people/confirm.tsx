/** Sensitive acts ask who it is once more: the act is tried, and tried again once its person has proved it. */
import { signal, useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { RequestError } from '../../kit/request.ts';
import { say } from '../../kit/toast.tsx';
import { reasonOf } from '../loaded.ts';
import { api } from '../session.ts';
import { words } from './words.ts';

const asking = signal<(() => void) | undefined>(undefined);

/** Tells what went wrong, in passing. */
export async function trying(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof RequestError && error.code === 'confirm') {
      asking.value = () => void trying(act);
      return;
    }
    say(
      error instanceof Error && !(error instanceof RequestError) ? error.message : reasonOf(error).message,
      'critical',
    );
  }
}

/** Stands once on each page that has sensitive acts. */
export function ConfirmDialog() {
  const go = asking.value;
  return go === undefined ? null : <Confirm onProved={go} />;
}

function Confirm({ onProved }: { onProved: () => void }) {
  const password = useSignal('');
  const code = useSignal('');
  const asksCode = useSignal(false);
  const wrong = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const close = () => {
    asking.value = undefined;
  };
  const prove = async (how: () => Promise<unknown>) => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = undefined;
    try {
      await how();
      close();
      onProved();
    } catch (error) {
      if (error instanceof RequestError && error.code === 'code-needed') asksCode.value = true;
      else wrong.value = error instanceof RequestError ? error.message : words('passkeys.not-made');
    } finally {
      busy.value = false;
    }
  };
  const byPasskey = async () => (await import('../sign-in/passkey.ts')).confirmWithPasskey();
  return (
    <Dialog title={words('confirm.title')} onClose={close}>
      <form
        class="people-form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = asksCode.value ? { code: code.value } : {};
          void prove(() => api.send('api/session/confirm', { password: password.value, ...given }));
        }}
      >
        <p class="soft">{words('confirm.about')}</p>
        <TextField
          label={words('confirm.password')}
          type="password"
          autoComplete="current-password"
          value={password.value}
          onInput={(value) => {
            password.value = value;
          }}
          error={asksCode.value ? undefined : wrong.value}
          autoFocus
        />
        {asksCode.value ? (
          <TextField
            label={words('confirm.code')}
            autoComplete="one-time-code"
            value={code.value}
            onInput={(value) => {
              code.value = value;
            }}
            error={wrong.value}
            autoFocus
          />
        ) : null}
        <DialogActions onCancel={close}>
          <Button icon="badge" onClick={() => void prove(byPasskey)}>
            {words('confirm.passkey')}
          </Button>
          <Button type="submit" look="primary" busy={busy.value}>
            {words('confirm.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

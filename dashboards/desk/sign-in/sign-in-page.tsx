import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { InvitationSeen, SignInWays } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RequestError, shaped } from '../../kit/request.ts';
import { address, route } from '../../kit/route.ts';
import { ThemeToggle } from '../../kit/theme.tsx';
import { reasonOf } from '../loaded.ts';
import { api, entered, signIn, wasSignedOut } from '../session.ts';
import { text } from '../text.ts';
import { words } from './words.ts';

const isWays = shaped<SignInWays>({ passkeys: 'boolean', providers: 'array' });
const isInvitation = shaped<InvitationSeen>({ name: 'string', role: 'string' });

/** Passkey first, then name and password with the code of a second factor, then identity providers. */
export function SignInPage() {
  const [section, secret] = route.value;
  return (
    <main class="sign-in">
      <div class="sign-in-tools">
        <ThemeToggle />
      </div>
      {section === 'invitation' && secret !== undefined ? <Invited secret={secret} /> : <Ways />}
    </main>
  );
}

function CardHead({ title, about }: { title: string; about: ComponentChildren }) {
  return (
    <header>
      <span class="sign-in-mark">
        <Icon name="gatehouse" size={30} />
      </span>
      <h1>{title}</h1>
      <p class="soft">{about}</p>
    </header>
  );
}

function Ways() {
  const ways = useSignal<SignInWays | undefined>(undefined);
  const name = useSignal('');
  const password = useSignal('');
  const code = useSignal('');
  const asksCode = useSignal(false);
  const wrong = useSignal<string | undefined>(undefined);
  const notice = useSignal<string | undefined>(undefined);
  const busy = useSignal<'passkey' | 'password' | undefined>(undefined);
  const [section, outcome] = route.value;
  useEffect(() => {
    api.get('api/sign-in', isWays).then(
      (answer) => {
        ways.value = answer;
      },
      // Name and password are always there.
      () => undefined,
    );
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value !== undefined) return;
    busy.value = 'password';
    wrong.value = undefined;
    try {
      await signIn(name.value, password.value, asksCode.value ? code.value : undefined);
    } catch (error) {
      const { status, message } = reasonOf(error);
      const refusal = error instanceof RequestError ? error.code : '';
      if (refusal === 'code-needed') asksCode.value = true;
      else wrong.value = status === 401 && refusal === 'wrong-password' ? text('sign-in.wrong') : message;
    } finally {
      busy.value = undefined;
    }
  };
  const byPasskey = async () => {
    busy.value = 'passkey';
    notice.value = undefined;
    try {
      const { signInWithPasskey } = await import('./passkey.ts');
      await signInWithPasskey();
    } catch (error) {
      notice.value = error instanceof RequestError ? error.message : words('ways.cancelled');
    } finally {
      busy.value = undefined;
    }
  };
  const said =
    notice.value ??
    (section === 'sign-in' && outcome === 'refused'
      ? words('ways.refused')
      : section === 'sign-in' && outcome === 'unreachable'
        ? words('ways.unreachable')
        : wasSignedOut.value
          ? text('sign-in.ended')
          : undefined);
  const hasPasskeys = ways.value?.passkeys === true && typeof PublicKeyCredential !== 'undefined';
  return (
    <form class="sign-in-card" onSubmit={submit}>
      <CardHead title={text('desk.name')} about={text('sign-in.title')} />
      {said === undefined ? null : (
        <p class="sign-in-notice" role="status">
          {said}
        </p>
      )}
      {hasPasskeys && !asksCode.value ? (
        <>
          <Button icon="badge" look="primary" busy={busy.value === 'passkey'} onClick={byPasskey}>
            {words('ways.passkey')}
          </Button>
          <p class="sign-in-or faint">{words('ways.or')}</p>
        </>
      ) : null}
      {asksCode.value ? (
        <TextField
          label={words('ways.code')}
          hint={words('ways.code-hint')}
          value={code.value}
          onInput={(value) => {
            code.value = value;
          }}
          autoComplete="one-time-code"
          error={wrong.value}
          autoFocus
        />
      ) : (
        <>
          <TextField
            label={text('sign-in.name')}
            value={name.value}
            onInput={(value) => {
              name.value = value;
            }}
            autoComplete="username webauthn"
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
        </>
      )}
      <Button
        type="submit"
        look={hasPasskeys && !asksCode.value ? 'plain' : 'primary'}
        busy={busy.value === 'password'}
      >
        {asksCode.value ? words('ways.code-submit') : text('sign-in.submit')}
      </Button>
      {(ways.value?.providers ?? []).map(({ id, title }) => (
        <a
          key={id}
          class="button button-plain sign-in-provider"
          href={`api/sign-in/openid/${encodeURIComponent(id)}`}
        >
          <Icon name="link" />
          <span class="button-text">{words('ways.at', { title })}</span>
        </a>
      ))}
    </form>
  );
}

/** Somebody opened a one-time link: an account waits for its first password. */
function Invited({ secret }: { secret: string }) {
  const seen = useSignal<InvitationSeen | 'over' | undefined>(undefined);
  const password = useSignal('');
  const again = useSignal('');
  const wrong = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  useEffect(() => {
    api.send('api/invitations/look', { secret }).then(
      (answer) => {
        seen.value = isInvitation(answer) ? answer : 'over';
      },
      () => {
        seen.value = 'over';
      },
    );
  }, [secret]);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    if (password.value !== again.value) {
      wrong.value = words('invited.differs');
      return;
    }
    busy.value = true;
    try {
      const answer = await api.send('api/invitations/accept', { secret, password: password.value });
      location.hash = '#/account';
      entered(answer);
    } catch (error) {
      wrong.value = reasonOf(error).message;
    } finally {
      busy.value = false;
    }
  };
  const found = seen.value;
  if (found === undefined) return null;
  if (found === 'over')
    return (
      <div class="sign-in-card">
        <CardHead title={text('desk.name')} about={words('invited.over')} />
        <a class="button button-plain" href={address()}>
          <span class="button-text">{words('invited.back')}</span>
        </a>
      </div>
    );
  return (
    <form class="sign-in-card" onSubmit={submit}>
      <CardHead
        title={words('invited.title', { name: found.name })}
        about={words('invited.about', { role: found.role })}
      />
      <TextField
        label={words('invited.password')}
        type="password"
        value={password.value}
        onInput={(value) => {
          password.value = value;
        }}
        autoComplete="new-password"
        autoFocus
      />
      <TextField
        label={words('invited.again')}
        type="password"
        value={again.value}
        onInput={(value) => {
          again.value = value;
        }}
        autoComplete="new-password"
        error={wrong.value}
      />
      <Button type="submit" look="primary" busy={busy.value}>
        {words('invited.submit')}
      </Button>
    </form>
  );
}

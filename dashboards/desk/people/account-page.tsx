import './people.css';
import { useSignal } from '@preact/signals';
import type { OwnAccount, TotpBegun } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { language, offeredLanguages, setLanguage } from '../../kit/i18n.ts';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone } from '../live/desk-state.ts';
import { resumeSession, session } from '../session.ts';
import { ConfirmDialog, trying } from './confirm.tsx';
import { fetchAccount, isCodes, isOwnAccount, isTotp, sent } from './people-requests.ts';
import { words } from './words.ts';

/** Whoever is signed in: passkeys, second factor, password, sessions, language. */
export function AccountPage() {
  const [account, ask] = useAskedAgain(fetchAccount);
  const codes = useSignal<readonly string[] | undefined>(undefined);
  const held = account.value;
  const mustEnrol = session.value?.mustEnrol === true;
  return (
    <div class="people">
      <header class="page-header">
        <h1>{words('account.page')}</h1>
        <p class="soft">{mustEnrol ? words('account.must-enrol') : words('account.about')}</p>
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[160, 120, 200]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : (
        <div class="people-cards">
          <Passkeys account={held.value} onChanged={ask} />
          <AppCodes
            account={held.value}
            onChanged={ask}
            onCodes={(made) => {
              codes.value = made;
            }}
          />
          {mustEnrol || !held.value.hasPassword ? null : <Password />}
          {mustEnrol ? null : <Sessions account={held.value} onChanged={ask} />}
          {mustEnrol || offeredLanguages().length < 2 ? null : (
            <Card title={words('language.title')}>
              <Select
                label={words('language.title')}
                bare
                value={language()}
                options={offeredLanguages().map((tag) => ({
                  value: tag,
                  label: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag,
                }))}
                onChange={setLanguage}
              />
            </Card>
          )}
        </div>
      )}
      {codes.value === undefined ? null : (
        <CodesDialog
          codes={codes.value}
          onClose={() => {
            codes.value = undefined;
            void resumeSession();
          }}
        />
      )}
      <ConfirmDialog />
    </div>
  );
}

interface Part {
  account: OwnAccount;
  onChanged: () => void;
}

function Passkeys({ account, onChanged }: Part) {
  const isAdding = useSignal(false);
  const name = useSignal('');
  const busy = useSignal(false);
  const zone = deskZone.value;
  const make = () =>
    trying(async () => {
      busy.value = true;
      try {
        const { makePasskey, NoKeyShown } = await import('../sign-in/passkey.ts');
        await makePasskey(name.value.trim()).catch((error: unknown) => {
          throw error instanceof NoKeyShown ? new Error(words('passkeys.not-made')) : error;
        });
        isAdding.value = false;
        name.value = '';
        onChanged();
        await resumeSession();
      } finally {
        busy.value = false;
      }
    });
  return (
    <Card
      title={words('passkeys.title')}
      aside={
        account.passkeysPossible ? (
          <Button
            icon="plus"
            size="small"
            onClick={() => {
              isAdding.value = true;
            }}
          >
            {words('passkeys.add')}
          </Button>
        ) : undefined
      }
    >
      {account.passkeysPossible ? null : <p class="people-note">{words('passkeys.impossible')}</p>}
      {account.passkeys.length === 0 ? (
        <EmptyState icon="badge" title={words('passkeys.none')}>
          {words('passkeys.none-text')}
        </EmptyState>
      ) : (
        <ul class="people-rows">
          {account.passkeys.map((key) => (
            <li key={key.id}>
              <div>
                <strong>{key.name}</strong>
                <p class="soft">
                  {key.usedAt === undefined ? words('passkeys.added') : words('passkeys.used')}{' '}
                  <RelativeTime at={key.usedAt ?? key.at} timeZone={zone} />
                </p>
              </div>
              {key.isSynced ? <Chip>{words('passkeys.synced')}</Chip> : null}
              <Button
                look="quiet"
                size="small"
                label={words('passkeys.remove-of', { name: key.name })}
                onClick={() =>
                  void trying(async () => {
                    await sent(
                      isOwnAccount,
                      `api/account/passkeys/${encodeURIComponent(key.id)}`,
                      undefined,
                      'DELETE',
                    );
                    onChanged();
                  })
                }
              >
                {words('passkeys.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isAdding.value ? (
        <Dialog
          title={words('passkeys.add')}
          onClose={() => {
            isAdding.value = false;
          }}
        >
          <form
            class="people-form"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.value.trim() !== '' && !busy.value) void make();
            }}
          >
            <TextField
              label={words('passkeys.name')}
              hint={words('passkeys.name-hint')}
              value={name.value}
              onInput={(value) => {
                name.value = value;
              }}
              required
              autoFocus
            />
            <DialogActions
              onCancel={() => {
                isAdding.value = false;
              }}
            >
              <Button type="submit" look="primary" busy={busy.value}>
                {words('passkeys.add')}
              </Button>
            </DialogActions>
          </form>
        </Dialog>
      ) : null}
    </Card>
  );
}

function AppCodes({ account, onChanged, onCodes }: Part & { onCodes: (codes: readonly string[]) => void }) {
  const setup = useSignal<TotpBegun | undefined>(undefined);
  const code = useSignal('');
  const zone = deskZone.value;
  const begin = () =>
    trying(async () => {
      setup.value = await sent(isTotp, 'api/account/totp/begin', {});
    });
  const finish = () =>
    trying(async () => {
      const { codes } = await sent(isCodes, 'api/account/totp', {
        id: setup.value?.id ?? '',
        code: code.value,
      });
      setup.value = undefined;
      code.value = '';
      onCodes(codes);
      onChanged();
    });
  const begun = setup.value;
  const { totp } = account;
  return (
    <Card title={words('factor.title')}>
      {totp === undefined ? (
        <div class="people-factor">
          <div>
            <strong>{words('factor.off')}</strong>
            <p class="soft">{words('factor.off-text')}</p>
          </div>
          <Button icon="phone" onClick={() => void begin()}>
            {words('factor.set-up')}
          </Button>
        </div>
      ) : (
        <div class="people-factor">
          <div>
            <Chip tone="good" icon="check">
              {words('factor.on', {
                time: new Date(totp.at).toLocaleDateString('en-GB', { timeZone: zone }),
              })}
            </Chip>
            <p class="soft">{words('factor.recovery', { count: account.recoveryCodes })}</p>
          </div>
          <Button
            onClick={() =>
              void trying(async () => {
                onCodes((await sent(isCodes, 'api/account/recovery-codes', {})).codes);
                onChanged();
              })
            }
          >
            {words('factor.new-codes')}
          </Button>
          <Button
            look="quiet"
            onClick={() =>
              void trying(async () => {
                await sent(isOwnAccount, 'api/account/totp', undefined, 'DELETE');
                onChanged();
              })
            }
          >
            {words('factor.remove')}
          </Button>
        </div>
      )}
      {begun === undefined ? null : (
        <Dialog
          title={words('factor.title')}
          onClose={() => {
            setup.value = undefined;
          }}
        >
          <form
            class="people-form"
            onSubmit={(event) => {
              event.preventDefault();
              void finish();
            }}
          >
            <p class="soft">{words('factor.scan')}</p>
            <svg
              class="people-code"
              role="img"
              aria-label={words('factor.picture')}
              viewBox={`0 0 ${begun.code.size} ${begun.code.size}`}
            >
              <path d={begun.code.path} />
            </svg>
            <p class="people-secret">
              {words('factor.key')}: <code>{begun.secret.replace(/(.{4})/g, '$1 ')}</code>
            </p>
            <TextField
              label={words('factor.code')}
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code.value}
              onInput={(value) => {
                code.value = value;
              }}
              autoFocus
            />
            <DialogActions
              onCancel={() => {
                setup.value = undefined;
              }}
            >
              <Button type="submit" look="primary">
                {words('factor.done')}
              </Button>
            </DialogActions>
          </form>
        </Dialog>
      )}
    </Card>
  );
}

function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog title={words('codes.title')} onClose={onClose}>
      <div class="people-form">
        <p class="soft">{words('codes.about')}</p>
        <ul class="people-codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <footer class="dialog-actions">
          <Button look="primary" onClick={onClose}>
            {words('codes.kept')}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}

function Password() {
  const password = useSignal('');
  return (
    <Card title={words('password.title')}>
      <form
        class="people-inline"
        onSubmit={(event) => {
          event.preventDefault();
          void trying(async () => {
            await sent(isOwnAccount, 'api/account/password', { password: password.value }, 'PUT');
            password.value = '';
          });
        }}
      >
        <TextField
          label={words('password.new')}
          hint={words('password.hint')}
          type="password"
          autoComplete="new-password"
          value={password.value}
          onInput={(value) => {
            password.value = value;
          }}
        />
        <Button type="submit">{words('password.change')}</Button>
      </form>
    </Card>
  );
}

function Sessions({ account, onChanged }: Part) {
  const zone = deskZone.value;
  const end = (id: string) =>
    void trying(async () => {
      await sent(isOwnAccount, `api/account/sessions/${id}`, undefined, 'DELETE');
      onChanged();
    });
  return (
    <Card
      title={words('sessions.title')}
      aside={
        account.sessions.length < 2 ? undefined : (
          <Button size="small" onClick={() => end('others')}>
            {words('sessions.end-others')}
          </Button>
        )
      }
    >
      <ul class="people-rows">
        {account.sessions.map((one) => (
          <li key={one.id}>
            <div>
              <strong>{browserOf(one.agent)}</strong>
              <p class="soft">
                {one.from}, {words(`method.${one.method}`)}, <RelativeTime at={one.at} timeZone={zone} />
              </p>
            </div>
            {one.isThis ? (
              <Chip tone="accent">{words('sessions.this')}</Chip>
            ) : (
              <Button
                look="quiet"
                size="small"
                label={`${words('sessions.end')}: ${words('sessions.end-of', { from: one.from })}`}
                onClick={() => end(one.id)}
              >
                {words('sessions.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What a browser calls itself, without its ancestors. */
function browserOf(agent: string): string {
  const found = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(agent);
  const system = /\(([^;)]+)/.exec(agent)?.[1];
  if (found === null) return agent.slice(0, 40) === '' ? '?' : agent.slice(0, 40);
  const name = found[1] === 'Edg' ? 'Edge' : found[1];
  return `${name} ${found[2]}${system === undefined ? '' : `, ${system}`}`;
}

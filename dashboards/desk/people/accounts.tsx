import { useSignal } from '@preact/signals';
import type { AccountList, AccountRow, AccountScope, InvitedAccount } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { MenuButton } from '../../kit/menu.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { fullTime } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone } from '../live/desk-state.ts';
import { api, session } from '../session.ts';
import { trying } from './confirm.tsx';
import { accountPath, fetchAccounts, isInvited, sent } from './people-requests.ts';
import { words } from './words.ts';

const roles = ['staff', 'responsible-person', 'operator', 'supervisor', 'auditor', 'administrator'] as const;
type RoleName = (typeof roles)[number];

/** Scopes as one choice each: all, a tenant, a site. */
const scopeKey = (scope: AccountScope): string =>
  scope.of === 'all'
    ? 'all'
    : scope.of === 'tenants'
      ? `tenant ${scope.tenants[0]}`
      : `site ${scope.sites[0]}`;

function scopeOfKey(key: string): AccountScope {
  const [kind, id = ''] = key.split(' ');
  return kind === 'tenant'
    ? { of: 'tenants', tenants: [id] }
    : kind === 'site'
      ? { of: 'sites', sites: [id] }
      : { of: 'all' };
}

function scopeWords(scope: AccountScope, { sites }: Pick<AccountList, 'sites'>): string {
  if (scope.of === 'all') return words('people.all-sites');
  if (scope.of === 'tenants')
    return scope.tenants.map((tenant) => words('people.tenant', { tenant })).join(', ');
  return scope.sites.map((id) => sites.find((one) => one.id === id)?.name ?? id).join(', ');
}

export function Accounts() {
  const [list, ask] = useAskedAgain(fetchAccounts);
  const editing = useSignal<AccountRow | 'new' | undefined>(undefined);
  const locking = useSignal<AccountRow | undefined>(undefined);
  const invited = useSignal<InvitedAccount | undefined>(undefined);
  const held = list.value;
  if (held.state === 'loading') return <Skeleton lines={[60, 60, 60, 60]} />;
  if (held.state === 'failed') return <ErrorState message={held.message} onRetry={ask} />;
  const { items } = held.value;
  return (
    <Card
      title={words('people.accounts')}
      aside={
        <Button
          icon="plus"
          look="primary"
          onClick={() => {
            editing.value = 'new';
          }}
        >
          {words('people.invite')}
        </Button>
      }
    >
      <ul class="people-rows">
        {items.map((row) => (
          <Row
            key={row.name}
            row={row}
            list={held.value}
            onEdit={() => {
              editing.value = row;
            }}
            onLock={() => {
              locking.value = row;
            }}
            onInvited={(one) => {
              invited.value = one;
              ask();
            }}
            onChanged={ask}
          />
        ))}
      </ul>
      {items.length < 2 ? (
        <EmptyState icon="person" title={words('people.last-way')}>
          {words('people.last-way-text')}
        </EmptyState>
      ) : null}
      {editing.value === undefined ? null : (
        <AccountDialog
          row={editing.value === 'new' ? undefined : editing.value}
          list={held.value}
          onClose={() => {
            editing.value = undefined;
          }}
          onDone={(one) => {
            editing.value = undefined;
            invited.value = one;
            ask();
          }}
        />
      )}
      {locking.value === undefined ? null : (
        <LockDialog
          row={locking.value}
          onClose={() => {
            locking.value = undefined;
            ask();
          }}
        />
      )}
      {invited.value === undefined ? null : (
        <LinkDialog
          invited={invited.value}
          onClose={() => {
            invited.value = undefined;
          }}
        />
      )}
    </Card>
  );
}

function Row(props: {
  row: AccountRow;
  list: AccountList;
  onEdit: () => void;
  onLock: () => void;
  onInvited: (one: InvitedAccount) => void;
  onChanged: () => void;
}) {
  const { row, onChanged } = props;
  const { name } = row;
  const zone = deskZone.value;
  const isSelf = name === session.value?.name;
  const post = (verb: string) =>
    trying(async () => {
      await api.send(accountPath(name, verb), {});
      onChanged();
    });
  return (
    <li>
      <div>
        <strong>{row.displayName ?? name}</strong>
        <p class="soft">
          {words(`role.${row.role}`)} · {scopeWords(row.scope, props.list)} ·{' '}
          {row.lastSignInAt === undefined ? (
            words('people.never')
          ) : (
            <>
              {words('people.last')} <RelativeTime at={row.lastSignInAt} timeZone={zone} />
            </>
          )}
        </p>
      </div>
      <span class="people-chips">
        {row.locked === undefined ? null : (
          <Chip tone="critical" icon="lock" title={row.locked.reason}>
            {words('people.locked')}
          </Chip>
        )}
        {row.invitedUntil === undefined ? null : (
          <Chip tone="medium" icon="mail">
            {words('people.invited')}
          </Chip>
        )}
        {row.passkeys > 0 ? (
          <Chip tone="good" icon="badge">
            {words('people.with-passkey', { count: row.passkeys })}
          </Chip>
        ) : row.totp ? (
          <Chip tone="good" icon="phone">
            {words('people.with-factor')}
          </Chip>
        ) : row.hasPassword ? (
          <Chip>{words('people.no-factor')}</Chip>
        ) : null}
        {row.sessions === 0 ? null : (
          <Chip tone="accent">{words('people.signed-in', { count: row.sessions })}</Chip>
        )}
      </span>
      <MenuButton
        label={words('people.actions-of', { name })}
        name={words('people.actions-of', { name })}
        look="icon-button"
        items={[
          { label: words('people.change'), icon: 'note', onChoose: props.onEdit },
          ...(isSelf
            ? []
            : [
                row.locked === undefined
                  ? {
                      label: words('people.lock'),
                      icon: 'lock' as const,
                      danger: true,
                      onChoose: props.onLock,
                    }
                  : {
                      label: words('people.unlock'),
                      icon: 'lock-open' as const,
                      onChoose: () => void post('unlock'),
                    },
                {
                  label: words('people.reset'),
                  icon: 'reopen' as const,
                  danger: true,
                  onChoose: () =>
                    void trying(async () => {
                      props.onInvited(await sent(isInvited, accountPath(name, 'reset'), {}));
                    }),
                },
                {
                  label: words('people.end-sessions'),
                  icon: 'sign-out' as const,
                  onChoose: () =>
                    void trying(async () => {
                      await api.send(accountPath(name, 'sessions/all'), undefined, 'DELETE');
                      onChanged();
                    }),
                },
              ]),
        ]}
      >
        <Icon name="more" />
      </MenuButton>
    </li>
  );
}

function AccountDialog(props: {
  row: AccountRow | undefined;
  list: AccountList;
  onClose: () => void;
  onDone: (invited: InvitedAccount | undefined) => void;
}) {
  const { row, list } = props;
  const name = useSignal(row?.name ?? '');
  const email = useSignal('');
  const role = useSignal<RoleName>(row?.role ?? 'operator');
  const seesAll = session.value?.seesAll !== false;
  const choices = [
    ...(seesAll ? [{ value: 'all', label: words('people.all-sites') }] : []),
    ...list.tenants.map(({ id }) => ({
      value: `tenant ${id}`,
      label: words('people.tenant', { tenant: id }),
    })),
    ...list.sites.map(({ id, name: called }) => ({ value: `site ${id}`, label: called })),
  ];
  const before = row === undefined ? undefined : scopeKey(row.scope);
  const scope = useSignal(before ?? choices[0]?.value ?? 'all');
  const save = () =>
    trying(async () => {
      if (row === undefined) {
        const body = {
          name: name.value.trim(),
          role: role.value,
          scope: scopeOfKey(scope.value),
          ...(email.value === '' ? {} : { email: email.value }),
        };
        props.onDone(await sent(isInvited, 'api/accounts', body));
        return;
      }
      // Of several sites or tenants the list shows the first: what was not touched stays as it is.
      const given = scope.value === before ? {} : { scope: scopeOfKey(scope.value) };
      await api.send(accountPath(row.name), { role: role.value, ...given }, 'PUT');
      props.onDone(undefined);
    });
  return (
    <Dialog
      title={row === undefined ? words('people.invite') : words('people.change-of', { name: row.name })}
      onClose={props.onClose}
    >
      <form
        class="people-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {row === undefined ? (
          <>
            <TextField
              label={words('people.name')}
              value={name.value}
              onInput={(value) => {
                name.value = value;
              }}
              required
              autoFocus
            />
            <TextField
              label={words('people.email')}
              value={email.value}
              onInput={(value) => {
                email.value = value;
              }}
            />
          </>
        ) : null}
        <Select
          label={words('people.role')}
          value={role.value}
          options={roles.map((one) => ({ value: one, label: words(`role.${one}`) }))}
          onChange={(value) => {
            role.value = value;
          }}
        />
        <Select
          label={words('people.scope')}
          value={scope.value}
          options={choices}
          onChange={(value) => {
            scope.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary">
            {row === undefined ? words('people.invite') : words('people.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function LockDialog({ row, onClose }: { row: AccountRow; onClose: () => void }) {
  const reason = useSignal('');
  return (
    <Dialog title={words('people.lock-title', { name: row.name })} onClose={onClose}>
      <form
        class="people-form"
        onSubmit={(event) => {
          event.preventDefault();
          void trying(async () => {
            await api.send(accountPath(row.name, 'lock'), { reason: reason.value });
            onClose();
          });
        }}
      >
        <p class="soft">{words('people.lock-about')}</p>
        <TextField
          label={words('people.reason')}
          value={reason.value}
          onInput={(value) => {
            reason.value = value;
          }}
          required
          autoFocus
        />
        <DialogActions onCancel={onClose}>
          <Button type="submit" look="danger">
            {words('people.lock')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function LinkDialog({ invited, onClose }: { invited: InvitedAccount; onClose: () => void }) {
  const { account, secret } = invited;
  const link = `${location.origin}${location.pathname}#/invitation/${secret}`;
  return (
    <Dialog title={words('people.link-title')} onClose={onClose}>
      <div class="people-form">
        <p class="soft">
          {words('people.link-about', {
            name: account.name,
            time: fullTime(account.invitedUntil ?? 0, deskZone.value),
          })}
        </p>
        <p class="people-link" data-testid="link">
          <span class="faint">{words('people.link')}</span> {link}
        </p>
        <footer class="dialog-actions">
          <Button
            icon="link"
            onClick={() =>
              void navigator.clipboard.writeText(link).then(
                () => say(words('people.copied'), 'good'),
                () => undefined,
              )
            }
          >
            {words('people.copy')}
          </Button>
          <Button look="primary" onClick={onClose}>
            {words('people.close')}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}

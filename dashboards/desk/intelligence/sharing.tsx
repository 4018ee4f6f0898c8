/** Groups of partners, what is proposed, what left. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SharingGroupRow, SharingList } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip, type Tone } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import { GroupDialog } from './group-dialog.tsx';
import { TlpChip } from './indicators.tsx';
import { changeSharing, fetchSharing, mayPropose, mayShare, shareFile } from './requests.ts';
import { ShareDialog } from './share-dialog.tsx';
import { words } from './words.ts';

type Share = SharingList['shares'][number];
const tones: Readonly<Record<Share['state'], Tone>> = {
  proposed: 'medium',
  refused: 'neutral',
  sent: 'good',
  'taken-back': 'high',
};

export function Sharing() {
  const held = useSignal<Loaded<SharingList>>({ state: 'loading' });
  const ask = () => void load(held, fetchSharing);
  useEffect(ask, []);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[120, 180]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  return <There list={state.value} held={held} />;
}

function There({ list, held }: { list: SharingList; held: Signal<Loaded<SharingList>> }) {
  const edited = useSignal<SharingGroupRow | 'new' | undefined>(undefined);
  const decided = useSignal<{ share: Share; deed: 'approve' | 'refuse' | 'take-back' } | undefined>(
    undefined,
  );
  const isSharing = useSignal(false);
  const change = async (path: string, body: object | undefined, method?: 'POST' | 'PUT' | 'DELETE') => {
    try {
      held.value = { state: 'there', value: await changeSharing(path, body, method) };
      say(words('done'));
      return true;
    } catch (error) {
      say(reasonOf(error).message, 'critical');
      return false;
    }
  };
  return (
    <>
      <Card
        title={words('groups.title')}
        flush
        aside={
          mayShare() ? (
            <Button
              size="small"
              icon="plus"
              onClick={() => {
                edited.value = 'new';
              }}
            >
              {words('group.add')}
            </Button>
          ) : undefined
        }
      >
        {list.groups.length === 0 ? (
          <EmptyState icon="person" title={words('groups.none')}>
            {words('groups.none-text')}
          </EmptyState>
        ) : (
          <ul class="intel-rows">
            {list.groups.map((one) => (
              <li key={one.id} class="intel-row">
                <TlpChip tlp={one.tlp} />
                <div class="intel-main">
                  <strong>{one.name}</strong>
                  <span class="faint">{one.partners.map(({ name }) => name).join(', ')}</span>
                </div>
                <Chip icon="network">{one.collection === '' ? words('group.by-file') : one.collection}</Chip>
                {mayShare() ? (
                  <Button
                    size="small"
                    label={words('group.edit-of', { name: one.name })}
                    onClick={() => {
                      edited.value = one;
                    }}
                  >
                    {words('group.edit')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card
        title={words('shares.title')}
        flush
        aside={
          mayPropose() && list.groups.length > 0 ? (
            <Button
              size="small"
              onClick={() => {
                isSharing.value = true;
              }}
            >
              {words('share.add')}
            </Button>
          ) : undefined
        }
      >
        {list.shares.length === 0 ? (
          <EmptyState icon="link" title={words('shares.none')}>
            {words('shares.none-text')}
          </EmptyState>
        ) : (
          <ul class="intel-rows">
            {list.shares.map((one) => (
              <ShareRow
                key={one.id}
                one={one}
                onDeed={(deed) => {
                  decided.value = { share: one, deed };
                }}
              />
            ))}
          </ul>
        )}
      </Card>
      {edited.value === undefined ? null : (
        <GroupDialog
          group={edited.value === 'new' ? undefined : edited.value}
          collections={list.collections}
          onSave={(body) =>
            edited.value === 'new' || edited.value === undefined
              ? change('groups', body)
              : change(`groups/${edited.value.id}`, body, 'PUT')
          }
          onClose={() => {
            edited.value = undefined;
          }}
        />
      )}
      {isSharing.value ? (
        <ShareDialog
          groups={list.groups}
          onPropose={(body) => change('shares', body)}
          onClose={() => {
            isSharing.value = false;
          }}
        />
      ) : null}
      {decided.value === undefined ? null : (
        <DecideDialog
          {...decided.value}
          hasCollection={list.groups.some(
            ({ id, collection }) => id === decided.value?.share.group && collection !== '',
          )}
          onDecide={change}
          onClose={() => {
            decided.value = undefined;
          }}
        />
      )}
    </>
  );
}

function ShareRow({
  one,
  onDeed,
}: {
  one: Share;
  onDeed: (deed: 'approve' | 'refuse' | 'take-back') => void;
}) {
  const { title: name, state } = one;
  const deeds = state === 'proposed' ? (['approve', 'refuse'] as const) : (['take-back'] as const);
  return (
    <li class="intel-row">
      <Icon name="link" size={18} />
      <div class="intel-main">
        <strong>{name}</strong>
        <span class="faint">
          {words('share.line', { group: one.groupName, tlp: one.tlp.toUpperCase(), by: one.proposed.by })} ·{' '}
          <RelativeTime at={one.proposed.at} timeZone="UTC" />
        </span>
        {one.decided === undefined ? null : (
          <span class="faint">{words('share.decided', { by: one.decided.by, text: one.decided.text })}</span>
        )}
      </div>
      <Chip tone={tones[state]}>{words(`state.${state}`)}</Chip>
      {mayShare() && (state === 'proposed' || state === 'sent') ? (
        <span class="intel-chips">
          {deeds.map((deed) => (
            <Button
              key={deed}
              size="small"
              look={deed === 'approve' ? 'primary' : 'plain'}
              label={words(`share.${deed}-of`, { name })}
              onClick={() => onDeed(deed)}
            >
              {words(`share.${deed}`)}
            </Button>
          ))}
          {state === 'sent' ? (
            <a
              class="button button-plain button-small"
              href={shareFile(one.id)}
              download=""
              aria-label={words('share.file-of', { name })}
            >
              {words('share.file')}
            </a>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}

function DecideDialog(props: {
  share: Share;
  deed: 'approve' | 'refuse' | 'take-back';
  hasCollection: boolean;
  onDecide: (path: string, body: object) => Promise<boolean>;
  onClose: () => void;
}) {
  const { share, deed } = props;
  const text = useSignal('');
  const how = useSignal<'taxii' | 'file'>(props.hasCollection ? 'taxii' : 'file');
  const decide = async () => {
    const path = `shares/${share.id}/${deed === 'take-back' ? 'take-back' : 'decide'}`;
    const body =
      deed === 'take-back'
        ? { text: text.value }
        : { approves: deed === 'approve', text: text.value, how: how.value };
    if (await props.onDecide(path, body)) props.onClose();
  };
  return (
    <Dialog title={words(`share.${deed}`)} onClose={props.onClose}>
      <div class="intel-form">
        <p>{share.title}</p>
        {deed === 'approve' ? (
          <Select
            label={words('share.how')}
            value={how.value}
            options={(props.hasCollection ? (['taxii', 'file'] as const) : (['file'] as const)).map(
              (value) => ({
                value,
                label: words(`how.${value}`),
              }),
            )}
            onChange={(value) => {
              how.value = value;
            }}
          />
        ) : null}
        <TextField
          label={words('share.reason')}
          value={text.value}
          required
          onInput={(value) => {
            text.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button look="primary" disabled={text.value.trim().length < 3} onClick={() => void decide()}>
            {words(`share.${deed}`)}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import type { QueueView } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, Switch, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { MenuButton } from '../../kit/menu.tsx';
import { done } from '../done.ts';
import { chooseFilter, filter } from '../live/desk-state.ts';
import { everything, filterOf, viewOf } from '../live/queue-changes.ts';
import { session } from '../session.ts';
import { removeView, saveView, settings, views } from './desk-settings.ts';
import { words } from './words.ts';

/** Kept ways to look at the queue, and what the three filters beside it do not say. */
export function Views() {
  const isSaving = useSignal(false);
  const me = session.value?.name ?? '';
  const show = (view: QueueView) => chooseFilter(filterOf(view, me));
  return (
    <>
      <MenuButton
        label={words('views')}
        items={[
          { label: words('view-all'), icon: 'list', onChoose: () => chooseFilter(everything) },
          { label: words('view-mine'), icon: 'person', onChoose: () => show({ assignee: 'me' }) },
          { label: words('view-nobody'), icon: 'incidents', onChoose: () => show({ assignee: '' }) },
          {
            label: words('view-late'),
            icon: 'clock',
            onChoose: () => show({ olderThanMs: 4 * 3_600_000 }),
          },
          ...views.value.map(({ name, view, owner, shared }) => ({
            label: name,
            icon: 'filter' as const,
            ...(shared && owner !== me ? { detail: words('view-shared-by', { name: owner }) } : {}),
            onChoose: () => show(view),
          })),
          {
            label: words('view-saved'),
            icon: 'plus',
            onChoose: () => {
              isSaving.value = true;
            },
          },
        ]}
      >
        <Icon name="filter" />
        <span class="button-text">{words('views')}</span>
        <Icon name="chevron-down" size={13} />
      </MenuButton>
      <Select
        bare
        label={words('theme')}
        value={filter.value.theme ?? ''}
        onChange={(theme) => chooseFilter({ theme: theme === '' ? undefined : theme })}
        options={[
          { value: '', label: words('all-themes') },
          ...(settings.value?.themes ?? []).map((theme) => ({
            value: theme,
            label: theme.replaceAll('-', ' '),
          })),
        ]}
      />
      <span class="queue-find">
        <input
          class="input"
          type="search"
          aria-label={words('find')}
          placeholder={words('find')}
          value={filter.value.text ?? ''}
          onChange={(change) => {
            const text = change.currentTarget.value.trim();
            chooseFilter({ text: text === '' ? undefined : text });
          }}
        />
      </span>
      {isSaving.value ? (
        <SaveDialog
          onClose={() => {
            isSaving.value = false;
          }}
        />
      ) : null}
    </>
  );
}

function SaveDialog({ onClose }: { onClose: () => void }) {
  const name = useSignal('');
  const shared = useSignal(false);
  const own = views.value.filter(({ owner }) => owner === session.value?.name);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name.value.trim();
    if (wanted === '') return;
    const id = own.find((view) => view.name === wanted)?.id ?? crypto.randomUUID();
    if (await done(saveView(id, { name: wanted, view: viewOf(filter.value), shared: shared.value })))
      onClose();
  };
  return (
    <Dialog title={words('view-saved')} onClose={onClose}>
      <form class="reason" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={words('view-name')}
          value={name.value}
          required
          autoFocus
          onInput={(value) => {
            name.value = value;
          }}
        />
        <Switch
          label={words('view-shared')}
          on={shared.value}
          onChange={(on) => {
            shared.value = on;
          }}
        />
        {own.length === 0 ? null : (
          <ul class="view-list">
            {own.map((view) => (
              <li key={view.id}>
                <span class="truncate">{view.name}</span>
                <IconButton
                  icon="close"
                  label={words('view-remove', { name: view.name })}
                  onClick={() => void done(removeView(view.id))}
                />
              </li>
            ))}
          </ul>
        )}
        <DialogActions onCancel={onClose}>
          <Button type="submit" look="primary">
            {words('view-save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { RegistryChanges } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { say } from '../../kit/toast.tsx';
import { reasonOf } from '../loaded.ts';
import { text } from '../text.ts';
import { importRegistry } from './registry-data.ts';

/** First the files, then what they would change, then the change. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const files = useSignal<{ name: string; text: string }[]>([]);
  const preview = useSignal<RegistryChanges | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const ask = async (dryRun: boolean): Promise<void> => {
    busy.value = true;
    failure.value = undefined;
    try {
      const changes = await importRegistry(files.value, dryRun);
      if (dryRun) preview.value = changes;
      else {
        say(text('import.done', { count: changes.changes.length + changes.more }));
        onClose();
      }
    } catch (error) {
      preview.value = undefined;
      failure.value = reasonOf(error).message;
    } finally {
      busy.value = false;
    }
  };
  const choose = async (list: FileList | null): Promise<void> => {
    files.value = await Promise.all(
      [...(list ?? [])].map(async (file) => ({ name: file.name, text: await file.text() })),
    );
    preview.value = undefined;
    if (files.value.length > 0) await ask(true);
  };
  const found = preview.value;
  return (
    <Dialog title={text('import.title')} size="wide" onClose={onClose}>
      <div class="registry-form">
        <p>{text('import.about')}</p>
        <label for={id} class="field-label">
          {text('import.files')}
        </label>
        <input
          id={id}
          class="input"
          type="file"
          multiple
          accept=".yaml,.yml,.csv"
          onChange={(change) => void choose(change.currentTarget.files)}
        />
        {failure.value === undefined ? null : (
          <p class="import-failure" role="alert">
            {failure.value}
          </p>
        )}
        {found === undefined ? null : found.changes.length === 0 ? (
          <p role="status">{text('import.nothing')}</p>
        ) : (
          <>
            <p role="status">
              <strong>{text('import.changes', { count: found.changes.length + found.more })}</strong>{' '}
              <span class="faint">{text('import.same', { count: found.same })}</span>
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must take the keyboard. */}
            <ul class="import-changes" tabIndex={0} aria-label={text('import.list')}>
              {found.changes.map(({ list, id: name, change, fields }) => (
                <li key={`${list} ${name}`}>
                  <Chip tone={change === 'added' ? 'good' : 'accent'}>
                    {change === 'added' ? text('import.added') : text('import.changed')}
                  </Chip>
                  <span>
                    <strong>{name}</strong> <span class="faint">{text(`import.${list}`)}</span>
                    {fields.map((field) => (
                      <span class="import-field" key={field}>
                        {field}
                      </span>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        <DialogActions onCancel={onClose}>
          <Button
            look="primary"
            busy={busy.value}
            disabled={found === undefined || found.changes.length === 0}
            onClick={() => void ask(false)}
          >
            {text('import.apply')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

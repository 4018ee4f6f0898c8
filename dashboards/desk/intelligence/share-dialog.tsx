import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentSummary, SharingGroupRow, SharingPreview } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { reasonOf } from '../loaded.ts';
import { fetchIncidents } from '../session.ts';
import { fetchPreview } from './requests.ts';
import { words } from './words.ts';

/** Removals that are listed. */
const MAX_LISTED = 100;

/** First what would leave and what is taken out, then the proposal. */
export function ShareDialog(props: {
  groups: readonly SharingGroupRow[];
  onPropose: (body: object) => Promise<boolean>;
  onClose: () => void;
}) {
  const incidents = useSignal<IncidentSummary[]>([]);
  const incident = useSignal('');
  const group = useSignal(props.groups[0]?.id ?? '');
  const text = useSignal('');
  const preview = useSignal<SharingPreview | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  useEffect(() => {
    fetchIncidents({ state: 'open,acknowledged,contained', offset: 0, limit: 50 }).then(
      ({ items }) => {
        incidents.value = items;
        incident.value = items[0]?.id ?? '';
      },
      (error: unknown) => {
        failure.value = reasonOf(error).message;
      },
    );
  }, []);
  const look = async () => {
    failure.value = undefined;
    try {
      preview.value = await fetchPreview(incident.value, group.value);
    } catch (error) {
      preview.value = undefined;
      failure.value = reasonOf(error).message;
    }
  };
  const found = preview.value;
  return (
    <Dialog title={words('share.add')} size="wide" onClose={props.onClose}>
      <div class="intel-form">
        <Select
          label={words('share.incident')}
          value={incident.value}
          options={incidents.value.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(value) => {
            incident.value = value;
            preview.value = undefined;
          }}
        />
        <Select
          label={words('share.group')}
          value={group.value}
          options={props.groups.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(value) => {
            group.value = value;
            preview.value = undefined;
          }}
        />
        <div>
          <Button disabled={incident.value === ''} onClick={() => void look()}>
            {words('share.look')}
          </Button>
        </div>
        {failure.value === undefined ? null : (
          <p class="intel-problem" role="alert">
            {failure.value}
          </p>
        )}
        {found === undefined ? null : (
          <>
            <p role="status">
              <strong>{words('preview.leaves', { count: found.objects.length })}</strong>,{' '}
              {words('preview.removed', { count: found.removed.length })}
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must take the keyboard. */}
            <ul class="intel-preview" tabIndex={0} aria-label={words('share.look')}>
              {found.removed.slice(0, MAX_LISTED).map((one, index) => (
                <li key={index}>
                  <span class="faint">{words(`rule.${one.rule}`)}</span>
                  <del>{one.was}</del> <ins>{one.now ?? words('preview.nothing')}</ins>
                </li>
              ))}
            </ul>
            <details class="intel-objects">
              <summary>{words('preview.leaves', { count: found.objects.length })}</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must take the keyboard. */}
              <pre tabIndex={0}>{JSON.stringify(found.objects, undefined, 1)}</pre>
            </details>
          </>
        )}
        <TextField
          label={words('share.text')}
          value={text.value}
          required
          onInput={(value) => {
            text.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button
            look="primary"
            disabled={found === undefined || text.value.trim().length < 3}
            onClick={async () => {
              const body = { incident: incident.value, group: group.value, text: text.value };
              if (await props.onPropose(body)) props.onClose();
            }}
          >
            {words('share.propose')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

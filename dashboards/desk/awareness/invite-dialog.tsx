import { useSignal } from '@preact/signals';
import type { Invitation } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { reasonOf } from '../loaded.ts';
import { invite } from './awareness-requests.ts';
import { words } from './words.ts';

/** Makes a personal link; it is shown this once. */
export function InviteDialog(props: {
  sites: readonly { id: string; name: string }[];
  onDone: () => void;
  onClose: () => void;
}) {
  const name = useSignal('');
  const site = useSignal(props.sites[0]?.id ?? '');
  const made = useSignal<Invitation | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const send = () => {
    invite({ name: name.value.trim(), ...(site.value === '' ? {} : { site: site.value }) }).then(
      (invitation) => {
        made.value = invitation;
        props.onDone();
      },
      (error: unknown) => {
        failure.value = reasonOf(error).message;
      },
    );
  };
  return (
    <Dialog title={words('awareness.invite-title')} onClose={props.onClose}>
      {made.value === undefined ? (
        <>
          <TextField
            label={words('awareness.name')}
            value={name.value}
            error={failure.value}
            autoFocus
            onInput={(value) => {
              name.value = value;
            }}
          />
          <Select
            label={words('awareness.at')}
            value={site.value}
            options={[
              ...props.sites.map(({ id, name: label }) => ({ value: id, label })),
              { value: '', label: words('awareness.everywhere') },
            ]}
            onChange={(value) => {
              site.value = value;
            }}
          />
          <DialogActions onCancel={props.onClose}>
            <Button look="primary" disabled={name.value.trim() === ''} onClick={send}>
              {words('awareness.invite')}
            </Button>
          </DialogActions>
        </>
      ) : (
        <TextField
          label={words('awareness.link')}
          hint={words('awareness.link-hint', { name: made.value.learner.name })}
          value={new URL(made.value.link, location.href).href}
          onInput={() => undefined}
        />
      )}
    </Dialog>
  );
}

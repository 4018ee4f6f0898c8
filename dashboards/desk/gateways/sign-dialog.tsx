import { useSignal } from '@preact/signals';
import type { GatewayList, GatewayRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea, TextField } from '../../kit/field.tsx';
import { say } from '../../kit/toast.tsx';
import { trying } from '../people/confirm.tsx';
import { signConfiguration } from './requests.ts';
import { words } from './words.ts';

/** As much as a bundle holds, with room for what surrounds it. */
const MAX_CHARACTERS = 250_000;

/** Signs a configuration for one gateway. */
export function SignDialog(props: {
  gateway: GatewayRow;
  onClose: () => void;
  onChanged: (list: GatewayList) => void;
}) {
  const configuration = useSignal('');
  const note = useSignal('');
  const name = props.gateway.id;
  const send = () =>
    void trying(async () => {
      props.onChanged(await signConfiguration(name, configuration.value, note.value.trim()));
      say(words('bundle.sent'));
    });
  return (
    <Dialog title={words('bundle.sign-for', { name })} onClose={props.onClose} size="wide">
      <form
        class="gateways-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          send();
        }}
      >
        <TextArea
          label={words('bundle.text')}
          hint={words('bundle.hint')}
          rows={14}
          maxLength={MAX_CHARACTERS}
          value={configuration.value}
          onInput={(value) => {
            configuration.value = value;
          }}
        />
        <TextField
          label={words('bundle.note')}
          value={note.value}
          onInput={(value) => {
            note.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button look="primary" type="submit" disabled={configuration.value.trim() === ''}>
            {words('bundle.send')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

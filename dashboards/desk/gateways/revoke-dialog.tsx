import { useSignal } from '@preact/signals';
import type { GatewayList, GatewayRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { say } from '../../kit/toast.tsx';
import { trying } from '../people/confirm.tsx';
import { revoke } from './requests.ts';
import { words } from './words.ts';

/** Cuts a gateway off, with a reason. */
export function RevokeDialog(props: {
  gateway: GatewayRow;
  onClose: () => void;
  onChanged: (list: GatewayList) => void;
}) {
  const reason = useSignal('');
  const name = props.gateway.id;
  const send = () =>
    void trying(async () => {
      props.onChanged(await revoke(name, reason.value.trim()));
      say(words('revoke.done', { name }));
    });
  return (
    <Dialog title={words('revoke.open-for', { name })} onClose={props.onClose}>
      <form
        class="gateways-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          send();
        }}
      >
        <p>{words('revoke.about')}</p>
        <TextField
          label={words('revoke.reason')}
          value={reason.value}
          autoFocus
          required
          onInput={(value) => {
            reason.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button look="danger" type="submit" disabled={reason.value.trim().length < 3}>
            {words('revoke.send')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

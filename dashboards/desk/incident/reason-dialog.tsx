import { useSignal } from '@preact/signals';
import type { IncidentSummary } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea } from '../../kit/field.tsx';
import { text } from '../text.ts';
import { act } from './actions.ts';
import type { Verb } from './life.ts';

/** Steps in an incident's life that the record keeps with a reason. */
export type Reasoned = Exclude<Verb, 'acknowledge' | 'assign' | 'note'>;

export function ReasonDialog(props: { verb: Reasoned; summary: IncidentSummary; onClose: () => void }) {
  const { verb, summary, onClose } = props;
  const reason = useSignal('');
  const wrong = useSignal(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const words = reason.value.trim();
    wrong.value = words === '';
    if (wrong.value) return;
    // The page shows the change at once; if the server refuses, a notice says so and it is put back.
    void act(summary, verb, { text: words });
    onClose();
  };
  return (
    <Dialog title={text(`act.${verb}.title`)} onClose={onClose}>
      <form class="reason" onSubmit={submit} noValidate>
        <p class="soft">{summary.title}</p>
        <TextArea
          label={text(`act.${verb}.why`)}
          hint={text(`act.${verb}.hint`)}
          value={reason.value}
          error={wrong.value ? text('act.reason-missing') : undefined}
          required
          onInput={(value) => {
            reason.value = value;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button type="submit" look="primary">
            {text(`act.${verb}`)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea } from '../../kit/field.tsx';
import { words } from './words.ts';

/** Asks for words, then does what was asked for. */
export function ReasonDialog(props: {
  title: string;
  label: string;
  action: string;
  look?: 'primary' | 'danger';
  /** Words may be left out. */
  optional?: boolean;
  onSay: (text: string) => Promise<boolean>;
  onClose: () => void;
}) {
  const text = useSignal('');
  const isWrong = useSignal(false);
  const isBusy = useSignal(false);
  const say = async (submit: Event) => {
    submit.preventDefault();
    isWrong.value = props.optional !== true && text.value.trim().length < 3;
    if (isWrong.value) return;
    isBusy.value = true;
    if (await props.onSay(text.value.trim())) props.onClose();
    isBusy.value = false;
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form class="continuity-form" onSubmit={(submit) => void say(submit)}>
        <TextArea
          label={props.label}
          value={text.value}
          rows={3}
          maxLength={1_000}
          error={isWrong.value ? words('reason.short') : undefined}
          onInput={(value) => {
            text.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button look={props.look ?? 'primary'} type="submit" busy={isBusy.value}>
            {props.action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

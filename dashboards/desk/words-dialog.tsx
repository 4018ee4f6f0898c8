import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Button } from '../kit/button.tsx';
import { Dialog, DialogActions } from '../kit/dialog.tsx';
import { TextArea } from '../kit/field.tsx';
import { done } from './done.ts';
import { text } from './text.ts';

/** Asks for a few words and does something with them; stays open when the server refuses. */
export function WordsDialog(props: {
  title: string;
  why: string;
  hint: string;
  verb: string;
  /** It can't be done yet, however good the words are. */
  isIncomplete?: boolean;
  children?: ComponentChildren;
  onSubmit: (words: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const words = useSignal('');
  const isWrong = useSignal(false);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isWrong.value = words.value.trim() === '';
    if (isWrong.value || isBusy.value || props.isIncomplete) return;
    isBusy.value = true;
    if (await done(props.onSubmit(words.value.trim()))) props.onClose();
    isBusy.value = false;
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form class="reason" onSubmit={(event) => void submit(event)} noValidate>
        {props.children}
        <TextArea
          label={props.why}
          hint={props.hint}
          value={words.value}
          error={isWrong.value ? text('act.reason-missing') : undefined}
          required
          maxLength={1_000}
          onInput={(value) => {
            words.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary" disabled={props.isIncomplete ?? false} busy={isBusy.value}>
            {props.verb}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';
import { text } from '../text.ts';
import { type Asked, asked, confirmCommand } from './command-actions.ts';

/** Says what will happen before it does. Once, at the end of the page. */
export function CommandDialog() {
  const current = asked.value;
  return current === undefined ? null : <Question key={current.question.confirm} asked={current} />;
}

function Question({ asked: current }: { asked: Asked }) {
  const { action, name, question, askedAtMs } = current;
  const isLate = useSignal(false);
  useEffect(() => {
    const leftMs = askedAtMs + question.withinMs - performance.now();
    const late = setTimeout(() => {
      isLate.value = true;
    }, leftMs);
    return () => clearTimeout(late);
  }, [askedAtMs, question, isLate]);
  const close = () => {
    if (asked.value === current) asked.value = undefined;
  };
  return (
    <Dialog title={`${text(`command.${action}`)}: ${name}`} onClose={close}>
      <p class="command-says">
        <Icon name="warning" size={26} />
        <span>{questionOf(current)}</span>
      </p>
      {isLate.value ? (
        <p class="soft" role="status">
          {text('command.late')}
        </p>
      ) : null}
      <DialogActions onCancel={close}>
        <Button look="danger" onClick={() => confirmCommand(current)}>
          {isLate.value ? text('command.again') : text(`command.${action}`)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** In the reader's language; what is not known here is said as the gateway says it. */
function questionOf({ action, name, question }: Asked): string {
  switch (action) {
    case 'lock.lock':
    case 'lock.unlock':
    case 'siren.on':
      return text(`command.ask.${action}`, { name });
    default:
      return question.says;
  }
}

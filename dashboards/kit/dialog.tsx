import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button, IconButton } from './button.tsx';
import { kitText } from './text.ts';

/**
 * The browser's own modal dialog: it traps the focus, closes on Escape and gives the focus back.
 * Render it to open it; `onClose` is called however it closes.
 */
export function Dialog(props: {
  title: string;
  children: ComponentChildren;
  onClose: () => void;
  size?: 'normal' | 'wide';
}) {
  const reference = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = reference.current;
    if (dialog !== null && !dialog.open) {
      dialog.showModal();
      // It gives the focus to the first control, which is the one that closes it.
      dialog.querySelector<HTMLElement>('[data-focused]')?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={reference}
      class={`dialog dialog-${props.size ?? 'normal'}`}
      aria-labelledby={id}
      onClose={props.onClose}
      onKeyDown={(press) => press.stopPropagation()}
      onClick={(click) => {
        // The dialog's own box is filled by its content: a click on the dialog itself is one on the scrim.
        if (click.target === reference.current) reference.current?.close();
      }}
    >
      <div class="dialog-box">
        <div class="dialog-header">
          <h2 id={id}>{props.title}</h2>
          <IconButton icon="close" label={kitText('kit.close')} onClick={() => reference.current?.close()} />
        </div>
        {props.children}
      </div>
    </dialog>
  );
}

/** The row of buttons at a dialog's end: Cancel, then what was asked for. */
export function DialogActions({ children, onCancel }: { children: ComponentChildren; onCancel: () => void }) {
  return (
    <div class="dialog-actions">
      <Button look="quiet" onClick={onCancel}>
        {kitText('kit.cancel')}
      </Button>
      {children}
    </div>
  );
}

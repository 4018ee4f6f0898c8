import type { ComponentChildren, Ref } from 'preact';
import { Icon, type IconName } from './icons.tsx';

export interface ButtonProps {
  children: ComponentChildren;
  onClick?: (click: MouseEvent) => void;
  /** `primary`: the one thing most likely wanted here. `danger`: hard to take back. */
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
  size?: 'normal' | 'small';
  icon?: IconName | undefined;
  /** Shown at the end of the button: the key that does the same. */
  keyHint?: string | undefined;
  type?: 'button' | 'submit';
  disabled?: boolean;
  /** What it is called where its text alone would not say of what: it begins with that text. */
  label?: string;
  /** It opens something beside it. */
  expanded?: boolean;
  /** Under way: keeps its size and its focus, takes no second click. */
  busy?: boolean;
}

export function Button(props: ButtonProps) {
  const { children, onClick, look = 'plain', size = 'normal', icon, keyHint, busy = false } = props;
  return (
    <button
      type={props.type === 'submit' ? 'submit' : 'button'}
      class={`button button-${look}${size === 'small' ? ' button-small' : ''}`}
      disabled={props.disabled ?? false}
      aria-disabled={busy}
      aria-busy={busy}
      aria-keyshortcuts={keyHint}
      aria-label={props.label}
      aria-expanded={props.expanded}
      onClick={(click) => {
        if (busy) click.preventDefault();
        else onClick?.(click);
      }}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      <span class="button-text">{children}</span>
      {keyHint === undefined ? null : <Key name={keyHint} />}
    </button>
  );
}

/** A button with an icon alone; its label is its accessible name and its tooltip. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick?: (click: MouseEvent) => void;
  pressed?: boolean;
  expanded?: boolean;
  reference?: Ref<HTMLButtonElement>;
}) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      onClick={props.onClick}
      ref={props.reference ?? null}
    >
      <Icon name={props.icon} size={18} />
    </button>
  );
}

/** A key as printed on a keyboard. Decoration: the button or the help text says the rest. */
export function Key({ name }: { name: string }) {
  return (
    <span class="key" aria-hidden="true">
      {name}
    </span>
  );
}

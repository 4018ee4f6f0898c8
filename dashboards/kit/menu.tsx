import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';
import { Popover } from './popover.tsx';

export interface MenuItem {
  label: string;
  icon?: IconName;
  detail?: string;
  onChoose: () => void;
  checked?: boolean;
  danger?: boolean;
}

/** A button that opens a list of things to choose from; arrow keys, Home, End, first letters. */
export function MenuButton(props: {
  label: string;
  children: ComponentChildren;
  items: readonly MenuItem[];
  /** Class of the button; `button button-plain` by default. */
  look?: string;
  /** Where the button's text is not its name. */
  name?: string;
}) {
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const move = (press: KeyboardEvent) => {
    if (!(press.currentTarget instanceof HTMLElement)) return;
    const items: Element[] = [...press.currentTarget.querySelectorAll('button')];
    const focused = document.activeElement;
    const at = focused === null ? -1 : items.indexOf(focused);
    const focus = (item: Element | undefined) => item instanceof HTMLElement && item.focus();
    const to = (index: number) => focus(items[(index + items.length) % items.length]);
    press.stopPropagation();
    if (press.key === 'ArrowDown') to(at + 1);
    else if (press.key === 'ArrowUp') to(at < 0 ? -1 : at - 1);
    else if (press.key === 'Home') to(0);
    else if (press.key === 'End') to(-1);
    else if (press.key.length === 1 && press.key !== ' ') {
      const letter = press.key.toLowerCase();
      const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      focus(turned.find((item) => item.textContent.trim().toLowerCase().startsWith(letter)));
    } else return;
    press.preventDefault();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.look ?? 'button button-plain'}
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-label={props.name}
        title={props.name}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {props.children}
      </button>
      {open.value && button.current !== null ? (
        <Popover
          anchor={button.current}
          label={props.label}
          look="menu"
          onClose={() => {
            open.value = false;
          }}
        >
          <div onKeyDown={move} role="none" class="menu">
            {props.items.map((item) => (
              // biome-ignore lint/a11y/useAriaPropsSupportedByRole: checked goes with menuitemradio only.
              <button
                key={item.label}
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={item.checked}
                class={`menu-item${item.danger ? ' menu-item-danger' : ''}`}
                onClick={() => {
                  open.value = false;
                  item.onChoose();
                }}
              >
                {item.icon === undefined ? null : <Icon name={item.icon} />}
                <span class="menu-label">{item.label}</span>
                {item.detail === undefined ? null : <span class="menu-detail">{item.detail}</span>}
                {item.checked ? <Icon name="check" /> : null}
              </button>
            ))}
          </div>
        </Popover>
      ) : null}
    </>
  );
}

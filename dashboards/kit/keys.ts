import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const KEY = 'gatehouse.shortcuts';

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

/** Single-letter shortcuts can be switched off: speech input types letters (WCAG 2.1.4). */
export const shortcutsOn = signal(remembered());

export function setShortcuts(on: boolean): void {
  shortcutsOn.value = on;
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'off');
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** Whether a key press belongs to what has the focus (a text, an open dialog or menu) and not to the page. */
export function isTaken(press: KeyboardEvent): boolean {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return true;
  const target = press.target;
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, dialog, [popover]') !== null;
}

/**
 * Shortcuts of a page while it is shown, by `KeyboardEvent.key`. A two-letter entry (`gi`) is one key after
 * the other within a second. An action that answers `false` leaves the key to others.
 */
export function useKeys(actions: Readonly<Record<string, (press: KeyboardEvent) => unknown>>): void {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    let before = { key: '', at: 0 };
    const pressed = (press: KeyboardEvent) => {
      if (isTaken(press) || (!shortcutsOn.value && press.key.length === 1)) return;
      // Enter and Space belong to a focused button or link.
      const onControl =
        press.target instanceof Element && press.target.closest('a, button, summary') !== null;
      if (onControl && (press.key === 'Enter' || press.key === ' ')) return;
      const pair = press.timeStamp - before.at < 1_000 ? before.key + press.key : press.key;
      before = { key: press.key, at: press.timeStamp };
      const action = current.current[pair] ?? current.current[press.key];
      if (action === undefined) return;
      if (action(press) !== false) press.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

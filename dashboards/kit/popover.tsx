import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const GAP = 8;
const EDGE = 12;

/** Where a box of the given size goes beside an anchor, within a viewport. Pure, in px. */
export function placeBeside(
  anchor: { left: number; top: number; right: number; bottom: number },
  box: { width: number; height: number },
  viewport: { width: number; height: number },
): { left: number; top: number } {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - box.height;
  const top = below + box.height <= viewport.height - EDGE || above < EDGE ? below : above;
  const middle = (anchor.left + anchor.right) / 2 - box.width / 2;
  const clamp = (value: number, most: number) => Math.max(EDGE, Math.min(value, most));
  return {
    left: clamp(middle, viewport.width - box.width - EDGE),
    top: clamp(top, viewport.height - box.height - EDGE),
  };
}

/**
 * Details beside the thing they are about; on a narrow screen a sheet at the bottom. The browser's popover
 * closes it on Escape and on a click elsewhere. Render it to open it.
 */
export function Popover(props: {
  anchor: HTMLElement;
  label: string;
  children: ComponentChildren;
  onClose: () => void;
  /** `menu`: as narrow as its items. */
  look?: 'details' | 'menu';
}) {
  const reference = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = reference.current;
    if (box === null) return;
    const place = () => {
      const sheet = innerWidth < 640 && props.look !== 'menu';
      box.classList.toggle('popover-sheet', sheet);
      if (sheet) {
        box.style.removeProperty('left');
        box.style.removeProperty('top');
        return;
      }
      const { left, top } = placeBeside(
        props.anchor.getBoundingClientRect(),
        { width: box.offsetWidth, height: box.offsetHeight },
        { width: innerWidth, height: innerHeight },
      );
      box.style.left = `${left}px`;
      box.style.top = `${top}px`;
    };
    box.showPopover();
    place();
    // A menu is for choosing: its first item has the focus, and the arrow keys work at once.
    const first = props.look === 'menu' ? box.querySelector<HTMLElement>('[role^="menuitem"]') : null;
    (first ?? box).focus({ preventScroll: true });
    const grown = new ResizeObserver(place);
    grown.observe(box);
    addEventListener('resize', place);
    return () => {
      grown.disconnect();
      removeEventListener('resize', place);
      if (box.contains(document.activeElement)) props.anchor.focus({ preventScroll: true });
    };
  }, [props.anchor, props.look]);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles take a label.
    <div
      ref={reference}
      popover="auto"
      class={`popover popover-${props.look ?? 'details'}`}
      role={props.look === 'menu' ? 'menu' : 'dialog'}
      aria-label={props.label}
      tabIndex={-1}
      onToggle={(toggle) => {
        if (toggle.newState !== 'closed') return;
        // Whoever clicked elsewhere wanted to be there.
        const focused = document.activeElement;
        if (focused === null || focused === document.body || toggle.currentTarget.contains(focused)) {
          props.anchor.focus({ preventScroll: true });
        }
        props.onClose();
      }}
    >
      {props.children}
    </div>
  );
}

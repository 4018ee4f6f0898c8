import { type Signal, useSignal } from '@preact/signals';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { IncidentSummary } from '../../../cloud/api/contract.ts';
import { useKeys } from '../../kit/keys.ts';
import { act, mayAct } from '../incident/actions.ts';
import { IncidentRow, placeOf } from './incident-row.tsx';
import { chosenAfter, drawnRows, shiftOf } from './window.ts';
import { words } from './words.ts';

/** Heights of a row, px: in one line, and in three where there is little room. As in queue.css. */
const ROW_PX = 64;
const NARROW_ROW_PX = 104;
const NARROW_PX = 620;
/** So many rows before the end of what is there more is asked for. */
const AHEAD = 100;

/** The queue's rows: only those that are seen are in the page, however many there are. */
export function RowWindow(props: {
  items: readonly IncidentSummary[];
  /** Of all pages. */
  total: number;
  chosen: string | undefined;
  selected: Signal<ReadonlySet<string>>;
  onMore: () => void;
}) {
  const { items, selected } = props;
  const list = useRef<HTMLUListElement>(null);
  const rowHeight = useSignal(ROW_PX);
  const span = useSignal({ from: 0, to: 24 });
  const wanted = useRef<string | undefined>(undefined);
  const lastChosen = useRef<string | undefined>(undefined);
  const before = useRef<{ ids: readonly string[]; first: number }>({ ids: [], first: 0 });
  const count = Math.max(items.length, props.total);
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  const current = useRef({ items, ids, count });
  current.current = { items, ids, count };

  const scrolled = useRef<Element | undefined>(undefined);
  const scroller = (): Element => {
    if (scrolled.current !== undefined) return scrolled.current;
    const own = list.current?.closest('.queue');
    const isOwn = own !== null && own !== undefined && getComputedStyle(own).overflowY === 'auto';
    scrolled.current = isOwn ? own : (document.scrollingElement ?? document.documentElement);
    return scrolled.current;
  };
  const geometry = () => {
    const box = list.current?.getBoundingClientRect();
    const own = scroller();
    const isPage = own === document.scrollingElement;
    const edge = isPage ? 0 : own.getBoundingClientRect().top;
    return { top: edge - (box?.top ?? 0), height: isPage ? innerHeight : own.clientHeight };
  };
  const look = () => {
    const { top, height } = geometry();
    const next = drawnRows(top, height, rowHeight.value, current.current.count);
    if (next.from !== span.value.from || next.to !== span.value.to) span.value = next;
    before.current = {
      ids: current.current.ids,
      first: Math.max(0, Math.floor(top / rowHeight.value)),
    };
    if (
      next.to + AHEAD > current.current.items.length &&
      current.current.items.length < current.current.count
    )
      props.onMore();
  };
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    let frame = 0;
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        look();
      });
    };
    const sized = new ResizeObserver(() => {
      scrolled.current = undefined;
      rowHeight.value = element.clientWidth <= NARROW_PX ? NARROW_ROW_PX : ROW_PX;
      soon();
    });
    sized.observe(element);
    document.addEventListener('scroll', soon, { capture: true, passive: true });
    return () => {
      cancelAnimationFrame(frame);
      sized.disconnect();
      document.removeEventListener('scroll', soon, { capture: true });
    };
  }, []);
  useLayoutEffect(() => {
    const shift = shiftOf(before.current.ids, ids, before.current.first, rowHeight.value);
    if (shift !== 0) scroller().scrollTop += shift;
    look();
  }, [items, count]);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-incident="${CSS.escape(wanted.current)}"]`);
    if (row === null || row === undefined) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  });

  const focusedAt = () => {
    const row = document.activeElement?.closest('li')?.querySelector('[data-incident]');
    return row instanceof HTMLElement && list.current?.contains(row)
      ? ids.indexOf(row.dataset.incident ?? '')
      : -1;
  };
  const focusRow = (index: number) => {
    const id = ids[index];
    if (id === undefined) return;
    const { top, height } = geometry();
    const room = rowHeight.value;
    // The bar at the page's top covers a little.
    const [low, high] = [index * room - 72, (index + 1) * room + 12];
    if (low < top) scroller().scrollTop += low - top;
    else if (high > top + height) scroller().scrollTop += high - top - height;
    wanted.current = id;
    look();
    const row = list.current?.querySelector<HTMLElement>(`[data-incident="${CSS.escape(id)}"]`);
    if (row) {
      wanted.current = undefined;
      row.focus({ preventScroll: true });
    }
  };
  const move = (by: number) => {
    const at = focusedAt();
    const start = at >= 0 ? at : ids.indexOf(props.chosen ?? '');
    focusRow(start < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, start + by)));
  };
  const choose = useCallback((id: string, range: boolean) => {
    selected.value = chosenAfter(selected.value, current.current.ids, id, lastChosen.current, range);
    lastChosen.current = id;
  }, []);
  const chooseFocused = (range: boolean) => {
    const id = ids[focusedAt()];
    if (id === undefined || !mayAct()) return false;
    choose(id, range);
    return true;
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => (focusedAt() < 0 ? false : move(1)),
    ArrowUp: () => (focusedAt() < 0 ? false : move(-1)),
    x: () => chooseFocused(false),
    X: () => chooseFocused(true),
    J: () => {
      move(1);
      return chooseFocused(true);
    },
    K: () => {
      move(-1);
      return chooseFocused(true);
    },
    Escape: () => {
      if (selected.value.size === 0) return false;
      selected.value = new Set();
      return true;
    },
    a: () => {
      const incident = items[focusedAt()];
      if (incident === undefined || selected.value.size > 0) return false;
      if (incident.state === 'open' && mayAct()) void act(incident, 'acknowledge');
      return true;
    },
  });
  useEffect(() => {
    // Back from an incident, the hand goes on where it was.
    if (props.chosen !== undefined) return;
    const left = sessionStorage.getItem('gatehouse.left');
    sessionStorage.removeItem('gatehouse.left');
    const at = left === null ? -1 : ids.indexOf(left);
    if (at >= 0) focusRow(at);
  }, [props.chosen]);

  const drawn: number[] = [];
  for (let at = span.value.from; at < Math.min(span.value.to, count); at++) drawn.push(at);
  return (
    <ul class="rows rows-window" ref={list} style={{ height: `${count * rowHeight.value}px` }}>
      {drawn.map((at) => {
        const item = items[at];
        return item === undefined ? (
          <li
            key={`hold-${at}`}
            class="row-item row-hold"
            style={placeOf(at, rowHeight.value)}
            aria-hidden="true"
          >
            <span class="skeleton-line" title={words('hold', { title: String(at + 1) })} />
          </li>
        ) : (
          <IncidentRow
            key={item.id}
            incident={item}
            look="wide"
            isChosen={item.id === props.chosen}
            at={at}
            of={count}
            heightPx={rowHeight.value}
            isSelected={selected.value.has(item.id)}
            onSelect={mayAct() ? choose : undefined}
          />
        );
      })}
    </ul>
  );
}

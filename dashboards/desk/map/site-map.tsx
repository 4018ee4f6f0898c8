/** The map itself: land and borders, sites as marks, moved by mouse, touch and keys. */
import './map.css';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { IconButton } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { Popover } from '../../kit/popover.tsx';
import { CLUSTER_PX, type Cluster, clustered } from './cluster.ts';
import { LAND_UNITS, type Land, loadLand, regionOf } from './land.ts';
import { standingOf } from './site-standing.ts';
import {
  extentOf,
  fitted,
  MAX_SCALE,
  panned,
  type Size,
  toScreen,
  type View,
  within,
  worldPoint,
  zoomed,
} from './view.ts';
import { words } from './words.ts';

/** One press of an arrow key, px; one step of nearer or farther. */
const STEP_PX = 70;
const STEP_ZOOM = 1.6;
/** Width of the tools on the map, with air around them, px. */
const TOOLS_PX = 72;
/** With more marks than this their names would cover one another. */
const MAX_NAMED = 14;
/** Marks this far outside of the map are not drawn, px. */
const MARGIN_PX = 30;

export interface SiteMapProps {
  sites: readonly PictureSite[];
  chosen?: string | undefined;
  onChoose: (site: string) => void;
  /** In a card the wheel scrolls the page; it zooms with Ctrl. */
  look: 'card' | 'page';
}

export function SiteMap({ sites, chosen, onChoose, look }: SiteMapProps) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  const view = useSignal<View | undefined>(undefined);
  const land = useSignal<Land | undefined | 'failed'>(undefined);
  const listed = useSignal<{ sites: PictureSite[]; anchor: HTMLElement } | undefined>(undefined);
  const placed = useMemo(
    () =>
      sites.flatMap((site) =>
        site.coordinates === undefined
          ? []
          : [{ site, point: worldPoint(site.coordinates), ...standingOf(site) }],
      ),
    [sites],
  );
  // The land around the sites changes with where they are, not with how they are.
  const places = placed
    .map(({ site: { id, coordinates } }) => `${id} ${coordinates?.latitude} ${coordinates?.longitude}`)
    .join();
  const region = useMemo(() => regionOf(placed.map(({ point }) => point)), [places]);
  useEffect(() => {
    const life = new AbortController();
    loadLand(
      placed.map(({ point }) => point),
      life.signal,
    ).then(
      (there) => {
        land.value = there;
      },
      (error: unknown) => {
        if (life.signal.aborted) return;
        console.warn(error);
        land.value = 'failed';
      },
    );
    return () => life.abort();
  }, [places]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    sized.observe(element);
    return () => sized.disconnect();
  }, []);
  const all = () => {
    // The tools at the right end cover no site.
    const width = Math.max(100, size.value.width - TOOLS_PX);
    const view = fitted(extentOf(placed.map(({ point }) => point)), { ...size.value, width });
    return panned(view, -TOOLS_PX / 2, 0);
  };
  const current = size.value.width === 0 ? undefined : within(view.value ?? all(), region, size.value);
  const show = (wanted: View) => {
    view.value = within(wanted, region, size.value);
  };
  const zoom = (by: number, at?: { x: number; y: number }) => {
    if (current !== undefined)
      show(zoomed(current, by, at ?? { x: size.value.width / 2, y: size.value.height / 2 }, size.value));
  };
  const moves = useMoves({
    frame,
    look,
    move: (dx, dy) => current !== undefined && show(panned(current, dx, dy)),
    zoom,
  });
  // A site chosen elsewhere is brought into sight.
  useEffect(() => {
    const found = placed.find(({ site }) => site.id === chosen);
    if (found === undefined || current === undefined) return;
    const { x, y } = toScreen(found.point, current, size.value);
    const isSeen = x > 40 && y > 40 && x < size.value.width - 40 && y < size.value.height - 40;
    if (!isSeen) show({ ...current, ...found.point });
  }, [chosen]);
  const clusters =
    current === undefined
      ? []
      : clustered(
          placed
            .map((entry) => ({ entry, ...toScreen(entry.point, current, size.value), weight: entry.weight }))
            .filter(
              ({ x, y }) =>
                x > -MARGIN_PX &&
                y > -MARGIN_PX &&
                x < size.value.width + MARGIN_PX &&
                y < size.value.height + MARGIN_PX,
            ),
        );
  const openCluster = ({ entries }: Cluster<(typeof placed)[number]>, anchor: HTMLElement) => {
    const extent = extentOf(
      entries.map(({ point }) => point),
      0.4,
    );
    const nearer = fitted(extent, size.value);
    const spread = Math.max(
      ...entries.map(({ point }) =>
        Math.hypot(point.x - (entries[0]?.point.x ?? 0), point.y - (entries[0]?.point.y ?? 0)),
      ),
    );
    // Sites of one address do not part, however near one looks.
    if (current === undefined || spread * MAX_SCALE < CLUSTER_PX || nearer.scale <= current.scale * 1.05)
      listed.value = { sites: entries.map(({ site }) => site), anchor };
    else show(nearer);
  };
  const keys = (press: KeyboardEvent) => {
    if (press.ctrlKey || press.metaKey || press.altKey || current === undefined) return;
    const by = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[press.key];
    if (by !== undefined) show(panned(current, (by[0] ?? 0) * STEP_PX, (by[1] ?? 0) * STEP_PX));
    else if (press.key === '+' || press.key === '=') zoom(STEP_ZOOM);
    else if (press.key === '-') zoom(1 / STEP_ZOOM);
    else if (press.key === '0') view.value = undefined;
    else return;
    press.preventDefault();
    press.stopPropagation();
  };
  const scale = current === undefined ? 1 : current.scale / LAND_UNITS;
  const shapes = land.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it is a group that takes keys; its marks are buttons.
    <div class={`map map-${look}`} onKeyDown={keys}>
      <div
        ref={frame}
        class="map-frame"
        role="application"
        aria-label={words('map.label')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys that move the map need a place.
        tabIndex={0}
        {...moves}
      >
        {current === undefined ? null : (
          <svg class="map-land" width={size.value.width} height={size.value.height} aria-hidden="true">
            {shapes === undefined || shapes === 'failed' ? null : (
              <g
                transform={`translate(${size.value.width / 2 - current.x * current.scale} ${size.value.height / 2 - current.y * current.scale}) scale(${scale})`}
              >
                <path class="map-ground" d={shapes.land} />
                <path class="map-border" d={shapes.borders} />
              </g>
            )}
          </svg>
        )}
        {clusters.map((cluster) => {
          const [first] = cluster.entries;
          if (first === undefined) return null;
          const { site, standing, icon, says } = first;
          const count = cluster.entries.length;
          const isChosen = cluster.entries.some((one) => one.site.id === chosen);
          const label =
            count === 1
              ? words('map.site', { name: site.name, says })
              : words('map.cluster', { count, says });
          return (
            <button
              key={site.id}
              type="button"
              class={`map-mark map-mark-${standing}${count > 1 ? ' map-mark-many' : ''}${isChosen ? ' map-mark-chosen' : ''}`}
              style={{
                transform: `translate(${Math.round(cluster.x)}px, ${Math.round(cluster.y)}px) translate(-50%, -50%)`,
              }}
              aria-label={label}
              title={label}
              onClick={(click) =>
                count === 1 ? onChoose(site.id) : openCluster(cluster, click.currentTarget)
              }
            >
              <span class="map-glyph">
                <Icon name={icon} size={standing === 'calm' ? 11 : 15} />
              </span>
              {count > 1 ? (
                <span class="map-count">{count}</span>
              ) : clusters.length <= MAX_NAMED ? (
                <span class="map-name truncate">{site.name}</span>
              ) : null}
            </button>
          );
        })}
      </div>
      <div class="map-tools">
        <IconButton icon="plus" label={words('map.zoom-in')} onClick={() => zoom(STEP_ZOOM)} />
        <IconButton icon="minus" label={words('map.zoom-out')} onClick={() => zoom(1 / STEP_ZOOM)} />
        <IconButton
          icon="fit"
          label={words('map.fit')}
          onClick={() => {
            view.value = undefined;
          }}
        />
      </div>
      {shapes === 'failed' ? (
        <p class="map-notice" role="status">
          {words('map.no-land')}
        </p>
      ) : null}
      {listed.value === undefined ? null : (
        <Popover
          anchor={listed.value.anchor}
          label={words('map.cluster-list')}
          onClose={() => {
            listed.value = undefined;
          }}
        >
          <ul class="map-listed">
            {listed.value.sites.slice(0, 60).map((site) => (
              <li key={site.id}>
                <SiteRow
                  site={site}
                  onChoose={(id) => {
                    listed.value = undefined;
                    onChoose(id);
                  }}
                />
              </li>
            ))}
          </ul>
        </Popover>
      )}
    </div>
  );
}

/** A site in a list: its mark, its name, what is the matter. */
export function SiteRow(props: { site: PictureSite; isChosen?: boolean; onChoose: (site: string) => void }) {
  const { site } = props;
  const { standing, icon, says } = standingOf(site);
  return (
    <button
      type="button"
      class={`map-row${props.isChosen ? ' map-row-chosen' : ''}`}
      aria-pressed={props.isChosen}
      onClick={() => props.onChoose(site.id)}
    >
      <span class={`map-mark-still map-mark-${standing}`}>
        <span class="map-glyph">
          <Icon name={icon} size={standing === 'calm' ? 11 : 14} />
        </span>
      </span>
      <span class="truncate">{site.name}</span>
      <span class="faint map-row-says">
        {site.openIncidents > 0 ? words('map.incidents', { count: site.openIncidents }) : says}
      </span>
    </button>
  );
}

/** Dragging with a pointer, pinching with two, the wheel. */
function useMoves(on: {
  frame: { current: HTMLDivElement | null };
  look: 'card' | 'page';
  move: (dx: number, dy: number) => void;
  zoom: (by: number, at: { x: number; y: number }) => void;
}) {
  const latest = useRef(on);
  latest.current = on;
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const placeOf = ({ clientX, clientY }: MouseEvent) => {
    const box = on.frame.current?.getBoundingClientRect();
    return { x: clientX - (box?.left ?? 0), y: clientY - (box?.top ?? 0) };
  };
  useEffect(() => {
    const element = on.frame.current;
    if (element === null) return;
    const wheel = (turn: WheelEvent) => {
      if (latest.current.look === 'card' && !turn.ctrlKey && !turn.metaKey) return;
      turn.preventDefault();
      latest.current.zoom(1.0016 ** -Math.max(-400, Math.min(400, turn.deltaY)), placeOf(turn));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);
  const end = (event: PointerEvent) => pointers.current.delete(event.pointerId);
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      // A press on a mark is for the mark, unless it becomes a pinch.
      pointers.current.set(event.pointerId, placeOf(event));
    },
    onPointerMove: (event: PointerEvent) => {
      const before = pointers.current.get(event.pointerId);
      if (before === undefined) return;
      const after = placeOf(event);
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other === undefined) {
        if (Math.hypot(after.x - before.x, after.y - before.y) < 3) return;
        on.frame.current?.setPointerCapture(event.pointerId);
        on.move(after.x - before.x, after.y - before.y);
      } else {
        const apart = Math.hypot(before.x - other.x, before.y - other.y);
        const now = Math.hypot(after.x - other.x, after.y - other.y);
        if (apart > 0) on.zoom(now / apart, { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 });
      }
      pointers.current.set(event.pointerId, after);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onLostPointerCapture: end,
  };
}

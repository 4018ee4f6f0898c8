import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { MappedAsset } from '../../../cloud/api/contract.ts';
import { IconButton } from '../../kit/button.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { kindIcon, kindName, worstOf } from './asset-words.ts';
import { type Layout, NODE_HEIGHT, NODE_WIDTH, neighbourOf, type PlacedNeed } from './graph-layout.ts';
import { fitting, moved, showing, type View, zoomed } from './view-box.ts';
import { words } from './words.ts';

const STEP = 1.25;
/** Wheels of mice and of touch pads say very different numbers. */
const WHEEL = 0.0016;
const directions: Readonly<Record<string, 'left' | 'right' | 'up' | 'down'>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The assets of a site as a graph that is moved and zoomed by mouse, by touch and by keyboard. */
export function AssetGraph(props: {
  layout: Layout;
  site: string;
  chosen: string | undefined;
  /** Assets whose names fit what is searched for; undefined: nothing is searched. */
  found: ReadonlySet<string> | undefined;
  onChoose: (id: string) => void;
}) {
  const { layout, chosen, found } = props;
  const frame = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const shape = useSignal(1.6);
  const whole = fitting(layout.width, layout.height, shape.value);
  const view = useSignal<View>(whole);
  const tabStop = useSignal<string | undefined>(undefined);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const wasMoved = useRef(false);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() => {
      shape.value = Math.max(0.3, element.clientWidth / Math.max(1, element.clientHeight));
      view.value = fitting(layout.width, layout.height, shape.value);
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [layout]);
  useEffect(() => {
    // Not passive: the page must not scroll while the map is zoomed.
    const element = drawing.current;
    const turn = (wheel: WheelEvent) => {
      wheel.preventDefault();
      view.value = zoomed(view.value, Math.exp(wheel.deltaY * WHEEL), pointAt(wheel), currentWhole());
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [layout]);

  const currentWhole = () => fitting(layout.width, layout.height, shape.value);
  const pointAt = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const box = drawing.current?.getBoundingClientRect();
    const { x, y, width, height } = view.value;
    if (box === undefined || box.width === 0) return { x, y };
    return {
      x: x + ((clientX - box.left) / box.width) * width,
      y: y + ((clientY - box.top) / box.height) * height,
    };
  };
  const zoomBy = (factor: number) => {
    const { x, y, width, height } = view.value;
    view.value = zoomed(view.value, factor, { x: x + width / 2, y: y + height / 2 }, whole);
  };
  const drag = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    const box = drawing.current?.getBoundingClientRect();
    if (before === undefined || box === undefined) return;
    const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const now = { x: event.clientX, y: event.clientY };
    const scale = view.value.width / Math.max(1, box.width);
    const [other] = others;
    if (other !== undefined) {
      const apart = (at: { x: number; y: number }) => Math.hypot(at.x - other.x, at.y - other.y);
      const factor = apart(before) / Math.max(1, apart(now));
      view.value = zoomed(view.value, factor, pointAt({ clientX: other.x, clientY: other.y }), whole);
    } else view.value = moved(view.value, (before.x - now.x) * scale, (before.y - now.y) * scale, whole);
    if (Math.abs(before.x - now.x) + Math.abs(before.y - now.y) > 2) wasMoved.current = true;
    pointers.current.set(event.pointerId, now);
  };
  const focusOn = (id: string) => {
    tabStop.value = id;
    const node = layout.nodes.find(({ asset }) => asset.id === id);
    if (node !== undefined)
      view.value = showing(view.value, {
        x: node.x - NODE_WIDTH / 2 - 12,
        y: node.y - NODE_HEIGHT / 2 - 12,
        width: NODE_WIDTH + 24,
        height: NODE_HEIGHT + 24,
      });
    drawing.current
      ?.querySelector<SVGGElement>(`[data-asset="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: true });
  };
  const press = (event: KeyboardEvent) => {
    const direction = directions[event.key];
    const current = tabStop.value ?? layout.nodes[0]?.asset.id;
    if (direction !== undefined && current !== undefined)
      focusOn(neighbourOf(layout.nodes, current, direction));
    else if (event.key === '+' || event.key === '=') zoomBy(1 / STEP);
    else if (event.key === '-') zoomBy(STEP);
    else if (event.key === '0') view.value = whole;
    else if ((event.key === 'Enter' || event.key === ' ') && current !== undefined) props.onChoose(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const stop = layout.nodes.some(({ asset }) => asset.id === tabStop.value)
    ? tabStop.value
    : layout.nodes[0]?.asset.id;
  const { x, y, width, height } = view.value;
  const near = chosen === undefined ? undefined : neighbourhood(layout.needs, chosen);
  return (
    <div class="asset-map" ref={frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing is no set of fields. */}
      <svg
        ref={drawing}
        class="asset-drawing"
        viewBox={`${x} ${y} ${width} ${height}`}
        role="group"
        aria-label={words('map.label', {
          site: props.site,
          assets: layout.nodes.length,
          needs: layout.needs.length,
        })}
        onKeyDown={press}
        onPointerDown={(event) => {
          pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
          wasMoved.current = false;
        }}
        onPointerMove={drag}
        onPointerUp={(event) => pointers.current.delete(event.pointerId)}
        onPointerCancel={(event) => pointers.current.delete(event.pointerId)}
        onPointerLeave={(event) => pointers.current.delete(event.pointerId)}
      >
        <defs>
          <marker
            id="need-end"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" class="need-arrow" />
          </marker>
        </defs>
        {layout.aloneFrom === undefined ? null : (
          <text class="alone-title" x={28} y={layout.aloneFrom + 12}>
            {words('map.alone')}
          </text>
        )}
        {layout.needs.map((need) => (
          <path
            key={`${need.from}>${need.to}`}
            class={`need${near === undefined ? '' : need.from === chosen || need.to === chosen ? ' need-near' : ' need-far'}`}
            d={curve(need.points)}
            stroke-width={1 + 1.5 * Math.max(...need.needs.map(({ probability }) => probability))}
            marker-end="url(#need-end)"
          />
        ))}
        {layout.nodes.map(({ asset, x: left, y: top, isElsewhere }) => (
          <Node
            key={asset.id}
            asset={asset}
            x={left}
            y={top}
            isElsewhere={isElsewhere}
            isChosen={asset.id === chosen}
            isFar={
              (near !== undefined && !near.has(asset.id)) || (found !== undefined && !found.has(asset.id))
            }
            isTabStop={asset.id === stop}
            counts={countsOf(layout.needs, asset.id)}
            onFocus={() => {
              tabStop.value = asset.id;
            }}
            onChoose={() => {
              if (!wasMoved.current) props.onChoose(asset.id);
            }}
          />
        ))}
      </svg>
      <div class="asset-zoom">
        <IconButton icon="plus" label={words('map.zoom-in')} onClick={() => zoomBy(1 / STEP)} />
        <IconButton icon="minus" label={words('map.zoom-out')} onClick={() => zoomBy(STEP)} />
        <IconButton
          icon="fit"
          label={words('map.fit')}
          onClick={() => {
            view.value = whole;
          }}
        />
      </div>
    </div>
  );
}

const neighbourhood = (needs: readonly PlacedNeed[], id: string): Set<string> =>
  new Set([id, ...needs.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []))]);

const countsOf = (needs: readonly PlacedNeed[], id: string) => ({
  needed: needs.filter(({ from }) => from === id).length,
  needs: needs.filter(({ to }) => to === id).length,
});

/** Soft from point to point. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += ` C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}

function Node(props: {
  asset: MappedAsset;
  x: number;
  y: number;
  isElsewhere: boolean;
  isChosen: boolean;
  isFar: boolean;
  isTabStop: boolean;
  counts: { needed: number; needs: number };
  onFocus: () => void;
  onChoose: () => void;
}) {
  const { asset, counts } = props;
  const worst = worstOf(asset.incidents.map(({ severity }) => severity));
  const classes = [
    'asset-node',
    ...(props.isChosen ? ['asset-chosen'] : []),
    ...(props.isFar ? ['asset-far'] : []),
    ...(props.isElsewhere || asset.criticality === undefined ? ['asset-elsewhere'] : []),
    ...(asset.waiting === undefined ? [] : ['asset-waits']),
    ...(worst === undefined ? [] : [`asset-alarm-${worst}`]),
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons in a drawing.
    <g
      class={classes.join(' ')}
      transform={`translate(${props.x - NODE_WIDTH / 2} ${props.y - NODE_HEIGHT / 2})`}
      role="button"
      tabindex={props.isTabStop ? 0 : -1}
      data-asset={asset.id}
      aria-pressed={props.isChosen}
      aria-label={words('node.label', {
        name: asset.name,
        kind: kindName(asset.kind),
        criticality:
          asset.criticality === undefined
            ? words('node.unlisted')
            : words('node.criticality', { value: asset.criticality }),
        needed: counts.needed,
        needs: counts.needs,
        incidents:
          asset.incidents.length === 0 ? '' : words('node.incidents', { count: asset.incidents.length }),
        threats: asset.threats.length === 0 ? '' : words('node.threats', { count: asset.threats.length }),
      })}
      onFocus={props.onFocus}
      onClick={props.onChoose}
    >
      <rect class="asset-box" width={NODE_WIDTH} height={NODE_HEIGHT} rx={10} />
      <g transform="translate(12 18)" class="asset-icon">
        <Icon name={kindIcon(asset.kind)} size={20} />
      </g>
      <text class="asset-name" x={42} y={24}>
        {clipped(asset.name)}
      </text>
      <text class="asset-kind" x={42} y={41}>
        {props.isElsewhere ? `${kindName(asset.kind)} · ${words('map.elsewhere')}` : kindName(asset.kind)}
      </text>
      {asset.criticality === undefined
        ? null
        : [1, 2, 3, 4, 5].map((step) => (
            <circle
              key={step}
              class={step <= (asset.criticality ?? 0) ? 'asset-dot asset-dot-on' : 'asset-dot'}
              cx={NODE_WIDTH - 48 + step * 8}
              cy={NODE_HEIGHT - 9}
              r={2.6}
            />
          ))}
      {worst === undefined ? null : (
        <g transform={`translate(${NODE_WIDTH - 12} -8)`} class={`asset-sign ink-${worst}`}>
          <circle class="asset-sign-ground" cx={8} cy={8} r={11} />
          <Icon name={`severity-${worst}` satisfies IconName} size={16} />
        </g>
      )}
      {asset.threats.length === 0 ? null : (
        <g
          transform={`translate(${NODE_WIDTH - (worst === undefined ? 12 : 38)} -8)`}
          class="asset-sign asset-threat"
        >
          <circle class="asset-sign-ground" cx={8} cy={8} r={11} />
          <Icon name="warning" size={16} />
        </g>
      )}
    </g>
  );
}

/** What fits beside the icon. */
const clipped = (name: string): string => (name.length > 19 ? `${name.slice(0, 18)}…` : name);

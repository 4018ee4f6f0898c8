/** The floor itself: an image below, zones, corners, devices; all of it moved by pointer and by keys. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from '../../../kit/icons.tsx';
import { changeFloor, dropAsset, dropZone, movedOutline, putAsset, putZone } from './edits.ts';
import { distance, gridOf, inside, snapCorner, snapDoor } from './geometry.ts';
import type { Editing } from './plan-editor.tsx';
import { imagePlace } from './plan-requests.ts';
import type { PlanFloor, PlanPoint } from './plan-types.ts';
import { words } from './words.ts';

/** So near is near, px. */
const NEAR_PX = 10;

/** What an arrow key moves by; undefined for any other key. */
function arrowOf(press: KeyboardEvent, grid: number): PlanPoint | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const by = press.shiftKey ? grid * 10 : grid;
  const moves: Record<string, PlanPoint> = {
    ArrowLeft: { x: -by, y: 0 },
    ArrowRight: { x: by, y: 0 },
    ArrowUp: { x: 0, y: -by },
    ArrowDown: { x: 0, y: by },
  };
  return moves[press.key];
}

const isDelete = ({ key }: KeyboardEvent): boolean => key === 'Delete' || key === 'Backspace';

/** Moves a door or a device to a place: doors go into walls. */
export function placedAt(editing: Editing, asset: string, point: PlanPoint, near: number) {
  const { floor, plan } = editing;
  const kind = plan.assets.find(({ id }) => id === asset)?.kind;
  const place =
    kind === 'door'
      ? snapDoor(
          point,
          floor.zones.map(({ outline }) => outline),
          floor,
          near,
        )
      : inside(point, floor);
  return { asset, ...place };
}

export function Canvas({ editing }: { editing: Editing }) {
  const { floor, floors, plan, isEditable, edit, settle, drawn } = editing;
  const frame = useRef<HTMLElement>(null);
  const width = useSignal(600);
  const pointer = useSignal<PlanPoint | undefined>(undefined);
  const dragged = useRef<{ id: number; move: (to: PlanPoint) => void } | undefined>(undefined);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => {
      width.value = Math.max(100, element.clientWidth);
    });
    sized.observe(element);
    return () => sized.disconnect();
  }, []);
  const grid = gridOf(floor.width);
  const near = (NEAR_PX / width.value) * floor.width;
  const outlines = floor.zones.map(({ outline }) => outline);
  const pointOf = ({ clientX, clientY }: MouseEvent): PlanPoint => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return { x: 0, y: 0 };
    return inside(
      {
        x: ((clientX - box.left) / box.width) * floor.width,
        y: ((clientY - box.top) / box.height) * floor.height,
      },
      floor,
    );
  };
  const cornerAt = (point: PlanPoint, zone: string, before: PlanPoint | undefined, start?: PlanPoint) =>
    start !== undefined && distance(start, point) <= near
      ? start
      : snapCorner(point, {
          outlines: floor.zones.filter((one) => one.zone !== zone).map(({ outline }) => outline),
          before,
          grid,
          bounds: floor,
          near,
        });
  const finish = () => {
    if (drawn !== undefined && drawn.corners.length > 2)
      edit(putZone(floors, floor.id, drawn.zone, drawn.corners));
    editing.draw(undefined);
    editing.select(drawn?.zone);
  };
  const drag = (event: PointerEvent, move: (to: PlanPoint) => void) => {
    if (!isEditable || event.button !== 0 || drawn !== undefined) return;
    event.stopPropagation();
    frame.current?.setPointerCapture(event.pointerId);
    dragged.current = { id: event.pointerId, move };
  };
  const selected = floor.zones.find(({ zone }) => zone === editing.selected);
  const moveCorner = (zone: string, index: number, to: PlanPoint, moving: string) => {
    const outline = floor.zones.find((one) => one.zone === zone)?.outline;
    if (outline !== undefined) edit(putZone(floors, floor.id, zone, outline.with(index, to)), moving);
  };
  const style = ({ x, y }: PlanPoint) => ({
    left: `${(x / floor.width) * 100}%`,
    top: `${(y / floor.height) * 100}%`,
  });
  const preview =
    drawn === undefined || pointer.value === undefined
      ? undefined
      : cornerAt(pointer.value, drawn.zone, drawn.corners.at(-1), drawn.corners[0]);
  return (
    <div class="plan-canvas-place">
      <figure
        ref={frame}
        class={`plan-canvas${drawn === undefined ? '' : ' plan-canvas-drawing'}`}
        aria-label={words('plan.canvas', { floor: floor.name })}
        style={{ aspectRatio: `${floor.width} / ${floor.height}` }}
        // A tray's device that is dropped here; see tray.tsx.
        data-floor={floor.id}
        onPointerDown={(event) => {
          if (drawn === undefined) {
            editing.select(undefined);
            return;
          }
          if (event.button !== 0) return;
          event.preventDefault();
          const [start] = drawn.corners;
          const corner = cornerAt(pointOf(event), drawn.zone, drawn.corners.at(-1), start);
          if (start !== undefined && corner === start && drawn.corners.length > 2) finish();
          else editing.draw({ ...drawn, corners: [...drawn.corners, corner] });
        }}
        onDblClick={() => drawn !== undefined && finish()}
        onPointerMove={(event) => {
          if (drawn !== undefined) pointer.value = pointOf(event);
          if (dragged.current?.id === event.pointerId) dragged.current.move(pointOf(event));
        }}
        onPointerUp={() => {
          dragged.current = undefined;
          settle();
        }}
        onLostPointerCapture={() => {
          dragged.current = undefined;
          settle();
        }}
      >
        {floor.image === undefined ? null : (
          <img
            class="plan-image"
            src={imagePlace(plan.site, floor.image.id)}
            alt=""
            draggable={false}
            style={{ opacity: floor.image.opacity }}
          />
        )}
        <svg viewBox={`0 0 ${floor.width} ${floor.height}`} preserveAspectRatio="none" aria-hidden="true">
          <Grid floor={floor} step={grid * 5} />
          {floor.zones.map(({ zone, outline }) => (
            <polygon
              key={zone}
              class={`plan-zone${zone === editing.selected ? ' plan-zone-selected' : ''}`}
              points={outline.map(({ x, y }) => `${x},${y}`).join(' ')}
              onPointerDown={(event) => {
                if (drawn !== undefined) return;
                editing.select(zone);
                const start = pointOf(event);
                drag(event, (to) =>
                  edit(
                    putZone(
                      floors,
                      floor.id,
                      zone,
                      movedOutline(
                        outline,
                        Math.round((to.x - start.x) / grid) * grid,
                        Math.round((to.y - start.y) / grid) * grid,
                        floor,
                      ),
                    ),
                    `zone ${zone}`,
                  ),
                );
                event.stopPropagation();
              }}
            />
          ))}
          {drawn === undefined ? null : (
            <polyline
              class="plan-drawn"
              points={[...drawn.corners, ...(preview === undefined ? [] : [preview])]
                .map(({ x, y }) => `${x},${y}`)
                .join(' ')}
            />
          )}
        </svg>
        {floor.zones.map(({ zone, outline }) => {
          const x = Math.min(...outline.map((point) => point.x));
          const y = Math.min(...outline.map((point) => point.y));
          return (
            <span key={zone} class="plan-zone-name" style={style({ x, y })}>
              {editing.nameOfZone(zone)}
            </span>
          );
        })}
        {floor.assets.map((placed) => {
          const asset = plan.assets.find(({ id }) => id === placed.asset);
          const label = words('plan.asset', { name: asset?.name ?? placed.asset });
          return (
            <button
              key={placed.asset}
              type="button"
              class="plan-device"
              style={style(placed)}
              aria-label={label}
              title={asset?.name}
              onPointerDown={(event) =>
                drag(event, (to) =>
                  edit(
                    putAsset(floors, floor.id, placedAt(editing, placed.asset, to, near * 1.6)),
                    `asset ${placed.asset}`,
                  ),
                )
              }
              onKeyDown={(press) => {
                if (!isEditable) return;
                const by = arrowOf(press, grid);
                if (by !== undefined) {
                  // By keys it goes exactly where it is told, out of a wall as well.
                  const to = inside({ x: placed.x + by.x, y: placed.y + by.y }, floor);
                  edit(putAsset(floors, floor.id, { asset: placed.asset, ...to }), `asset ${placed.asset}`);
                } else if (isDelete(press)) edit(dropAsset(floors, placed.asset));
                else return;
                press.preventDefault();
              }}
              onBlur={settle}
            >
              {placed.angle === undefined ? null : (
                <span
                  class="plan-door"
                  style={{ transform: `translate(-50%, -50%) rotate(${placed.angle}deg)` }}
                />
              )}
              <span class="plan-device-glyph">
                <Icon name={iconOf(asset?.kind)} size={15} />
              </span>
            </button>
          );
        })}
        {selected === undefined || !isEditable || drawn !== undefined
          ? null
          : selected.outline.map((corner, index) => (
              <button
                key={index}
                type="button"
                class="plan-corner"
                style={style(corner)}
                aria-label={words('plan.corner', {
                  number: index + 1,
                  name: editing.nameOfZone(selected.zone),
                })}
                onPointerDown={(event) =>
                  drag(event, (to) =>
                    moveCorner(
                      selected.zone,
                      index,
                      cornerAt(to, selected.zone, selected.outline.at(index - 1)),
                      `corner ${selected.zone} ${index}`,
                    ),
                  )
                }
                onKeyDown={(press) => {
                  const by = arrowOf(press, grid);
                  const { outline, zone } = selected;
                  if (by !== undefined)
                    moveCorner(
                      zone,
                      index,
                      inside({ x: corner.x + by.x, y: corner.y + by.y }, floor),
                      `corner ${zone} ${index}`,
                    );
                  else if (isDelete(press)) {
                    if (outline.length > 3)
                      edit(putZone(floors, floor.id, zone, outline.toSpliced(index, 1)));
                  } else if (press.key === 'Insert' || press.key === 'i') {
                    const next = outline[(index + 1) % outline.length] ?? corner;
                    const middle = inside({ x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 }, floor);
                    edit(putZone(floors, floor.id, zone, outline.toSpliced(index + 1, 0, middle)));
                  } else return;
                  press.preventDefault();
                }}
                onBlur={settle}
              />
            ))}
        {outlines.length === 0 && floor.image === undefined && drawn === undefined ? (
          <span class="plan-canvas-empty faint">{words('plan.drag-hint')}</span>
        ) : null}
      </figure>
      {drawn === undefined ? (
        isEditable ? (
          <p class="faint plan-keys">{words('plan.keys', { grid })}</p>
        ) : null
      ) : (
        <p class="plan-keys" role="status">
          {words('plan.drawing', { name: editing.nameOfZone(drawn.zone) })}
        </p>
      )}
    </div>
  );
}

/** Keys of a zone that has the focus in the list beside the plan. @returns whether it was one of them */
export function zoneKeys(editing: Editing, zone: string, press: KeyboardEvent): boolean {
  const { floor, floors, edit } = editing;
  const outline = floor.zones.find((one) => one.zone === zone)?.outline;
  const by = arrowOf(press, gridOf(floor.width));
  if (outline === undefined) return false;
  if (by !== undefined)
    edit(
      changeFloor(floors, floor.id, (one) => ({
        ...one,
        zones: one.zones.map((entry) =>
          entry.zone === zone ? { zone, outline: movedOutline(outline, by.x, by.y, floor) } : entry,
        ),
      })),
      `zone ${zone}`,
    );
  else if (isDelete(press)) edit(dropZone(floors, zone));
  else return false;
  return true;
}

function Grid({ floor, step }: { floor: PlanFloor; step: number }) {
  const lines: string[] = [];
  for (let x = step; x < floor.width; x += step) lines.push(`M${x} 0V${floor.height}`);
  for (let y = step; y < floor.height; y += step) lines.push(`M0 ${y}H${floor.width}`);
  return <path class="plan-grid" d={lines.join('')} />;
}

const kinds: Readonly<Record<string, IconName>> = {
  door: 'door',
  lock: 'lock',
  cabinet: 'cabinet',
  reader: 'reader',
  camera: 'camera',
  fridge: 'fridge',
  'motion-sensor': 'motion-sensor',
  siren: 'siren',
  'alarm-panel': 'alarm-panel',
  gateway: 'gateway',
  vehicle: 'vehicle',
  host: 'host',
  shop: 'shop',
  'payment-service': 'payment-service',
  network: 'network',
};
export const iconOf = (kind: string | undefined): IconName =>
  kind !== undefined && Object.hasOwn(kinds, kind) ? (kinds[kind] ?? 'sensor') : 'sensor';

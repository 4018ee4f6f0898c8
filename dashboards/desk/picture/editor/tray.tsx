/** Beside the plan: zones to draw, devices to place. */
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { iconOf, placedAt, zoneKeys } from './canvas.tsx';
import { dropAsset, dropZone, putAsset, putZone } from './edits.ts';
import { gridOf, inside } from './geometry.ts';
import type { Editing } from './plan-editor.tsx';
import type { PlanPoint, SitePlan } from './plan-types.ts';
import { words } from './words.ts';

/** Devices that are listed; a site with more is placed bit by bit. */
const MAX_LISTED = 200;

export function Tray({ editing }: { editing: Editing }) {
  const { plan, floor, floors, isEditable, edit } = editing;
  const floorOfZone = new Map(floors.flatMap(({ name, zones }) => zones.map(({ zone }) => [zone, name])));
  const placed = new Set(floors.flatMap(({ assets }) => assets.map(({ asset }) => asset)));
  const waiting = plan.assets.filter(({ id }) => !placed.has(id));
  return (
    <>
      <Card title={words('plan.zones')} labelledBy="plan-zones">
        {plan.zones.length === 0 ? <p class="soft">{words('plan.no-zones')}</p> : null}
        <ul class="plan-tray">
          {plan.zones.map(({ id, name }) => {
            const isHere = floor.zones.some(({ zone }) => zone === id);
            const elsewhere = isHere ? undefined : floorOfZone.get(id);
            return (
              <li key={id}>
                {isHere ? (
                  <button
                    type="button"
                    class={`plan-tray-name${editing.selected === id ? ' plan-tray-selected' : ''}`}
                    aria-pressed={editing.selected === id}
                    aria-label={words('plan.select-zone', { name })}
                    onClick={() => editing.select(editing.selected === id ? undefined : id)}
                    onKeyDown={(press) => {
                      if (!isEditable || !zoneKeys(editing, id, press)) return;
                      editing.select(id);
                      press.preventDefault();
                    }}
                    onBlur={editing.settle}
                  >
                    <Icon name="check" size={14} />
                    <span class="truncate">{name}</span>
                  </button>
                ) : (
                  <span class="plan-tray-name">
                    <span class="truncate">{name}</span>
                    {elsewhere === undefined ? null : (
                      <span class="faint">{words('plan.on-other', { floor: elsewhere })}</span>
                    )}
                  </span>
                )}
                {!isEditable ? null : isHere ? (
                  <IconButton
                    icon="close"
                    label={words('plan.remove', { name })}
                    onClick={() => edit(dropZone(floors, id))}
                  />
                ) : (
                  <span class="plan-tray-buttons">
                    <Button
                      size="small"
                      label={words('plan.draw-zone', { name })}
                      onClick={() => editing.draw({ zone: id, corners: [] })}
                    >
                      {words('plan.draw')}
                    </Button>
                    <Button
                      size="small"
                      look="quiet"
                      label={words('plan.box-zone', { name })}
                      onClick={() => {
                        edit(putZone(floors, floor.id, id, boxIn(editing)));
                        editing.select(id);
                      }}
                    >
                      {words('plan.box')}
                    </Button>
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      </Card>
      <Card title={words('plan.assets')} labelledBy="plan-devices">
        {waiting.length === 0 ? <p class="soft">{words('plan.all-placed')}</p> : null}
        {waiting.length === 0 || !isEditable ? null : <p class="faint">{words('plan.drag-hint')}</p>}
        <ul class="plan-tray">
          {waiting.slice(0, MAX_LISTED).map((asset) => (
            <Waiting key={asset.id} asset={asset} editing={editing} />
          ))}
          {floor.assets.map(({ asset: id }) => {
            const asset = plan.assets.find((one) => one.id === id);
            const name = asset?.name ?? id;
            return (
              <li key={id}>
                <span class="plan-tray-name">
                  <Icon name={iconOf(asset?.kind)} size={15} />
                  <span class="truncate">{name}</span>
                </span>
                {isEditable ? (
                  <IconButton
                    icon="close"
                    label={words('plan.remove', { name })}
                    onClick={() => edit(dropAsset(floors, id))}
                  />
                ) : null}
              </li>
            );
          })}
        </ul>
      </Card>
    </>
  );
}

/** A device without a place: dragged onto the plan, or put into its zone by the button. */
function Waiting({ asset, editing }: { asset: SitePlan['assets'][number]; editing: Editing }) {
  const { floor, floors, isEditable, edit } = editing;
  const ghost = useSignal<{ x: number; y: number } | undefined>(undefined);
  const drop = (event: PointerEvent) => {
    ghost.value = undefined;
    const canvas = document
      .elementsFromPoint(event.clientX, event.clientY)
      .find((one) => one instanceof HTMLElement && one.dataset.floor === floor.id);
    if (canvas === undefined) return;
    const box = canvas.getBoundingClientRect();
    const point = {
      x: ((event.clientX - box.left) / box.width) * floor.width,
      y: ((event.clientY - box.top) / box.height) * floor.height,
    };
    edit(putAsset(floors, floor.id, placedAt(editing, asset.id, point, floor.width / 40)));
  };
  return (
    <li>
      <span
        class={`plan-tray-name${isEditable ? ' plan-tray-drag' : ''}`}
        onPointerDown={(event) => {
          if (!isEditable || event.button !== 0) return;
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          ghost.value = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          if (ghost.value !== undefined) ghost.value = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={(event) => ghost.value !== undefined && drop(event)}
        onPointerCancel={() => {
          ghost.value = undefined;
        }}
      >
        <Icon name={iconOf(asset.kind)} size={15} />
        <span class="truncate">{asset.name}</span>
        {ghost.value === undefined ? null : (
          <span class="plan-ghost" style={{ left: `${ghost.value.x}px`, top: `${ghost.value.y}px` }}>
            <Icon name={iconOf(asset.kind)} size={16} />
          </span>
        )}
      </span>
      {isEditable ? (
        <Button
          size="small"
          label={words('plan.place-asset', { name: asset.name })}
          onClick={() =>
            edit(putAsset(floors, floor.id, { asset: asset.id, ...middleFor(editing, asset.zone) }))
          }
        >
          {words('plan.place')}
        </Button>
      ) : null}
    </li>
  );
}

/** The middle of the device's zone where that is drawn here, else of the floor. */
function middleFor({ floor }: Editing, zone: string | undefined): PlanPoint {
  const outline = floor.zones.find((one) => one.zone === zone)?.outline ?? [];
  if (outline.length === 0) return inside({ x: floor.width / 2, y: floor.height / 2 }, floor);
  const sum = outline.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return inside({ x: sum.x / outline.length, y: sum.y / outline.length }, floor);
}

/** A box of a quarter of the floor, where the last one left room: to be moved and pulled from there. */
function boxIn({ floor }: Editing): PlanPoint[] {
  const grid = gridOf(floor.width) * 5;
  const width = Math.max(grid, Math.round(floor.width / 4 / grid) * grid);
  const height = Math.max(grid, Math.round(floor.height / 4 / grid) * grid);
  const column = floor.zones.length % 3;
  const row = Math.floor(floor.zones.length / 3) % 3;
  const left = Math.min(floor.width - width, grid + column * width);
  const top = Math.min(floor.height - height, grid + row * height);
  return [
    { x: left, y: top },
    { x: left + width, y: top },
    { x: left + width, y: top + height },
    { x: left, y: top + height },
  ].map((point) => inside(point, floor));
}

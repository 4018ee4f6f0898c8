/** Draws a site's floors: zones with snapping, devices in their places; undo; saved with its revision. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button, IconButton } from '../../../kit/button.tsx';
import { Chip } from '../../../kit/chip.tsx';
import { now } from '../../../kit/clock.ts';
import { Dialog } from '../../../kit/dialog.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { useKeys } from '../../../kit/keys.ts';
import { RequestError } from '../../../kit/request.ts';
import { address } from '../../../kit/route.ts';
import { Tabs } from '../../../kit/tabs.tsx';
import { timeOrDay } from '../../../kit/time.ts';
import { say } from '../../../kit/toast.tsx';
import { loadPicture, picture, zoneOfSite } from '../../live/desk-state.ts';
import { reasonOf } from '../../loaded.ts';
import { Canvas } from './canvas.tsx';
import { type Drawing, drawingOf, freeFloorId, redone, settled, step, undone } from './edits.ts';
import { FloorSettings } from './floor-settings.tsx';
import { crossesItself } from './geometry.ts';
import { fetchPlan, savePlan } from './plan-requests.ts';
import type { PlanFloor, PlanPoint, SitePlan } from './plan-types.ts';
import { Tray } from './tray.tsx';
import { words } from './words.ts';

/** A site that nobody has drawn begins with this. */
const EMPTY_FLOOR = { width: 20, height: 14, zones: [], assets: [] };

/** What the parts of the editor share. */
export interface Editing {
  plan: SitePlan;
  floor: PlanFloor;
  floors: readonly PlanFloor[];
  isEditable: boolean;
  /** One step that can be undone; `moving` names a movement, of which all steps are one. */
  edit(floors: readonly PlanFloor[], moving?: string): void;
  settle(): void;
  selected: string | undefined;
  select(zone: string | undefined): void;
  /** The zone that is being drawn, and its corners so far. */
  drawn: { zone: string; corners: PlanPoint[] } | undefined;
  draw(drawn: { zone: string; corners: PlanPoint[] } | undefined): void;
  nameOfZone(id: string): string;
}

export function PlanEditor(props: {
  plan: SitePlan;
  onSaved: (plan: SitePlan) => void;
  onReload: () => void;
}) {
  const { plan } = props;
  const begun =
    plan.floors.length > 0
      ? plan.floors
      : [{ id: 'ground', name: words('plan.new-floor', { number: 1 }), ...EMPTY_FLOOR }];
  const drawing = useSignal<Drawing>(drawingOf(begun));
  const floorId = useSignal(begun[0]?.id ?? '');
  const selected = useSignal<string | undefined>(undefined);
  const drawn = useSignal<Editing['drawn']>(undefined);
  const conflict = useSignal<string | undefined>(undefined);
  const isSaving = useSignal(false);
  const { floors } = drawing.value;
  const floor = floors.find(({ id }) => id === floorId.value) ?? floors[0];
  const isChanged = floors !== begun && drawing.value.before.length > 0;
  const changed = useRef(false);
  changed.current = isChanged;
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => {
      if (changed.current) event.preventDefault();
    };
    addEventListener('beforeunload', leaving);
    return () => removeEventListener('beforeunload', leaving);
  }, []);
  useEffect(() => {
    const keys = (press: KeyboardEvent) => {
      if (!(press.ctrlKey || press.metaKey) || press.altKey) return;
      if (press.target instanceof Element && press.target.closest('input, textarea, select, dialog') !== null)
        return;
      const key = press.key.toLowerCase();
      if (key === 'z') drawing.value = press.shiftKey ? redone(drawing.value) : undone(drawing.value);
      else if (key === 'y') drawing.value = redone(drawing.value);
      else if (key === 's') void save();
      else return;
      press.preventDefault();
    };
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  });
  useKeys({
    Escape: () => {
      drawn.value = undefined;
      selected.value = undefined;
    },
  });
  const nameOfZone = (id: string) => plan.zones.find((one) => one.id === id)?.name ?? id;
  const save = async (revision = plan.revision) => {
    if (isSaving.value || !plan.isEditable) return;
    const crossing = floors.flatMap(({ zones }) => zones).find(({ outline }) => crossesItself(outline));
    if (crossing !== undefined) {
      say(words('plan.crosses', { name: nameOfZone(crossing.zone) }), 'critical');
      return;
    }
    isSaving.value = true;
    try {
      const saved = await savePlan(plan.site, revision, floors);
      conflict.value = undefined;
      say(words('plan.saved'), 'good');
      props.onSaved(saved);
      void loadPicture();
    } catch (error) {
      if (error instanceof RequestError && error.code === 'changed') conflict.value = error.message;
      else say(words('plan.failed', { message: reasonOf(error).message }), 'critical');
    } finally {
      isSaving.value = false;
    }
  };
  const overwrite = async () => {
    try {
      await save((await fetchPlan(plan.site)).revision);
    } catch (error) {
      say(words('plan.failed', { message: reasonOf(error).message }), 'critical');
    }
  };
  if (floor === undefined) return null;
  const siteName =
    (picture.value.state === 'there'
      ? picture.value.value.sites.find(({ id }) => id === plan.site)?.name
      : undefined) ?? plan.site;
  const editing: Editing = {
    plan,
    floor,
    floors,
    isEditable: plan.isEditable,
    edit: (next, moving) => {
      drawing.value = step(drawing.value, next, moving);
    },
    settle: () => {
      drawing.value = settled(drawing.value);
    },
    selected: selected.value,
    select: (zone) => {
      selected.value = zone;
    },
    drawn: drawn.value,
    draw: (next) => {
      drawn.value = next;
    },
    nameOfZone,
  };
  return (
    <section class="plan-editor" aria-labelledby="plan-title">
      <header class="plan-editor-head">
        <a
          class="icon-button"
          href={address('plans')}
          aria-label={words('plan.back')}
          title={words('plan.back')}
        >
          <Icon name="arrow-left" size={18} />
        </a>
        <div>
          <h1 id="plan-title">{words('plan.heading', { site: siteName })}</h1>
          <p class="faint">
            {plan.by === undefined || plan.at === undefined
              ? words('plan.never-changed')
              : words('plan.changed-by', {
                  name: plan.by,
                  time: timeOrDay(plan.at, now.value, zoneOfSite(plan.site)),
                })}
          </p>
        </div>
        {plan.isEditable ? (
          <div class="plan-editor-tools">
            {isChanged ? <Chip tone="medium">{words('plan.unsaved')}</Chip> : null}
            <IconButton
              icon="undo"
              label={words('plan.undo')}
              onClick={() => {
                drawing.value = undone(drawing.value);
              }}
            />
            <IconButton
              icon="redo"
              label={words('plan.redo')}
              onClick={() => {
                drawing.value = redone(drawing.value);
              }}
            />
            <Button look="primary" busy={isSaving.value} disabled={!isChanged} onClick={() => void save()}>
              {words('plan.save')}
            </Button>
          </div>
        ) : null}
      </header>
      {plan.isEditable ? null : <p class="plan-read-only soft">{words('plan.read-only')}</p>}
      <div class="plan-floors">
        <Tabs
          label={words('plan.floor')}
          choices={floors.map(({ id, name }) => ({ name: id, label: name }))}
          chosen={floor.id}
          onChoose={(id) => {
            floorId.value = id;
            drawn.value = undefined;
          }}
        />
        {plan.isEditable ? (
          <Button
            size="small"
            icon="plus"
            onClick={() => {
              const id = freeFloorId(floors);
              const name = words('plan.new-floor', { number: floors.length + 1 });
              editing.edit([
                ...floors,
                { ...EMPTY_FLOOR, id, name, width: floor.width, height: floor.height },
              ]);
              floorId.value = id;
            }}
          >
            {words('plan.add-floor')}
          </Button>
        ) : null}
      </div>
      <div class="plan-editor-columns">
        <Canvas editing={editing} />
        <div class="plan-editor-side">
          {plan.isEditable ? <FloorSettings key={floor.id} editing={editing} /> : null}
          <Tray editing={editing} />
        </div>
      </div>
      {conflict.value === undefined ? null : (
        <Dialog
          title={words('plan.conflict')}
          onClose={() => {
            conflict.value = undefined;
          }}
        >
          <p>{words('plan.conflict-text', { message: conflict.value })}</p>
          <footer class="dialog-actions">
            <Button onClick={props.onReload}>{words('plan.take-theirs')}</Button>
            <Button look="danger" busy={isSaving.value} onClick={() => void overwrite()}>
              {words('plan.keep-mine')}
            </Button>
          </footer>
        </Dialog>
      )}
    </section>
  );
}

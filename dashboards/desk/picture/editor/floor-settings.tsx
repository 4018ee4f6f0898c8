/** A floor's name and size, and the image below it. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Button } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { TextField } from '../../../kit/field.tsx';
import { say } from '../../../kit/toast.tsx';
import { reasonOf } from '../../loaded.ts';
import { changeFloor, resized } from './edits.ts';
import { rounded } from './geometry.ts';
import type { Editing } from './plan-editor.tsx';
import { imageTypeOf, MAX_FILE_BYTES, sendImage } from './plan-requests.ts';
import type { PlanFloor } from './plan-types.ts';
import { words } from './words.ts';

const DEFAULT_OPACITY = 0.6;
/** An image of other proportions than the plan would be drawn out of shape. */
const SAME_SHAPE = 0.02;

export function FloorSettings({ editing }: { editing: Editing }) {
  const { floor, floors, plan, edit } = editing;
  const file = useRef<HTMLInputElement>(null);
  const isSending = useSignal(false);
  const change = (by: (floor: PlanFloor) => PlanFloor, moving?: string) =>
    edit(changeFloor(floors, floor.id, by), moving);
  const take = async (chosen: File) => {
    const type = imageTypeOf(chosen);
    if (type === undefined) return say(words('plan.bad-file'), 'critical');
    if (chosen.size > MAX_FILE_BYTES) return say(words('plan.too-large'), 'critical');
    isSending.value = true;
    try {
      const { id, width, height, dropped } = await sendImage(plan.site, type, chosen);
      const isOther = Math.abs(width / height / (floor.width / floor.height) - 1) > SAME_SHAPE;
      change((one) => {
        const shaped = isOther ? resized(one, one.width, rounded((one.width * height) / width)) : one;
        return { ...shaped, image: { id, opacity: one.image?.opacity ?? DEFAULT_OPACITY } };
      });
      say(isOther ? words('plan.match-size') : words('plan.imported'), 'good');
      if (dropped.length > 0) say(words('plan.dropped', { what: dropped.slice(0, 6).join(', ') }), 'neutral');
    } catch (error) {
      say(words('plan.failed', { message: reasonOf(error).message }), 'critical');
    } finally {
      isSending.value = false;
    }
  };
  return (
    <Card title={words('plan.floor')} labelledBy="plan-floor">
      <div class="plan-settings">
        <TextField
          label={words('plan.floor-name')}
          value={floor.name}
          onInput={(name) => {
            if (name.trim() !== '')
              change((one) => ({ ...one, name: name.slice(0, 64) }), `name ${floor.id}`);
          }}
        />
        <div class="plan-size">
          <SizeField
            label={words('plan.width')}
            value={floor.width}
            onChange={(width) => change((one) => resized(one, width, one.height))}
          />
          <SizeField
            label={words('plan.height')}
            value={floor.height}
            onChange={(height) => change((one) => resized(one, one.width, height))}
          />
        </div>
        <p class="faint">{words('plan.size-hint')}</p>
        <h3 class="plan-settings-title">{words('plan.image')}</h3>
        <input
          ref={file}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-hidden="true"
          accept=".svg,.png,.jpg,.jpeg,image/svg+xml,image/png,image/jpeg"
          onChange={(chosen) => {
            const [one] = chosen.currentTarget.files ?? [];
            chosen.currentTarget.value = '';
            if (one !== undefined) void take(one);
          }}
        />
        <div class="plan-image-buttons">
          <Button size="small" icon="picture" busy={isSending.value} onClick={() => file.current?.click()}>
            {floor.image === undefined ? words('plan.import') : words('plan.import-other')}
          </Button>
          {floor.image === undefined ? null : (
            <Button size="small" look="quiet" onClick={() => change(({ image: _image, ...one }) => one)}>
              {words('plan.remove-image')}
            </Button>
          )}
        </div>
        {floor.image === undefined ? null : (
          <label class="plan-opacity">
            <span>{words('plan.opacity')}</span>
            <input
              type="range"
              min={0.1}
              max={1}
              step={0.05}
              value={floor.image.opacity}
              onInput={(input) => {
                const opacity = Number(input.currentTarget.value);
                change(
                  (one) => (one.image === undefined ? one : { ...one, image: { ...one.image, opacity } }),
                  `opacity ${floor.id}`,
                );
              }}
            />
          </label>
        )}
        {floors.length < 2 ? null : (
          <Button size="small" look="danger" onClick={() => edit(floors.filter(({ id }) => id !== floor.id))}>
            {words('plan.remove-floor')}
          </Button>
        )}
      </div>
    </Card>
  );
}

/** A number that counts once it is one. */
function SizeField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  const typed = useSignal<string | undefined>(undefined);
  const shown = typed.value ?? String(value);
  const number = Number(shown.replace(',', '.'));
  const isWrong = !(number > 0 && number <= 1_000_000);
  return (
    <div
      onFocusOut={() => {
        if (typed.value !== undefined && !isWrong && number !== value) onChange(number);
        typed.value = undefined;
      }}
    >
      <TextField
        label={label}
        value={shown}
        inputMode="numeric"
        error={isWrong ? words('plan.size-wrong') : undefined}
        onInput={(next) => {
          typed.value = next;
        }}
      />
    </div>
  );
}

import type { ArmingMode } from '../../../edge/api/contract.ts';
import { IconButton } from '../../kit/button.tsx';
import { Select } from '../../kit/field.tsx';
import { text } from '../text.ts';
import { type Entry, modes, problemOf, weekdays } from './week.ts';

const twoDigits = (value: number) => String(value).padStart(2, '0');
// Not the browser's own field for a time: it shows noon and midnight by the device's language, not the site's way.
const hours = Array.from({ length: 24 }, (_, hour) => twoDigits(hour));
const minutes = Array.from({ length: 12 }, (_, step) => twoDigits(step * 5));

/** The usual values, and the one that is there in any case. */
const withValue = (usual: readonly string[], value: string) =>
  [...new Set([...usual, value])].sort().map((each) => ({ value: each, label: each }));

/** One time of the schedule: days to tap, a time, what happens. */
export function EntryEditor(props: {
  entry: Entry;
  position: number;
  onChange: (entry: Entry) => void;
  onRemove: () => void;
}) {
  const { entry, position, onChange, onRemove } = props;
  const problem = problemOf(entry);
  const [hour = '00', minute = '00'] = entry.at.split(':');
  return (
    <fieldset class="entry">
      <legend class="visually-hidden">{text('schedule.entry', { count: position })}</legend>
      <fieldset class="entry-days" aria-label={text('schedule.days')}>
        {weekdays.map((day) => {
          const isOn = entry.days.includes(day);
          return (
            <button
              key={day}
              type="button"
              class="day"
              aria-pressed={isOn}
              aria-label={text(`schedule.day.${day}`)}
              onClick={() =>
                onChange({
                  ...entry,
                  days: weekdays.filter((each) => (each === day ? !isOn : entry.days.includes(each))),
                })
              }
            >
              {text(`schedule.short.${day}`)}
            </button>
          );
        })}
      </fieldset>
      <div class="entry-what">
        <span class="entry-time">
          <Select
            bare
            label={text('schedule.hour')}
            value={hour}
            options={withValue(hours, hour)}
            onChange={(chosen) => onChange({ ...entry, at: `${chosen}:${minute}` })}
          />
          <span aria-hidden="true">:</span>
          <Select
            bare
            label={text('schedule.minute')}
            value={minute}
            options={withValue(minutes, minute)}
            onChange={(chosen) => onChange({ ...entry, at: `${hour}:${chosen}` })}
          />
        </span>
        <Select<ArmingMode>
          bare
          label={text('schedule.mode')}
          value={entry.mode}
          options={modes.map((mode) => ({ value: mode, label: text(`schedule.mode.${mode}`) }))}
          onChange={(mode) => onChange({ ...entry, mode })}
        />
        <IconButton icon="close" label={text('schedule.remove')} onClick={onRemove} />
      </div>
      {problem === undefined ? null : (
        <p class="entry-problem" role="alert">
          {text(`schedule.${problem}`)}
        </p>
      )}
    </fieldset>
  );
}

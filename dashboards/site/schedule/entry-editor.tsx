import { useId } from 'preact/hooks';
import type { ArmingMode } from '../../../edge/api/contract.ts';
import { IconButton } from '../../kit/button.tsx';
import { Select } from '../../kit/field.tsx';
import { text } from '../text.ts';
import { type Entry, modes, problemOf, weekdays } from './week.ts';

/** One time of the schedule: days to tap, a time, what happens. */
export function EntryEditor(props: {
  entry: Entry;
  position: number;
  onChange: (entry: Entry) => void;
  onRemove: () => void;
}) {
  const { entry, position, onChange, onRemove } = props;
  const id = useId();
  const problem = problemOf(entry);
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
        <label class="entry-time" for={id}>
          <span class="visually-hidden">{text('schedule.time')}</span>
          <input
            id={id}
            class="input"
            type="time"
            value={entry.at}
            onInput={(input) => onChange({ ...entry, at: input.currentTarget.value })}
          />
        </label>
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

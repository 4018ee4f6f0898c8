import { text } from '../text.ts';
import { type Entry, timeText, weekdays, weekOf } from './week.ts';

const DAY_MINUTES = 1_440;
const hours = [0, 6, 12, 18, 24];

/** Each day as a bar: when the alarm is on by the schedule. */
export function WeekView({ entries }: { entries: readonly Entry[] }) {
  const week = weekOf(entries);
  return (
    <figure class="week" aria-label={text('schedule.week')}>
      <div class="week-hours" aria-hidden="true">
        {hours.map((hour) => (
          <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
            {hour}
          </span>
        ))}
      </div>
      {weekdays.map((day, index) => {
        const armed = (week[index] ?? []).filter(({ mode }) => mode !== 'disarmed');
        const times = armed.map(({ from, to }) => `${timeText(from)}–${timeText(to)}`).join(', ');
        const name = text(`schedule.day.${day}`);
        return (
          <div key={day} class="week-day">
            <span class="week-name" aria-hidden="true">
              {text(`schedule.short.${day}`)}
            </span>
            <span class="visually-hidden">
              {armed.length === 0
                ? text('schedule.unwatched', { day: name })
                : text('schedule.watched', { day: name, times })}
            </span>
            <span class="week-bar" aria-hidden="true">
              {armed.map(({ mode, from, to }) => (
                <span
                  key={from}
                  class={`week-stretch week-${mode}`}
                  style={{
                    left: `${(from / DAY_MINUTES) * 100}%`,
                    width: `${((to - from) / DAY_MINUTES) * 100}%`,
                  }}
                />
              ))}
            </span>
          </div>
        );
      })}
      <figcaption class="week-key">
        <span class="week-swatch week-away" /> {text('schedule.mode.away')}
        <span class="week-swatch week-night" /> {text('schedule.mode.night')}
      </figcaption>
    </figure>
  );
}

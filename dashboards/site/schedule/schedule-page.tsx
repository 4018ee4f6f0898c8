import { useSignal } from '@preact/signals';
import type { SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { EmptyState } from '../../kit/states.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { asPerson, setSchedule } from '../session.ts';
import { text } from '../text.ts';
import { EntryEditor } from './entry-editor.tsx';
import { type Entry, problemOf } from './week.ts';
import { WeekView } from './week-view.tsx';

/** The gateway takes no more. */
const MAX_ENTRIES = 56;
const newEntry: Entry = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], at: '20:00', mode: 'away' };

/** When the alarm goes on and off by itself: to see, and to change. */
export function SchedulePage({ page }: { page: SitePage }) {
  const { schedule } = page.arming;
  /** What is being changed; undefined: nothing yet, and the page follows the gateway. */
  const draft = useSignal<readonly Entry[] | undefined>(undefined);
  const entries = draft.value ?? schedule.entries;
  const isChanged = JSON.stringify(entries) !== JSON.stringify(schedule.entries);
  const isComplete = entries.every((entry) => problemOf(entry) === undefined);
  const save = () =>
    asPerson(
      text('schedule.purpose'),
      () => setSchedule([...entries]),
      () => {
        draft.value = undefined;
        say(text('schedule.saved'), 'good');
      },
    );
  return (
    <div class="sheet">
      <h1 class="page-title">{text('schedule.title')}</h1>
      {schedule.changedAt === undefined || schedule.changedBy === undefined ? null : (
        <p class="soft">
          {text('schedule.changed', {
            name: schedule.changedBy,
            time: timeOrDay(schedule.changedAt, now.value, page.site.timeZone),
          })}
        </p>
      )}
      {entries.length === 0 ? (
        <EmptyState icon="clock" title={text('schedule.empty')}>
          {text('schedule.empty-text')}
        </EmptyState>
      ) : (
        <section class="card">
          <WeekView entries={entries} />
        </section>
      )}
      {entries.map((entry, index) => (
        <EntryEditor
          key={index}
          entry={entry}
          position={index + 1}
          onChange={(changed) => {
            draft.value = entries.map((each, at) => (at === index ? changed : each));
          }}
          onRemove={() => {
            draft.value = entries.filter((_, at) => at !== index);
          }}
        />
      ))}
      <div class="sheet-actions">
        <Button
          icon="plus"
          disabled={entries.length >= MAX_ENTRIES}
          onClick={() => {
            draft.value = [...entries, newEntry];
          }}
        >
          {text('schedule.add')}
        </Button>
      </div>
      {isChanged ? (
        <div class="sheet-actions sheet-actions-pending">
          <Button look="primary" icon="check" disabled={!isComplete} onClick={save}>
            {text('schedule.save')}
          </Button>
          <Button
            look="quiet"
            onClick={() => {
              draft.value = undefined;
            }}
          >
            {text('schedule.undo')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

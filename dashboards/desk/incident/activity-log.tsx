import { useSignal } from '@preact/signals';
import type { Activity, IncidentPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { TextArea } from '../../kit/field.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { Initials } from '../initials.tsx';
import { text } from '../text.ts';
import { act, mayAct } from './actions.ts';

/** The element that holds the note's field, for the key `n`. */
export const NOTE_FIELD = 'note-field';

/** What people did, oldest first, and a place to add a note. */
export function ActivityLog({ page, zone }: { page: IncidentPage; zone: string }) {
  const note = useSignal('');
  const busy = useSignal(false);
  const add = async () => {
    const words = note.value.trim();
    if (words === '' || busy.value) return;
    busy.value = true;
    note.value = '';
    // A note that was not taken goes back into the field: nobody writes it twice.
    if (!(await act(page.summary, 'note', { text: words }))) note.value = words;
    busy.value = false;
  };
  return (
    <Card title={text('activity.title')} labelledBy="activity">
      {page.activities.length === 0 ? <p class="faint">{text('activity.empty')}</p> : null}
      <ol class="activities">
        {page.activities.map((activity) => (
          <li key={`${activity.at} ${activity.action} ${activity.by}`}>
            <Initials name={activity.by} />
            <div>
              <p>
                <strong>{activity.by}</strong> <span class="soft">{words(activity)}</span>{' '}
                <span class="faint">
                  <RelativeTime at={activity.at} timeZone={zone} />
                </span>
              </p>
              {activity.text === undefined || activity.text === '' ? null : (
                <p class="activity-text">{activity.text}</p>
              )}
            </div>
          </li>
        ))}
      </ol>
      {mayAct() ? (
        <form
          class="note"
          id={NOTE_FIELD}
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <TextArea
            label={text('activity.note')}
            rows={2}
            value={note.value}
            onInput={(value) => {
              note.value = value;
            }}
          />
          <Button
            type="submit"
            icon="note"
            size="small"
            disabled={note.value.trim() === ''}
            busy={busy.value}
          >
            {text('activity.add')}
          </Button>
        </form>
      ) : null}
    </Card>
  );
}

function words(activity: Activity): string {
  return activity.action === 'assigned'
    ? text('activity.assigned', { name: activity.assignee ?? '' })
    : text(`activity.${activity.action}`);
}

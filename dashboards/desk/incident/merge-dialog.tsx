import { useSignal } from '@preact/signals';
import type { IncidentSummary } from '../../../cloud/api/contract.ts';
import { SeverityMark } from '../../kit/chip.tsx';
import { TextField } from '../../kit/field.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { attention, loadIncident } from '../live/desk-state.ts';
import { actOnIncident } from '../session.ts';
import { text } from '../text.ts';
import { WordsDialog } from '../words-dialog.tsx';

/** Choices shown at a time: whoever looks for one of more types more. */
const MAX_CHOICES = 6;

/** Joins another incident with this one. */
export function MergeDialog(props: { summary: IncidentSummary; zone: string; onClose: () => void }) {
  const { summary, zone, onClose } = props;
  const sought = useSignal('');
  const chosen = useSignal<string | undefined>(undefined);
  const all = attention.value.state === 'there' ? attention.value.value.items : [];
  const words = sought.value.trim().toLowerCase();
  const found = all.filter(
    ({ id, title, sites, assets, people }) =>
      id !== summary.id &&
      [id, title, ...[...sites, ...assets, ...people].map(({ name }) => name)].some((one) =>
        one.toLowerCase().includes(words),
      ),
  );
  return (
    <WordsDialog
      title={text('arrange.merge-title')}
      why={text('arrange.merge-why')}
      hint={text('arrange.merge-hint')}
      verb={text('arrange.merge')}
      isIncomplete={chosen.value === undefined}
      onSubmit={async (reason) => {
        await actOnIncident(summary.id, 'merge', { incident: chosen.value, text: reason });
        await loadIncident(summary.id);
      }}
      onClose={onClose}
    >
      <p class="soft">{summary.title}</p>
      <TextField
        label={text('arrange.find')}
        value={sought.value}
        autoFocus
        onInput={(value) => {
          sought.value = value;
        }}
      />
      <fieldset class="choices">
        <legend class="visually-hidden">{text('arrange.merge-with')}</legend>
        {found.slice(0, MAX_CHOICES).map((one) => (
          <label key={one.id} class="choice">
            <input
              type="radio"
              name="merge-with"
              checked={chosen.value === one.id}
              onChange={() => {
                chosen.value = one.id;
              }}
            />
            <SeverityMark severity={one.severity} />
            <span class="choice-words">
              {one.title}
              <span class="faint">
                {one.sites.map(({ name }) => name).join(', ')} ·{' '}
                <RelativeTime at={one.last} timeZone={zone} />
              </span>
            </span>
          </label>
        ))}
        {found.length === 0 ? <p class="faint">{text('arrange.none-found')}</p> : null}
      </fieldset>
    </WordsDialog>
  );
}

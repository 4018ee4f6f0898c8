import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentSummary } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea } from '../../kit/field.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { done } from '../done.ts';
import { fetchResponseTo, fetchRun } from '../response/requests.ts';
import { api, session } from '../session.ts';
import { text } from '../text.ts';
import { act } from './actions.ts';
import { doneWords, nextShiftWords } from './contained-note.ts';
import { words } from './words.ts';

/** Runs that are told of, the newest. */
const MAX_RUNS = 4;

const mayHandOver = (): boolean =>
  ['operator', 'supervisor', 'administrator'].includes(session.value?.role ?? '') &&
  session.value?.seesAll !== false;

/** Contained: what was done, for the record, and a note for the next shift; both begun from what the runs say. */
export function ContainDialog(props: { summary: IncidentSummary; zone: string; onClose: () => void }) {
  const { summary, zone, onClose } = props;
  const isReady = useSignal(false);
  const reason = useSignal('');
  const note = useSignal('');
  const isWrong = useSignal(false);
  useEffect(() => {
    const time = (at: number) => timeOrDay(at, now.value, zone);
    fetchResponseTo(summary.id)
      .then(({ runs }) => Promise.all(runs.slice(0, MAX_RUNS).map(({ id }) => fetchRun(id))))
      .then((runs) => {
        reason.value = doneWords(runs, time);
        note.value = nextShiftWords(summary, runs, time);
      })
      // Without the runs people write it themselves.
      .catch(() => undefined)
      .finally(() => {
        isReady.value = true;
      });
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const why = reason.value.trim();
    isWrong.value = why === '';
    if (isWrong.value) return;
    const forNext = note.value.trim();
    onClose();
    if (!(await act(summary, 'contain', { text: why }))) return;
    if (mayHandOver() && forNext !== '')
      await done(api.send('api/shifts/notes', { text: forNext, incident: summary.id }));
  };
  return (
    <Dialog title={text('act.contain.title')} onClose={onClose} size="wide">
      {isReady.value ? (
        <form class="reason" onSubmit={(event) => void submit(event)} noValidate>
          <p class="soft">{summary.title}</p>
          <TextArea
            label={text('act.contain.why')}
            hint={text('act.contain.hint')}
            value={reason.value}
            rows={3}
            error={isWrong.value ? text('act.reason-missing') : undefined}
            required
            onInput={(value) => {
              reason.value = value;
            }}
          />
          {mayHandOver() ? (
            <TextArea
              label={words('next-shift')}
              hint={words('next-shift-hint')}
              value={note.value}
              rows={5}
              onInput={(value) => {
                note.value = value;
              }}
            />
          ) : null}
          <DialogActions onCancel={onClose}>
            <Button type="submit" look="primary" icon="contain">
              {words('contained')}
            </Button>
          </DialogActions>
        </form>
      ) : (
        <Skeleton lines={[20, 80, 120]} />
      )}
    </Dialog>
  );
}

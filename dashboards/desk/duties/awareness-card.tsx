/** When we became aware: what a person states, and every former word beside it. */
import { useSignal } from '@preact/signals';
import type { DutyPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea, TextField } from '../../kit/field.tsx';
import { fullTime } from '../../kit/time.ts';
import type { Change } from './drafts.tsx';
import { mayHandle } from './requests.ts';
import { momentAt, wallText } from './wall-time.ts';
import { words } from './words.ts';

export function AwarenessCard({ page, change }: { page: DutyPage; change: Change }) {
  const isOpen = useSignal(false);
  const { awareness, proposal, timeZone } = page;
  const holds = awareness.at(-1);
  return (
    <Card
      title={words('aware.title')}
      level={3}
      aside={
        mayHandle() ? (
          <Button
            look={holds === undefined ? 'primary' : 'plain'}
            size="small"
            onClick={() => {
              isOpen.value = true;
            }}
          >
            {holds === undefined ? words('aware.state') : words('aware.correct')}
          </Button>
        ) : undefined
      }
    >
      {holds === undefined ? (
        <>
          <p>{words('aware.none')}</p>
          {proposal === undefined ? null : (
            <p class="faint">
              {words('aware.proposed', { time: fullTime(proposal.at, timeZone), reason: proposal.reason })}
            </p>
          )}
        </>
      ) : (
        <>
          <p class="duty-aware">{fullTime(holds.at, timeZone)}</p>
          <p>{holds.reason}</p>
          <p class="faint">{words('aware.said', { by: holds.by, time: fullTime(holds.saidAt, timeZone) })}</p>
          {awareness.length < 2 ? null : (
            <details class="duty-former">
              <summary>{words('aware.former')}</summary>
              {awareness.slice(0, -1).map((one) => (
                <p key={one.saidAt} class="faint">
                  {fullTime(one.at, timeZone)}: {one.reason} (
                  {words('aware.said', { by: one.by, time: fullTime(one.saidAt, timeZone) })})
                </p>
              ))}
            </details>
          )}
        </>
      )}
      {isOpen.value ? (
        <AwarenessDialog
          page={page}
          change={change}
          onClose={() => {
            isOpen.value = false;
          }}
        />
      ) : null}
    </Card>
  );
}

function AwarenessDialog({ page, change, onClose }: { page: DutyPage; change: Change; onClose: () => void }) {
  const { awareness, proposal, timeZone } = page;
  const start = awareness.at(-1)?.at ?? proposal?.at ?? now.value;
  const time = useSignal(wallText(start, timeZone));
  const reason = useSignal(awareness.length === 0 ? (proposal?.reason ?? '') : '');
  const at = momentAt(time.value, timeZone);
  const save = async () => {
    if (at !== undefined && (await change('awareness', { at, reason: reason.value }))) onClose();
  };
  return (
    <Dialog title={words('aware.title')} onClose={onClose}>
      <form
        class="duty-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void save();
        }}
      >
        <TextField
          label={words('aware.time')}
          hint={words('aware.time-hint', { zone: timeZone })}
          error={at === undefined ? words('aware.time-wrong') : undefined}
          value={time.value}
          onInput={(value) => {
            time.value = value;
          }}
        />
        <TextArea
          label={words('aware.reason')}
          value={reason.value}
          maxLength={1_000}
          required
          onInput={(value) => {
            reason.value = value;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button look="primary" type="submit" disabled={at === undefined || reason.value.trim().length < 3}>
            {words('aware.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

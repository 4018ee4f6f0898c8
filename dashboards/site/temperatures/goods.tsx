import { useSignal } from '@preact/signals';
import type { SiteTemperature } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { TextArea } from '../../kit/field.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { duration, timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';
import { degrees } from './reading.tsx';

type Case = NonNullable<SiteTemperature['setApart']>[number];
type Decision = 'release' | 'discard';

/** What goes on with a fridge, and goods that were set apart until a responsible person has decided. */
export function Goods({ temperature, timeZone }: { temperature: SiteTemperature; timeZone: string }) {
  const { asset, name, excursion, forecast, calibration, doorOpenSince, powerLostSince, setApart } =
    temperature;
  const deciding = useSignal<{ on: Case; decision: Decision } | undefined>(undefined);
  const time = (at: number) => timeOrDay(at, now.value, timeZone);
  const notes: [IconName, string][] = [
    ...(excursion === undefined
      ? []
      : [
          [
            'thermometer',
            text(`goods.out.${excursion.side}`, {
              duration: duration(now.value - excursion.startedAt),
              peak: degrees(excursion.peakCelsius),
            }),
          ] as [IconName, string],
        ]),
    ...(forecast === undefined
      ? []
      : [
          ['clock', text(`goods.leaves.${forecast.confidence}`, { time: time(forecast.leavesAt) })] as [
            IconName,
            string,
          ],
        ]),
    ...(doorOpenSince === undefined
      ? []
      : [
          ['door-open', text('goods.door-open', { duration: duration(now.value - doorOpenSince) })] as [
            IconName,
            string,
          ],
        ]),
    ...(powerLostSince === undefined
      ? []
      : [['warning', text('goods.power', { time: time(powerLostSince) })] as [IconName, string]]),
    ...(calibration === undefined || calibration.state === 'valid'
      ? []
      : [['note', text(`goods.calibration.${calibration.state}`)] as [IconName, string]]),
  ];
  return (
    <>
      {notes.length === 0 ? null : (
        <ul class="fridge-notes">
          {notes.map(([icon, words]) => (
            <li key={icon}>
              <Icon name={icon} size={20} /> {words}
            </li>
          ))}
        </ul>
      )}
      {(setApart ?? []).map((each) => (
        <div key={each.startedAt} class="set-apart">
          <p class="set-apart-title">{text('goods.set-apart')}</p>
          <p>
            {text(`goods.because.${each.side}`, {
              time: time(each.startedAt),
              peak: degrees(each.peakCelsius),
            })}
          </p>
          <div class="try-choices">
            {(['release', 'discard'] as const).map((decision) => (
              <Button
                key={decision}
                onClick={() => {
                  deciding.value = { on: each, decision };
                }}
              >
                {text(`goods.${decision}`)}
              </Button>
            ))}
          </div>
        </div>
      ))}
      {deciding.value === undefined ? null : (
        <DecisionDialog
          asset={asset}
          name={name}
          {...deciding.value}
          onClose={() => {
            deciding.value = undefined;
          }}
        />
      )}
    </>
  );
}

function DecisionDialog(props: {
  asset: string;
  name: string;
  on: Case;
  decision: Decision;
  onClose: () => void;
}) {
  const { asset, name, on, decision, onClose } = props;
  const reason = useSignal('');
  const isMissing = useSignal(false);
  /** Why it was not taken: what was typed stays, for whoever may decide. */
  const refusal = useSignal<string | undefined>(undefined);
  const decide = () => {
    const words = reason.value.trim();
    isMissing.value = words === '';
    if (isMissing.value) return;
    refusal.value = undefined;
    asPerson(
      text(`goods.${decision}`),
      () =>
        api.send(`api/cold-chain/${encodeURIComponent(asset)}/decision`, {
          startedAt: on.startedAt,
          decision,
          reason: words,
        }),
      () => {
        onClose();
        say(text('goods.decided'), 'good');
      },
      (error) => {
        refusal.value = error.message;
      },
    );
  };
  return (
    <Dialog title={text(`goods.${decision}`)} onClose={onClose}>
      <p class="soft">{text('goods.decide-text', { name })}</p>
      <TextArea
        label={text('goods.reason')}
        required
        maxLength={400}
        value={reason.value}
        error={isMissing.value ? text('goods.reason-missing') : undefined}
        onInput={(value) => {
          reason.value = value;
          isMissing.value = false;
        }}
      />
      <p class="form-error" role="alert">
        {refusal.value}
      </p>
      <DialogActions onCancel={onClose}>
        <Button look={decision === 'discard' ? 'danger' : 'primary'} onClick={decide}>
          {text(`goods.${decision}`)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** What others get: the insurer, the police, the public; and what an authority asks of us. */
import { useSignal } from '@preact/signals';
import type { DutyPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextArea, TextField } from '../../kit/field.tsx';
import { say } from '../../kit/toast.tsx';
import { reasonOf } from '../loaded.ts';
import type { Change } from './drafts.tsx';
import { dutiesAddress, fetchWarning, mayApprove, mayHandle } from './requests.ts';
import { words } from './words.ts';

export function FilesCard({ page, change }: { page: DutyPage; change: Change }) {
  const shown = useSignal<'warning' | 'request' | undefined>(undefined);
  const close = () => {
    shown.value = undefined;
  };
  const bundle = (to: string, format: string) =>
    `${dutiesAddress(page.incident)}/bundle?to=${to}&format=${format}`;
  return (
    <Card title={words('files.title')} level={3}>
      <p class="faint">{words('files.about')}</p>
      <div class="duty-buttons duty-files">
        <a class="button button-plain" href={bundle('insurer', 'pdf')} download="">
          {words('files.insurer')}
        </a>
        {mayApprove() ? (
          <a class="button button-plain" href={bundle('police', 'pdf')} download="">
            {words('files.police')}
          </a>
        ) : null}
        <a class="button button-plain" href={bundle('insurer', 'csv')} download="">
          {words('files.evidence')}
        </a>
        {mayApprove() ? (
          <Button
            onClick={() => {
              shown.value = 'warning';
            }}
          >
            {words('cap.make')}
          </Button>
        ) : null}
        {mayHandle() ? (
          <Button
            look="quiet"
            onClick={() => {
              shown.value = 'request';
            }}
          >
            {words('request.add')}
          </Button>
        ) : null}
      </div>
      {shown.value === 'warning' ? <WarningDialog page={page} onClose={close} /> : null}
      {shown.value === 'request' ? <RequestDialog change={change} onClose={close} /> : null}
    </Card>
  );
}

function RequestDialog({ change, onClose }: { change: Change; onClose: () => void }) {
  const text = useSignal('');
  return (
    <Dialog title={words('request.add')} onClose={onClose}>
      <div class="duty-form">
        <TextArea
          label={words('request.text')}
          value={text.value}
          required
          onInput={(value) => {
            text.value = value;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button
            look="primary"
            disabled={text.value.trim().length < 3}
            onClick={async () => {
              if (await change('request', { text: text.value })) onClose();
            }}
          >
            {words('aware.save')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

const statuses = ['Exercise', 'Actual'] as const;
const severities = ['Minor', 'Moderate', 'Severe', 'Extreme'] as const;

function WarningDialog({ page, onClose }: { page: DutyPage; onClose: () => void }) {
  const headline = useSignal('');
  const description = useSignal('');
  const instruction = useSignal('');
  const area = useSignal('');
  const status = useSignal<(typeof statuses)[number]>('Exercise');
  const severity = useSignal<(typeof severities)[number]>('Moderate');
  const isReady = [headline, description, area].every(({ value }) => value.trim() !== '');
  const download = async () => {
    try {
      const file = await fetchWarning(page.incident, {
        status: status.value,
        msgType: 'Alert',
        language: 'en',
        category: 'Security',
        event: headline.value.slice(0, 128),
        urgency: 'Immediate',
        severity: severity.value,
        certainty: 'Likely',
        headline: headline.value,
        description: description.value,
        ...(instruction.value === '' ? {} : { instruction: instruction.value }),
        areaDesc: area.value,
      });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = 'warning.xml';
      link.click();
      URL.revokeObjectURL(link.href);
      onClose();
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
  };
  return (
    <Dialog title={words('cap.make')} onClose={onClose}>
      <div class="duty-form">
        <TextField
          label={words('cap.headline')}
          value={headline.value}
          required
          onInput={(value) => {
            headline.value = value.slice(0, 160);
          }}
        />
        <TextArea
          label={words('cap.description')}
          value={description.value}
          required
          onInput={(value) => {
            description.value = value;
          }}
        />
        <TextArea
          label={words('cap.instruction')}
          value={instruction.value}
          onInput={(value) => {
            instruction.value = value;
          }}
        />
        <TextField
          label={words('cap.area')}
          value={area.value}
          required
          onInput={(value) => {
            area.value = value.slice(0, 256);
          }}
        />
        <Select
          label={words('cap.status')}
          value={status.value}
          options={statuses.map((value) => ({ value, label: words(`cap.${value}`) }))}
          onChange={(value) => {
            status.value = value;
          }}
        />
        <Select
          label={words('cap.severity')}
          value={severity.value}
          options={severities.map((value) => ({ value, label: words(`cap.${value}`) }))}
          onChange={(value) => {
            severity.value = value;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button look="primary" disabled={!isReady} onClick={() => void download()}>
            {words('cap.download')}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

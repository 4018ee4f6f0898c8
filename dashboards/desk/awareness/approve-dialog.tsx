import { useSignal } from '@preact/signals';
import type { CampaignRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextArea } from '../../kit/field.tsx';
import { reasonOf } from '../loaded.ts';
import { approveCampaign } from './awareness-requests.ts';
import { words } from './words.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_LENGTH = 400;

/** The last look before everybody reads it: words can be changed, and how long it stands. */
export function ApproveDialog(props: { campaign: CampaignRow; onDone: () => void; onClose: () => void }) {
  const { id, text } = props.campaign;
  const english = useSignal(text.en ?? '');
  const german = useSignal(text.de ?? '');
  const days = useSignal<'3' | '7' | '14'>('7');
  const failure = useSignal<string | undefined>(undefined);
  const publish = () => {
    const said = {
      en: english.value.trim(),
      ...(german.value.trim() === '' ? {} : { de: german.value.trim() }),
    };
    approveCampaign(id, { text: said, until: Math.round(now.value) + Number(days.value) * DAY_MS }).then(
      () => {
        props.onDone();
        props.onClose();
      },
      (error: unknown) => {
        failure.value = reasonOf(error).message;
      },
    );
  };
  return (
    <Dialog title={words('awareness.approve-title')} onClose={props.onClose}>
      <p class="soft">{words('awareness.approve-text')}</p>
      <TextArea
        label={words('awareness.approve-en')}
        value={english.value}
        maxLength={MAX_LENGTH}
        error={failure.value}
        onInput={(value) => {
          english.value = value;
        }}
      />
      <TextArea
        label={words('awareness.approve-de')}
        value={german.value}
        maxLength={MAX_LENGTH}
        onInput={(value) => {
          german.value = value;
        }}
      />
      <Select
        label={words('awareness.approve-days')}
        value={days.value}
        options={(['3', '7', '14'] as const).map((value) => ({
          value,
          label: words('awareness.days', { count: Number(value) }),
        }))}
        onChange={(value) => {
          days.value = value;
        }}
      />
      <DialogActions onCancel={props.onClose}>
        <Button look="primary" disabled={english.value.trim() === ''} onClick={publish}>
          {words('awareness.publish')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

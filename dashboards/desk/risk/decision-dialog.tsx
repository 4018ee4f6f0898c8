import { useSignal } from '@preact/signals';
import type {
  RiskDecision,
  RiskDecisionKind,
  RiskDecisions,
  RiskRegister,
  RiskRow,
} from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, Switch, TextArea, TextField } from '../../kit/field.tsx';
import { RequestError } from '../../kit/request.ts';
import { reasonOf } from '../loaded.ts';
import { session } from '../session.ts';
import { adopt, putDecision } from './requests.ts';
import { words } from './words.ts';

const kinds: readonly RiskDecisionKind[] = ['accept', 'mitigate', 'transfer', 'avoid'];
/** Looked at again in half a year, where nobody says otherwise. */
const REVIEW_AFTER_MS = 182 * 24 * 3_600_000;

/** Accept, mitigate, transfer or avoid, with an owner and a date of review. */
export function DecisionDialog(props: {
  row: RiskRow;
  register: RiskRegister;
  former: RiskDecision | undefined;
  onClose: () => void;
  onDecided: (after: RiskDecisions) => void;
}) {
  const { row, register, former } = props;
  const decision = useSignal<RiskDecisionKind>(former?.decision ?? 'mitigate');
  const owner = useSignal(former?.owner ?? session.value?.name ?? '');
  const reviewOn = useSignal(
    former?.reviewOn ?? new Date(now.value + REVIEW_AFTER_MS).toISOString().slice(0, 10),
  );
  const text = useSignal(former?.text ?? '');
  const helping = register.mitigations.filter(({ rows }) => rows.some(({ id }) => id === row.id));
  const mitigation = useSignal(former?.mitigation ?? helping.find(({ inPlace }) => !inPlace)?.id ?? '');
  const adopts = useSignal(false);
  const wrong = useSignal<{ field: string | undefined; message: string } | undefined>(undefined);
  const isBusy = useSignal(false);
  const chosen = helping.find(({ id }) => id === mitigation.value);
  const mitigates = decision.value === 'mitigate';
  const errorAt = (field: string) => (wrong.value?.field === field ? wrong.value.message : undefined);
  const send = async () => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(reviewOn.value)) {
      wrong.value = { field: 'reviewOn', message: words('dialog.review-wrong') };
      return;
    }
    isBusy.value = true;
    try {
      let after = await putDecision({
        row: row.id,
        decision: decision.value,
        owner: owner.value.trim(),
        reviewOn: reviewOn.value,
        text: text.value.trim(),
        ...(mitigates && mitigation.value !== '' ? { mitigation: mitigation.value } : {}),
      });
      if (mitigates && adopts.value && chosen !== undefined) after = await adopt(chosen.id, true);
      props.onDecided(after);
    } catch (error) {
      wrong.value = {
        field: error instanceof RequestError ? error.field : undefined,
        message: reasonOf(error).message,
      };
    }
    isBusy.value = false;
  };
  return (
    <Dialog
      title={words('dialog.title', { name: `${row.asset.name}, ${row.threat.name}` })}
      onClose={props.onClose}
    >
      <form
        class="risk-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void send();
        }}
      >
        <Select
          label={words('dialog.what')}
          value={decision.value}
          options={kinds.map((value) => ({ value, label: words(`decision.${value}`) }))}
          onChange={(value) => {
            decision.value = value;
          }}
        />
        {mitigates ? (
          <Select
            label={words('dialog.mitigation')}
            value={mitigation.value}
            error={errorAt('mitigation')}
            options={[
              ...helping.map(({ id, name }) => ({ value: id, label: name })),
              { value: '', label: words('dialog.mitigation-none') },
            ]}
            onChange={(value) => {
              mitigation.value = value;
            }}
          />
        ) : null}
        {mitigates && chosen !== undefined && !chosen.inPlace ? (
          <Switch
            label={words('dialog.adopt')}
            on={adopts.value}
            onChange={(on) => {
              adopts.value = on;
            }}
          />
        ) : null}
        <TextField
          label={words('dialog.owner')}
          value={owner.value}
          required
          autoComplete="off"
          error={errorAt('owner')}
          onInput={(value) => {
            owner.value = value;
          }}
        />
        <TextField
          label={words('dialog.review')}
          hint={words('dialog.review-hint')}
          value={reviewOn.value}
          required
          autoComplete="off"
          error={errorAt('reviewOn')}
          onInput={(value) => {
            reviewOn.value = value.trim();
          }}
        />
        <TextArea
          label={words('dialog.text')}
          value={text.value}
          maxLength={1_000}
          onInput={(value) => {
            text.value = value;
          }}
        />
        {wrong.value !== undefined &&
        !['mitigation', 'owner', 'reviewOn'].includes(wrong.value.field ?? '') ? (
          <p class="risk-wrong" role="alert">
            {wrong.value.message}
          </p>
        ) : null}
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary" busy={isBusy.value} disabled={owner.value.trim() === ''}>
            {words('dialog.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

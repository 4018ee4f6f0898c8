import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IndicatorList, TrafficLight } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, Switch, TextField } from '../../kit/field.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import { addIndicator, dropIndicator, fetchIndicators, mayShare } from './requests.ts';
import { words } from './words.ts';

export const tlps: readonly TrafficLight[] = ['clear', 'green', 'amber', 'amber+strict', 'red'];
/** Typing goes on for a moment before it is searched. */
const SEARCH_AFTER_MS = 200;

export const TlpChip = ({ tlp }: { tlp: string }) => (
  <span class={`chip tlp tlp-${tlp.split('+')[0]}`}>
    <span>TLP:{tlp.toUpperCase()}</span>
  </span>
);

export function Indicators() {
  const held = useSignal<Loaded<IndicatorList>>({ state: 'loading' });
  const find = useSignal('');
  const isSeen = useSignal(false);
  const isAdding = useSignal(false);
  const ask = () => void load(held, () => fetchIndicators(find.value, isSeen.value));
  useEffect(() => {
    const timer = setTimeout(ask, SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [find.value, isSeen.value]);
  const state = held.value;
  const drop = async (id: string) => {
    try {
      await dropIndicator(id);
      say(words('indicator.dropped'));
      ask();
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
  };
  return (
    <>
      <div class="intel-bar">
        <TextField
          label={words('find')}
          value={find.value}
          autoComplete="off"
          onInput={(value) => {
            find.value = value;
          }}
        />
        <Switch
          label={words('seen.only')}
          on={isSeen.value}
          onChange={(on) => {
            isSeen.value = on;
          }}
        />
        {mayShare() ? (
          <Button
            icon="plus"
            onClick={() => {
              isAdding.value = true;
            }}
          >
            {words('indicator.add')}
          </Button>
        ) : null}
      </div>
      {state.state === 'loading' ? (
        <Skeleton lines={[56, 56, 56]} />
      ) : state.state === 'failed' ? (
        <ErrorState message={state.message} onRetry={ask} />
      ) : (
        <Card flush>
          {state.value.items.length === 0 ? (
            <EmptyState icon="search" title={words('indicators.none')}>
              {words('indicators.none-text')}
            </EmptyState>
          ) : (
            <ul class="intel-rows">
              {state.value.items.map((one) => (
                <li key={`${one.source} ${one.id}`} class="intel-row">
                  <TlpChip tlp={one.tlp} />
                  <div class="intel-main">
                    <strong>{one.name}</strong>
                    <code class="intel-value">{one.pattern}</code>
                    <span class="faint">
                      {one.source} · {one.type} · {words('times', { count: one.sightings })}
                    </span>
                  </div>
                  <span class="intel-worth">
                    <span class="intel-track" aria-hidden="true">
                      <span style={{ width: `${one.confidenceNow}%` }} />
                    </span>
                    <span class="faint">
                      {words('worth.left', { now: one.confidenceNow, was: one.confidence })}
                    </span>
                  </span>
                  {one.tactic === undefined ? null : <Chip>{one.tactic}</Chip>}
                  {one.isManual && mayShare() ? (
                    <Button
                      size="small"
                      label={words('indicator.drop-of', { name: one.name })}
                      onClick={() => void drop(one.id)}
                    >
                      {words('indicator.drop')}
                    </Button>
                  ) : null}
                </li>
              ))}
            </ul>
          )}
          <p class="intel-end faint">{words('total', { count: state.value.total })}</p>
        </Card>
      )}
      {isAdding.value ? (
        <AddDialog
          onAdded={ask}
          onClose={() => {
            isAdding.value = false;
          }}
        />
      ) : null}
    </>
  );
}

function AddDialog({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const value = useSignal('');
  const name = useSignal('');
  const tlp = useSignal<TrafficLight>('amber');
  const confidence = useSignal('60');
  const failure = useSignal<string | undefined>(undefined);
  const save = async () => {
    failure.value = undefined;
    try {
      await addIndicator({
        value: value.value,
        name: name.value,
        tlp: tlp.value,
        confidence: Number(confidence.value),
      });
      say(words('indicator.saved'));
      onAdded();
      onClose();
    } catch (error) {
      failure.value = reasonOf(error).message;
    }
  };
  return (
    <Dialog title={words('indicator.add')} onClose={onClose}>
      <form
        class="intel-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void save();
        }}
      >
        <TextField
          label={words('indicator.value')}
          hint={words('indicator.value-hint')}
          error={failure.value}
          value={value.value}
          autoComplete="off"
          required
          onInput={(text) => {
            value.value = text;
          }}
        />
        <TextField
          label={words('indicator.name')}
          value={name.value}
          required
          onInput={(text) => {
            name.value = text;
          }}
        />
        <Select
          label={words('indicator.tlp')}
          value={tlp.value}
          options={tlps.map((one) => ({ value: one, label: `TLP:${one.toUpperCase()}` }))}
          onChange={(one) => {
            tlp.value = one;
          }}
        />
        <TextField
          label={words('indicator.confidence')}
          inputMode="numeric"
          value={confidence.value}
          onInput={(text) => {
            confidence.value = text;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button look="primary" type="submit">
            {words('indicator.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Rehearsed, RunPreparation } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { go } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { duration } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { done } from '../done.ts';
import { type Loaded, load } from '../loaded.ts';
import { begin, fetchPreparation, rehearse } from './requests.ts';
import { words } from './words.ts';

/** What a run goes by, a look at what it would do, and its beginning. */
export function StartDialog(props: {
  incident: string;
  playbook: string;
  name: string;
  onClose: () => void;
  /** Where it is said what comes then; else the run is shown. */
  onBegun?: () => void;
}) {
  const { incident, playbook, name } = props;
  const held = useSignal<Loaded<RunPreparation>>({ state: 'loading' });
  const changed = useSignal<Record<string, string>>({});
  const dry = useSignal<Rehearsed | undefined>(undefined);
  const isBusy = useSignal(false);
  const ask = () => void load(held, () => fetchPreparation(incident, playbook));
  useEffect(ask, [incident, playbook]);
  const busy = async (deed: Promise<unknown>) => {
    isBusy.value = true;
    const taken = await done(deed);
    isBusy.value = false;
    return taken;
  };
  const wanted = () => ({ playbook, incident, values: changed.value });
  const start = async () => {
    const begun = begin(wanted());
    if (!(await busy(begun))) return;
    const { row } = await begun;
    say(words('start.begun', { name }), 'good');
    props.onClose();
    if (props.onBegun === undefined) go('response', 'run', row.id);
    else props.onBegun();
  };
  const { value } = held;
  return (
    <Dialog title={words('start.title', { name })} onClose={props.onClose} size="wide">
      {value.state === 'loading' ? (
        <Skeleton lines={[48, 48, 48]} />
      ) : value.state === 'failed' ? (
        <ErrorState message={value.message} onRetry={ask} />
      ) : (
        <form
          class="start-form"
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <p class="soft">
            {value.value.questions.length === 0 ? words('start.no-questions') : words('start.about')}
          </p>
          <div class="start-questions">
            {value.value.questions.map(({ name: key, description, value: known, choices }) => {
              const now = changed.value[key] ?? known;
              const set = (next: string) => {
                changed.value = { ...changed.value, [key]: next };
                dry.value = undefined;
              };
              return choices.length === 0 ? (
                <TextField key={key} label={description} value={now} onInput={set} />
              ) : (
                <Select
                  key={key}
                  label={description}
                  value={now}
                  options={[{ value: '', label: words('start.nothing') }, ...choices]}
                  onChange={set}
                />
              );
            })}
          </div>
          {dry.value === undefined ? null : <DryRun of={dry.value} />}
          <DialogActions onCancel={props.onClose}>
            <Button
              icon="eye"
              busy={isBusy.value}
              onClick={() =>
                void busy(
                  rehearse(wanted()).then((told) => {
                    dry.value = told;
                  }),
                )
              }
            >
              {words('start.dry')}
            </Button>
            <Button type="submit" look="primary" icon="play" busy={isBusy.value}>
              {words('start.begin')}
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  );
}

/** What would be done, in order. */
export function DryRun({ of }: { of: Rehearsed }) {
  return (
    <section class="dry" aria-labelledby="dry-run">
      <h3 id="dry-run">{words('dry.title')}</h3>
      <p class="soft">{words('dry.about')}</p>
      <ol class="dry-steps">
        {of.steps
          .filter(({ by, problem }) => by !== 'flow' || problem !== undefined)
          .map((step, index) => (
            <li key={index} class={`dry-step dry-${step.by}`}>
              <Icon name={step.by === 'machine' ? 'play' : 'person'} size={16} />
              <div>
                <strong>{step.name}</strong>
                {step.says.map((line, at) => (
                  <p key={at}>{line}</p>
                ))}
                <p class="dry-marks faint">
                  {step.delayMs === undefined ? null : (
                    <span>{words('dry.after', { duration: duration(step.delayMs) })}</span>
                  )}
                  {step.timeoutMs === undefined ? null : (
                    <span>{words('dry.within', { duration: duration(step.timeoutMs) })}</span>
                  )}
                  {step.danger === undefined ? null : (
                    <span class="dry-danger">
                      <Icon name="account" size={13} /> {words('dry.second')}
                    </span>
                  )}
                  {step.assumed === undefined ? null : (
                    <span>{words('dry.assumed', { answers: Object.values(step.assumed).join(', ') })}</span>
                  )}
                </p>
                {step.problem === undefined ? null : (
                  <p class="dry-problem">
                    <Icon name="warning" size={14} /> {words('dry.problem', { problem: step.problem })}
                  </p>
                )}
              </div>
            </li>
          ))}
      </ol>
      {of.ends ? null : <p class="dry-problem">{words('dry.endless')}</p>}
    </section>
  );
}

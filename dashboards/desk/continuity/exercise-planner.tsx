import { useSignal } from '@preact/signals';
import type { ContinuityOverview } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextArea, TextField } from '../../kit/field.tsx';
import { go } from '../../kit/route.ts';
import { done } from '../done.ts';
import { Choices } from './plan-editor.tsx';
import { planExercise } from './requests.ts';
import { linesOf, minutesOf } from './spans.ts';
import { words } from './words.ts';

/** Which scenario, by which plan, at which sites, who takes part, and how fast they want to be. */
export function ExercisePlanner({
  overview,
  onClose,
}: {
  overview: ContinuityOverview;
  onClose: () => void;
}) {
  const { plans, sites, scenarios = [] } = overview;
  const title = useSignal('');
  const scenario = useSignal(scenarios[0]?.id ?? '');
  const plan = useSignal(plans[0]?.id ?? '');
  const at = useSignal<string[]>(sites.map(({ id }) => id));
  const people = useSignal('');
  const minutes = useSignal({ lasts: '60', acknowledge: '5', activate: '10', contain: '30' });
  const isWrong = useSignal(false);
  const save = async (submit: Event) => {
    submit.preventDefault();
    const { lasts, acknowledge, activate, contain } = minutes.value;
    const lastsMs = minutesOf(lasts);
    const acknowledgeMs = minutesOf(acknowledge);
    const activateMs = minutesOf(activate);
    const containMs = minutesOf(contain);
    const participants = linesOf(people.value);
    isWrong.value =
      title.value.trim().length < 3 ||
      at.value.length === 0 ||
      participants.length === 0 ||
      !lastsMs ||
      !acknowledgeMs ||
      !activateMs ||
      !containMs;
    if (isWrong.value || !lastsMs || !acknowledgeMs || !activateMs || !containMs) return;
    await done(
      planExercise({
        title: title.value.trim(),
        scenario: scenario.value,
        plan: plan.value,
        sites: at.value,
        participants,
        lastsMs,
        goals: { acknowledgeMs, activateMs, containMs },
      }).then(({ row }) => {
        onClose();
        go('continuity', 'exercise', row.id);
      }),
    );
  };
  const numbers = [
    ['lasts', words('planner.lasts')],
    ['acknowledge', words('planner.acknowledge')],
    ['activate', words('planner.activate')],
    ['contain', words('planner.contain')],
  ] as const;
  return (
    <Dialog title={words('planner.title')} onClose={onClose} size="wide">
      <form class="continuity-form" onSubmit={(submit) => void save(submit)}>
        <TextField
          label={words('planner.name')}
          value={title.value}
          autoFocus
          error={isWrong.value ? words('planner.wrong') : undefined}
          onInput={(value) => {
            title.value = value;
          }}
        />
        <div class="continuity-pair">
          <Select
            label={words('planner.scenario')}
            value={scenario.value}
            options={scenarios.map(({ id, title: label }) => ({ value: id, label }))}
            onChange={(value) => {
              scenario.value = value;
            }}
          />
          <Select
            label={words('planner.plan')}
            value={plan.value}
            options={plans.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => {
              plan.value = value;
            }}
          />
        </div>
        <Choices
          legend={words('planner.sites')}
          options={sites}
          chosen={at.value}
          onChange={(chosen) => {
            at.value = chosen;
          }}
        />
        <p class="soft small">{words('planner.sites-hint')}</p>
        <TextArea
          label={words('planner.people')}
          hint={words('edit.lines')}
          value={people.value}
          rows={2}
          onInput={(value) => {
            people.value = value;
          }}
        />
        <div class="continuity-pair">
          {numbers.map(([name, label]) => (
            <TextField
              key={name}
              label={label}
              inputMode="numeric"
              value={minutes.value[name]}
              onInput={(value) => {
                minutes.value = { ...minutes.value, [name]: value };
              }}
            />
          ))}
        </div>
        <DialogActions onCancel={onClose}>
          <Button look="primary" type="submit">
            {words('planner.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

import type { RunPage, RunRow, RunStep } from '../../../cloud/api/contract.ts';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone, responseNews } from '../live/desk-state.ts';
import { fetchRun } from './requests.ts';
import { StepCard } from './step-card.tsx';
import { words } from './words.ts';

const asksSomebody = ({ state, wentOn, approval }: RunStep): boolean =>
  state === 'todo' ||
  state === 'approval' ||
  state === 'unknown' ||
  (state === 'failed' && wentOn !== true) ||
  (approval?.alone !== undefined && approval.alone.review === undefined);

/** What of a run waits for a person, where the incident is looked at: nobody has to leave its story to act. */
export function RunHere({ row }: { row: RunRow }) {
  const [held] = useAskedAgain<RunPage>(() => fetchRun(row.id), responseNews);
  if (held.value.state !== 'there') return null;
  const page = held.value.value;
  const steps = page.steps.filter(asksSomebody);
  if (steps.length === 0) return null;
  return (
    <ol class="run-steps run-steps-here" aria-label={words('panel.steps')}>
      {steps.map((step) => (
        <StepCard
          key={step.key}
          step={step}
          run={page.row}
          zone={deskZone.value}
          alone={page.alone}
          onChanged={(next) => {
            held.value = { state: 'there', value: next };
          }}
        />
      ))}
    </ol>
  );
}

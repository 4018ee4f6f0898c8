import type { ContinuityPlanRow, ExerciseRow, RecoveryRow } from '../../../cloud/api/contract.ts';
import { Chip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { address } from '../../kit/route.ts';
import { duration } from '../../kit/time.ts';
import { SmallClock } from './big-clock.tsx';
import { words } from './words.ts';

export function PlanCard({ plan }: { plan: ContinuityPlanRow }) {
  return (
    <a class="continuity-card" href={address('continuity', 'plan', plan.id)}>
      <span class="soft small">{plan.site.name}</span>
      <strong>{plan.name}</strong>
      <span class="soft">{plan.protects.join(', ') || words('plan.protects-nothing')}</span>
      <span class="continuity-chips">
        <Chip icon="clock">{words('plan.within', { duration: duration(plan.rtoMs) })}</Chip>
        <Chip icon="person">{plan.owner}</Chip>
        {plan.recovery === undefined ? null : (
          <Chip tone="critical" icon="play">
            {words('plan.under-way')}
          </Chip>
        )}
        {plan.gaps === 0 ? null : (
          <Chip tone="medium" icon="warning">
            {words('plan.gaps', { count: plan.gaps })}
          </Chip>
        )}
        {plan.reviewDueAt > now.value ? null : (
          <Chip tone="medium" icon="history">
            {words('plan.review-due')}
          </Chip>
        )}
      </span>
    </a>
  );
}

export function RecoveryCard({ row }: { row: RecoveryRow }) {
  return (
    <a
      class={`continuity-card continuity-recovery continuity-recovery-${row.state}`}
      href={address('continuity', 'recovery', row.id)}
    >
      <span class="soft small">{row.site.name}</span>
      <strong>{row.name}</strong>
      <SmallClock clock={row.clock} />
      <span class="continuity-chips">
        <Chip>{words(`recovery.${row.state}`)}</Chip>
        <Chip icon="check">{words('recovery.steps', { done: row.done, total: row.total })}</Chip>
        {row.exercise === undefined ? null : <Chip tone="accent">{words('exercise')}</Chip>}
      </span>
    </a>
  );
}

export function ExerciseCard({ row }: { row: ExerciseRow }) {
  const difference =
    row.score === undefined || row.before === undefined ? undefined : row.score.points - row.before;
  return (
    <a class="continuity-card continuity-exercise" href={address('continuity', 'exercise', row.id)}>
      <span class="soft small">{row.planName}</span>
      <strong>{row.title}</strong>
      <span class="soft">{words('exercise.scenario', { scenario: row.scenarioTitle })}</span>
      <span class="continuity-chips">
        <Chip tone={row.state === 'running' ? 'accent' : 'neutral'}>{words(`exercise.${row.state}`)}</Chip>
        <Chip icon="person">{row.participants.join(', ')}</Chip>
      </span>
      {row.score === undefined ? null : (
        <span class="continuity-points">
          <strong>{row.score.points}</strong> {words('score.of')}
          {difference === undefined ? null : (
            <span class="soft small">
              {words('score.before', { difference: `${difference > 0 ? '+' : ''}${difference}` })}
            </span>
          )}
        </span>
      )}
    </a>
  );
}

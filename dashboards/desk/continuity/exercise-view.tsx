import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ExercisePage, ExerciseScore } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { address } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { duration, fullTime, timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { reasonOf } from '../loaded.ts';
import { LessonsCard } from './lessons.tsx';
import { ReasonDialog } from './reason.tsx';
import { fetchExercise, mayExercise, moveExercise } from './requests.ts';
import { RecoveryCard } from './rows.tsx';
import { words } from './words.ts';

/** One exercise: begun, ended, scored, beside earlier ones of the same plan. */
export function ExerciseView({ id }: { id: string }) {
  const [held, ask] = useAskedAgain(() => fetchExercise(id));
  const isCancelling = useSignal(false);
  useEffect(ask, [id]);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[60, 180, 200]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const page = state.value;
  const { row, timeZone } = page;
  const move = async (to: 'begin' | 'end' | 'cancel', body: object = {}): Promise<boolean> => {
    try {
      held.value = { state: 'there', value: await moveExercise(id, to, body) };
      return true;
    } catch (error) {
      say(reasonOf(error).message, 'critical');
      return false;
    }
  };
  return (
    <div class="exercise">
      <header class="continuity-head">
        <div>
          <p class="soft small">
            {words('exercise.of', { plan: row.planName, scenario: row.scenarioTitle })}
          </p>
          <h2>{row.title}</h2>
          <p class="soft">{whenText(page)}</p>
        </div>
        <div class="continuity-buttons">
          <Chip tone={row.state === 'running' ? 'accent' : 'neutral'}>{words(`exercise.${row.state}`)}</Chip>
          {mayExercise() && row.state === 'planned' ? (
            <>
              <Button look="primary" icon="play" onClick={() => void move('begin')}>
                {words('exercise.begin')}
              </Button>
              <Button
                look="quiet"
                onClick={() => {
                  isCancelling.value = true;
                }}
              >
                {words('exercise.cancel')}
              </Button>
            </>
          ) : null}
          {mayExercise() && row.state === 'running' ? (
            <Button look="primary" icon="check" onClick={() => void move('end')}>
              {words('exercise.end')}
            </Button>
          ) : null}
        </div>
      </header>
      {row.state === 'running' ? <p class="exercise-banner">{words('exercise.banner')}</p> : null}
      <div class="continuity-columns">
        <div class="continuity-column">
          {row.score === undefined ? (
            <Card title={words('score')} labelledBy="score">
              <p class="soft">{words('score.none')}</p>
              <ul class="plan-triggers">
                <li>{words('goal.acknowledge', { duration: duration(row.goals.acknowledgeMs) })}</li>
                <li>{words('goal.activate', { duration: duration(row.goals.activateMs) })}</li>
                <li>{words('goal.contain', { duration: duration(row.goals.containMs) })}</li>
              </ul>
            </Card>
          ) : (
            <ScoreCard score={row.score} />
          )}
          {page.history.length < 2 ? null : (
            <Card title={words('history')} labelledBy="history">
              <ol class="exercise-history">
                {page.history.map((one) => (
                  <li key={one.id} class={one.id === id ? 'exercise-history-own' : ''}>
                    <span class="exercise-history-bar" aria-hidden="true">
                      <span style={{ height: `${Math.max(2, one.points)}%` }} />
                    </span>
                    <strong>{one.points}</strong>
                    <span class="soft small">{timeOrDay(one.at, now.value, timeZone)}</span>
                    <span class="small">{one.title}</span>
                  </li>
                ))}
              </ol>
            </Card>
          )}
        </div>
        <div class="continuity-column">
          <Card title={words('exercise.who')} labelledBy="exercise-who">
            <p>{row.participants.join(', ')}</p>
          </Card>
          {page.recovery === undefined ? null : <RecoveryCard row={page.recovery} />}
          {page.incidents.length === 0 ? null : (
            <Card title={words('exercise.incidents')} labelledBy="exercise-incidents" flush>
              <ul class="exercise-incidents">
                {page.incidents.map((one) => (
                  <li key={one.id}>
                    <SeverityChip severity={one.severity} />
                    <a href={address('incidents', one.id)}>{one.title}</a>
                  </li>
                ))}
              </ul>
            </Card>
          )}
          {row.state === 'over' ? (
            <LessonsCard
              key={page.lessons?.at ?? 0}
              kind="exercise"
              id={id}
              lessons={page.lessons}
              timeZone={timeZone}
              onChanged={ask}
            />
          ) : null}
        </div>
      </div>
      {isCancelling.value ? (
        <ReasonDialog
          title={words('exercise.cancel')}
          label={words('reason')}
          action={words('exercise.cancel')}
          look="danger"
          onSay={(text) => move('cancel', { text })}
          onClose={() => {
            isCancelling.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

function whenText({ row, timeZone }: ExercisePage): string {
  if (row.begunAt !== undefined)
    return row.state === 'running'
      ? words('exercise.until', {
          from: fullTime(row.begunAt, timeZone),
          to: fullTime(row.endsAt ?? row.begunAt, timeZone),
        })
      : words('exercise.was', {
          from: fullTime(row.begunAt, timeZone),
          to: fullTime(row.endsAt ?? row.begunAt, timeZone),
        });
  return row.plannedFor === undefined
    ? words('exercise.lasts', { duration: duration(row.lastsMs) })
    : words('exercise.planned-for', {
        time: fullTime(row.plannedFor, timeZone),
        duration: duration(row.lastsMs),
      });
}

/** The points, and for each part why. */
function ScoreCard({ score }: { score: ExerciseScore }) {
  return (
    <Card title={words('score')} labelledBy="score">
      <p class="score-points">
        <strong>{score.points}</strong> {words('score.of')}
      </p>
      <ul class="score-parts">
        {score.parts.map((part) => (
          <li key={part.criterion}>
            <span class="score-name">{words(`score.${part.criterion}`)}</span>
            <span class="score-value">
              {part.points}/{part.of}
            </span>
            <span class="score-bar" aria-hidden="true">
              <span style={{ width: `${(part.points / part.of) * 100}%` }} />
            </span>
            <span class="soft small score-because">{part.because}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What an incident calls for to keep the trade going: a card for the incident's page, loaded lazily. */
import './continuity.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentContinuity } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { address, go } from '../../kit/route.ts';
import { duration, timeOrDay } from '../../kit/time.ts';
import { useAskedAgain } from '../asked-again.ts';
import { done } from '../done.ts';
import { ReasonDialog } from './reason.tsx';
import { activate, declareReal, fetchIncident, mayRun } from './requests.ts';
import { RecoveryCard } from './rows.tsx';
import { words } from './words.ts';

type Proposal = IncidentContinuity['proposals'][number];
/** Offered at once; more are on the page of plans. */
const MAX_OFFERED = 3;

/** @param incident its id; nothing is shown where no plan is called for */
export function ContinuityPanel({ incident }: { incident: string }) {
  const [held, ask] = useAskedAgain(() => fetchIncident(incident));
  const asking = useSignal<{ plan: string; name: string } | 'real' | undefined>(undefined);
  useEffect(ask, [incident]);
  const state = held.value;
  if (state.state !== 'there') return null;
  const { proposals, recoveries, exercise, timeZone } = state.value;
  const offered = proposals
    .filter(({ plan }) => !recoveries.some((one) => one.plan === plan.id && one.state !== 'given-up'))
    .slice(0, MAX_OFFERED);
  if (offered.length + recoveries.length === 0 && exercise === undefined) return null;
  const close = () => {
    asking.value = undefined;
  };
  const { value: wanted } = asking;
  return (
    <Card title={words('panel.title')} labelledBy="continuity-panel">
      <div class="continuity-panel">
        {exercise === undefined ? null : (
          <div class="exercise-banner">
            <span>
              <strong>{words('exercise')}</strong>{' '}
              <a href={address('continuity', 'exercise', exercise.id)}>{exercise.title}</a>
            </span>
            {mayRun() ? (
              <Button
                size="small"
                onClick={() => {
                  asking.value = 'real';
                }}
              >
                {words('panel.real')}
              </Button>
            ) : null}
          </div>
        )}
        {recoveries.map((row) => (
          <RecoveryCard key={row.id} row={row} />
        ))}
        {offered.map((one) => (
          <div key={one.plan.id} class={`proposal proposal-${one.state}`}>
            <div class="proposal-head">
              <a href={address('continuity', 'plan', one.plan.id)}>{one.plan.name}</a>
              <Chip
                tone={one.state === 'failed' ? 'critical' : one.state === 'predicted' ? 'high' : 'medium'}
              >
                {words(`panel.${one.state}`)}
              </Chip>
            </div>
            <Left proposal={one} timeZone={timeZone} />
            <ul class="proposal-because">
              {one.because.slice(0, 2).map((because) => (
                <li key={because}>{because}</li>
              ))}
            </ul>
            {one.plan.recovery !== undefined ? (
              <a class="button button-plain" href={address('continuity', 'recovery', one.plan.recovery)}>
                {words('plan.to-recovery')}
              </a>
            ) : mayRun() ? (
              <Button
                look={one.state === 'named' ? 'plain' : 'primary'}
                icon="play"
                label={words('panel.activate-of', { name: one.plan.name })}
                onClick={() => {
                  asking.value = { plan: one.plan.id, name: one.plan.name };
                }}
              >
                {words('panel.activate')}
              </Button>
            ) : null}
          </div>
        ))}
      </div>
      {wanted === undefined ? null : wanted === 'real' ? (
        <ReasonDialog
          title={words('panel.real')}
          label={words('reason')}
          action={words('panel.real')}
          look="danger"
          onSay={async (text) => {
            const isDone = await done(declareReal(incident, text));
            if (isDone) ask();
            return isDone;
          }}
          onClose={close}
        />
      ) : (
        <ReasonDialog
          title={words('panel.activate-of', { name: wanted.name })}
          label={words('reason')}
          action={words('panel.activate')}
          onSay={(text) =>
            done(
              activate(wanted.plan, text, incident).then(({ row }) => go('continuity', 'recovery', row.id)),
            )
          }
          onClose={close}
        />
      )}
    </Card>
  );
}

/** The time that is left, or how long it has been. */
function Left({ proposal, timeZone }: { proposal: Proposal; timeZone: string }) {
  const { failedAt, failsAt, chance = 0 } = proposal;
  if (failedAt !== undefined)
    return (
      <p class="proposal-left">
        <strong>{duration(now.value - failedAt)}</strong>{' '}
        {words('panel.down-since', { time: timeOrDay(failedAt, now.value, timeZone) })}
      </p>
    );
  if (failsAt === undefined) return null;
  const left = failsAt.middle - now.value;
  return (
    <p class="proposal-left">
      {left > 0 ? (
        <>
          <strong>{duration(left)}</strong>{' '}
          {words('panel.until-fails', {
            time: timeOrDay(failsAt.middle, now.value, timeZone),
            early: timeOrDay(failsAt.early, now.value, timeZone),
            percent: Math.round(chance * 100),
          })}
        </>
      ) : (
        words('panel.any-moment', { percent: Math.round(chance * 100) })
      )}
    </p>
  );
}

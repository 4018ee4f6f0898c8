import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ContinuityPlanPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { address, go } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { duration, fullTime } from '../../kit/time.ts';
import { done } from '../done.ts';
import { type Loaded, load } from '../loaded.ts';
import { Contacts } from './contacts.tsx';
import { PlanEditor } from './plan-editor.tsx';
import { ReasonDialog } from './reason.tsx';
import { activate, fetchPlan, mayEdit, mayRun, planFile, retirePlan, reviewPlan } from './requests.ts';
import { words } from './words.ts';

/** One plan, as it is read, printed, changed, confirmed and activated. */
export function PlanView({ id, isEditing }: { id: string; isEditing: boolean }) {
  const held = useSignal<Loaded<ContinuityPlanPage>>({ state: 'loading' });
  const asking = useSignal<'activate' | 'retire' | undefined>(undefined);
  const ask = () => void load(held, () => fetchPlan(id));
  useEffect(ask, [id]);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[60, 180, 240]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const page = state.value;
  const { content, row } = page;
  const isInUse = page.retired === undefined;
  if (isEditing && isInUse && mayEdit())
    return (
      <PlanEditor
        key={page.version}
        page={page}
        onSaved={(saved) => {
          held.value = { state: 'there', value: saved };
          go('continuity', 'plan', id);
        }}
      />
    );
  return (
    <article class="plan">
      <header class="continuity-head">
        <div>
          <p class="soft small">{row.site.name}</p>
          <h2>{content.name}</h2>
          {content.about === '' ? null : <p class="soft plan-about">{content.about}</p>}
        </div>
        <div class="continuity-buttons">
          {row.recovery !== undefined ? (
            <a class="button button-primary" href={address('continuity', 'recovery', row.recovery)}>
              {words('plan.to-recovery')}
            </a>
          ) : isInUse && mayRun() ? (
            <Button
              look="primary"
              icon="play"
              onClick={() => {
                asking.value = 'activate';
              }}
            >
              {words('plan.activate')}
            </Button>
          ) : null}
          {isInUse && mayEdit() ? (
            <a class="button button-plain" href={address('continuity', 'plan', id, 'edit')}>
              {words('plan.change')}
            </a>
          ) : null}
          <Button icon="note" onClick={() => print()}>
            {words('plan.print')}
          </Button>
          <a class="button button-plain" href={planFile(id)} download>
            {words('plan.file')}
          </a>
        </div>
      </header>
      {page.retired === undefined ? null : (
        <p class="plan-gap">
          <Icon name="warning" size={15} />{' '}
          {words('plan.retired', { by: page.retired.by, text: page.retired.text })}
        </p>
      )}
      <dl class="plan-figures">
        <div>
          <dt>{words('plan.rto')}</dt>
          <dd>{duration(content.rtoMs)}</dd>
        </div>
        <div>
          <dt>{words('plan.rpo')}</dt>
          <dd>{content.rpoMs === undefined ? '–' : duration(content.rpoMs)}</dd>
        </div>
        <div>
          <dt>{words('plan.protects')}</dt>
          <dd class="plan-protects">{row.protects.join(', ') || '–'}</dd>
        </div>
      </dl>
      {page.gaps.length === 0 ? null : (
        <ul class="plan-gaps">
          {page.gaps.map((gap) => (
            <li key={gap} class="plan-gap">
              <Icon name="warning" size={15} /> {gap}
            </li>
          ))}
        </ul>
      )}
      <div class="continuity-columns">
        <div class="continuity-column">
          {(['first', 'recover', 'normal'] as const).map((phase) => {
            const steps = content.steps.filter((one) => one.phase === phase);
            return steps.length === 0 ? null : (
              <Card key={phase} title={words(`phase.${phase}`)} labelledBy={`plan-${phase}`} flush>
                <ol class="plan-steps">
                  {steps.map(({ id: step, text, who, withinMs }) => (
                    <li key={step}>
                      <span class="plan-box" aria-hidden="true" />
                      <span class="plan-step-main">
                        {text}
                        <span class="soft small">
                          {[
                            who,
                            withinMs === undefined
                              ? ''
                              : words('item.within', { duration: duration(withinMs) }),
                          ]
                            .filter((part) => part !== '')
                            .join(' · ')}
                        </span>
                      </span>
                    </li>
                  ))}
                </ol>
              </Card>
            );
          })}
        </div>
        <div class="continuity-column">
          <Contacts content={content} />
          {content.fallbacks.length === 0 ? null : (
            <Card title={words('fall-backs')} labelledBy="plan-fall-backs" flush>
              <ol class="fall-backs">
                {content.fallbacks.map((one) => (
                  <li key={one.id} class="fall-back">
                    <div class="fall-back-head">
                      <strong>{one.title}</strong>
                      {one.readyMs === undefined ? null : (
                        <Chip icon="clock">
                          {words('fall-back.ready', { duration: duration(one.readyMs) })}
                        </Chip>
                      )}
                    </div>
                    <ul class="fall-back-conditions">
                      {one.conditions.map((condition) => (
                        <li key={condition}>{words('fall-back.if', { condition })}</li>
                      ))}
                    </ul>
                    {one.text === '' ? null : <p class="soft">{one.text}</p>}
                  </li>
                ))}
              </ol>
            </Card>
          )}
          <Card title={words('plan.when')} labelledBy="plan-when">
            <ul class="plan-triggers">
              {content.triggers.failing ? <li>{words('plan.when-fails')}</li> : null}
              {content.triggers.predictedFrom === undefined ? null : (
                <li>
                  {words('plan.when-predicted', {
                    percent: Math.round(content.triggers.predictedFrom * 100),
                  })}
                </li>
              )}
              {content.triggers.rules.length === 0 ? null : (
                <li>{words('plan.when-rules', { rules: content.triggers.rules.join(', ') })}</li>
              )}
            </ul>
          </Card>
          <Card title={words('plan.care')} labelledBy="plan-care">
            <p>
              {words('plan.version', {
                version: page.version,
                by: page.changed.by,
                time: fullTime(page.changed.at, page.timeZone),
              })}
            </p>
            <p class={row.reviewDueAt < now.value ? 'plan-gap' : 'soft'}>
              {page.reviewed === undefined
                ? words('plan.never-reviewed')
                : words('plan.reviewed', {
                    by: page.reviewed.by,
                    time: fullTime(page.reviewed.at, page.timeZone),
                  })}{' '}
              {words('plan.review-by', { time: fullTime(row.reviewDueAt, page.timeZone) })}
            </p>
            {isInUse && mayEdit() ? (
              <div class="continuity-buttons">
                <Button
                  size="small"
                  icon="check"
                  onClick={async () => {
                    if (await done(reviewPlan(id))) ask();
                  }}
                >
                  {words('plan.review')}
                </Button>
                <Button
                  size="small"
                  look="quiet"
                  onClick={() => {
                    asking.value = 'retire';
                  }}
                >
                  {words('plan.retire')}
                </Button>
              </div>
            ) : null}
          </Card>
        </div>
      </div>
      {asking.value === undefined ? null : (
        <ReasonDialog
          title={asking.value === 'activate' ? words('plan.activate') : words('plan.retire')}
          label={words('reason')}
          action={asking.value === 'activate' ? words('plan.activate') : words('plan.retire')}
          look={asking.value === 'activate' ? 'primary' : 'danger'}
          onSay={async (text) => {
            if (asking.value === 'retire') {
              const isDone = await done(retirePlan(id, text));
              if (isDone) ask();
              return isDone;
            }
            return done(activate(id, text).then(({ row: made }) => go('continuity', 'recovery', made.id)));
          }}
          onClose={() => {
            asking.value = undefined;
          }}
        />
      )}
    </article>
  );
}

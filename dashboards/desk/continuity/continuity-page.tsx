import './continuity.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { ContinuityOverview } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Select } from '../../kit/field.tsx';
import { address, go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { done } from '../done.ts';
import type { PageProps } from '../page-props.ts';
import { ExercisePlanner } from './exercise-planner.tsx';
import { ExerciseView } from './exercise-view.tsx';
import { LessonsText, Measures } from './lessons.tsx';
import { PlanView } from './plan-view.tsx';
import { RecoveryView } from './recovery-view.tsx';
import { createPlan, fetchOverview, mayEdit, mayExercise } from './requests.ts';
import { ExerciseCard, PlanCard, RecoveryCard } from './rows.tsx';
import { words } from './words.ts';

const tabs = ['plans', 'recoveries', 'exercises', 'lessons'] as const;
type Tab = (typeof tabs)[number];
const isTab = (name: string | undefined): name is Tab => tabs.some((one) => one === name);

/** Going on without what has failed: plans, recoveries, exercises, what was learned. */
export function ContinuityPage({ view, rest }: PageProps) {
  const [, id, more] = rest;
  return (
    <section class="continuity" aria-labelledby="continuity-title">
      <header class="continuity-header">
        <h1 id="continuity-title">{words('title')}</h1>
        {isTab(view) || view === undefined ? (
          <p class="soft">{words('about')}</p>
        ) : (
          <a class="button button-quiet button-small" href={address('continuity')}>
            {words('back')}
          </a>
        )}
      </header>
      {view === 'plan' && id !== undefined ? (
        <PlanView key={id} id={id} isEditing={more === 'edit'} />
      ) : view === 'recovery' && id !== undefined ? (
        <RecoveryView key={id} id={id} />
      ) : view === 'exercise' && id !== undefined ? (
        <ExerciseView key={id} id={id} />
      ) : (
        <Overview tab={isTab(view) ? view : 'plans'} />
      )}
    </section>
  );
}

function Overview({ tab }: { tab: Tab }) {
  const [held, ask] = useAskedAgain(fetchOverview);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[44, 150, 150]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const overview = state.value;
  const open = overview.recoveries.filter(({ state: is }) => is === 'down' || is === 'serving');
  return (
    <>
      {open.length === 0 || tab === 'recoveries' ? null : (
        <div class="continuity-cards">
          {open.map((row) => (
            <RecoveryCard key={row.id} row={row} />
          ))}
        </div>
      )}
      <Tabs
        label={words('title')}
        chosen={tab}
        onChoose={(name) => go('continuity', name)}
        choices={[
          { name: 'plans', label: words('tab.plans'), count: overview.plans.length },
          { name: 'recoveries', label: words('tab.recoveries'), count: open.length },
          { name: 'exercises', label: words('tab.exercises'), count: overview.exercises.length },
          { name: 'lessons', label: words('tab.lessons'), count: overview.measures.length },
        ]}
      />
      <Shown tab={tab} overview={overview} ask={ask} />
    </>
  );
}

function Shown({ tab, overview, ask }: { tab: Tab; overview: ContinuityOverview; ask: () => void }) {
  const isAdding = useSignal(false);
  const close = () => {
    isAdding.value = false;
  };
  const add = (label: string) => (
    <div class="continuity-buttons">
      <Button
        look="primary"
        icon="plus"
        onClick={() => {
          isAdding.value = true;
        }}
      >
        {label}
      </Button>
    </div>
  );
  switch (tab) {
    case 'plans':
      return (
        <>
          {mayEdit() && overview.sites.length > 0 ? add(words('plan.new')) : null}
          <Cards
            isEmpty={overview.plans.length === 0}
            title={words('plans.none')}
            text={words('plans.none-text')}
          >
            {overview.plans.map((one) => (
              <PlanCard key={one.id} plan={one} />
            ))}
          </Cards>
          {isAdding.value ? <NewPlan overview={overview} onClose={close} /> : null}
        </>
      );
    case 'recoveries':
      return (
        <Cards
          isEmpty={overview.recoveries.length === 0}
          title={words('recoveries.none')}
          text={words('recoveries.none-text')}
        >
          {overview.recoveries.map((one) => (
            <RecoveryCard key={one.id} row={one} />
          ))}
        </Cards>
      );
    case 'exercises': {
      const canPlan = mayExercise() && (overview.scenarios ?? []).length > 0 && overview.plans.length > 0;
      return (
        <>
          {canPlan ? add(words('exercise.new')) : null}
          <Cards
            isEmpty={overview.exercises.length === 0}
            title={words('exercises.none')}
            text={canPlan ? words('exercises.none-text') : words('exercises.no-simulator')}
          >
            {overview.exercises.map((one) => (
              <ExerciseCard key={one.id} row={one} />
            ))}
          </Cards>
          {isAdding.value ? <ExercisePlanner overview={overview} onClose={close} /> : null}
        </>
      );
    }
    case 'lessons':
      return (
        <>
          <Card title={words('measures.open')} labelledBy="measures-open">
            {overview.measures.length === 0 ? (
              <p class="soft">{words('measures.none')}</p>
            ) : (
              <Measures
                items={overview.measures}
                timeZone={overview.sites[0]?.timeZone ?? 'UTC'}
                onChanged={ask}
              />
            )}
          </Card>
          {overview.lessons.map((one) => (
            <Card
              key={one.id}
              level={3}
              title={one.of.title}
              aside={
                <a
                  class="button button-quiet button-small"
                  href={address('continuity', one.of.kind, one.of.id)}
                >
                  {one.of.kind === 'exercise' ? words('lessons.of-exercise') : words('lessons.of-recovery')}
                </a>
              }
            >
              <LessonsText lessons={one} />
            </Card>
          ))}
        </>
      );
  }
}

function Cards(props: { isEmpty: boolean; title: string; text: string; children: ComponentChildren }) {
  return props.isEmpty ? (
    <Card>
      <EmptyState icon="layers" title={props.title}>
        {props.text}
      </EmptyState>
    </Card>
  ) : (
    <div class="continuity-cards">{props.children}</div>
  );
}

function NewPlan({ overview, onClose }: { overview: ContinuityOverview; onClose: () => void }) {
  const site = useSignal(overview.sites[0]?.id ?? '');
  return (
    <Dialog title={words('plan.new')} onClose={onClose} size="wide">
      <div class="continuity-form">
        <Select
          label={words('plan.site')}
          value={site.value}
          options={overview.sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(value) => {
            site.value = value;
          }}
        />
        <ul class="starters">
          {overview.starters.map(({ id, title, about }) => (
            <li key={id}>
              <button
                type="button"
                class="continuity-card"
                onClick={() =>
                  void done(
                    createPlan(id, site.value).then(({ row }) => {
                      onClose();
                      go('continuity', 'plan', row.id, 'edit');
                    }),
                  )
                }
              >
                <strong>{title}</strong>
                <span class="soft">{about}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

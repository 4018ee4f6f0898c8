import './duties.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DutyList, DutyPage } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { SeverityChip } from '../../kit/chip.tsx';
import { address } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import type { PageProps } from '../page-props.ts';
import { AwarenessCard } from './awareness-card.tsx';
import { DecisionCard } from './decision-card.tsx';
import { type Change, Drafts } from './drafts.tsx';
import { ClockList } from './duty-clocks.tsx';
import { FilesCard } from './files-card.tsx';
import { changeDuties, fetchDuties, fetchDutiesOf } from './requests.ts';
import { words } from './words.ts';

/** Whom we must tell of what, by when; one incident's duties at `#/duties/<incident>`. */
export function DutiesPage({ view }: PageProps) {
  return (
    <section class="duties" aria-labelledby="duties-title">
      <header class="duties-header">
        <h1 id="duties-title">{words('title')}</h1>
        <p class="duties-about">{words('about')}</p>
      </header>
      {view === undefined ? <AllDuties /> : <OneDuty key={view} incident={view} />}
    </section>
  );
}

function AllDuties() {
  const [held, ask] = useAskedAgain(fetchDuties);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[120, 120, 120]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const { items, unspoken } = state.value;
  return (
    <>
      {items.length === 0 ? (
        <Card>
          <EmptyState icon="clock" title={words('list.none')}>
            {words('list.none-text')}
          </EmptyState>
        </Card>
      ) : (
        <>
          <h2 class="duties-subtitle">{words('list.title')}</h2>
          {items.map((one) => (
            <DutyRow key={one.incident} one={one} />
          ))}
        </>
      )}
      {unspoken.length === 0 ? null : (
        <Card title={words('unspoken.title')} flush>
          <ul class="duty-rows">
            {unspoken.map(({ incident, title, severity }) => (
              <li key={incident} class="duty-row">
                <SeverityChip severity={severity} />
                <span class="duty-row-main">{title}</span>
                <OpenLink incident={incident} name={title} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

const OpenLink = ({ incident, name }: { incident: string; name: string }) => (
  <a
    class="button button-plain button-small"
    href={address('duties', incident)}
    aria-label={words('open-of', { name })}
  >
    {words('open')}
  </a>
);

function DutyRow({ one }: { one: DutyList['items'][number] }) {
  const isOverdue = one.clocks.some(({ state }) => state === 'overdue');
  return (
    <Card
      tone={isOverdue ? 'critical' : undefined}
      level={3}
      title={one.title}
      aside={<OpenLink incident={one.incident} name={one.title} />}
    >
      <div class="duty-item">
        <SeverityChip severity={one.severity} />
        <ClockList clocks={one.clocks.filter(({ state }) => state !== 'not-due')} timeZone={one.timeZone} />
      </div>
    </Card>
  );
}

function OneDuty({ incident }: { incident: string }) {
  const held = useSignal<Loaded<DutyPage>>({ state: 'loading' });
  const ask = () => void load(held, () => fetchDutiesOf(incident));
  useEffect(ask, []);
  const change: Change = async (path, body, method) => {
    try {
      held.value = { state: 'there', value: await changeDuties(incident, path, body, method) };
      say(words('done'));
      return true;
    } catch (error) {
      say(reasonOf(error).message, 'critical');
      return false;
    }
  };
  const state = held.value;
  return (
    <>
      <nav class="duties-ways" aria-label={words('title')}>
        <a class="button button-quiet button-small" href={address('duties')}>
          {words('back')}
        </a>
        <a class="button button-quiet button-small" href={address('incidents', incident)}>
          {words('incident')}
        </a>
      </nav>
      {state.state === 'loading' ? (
        <Skeleton lines={[40, 180, 180]} />
      ) : state.state === 'failed' ? (
        <ErrorState message={state.message} onRetry={ask} />
      ) : (
        <>
          <h2 class="duties-subtitle">{state.value.title}</h2>
          <ClockList clocks={state.value.clocks} timeZone={state.value.timeZone} />
          <div class="duties-columns">
            <div class="duties-column">
              <AwarenessCard page={state.value} change={change} />
              {state.value.decisions.map((decision) => (
                <DecisionCard
                  key={decision.regime}
                  page={state.value}
                  decision={decision}
                  onDecide={(answers) => change('decision', { regime: decision.regime, answers })}
                />
              ))}
            </div>
            <div class="duties-column">
              <Drafts page={state.value} change={change} />
              <FilesCard page={state.value} change={change} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

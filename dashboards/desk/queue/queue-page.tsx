import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { IncidentSummary, Severity } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Select } from '../../kit/field.tsx';
import { useKeys } from '../../kit/keys.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { kitText } from '../../kit/text.ts';
import { say } from '../../kit/toast.tsx';
import { act, mayAct } from '../incident/actions.ts';
import { IncidentView } from '../incident/incident-view.tsx';
import { chooseFilter, filter, loadMore, loadQueue, picture, queue } from '../live/desk-state.ts';
import {
  everything,
  isOutOfOrder,
  type Queue,
  type StateFilter,
  shownBy,
  statesOf,
} from '../live/queue-changes.ts';
import { reasonOf } from '../loaded.ts';
import { text } from '../text.ts';
import { IncidentRow } from './incident-row.tsx';

/** The queue, and on a wide screen the chosen incident beside it. */
export function QueuePage({ view: chosen }: { view: string | undefined }) {
  return (
    <div class={chosen === undefined ? 'queue-page' : 'queue-page queue-page-split'}>
      <QueueList chosen={chosen} />
      {chosen === undefined ? null : <IncidentView key={chosen} id={chosen} />}
    </div>
  );
}

function QueueList({ chosen }: { chosen: string | undefined }) {
  const list = useRef<HTMLUListElement>(null);
  const rows = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>('a[data-incident]') ?? [])];
  const move = (by: number) => {
    const all = rows().filter((row) => row.offsetParent !== null);
    const at = all.findIndex((row) => row.matches(':focus'));
    const start = at >= 0 ? at : all.findIndex((row) => row.dataset.incident === chosen);
    const next = all[start < 0 ? (by > 0 ? 0 : all.length - 1) : start + by];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  const focusedIncident = (): IncidentSummary | undefined => {
    const row = document.activeElement;
    if (!(row instanceof HTMLElement) || !list.current?.contains(row) || queue.value.state !== 'there')
      return;
    return queue.value.value.items.find(({ id }) => id === row.dataset.incident);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => (focusedIncident() === undefined ? false : move(1)),
    ArrowUp: () => (focusedIncident() === undefined ? false : move(-1)),
    a: () => {
      const incident = focusedIncident();
      if (incident === undefined) return false;
      if (incident.state === 'open' && mayAct()) void act(incident, 'acknowledge');
      return true;
    },
  });
  useEffect(() => {
    // Back from an incident, the hand goes on where it was.
    if (chosen !== undefined) return;
    const left = sessionStorage.getItem('gatehouse.left');
    sessionStorage.removeItem('gatehouse.left');
    rows()
      .find((row) => row.dataset.incident === left)
      ?.focus({ preventScroll: false });
  }, [chosen]);

  const held = queue.value;
  const shown = held.state === 'there' ? shownBy(held.value, filter.value) : [];
  return (
    <section class="queue" aria-labelledby="queue-title">
      <header class="queue-header">
        <h1 id="queue-title">{text('desk.incidents')}</h1>
        <Filters queue={held.state === 'there' ? held.value : undefined} />
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[60, 60, 60, 60]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={() => void loadQueue()} />
      ) : shown.length === 0 && held.value.items.length >= held.value.total ? (
        <NothingHere />
      ) : (
        <>
          <ul class="rows" ref={list}>
            {shown.map((item) => (
              <IncidentRow key={item.id} incident={item} look="wide" isChosen={item.id === chosen} />
            ))}
          </ul>
          <End queue={held.value} shown={shown.length} />
        </>
      )}
    </section>
  );
}

const stateFilters: StateFilter[] = ['active', 'open', 'closed', 'all'];
const severities: Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

function Filters({ queue: held }: { queue: Queue | undefined }) {
  const sites = picture.value.state === 'there' ? picture.value.value.sites : [];
  const label = (name: StateFilter) => (name === 'open' ? text('state.open') : text(`queue.${name}`));
  return (
    <div class="filters">
      <Tabs
        label={text('queue.state')}
        chosen={filter.value.state}
        onChoose={(state) => chooseFilter({ state })}
        choices={stateFilters.map((name) => ({
          name,
          label: label(name),
          count:
            held === undefined
              ? undefined
              : statesOf[name].reduce((sum, state) => sum + held.counts[state], 0),
        }))}
      />
      <Select
        bare
        label={text('queue.site')}
        value={filter.value.site}
        onChange={(site) => chooseFilter({ site })}
        options={[
          { value: '', label: text('queue.all-sites') },
          ...sites.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Select
        bare
        label={text('queue.severity')}
        value={filter.value.severity}
        onChange={(severity) => chooseFilter({ severity })}
        options={severities.map((severity) => ({
          value: severity,
          label:
            severity === 'info'
              ? text('queue.all-severities')
              : severity === 'critical'
                ? kitText('kit.severity.critical')
                : text('queue.at-least', { severity: kitText(`kit.severity.${severity}`) }),
        }))}
      />
    </div>
  );
}

function NothingHere() {
  const isPlain = filter.value.site === '' && filter.value.severity === 'info';
  if (isPlain && filter.value.state === 'active') {
    return (
      <EmptyState icon="check" title={text('queue.empty-active')}>
        {text('queue.empty-active-text')}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="filter" title={text('queue.empty')}>
      <p>{text('queue.empty-text')}</p>
      <Button onClick={() => chooseFilter(everything)}>{text('queue.clear')}</Button>
    </EmptyState>
  );
}

function End({ queue: held, shown }: { queue: Queue; shown: number }) {
  const busy = useSignal(false);
  const more = async () => {
    busy.value = true;
    try {
      await loadMore();
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    } finally {
      busy.value = false;
    }
  };
  return (
    <footer class="queue-end">
      <span class="faint">{text('queue.shown', { shown, total: held.total })}</span>
      {isOutOfOrder(held) ? (
        <Button look="quiet" size="small" onClick={() => void loadQueue()}>
          {text('queue.reorder')}
        </Button>
      ) : null}
      {held.items.length < held.total ? (
        <Button size="small" busy={busy.value} onClick={() => void more()}>
          {text('queue.more')}
        </Button>
      ) : null}
    </footer>
  );
}

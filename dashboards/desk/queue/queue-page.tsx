import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Severity } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Select } from '../../kit/field.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { kitText } from '../../kit/text.ts';
import { say } from '../../kit/toast.tsx';
import { Later } from '../incident/later.tsx';
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
import { loadSettings } from './desk-settings.ts';
import { RowWindow } from './row-window.tsx';

const loadIncident = async () => (await import('../incident/incident-view.tsx')).IncidentView;

/** The queue, and on a wide screen the chosen incident beside it. */
export function QueuePage({ view: chosen }: { view: string | undefined }) {
  return (
    <div class={chosen === undefined ? 'queue-page' : 'queue-page queue-page-split'}>
      <QueueList chosen={chosen} />
      {chosen === undefined ? null : <Later key={chosen} load={loadIncident} with={{ id: chosen }} />}
    </div>
  );
}

function QueueList({ chosen }: { chosen: string | undefined }) {
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const isLoading = useRef(false);
  const later = useSignal<{ Views: ComponentType } | undefined>(undefined);
  const bulk = useSignal<{ BulkBar: ComponentType<{ chosen: typeof selected }> } | undefined>(undefined);
  useEffect(() => {
    loadSettings();
    // What the first look does not need comes after it.
    void import('./views.tsx').then(
      ({ Views }) => {
        later.value = { Views };
      },
      () => undefined,
    );
  }, []);
  const isChoosing = selected.value.size > 0;
  useEffect(() => {
    if (!isChoosing || bulk.value !== undefined) return;
    void import('./bulk-bar.tsx').then(
      ({ BulkBar }) => {
        bulk.value = { BulkBar };
      },
      () => undefined,
    );
  }, [isChoosing]);
  const more = () => {
    if (isLoading.current) return;
    isLoading.current = true;
    loadMore()
      .catch((error: unknown) => say(reasonOf(error).message, 'critical'))
      .finally(() => {
        isLoading.current = false;
      });
  };

  const held = queue.value;
  const shown = useMemo(
    () => (held.state === 'there' ? shownBy(held.value, filter.value) : []),
    [held, filter.value],
  );
  const Views = later.value?.Views;
  const BulkBar = bulk.value?.BulkBar;
  return (
    <section class="queue" aria-labelledby="queue-title">
      <header class="queue-header">
        <h1 id="queue-title">{text('desk.incidents')}</h1>
        <Filters queue={held.state === 'there' ? held.value : undefined} />
        <div class="queue-views">{Views === undefined ? null : <Views />}</div>
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[60, 60, 60, 60]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={() => void loadQueue()} />
      ) : shown.length === 0 && held.value.items.length >= held.value.total ? (
        <NothingHere />
      ) : (
        <>
          <RowWindow
            items={shown}
            total={held.value.next === undefined ? shown.length : held.value.total}
            chosen={chosen}
            selected={selected}
            onMore={more}
          />
          <End queue={held.value} shown={shown.length} />
          {isChoosing && BulkBar !== undefined ? <BulkBar chosen={selected} /> : null}
        </>
      )}
    </section>
  );
}

const stateFilters: StateFilter[] = ['active', 'open', 'closed', 'all'];
const severities: Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

function Filters({ queue: held }: { queue: Queue | undefined }) {
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
      <SiteChoice />
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

/** Apart from the other filters: hundreds of sites need not be compared at each page of the queue that comes in. */
function SiteChoice() {
  const sites = picture.value.state === 'there' ? picture.value.value.sites : [];
  return (
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
  return (
    <footer class="queue-end">
      <span class="faint">{text('queue.shown', { shown, total: held.total })}</span>
      {isOutOfOrder(held) ? (
        <Button look="quiet" size="small" onClick={() => void loadQueue()}>
          {text('queue.reorder')}
        </Button>
      ) : null}
    </footer>
  );
}

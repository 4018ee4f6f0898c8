import './reports.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Report, ReportKind, ReportList } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Select, Switch } from '../../kit/field.tsx';
import { go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { type Loaded, load } from '../loaded.ts';
import type { PageProps } from '../page-props.ts';
import { session } from '../session.ts';
import { ReportView } from './report-view.tsx';
import { fetchList, fetchReport, reportAddress, type Wish } from './requests.ts';
import { Scheduled, siteOptions } from './scheduled.tsx';
import { words } from './words.ts';

const kinds = ['cold-chain', 'access', 'incidents', 'availability', 'compliance'] as const;
const views = [...kinds, 'scheduled'] as const;
type View = (typeof views)[number];
const everies = ['day', 'week', 'month'] as const;

/** Five reports of a period, on screen, on paper and as CSV; and those that are made by themselves. */
export function ReportsPage({ view: named }: PageProps) {
  const view: View = views.find((one) => one === named) ?? 'cold-chain';
  const list = useSignal<Loaded<ReportList>>({ state: 'loading' });
  const ask = () => void load(list, fetchList);
  useEffect(ask, []);
  const held = list.value;
  return (
    <section class="reports" aria-labelledby="reports-title">
      <header class="reports-header">
        <h1 id="reports-title">{words('title')}</h1>
        <p class="reports-about">{words('about')}</p>
      </header>
      <Tabs
        label={words('kind.label')}
        chosen={view}
        onChoose={(one) => go('reports', one)}
        choices={views.map((name) => ({ name, label: words(`kind.${name}`) }))}
      />
      {held.state === 'loading' ? (
        <Skeleton lines={[48, 140, 320]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : view === 'scheduled' ? (
        <Scheduled list={held.value} held={list} />
      ) : (
        <OneReport key={view} kind={view} list={held.value} />
      )}
    </section>
  );
}

function OneReport({ kind, list }: { kind: ReportKind; list: ReportList }) {
  const every = useSignal<(typeof everies)[number]>('day');
  const back = useSignal(1);
  const site = useSignal('');
  const persons = useSignal(false);
  const report = useSignal<Loaded<Report>>({ state: 'loading' });
  const wish: Wish = {
    kind,
    every: every.value,
    back: back.value,
    site: site.value,
    persons: persons.value,
    timeZone: list.sites.find(({ id }) => id === site.value)?.timeZone ?? list.sites[0]?.timeZone ?? 'UTC',
  };
  const key = reportAddress(wish, 'json');
  useEffect(() => {
    let isWanted = true;
    report.value = { state: 'loading' };
    void load(
      report,
      () => fetchReport(wish),
      () => isWanted,
    );
    return () => {
      isWanted = false;
    };
  }, [key]);
  const held = report.value;
  const mayName = session.value?.role !== 'operator';
  if (list.sites.length === 0)
    return (
      <EmptyState icon="site" title={words('none.title')}>
        {words('table.none')}
      </EmptyState>
    );
  return (
    <>
      <div class="reports-bar">
        <Tabs
          label={words('every.label')}
          chosen={every.value}
          onChoose={(one) => {
            every.value = one;
            back.value = 1;
          }}
          choices={everies.map((name) => ({ name, label: words(`every.${name}`) }))}
        />
        <div class="reports-steps">
          <Button
            icon="arrow-left"
            onClick={() => {
              back.value = Math.min(400, back.value + 1);
            }}
          >
            {words('back.earlier')}
          </Button>
          <Button
            disabled={back.value === 0}
            icon="chevron-right"
            onClick={() => {
              back.value = Math.max(0, back.value - 1);
            }}
          >
            {words('back.later')}
          </Button>
        </div>
        <Select
          bare
          label={words('site.label')}
          value={site.value}
          options={siteOptions(list)}
          onChange={(value) => {
            site.value = value;
          }}
        />
        {kind === 'access' && mayName ? (
          <Switch
            label={words('persons')}
            on={persons.value}
            onChange={(on) => {
              persons.value = on;
            }}
          />
        ) : null}
        <div class="report-files">
          <a class="button button-primary" href={reportAddress(wish, 'pdf')} download="">
            {words('pdf')}
          </a>
          <a class="button button-plain" href={reportAddress(wish, 'csv')} download="">
            {words('csv')}
          </a>
          <Button onClick={() => window.print()}>{words('print')}</Button>
        </div>
      </div>
      {held.state === 'loading' ? (
        <Skeleton lines={[96, 140, 320]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={() => void load(report, () => fetchReport(wish))} />
      ) : (
        <ReportView report={held.value} />
      )}
    </>
  );
}

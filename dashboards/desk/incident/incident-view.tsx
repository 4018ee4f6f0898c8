import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { IncidentPage } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icons.tsx';
import { useKeys } from '../../kit/keys.ts';
import { address, go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { incident, leaveIncident, loadIncident, picture, zoneOfSite } from '../live/desk-state.ts';
import { Plan } from '../picture/plan.tsx';
import { nowInSteps, TemperaturePlot } from '../picture/temperature-plot.tsx';
import { isToolOn } from '../session.ts';
import { text } from '../text.ts';
import { act, mayAct } from './actions.ts';
import { ActivityLog, NOTE_FIELD } from './activity-log.tsx';
import { IncidentHeader } from './incident-header.tsx';
import { Involved } from './involved.tsx';
import { Later } from './later.tsx';
import { Pictures } from './pictures.tsx';
import { Rulings } from './rulings.tsx';
import { StepTimeline } from './step-timeline.tsx';
import { Story } from './story.tsx';
import { WhyOne } from './why-one.tsx';
import { words } from './words.ts';

/** One incident: fetched when shown, kept up to date by the stream. */
export function IncidentView({ id }: { id: string }) {
  useEffect(() => {
    sessionStorage.setItem('gatehouse.left', id);
    void loadIncident(id);
    return () => leaveIncident(id);
  }, [id]);
  useKeys({
    u: () => go('incidents'),
    a: () => {
      const held = incident.value;
      const isInQueue = document.activeElement?.closest('[data-incident]') !== null;
      if (held.state !== 'there' || held.value.summary.state !== 'open' || isInQueue || !mayAct()) return;
      void act(held.value.summary, 'acknowledge');
    },
    n: () => document.getElementById(NOTE_FIELD)?.querySelector('textarea')?.focus(),
  });
  const held = incident.value;
  return (
    <article class="incident">
      <a class="incident-back" href={address('incidents')}>
        <Icon name="arrow-left" size={15} /> {text('incident.back')}
      </a>
      {held.state === 'loading' ? (
        <Skeleton lines={[90, 150, 260, 200]} />
      ) : held.state === 'failed' ? (
        held.status === 404 ? (
          <EmptyState icon="search" title={text('incident.gone')} isPage>
            {text('incident.gone-text')}
          </EmptyState>
        ) : (
          <ErrorState message={held.message} onRetry={() => void loadIncident(id)} isPage />
        )
      ) : (
        <Content page={held.value} />
      )}
    </article>
  );
}

const HOUR_MS = 3_600_000;

const loadPresent = async () => (await import('./present.tsx')).Present;
const loadGraph = async () => (await import('./why-graph.tsx')).WhyGraph;
const loadSimilar = async () => (await import('./similar.tsx')).Similar;
const loadNext = async () => (await import('../cascade/next-failures.tsx')).NextFailures;
const loadDuties = async () => (await import('../duties/duty-clocks.tsx')).DutyClocks;
const loadContinuity = async () => (await import('../continuity/continuity-panel.tsx')).ContinuityPanel;
const loadResponse = async () => (await import('../response/response-panel.tsx')).ResponsePanel;

/** The assets whose temperature is part of the story, with the moments at which it mattered. */
function excursionsOf(page: IncidentPage) {
  return page.assets
    .filter(
      ({ states, band }) => band !== undefined || states.some(({ property }) => property === 'temperature'),
    )
    .flatMap((asset) => {
      const marks = page.story.flatMap((step, index) =>
        step.assets.some(({ id }) => id === asset.id)
          ? [{ at: step.detection.at, label: text('incident.noticed', { number: index + 1 }) }]
          : [],
      );
      return marks.length === 0 ? [] : [{ asset, marks }];
    });
}

function Content({ page }: { page: IncidentPage }) {
  const { summary, story } = page;
  /** The step pointed at, in the time line and in the story alike. */
  const pointed = useSignal<string | undefined>(undefined);
  const zone = page.site?.timeZone ?? zoneOfSite(summary.sites[0]?.id);
  // The picture is live; the incident's own copy of the site is from when it was fetched.
  const live = picture.value.state === 'there' ? picture.value.value.sites : [];
  const site = live.find(({ id }) => id === page.site?.id) ?? page.site;
  const measured = useMemo(
    () => excursionsOf(page).map(({ asset }) => ({ id: asset.id, name: asset.name })),
    [page],
  );
  const steps = new Map<string, number[]>();
  story.forEach((step, index) => {
    for (const { id } of step.assets) steps.set(id, [...(steps.get(id) ?? []), index + 1]);
  });
  return (
    <>
      <IncidentHeader page={page} zone={zone} />
      <Later key={`present-${summary.id}`} load={loadPresent} with={{ incident: summary.id }} />
      <StepTimeline story={story} zone={zone} pointed={pointed} measured={measured} />
      <div class="incident-columns">
        <div class="incident-story">
          <Story page={page} zone={zone} pointed={pointed} />
          {page.links.length === 0 ? null : (
            <Card title={words('graph')} labelledBy="why-graph">
              <Later load={loadGraph} with={{ page }} />
            </Card>
          )}
          <WhyOne page={page} />
        </div>
        <div class="incident-side">
          {isToolOn('response') ? <Later load={loadResponse} with={{ incident: summary.id }} /> : null}
          {isToolOn('sharing') ? (
            <Later key={`duties-${summary.id}`} load={loadDuties} with={{ incident: summary.id }} />
          ) : null}
          {isToolOn('cascading-effects') ? (
            <Later load={loadNext} with={{ incident: summary.id, stamp: summary.last }} />
          ) : null}
          {isToolOn('recovery') ? (
            <Later key={`continuity-${summary.id}`} load={loadContinuity} with={{ incident: summary.id }} />
          ) : null}
          <Later key={`similar-${summary.id}`} load={loadSimilar} with={{ incident: summary.id }} />
          {site === undefined ? null : (
            <Card title={text('incident.where')} aside={site.name} labelledBy="where">
              <Plan site={site} steps={steps} />
            </Card>
          )}
          {page.pictures.length === 0 ? null : <Pictures page={page} zone={zone} />}
          {excursionsOf(page).map(({ asset, marks }) => (
            <Card
              key={asset.id}
              title={text('incident.temperature', { asset: asset.name })}
              labelledBy={`temperature-${asset.id}`}
            >
              <TemperaturePlot
                asset={asset}
                label={text('incident.temperature', { asset: asset.name })}
                from={summary.first - HOUR_MS}
                to={Math.min(summary.last + HOUR_MS / 2, nowInSteps.value)}
                timeZone={zone}
                marks={marks}
                height={170}
              />
            </Card>
          ))}
          <Involved page={page} />
          <Rulings page={page} zone={zone} />
          <ActivityLog page={page} zone={zone} />
        </div>
      </div>
    </>
  );
}

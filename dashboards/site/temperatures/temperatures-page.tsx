import { computed, signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SitePage, SiteTemperature, TemperatureHistory } from '../../../edge/api/contract.ts';
import { clockRate, now } from '../../kit/clock.ts';
import { LineChart } from '../../kit/line-chart.tsx';
import { RequestError } from '../../kit/request.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { fetchTemperatures } from '../session.ts';
import { text } from '../text.ts';
import { Goods } from './goods.tsx';
import { chartPoints, extremes, GAP_MS } from './history.ts';
import { ConditionChip, degrees, Reading } from './reading.tsx';
import { Records } from './records.tsx';

const HOUR_MS = 3_600_000;
const spans = { hours: 3 * HOUR_MS, day: 24 * HOUR_MS, days: 72 * HOUR_MS } as const;
type Span = keyof typeof spans;
/** Kept while one looks at other pages. */
const span = signal<Span>('day');
/** The chart is fetched anew this often, by the site's clock; a faster clock does not make it more often than this. */
const STEP_MS = 60_000;
const LEAST_REAL_STEP_MS = 10_000;

const nowInSteps = computed(() => {
  const step = Math.max(STEP_MS, LEAST_REAL_STEP_MS * clockRate.value);
  return Math.floor(now.value / step) * step;
});

/** Each thermometer with its last day. */
export function TemperaturesPage({ page, chosen }: { page: SitePage; chosen: string | undefined }) {
  return (
    <div class="sheet">
      <header class="sheet-head">
        <h1 class="page-title">{text('temperature.title')}</h1>
        {page.temperatures.length === 0 ? null : (
          <Tabs
            label={text('temperature.span')}
            choices={[
              { name: 'hours', label: text('temperature.span.hours') },
              { name: 'day', label: text('temperature.span.day') },
              { name: 'days', label: text('temperature.span.days') },
            ]}
            chosen={span.value}
            onChoose={(name) => {
              span.value = name;
            }}
          />
        )}
      </header>
      {page.temperatures.length === 0 ? (
        <EmptyState icon="thermometer" title={text('temperature.none')}>
          {text('temperature.none-text')}
        </EmptyState>
      ) : null}
      {page.temperatures.map((temperature) => (
        <Thermometer
          key={temperature.asset}
          temperature={temperature}
          timeZone={page.site.timeZone}
          isChosen={temperature.asset === chosen}
        />
      ))}
    </div>
  );
}

function Thermometer(props: { temperature: SiteTemperature; timeZone: string; isChosen: boolean }) {
  const { temperature, timeZone, isChosen } = props;
  const { asset, name, band, condition } = temperature;
  const box = useRef<HTMLElement>(null);
  const history = useSignal<TemperatureHistory | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const attempt = useSignal(0);
  const to = nowInSteps.value + STEP_MS;
  const from = to - spans[span.value];
  useEffect(() => {
    if (isChosen) box.current?.scrollIntoView({ block: 'center' });
  }, [isChosen]);
  useEffect(() => {
    const life = new AbortController();
    fetchTemperatures(asset, from, to, life.signal).then(
      (answer) => {
        history.value = answer;
        failure.value = undefined;
      },
      (error: unknown) => {
        if (!life.signal.aborted)
          failure.value = error instanceof RequestError ? error.message : String(error);
      },
    );
    return () => life.abort();
  }, [asset, from, to, attempt.value, history, failure]);
  const range = history.value === undefined ? undefined : extremes(history.value);
  return (
    <section ref={box} class={`card thermometer temperature-${condition}`} aria-label={name}>
      <header class="thermometer-head">
        <div>
          <h2 class="thermometer-name">{name}</h2>
          <ConditionChip temperature={temperature} />
        </div>
        <Reading temperature={temperature} />
      </header>
      <Goods temperature={temperature} timeZone={timeZone} />
      {history.value === undefined ? (
        failure.value === undefined ? (
          <Skeleton lines={[190]} />
        ) : (
          <ErrorState
            message={failure.value}
            onRetry={() => {
              attempt.value++;
            }}
          />
        )
      ) : (
        <LineChart
          label={text('temperature.chart', { name, span: text(`temperature.span.${span.value}`) })}
          points={chartPoints(history.value)}
          unit="°C"
          timeZone={timeZone}
          from={from}
          to={to}
          height={190}
          gapMs={GAP_MS}
          band={band === undefined ? undefined : { low: band.minCelsius, high: band.maxCelsius }}
        />
      )}
      {range === undefined ? null : (
        <p class="soft">
          {text('temperature.extremes', { low: degrees(range.low), high: degrees(range.high) })}
        </p>
      )}
      {band === undefined ? null : <Records asset={asset} today={nowInSteps.value} timeZone={timeZone} />}
    </section>
  );
}

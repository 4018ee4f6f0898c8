import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TelemetrySeries } from '../../../cloud/api/contract.ts';
import { LineChart } from '../../kit/line-chart.tsx';
import { type Loaded, load } from '../loaded.ts';
import { fetchTemperature } from '../session.ts';
import { text } from '../text.ts';

/** A little before and after: a temperature is measured more seldom than steps come. */
const AROUND_SHARE = 0.05;

/** What an asset measured, in the time that the lanes above show. */
export function MeasuredStrip(props: {
  asset: string;
  name: string;
  from: number;
  to: number;
  zone: string;
}) {
  const series = useSignal<Loaded<TelemetrySeries>>({ state: 'loading' });
  const around = (props.to - props.from) * AROUND_SHARE;
  const [from, to] = [props.from - around, props.to + around];
  useEffect(() => {
    void load(series, () => fetchTemperature(props.asset, from, to));
  }, [props.asset, from, to]);
  if (series.value.state !== 'there' || series.value.value.points.length === 0) return null;
  const { points, band, unit } = series.value.value;
  return (
    <div class="timeline-strip">
      <LineChart
        label={text('incident.temperature', { asset: props.name })}
        points={points}
        unit={unit}
        timeZone={props.zone}
        from={from}
        to={to}
        band={band === undefined ? undefined : { low: band.minCelsius, high: band.maxCelsius }}
        height={96}
      />
    </div>
  );
}

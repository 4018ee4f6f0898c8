import { computed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PictureAsset, TelemetrySeries } from '../../../cloud/api/contract.ts';
import { clockRate, now } from '../../kit/clock.ts';
import { LineChart } from '../../kit/line-chart.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { type Loaded, load } from '../loaded.ts';
import { fetchTemperature } from '../session.ts';

/** A plot that runs up to now is fetched anew this often. */
const STEP_MS = 5 * 60_000;

/** The installation's time in steps, so that a plot up to now is not another one every second. */
export const nowInSteps = computed(() => {
  const step = Math.max(STEP_MS, 30_000 * clockRate.value);
  return Math.ceil(now.value / step) * step;
});

/** An asset's temperature over a time, fetched when shown. */
export function TemperaturePlot(props: {
  asset: Pick<PictureAsset, 'id' | 'band' | 'states'>;
  label: string;
  from: number;
  to: number;
  timeZone: string;
  marks?: readonly { at: number; label: string }[];
  height?: number;
}) {
  const series = useSignal<Loaded<TelemetrySeries>>({ state: 'loading' });
  const { asset, from, to } = props;
  useEffect(() => {
    let isShown = true;
    void load(
      series,
      () => fetchTemperature(asset.id, from, to),
      () => isShown,
    );
    return () => {
      isShown = false;
    };
  }, [asset.id, from, to, series]);
  const height = props.height ?? 150;
  if (series.value.state === 'loading') return <Skeleton lines={[height]} />;
  if (series.value.state === 'failed') return <p class="faint">{series.value.message}</p>;
  const { points: fetched, band = asset.band } = series.value.value;
  // The newest reading came with the picture and may be ahead of what was fetched.
  const latest = asset.states.find(({ property }) => property === 'temperature');
  const points =
    typeof latest?.value === 'number' && latest.seenAt > (fetched.at(-1)?.at ?? from) && latest.seenAt <= to
      ? [...fetched, { at: latest.seenAt, mean: latest.value, min: latest.value, max: latest.value }]
      : fetched;
  return (
    <LineChart
      label={props.label}
      points={points}
      unit="°C"
      timeZone={props.timeZone}
      from={from}
      to={to}
      height={height}
      marks={props.marks ?? []}
      band={band === undefined ? undefined : { low: band.minCelsius, high: band.maxCelsius }}
    />
  );
}

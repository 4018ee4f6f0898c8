import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PictureAsset, TelemetrySeries } from '../../../cloud/api/contract.ts';
import { LineChart } from '../../kit/line-chart.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { type Loaded, load } from '../loaded.ts';
import { fetchTemperature } from '../session.ts';

/** An asset's temperature over a time, fetched when shown. */
export function TemperaturePlot(props: {
  asset: Pick<PictureAsset, 'id' | 'band'>;
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
    void load(series, () => fetchTemperature(asset.id, from, to));
  }, [asset.id, from, to, series]);
  const height = props.height ?? 150;
  if (series.value.state === 'loading') return <Skeleton lines={[height]} />;
  if (series.value.state === 'failed') return <p class="faint">{series.value.message}</p>;
  const { points, band = asset.band } = series.value.value;
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

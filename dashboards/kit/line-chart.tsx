import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type ChartPoint, nearest, runs, timeTicks, valueRange, valueTicks } from './chart-scale.ts';
import { kitText } from './text.ts';
import { preciseTime, timeOfDay } from './time.ts';

export type { ChartPoint } from './chart-scale.ts';

const MARGIN = { left: 34, right: 8, top: 10, bottom: 20 };

/**
 * One quantity over time: the line is the mean, the shade around it lowest to highest, the ground behind it
 * the allowed band. The pointer or the arrow keys read a value off.
 * @param marks moments to point out
 */
export function LineChart(props: {
  label: string;
  points: readonly ChartPoint[];
  unit: string;
  timeZone: string;
  from: number;
  to: number;
  band?: { low: number; high: number } | undefined;
  marks?: readonly { at: number; label: string }[];
  height?: number;
  /** A longer time without a reading is a hole in the line; otherwise what is unusually long for these points. */
  gapMs?: number;
}) {
  const { points, from, to, band, unit, timeZone, height = 150, gapMs } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useSignal(320);
  const read = useSignal<ChartPoint | undefined>(undefined);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => {
      width.value = Math.max(160, element.clientWidth);
    });
    sized.observe(element);
    return () => sized.disconnect();
  }, [width]);

  const inner = {
    width: width.value - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const { low, high } = valueRange(points, band);
  const x = (at: number) => MARGIN.left + ((at - from) / Math.max(1, to - from)) * inner.width;
  const y = (value: number) => MARGIN.top + (1 - (value - low) / (high - low)) * inner.height;
  const number = (value: number) => `${value.toFixed(1)} ${unit}`;
  const isNearEnd = (at: number) => x(at) > width.value - 70;
  const last = points.at(-1);
  const isOutside = (point: ChartPoint) =>
    band !== undefined && (point.max > band.high || point.min < band.low);

  const summary =
    last === undefined
      ? kitText('kit.chart.empty')
      : [
          kitText('kit.chart.summary', {
            label: props.label,
            low: number(Math.min(...points.map(({ min }) => min))),
            high: number(Math.max(...points.map(({ max }) => max))),
            last: number(last.mean),
          }),
          ...(band === undefined
            ? []
            : [kitText('kit.chart.band', { low: number(band.low), high: number(band.high) })]),
          ...(points.some(isOutside) ? [kitText('kit.chart.outside')] : []),
        ].join(' ');

  const line = (run: readonly ChartPoint[]) =>
    run
      .map(
        (point, index) => `${index === 0 ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(point.mean).toFixed(1)}`,
      )
      .join('');
  const shade = (run: readonly ChartPoint[]) =>
    `${run.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(point.max).toFixed(1)}`).join('')}${run
      .toReversed()
      .map((point) => `L${x(point.at).toFixed(1)} ${y(point.min).toFixed(1)}`)
      .join('')}Z`;

  return (
    <div
      ref={frame}
      class="chart"
      role="img"
      aria-label={summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read values off.
      tabIndex={0}
      onPointerMove={(move) => {
        const box = move.currentTarget.getBoundingClientRect();
        const at = from + ((move.clientX - box.left - MARGIN.left) / inner.width) * (to - from);
        read.value = nearest(points, at);
      }}
      onPointerLeave={() => {
        read.value = undefined;
      }}
      onBlur={() => {
        read.value = undefined;
      }}
      onKeyDown={(press) => {
        if (press.key !== 'ArrowLeft' && press.key !== 'ArrowRight') return;
        press.preventDefault();
        const at = read.value === undefined ? points.length : points.indexOf(read.value);
        read.value =
          points[Math.max(0, Math.min(points.length - 1, at + (press.key === 'ArrowLeft' ? -1 : 1)))];
      }}
    >
      <svg width={width.value} height={height} aria-hidden="true">
        {band === undefined ? null : (
          <>
            <rect
              class="chart-band"
              x={MARGIN.left}
              y={y(band.high)}
              width={inner.width}
              height={Math.max(0, y(band.low) - y(band.high))}
            />
            {[band.low, band.high].map((limit) => (
              <line
                key={limit}
                class="chart-limit"
                x1={MARGIN.left}
                x2={MARGIN.left + inner.width}
                y1={y(limit)}
                y2={y(limit)}
              />
            ))}
          </>
        )}
        {valueTicks(low, high, Math.max(2, Math.floor(inner.height / 32))).map((value) => (
          <g key={value}>
            <line
              class="chart-grid"
              x1={MARGIN.left}
              x2={MARGIN.left + inner.width}
              y1={y(value)}
              y2={y(value)}
            />
            <text class="chart-text" x={MARGIN.left - 6} y={y(value) + 3.5} text-anchor="end">
              {Number(value.toFixed(1))}
            </text>
          </g>
        ))}
        {timeTicks(from, to, Math.max(2, Math.floor(inner.width / 64)), timeZone).map((at) => (
          <text key={at} class="chart-text" x={x(at)} y={height - 5} text-anchor="middle">
            {timeOfDay(at, timeZone)}
          </text>
        ))}
        {runs(points, gapMs).map((run) => (
          <g key={run[0]?.at}>
            <path class="chart-shade" d={shade(run)} />
            <path class="chart-line" d={line(run)} />
          </g>
        ))}
        {runs(points.filter(isOutside), gapMs).map((run) => (
          <path key={run[0]?.at} class="chart-line chart-line-outside" d={line(run)} />
        ))}
        {(props.marks ?? [])
          .filter(({ at }) => at >= from && at <= to)
          .map((mark) => (
            <g key={mark.at}>
              <line
                class="chart-mark"
                x1={x(mark.at)}
                x2={x(mark.at)}
                y1={MARGIN.top}
                y2={height - MARGIN.bottom}
              />
              <text
                class="chart-text chart-mark-text"
                x={x(mark.at) + (isNearEnd(mark.at) ? -4 : 4)}
                y={MARGIN.top + 8}
                text-anchor={isNearEnd(mark.at) ? 'end' : 'start'}
              >
                {mark.label}
              </text>
            </g>
          ))}
        {read.value === undefined ? (
          last === undefined ? null : (
            <circle
              class={`chart-point${isOutside(last) ? ' chart-point-outside' : ''}`}
              cx={x(last.at)}
              cy={y(last.mean)}
              r={3}
            />
          )
        ) : (
          <>
            <line
              class="chart-cursor"
              x1={x(read.value.at)}
              x2={x(read.value.at)}
              y1={MARGIN.top}
              y2={height - MARGIN.bottom}
            />
            <circle class="chart-point" cx={x(read.value.at)} cy={y(read.value.mean)} r={3.5} />
          </>
        )}
      </svg>
      {last === undefined ? <p class="chart-empty">{kitText('kit.chart.empty')}</p> : null}
      {read.value === undefined ? null : (
        <p class="chart-reading" aria-live="polite">
          <strong>{number(read.value.mean)}</strong> {preciseTime(read.value.at, timeZone)}
        </p>
      )}
    </div>
  );
}

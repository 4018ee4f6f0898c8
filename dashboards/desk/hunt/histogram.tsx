import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { HuntResult } from '../../../cloud/api/contract.ts';
import { timeTicks } from '../../kit/chart-scale.ts';
import { duration, timeOrDay } from '../../kit/time.ts';
import { words } from './words.ts';

const HEIGHT = 120;
const FOOT = 20;
/** A finger and a pointer hit it (WCAG 2.2, 2.5.8). */
const LEAST_BAR = 25;

/** How much was found when: a bar narrows the search to its time. */
export function Histogram(props: {
  result: HuntResult;
  timeZone: string;
  now: number;
  onChoose: (from: number, to: number) => void;
}) {
  const { result, timeZone, now } = props;
  const frame = useRef<HTMLElement>(null);
  const width = useSignal(600);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => {
      width.value = Math.max(200, element.clientWidth);
    });
    sized.observe(element);
    return () => sized.disconnect();
  }, [width]);
  const { bucketMs, histogram } = result;
  const from = Math.floor(Math.min(result.from, histogram[0]?.at ?? result.from) / bucketMs) * bucketMs;
  const last = Math.max(result.to, (histogram.at(-1)?.at ?? from) + bucketMs);
  // On a narrow screen several buckets are one bar.
  const barMs =
    bucketMs * Math.max(1, Math.ceil((LEAST_BAR * (last - from)) / Math.max(1, bucketMs * width.value)));
  const to = from + Math.ceil((last - from) / barMs) * barMs;
  const counts = new Map<number, number>();
  for (const { at, count } of histogram) {
    const start = from + Math.floor((at - from) / barMs) * barMs;
    counts.set(start, (counts.get(start) ?? 0) + count);
  }
  const most = Math.max(1, ...counts.values());
  const x = (at: number) => ((at - from) / Math.max(1, to - from)) * width.value;
  const bar = Math.max(2, x(from + barMs) - 1);
  return (
    <section
      ref={frame}
      class="hunt-chart"
      aria-label={words('chart', { width: duration(barMs) })}
      style={{ height: `${HEIGHT + FOOT}px` }}
    >
      <svg width={width.value} height={HEIGHT + FOOT} aria-hidden="true">
        <line class="chart-grid" x1={0} x2={width.value} y1={HEIGHT} y2={HEIGHT} />
        {timeTicks(from, to, Math.max(2, Math.floor(width.value / 110)), timeZone).map((at) => (
          <text key={at} class="chart-text" x={x(at)} y={HEIGHT + 14} text-anchor="start">
            {timeOrDay(at, now, timeZone)}
          </text>
        ))}
      </svg>
      {[...counts].map(([at, count]) => {
        const label = words('bar', { time: timeOrDay(at, now, timeZone), count });
        return (
          <button
            key={at}
            type="button"
            class="hunt-bar"
            aria-label={label}
            title={label}
            style={{
              left: `${x(at)}px`,
              width: `${bar}px`,
              height: `${Math.max(3, (count / most) * (HEIGHT - 8))}px`,
              bottom: `${FOOT}px`,
            }}
            onClick={() => props.onChoose(at, at + barMs)}
          />
        );
      })}
    </section>
  );
}

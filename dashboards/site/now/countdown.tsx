import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { now } from '../../kit/clock.ts';
import { text } from '../text.ts';

const RADIUS = 52;
const LENGTH = 2 * Math.PI * RADIUS;

/** Seconds until something happens, as a ring that empties. */
export function Countdown(props: {
  until: number;
  title: string;
  label: string;
  tone: 'accent' | 'critical';
}) {
  const { until } = props;
  const leftMs = Math.max(0, until - now.value);
  // How long it is in all nobody says: the most that was seen of it.
  const wholeMs = useSignal(leftMs);
  useEffect(() => {
    wholeMs.value = Math.max(0, until - now.peek());
  }, [until, wholeMs]);
  const seconds = Math.ceil(leftMs / 1_000);
  const share = wholeMs.value === 0 ? 0 : Math.min(1, leftMs / wholeMs.value);
  return (
    <div
      class={`countdown countdown-${props.tone}`}
      role="timer"
      aria-label={text('arming.seconds', { count: seconds })}
    >
      <svg width={132} height={132} viewBox="0 0 132 132" aria-hidden="true">
        <circle class="countdown-track" cx={66} cy={66} r={RADIUS} />
        <circle
          class="countdown-rest"
          cx={66}
          cy={66}
          r={RADIUS}
          stroke-dasharray={`${LENGTH * share} ${LENGTH}`}
          transform="rotate(-90 66 66)"
        />
        <text class="countdown-number" x={66} y={66} text-anchor="middle" dominant-baseline="central">
          {seconds}
        </text>
      </svg>
      <div>
        <p class="countdown-title">{props.title}</p>
        <p class="countdown-label">
          {props.label} {text('arming.seconds', { count: seconds })}
        </p>
      </div>
    </div>
  );
}

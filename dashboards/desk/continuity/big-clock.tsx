import type { RecoveryClockRow } from '../../../cloud/api/contract.ts';
import { Chip, type Tone } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { duration, fullTime } from '../../kit/time.ts';
import { clockText } from './spans.ts';
import { words } from './words.ts';

const tones: Readonly<Record<RecoveryClockRow['state'], Tone>> = {
  running: 'accent',
  overdue: 'critical',
  met: 'good',
  missed: 'high',
  'given-up': 'neutral',
};

/** The clock as it stands at this second: one that was running may be overdue by now. */
export function standing(clock: RecoveryClockRow, at: number): RecoveryClockRow {
  if (clock.stoppedAt !== undefined) return clock;
  const elapsedMs = Math.max(0, at - clock.startsAt);
  return { ...clock, elapsedMs, state: elapsedMs > clock.objectiveMs ? 'overdue' : 'running' };
}

const leftText = ({ elapsedMs, objectiveMs, state }: RecoveryClockRow): string => {
  const left = objectiveMs - elapsedMs;
  if (state === 'given-up') return '';
  if (state === 'met' || state === 'missed') return words('clock.took', { objective: duration(objectiveMs) });
  return left >= 0
    ? words('clock.left', { left: duration(left), objective: duration(objectiveMs) })
    : words('clock.over', { over: duration(left), objective: duration(objectiveMs) });
};

/** Elapsed since the failure, large, with the objective as a bar. */
export function BigClock(props: { clock: RecoveryClockRow; because: string; timeZone: string }) {
  const clock = standing(props.clock, now.value);
  const share = Math.min(1, clock.elapsedMs / Math.max(1, clock.objectiveMs));
  return (
    <div class={`big-clock big-clock-${clock.state}`} role="timer" aria-label={words('clock.title')}>
      <div class="big-clock-head">
        <span class="soft">{words('clock.title')}</span>
        <ClockChip clock={clock} />
      </div>
      <strong class="big-clock-time">{clockText(clock.elapsedMs)}</strong>
      <span class="big-clock-bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span class="big-clock-left">{leftText(clock)}</span>
      <span class="soft small">
        {words('clock.since', { time: fullTime(clock.startsAt, props.timeZone), because: props.because })}
      </span>
    </div>
  );
}

export function ClockChip({ clock }: { clock: RecoveryClockRow }) {
  const { state } = standing(clock, now.value);
  return (
    <Chip tone={tones[state]} icon={state === 'overdue' ? 'warning' : 'clock'}>
      {words(`clock.${state}`)}
    </Chip>
  );
}

/** For rows: the chip, and how long it has been. */
export function SmallClock({ clock }: { clock: RecoveryClockRow }) {
  const { elapsedMs } = standing(clock, now.value);
  return (
    <span class="small-clock">
      <span class="small-clock-time">{clockText(elapsedMs)}</span>
      <ClockChip clock={clock} />
    </span>
  );
}

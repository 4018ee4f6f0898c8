/**
 * The clocks of an incident's duties. For other pages: `lazy`-load this module and render
 * `<DutyClocks incident={id} />`; it fetches what it shows, and shows nothing where nobody has to be told.
 */
import './duties.css';
import { useEffect } from 'preact/hooks';
import type { DutyClockRow } from '../../../cloud/api/contract.ts';
import { Chip, type Tone } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { duration, fullTime } from '../../kit/time.ts';
import { useAskedAgain } from '../asked-again.ts';
import { fetchDutiesOf } from './requests.ts';
import { words } from './words.ts';

const tones: Readonly<Record<DutyClockRow['state'], Tone>> = {
  waiting: 'neutral',
  undecided: 'medium',
  running: 'accent',
  overdue: 'critical',
  done: 'good',
  late: 'high',
  'not-due': 'neutral',
};

/** @param incident its id; what cannot be read (no right, no incident) is not shown */
export function DutyClocks({ incident }: { incident: string }) {
  const [held, ask] = useAskedAgain(() => fetchDutiesOf(incident));
  useEffect(ask, [incident]);
  const state = held.value;
  if (state.state !== 'there') return null;
  const { clocks, timeZone } = state.value;
  if (clocks.every((one) => one.state === 'waiting' || one.state === 'not-due')) return null;
  return <ClockList clocks={clocks} timeZone={timeZone} />;
}

export function ClockList({ clocks, timeZone }: { clocks: readonly DutyClockRow[]; timeZone: string }) {
  return (
    <ul class="duty-clocks" aria-label={words('clock.title')}>
      {clocks.map((clock) => (
        <li key={clock.stage} class={`duty-clock duty-clock-${clock.state}`}>
          <span class="duty-clock-name">{words(`stage.${clock.stage}`)}</span>
          <strong class="duty-clock-time">{timeText(clock)}</strong>
          <Chip tone={tones[clock.state]} icon={clock.state === 'overdue' ? 'warning' : 'clock'}>
            {words(`clock.${clock.state}`)}
          </Chip>
          <ClockBar clock={clock} />
          <span class="duty-clock-until">{untilText(clock, timeZone)}</span>
          <span class="duty-clock-law">{clock.section}</span>
        </li>
      ))}
    </ul>
  );
}

function timeText({ state, dueAt, sentAt, startsAt }: DutyClockRow): string {
  if (state === 'waiting' || state === 'not-due') return '–';
  if (sentAt !== undefined) return duration(sentAt - (startsAt ?? sentAt));
  if (dueAt === undefined) return words('clock.no-time');
  const left = dueAt - now.value;
  return left >= 0
    ? words('clock.left', { duration: duration(left) })
    : words('clock.over', { duration: duration(left) });
}

function untilText({ dueAt, sentAt }: DutyClockRow, timeZone: string): string {
  if (sentAt !== undefined) return words('clock.sent', { time: fullTime(sentAt, timeZone) });
  return dueAt === undefined ? '' : words('clock.due', { time: fullTime(dueAt, timeZone) });
}

function ClockBar({ clock: { startsAt, dueAt, sentAt } }: { clock: DutyClockRow }) {
  const share =
    startsAt === undefined || dueAt === undefined
      ? 0
      : Math.min(1, Math.max(0, ((sentAt ?? now.value) - startsAt) / Math.max(1, dueAt - startsAt)));
  return (
    <span class="duty-bar" aria-hidden="true">
      <span style={{ width: `${100 * share}%` }} />
    </span>
  );
}

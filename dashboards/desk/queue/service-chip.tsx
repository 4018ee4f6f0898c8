import type { IncidentSummary } from '../../../cloud/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { duration } from '../../kit/time.ts';
import { settings } from './desk-settings.ts';
import { serviceClock } from './service-clock.ts';
import { words } from './words.ts';

/** How long there is left; a word and a sign besides the colour once it is late. */
export function ServiceChip({ incident }: { incident: IncidentSummary }) {
  const levels = settings.value?.serviceLevels;
  const clock = levels === undefined ? undefined : serviceClock(incident, levels, now.value);
  if (clock === undefined) return null;
  const left = duration(Math.abs(clock.dueAt - now.value));
  const label =
    clock.state === 'late'
      ? words(`late-${clock.what}`, { time: left })
      : words(`due-${clock.what}`, { time: left });
  return (
    <span class={`service service-${clock.state}`} title={label}>
      <Icon name={clock.state === 'late' ? 'warning' : 'clock'} size={12} label={label} />
      <span aria-hidden="true">{clock.state === 'late' ? `+${left}` : left}</span>
    </span>
  );
}

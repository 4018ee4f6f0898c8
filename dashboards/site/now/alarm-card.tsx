import { useId } from 'preact/hooks';
import type { SiteAlarm } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { wordsOf } from '../languages/alarms.ts';
import { acknowledge, asPerson } from '../session.ts';
import { text } from '../text.ts';

/**
 * One alarm: what it is, what to do now, and that somebody has seen it.
 * @param isShort what to do shows when asked for: there is something more serious above
 */
export function AlarmCard(props: { alarm: SiteAlarm; timeZone: string; isShort?: boolean }) {
  const { alarm, timeZone, isShort = false } = props;
  const { severity, acknowledged, active, count, at, id } = alarm;
  const { summary, instruction } = wordsOf(alarm);
  const title = useId();
  const time = (of: number) => timeOrDay(of, now.value, timeZone);
  return (
    <article
      class={`alarm alarm-${severity}${acknowledged === undefined ? '' : ' alarm-seen'}${isShort ? ' alarm-short' : ''}`}
      aria-labelledby={title}
    >
      <header class="alarm-facts">
        <SeverityChip severity={severity} />
        <span>{text('alarm.since', { time: time(at) })}</span>
        {count > 1 ? <span>{text('alarm.count', { count })}</span> : null}
        <span class="alarm-state">{active ? text('alarm.going-on') : text('alarm.over')}</span>
      </header>
      <h2 class="alarm-title" id={title}>
        {unbroken(summary)}
      </h2>
      {isShort ? (
        <details class="alarm-do">
          <summary class="alarm-do-label">{text('alarm.do')}</summary>
          <p class="alarm-instruction">{unbroken(instruction)}</p>
        </details>
      ) : (
        <div class="alarm-do">
          <p class="alarm-do-label">{text('alarm.do')}</p>
          <p class="alarm-instruction">{unbroken(instruction)}</p>
        </div>
      )}
      {acknowledged === undefined ? (
        <div class="alarm-actions">
          <Button
            look="primary"
            icon="eye"
            onClick={() =>
              asPerson(
                text('alarm.see'),
                () => acknowledge(id),
                () => say(active ? text('alarm.noted') : text('alarm.noted-over'), 'good'),
              )
            }
          >
            {text('alarm.see')}
          </Button>
        </div>
      ) : (
        <p class="alarm-seen-by">
          <Icon name="check" size={20} />
          {text('alarm.seen-by', { name: acknowledged.by, time: time(acknowledged.at) })}
        </p>
      )}
    </article>
  );
}

/** A number and its unit stay on one line. */
const unbroken = (sentence: string): string =>
  sentence.replaceAll(/(\d) (°C|%|min|h|s)\b/g, '$1\u00a0$2').replaceAll(/(\d) °C/g, '$1\u00a0°C');

import { useId } from 'preact/hooks';
import type { SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { day, timeOfDay, timeOrDay } from '../../kit/time.ts';
import { reasonOf } from '../languages/alarms.ts';
import { text } from '../text.ts';
import { requestArming } from './arming-actions.ts';
import { Countdown } from './countdown.tsx';
import { choosesZones } from './zones-dialog.tsx';

function BigButton(props: {
  icon: IconName;
  look: 'plain' | 'primary' | 'critical';
  label: string;
  detail?: string;
  onClick: () => void;
}) {
  return (
    <button type="button" class={`big big-${props.look}`} onClick={props.onClick}>
      <Icon name={props.icon} size={28} />
      <span class="big-text">
        <span class="big-label">{props.label}</span>
        {props.detail === undefined ? null : <span class="big-detail">{props.detail}</span>}
      </span>
    </button>
  );
}

/** The alarm: whether it is on, and the one or two things one can do about it. */
export function ArmingCard({ page }: { page: SitePage }) {
  const { arming, site } = page;
  const title = useId();
  const isWaiting =
    (arming.phase === 'exit-delay' || arming.phase === 'entry-delay') && arming.until !== undefined;
  return (
    <section
      class={`arming arming-${arming.phase === 'settled' ? arming.mode : arming.phase}`}
      aria-labelledby={title}
    >
      <h2 class="visually-hidden" id={title}>
        {text('arming.title')}
      </h2>
      {isWaiting && arming.until !== undefined ? (
        <Countdown
          until={arming.until}
          title={text(arming.phase === 'exit-delay' ? 'arming.exit' : 'arming.entry')}
          label={text(arming.phase === 'exit-delay' ? 'arming.exit-text' : 'arming.entry-text')}
          tone={arming.phase === 'exit-delay' ? 'accent' : 'critical'}
        />
      ) : (
        <div class="arming-state">
          <span class="arming-sign">
            <Icon
              name={
                arming.phase === 'triggered'
                  ? 'siren'
                  : arming.mode === 'disarmed'
                    ? 'lock-open'
                    : 'alarm-panel'
              }
              size={32}
            />
          </span>
          <div>
            <p class="arming-label">{text('arming.title')}</p>
            <p class="arming-mode">
              {arming.phase === 'triggered' ? text('arming.triggered') : text(`arming.mode.${arming.mode}`)}
            </p>
            <p class="soft">{sinceText(page)}</p>
          </div>
        </div>
      )}
      <Readiness page={page} />
      <div class="arming-actions">
        {arming.mode === 'disarmed' && arming.phase === 'settled' ? (
          <>
            <BigButton
              icon="alarm-panel"
              look="primary"
              label={text('arming.arm.away')}
              detail={text('arming.arm.away-text')}
              onClick={() => requestArming('away')}
            />
            <BigButton
              icon="moon"
              look="plain"
              label={text('arming.arm.night')}
              detail={text('arming.arm.night-text')}
              onClick={() => requestArming('night')}
            />
            {page.watched.length === 0 ? null : (
              <Button
                look="quiet"
                icon="filter"
                onClick={() => {
                  choosesZones.value = true;
                }}
              >
                {text('zone.choose')}
              </Button>
            )}
          </>
        ) : (
          <BigButton
            icon="lock-open"
            look={arming.phase === 'exit-delay' || arming.phase === 'settled' ? 'plain' : 'critical'}
            label={text(arming.phase === 'exit-delay' ? 'arming.stop' : 'arming.disarm')}
            onClick={() => requestArming('disarmed')}
          />
        )}
      </div>
      {page.nextScheduled === undefined ? null : (
        <p class="arming-next">
          <Icon name="clock" size={18} />
          {text(`arming.next.${page.nextScheduled.mode}`, {
            when: whenText(page.nextScheduled.at, site.timeZone),
          })}
        </p>
      )}
    </section>
  );
}

function sinceText({ arming: { since, by, phase }, site }: SitePage): string {
  const time = timeOrDay(since, now.value, site.timeZone);
  if (phase === 'triggered') return text('arming.armed-since', { time });
  // On its first day nobody has switched it yet.
  if (by === 'gateway') return text('arming.since', { time });
  return text('arming.since-by', { time, by: by === 'schedule' ? text('arming.by-schedule') : by });
}

/** Before arming: what would stand in the way. While armed: what was left out. */
function Readiness({ page: { arming } }: { page: SitePage }) {
  if (arming.mode !== 'disarmed') {
    if (arming.bypassed.length === 0) return null;
    return (
      <div class="readiness readiness-out">
        <p class="readiness-title">{text('arming.left-out')}</p>
        <ul>
          {arming.bypassed.map(({ asset, name, by }) => (
            <li key={asset}>{text('arming.left-out-by', { name, by })}</li>
          ))}
        </ul>
      </div>
    );
  }
  if (arming.phase !== 'settled') return null;
  if (arming.ready)
    return (
      <p class="readiness readiness-good">
        <Icon name="check" size={18} /> {text('arming.ready')}
      </p>
    );
  return (
    <div class="readiness readiness-not">
      <p class="readiness-title">
        <Icon name="warning" size={18} /> {text('arming.not-ready')}
      </p>
      <ul>
        {arming.blockedBy.map(({ asset, name, because }) => (
          <li key={asset}>
            <strong>{name}</strong>: {reasonOf(because)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function whenText(at: number, timeZone: string): string {
  const time = timeOfDay(at, timeZone);
  const onDay = day(at, timeZone);
  return onDay === day(now.value, timeZone)
    ? text('arming.at', { time })
    : text('arming.on-day', { day: onDay.split(' ')[0] ?? onDay, time });
}

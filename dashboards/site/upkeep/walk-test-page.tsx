import type { SitePage, WalkTest } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { timeOfDay, timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';

const icons: Record<WalkTest['points'][number]['ask'], IconName> = {
  open: 'door-open',
  walk: 'motion-sensor',
  badge: 'badge',
  read: 'thermometer',
};

/** Goes through the site with somebody: what to trip, and a tick for each sensor that was heard. */
export function WalkTestPage({ page }: { page: SitePage }) {
  const { walkTest: test, site, arming } = page;
  const isRunning = test !== undefined && test.endedAt === undefined;
  const begin = () =>
    asPerson(
      text('walk.begin'),
      () => api.send('api/walk-test'),
      () => undefined,
    );
  const end = () =>
    asPerson(
      text('walk.end'),
      () => api.send('api/walk-test/end'),
      () => say(text('walk.ended'), 'good'),
    );
  const points = test?.points ?? [];
  const heard = points.filter(({ heardAt }) => heardAt !== undefined);
  const zones = [...new Set(points.map(({ zone }) => zone ?? ''))];
  return (
    <div class="sheet">
      <header class="sheet-head">
        <h1 class="page-title">{text('walk.title')}</h1>
        {isRunning ? (
          <Button look="primary" icon="check" onClick={end}>
            {text('walk.end')}
          </Button>
        ) : null}
      </header>
      {test === undefined ? (
        <EmptyState icon="motion-sensor" title={text('walk.lead')}>
          {text('walk.text')}
        </EmptyState>
      ) : (
        <>
          <div class="walk-progress" role="status">
            <progress max={Math.max(1, points.length)} value={heard.length} aria-label={text('walk.title')} />
            <p class="walk-count">{text('walk.heard', { heard: heard.length, count: points.length })}</p>
            <p class="soft">
              {isRunning
                ? text('walk.running', { by: test.by, time: timeOfDay(test.startedAt, site.timeZone) })
                : text('walk.over', {
                    time: timeOrDay(test.endedAt ?? test.startedAt, now.value, site.timeZone),
                    by: test.by,
                  })}
            </p>
          </div>
          {isRunning ? <p class="readiness readiness-not">{text('walk.live')}</p> : null}
          {points.length === 0 ? <p class="soft">{text('walk.no-sensors')}</p> : null}
          {zones.map((zone) => (
            <section key={zone} aria-label={zone === '' ? text('zone.none') : zone}>
              <h2 class="section-title">{zone === '' ? text('zone.none') : zone}</h2>
              <ul class="walk-points">
                {points
                  .filter((point) => (point.zone ?? '') === zone)
                  .map(({ asset, name, ask, heardAt }) => {
                    const is = heardAt !== undefined ? 'done' : isRunning ? 'now' : 'missed';
                    return (
                      <li key={asset} class={`try-ask walk-${is}`}>
                        <span class="try-sign">
                          <Icon name={is === 'done' ? 'check' : icons[ask]} size={28} />
                        </span>
                        <div>
                          <p class="try-title">{name}</p>
                          <p class="try-state">
                            {heardAt !== undefined
                              ? text('walk.heard-at', { time: timeOfDay(heardAt, site.timeZone) })
                              : isRunning
                                ? text(`walk.ask.${ask}`)
                                : text('walk.missed')}
                          </p>
                        </div>
                      </li>
                    );
                  })}
              </ul>
            </section>
          ))}
        </>
      )}
      {isRunning ? null : arming.mode === 'disarmed' ? (
        <div class="sheet-actions">
          <Button look="primary" icon="play" onClick={begin}>
            {text(test === undefined ? 'walk.begin' : 'walk.again')}
          </Button>
        </div>
      ) : (
        <p class="readiness readiness-not">{text('walk.armed')}</p>
      )}
    </div>
  );
}

import type { StationStatus } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { StateDot } from '../../kit/state-dot.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { text } from '../text.ts';

/** The lines to the monitoring station, each with what is known of it. */
export function Station({ station, timeZone }: { station: StationStatus | undefined; timeZone: string }) {
  return (
    <section class="card" aria-labelledby="station-title">
      <h2 class="section-title" id="station-title">
        {text('station.title')}
      </h2>
      {station === undefined ? (
        <p class="soft">{text('station.none')}</p>
      ) : (
        <>
          <ul class="rows">
            {station.lines.map((line, index) => (
              <li key={line.name} class={`row${line.works === false ? ' row-bad' : ''}`}>
                <span class="row-name">
                  {line.name}
                  <span class="row-detail">
                    {text(index === 0 ? 'station.first' : 'station.reserve')}
                    {' · '}
                    {text(line.encrypted ? 'station.encrypted' : 'station.open')}
                  </span>
                </span>
                <span class="row-state">
                  <StateDot health={line.works === undefined ? 'unknown' : line.works ? 'good' : 'bad'}>
                    {text(
                      line.works === undefined
                        ? 'station.untried'
                        : line.works
                          ? 'station.works'
                          : 'station.fails',
                    )}
                    <span class="row-detail">
                      {line.answeredAt === undefined
                        ? text('station.never')
                        : text('station.answered', { time: timeOrDay(line.answeredAt, now.value, timeZone) })}
                    </span>
                  </StateDot>
                </span>
              </li>
            ))}
          </ul>
          <p class="soft">
            {station.waiting === 0
              ? text('station.nothing-waits')
              : text('station.waiting', { count: station.waiting })}
          </p>
          {station.givenUp === 0 ? null : (
            <p class="obstacle">
              <Icon name="warning" size={18} />
              <span>{text('station.given-up', { count: station.givenUp })}</span>
            </p>
          )}
        </>
      )}
    </section>
  );
}

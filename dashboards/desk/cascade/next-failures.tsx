import './cascade.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentCascade } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { money, time } from '../assets/asset-words.ts';
import { type Loaded, load } from '../loaded.ts';
import { fetchNext } from './requests.ts';
import { placeOf } from './time-scale.ts';
import { words } from './words.ts';

/** Effects told; the page about cascading effects tells all. */
const MAX_TOLD = 6;

/** What fails next because of an incident. `stamp`: anything that changes when the incident does; it is asked for again then. */
export function NextFailures({ incident, stamp }: { incident: string; stamp?: string | number }) {
  const held = useSignal<Loaded<IncidentCascade>>({ state: 'loading' });
  const ask = () => void load(held, () => fetchNext(incident));
  useEffect(ask, [incident, stamp]);
  const state = held.value;
  return (
    <Card title={words('next.title')}>
      {state.state === 'loading' ? (
        <Skeleton lines={[28, 28, 28]} />
      ) : state.state === 'failed' ? (
        <ErrorState message={state.message} onRetry={ask} />
      ) : (
        <Told next={state.value} incident={incident} />
      )}
    </Card>
  );
}

function Told({ next: { cascade, helps, urgency }, incident }: { next: IncidentCascade; incident: string }) {
  const { effects, loss, currency, horizonMs } = cascade;
  return (
    <div class="next">
      {effects.length === 0 ? (
        <p class="faint">{words('next.nothing')}</p>
      ) : (
        <ul class="next-effects">
          {effects.slice(0, MAX_TOLD).map((one) => (
            <li key={`${one.asset}:${one.effect}`}>
              <span class="next-words">{one.words}</span>
              <span class="next-when">
                {words('next.when', {
                  chance: Math.round(one.chance * 100),
                  time:
                    one.afterMs.p50 < 1
                      ? words('timeline.at-once')
                      : words('next.after', { time: time(one.afterMs.p50) }),
                })}
              </span>
              <span class="timeline-line" aria-hidden="true">
                <span
                  class="timeline-band"
                  style={{
                    left: `${placeOf(one.afterMs.p10, horizonMs) * 100}%`,
                    width: `${Math.max(0.8, (placeOf(one.afterMs.p90, horizonMs) - placeOf(one.afterMs.p10, horizonMs)) * 100)}%`,
                    opacity: String(0.3 + 0.7 * one.chance),
                  }}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
      {loss.mean < 1 ? null : (
        <p>
          {words('next.loss', { amount: money(loss.mean, currency), hour: money(loss.perHour, currency) })}
        </p>
      )}
      {urgency === undefined ? null : (
        <p class="next-urgency">
          <strong>{words('next.urgency', { without: urgency.without, with: urgency.with })}.</strong>{' '}
          {urgency.because}
        </p>
      )}
      {helps.length === 0 ? null : (
        <div>
          <h3 class="cascade-heading">{words('next.helps')}</h3>
          <ul class="next-helps">
            {helps.map(({ mitigation, name, saves }) => (
              <li key={mitigation}>
                {name} <span class="faint">{words('next.saves', { amount: money(saves, currency) })}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {effects.length === 0 ? null : (
        <p class="faint">
          {words('next.since')}{' '}
          <a class="next-more" href={address('cascade', 'incident', incident)}>
            <Icon name="cascade" size={14} /> {words('next.more')}
          </a>
        </p>
      )}
    </div>
  );
}

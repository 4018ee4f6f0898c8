import type { CascadeAnswer, CascadeReport } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icons.tsx';
import { money, time } from '../assets/asset-words.ts';
import { Paths } from './paths.tsx';
import { keyOf, Timeline } from './timeline.tsx';
import { words } from './words.ts';

/** What follows, as it is and with the changes, side by side. */
export function Answer({ answer: { cascade: before, difference } }: { answer: CascadeAnswer }) {
  const after = difference?.after;
  // In the order in which things come about as it is; what only the changes bring comes last.
  const order = [...before.effects].sort((a, b) => a.afterMs.p50 - b.afterMs.p50).map(keyOf);
  const most = Math.max(before.loss.p90, after?.loss.p90 ?? 0, before.loss.mean, 1);
  return (
    <>
      {difference === undefined ? null : <Difference difference={difference} currency={before.currency} />}
      <div class={after === undefined ? '' : 'cascade-sides'}>
        <Side title={words('answer.before')} report={before} order={order} most={most} />
        {after === undefined ? null : (
          <Side title={words('answer.after')} report={after} order={order} most={most} isAfter />
        )}
      </div>
      <Card title={words('paths.title')}>
        <Paths before={before} after={after} />
      </Card>
    </>
  );
}

function Difference(props: { difference: NonNullable<CascadeAnswer['difference']>; currency: string }) {
  const { mean, standardError } = props.difference.loss;
  const said = { amount: money(Math.abs(mean), props.currency), error: money(standardError, props.currency) };
  return (
    <p
      class={`cascade-difference${mean < -0.5 ? ' cascade-better' : mean > 0.5 ? ' cascade-worse' : ''}`}
      role="status"
    >
      <Icon name={mean < -0.5 ? 'check' : 'warning'} size={18} />
      <span>
        <strong>
          {Math.abs(mean) < 0.5
            ? words('loss.same')
            : mean < 0
              ? words('loss.saved', said)
              : words('loss.more', said)}
        </strong>{' '}
        {props.difference.changes.join('; ')}.
      </span>
    </p>
  );
}

function Side(props: {
  title: string;
  report: CascadeReport;
  order: readonly string[];
  most: number;
  isAfter?: boolean;
}) {
  const { report, most } = props;
  const { loss, currency, services } = report;
  return (
    <div class={props.isAfter === true ? 'cascade-after' : ''}>
      <Card title={props.title}>
        <div class="cascade-losses">
          <div>
            <span class="faint">{words('loss.hour')}</span>
            <span class="cascade-figure">{money(loss.perHour, currency)}</span>
          </div>
          <div>
            <span class="faint">{words('loss.all')}</span>
            <span class="cascade-figure">{money(loss.mean, currency)}</span>
          </div>
        </div>
        <div
          class="loss-line"
          role="img"
          aria-label={words('loss.spread', {
            low: money(loss.p10, currency),
            high: money(loss.p90, currency),
            middle: money(loss.p50, currency),
          })}
        >
          <span
            class="loss-band"
            style={{
              left: `${(loss.p10 / most) * 100}%`,
              width: `${Math.max(0.8, ((loss.p90 - loss.p10) / most) * 100)}%`,
            }}
          />
          <span class="loss-middle" style={{ left: `${Math.min(99.4, (loss.p50 / most) * 100)}%` }} />
        </div>
        <p class="loss-ends" aria-hidden="true">
          <span>{money(loss.p10, currency)}</span>
          <span>{money(loss.p90, currency)}</span>
        </p>
        <h3 class="cascade-heading">{words('timeline.title')}</h3>
        <Timeline report={report} order={props.order} />
        <p class="faint cascade-note">{words('timeline.note')}</p>
        {services.length === 0 ? null : (
          <>
            <h3 class="cascade-heading">{words('services.title')}</h3>
            <ul class="cascade-services">
              {services.map(({ id, name, chance, lossPerHour, loss: all }) => (
                <li key={id}>
                  <strong>{name}</strong>
                  <span>{words('timeline.chance', { chance: Math.round(chance * 100) })}</span>
                  <span class="faint">
                    {words('services.line', {
                      amount: money(lossPerHour, currency),
                      all: money(all, currency),
                    })}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        <p class="faint cascade-note">
          {report.method === 'exact'
            ? words('method.exact', { count: report.samples, time: time(report.horizonMs) })
            : words('method.sampled', {
                count: report.samples,
                seed: report.seed,
                time: time(report.horizonMs),
              })}
        </p>
      </Card>
    </div>
  );
}

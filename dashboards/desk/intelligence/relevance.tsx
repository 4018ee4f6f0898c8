import { Card } from '../../kit/card.tsx';
import { Chip, SeverityChip } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { fetchFeeds, fetchRelevance } from './requests.ts';
import { words } from './words.ts';

/** Of a viewer with many sites no zone is the right one; ages are the same in all. */
const ZONE = 'UTC';

export function Relevance() {
  const [held, ask] = useAskedAgain(fetchRelevance);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[180, 120]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const { touched, techniques, sites, cut } = state.value;
  const most = Math.max(1, ...techniques.map(({ count }) => count));
  return (
    <div class="intel-columns">
      <Card title={words('touched.title')} flush>
        {touched.length === 0 ? (
          <EmptyState icon="check" title={words('touched.none')}>
            {words('touched.none-text')}
          </EmptyState>
        ) : (
          <ul class="intel-rows">
            {touched.map((one) => (
              <li key={`${one.source} ${one.id}`} class="intel-row">
                <SeverityChip severity={one.severity} />
                <div class="intel-main">
                  <strong class="intel-value">{one.value || one.name}</strong>
                  <span class="faint">
                    {one.name} · {one.source} · {words('times', { count: one.count })} ·{' '}
                    <RelativeTime at={one.lastAt} timeZone={ZONE} />
                  </span>
                  <span class="intel-chips">
                    {one.assets.map(({ id, name, site }) => (
                      <Chip key={id}>{site === '' ? name : `${name}, ${site}`}</Chip>
                    ))}
                  </span>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <div class="intel-stack">
        <Card title={words('techniques.title')}>
          {techniques.length === 0 ? <p class="faint">{words('techniques.none')}</p> : null}
          <ul class="intel-techniques">
            {techniques.slice(0, 15).map(({ id, count, sites: at }) => (
              <li key={id}>
                <code>{id}</code>
                <span class="intel-track" aria-hidden="true">
                  <span style={{ width: `${(100 * count) / most}%` }} />
                </span>
                <span>
                  {words('times', { count })}{' '}
                  <span class="faint">{words('techniques.sites', { count: at })}</span>
                </span>
              </li>
            ))}
          </ul>
          {cut ? <p class="faint">{words('cut')}</p> : null}
        </Card>
        <Card title={words('sites.title')} flush>
          <ul class="intel-rows">
            {sites.map(({ id, name, touched: own, techniques: seen }) => (
              <li key={id} class="intel-row">
                <Icon name="site" size={18} />
                <div class="intel-main">
                  <strong>{name}</strong>
                  <span class="faint">{words('sites.line', { touched: own, techniques: seen })}</span>
                </div>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </div>
  );
}

export function Feeds() {
  const [held, ask] = useAskedAgain(fetchFeeds);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[60, 60]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const { feeds } = state.value;
  return (
    <Card flush>
      {feeds.length === 0 ? (
        <EmptyState icon="network" title={words('feeds.none')}>
          {words('feeds.none-text')}
        </EmptyState>
      ) : (
        <ul class="intel-rows">
          {feeds.map(({ name, lastAt, indicators, revoked, refused, problem }) => (
            <li key={name} class="intel-row">
              <Icon name="network" size={18} />
              <div class="intel-main">
                <strong>{name}</strong>
                <span class="faint">
                  {words('feed.line', { indicators, revoked, refused })} ·{' '}
                  {lastAt === undefined ? words('feed.never') : <RelativeTime at={lastAt} timeZone={ZONE} />}
                </span>
                {problem === undefined ? null : <span class="intel-problem">{problem}</span>}
              </div>
              {problem === undefined ? (
                <Chip tone="good" icon="check">
                  {words('feed.good')}
                </Chip>
              ) : (
                <Icon name="warning" size={18} />
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Who is at a site by their last badge: how many in each zone, and who, for those who may know it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PictureSite, SiteDetail } from '../../../cloud/api/contract.ts';
import { Skeleton } from '../../kit/states.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { type Loaded, load } from '../loaded.ts';
import { past, shownAt } from './past.ts';
import { fetchSite } from './whole.ts';
import { words } from './words.ts';

/** People who are named; of more, those who came last. */
const MAX_NAMED = 100;

export function PeopleList({ site }: { site: PictureSite }) {
  const held = useSignal<Loaded<SiteDetail>>({ state: 'loading' });
  const at = past.value?.shown?.asOf;
  useEffect(() => {
    void load(held, () => fetchSite(site.id, at));
  }, [site.id, at]);
  if (held.value.state === 'loading') return <Skeleton lines={[24, 24, 24]} />;
  if (held.value.state === 'failed') return <p class="soft">{held.value.message}</p>;
  const { site: whole, persons } = held.value.value;
  const zoneName = (id: string) => whole.zones.find((zone) => zone.id === id)?.name ?? id;
  return (
    <div class="people-list">
      <h3>{words('picture.who')}</h3>
      <p class="faint">{words('picture.by-badge')}</p>
      <ul>
        {persons === undefined
          ? whole.people?.map(({ zone, count }) => (
              <li key={zone}>
                <span>{zoneName(zone)}</span>
                <strong>{count}</strong>
              </li>
            ))
          : persons
              .toSorted((a, b) => b.since - a.since)
              .slice(0, MAX_NAMED)
              .map(({ id, name, zone, since }) => (
                <li key={id}>
                  <span>
                    <strong>{name}</strong> <span class="soft">{zoneName(zone)}</span>
                  </span>
                  <span class="faint">{timeOrDay(since, shownAt.value, site.timeZone)}</span>
                </li>
              ))}
      </ul>
    </div>
  );
}

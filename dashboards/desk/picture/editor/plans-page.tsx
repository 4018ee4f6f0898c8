/** Floor plans: the list of sites, or the editor of one. */
import './editor.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { TextField } from '../../../kit/field.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { address } from '../../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../../kit/states.tsx';
import { loadPicture, picture } from '../../live/desk-state.ts';
import { type Loaded, load } from '../../loaded.ts';
import { PlanEditor } from './plan-editor.tsx';
import { fetchPlan } from './plan-requests.ts';
import type { SitePlan } from './plan-types.ts';
import { words } from './words.ts';

/** Sites that are listed at once; the search finds the others. */
const MAX_LISTED = 120;

export function PlansPage({ view }: { view: string | undefined }) {
  return view === undefined ? <SiteChoice /> : <OnePlan key={view} site={view} />;
}

function SiteChoice() {
  const wanted = useSignal('');
  const held = picture.value;
  if (held.state === 'failed')
    return <ErrorState message={held.message} onRetry={() => void loadPicture()} />;
  if (held.state === 'loading') return <Skeleton lines={[34, 60, 60, 60]} />;
  const sought = wanted.value.trim().toLowerCase();
  const found = held.value.sites.filter(({ name }) => name.toLowerCase().includes(sought));
  return (
    <section class="plans" aria-labelledby="plans-title">
      <header class="plans-head">
        <h1 id="plans-title">{words('plan.title')}</h1>
        <p class="soft">{words('plan.choose')}</p>
      </header>
      {held.value.sites.length === 0 ? (
        <EmptyState icon="site" title={words('plan.no-sites')} />
      ) : (
        <>
          <TextField
            label={words('plan.find')}
            value={wanted.value}
            onInput={(value) => {
              wanted.value = value;
            }}
          />
          {found.length === 0 ? <EmptyState icon="search" title={words('plan.none-found')} /> : null}
          <ul class="plans-list">
            {found.slice(0, MAX_LISTED).map(({ id, name, plan, floors }) => (
              <li key={id}>
                <a class="plans-site" href={address('plans', id)}>
                  <Icon name={plan === undefined ? 'site' : 'layers'} size={20} />
                  <span class="truncate">{name}</span>
                  <span class="faint">{floors?.map((floor) => floor.name).join(' · ')}</span>
                  <Icon name="chevron-right" size={15} />
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function OnePlan({ site }: { site: string }) {
  const held = useSignal<Loaded<SitePlan>>({ state: 'loading' });
  const fetch = () => {
    held.value = { state: 'loading' };
    void load(held, () => fetchPlan(site));
  };
  useEffect(fetch, []);
  const now = held.value;
  if (now.state === 'failed') return <ErrorState message={now.message} onRetry={fetch} />;
  if (now.state === 'loading') return <Skeleton lines={[34, 480]} />;
  return (
    <PlanEditor
      key={now.value.revision}
      plan={now.value}
      onSaved={(saved) => {
        held.value = { state: 'there', value: saved };
      }}
      onReload={fetch}
    />
  );
}

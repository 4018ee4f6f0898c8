/** All sites on a map, with the list beside it and the chosen one's plan. */
import './map.css';
import { useSignal } from '@preact/signals';
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { loadPicture } from '../live/desk-state.ts';
import { shownPicture } from '../picture/past.ts';
import { SiteCard } from '../picture/site-card.tsx';
import { SiteMap, SiteRow } from './site-map.tsx';
import { standingOf } from './site-standing.ts';
import { words } from './words.ts';

/** Sites that are listed at once; the search finds the others. */
const MAX_LISTED = 120;

export function MapPage({ view: named }: { view: string | undefined }) {
  const wanted = useSignal('');
  const chosen = useSignal(named);
  const held = shownPicture.value;
  if (held.state === 'failed')
    return <ErrorState message={held.message} onRetry={() => void loadPicture()} />;
  if (held.state === 'loading')
    return (
      <>
        <h1 class="visually-hidden">{words('map.title')}</h1>
        <Skeleton lines={[34, 480]} />
      </>
    );
  const { sites } = held.value;
  const placed = sites.filter(({ coordinates }) => coordinates !== undefined);
  const site = sites.find(({ id }) => id === chosen.value);
  const choose = (id: string) => {
    chosen.value = id;
  };
  return (
    <section class="map-page" aria-labelledby="map-title">
      <h1 id="map-title" class="visually-hidden">
        {words('map.title')}
      </h1>
      <div class="map-place">
        {placed.length === 0 ? (
          <EmptyState icon="map" title={words('map.nothing')}>
            {words('map.nothing-text')}
          </EmptyState>
        ) : (
          <SiteMap sites={placed} chosen={chosen.value} onChoose={choose} look="page" />
        )}
      </div>
      <div class="map-side">
        {site === undefined ? null : (
          <div class="map-chosen">
            <span class="map-chosen-close">
              <Button
                size="small"
                look="quiet"
                icon="close"
                label={words('map.close-named', { name: site.name })}
                onClick={() => {
                  chosen.value = undefined;
                }}
              >
                {words('map.close')}
              </Button>
            </span>
            <SiteCard key={site.id} site={site} />
          </div>
        )}
        <TextField
          label={words('map.find')}
          value={wanted.value}
          onInput={(value) => {
            wanted.value = value;
          }}
        />
        <SiteList sites={sites} wanted={wanted.value} chosen={chosen.value} onChoose={choose} />
      </div>
    </section>
  );
}

function SiteList(props: {
  sites: readonly PictureSite[];
  wanted: string;
  chosen: string | undefined;
  onChoose: (site: string) => void;
}) {
  const sought = props.wanted.trim().toLowerCase();
  const found = props.sites
    .filter(({ name, id }) => name.toLowerCase().includes(sought) || id.includes(sought))
    .map((site) => ({ site, weight: standingOf(site).weight }))
    .sort((a, b) => b.weight - a.weight || a.site.name.localeCompare(b.site.name))
    .map(({ site }) => site);
  if (found.length === 0) return <EmptyState icon="search" title={words('map.none-found')} />;
  const row = (site: PictureSite) => (
    <li key={site.id}>
      <SiteRow site={site} isChosen={site.id === props.chosen} onChoose={props.onChoose} />
    </li>
  );
  const onMap = found.filter(({ coordinates }) => coordinates !== undefined);
  const elsewhere = found.filter(({ coordinates }) => coordinates === undefined);
  return (
    <>
      {onMap.length === 0 ? null : (
        <ul class="map-list" aria-label={words('map.list')}>
          {onMap.slice(0, MAX_LISTED).map(row)}
        </ul>
      )}
      {onMap.length > MAX_LISTED ? (
        <p class="faint">{words('map.more', { count: onMap.length - MAX_LISTED })}</p>
      ) : null}
      {elsewhere.length === 0 ? null : (
        <section class="map-elsewhere" aria-labelledby="map-elsewhere">
          <h2 id="map-elsewhere">{words('map.not-placed')}</h2>
          <p class="faint">{words('map.not-placed-text')}</p>
          <ul class="map-list">{elsewhere.slice(0, MAX_LISTED).map(row)}</ul>
          {elsewhere.length > MAX_LISTED ? (
            <p class="faint">{words('map.more', { count: elsewhere.length - MAX_LISTED })}</p>
          ) : null}
        </section>
      )}
    </>
  );
}

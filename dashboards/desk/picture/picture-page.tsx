import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PictureSite, SituationalPicture } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { now } from '../../kit/clock.ts';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address, go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { attention, deskZone, loadPicture } from '../live/desk-state.ts';
import { IncidentRow } from '../queue/incident-row.tsx';
import { text } from '../text.ts';
import { Demonstration } from './demonstration.tsx';
import { Later } from './later.tsx';
import { Overview } from './overview.tsx';
import { past, shownPicture } from './past.ts';
import { SiteCard, SiteTile } from './site-card.tsx';
import { words } from './words.ts';

/** With more sites than this, those where all is calm are tiles. */
const MAX_CARDS = 6;
/** Tiles of calm sites that are drawn to begin with. */
const TILES_AT_ONCE = 60;
/** The picture shows the most urgent few; the queue has them all. */
const MAX_ATTENTION = 7;

export function PicturePage() {
  const held = shownPicture.value;
  useEffect(
    () => () => {
      // Who comes back to the picture wants to see what is.
      past.value = undefined;
    },
    [],
  );
  if (held.state === 'failed')
    return <ErrorState message={held.message} onRetry={() => void loadPicture()} />;
  if (held.state === 'loading') {
    return (
      <>
        <h1 class="visually-hidden">{text('desk.picture')}</h1>
        <Skeleton lines={[56, 320, 220]} />
      </>
    );
  }
  // The queue is of now; a picture of the past has its own numbers.
  const queue =
    past.value === undefined && attention.value.state === 'there' ? attention.value.value : undefined;
  return (
    <div class={`picture-page${past.value === undefined ? '' : ' picture-past'}`}>
      <h1 class="visually-hidden">{text('desk.picture')}</h1>
      {past.value === undefined ? (
        <nav class="picture-tools" aria-label={words('picture.tools')}>
          <Button
            size="small"
            icon="history"
            onClick={() => {
              past.value = { at: now.value };
            }}
          >
            {words('picture.look-back')}
          </Button>
          <a class="button button-plain button-small" href={address('map')}>
            <Icon name="map" />
            <span class="button-text">{words('picture.map')}</span>
          </a>
          <a class="button button-plain button-small" href={address('wall')}>
            <Icon name="screen" />
            <span class="button-text">{words('picture.wall')}</span>
          </a>
        </nav>
      ) : (
        <Later
          name="time-slider"
          load={async () => (await import('./replay/time-slider.tsx')).TimeSlider}
          props={{}}
          height={92}
        />
      )}
      <Overview picture={held.value} queue={queue} />
      <div class="picture-columns">
        <Sites picture={held.value} />
        <div class="picture-rail">
          {past.value === undefined ? (
            <>
              <Attention />
              <Sources picture={held.value} />
            </>
          ) : (
            <Card title={words('picture.then')} labelledBy="then">
              <p class="soft">{words('picture.then-text')}</p>
            </Card>
          )}
          <div class="demonstration-in-page">
            <Demonstration id="demonstration-page" />
          </div>
        </div>
      </div>
    </div>
  );
}

function Sites({ picture: { sites } }: { picture: SituationalPicture }) {
  const wanted = useSignal('');
  const limit = useSignal(TILES_AT_ONCE);
  if (sites.length === 0) {
    return (
      <EmptyState icon="site" title={text('picture.no-sites')}>
        {text('picture.no-sites-text')}
      </EmptyState>
    );
  }
  const isMany = sites.length > MAX_CARDS;
  const shown = sites.filter(({ name }) => name.toLowerCase().includes(wanted.value.toLowerCase()));
  const needy = isMany ? shown.filter(({ openIncidents }) => openIncidents > 0).sort(byWorst) : shown;
  const cards = needy.slice(0, Math.max(MAX_CARDS, isMany ? 0 : needy.length));
  const rest = isMany
    ? [...needy.slice(cards.length), ...shown.filter(({ openIncidents }) => openIncidents === 0)]
    : [];
  const tiles = rest.slice(0, limit.value);
  const placed = sites.filter(({ coordinates }) => coordinates !== undefined);
  return (
    <section class="sites" aria-label={text('picture.sites')}>
      {placed.length < 2 ? null : (
        <Later
          name="map"
          load={async () => (await import('../map/site-map.tsx')).SiteMap}
          props={{ sites: placed, onChoose: (id: string) => go('map', id), look: 'card' as const }}
          height={304}
        />
      )}
      {isMany ? (
        <div class="sites-find">
          <TextField
            label={text('picture.find')}
            value={wanted.value}
            onInput={(value) => {
              wanted.value = value;
            }}
          />
        </div>
      ) : null}
      {shown.length === 0 ? <EmptyState icon="search" title={text('picture.none-found')} /> : null}
      <div class="site-cards">
        {cards.map((site) => (
          <SiteCard key={site.id} site={site} />
        ))}
      </div>
      {tiles.length === 0 ? null : (
        <div class="site-tiles">
          {tiles.map((site) => (
            <SiteTile key={site.id} site={site} />
          ))}
        </div>
      )}
      {rest.length <= tiles.length ? null : (
        <Button
          onClick={() => {
            limit.value += TILES_AT_ONCE * 2;
          }}
        >
          {words('picture.more-sites', { count: rest.length - tiles.length })}
        </Button>
      )}
    </section>
  );
}

const ranks = ['info', 'low', 'medium', 'high', 'critical'];
const byWorst = (a: PictureSite, b: PictureSite): number =>
  ranks.indexOf(b.worst ?? '') - ranks.indexOf(a.worst ?? '') || b.openIncidents - a.openIncidents;

function Attention() {
  const held = attention.value;
  return (
    <Card
      title={text('picture.attention')}
      labelledBy="attention"
      flush
      aside={
        <a class="quiet-link" href={address('incidents')}>
          {text('picture.all-incidents')}
        </a>
      }
    >
      {held.state === 'loading' ? (
        <div class="card-inset">
          <Skeleton lines={[48, 48]} />
        </div>
      ) : held.state === 'failed' ? (
        <p class="card-inset soft">{held.message}</p>
      ) : held.value.items.length === 0 ? (
        <p class="card-inset soft">{text('picture.attention-empty')}</p>
      ) : (
        <ul class="rows rows-narrow">
          {held.value.items.slice(0, MAX_ATTENTION).map((item) => (
            <IncidentRow key={item.id} incident={item} look="narrow" />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Sources({ picture: { sources } }: { picture: SituationalPicture }) {
  return (
    <Card title={text('picture.sources')} labelledBy="sources">
      {sources.length === 0 ? <p class="soft">{text('picture.no-sources')}</p> : null}
      <ul class="sources">
        {sources.map((source) => (
          <li key={source.name}>
            <span class="truncate">{source.title}</span>
            <span class="faint">
              {source.lastAt === undefined ? (
                text('picture.source-silent')
              ) : (
                <RelativeTime at={source.lastAt} timeZone={deskZone.value} />
              )}
            </span>
            <span class="sources-detail faint">
              {text('picture.source-records', { count: source.records })}
              {source.refused > 0 ? (
                <span class="ink-medium"> · {text('picture.source-refused', { count: source.refused })}</span>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

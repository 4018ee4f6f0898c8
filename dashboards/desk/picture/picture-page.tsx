import { useSignal } from '@preact/signals';
import type { SituationalPicture } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { TextField } from '../../kit/field.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { attention, deskZone, loadPicture, picture } from '../live/desk-state.ts';
import { IncidentRow } from '../queue/incident-row.tsx';
import { text } from '../text.ts';
import { Demonstration } from './demonstration.tsx';
import { Overview } from './overview.tsx';
import { SiteCard, SiteTile } from './site-card.tsx';

/** With more sites than this, those where all is calm are tiles. */
const MAX_CARDS = 6;
/** The picture shows the most urgent few; the queue has them all. */
const MAX_ATTENTION = 7;

export function PicturePage() {
  const held = picture.value;
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
  const queue = attention.value.state === 'there' ? attention.value.value : undefined;
  return (
    <div class="picture-page">
      <h1 class="visually-hidden">{text('desk.picture')}</h1>
      <Overview picture={held.value} queue={queue} />
      <div class="picture-columns">
        <Sites picture={held.value} />
        <div class="picture-rail">
          <Attention />
          <Sources picture={held.value} />
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
  if (sites.length === 0) {
    return (
      <EmptyState icon="site" title={text('picture.no-sites')}>
        {text('picture.no-sites-text')}
      </EmptyState>
    );
  }
  const isMany = sites.length > MAX_CARDS;
  const shown = sites.filter(({ name }) => name.toLowerCase().includes(wanted.value.toLowerCase()));
  const cards = isMany ? shown.filter(({ openIncidents }) => openIncidents > 0) : shown;
  const tiles = isMany ? shown.filter(({ openIncidents }) => openIncidents === 0) : [];
  return (
    <section class="sites" aria-label={text('picture.sites')}>
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
    </section>
  );
}

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

import { useSignal } from '@preact/signals';
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityMark } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { Popover } from '../../kit/popover.tsx';
import { address } from '../../kit/route.ts';
import { StateDot } from '../../kit/state-dot.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { duration } from '../../kit/time.ts';
import { chooseFilter } from '../live/desk-state.ts';
import { session } from '../session.ts';
import { text } from '../text.ts';
import { Later } from './later.tsx';
import { isStale, past, shownAt } from './past.ts';
import { Plan } from './plan.tsx';
import { useWhole } from './whole.ts';
import { words } from './words.ts';

/** Link, backlog and devices of a site's gateway in a line. */
export function GatewayLine({ site }: { site: PictureSite }) {
  const { gateway } = site;
  if (gateway === undefined) return <span class="faint">{text('site.network-only')}</span>;
  const waiting = (gateway.waiting?.alarm ?? 0) + (gateway.waiting?.bulk ?? 0);
  return (
    <>
      <StateDot health={gateway.connected ? 'good' : 'bad'}>
        {gateway.connected
          ? text('site.linked')
          : gateway.lastSeenAt === undefined
            ? text('site.never-linked')
            : text('site.unlinked', { duration: duration(shownAt.value - gateway.lastSeenAt) })}
      </StateDot>
      {gateway.connected ? null : <span class="faint">{text('site.last-known')}</span>}
      {waiting === 0 ? null : <span class="faint">{text('site.waiting', { count: waiting })}</span>}
      {gateway.devicesOffline ? (
        <span class="ink-medium">{text('site.silent', { count: gateway.devicesOffline })}</span>
      ) : null}
    </>
  );
}

/** Whether the site is watched by its alarm now: the first question about a site. */
export function ArmingChip({ site }: { site: PictureSite }) {
  const mode = site.gateway?.armingMode;
  if (mode === undefined) return null;
  return (
    <Chip
      tone={mode === 'disarmed' ? 'neutral' : 'accent'}
      icon={mode === 'disarmed' ? 'lock-open' : 'alarm-panel'}
    >
      {text(`site.${mode}`)}
    </Chip>
  );
}

const cardTone = (site: PictureSite) =>
  site.worst === 'critical' || site.worst === 'high' || site.worst === 'medium' ? site.worst : undefined;

export function SiteHeading({ site }: { site: PictureSite }) {
  return (
    <span class="site-heading">
      <span class="truncate">{site.name}</span>
      <span class="site-hours">{site.isOpen ? text('site.open') : text('site.closed')}</span>
    </span>
  );
}

/** A site with its plan, live. */
export function SiteCard({ site }: { site: PictureSite }) {
  const held = useWhole(site);
  return (
    <div class={site.plan === undefined ? 'site-card site-card-plain' : 'site-card'}>
      <Card
        title={<SiteHeading site={site} />}
        labelledBy={`site-${site.id}`}
        tone={cardTone(site)}
        aside={<ArmingChip site={site} />}
      >
        {held.state === 'there' ? (
          <Plan site={held.value} />
        ) : held.state === 'failed' ? (
          <p class="soft">{held.message}</p>
        ) : (
          <Skeleton lines={[220]} />
        )}
        <footer class="site-foot">
          <GatewayLine site={site} />
          <Notices site={held.state === 'there' ? held.value : site} />
          <IncidentsLink site={site} />
          {mayEditPlans() && past.value === undefined ? (
            <a
              class="site-plan-link"
              href={address('plans', site.id)}
              aria-label={`${words('picture.edit-plan')}: ${site.name}`}
              title={words('picture.edit-plan')}
            >
              <Icon name="layers" size={15} />
            </a>
          ) : null}
        </footer>
      </Card>
    </div>
  );
}

const mayEditPlans = () => {
  const role = session.value?.role;
  return role === 'supervisor' || role === 'administrator';
};

/** What does not get through, what is old, who is there: in a few words, each with its list as a tooltip. */
function Notices({ site }: { site: PictureSite }) {
  const anchor = useSignal<HTMLElement | undefined>(undefined);
  // The gateway's own link is told beside this.
  const down = site.linksDown?.filter(({ kind }) => kind !== 'gateway') ?? [];
  const downs = site.summary?.linksDown ?? down.length;
  const people = site.summary?.people ?? site.people?.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const stale = site.summary?.stale ?? site.assets.filter(({ states }) => states.some(isStale)).length;
  return (
    <>
      {downs === 0 ? null : (
        <span
          class="ink-medium"
          title={down.map(({ kind, name }) => `${words(`picture.link-${kind}`)}: ${name}`).join('\n')}
        >
          {words('picture.links-down', { count: downs })}
        </span>
      )}
      {stale === 0 ? null : <span class="ink-medium">{words('picture.stale-data', { count: stale })}</span>}
      {people === 0 ? null : (
        <button
          type="button"
          class="people-open"
          aria-haspopup="dialog"
          onClick={(click) => {
            anchor.value = click.currentTarget;
          }}
        >
          <Icon name="person" size={13} />
          {words('picture.people', { count: people })}
        </button>
      )}
      {anchor.value === undefined ? null : (
        <Popover
          anchor={anchor.value}
          label={words('picture.who')}
          onClose={() => {
            anchor.value = undefined;
          }}
        >
          <Later
            name="people"
            load={async () => (await import('./people-list.tsx')).PeopleList}
            props={{ site }}
            height={80}
          />
        </Popover>
      )}
    </>
  );
}

function IncidentsLink({ site }: { site: PictureSite }) {
  if (site.openIncidents === 0) return null;
  return (
    <a
      class="site-incidents"
      href={address('incidents')}
      title={text('asset.show-incidents')}
      onClick={() => chooseFilter({ state: 'active', site: site.id, severity: 'info' })}
    >
      {site.worst === undefined ? null : <SeverityMark severity={site.worst} size={14} />}
      {text('site.incidents', { count: site.openIncidents })}
      <Icon name="chevron-right" size={13} />
    </a>
  );
}

/** A site in one line, for a desk with many; opens to its plan. */
export function SiteTile({ site }: { site: PictureSite }) {
  const isOpen = useSignal(false);
  if (isOpen.value) return <SiteCard site={site} />;
  return (
    <section
      class={`site-tile${cardTone(site) === undefined ? '' : ` card-${cardTone(site)}`}`}
      aria-label={site.name}
    >
      <button
        type="button"
        class="site-tile-open"
        aria-label={text('picture.open-site', { site: site.name })}
        onClick={() => {
          isOpen.value = true;
        }}
      >
        <SiteHeading site={site} />
        <ArmingChip site={site} />
      </button>
      <div class="site-foot">
        <GatewayLine site={site} />
        <Notices site={site} />
        <IncidentsLink site={site} />
      </div>
    </section>
  );
}

import { useSignal } from '@preact/signals';
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityMark } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { StateDot } from '../../kit/state-dot.tsx';
import { duration } from '../../kit/time.ts';
import { chooseFilter } from '../live/desk-state.ts';
import { text } from '../text.ts';
import { Plan } from './plan.tsx';

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
            : text('site.unlinked', { duration: duration(now.value - gateway.lastSeenAt) })}
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
  return (
    <div class={site.plan === undefined ? 'site-card site-card-plain' : 'site-card'}>
      <Card
        title={<SiteHeading site={site} />}
        labelledBy={`site-${site.id}`}
        tone={cardTone(site)}
        aside={<ArmingChip site={site} />}
      >
        <Plan site={site} />
        <footer class="site-foot">
          <GatewayLine site={site} />
          <IncidentsLink site={site} />
        </footer>
      </Card>
    </div>
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
        <IncidentsLink site={site} />
      </div>
    </section>
  );
}

import type { SituationalPicture } from '../../../cloud/api/contract.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import type { Queue } from '../live/queue-changes.ts';
import { text } from '../text.ts';
import { words } from './words.ts';

/** The few numbers that say whether anything is wrong anywhere. */
export function Overview({ picture, queue }: { picture: SituationalPicture; queue: Queue | undefined }) {
  const gateways = picture.sites.flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]));
  const armed = gateways.filter(
    ({ armingMode }) => armingMode !== undefined && armingMode !== 'disarmed',
  ).length;
  const linked = gateways.filter(({ connected }) => connected).length;
  const backlog = gateways.reduce(
    (sum, { waiting }) => sum + (waiting === undefined ? 0 : waiting.alarm + waiting.bulk),
    0,
  );
  const silent = gateways.reduce((sum, { devicesOffline = 0 }) => sum + devicesOffline, 0);
  const quarantined = gateways.reduce((sum, gateway) => sum + (gateway.quarantined ?? 0), 0);
  const alarmed = picture.sites.filter(({ openIncidents }) => openIncidents > 0);
  const isPast = picture.asOf !== undefined;
  const open = isPast ? alarmed.length : (queue?.counts.open ?? 0);
  const active = queue === undefined ? 0 : open + queue.counts.acknowledged + queue.counts.contained;
  const isCritical = isPast
    ? alarmed.some(({ worst }) => worst === 'critical')
    : queue?.items.some(({ state, severity }) => state === 'open' && severity === 'critical');
  const facts: { icon: IconName; value: string; label: string; detail?: string; tone?: string }[] = [
    {
      icon: 'incidents',
      value: String(open),
      label:
        open === 0
          ? text('overview.calm')
          : isPast
            ? words('picture.alarmed', { count: open })
            : text('overview.waiting', { count: open }),
      ...(active > open ? { detail: `${active} ${text('overview.active', { count: active })}` } : {}),
      ...(open === 0 ? {} : { tone: isCritical ? 'critical' : 'high' }),
    },
    {
      icon: 'alarm-panel',
      value: text('overview.armed', { armed, all: gateways.length }),
      label: text('overview.armed-label'),
    },
    {
      icon: 'gateway',
      value: text('overview.linked', { linked, all: gateways.length }),
      label: text('overview.linked-label'),
      ...(backlog === 0 ? {} : { detail: text('overview.backlog', { count: backlog }) }),
      ...(linked < gateways.length ? { tone: 'high' } : {}),
    },
    {
      icon: 'sensor',
      value: String(silent),
      label: text('overview.devices', { count: silent }),
      ...(quarantined === 0 ? {} : { detail: text('overview.quarantined', { count: quarantined }) }),
      ...(silent > 0 ? { tone: 'medium' } : {}),
    },
  ];
  return (
    <ul class="overview" aria-label={text('overview.label')}>
      {facts.map(({ icon, value, label, detail, tone }) => (
        <li key={icon} class={tone === undefined ? 'overview-fact' : `overview-fact overview-${tone}`}>
          <span class="overview-icon">
            <Icon name={icon} size={18} />
          </span>
          <strong>{value}</strong>
          <span class="overview-label">{label}</span>
          {detail === undefined ? null : <span class="faint">{detail}</span>}
        </li>
      ))}
    </ul>
  );
}

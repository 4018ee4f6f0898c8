import type { IncidentState, IncidentSummary } from '../../../cloud/api/contract.ts';
import { Chip, SeverityMark, type Tone } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address } from '../../kit/route.ts';
import { timeSpan } from '../../kit/time.ts';
import { Initials } from '../initials.tsx';
import { zoneOfSite } from '../live/desk-state.ts';
import { newcomers } from '../live/newcomers.ts';
import { text } from '../text.ts';
import { ServiceChip } from './service-chip.tsx';
import { words } from './words.ts';

const tones: Record<IncidentState, Tone> = {
  open: 'accent',
  acknowledged: 'neutral',
  contained: 'neutral',
  resolved: 'good',
  'false-alarm': 'neutral',
};
const icons: Partial<Record<IncidentState, IconName>> = {
  acknowledged: 'eye',
  contained: 'contain',
  resolved: 'check',
  'false-alarm': 'false-alarm',
};

export function StateChip({ state }: { state: IncidentState }) {
  const icon = icons[state];
  return (
    <Chip tone={tones[state]} {...(icon === undefined ? {} : { icon })}>
      {text(`state.${state}`)}
    </Chip>
  );
}

/** The worlds that an incident spans; both together is what one looks for. */
export function Worlds({ worlds }: { worlds: IncidentSummary['worlds'] }) {
  const label =
    worlds.length > 1 ? text('world.both') : worlds[0] === undefined ? '' : text(`world.${worlds[0]}`);
  return (
    <span class="worlds" title={label}>
      {worlds.map((world) => (
        <span key={world} class={`ink-${world}`}>
          <Icon name={world} size={15} label={text(`world.${world}`)} />
        </span>
      ))}
    </span>
  );
}

const MAX_GLYPHS = 4;

/** Where a row is drawn of a list of which only a part is in the page. */
export const placeOf = (at: number, heightPx: number) => ({
  transform: `translateY(${at * heightPx}px)`,
  height: `${heightPx}px`,
});

/**
 * An incident in the queue. The whole row is one link; `data-incident` is how the keys find it. What it is given are
 * single values that stay the same: a row that is drawn already is not drawn anew when others are scrolled in.
 */
export function IncidentRow(props: {
  incident: IncidentSummary;
  look: 'wide' | 'narrow';
  isChosen?: boolean;
  /** Where it stands in a list of which only a part is in the page: from 0, of how many, and how high rows are, px. */
  at?: number;
  of?: number;
  heightPx?: number;
  isSelected?: boolean;
  /** Chooses it, or all from the last one chosen. Absent: nothing can be chosen. */
  onSelect?: ((id: string, range: boolean) => void) | undefined;
}) {
  const { incident, look, at, heightPx, onSelect } = props;
  const zone = zoneOfSite(incident.sites[0]?.id);
  const kinds = [...new Set(incident.assets.map(({ kind }) => kind))];
  const where = [...incident.sites.map(({ name }) => name), ...incident.people.map(({ name }) => name)];
  return (
    <li
      class={`row-item${newcomers.has(incident.id) ? ' row-new' : ''}${props.isSelected === true ? ' row-selected' : ''}`}
      {...(at === undefined || heightPx === undefined
        ? {}
        : { style: placeOf(at, heightPx), 'aria-setsize': props.of, 'aria-posinset': at + 1 })}
    >
      {onSelect === undefined ? null : (
        <label class="row-choice">
          <input
            type="checkbox"
            checked={props.isSelected === true}
            aria-label={words('select', { title: incident.title })}
            onClick={(click) => {
              click.preventDefault();
              onSelect(incident.id, click.shiftKey);
            }}
          />
        </label>
      )}
      <a
        class={`row row-${look}${incident.state === 'open' ? ' row-open' : ''}`}
        href={address('incidents', incident.id)}
        data-incident={incident.id}
        aria-current={props.isChosen ? 'true' : undefined}
      >
        <SeverityMark severity={incident.severity} size={18} />
        <span class="row-main">
          <span class="row-title">{incident.title}</span>
          <span class="row-about">
            <Worlds worlds={incident.worlds} />
            <span class="truncate">{where.join(' · ')}</span>
          </span>
        </span>
        {look === 'narrow' ? (
          <span class="row-end">
            <RelativeTime at={incident.last} timeZone={zone} />
            {incident.state === 'open' ? null : <StateChip state={incident.state} />}
          </span>
        ) : (
          <>
            <span class="row-kinds" title={incident.assets.map(({ name }) => name).join(', ')}>
              {kinds.slice(0, MAX_GLYPHS).map((kind) => (
                <Icon key={kind} name={kind} size={15} label={text(`kind.${kind}`)} />
              ))}
              {kinds.length > MAX_GLYPHS ? (
                <span>{text('queue.more-assets', { count: kinds.length - MAX_GLYPHS })}</span>
              ) : null}
            </span>
            <span class="row-count">{text('queue.detections', { count: incident.detections })}</span>
            <span class="row-time">
              <span>{timeSpan(incident.first, incident.last, now.value, zone)}</span>
              <RelativeTime at={incident.last} timeZone={zone} />
            </span>
            <span class="row-state">
              <StateChip state={incident.state} />
              <ServiceChip incident={incident} />
            </span>
            <Initials name={incident.assignee} />
          </>
        )}
      </a>
    </li>
  );
}

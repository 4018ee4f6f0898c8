import type { SiteDoor } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { duration, timeOrDay } from '../../kit/time.ts';
import { text } from '../text.ts';

/** Every door, live. */
export function Doors({ doors, timeZone }: { doors: readonly SiteDoor[]; timeZone: string }) {
  return (
    <section aria-labelledby="doors-title">
      <h2 class="section-title" id="doors-title">
        {text('door.title')}
      </h2>
      {doors.length === 0 ? <p class="soft">{text('door.none')}</p> : null}
      <ul class="tiles">
        {doors.map((door) => (
          <Door key={door.asset} door={door} timeZone={timeZone} />
        ))}
      </ul>
    </section>
  );
}

function Door({ door, timeZone }: { door: SiteDoor; timeZone: string }) {
  const { name, kind, contact, lock, since, lastBadge, online } = door;
  const state = online ? (contact ?? 'unknown') : 'silent';
  const icon = kind === 'cabinet' ? 'cabinet' : contact === 'open' ? 'door-open' : 'door';
  return (
    <li class={`tile door-${state}`}>
      <span class="tile-sign">
        <Icon name={icon} size={30} />
      </span>
      <div class="tile-text">
        <h3 class="tile-name">{name}</h3>
        <p class="tile-value">
          {online ? text(`door.contact.${contact ?? 'unknown'}`) : text('door.silent')}
          {lock === undefined || !online ? null : (
            <span class={`tile-lock${lock === 'jammed' ? ' tile-lock-bad' : ''}`}>
              <Icon name={lock === 'locked' ? 'lock' : 'lock-open'} size={18} />
              {text(`door.lock.${lock}`)}
            </span>
          )}
        </p>
        <p class="tile-detail">
          {[
            ...(since === undefined ? [] : [text('door.for', { duration: duration(now.value - since) })]),
            ...(lastBadge === undefined ? [] : [badgeText(lastBadge, timeZone)]),
          ].join(' · ')}
        </p>
      </div>
    </li>
  );
}

function badgeText({ who, at, granted }: NonNullable<SiteDoor['lastBadge']>, timeZone: string): string {
  const person = who === '' ? text('door.badge-unknown') : who;
  const time = timeOrDay(at, now.value, timeZone);
  return text(granted ? 'door.badge' : 'door.badge-refused', { who: person, time });
}

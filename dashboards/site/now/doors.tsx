import type { SiteCommand, SiteDoor, SiteLock } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { duration, timeOrDay } from '../../kit/time.ts';
import { LockControls } from '../commands/lock-controls.tsx';
import { text } from '../text.ts';

/** Every door, live, with its locks; a lock that is on no door stands for itself. */
export function Doors(props: {
  doors: readonly SiteDoor[];
  locks: readonly SiteLock[];
  commands: readonly SiteCommand[] | undefined;
  timeZone: string;
}) {
  const { doors, locks, commands, timeZone } = props;
  const isOn = (lock: SiteLock, door: SiteDoor) => lock.doors.includes(door.asset);
  const loose = locks.filter((lock) => !doors.some((door) => isOn(lock, door)));
  return (
    <section aria-labelledby="doors-title">
      <h2 class="section-title" id="doors-title">
        {text('door.title')}
      </h2>
      {doors.length === 0 && loose.length === 0 ? <p class="soft">{text('door.none')}</p> : null}
      <ul class="tiles">
        {doors.map((door) => (
          <Door
            key={door.asset}
            door={door}
            locks={locks.filter((lock) => isOn(lock, door))}
            commands={commands}
            timeZone={timeZone}
          />
        ))}
        {loose.map((lock) => (
          <li key={lock.asset} class="tile">
            <span class="tile-sign">
              <Icon name={lock.state === 'unlocked' ? 'lock-open' : 'lock'} size={30} />
            </span>
            <div class="tile-text">
              <h3 class="tile-name">{lock.name}</h3>
              <p class="tile-value">
                {lock.online ? text(`door.lock.${lock.state ?? 'unknown'}`) : text('door.silent')}
              </p>
              <LockControls lock={lock} commands={commands} timeZone={timeZone} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Door(props: {
  door: SiteDoor;
  locks: readonly SiteLock[];
  commands: readonly SiteCommand[] | undefined;
  timeZone: string;
}) {
  const { locks, commands, timeZone } = props;
  const { name, kind, contact, lock, since, lastBadge, online } = props.door;
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
        {locks.map((each) => (
          <LockControls
            key={each.asset}
            lock={each}
            commands={commands}
            timeZone={timeZone}
            isNamed={locks.length > 1}
          />
        ))}
      </div>
    </li>
  );
}

function badgeText({ who, at, granted }: NonNullable<SiteDoor['lastBadge']>, timeZone: string): string {
  const person = who === '' ? text('door.badge-unknown') : who;
  const time = timeOrDay(at, now.value, timeZone);
  return text(granted ? 'door.badge' : 'door.badge-refused', { who: person, time });
}

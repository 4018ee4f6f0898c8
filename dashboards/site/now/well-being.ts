/** How the site is, in one word, and why: what the page says first. Pure. */
import type { SiteAlarm, SitePage, StationStatus } from '../../../edge/api/contract.ts';

/**
 * `urgent`: somebody has to act now. `attention`: somebody should look. `calm`: nothing to do.
 */
export type Level = 'urgent' | 'attention' | 'calm';

/** Something that the site can't see at the moment: calm would be a lie. */
export interface Blind {
  asset: string;
  name: string;
  what: 'temperature' | 'camera' | 'door';
}

export interface WellBeing {
  level: Level;
  /** Nobody has taken note of these yet: what goes on first, and of that the most serious. */
  open: SiteAlarm[];
  /** Somebody has, and their cause goes on. */
  seen: SiteAlarm[];
  blind: Blind[];
}

/** No line is answered: nobody at the monitoring station hears an alarm now. */
export const isStationLost = (station: StationStatus | undefined): boolean =>
  station !== undefined && station.lines.length > 0 && station.lines.every(({ works }) => works === false);

const isUrgent = ({ severity }: SiteAlarm) => severity === 'critical' || severity === 'high';

export function wellBeing(page: SitePage): WellBeing {
  const { alarms, temperatures, cameras, doors, arming, devices } = page;
  const open = alarms
    .filter(({ acknowledged }) => acknowledged === undefined)
    // The gateway has sorted by severity; what is over can wait.
    .sort((a, b) => Number(b.active) - Number(a.active));
  const seen = alarms.filter(({ acknowledged }) => acknowledged !== undefined);
  const blind: Blind[] = [
    ...temperatures
      .filter(({ condition, band }) => condition === 'unknown' && band !== undefined)
      .map(({ asset, name }) => ({ asset, name, what: 'temperature' as const })),
    ...cameras
      .filter(({ picture, online }) => !online || picture === 'obscured')
      .map(({ asset, name }) => ({ asset, name, what: 'camera' as const })),
    ...doors
      .filter(({ online }) => !online)
      .map(({ asset, name }) => ({ asset, name, what: 'door' as const })),
  ];
  const sounding = arming.phase === 'triggered' || arming.phase === 'entry-delay';
  const isOutside = temperatures.some(
    ({ condition }) => condition === 'excursion' || condition === 'warning',
  );
  // Nobody would hear an alarm, or a door does not hold.
  const isWeak =
    isStationLost(page.station) ||
    (page.locks ?? []).some(({ state, online }) => state === 'jammed' || !online);
  const level: Level =
    sounding || open.some(isUrgent)
      ? 'urgent'
      : open.length > 0 || seen.length > 0 || blind.length > 0 || isOutside || isWeak || devices.length === 0
        ? 'attention'
        : 'calm';
  return { level, open, seen, blind };
}

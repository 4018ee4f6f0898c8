import { now } from './clock.ts';
import { fullTime, preciseTime, relative } from './time.ts';

/** `12 min ago`, kept up to date; the exact time in the site's zone is its tooltip. */
export function RelativeTime({ at, timeZone }: { at: number; timeZone: string }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at, timeZone)}>
      {relative(at, now.value)}
    </time>
  );
}

/** `14:05:09`, with the full time as its tooltip. */
export function ExactTime({ at, timeZone }: { at: number; timeZone: string }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at, timeZone)}>
      {preciseTime(at, timeZone)}
    </time>
  );
}

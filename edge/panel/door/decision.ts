/** Whether a badge opens what belongs to a reader at this time, and why not. */
import type { Identity } from '../../../devices/model/identity.ts';
import { openingsOf } from '../../rules/surroundings.ts';
import type { PanelContext } from '../outcome.ts';
import { type AccessConfiguration, settingsOf } from './configuration.ts';
import { isWithin } from './hours.ts';
import { contradiction, passingAt, type Whereabouts } from './whereabouts.ts';

export type Refusal =
  | 'unknown-badge'
  | 'no-door'
  | 'not-of-this-site'
  | 'not-this-door'
  | 'outside-hours'
  | 'anti-passback'
  | 'too-late'
  | 'not-expected'
  | 'no-code'
  | 'code-locked'
  | 'wrong-code'
  | 'code-missing'
  | 'code-without-badge'
  | 'second-person-missing';

export type AccessDecision =
  | {
      granted: true;
      person: Identity;
      opens: string[];
      /** A code is wanted before anything opens. */
      needsCode: boolean;
      /** Where the badge was last seen contradicts this; let through all the same. */
      remark?: 'passed-back' | 'came-otherwise';
    }
  | { granted: false; because: Refusal; person?: Identity; opens: string[] };

/** What a reader opens: what its settings name, else what it guards or is built into. */
export const openedBy = (reader: string, { readers }: AccessConfiguration, { registry }: PanelContext) =>
  readers.find((entry) => entry.reader === reader)?.opens ?? openingsOf(reader, registry).map(({ id }) => id);

/** A reader on a desk, for signing in alone: a badge there wants no door, and is refused nothing. */
export const isForSignInAlone = (
  reader: string,
  configuration: AccessConfiguration,
  context: PanelContext,
): boolean =>
  configuration.signInReaders?.includes(reader) === true &&
  openedBy(reader, configuration, context).length === 0;

/** Whether weekly hours of this person at this reader cover an instant. */
function isInHours(
  person: Identity,
  reader: string,
  at: number,
  configuration: AccessConfiguration,
  { site, registry }: PanelContext,
): boolean {
  const { readers, people, schedules, holidays } = configuration;
  const place = registry.site(site);
  if (place === undefined) return false;
  const own = people.find(({ identity }) => identity === person.id)?.schedule;
  const named = schedules.find(({ id }) => id === own);
  const hours = named?.hours ?? readers.find((entry) => entry.reader === reader)?.hours ?? place.opening;
  const kept = named?.onHolidays === 'as-usual' ? [] : holidays;
  return isWithin(hours, place.timeZone, at, kept);
}

export function decideAccess(
  badge: string,
  reader: string,
  at: number,
  configuration: AccessConfiguration,
  context: PanelContext,
  known: Whereabouts = {},
): AccessDecision {
  const { site, registry } = context;
  const own = configuration.readers.find((entry) => entry.reader === reader);
  const opens = openedBy(reader, configuration, context);
  const person = registry.resolve({ badge });
  if (person === undefined) return { granted: false, because: 'unknown-badge', opens };
  const refused = (because: Refusal): AccessDecision => ({ granted: false, because, person, opens });
  if (opens.length === 0) return refused('no-door');
  if (!person.sites.includes(site)) return refused('not-of-this-site');
  const allowed = opens.filter(
    (id) => person.mayOpen.length === 0 || person.mayOpen.includes(id) || person.mayOpen.includes(reader),
  );
  if (allowed.length === 0) return refused('not-this-door');
  const hasSchedule = configuration.people.some(
    ({ identity, schedule }) => identity === person.id && schedule !== undefined,
  );
  // Asked only where it matters: the calendar is the dearest part of the answer.
  const isOutside = () => !isInHours(person, reader, at, configuration, context);
  // A schedule of their own binds staff, too: that is what it was given to them for.
  const isBound = hasSchedule || !configuration.outsideHours.includes(person.kind);
  if (isBound && isOutside()) return refused('outside-hours');
  let remark: 'passed-back' | 'came-otherwise' | undefined;
  for (const door of allowed) {
    const { antiPassback } = settingsOf(door, configuration);
    if (antiPassback === 'off') continue;
    const passing = passingAt(reader, door, configuration, registry);
    const found = contradiction(known, person.id, passing, at, configuration.whereaboutsMs);
    // Nobody is locked in: only who is inside already is refused.
    if (found === 'passed-back' && antiPassback === 'hard') return refused('anti-passback');
    remark ??= found;
  }
  const needsCode = own?.code === 'always' || (own?.code === 'outside-hours' && !isBound && isOutside());
  return { granted: true, person, opens: allowed, needsCode, ...(remark !== undefined && { remark }) };
}

/**
 * One sign-in that waits for a badge, as a pure function of what happens to it.
 *
 * A reader does not know for whom a badge is held to it. An attacker who has the page open, and lets it wait at a
 * reader, needs only that somebody with more rights comes by and uses that reader for reasons of their own. So being
 * presented is never enough: something has to go from this very page through the person who holds the badge.
 *
 * - With a PIN (`pin`, the usual), the page asks for the PIN of whoever presented the badge, without saying who that
 *   is. Somebody else's badge then gains an attacker nothing: a PIN had to be guessed before, too, and wrong ones are
 *   counted and locked alike. It is also the only way to call for help in secret, with the second PIN.
 * - Without one (`none`), the page alone shows how often the badge is to be held to the reader, and neither fewer nor
 *   more will do: who passes a door holds it there once, who was not understood a second time. Any other badge in
 *   between ends it. That is weaker than a PIN, and is refused for a reader that opens anything.
 *
 * One page waits at a reader and it can't be pushed aside: otherwise an attacker would take over in the second in which
 * somebody lifts the badge. Who finds the reader taken is shown the word of the page that waits there, and holds
 * no badge to it unless that word stands on a page of their own.
 */

/** From choosing "badge" to having presented it, real ms. */
export const BADGE_WITHIN_MS = 45_000;
/** From the badge to the PIN. */
export const PIN_WITHIN_MS = 45_000;
/** After the last presentation it must be quiet for this long: who goes on did not read the number. */
export const QUIET_MS = 1_500;
/** A card that lies on the reader is read again and again: that is one presentation. */
export const SAME_PRESENTATION_MS = 600;
/** How often a badge may have to be presented: more often than somebody does who was not understood at once. */
export const FEWEST_TIMES = 3;
export const MOST_TIMES = 5;
/** A PIN is mistyped now and then; the guard of all names counts on beyond this sign-in. */
export const MAX_WRONG_PINS = 3;

export type SecondFactor = 'pin' | 'none';
export type BadgeRefusal =
  | 'unknown-badge'
  | 'not-a-user'
  | 'wrong-count'
  | 'another-badge'
  | 'too-many-wrong-pins';

export interface BadgeWait {
  readonly secondFactor: SecondFactor;
  readonly times: number;
  /** On the clock that never jumps. */
  readonly untilMs: number;
  readonly phase:
    | { readonly is: 'waiting'; readonly badge?: string; readonly count: number; readonly lastMs: number }
    | { readonly is: 'presented'; readonly badge: string; readonly wrongPins: number }
    | { readonly is: 'ready'; readonly badge: string }
    | { readonly is: 'refused'; readonly because: BadgeRefusal; readonly badge?: string };
}

export const waitFor = (secondFactor: SecondFactor, times: number, nowMs: number): BadgeWait => ({
  secondFactor,
  times: secondFactor === 'pin' ? 1 : times,
  untilMs: nowMs + BADGE_WITHIN_MS,
  phase: { is: 'waiting', count: 0, lastMs: Number.NEGATIVE_INFINITY },
});

export const refusedFor = (wait: BadgeWait, because: BadgeRefusal, badge?: string): BadgeWait => ({
  ...wait,
  phase: { is: 'refused', because, ...(badge !== undefined && { badge }) },
});

/** A badge was held to its reader. */
export function badgeShown(before: BadgeWait, badge: string, nowMs: number): BadgeWait {
  const wait = timePassed(before, nowMs);
  if (nowMs >= wait.untilMs) return wait;
  const { phase } = wait;
  if (phase.is !== 'waiting') {
    if (phase.is === 'refused') return wait;
    if (phase.badge !== badge) return refusedFor(wait, 'another-badge', badge);
    // The number was right and is so no more; with a PIN to come, a second time changes nothing.
    return phase.is === 'ready' ? refusedFor(wait, 'wrong-count', badge) : wait;
  }
  if (phase.badge !== undefined && phase.badge !== badge) return refusedFor(wait, 'another-badge', badge);
  if (wait.secondFactor === 'pin')
    return { ...wait, untilMs: nowMs + PIN_WITHIN_MS, phase: { is: 'presented', badge, wrongPins: 0 } };
  if (nowMs - phase.lastMs < SAME_PRESENTATION_MS)
    return { ...wait, phase: { ...phase, badge, lastMs: nowMs } };
  const count = phase.count + 1;
  return count > wait.times
    ? refusedFor(wait, 'wrong-count', badge)
    : { ...wait, phase: { is: 'waiting', badge, count, lastMs: nowMs } };
}

/** The right number of presentations, and quiet since: it is good. */
export function timePassed(wait: BadgeWait, nowMs: number): BadgeWait {
  const { phase, times } = wait;
  if (phase.is !== 'waiting' || phase.badge === undefined || wait.secondFactor === 'pin') return wait;
  if (phase.count !== times || nowMs - phase.lastMs < QUIET_MS) return wait;
  return { ...wait, untilMs: phase.lastMs + BADGE_WITHIN_MS, phase: { is: 'ready', badge: phase.badge } };
}

/** A PIN was typed that is not that of whoever presented the badge. */
export function pinWrong(wait: BadgeWait): BadgeWait {
  const { phase } = wait;
  if (phase.is !== 'presented') return wait;
  const wrongPins = phase.wrongPins + 1;
  return wrongPins >= MAX_WRONG_PINS
    ? refusedFor(wait, 'too-many-wrong-pins', phase.badge)
    : { ...wait, phase: { ...phase, wrongPins } };
}

/** The answer to a badge and to a code: let in, refused, or one thing more is wanted. */
import type { Identity } from '../../../devices/model/identity.ts';
import { atLeastReal, type PanelContext } from '../outcome.ts';
import type { AccessState, Holder, Presented, Waiting } from './access-state.ts';
import { grant, pending, refuse, signal, underDuress } from './answers.ts';
import { type AccessConfiguration, settingsOf } from './configuration.ts';
import { decideAccess, type Refusal } from './decision.ts';
import { type AccessOutcome, andThen, nothingYet } from './doors.ts';

/** So many wrong codes in a row, and no code of this person counts for a while. */
export const MAX_WRONG_CODES = 3;
export const CODE_LOCK_MS = 120_000;
/** A comparison takes a tenth of a second; one that a restart has interrupted is given up after this. */
const COMPARING_MS = 10_000;
/** Whose wrong codes are remembered. */
const MAX_WRONG_PEOPLE = 10_000;

/** Besides the configuration: what others know of people and badges. */
export interface AccessRules {
  /** Somebody's badge does not open now although it otherwise would: a courier whom nobody expects. */
  refuses?(person: Identity, reader: string, at: number): boolean;
  /** A vehicle's tag opens nothing, and is no stranger's badge. */
  isVehicle?(badge: string): boolean;
}

/** A badge that was presented so long ago opens nothing: whoever held it has gone. */
export const STALE_MS = 15_000;
const MIN_REAL_STALE_MS = 5_000;

export function presented(
  before: AccessState,
  shown: Presented,
  configuration: AccessConfiguration,
  context: PanelContext,
  rules: AccessRules = {},
): AccessOutcome {
  const { reader, badge, at, observation } = shown;
  const turn = before.waiting[reader];
  // The code before it comes first, however long the comparison takes.
  if (turn?.comparing === true)
    return nothingYet({ ...before, waiting: { ...before.waiting, [reader]: { ...turn, next: shown } } });
  const decision = decideAccess(badge, reader, at, configuration, context, before.whereabouts);
  const waiting = before.waiting[reader];
  const begun = nothingYet(before);
  if (!decision.granted)
    return refuse(begun, shown, decision.because, decision.person?.id, decision.opens, context);
  const { person, opens, needsCode, remark } = decision;
  if (shown.now - at > atLeastReal(STALE_MS, MIN_REAL_STALE_MS, context))
    return refuse(begun, shown, 'too-late', person.id, opens, context);
  if (rules.refuses?.(person, reader, at) === true)
    return refuse(begun, shown, 'not-expected', person.id, opens, context);
  const who: Holder = {
    identity: person.id,
    badge,
    presented: observation,
    withCode: false,
    ...(remark !== undefined && { remark }),
  };
  // Somebody else's badge while a code is awaited: that one has gone, or has been pushed aside.
  const given =
    waiting?.wants === 'code' && waiting.who.identity !== person.id
      ? missed(begun, reader, waiting, at)
      : begun;
  const first = firstOf(given.state.waiting[reader], at);
  if (!needsCode) return next(given, shown, who, opens, first, configuration, context);
  const settings = configuration.people.find(({ identity }) => identity === person.id);
  if (settings?.codeHash === undefined) return refuse(given, shown, 'no-code', person.id, opens, context);
  const wrong = given.state.wrongCodes[person.id];
  if (wrong !== undefined && wrong.lockedUntil > at)
    return refuse(given, shown, 'code-locked', person.id, opens, context);
  const asked: Waiting = {
    wants: 'code',
    who,
    opens,
    until: shown.now + configuration.codeMs,
    ...(first !== undefined && { first }),
  };
  return andThen(given, pending(given.state, shown, asked, 'code'));
}

/** Who waits for a second person at this reader. */
function firstOf(waiting: Waiting | undefined, at: number): Waiting['first'] {
  const first =
    waiting?.wants === 'second-person'
      ? { who: waiting.who, until: waiting.until, opens: waiting.opens }
      : waiting?.first;
  return first !== undefined && first.until >= at ? first : undefined;
}

/** Badge, and code where one was wanted, are good: let in, unless a second person is wanted. */
function next(
  given: AccessOutcome,
  shown: Presented,
  who: Holder,
  opens: readonly string[],
  first: Waiting['first'],
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  const { at } = shown;
  const windowOf = (door: string) => settingsOf(door, configuration).twoPersonsMs;
  const twoPersonsMs = Math.min(...opens.flatMap((door) => windowOf(door) ?? []), Number.POSITIVE_INFINITY);
  if (twoPersonsMs === Number.POSITIVE_INFINITY)
    return grant(given, shown, [who], opens, configuration, context);
  if (first !== undefined && first.who.identity !== who.identity) {
    // What takes two opens only where both may open it.
    const both = opens.filter((door) => windowOf(door) === undefined || first.opens.includes(door));
    if (both.length > 0) return grant(given, shown, [first.who, who], both, configuration, context);
  }
  // The same badge again does not make two of one, nor does it begin anew.
  const waits = first?.who.identity === who.identity ? first : undefined;
  const until = waits?.until ?? at + twoPersonsMs;
  const waiting: Waiting = { wants: 'second-person', who: waits?.who ?? who, opens: [...opens], until };
  return andThen(given, pending(given.state, shown, waiting, 'second-person'));
}

/** A code that was typed at a reader and compared. */
export interface Typed {
  reader: string;
  at: number;
  outcome: 'right' | 'duress' | 'wrong';
}

/** The answer to a code. Without a badge before it, it is a refusal: somebody tries the keys. */
export function typed(
  before: AccessState,
  code: Typed,
  configuration: AccessConfiguration,
  context: PanelContext,
  rules: AccessRules = {},
): AccessOutcome {
  const { reader } = code;
  const { comparing: _compared, next, ...waiting } = before.waiting[reader] ?? {};
  const isAsked = 'wants' in waiting;
  const compared = isAsked ? { ...before, waiting: { ...before.waiting, [reader]: waiting } } : before;
  const answered = codeAnswered(compared, code, configuration, context);
  return next === undefined
    ? answered
    : andThen(answered, presented(answered.state, next, configuration, context, rules));
}

/** A code has been typed, and is going to be compared. */
export function typing(before: AccessState, reader: string, at: number): AccessState {
  const waiting = before.waiting[reader];
  return waiting?.wants !== 'code' || at > waiting.until
    ? before
    : {
        ...before,
        waiting: {
          ...before.waiting,
          [reader]: { ...waiting, comparing: true, until: Math.max(waiting.until, at + COMPARING_MS) },
        },
      };
}

function codeAnswered(
  before: AccessState,
  { reader, at, outcome }: Typed,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  const begun = nothingYet(before);
  const waiting = before.waiting[reader];
  if (waiting?.wants !== 'code' || at > waiting.until)
    return refuse(
      begun,
      { reader, at, observation: `${reader}@${at}` },
      'code-without-badge',
      undefined,
      [],
      context,
    );
  const { who, opens, first } = waiting;
  const shown: Presented = { reader, badge: who.badge, at, now: at, observation: who.presented };
  if (outcome !== 'wrong') {
    // Nothing at the door may show it: no siren, no light, no refusal.
    const help =
      outcome === 'duress' ? [underDuress(reader, who.identity, opens, who.presented, at, context)] : [];
    const holder: Holder = { ...who, withCode: true };
    return next({ ...begun, detections: help }, shown, holder, opens, first, configuration, context);
  }
  const count = (before.wrongCodes[who.identity]?.count ?? 0) + 1;
  const isLocked = count >= MAX_WRONG_CODES;
  const { [reader]: _over, ...others } = before.waiting;
  const remembered = Object.entries(before.wrongCodes).slice(-(MAX_WRONG_PEOPLE - 1));
  const state: AccessState = {
    ...before,
    waiting: isLocked ? withFirst(others, reader, first) : before.waiting,
    wrongCodes: {
      ...Object.fromEntries(remembered),
      [who.identity]: isLocked ? { count: 0, lockedUntil: at + CODE_LOCK_MS } : { count, lockedUntil: 0 },
    },
  };
  return refuse(nothingYet(state), shown, 'wrong-code', who.identity, opens, context);
}

/** Who waited for a second person goes on waiting. */
const withFirst = (
  waiting: AccessState['waiting'],
  reader: string,
  first: Waiting['first'],
): AccessState['waiting'] =>
  first === undefined ? waiting : { ...waiting, [reader]: { wants: 'second-person', ...first } };

/** What was wanted did not come in time. */
export function missed(given: AccessOutcome, reader: string, waiting: Waiting, at: number): AccessOutcome {
  const { [reader]: _over, ...others } = given.state.waiting;
  const { who, wants, opens, first } = waiting;
  const stillWaits = first !== undefined && first.until > at ? first : undefined;
  const state: AccessState = { ...given.state, waiting: withFirst(others, reader, stillWaits) };
  const because: Refusal = wants === 'code' ? 'code-missing' : 'second-person-missing';
  return andThen(given, {
    state,
    observations: [
      {
        kind: 'access.denied',
        asset: reader,
        observedAt: Math.min(at, waiting.until),
        subjects: { badge: who.badge, identity: who.identity },
        facts: { presented: who.presented, opens: opens.join(', ').slice(0, 512), because },
      },
    ],
    detections: [],
    actions: signal(reader, 'reader.denied', because),
  });
}

/** The answer to a badge and to a code: let in, refused, or one thing more is wanted. */
import type { Identity } from '../../../devices/model/identity.ts';
import type { Facts } from '../../../devices/model/observation.ts';
import { DEFAULT_ACTION_LIFETIME_MS } from '../../rules/rule.ts';
import { nameOf } from '../../rules/wording.ts';
import { each, panelDetection } from '../alarm.ts';
import type { PanelContext } from '../outcome.ts';
import type { AccessState, Holder, Waiting } from './access-state.ts';
import { type AccessConfiguration, settingsOf } from './configuration.ts';
import { decideAccess, type Refusal } from './decision.ts';
import {
  type AccessOutcome,
  andThen,
  atDoor,
  isWatchedDoor,
  lockOrdered,
  locksOf,
  nothingYet,
} from './doors.ts';
import { passingAt } from './whereabouts.ts';

/** So many wrong codes in a row, and no code of this person counts for a while. */
export const MAX_WRONG_CODES = 3;
export const CODE_LOCK_MS = 120_000;
/** Whose wrong codes are remembered. */
const MAX_WRONG_PEOPLE = 10_000;

/** A badge at a reader. */
export interface Presented {
  reader: string;
  badge: string;
  at: number;
  /** When the commands that follow from it go out: a badge from before a gap must not open a door now. */
  now: number;
  /** Id of its observation. */
  observation: string;
}

/** Besides the configuration: what others know of people and badges. */
export interface AccessRules {
  /** Somebody's badge does not open now although it otherwise would: a courier whom nobody expects. */
  refuses?(person: Identity, reader: string, at: number): boolean;
  /** A vehicle's tag opens nothing, and is no stranger's badge. */
  isVehicle?(badge: string): boolean;
}

/** A badge that was presented so long ago opens nothing: whoever held it has gone. */
export const STALE_MS = 15_000;

export function presented(
  before: AccessState,
  shown: Presented,
  configuration: AccessConfiguration,
  context: PanelContext,
  rules: AccessRules = {},
): AccessOutcome {
  const { reader, badge, at, observation } = shown;
  const decision = decideAccess(badge, reader, at, configuration, context, before.whereabouts);
  const waiting = before.waiting[reader];
  const begun = nothingYet(before);
  if (!decision.granted)
    return refuse(begun, shown, decision.because, decision.person?.id, decision.opens, context);
  const { person, opens, needsCode, remark } = decision;
  if (shown.now - at > STALE_MS) return refuse(begun, shown, 'too-late', person.id, opens, context);
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
    waiting?.wants === 'second-person' ? { who: waiting.who, until: waiting.until } : waiting?.first;
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
  const twoPersonsMs = Math.min(
    ...opens.flatMap((door) => settingsOf(door, configuration).twoPersonsMs ?? []),
    Number.POSITIVE_INFINITY,
  );
  const isSecond = first !== undefined && first.who.identity !== who.identity;
  if (twoPersonsMs === Number.POSITIVE_INFINITY || isSecond)
    return grant(given, shown, isSecond ? [first.who, who] : [who], opens, configuration, context);
  // The same badge again does not make two of one, nor does it begin anew.
  const until = first?.until ?? at + twoPersonsMs;
  const waiting: Waiting = { wants: 'second-person', who: first?.who ?? who, opens: [...opens], until };
  return andThen(given, pending(given.state, shown, waiting, 'second-person'));
}

function pending(
  state: AccessState,
  { reader, badge, at, observation }: Presented,
  waiting: Waiting,
  wants: Waiting['wants'],
): AccessOutcome {
  return {
    state: { ...state, waiting: { ...state.waiting, [reader]: waiting } },
    observations: [
      {
        kind: 'access.pending',
        asset: reader,
        observedAt: at,
        subjects: { badge, identity: waiting.who.identity },
        facts: { presented: observation, wants, opens: waiting.opens.join(', ').slice(0, 512) },
      },
    ],
    detections: [],
    actions: signal(
      reader,
      'reader.waiting',
      wants === 'code' ? 'a code is wanted' : 'a second person is wanted',
    ),
  };
}

const signal = (
  reader: string,
  action: 'reader.granted' | 'reader.denied' | 'reader.waiting',
  reason: string,
) => each([reader], action, reason).map((made) => ({ ...made, lifetimeMs: 3_000, issuedBy: 'access' }));

export function refuse(
  given: AccessOutcome,
  { reader, badge, at, observation }: Pick<Presented, 'reader' | 'at' | 'observation'> & { badge?: string },
  because: Refusal,
  identity: string | undefined,
  opens: readonly string[],
  context: PanelContext,
): AccessOutcome {
  const subjects = { ...(badge !== undefined && { badge }), ...(identity !== undefined && { identity }) };
  const facts: Facts = { presented: observation, opens: opens.join(', ').slice(0, 512), because };
  const passedBack = because === 'anti-passback' && identity !== undefined;
  return andThen(given, {
    state: given.state,
    observations: [
      {
        kind: 'access.denied',
        asset: reader,
        observedAt: at,
        ...(Object.keys(subjects).length > 0 && { subjects }),
        facts,
      },
    ],
    detections: passedBack
      ? [contradicted('passed-back', 'medium', reader, identity, observation, at, given.state, context)]
      : [],
    actions: signal(reader, 'reader.denied', because),
  });
}

/** What a badge's last passage says of this one, as a detection. */
function contradicted(
  remark: 'passed-back' | 'came-otherwise',
  severity: 'low' | 'medium',
  reader: string,
  identity: string,
  observation: string,
  at: number,
  { whereabouts }: AccessState,
  context: PanelContext,
) {
  const { registry } = context;
  const name = registry.identity(identity)?.name ?? identity;
  const last = whereabouts[identity];
  const zone = last === undefined ? 'another zone' : (registry.zone(last.zone)?.name ?? last.zone);
  const rule = remark === 'passed-back' ? 'anti-passback' : 'tailgating';
  return panelDetection(rule, severity, observation, at, { asset: reader }, context, {
    summary:
      remark === 'passed-back'
        ? `The badge of ${name} is shown at ${nameOf(reader, registry)} to come in, but it is inside already (${zone}).`
        : `The badge of ${name} is shown at ${nameOf(reader, registry)}, but was last seen in ${zone}: a door between was passed behind somebody else.`,
    identities: [identity],
    evidence: [observation],
    facts: { how: remark, ...(last !== undefined && { lastZone: last.zone, lastAt: last.at }) },
    tactic: 'TA0001',
  });
}

function grant(
  given: AccessOutcome,
  shown: Presented,
  holders: readonly Holder[],
  opens: readonly string[],
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  const { reader, at, now } = shown;
  const { registry } = context;
  const last = holders.at(-1);
  if (last === undefined) return given;
  const [before] = holders.slice(0, -1);
  const locks = opens.flatMap((id) => locksOf(id, context));
  const timed = locks.filter((lock) => !configuration.selfLocking.includes(lock));
  const until = now + configuration.unlockMs;
  const name = registry.identity(last.identity)?.name ?? last.identity;
  const { [reader]: _over, ...waiting } = given.state.waiting;
  const { [last.identity]: _forgiven, ...wrongCodes } = given.state.wrongCodes;
  const lifetimeMs = Math.min(DEFAULT_ACTION_LIFETIME_MS, configuration.unlockMs);
  let outcome = andThen(given, {
    state: {
      ...given.state,
      waiting,
      wrongCodes: last.withCode ? wrongCodes : given.state.wrongCodes,
      openUntil: { ...given.state.openUntil, ...Object.fromEntries(timed.map((lock) => [lock, until])) },
    },
    observations: [
      {
        kind: 'access.granted',
        asset: reader,
        observedAt: at,
        subjects: { badge: last.badge, identity: last.identity },
        facts: {
          presented: last.presented,
          opens: opens.join(', ').slice(0, 512),
          ...(last.withCode && { code: true }),
          ...(before !== undefined && { with: before.identity }),
        },
      },
    ],
    detections: holders.flatMap(({ identity, remark, presented: observation, duress }) => [
      ...(remark === undefined
        ? []
        : [contradicted(remark, 'low', reader, identity, observation, at, given.state, context)]),
      // Nothing at the door may show it: no siren, no light, no refusal.
      ...(duress === true ? [underDuress(reader, identity, opens, observation, at, context)] : []),
    ]),
    actions: [
      ...each(locks, 'lock.unlock', `badge of ${name}`).map((action) => ({
        ...action,
        // Nobody waits at a door longer than it would have stayed open.
        lifetimeMs,
        issuedBy: 'access',
      })),
      ...signal(reader, 'reader.granted', `badge of ${name}`),
    ],
  });
  for (const door of opens) {
    if (!isWatchedDoor(door, configuration, context)) continue;
    const { to } = passingAt(reader, door, configuration, registry);
    const guests = holders.map(({ identity }) => ({ person: identity, ...(to !== undefined && { to }) }));
    const input = { type: 'granted' as const, at, observation: last.presented, guests: guests.toReversed() };
    outcome = atDoor(outcome, door, input, configuration, context);
  }
  return lockOrdered(outcome, locks, 'unlocked', now, configuration, context);
}

function underDuress(
  reader: string,
  identity: string,
  opens: readonly string[],
  observation: string,
  at: number,
  context: PanelContext,
) {
  const { registry } = context;
  const name = registry.identity(identity)?.name ?? identity;
  const doors = opens.map((door) => nameOf(door, registry)).join(', ');
  return panelDetection('duress', 'critical', observation, at, { asset: reader }, context, {
    summary: `${name} opened ${doors} with the code that says "I am being forced".`,
    assets: [reader, ...opens],
    identities: [identity],
    evidence: [observation],
    tactic: 'TA0001',
  });
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
    const holder: Holder = { ...who, withCode: true, ...(outcome === 'duress' && { duress: true }) };
    return next(begun, shown, holder, opens, first, configuration, context);
  }
  const count = (before.wrongCodes[who.identity]?.count ?? 0) + 1;
  const isLocked = count >= MAX_WRONG_CODES;
  const { [reader]: _over, ...others } = before.waiting;
  const remembered = Object.entries(before.wrongCodes).slice(-(MAX_WRONG_PEOPLE - 1));
  const state: AccessState = {
    ...before,
    waiting: isLocked ? withFirst(others, reader, opens, first) : before.waiting,
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
  opens: string[],
  first: Waiting['first'],
): AccessState['waiting'] =>
  first === undefined ? waiting : { ...waiting, [reader]: { wants: 'second-person', opens, ...first } };

/** What was wanted did not come in time. */
export function missed(given: AccessOutcome, reader: string, waiting: Waiting, at: number): AccessOutcome {
  const { [reader]: _over, ...others } = given.state.waiting;
  const { who, wants, opens, first } = waiting;
  const stillWaits = first !== undefined && first.until > at ? first : undefined;
  const state: AccessState = { ...given.state, waiting: withFirst(others, reader, opens, stillWaits) };
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

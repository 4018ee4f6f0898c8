/** What follows from the answer: the observation that says it, commands to locks and reader, and what was remarked. */
import type { Facts } from '../../../devices/model/observation.ts';
import { DEFAULT_ACTION_LIFETIME_MS } from '../../rules/rule.ts';
import { nameOf } from '../../rules/wording.ts';
import { each, panelDetection } from '../alarm.ts';
import type { PanelContext } from '../outcome.ts';
import type { AccessState, Holder, Presented, Waiting } from './access-state.ts';
import type { AccessConfiguration } from './configuration.ts';
import type { Refusal } from './decision.ts';
import {
  type AccessOutcome,
  andThen,
  atDoor,
  isWatchedDoor,
  lockedAgain,
  lockOrdered,
  locksOf,
} from './doors.ts';
import { passingAt } from './whereabouts.ts';

/** One thing more is wanted. */
export function pending(
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

export const signal = (
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

/** Let in: whoever showed the last badge, and whoever waited for them. */
export function grant(
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
  const timed = lockedAgain(locks, given.state, configuration, context);
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
    detections: holders.flatMap(({ identity, remark, presented: observation }) =>
      remark === undefined
        ? []
        : [contradicted(remark, 'low', reader, identity, observation, at, given.state, context)],
    ),
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

/** Help is called as soon as the code is given, whether or not anything opens. */
export function underDuress(
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
    summary: `${name} has given the code that says "I am being forced", at ${doors}.`,
    assets: [reader, ...opens],
    identities: [identity],
    evidence: [observation],
    tactic: 'TA0001',
  });
}

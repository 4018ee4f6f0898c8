/**
 * What happens at one door, or one cabinet, as a pure state machine: who was let through, who passed, how long it
 * stands open, whether its locks do what they were told. That it was forced or is held open is reported by the rules
 * of those names (edge/rules), once an opening; here is what takes more than the door's contact to see.
 */
import type { DoorSettings } from './configuration.ts';
import { failed, isHeldUnlocked, ordered, reported, strayed } from './door-locks.ts';
import { type DoorInput, type DoorOutcome, type DoorState, type Guest, unchanged } from './door-state.ts';

/** A contact that bounces is no second opening. */
export const BOUNCE_MS = 1_000;
/** A grant that travels more slowly than the door's contact explains an opening this long before it. */
export const SETTLE_MS = 3_000;
/** Requests to exit through which nobody goes: this many within the window are no coincidence. */
export const MAX_IDLE_EXITS = 3;
export const IDLE_EXITS_MS = 600_000;
/** People let through with one opening. */
const MAX_TOGETHER = 16;

/** A door that may stand open while the site is open is looked at again after this. */
const LOOK_AGAIN_MS = 60_000;

/** One step. What has fallen due before it is done first. */
export function doorStep(
  before: DoorState,
  input: DoorInput,
  settings: DoorSettings & { passageMs: number },
  isSiteOpen: boolean,
): DoorOutcome {
  const due = passTime(before, input.at, settings, isSiteOpen);
  if (input.type === 'time') return due;
  const made = happen(due.state, input, settings);
  const buzz = made.buzz ?? due.buzz;
  return {
    state: made.state,
    findings: [...due.findings, ...made.findings],
    passed: [...due.passed, ...made.passed],
    ...(buzz !== undefined && { buzz }),
    ...(made.mayLock === true && { mayLock: true }),
  };
}

function happen(
  state: DoorState,
  input: Exclude<DoorInput, { type: 'time' }>,
  settings: DoorSettings & { passageMs: number },
): DoorOutcome {
  switch (input.type) {
    case 'granted':
    case 'exit':
      return letThrough(state, input, settings.passageMs);
    case 'opened':
      return opened(state, input.at, input.observation);
    case 'closed':
      return closed(state, input.at, settings);
    case 'lock':
      return unchanged(reported(state, input.lock, input.is, input.at));
    case 'ordered':
      return unchanged(ordered(state, input, settings.lockFollowsMs));
    case 'failed':
      return failed(state, input);
  }
}

/** Somebody was let through. Two badges before one opening are leave for two. */
function letThrough(
  state: DoorState,
  input: Extract<DoorInput, { type: 'granted' | 'exit' }>,
  passageMs: number,
): DoorOutcome {
  const { at, observation } = input;
  const guests = input.type === 'granted' ? input.guests : [];
  const { open } = state;
  // The contact was quicker than the badge's answer: the opening is explained, and the leave is used.
  const isLate = open?.how === 'forced' && at - open.at <= SETTLE_MS;
  const running = state.pass !== undefined && state.pass.until >= at ? state.pass : undefined;
  const who = guests[0]?.person ?? running?.who;
  const waiting = [...(running?.guests ?? []), ...guests].slice(-MAX_TOGETHER);
  const goNow = isLate || !state.hasContact;
  const pass: NonNullable<DoorState['pass']> = {
    at,
    until: at + passageMs,
    observation,
    how: input.type,
    allowed: Math.min(MAX_TOGETHER, (running?.allowed ?? 0) + 1),
    used: (running?.used ?? 0) + (isLate ? 1 : 0),
    guests: goNow ? [] : waiting,
    ...(isLate
      ? { lastOpenedAt: open.at }
      : running?.lastOpenedAt !== undefined && { lastOpenedAt: running.lastOpenedAt }),
    ...(who !== undefined && { who }),
  };
  return {
    state: {
      ...state,
      pass,
      ...(isLate && { open: { ...open, how: input.type, ...(who !== undefined && { who }) } }),
    },
    findings: [],
    passed: goNow ? passedBy(waiting, at) : [],
  };
}

const passedBy = (guests: readonly Guest[], at: number): DoorOutcome['passed'] =>
  guests.flatMap(({ person, to }) => (to === undefined ? [] : [{ person, to, at }]));

function opened(before: DoorState, at: number, observation: string): DoorOutcome {
  const state: DoorState = { ...before, hasContact: true };
  if (state.open !== undefined) return unchanged(state);
  const pass = state.pass !== undefined && at <= state.pass.until ? state.pass : undefined;
  const begin = (how: NonNullable<DoorState['open']>['how']): NonNullable<DoorState['open']> => ({
    at,
    observation,
    how,
    warned: false,
    ...(pass?.who !== undefined && (how === 'granted' || how === 'exit') && { who: pass.who }),
  });
  const isUnused = pass !== undefined && pass.used < pass.allowed;
  // Whoever was let through uses that, also where the door stands unlocked for everybody.
  if (!isUnused && isHeldUnlocked(state)) return unchanged({ ...state, open: begin('unlocked') });
  if (pass === undefined) return unchanged({ ...state, open: begin('forced') });
  const used = Math.min(pass.allowed, pass.used + 1);
  const apartMs = at - (pass.lastOpenedAt ?? at);
  return {
    state: {
      ...state,
      pass: { ...pass, used, lastOpenedAt: at, guests: [] },
      open: begin(pass.how),
    },
    findings:
      isUnused || apartMs < BOUNCE_MS
        ? []
        : [
            {
              what: 'tailgating',
              at,
              trigger: observation,
              who: pass.who,
              apartMs,
              evidence: [pass.observation, observation],
            },
          ],
    passed: passedBy(pass.guests, at),
  };
}

function closed(before: DoorState, at: number, { locksOnClosing }: DoorSettings): DoorOutcome {
  const state: DoorState = { ...before, hasContact: true };
  const { open } = state;
  if (open === undefined || at < open.at) return unchanged(state);
  const { open: _over, ...rest } = state;
  const isPassed = open.how === 'granted' || open.how === 'exit';
  const isUsedUp = rest.pass === undefined || rest.pass.used >= rest.pass.allowed;
  return {
    state: rest,
    findings: [],
    passed: [],
    ...(open.warned && { buzz: 'off' as const }),
    ...(locksOnClosing && isPassed && isUsedUp && { mayLock: true }),
  };
}

/** All that is due at `at`, in the order in which it fell due. */
function passTime(before: DoorState, at: number, settings: DoorSettings, isSiteOpen: boolean): DoorOutcome {
  let outcome = unchanged(before);
  const and = (step: DoorOutcome) => {
    outcome = {
      state: step.state,
      findings: [...outcome.findings, ...step.findings],
      passed: outcome.passed,
      ...((step.buzz ?? outcome.buzz) !== undefined && { buzz: step.buzz ?? outcome.buzz ?? 'off' }),
    };
  };
  for (const [lock, known] of Object.entries(before.locks))
    if (known.dueAt !== undefined && known.dueAt <= at)
      and(strayed(outcome.state, lock, known, known.dueAt, `${lock}@${known.dueAt}`));
  const { pass, open } = before;
  if (pass !== undefined && pass.until < at) and(passOver(outcome.state, pass));
  if (open === undefined || open.how === 'forced' || (open.lookAt ?? 0) > at) return outcome;
  if (settings.standsOpen && isSiteOpen) {
    const isDue = at >= open.at + settings.warnMs;
    if (isDue) and(unchanged({ ...outcome.state, open: { ...open, lookAt: at + LOOK_AGAIN_MS } }));
    return outcome;
  }
  if (open.lookAt !== undefined) {
    const { lookAt: _looked, ...standing } = open;
    and(unchanged({ ...outcome.state, open: standing }));
  }
  if (!open.warned && at >= open.at + settings.warnMs)
    and({
      ...unchanged({ ...outcome.state, open: { ...(outcome.state.open ?? open), warned: true } }),
      buzz: 'on',
    });
  if (open.propped === undefined && at >= open.at + settings.proppedMs) {
    const trigger = open.observation;
    and({
      state: { ...outcome.state, open: { ...(outcome.state.open ?? open), propped: trigger } },
      findings: [
        {
          what: 'propped',
          at: open.at + settings.proppedMs,
          trigger,
          who: open.who,
          openMs: settings.proppedMs,
          evidence: [trigger],
        },
      ],
      passed: [],
    });
  }
  return outcome;
}

/** The leave is over. Asked to leave and did not: once is nothing. */
function passOver(state: DoorState, pass: NonNullable<DoorState['pass']>): DoorOutcome {
  const { pass: _over, ...rest } = state;
  if (pass.how !== 'exit' || pass.used > 0 || !state.hasContact) return unchanged(rest);
  const idleExits = [...state.idleExits.filter((at) => at > pass.at - IDLE_EXITS_MS), pass.at];
  if (idleExits.length < MAX_IDLE_EXITS) return unchanged({ ...rest, idleExits });
  return {
    state: { ...rest, idleExits: [] },
    findings: [
      {
        what: 'exits-unused',
        at: pass.until,
        trigger: pass.observation,
        count: idleExits.length,
        evidence: [pass.observation],
      },
    ],
    passed: [],
  };
}

/** When time alone changes something at this door; undefined: never. */
export function nextDoorWake(state: DoorState, settings: DoorSettings): number | undefined {
  const { open, pass, locks } = state;
  const times: number[] = [];
  // A badge that was not used is forgotten when somebody looks; an exit that was not used is counted.
  if (pass?.how === 'exit') times.push(pass.until + 1);
  if (open?.lookAt !== undefined) times.push(open.lookAt);
  else if (open !== undefined && open.how !== 'forced') {
    if (!open.warned) times.push(open.at + settings.warnMs);
    if (open.propped === undefined) times.push(open.at + settings.proppedMs);
  }
  for (const { dueAt } of Object.values(locks)) if (dueAt !== undefined) times.push(dueAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** In one word how a door stands, for people. */
export function conditionOf(
  { open }: DoorState,
  at: number,
  { warnMs }: DoorSettings,
): 'closed' | 'open' | 'forced' | 'held' | 'propped' {
  if (open === undefined) return 'closed';
  if (open.how === 'forced') return 'forced';
  if (open.propped !== undefined) return 'propped';
  return at >= open.at + warnMs ? 'held' : 'open';
}

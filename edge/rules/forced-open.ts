import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import { newerPassage, type Passage, passage, passageOf } from './passage.ts';
import type { Finding, RuleContext, RuleKind } from './rule.ts';
import { idsAround } from './surroundings.ts';
import { durationText, nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** How long a granted badge, an exit button or an unlock by command allows the door to be opened. */
  graceMs: durationMs.default(15_000),
  /** How long to wait for a grant that travels more slowly than the door's contact. */
  settleMs: durationMs.max(10_000).default(0),
  /** A lock that reports itself unlocked without a command (a key, a thumb turn) allows the door to be opened. */
  keysAllowed: z.boolean().default(false),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  /** Who was let through last, or asked to be. */
  last: passage.optional(),
  /** The newest passage that allows an opening. */
  allowed: passage.optional(),
  /** Unlocked on purpose and not locked since: it may be opened by anybody. */
  heldUnlocked: z.boolean().optional(),
  /** Unlocked, and nothing says yet that it was meant. */
  unlockedAt: z.number().optional(),
  open: z
    .object({ at: z.number(), observation: z.string(), forced: z.enum(['no', 'waiting', 'yes']) })
    .optional(),
});
type State = z.infer<typeof state>;

function forcedFinding(
  before: State,
  open: { at: number; observation: string },
  key: string,
  { registry, armingMode }: RuleContext,
): Finding {
  const { last } = before;
  const lastText =
    last === undefined
      ? 'Nobody is known to have been there before.'
      : `Last there: ${last.who ?? 'somebody'}, ${durationText(open.at - last.at)} earlier${
          last.how === 'denied' ? ', and was refused' : last.how === 'exit' ? ', leaving' : ''
        }.`;
  return {
    severity: armingMode === 'disarmed' ? 'high' : 'critical',
    summary: `${nameOf(key, registry)} was forced open: no badge was granted, no exit button pressed, no command given. ${lastText}`,
    assets: [key],
    identities: last?.identity === undefined ? [] : [last.identity],
    facts: {
      armingMode,
      ...(last && { lastHow: last.how, lastAt: last.at }),
      ...(last?.who !== undefined && { lastWho: last.who }),
    },
    evidence: [...(last ? [last.observation] : []), open.observation],
    tactic: 'TA0001',
  };
}

/** Whether `allowed` explains an opening at `at`; a grant may arrive a little after the contact. */
const explains = (allowed: Passage | undefined, at: number, { graceMs, settleMs }: Configuration): boolean =>
  allowed !== undefined && at - allowed.at <= graceMs && allowed.at - at <= settleMs;

/** The door moved though nothing had let anybody through. */
export const forcedOpen: RuleKind<Configuration, State> = {
  kind: 'forced-open',
  title: 'Door forced open',
  instruction:
    'Treat it as a break-in: stay away from the door, look at the camera picture, call the police. Touch nothing there.',
  configuration,
  state,
  observes: [
    'door.opened',
    'door.closed',
    'access.granted',
    'access.denied',
    'exit.requested',
    'lock.unlocked',
    'lock.locked',
    'command.executed',
    'command.failed',
  ],
  // A door that nothing locks can't be forced, and the customers' entrance is opened by everybody.
  fits: (asset, registry) =>
    asset.kind === 'door' && !asset.public && idsAround(asset.id, registry, ['reader', 'lock']).length > 0,
  listensTo: ({ id }, _configuration, registry) => idsAround(id, registry, ['reader', 'lock', 'sensor']),
  initial: () => ({}),

  step(before, observation, key, settings, context) {
    const { kind, observedAt } = observation;
    if (kind === 'door.opened') {
      if (observation.asset !== key || before.open !== undefined) return undefined;
      const open = { at: observedAt, observation: observation.id };
      if (before.heldUnlocked || explains(before.allowed, observedAt, settings))
        return { state: { ...before, open: { ...open, forced: 'no' } } };
      if (settings.settleMs > 0)
        return {
          state: { ...before, open: { ...open, forced: 'waiting' } },
          wakeAt: observedAt + settings.settleMs,
        };
      return {
        state: { ...before, open: { ...open, forced: 'yes' } },
        findings: [forcedFinding(before, open, key, context)],
      };
    }
    const waiting = before.open?.forced === 'waiting';
    const wakeAt = waiting && before.open ? before.open.at + settings.settleMs : undefined;
    if (kind === 'door.closed') {
      if (observation.asset !== key || before.open === undefined) return undefined;
      // Closed again before the wait was over: it was open all the same.
      const findings = waiting ? [forcedFinding(before, before.open, key, context)] : [];
      return { state: { ...before, open: undefined }, findings };
    }
    if (kind === 'lock.locked') {
      if (before.heldUnlocked === undefined && before.unlockedAt === undefined) return undefined;
      const after: State = { ...before, heldUnlocked: undefined, unlockedAt: undefined, allowed: undefined };
      return { state: after, wakeAt };
    }
    if (kind === 'lock.unlocked') {
      if (before.heldUnlocked) return undefined;
      const meant = settings.keysAllowed || explains(before.allowed, observedAt, settings);
      return {
        state: { ...before, ...(meant ? { heldUnlocked: true } : { unlockedAt: observedAt }) },
        wakeAt,
      };
    }
    const told = passageOf(observation, context.registry);
    if (told === undefined) return undefined;
    const seen = newerPassage(before.last, told);
    const after: State = { ...before, last: seen };
    if (seen.how === 'denied') return { state: after, wakeAt };
    after.allowed = seen;
    // A command counts as executed once the lock has reported itself unlocked: the report comes first.
    if (before.unlockedAt !== undefined && Math.abs(seen.at - before.unlockedAt) <= settings.graceMs) {
      after.heldUnlocked = true;
      after.unlockedAt = undefined;
    }
    if (waiting && before.open && explains(seen, before.open.at, settings))
      return { state: { ...after, open: { ...before.open, forced: 'no' } } };
    return { state: after, wakeAt };
  },

  wake(before, key, settings, context) {
    if (before.open?.forced !== 'waiting') return undefined;
    const decideAt = before.open.at + settings.settleMs;
    if (decideAt > context.now) return { state: before, wakeAt: decideAt };
    return {
      state: { ...before, open: { ...before.open, forced: 'yes' } },
      findings: [forcedFinding(before, before.open, key, context)],
    };
  },

  active: ({ open }) => open?.forced === 'yes',

  samples: [
    {
      name: 'the back door opens, nobody was let through',
      observations: [{ kind: 'door.opened', asset: 'door-back', observedAt: 1_000 }],
      expect: [{ at: 1_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'while armed it is a matter of minutes',
      context: { armingMode: 'away', isOpen: false },
      observations: [
        {
          kind: 'access.denied',
          asset: 'reader-back',
          observedAt: 1_000,
          subjects: { badge: 'ffffffff' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 20_000 },
      ],
      expect: [{ at: 20_000, severity: 'critical', asset: 'door-back' }],
    },
    {
      name: 'a badge was granted at its reader',
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-back',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 5_000 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 9_000 },
      ],
      expect: [],
    },
    {
      name: 'a badge from too long ago',
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-back',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 30_000 },
      ],
      expect: [{ at: 30_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'somebody leaves by the exit button',
      observations: [
        { kind: 'exit.requested', asset: 'door-back', observedAt: 1_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 3_000 },
      ],
      expect: [],
    },
    {
      name: 'unlocked by command and left unlocked',
      observations: [
        {
          kind: 'command.executed',
          asset: 'lock-back',
          observedAt: 1_000,
          facts: { action: 'lock.unlock', by: 'desk' },
        },
        { kind: 'lock.unlocked', asset: 'lock-back', observedAt: 1_500 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 600_000 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 610_000 },
        { kind: 'lock.locked', asset: 'lock-back', observedAt: 700_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 710_000 },
      ],
      expect: [{ at: 710_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'unlocked by command, where the lock reports before the command is known to be done',
      observations: [
        { kind: 'lock.unlocked', asset: 'lock-back', observedAt: 1_000 },
        {
          kind: 'command.executed',
          asset: 'lock-back',
          observedAt: 1_002,
          facts: { action: 'lock.unlock', by: 'desk' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 600_000 },
      ],
      expect: [],
    },
    {
      name: 'unlocked by command, where the lock does not answer',
      observations: [
        {
          kind: 'command.failed',
          asset: 'lock-back',
          observedAt: 1_000,
          facts: { action: 'lock.unlock', outcome: 'unconfirmed' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 9_000 },
      ],
      expect: [],
    },
    {
      name: 'a command to unlock that came to nothing explains nothing',
      observations: [
        {
          kind: 'command.failed',
          asset: 'lock-back',
          observedAt: 1_000,
          facts: { action: 'lock.unlock', outcome: 'refused' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 9_000 },
      ],
      expect: [{ at: 9_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'the lock opens without a command: it was picked',
      observations: [
        { kind: 'lock.unlocked', asset: 'lock-back', observedAt: 1_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 3_000 },
      ],
      expect: [{ at: 3_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'the grant arrives after the contact',
      configuration: { settleMs: 1_000 },
      observations: [
        { kind: 'door.opened', asset: 'door-back', observedAt: 3_000 },
        {
          kind: 'access.granted',
          asset: 'reader-back',
          observedAt: 2_900,
          subjects: { badge: '04a1b2c3' },
        },
      ],
      until: 10_000,
      expect: [],
    },
    {
      name: 'no grant arrives within the wait',
      configuration: { settleMs: 1_000 },
      observations: [{ kind: 'door.opened', asset: 'door-back', observedAt: 3_000 }],
      until: 10_000,
      expect: [{ at: 4_000, severity: 'high', asset: 'door-back' }],
    },
  ],
};

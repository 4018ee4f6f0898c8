import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import { durationMs } from '../../devices/model/identifiers.ts';
import { newerPassage, type Passage, passage, passageOf } from './passage.ts';
import type { RuleContext, RuleKind } from './rule.ts';
import { idsAround } from './surroundings.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** How long before the opening a badge may have been granted to explain it. */
  grantMs: durationMs.default(30_000),
  /** A badge granted while nothing is armed (the cleaner's evening) is not reported at all. */
  allowGranted: z.boolean().default(false),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  grant: passage.optional(),
  /** When it was opened outside the opening hours; still open. */
  openedAt: z.number().optional(),
});
type State = z.infer<typeof state>;

function severityOf(grant: Passage | undefined, context: RuleContext): Severity {
  if (context.armingMode === 'disarmed') return grant ? 'low' : 'medium';
  return grant ? 'medium' : 'high';
}

/** A door opens while the site is closed: the less there is to explain it, the more serious. */
export const openedAfterHours: RuleKind<Configuration, State> = {
  kind: 'opened-after-hours',
  title: 'Door opened outside opening hours',
  instruction:
    'Call the person named here, or whoever holds the keys. If nobody can explain it, do not go in alone: call the police.',
  configuration,
  state,
  observes: ['door.opened', 'door.closed', 'access.granted', 'exit.requested'],
  // A site without opening hours has no "outside" of them.
  fits: (asset, registry) => asset.kind === 'door' && (registry.site(asset.site)?.opening.length ?? 0) > 0,
  listensTo: ({ id }, _configuration, registry) => idsAround(id, registry, ['reader', 'lock', 'sensor']),
  initial: () => ({}),

  step(before, observation, key, { grantMs, allowGranted }, context) {
    if (observation.kind === 'door.closed') {
      if (observation.asset !== key || before.openedAt === undefined) return undefined;
      return { state: undefined };
    }
    if (observation.kind !== 'door.opened') {
      // During the opening hours nobody asks who came in, and nothing needs to be written down.
      if (context.isOpen) return undefined;
      const told = passageOf(observation, context.registry);
      const grant = told && newerPassage(before.grant, told);
      return grant && { state: { ...before, grant }, wakeAt: observation.observedAt + grantMs };
    }
    if (observation.asset !== key || context.isOpen || before.openedAt !== undefined) return undefined;
    const since = before.grant === undefined ? undefined : observation.observedAt - before.grant.at;
    const grant = since !== undefined && since >= 0 && since <= grantMs ? before.grant : undefined;
    const after = { openedAt: observation.observedAt };
    if (grant && allowGranted && context.armingMode === 'disarmed') return { state: after };
    const explained =
      grant === undefined
        ? 'with no badge or exit button to explain it'
        : grant.how === 'exit'
          ? 'from inside, by the exit button'
          : `by ${grant.who ?? 'an unknown person'}`;
    return {
      state: after,
      findings: [
        {
          severity: severityOf(grant, context),
          summary: `${nameOf(key, context.registry)} was opened outside opening hours ${explained}${
            context.armingMode === 'disarmed' ? '' : ', while the alarm was armed'
          }.`,
          assets: [key],
          identities: grant?.identity === undefined ? [] : [grant.identity],
          facts: {
            armingMode: context.armingMode,
            ...(grant?.who !== undefined && { who: grant.who }),
            ...(grant && { how: grant.how }),
          },
          evidence: [...(grant ? [grant.observation] : []), observation.id],
          tactic: 'TA0001',
        },
      ],
    };
  },

  /** A grant that nobody used is forgotten. */
  wake: (before) =>
    before.openedAt === undefined ? { state: undefined } : { state: { openedAt: before.openedAt } },

  active: ({ openedAt }) => openedAt !== undefined,

  samples: [
    {
      name: 'the back door opens at night with no badge, while armed',
      context: { isOpen: false, armingMode: 'away' },
      observations: [{ kind: 'door.opened', asset: 'door-back', observedAt: 1_000 }],
      expect: [{ at: 1_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'somebody with a badge comes back in the evening, nothing armed',
      context: { isOpen: false },
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-back',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 4_000 },
      ],
      expect: [{ at: 4_000, severity: 'low', asset: 'door-back' }],
    },
    {
      name: 'a badge from a minute ago explains nothing',
      context: { isOpen: false },
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-back',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 61_000 },
      ],
      expect: [{ at: 61_000, severity: 'medium', asset: 'door-back' }],
    },
    {
      name: 'the same door during opening hours',
      context: { isOpen: true },
      observations: [{ kind: 'door.opened', asset: 'door-back', observedAt: 1_000 }],
      expect: [],
    },
    {
      name: 'the cleaner, where badges are allowed in the evening',
      configuration: { allowGranted: true },
      context: { isOpen: false },
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-back',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'door-back', observedAt: 4_000 },
      ],
      expect: [],
    },
  ],
};

import { z } from 'zod';
import { durationMs, identifier } from '../../devices/model/identifiers.ts';
import { passage, passageOf } from './passage.ts';
import type { RuleKind } from './rule.ts';
import { idsAround } from './surroundings.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** How long before the opening the badge may have been granted. */
  grantMs: durationMs.default(60_000),
  /** Readers whose grant counts, where they are not registered as guarding the cabinet. */
  readers: z.array(identifier).max(16).default([]),
  /** Opened with a badge outside opening hours is reported too. */
  reportOutsideHours: z.boolean().default(true),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ grant: passage.optional(), openedAt: z.number().optional() });
type State = z.infer<typeof state>;

/** The cabinet of controlled drugs: whoever opens it has said who they are, and does so while the shop is open. */
export const cabinetOpened: RuleKind<Configuration, State> = {
  kind: 'cabinet-opened',
  title: 'Cabinet opened without leave',
  instruction:
    'Close and lock the cabinet. Count its contents against the book, with a second person, and write down what is missing.',
  configuration,
  state,
  observes: ['door.opened', 'door.closed', 'access.granted'],
  fits: ({ kind }) => kind === 'cabinet',
  listensTo: ({ id }, { readers }, registry) => [
    ...idsAround(id, registry, ['reader', 'lock', 'sensor', 'door']),
    ...readers,
  ],
  initial: () => ({}),

  step(before, observation, key, { grantMs, reportOutsideHours }, { registry, isOpen, armingMode }) {
    const { observedAt: at } = observation;
    if (observation.kind === 'access.granted') {
      const grant = passageOf(observation, registry);
      return grant && { state: { ...before, grant }, wakeAt: at + grantMs };
    }
    if (observation.kind === 'door.closed')
      return before.openedAt === undefined ? undefined : { state: undefined };
    if (before.openedAt !== undefined) return undefined;
    const granted = before.grant && at >= before.grant.at && at - before.grant.at <= grantMs;
    const grant = granted ? before.grant : undefined;
    const outside = !isOpen || armingMode !== 'disarmed';
    if (grant && !(outside && reportOutsideHours)) return { state: { openedAt: at } };
    const who = grant?.who ?? 'an unknown person';
    return {
      state: { openedAt: at },
      findings: [
        {
          severity: grant ? 'medium' : outside ? 'critical' : 'high',
          summary: grant
            ? `${nameOf(key, registry)} was opened by ${who} outside opening hours.`
            : `${nameOf(key, registry)} was opened without a badge${outside ? ', outside opening hours' : ''}.`,
          assets: [key],
          identities: grant?.identity === undefined ? [] : [grant.identity],
          facts: {
            granted: grant !== undefined,
            isOpen,
            armingMode,
            ...(grant?.who !== undefined && { who: grant.who }),
          },
          evidence: [...(grant ? [grant.observation] : []), observation.id],
          tactic: 'TA0001',
        },
      ],
    };
  },

  /** A grant that nobody used is forgotten. */
  wake: ({ openedAt }) => ({ state: openedAt === undefined ? undefined : { openedAt } }),
  active: ({ openedAt }) => openedAt !== undefined,

  samples: [
    {
      name: 'opened with no badge',
      context: { isOpen: true },
      observations: [{ kind: 'door.opened', asset: 'cabinet-1', observedAt: 1_000 }],
      expect: [{ at: 1_000, severity: 'high', asset: 'cabinet-1' }],
    },
    {
      name: 'opened with no badge at night',
      context: { isOpen: false, armingMode: 'away' },
      observations: [{ kind: 'door.opened', asset: 'cabinet-1', observedAt: 1_000 }],
      expect: [{ at: 1_000, severity: 'critical', asset: 'cabinet-1' }],
    },
    {
      name: 'the pharmacist opens it during the day',
      context: { isOpen: true },
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-cabinet',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'cabinet-1', observedAt: 9_000 },
        { kind: 'door.closed', asset: 'cabinet-1', observedAt: 30_000 },
      ],
      expect: [],
    },
    {
      name: 'the pharmacist opens it in the evening',
      context: { isOpen: false },
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-cabinet',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'cabinet-1', observedAt: 9_000 },
      ],
      expect: [{ at: 9_000, severity: 'medium', asset: 'cabinet-1' }],
    },
    {
      name: 'the same grant does not open it a second time',
      context: { isOpen: true },
      observations: [
        {
          kind: 'access.granted',
          asset: 'reader-cabinet',
          observedAt: 1_000,
          subjects: { badge: '04a1b2c3' },
        },
        { kind: 'door.opened', asset: 'cabinet-1', observedAt: 9_000 },
        { kind: 'door.closed', asset: 'cabinet-1', observedAt: 10_000 },
        { kind: 'door.opened', asset: 'cabinet-1', observedAt: 20_000 },
      ],
      expect: [{ at: 20_000, severity: 'high', asset: 'cabinet-1' }],
    },
  ],
};

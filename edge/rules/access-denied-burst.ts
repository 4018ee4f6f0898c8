import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { Finding, RuleContext, RuleKind } from './rule.ts';
import { durationText, nameOf } from './wording.ts';

/** Refusals that a window may hold, and so evidence. */
const MAX_REFUSALS = 50;

const configuration = z.strictObject({
  /** That many refusals within the window are reported. */
  refusals: z.number().int().min(2).max(MAX_REFUSALS).default(5),
  windowMs: durationMs.min(1_000).default(120_000),
  /** What is counted: refusals at one reader, or of one badge at any reader. */
  by: z.enum(['reader', 'badge']).default('reader'),
});
type Configuration = z.infer<typeof configuration>;

const refusal = z.object({
  at: z.number(),
  observation: z.string(),
  asset: z.string(),
  badge: z.string().optional(),
});
const state = z.object({
  /** Within the window, oldest first. */
  refusals: z.array(refusal).max(MAX_REFUSALS),
  /** Refusals since the series began, a series being one without a pause as long as the window. */
  count: z.number(),
  /** The count at the last report; 0: not reported. */
  reported: z.number(),
});
type State = z.infer<typeof state>;

function finding(of: State, title: string, severity: Finding['severity'], context: RuleContext): Finding {
  const { registry } = context;
  const badges = [
    ...new Set(of.refusals.flatMap(({ badge }) => (badge === undefined ? [] : [badge.toLowerCase()]))),
  ];
  const people = badges.flatMap((badge) => registry.resolve({ badge })?.id ?? []);
  const assets = [...new Set(of.refusals.map(({ asset }) => asset))];
  const since = of.refusals[0]?.at ?? context.now;
  return {
    severity,
    summary: `${title} ${assets.map((id) => nameOf(id, registry)).join(', ')}: ${of.count} refusals, ${
      badges.length === 1 ? 'always the same badge' : `${badges.length} different badges`
    }, in ${durationText(context.now - since)}.`,
    assets,
    identities: [...new Set(people)],
    facts: { badges: badges.length, since, armingMode: context.armingMode },
    evidence: of.refusals.map(({ observation }) => observation),
    tactic: 'T1110',
    count: of.count,
  };
}

/** Somebody tries cards, or one card at every door. It is told when it begins, each time it has doubled, and when it works. */
export const accessDeniedBurst: RuleKind<Configuration, State> = {
  kind: 'access-denied-burst',
  title: 'Many refusals at a reader',
  instruction:
    'Look who stands at the reader. If it is nobody you know, do not open; call the security desk. If it is a colleague, have the badge checked.',
  configuration,
  state,
  observes: ['access.denied', 'access.granted'],
  fits: ({ kind }) => kind === 'reader',
  key: (observation, { by }) =>
    by === 'reader' ? observation.asset : observation.subjects?.badge?.toLowerCase(),
  initial: () => ({ refusals: [], count: 0, reported: 0 }),

  step(before, observation, _key, { refusals: limit, windowMs }, context) {
    const { observedAt: at, asset, subjects } = observation;
    const recent = before.refusals.filter((earlier) => earlier.at > at - windowMs);
    if (observation.kind === 'access.granted') {
      if (recent.length < limit) return undefined;
      // The tenth card fitted: the burst was not somebody's forgotten badge.
      const worked = finding(
        { ...before, refusals: recent },
        'A badge was accepted after a series at',
        'high',
        context,
      );
      worked.evidence.push(observation.id);
      worked.facts = { ...worked.facts, accepted: true };
      worked.continues = before.reported > 0;
      const person = subjects && context.registry.resolve(subjects);
      if (person && !worked.identities?.includes(person.id))
        worked.identities = [...(worked.identities ?? []), person.id];
      return { state: undefined, findings: [worked] };
    }
    const seen = {
      at,
      asset,
      observation: observation.id,
      ...(subjects?.badge !== undefined && { badge: subjects.badge }),
    };
    const refusals = [...recent, seen].slice(-MAX_REFUSALS);
    const count = recent.length === 0 ? 1 : before.count + 1;
    const reported = recent.length === 0 ? 0 : before.reported;
    const wakeAt = at + windowMs;
    // A slow series never fills the window; a long one is told again only when it has doubled.
    if (refusals.length < limit || count < reported * 2)
      return { state: { refusals, count, reported }, wakeAt };
    const after: State = { refusals, count, reported: count };
    const found = finding(
      after,
      'Somebody is being refused again and again at',
      count >= 4 * limit || context.armingMode !== 'disarmed' ? 'high' : 'medium',
      context,
    );
    found.continues = reported > 0;
    return { state: after, wakeAt, findings: [found] };
  },

  /** Quiet for a whole window. */
  wake(before, _key, { windowMs }, { now }) {
    const lastAt = before.refusals.at(-1)?.at ?? 0;
    return now >= lastAt + windowMs ? { state: undefined } : { state: before, wakeAt: lastAt + windowMs };
  },

  active: ({ reported }) => reported > 0,

  samples: [
    {
      name: 'five refusals in a minute, then ten',
      observations: Array.from({ length: 11 }, (_, index) => ({
        kind: 'access.denied' as const,
        asset: 'reader-back',
        observedAt: index * 10_000,
        subjects: { badge: `0000000${index}` },
      })),
      until: 600_000,
      expect: [
        { at: 40_000, severity: 'medium', asset: 'reader-back' },
        { at: 90_000, severity: 'medium', asset: 'reader-back' },
      ],
    },
    {
      name: 'and then one is accepted',
      configuration: { refusals: 3 },
      observations: [
        { kind: 'access.denied', asset: 'reader-back', observedAt: 0, subjects: { badge: '00000001' } },
        { kind: 'access.denied', asset: 'reader-back', observedAt: 1_000, subjects: { badge: '00000002' } },
        { kind: 'access.denied', asset: 'reader-back', observedAt: 2_000, subjects: { badge: '00000003' } },
        { kind: 'access.granted', asset: 'reader-back', observedAt: 3_000, subjects: { badge: '04a1b2c3' } },
      ],
      expect: [
        { at: 2_000, severity: 'medium', asset: 'reader-back' },
        { at: 3_000, severity: 'high', asset: 'reader-back' },
      ],
    },
    {
      name: 'one badge at every reader',
      configuration: { refusals: 2, by: 'badge' },
      observations: [
        { kind: 'access.denied', asset: 'reader-back', observedAt: 0, subjects: { badge: 'ABCD0001' } },
        {
          kind: 'access.denied',
          asset: 'reader-cabinet',
          observedAt: 9_000,
          subjects: { badge: 'abcd0001' },
        },
      ],
      expect: [{ at: 9_000, severity: 'medium', asset: 'reader-back' }],
    },
    {
      name: 'a forgotten badge now and then',
      observations: Array.from({ length: 8 }, (_, index) => ({
        kind: 'access.denied' as const,
        asset: 'reader-back',
        observedAt: index * 100_000,
        subjects: { badge: '00000001' },
      })),
      until: 3_600_000,
      expect: [],
    },
  ],
};

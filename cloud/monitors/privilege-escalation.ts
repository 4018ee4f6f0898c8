import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { episodesOf, evidenceOf } from './episodes.ts';
import { identitiesOf, type Monitor, whoAndWhence } from './monitor.ts';

const configuration = z.strictObject({
  /** Refused attempts from which on it is no slip of the fingers. */
  refusals: z.number().int().min(1).max(1_000).default(3),
  pauseMs: z
    .number()
    .int()
    .min(1_000)
    .default(15 * 60_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 12;

/** Refused, as the reader of sudo's messages marks it. */
const isRefused = ({ facts }: Observation) => facts?.succeeded === false;

const attempt = (at: number, succeeded: boolean) => ({
  kind: 'account.elevated' as const,
  asset: 'shop-server',
  observedAt: at,
  subjects: { account: 'www-data' },
  facts: { succeeded, command: '/bin/bash' },
});

/** An account tries to become root and is refused, again and again. */
export const privilegeEscalation: Monitor<Configuration> = {
  kind: 'privilege-escalation',
  title: 'Attempts to gain more rights',
  configuration,
  observes: ['account.elevated'],
  keys(observation) {
    const account = observation.subjects?.account;
    return account === undefined ? [] : [`${observation.asset}|${account.toLowerCase()}`];
  },
  rememberMs: ({ pauseMs }) => pauseMs + 24 * 3_600_000,
  judge(course, { refusals, pauseMs }, registry) {
    return episodesOf(course, pauseMs).flatMap((episode) => {
      const refused = episode.observations.filter(isRefused);
      const reached = refused[refusals - 1];
      const last = refused.at(-1);
      if (reached === undefined || last === undefined) return [];
      const succeeded = episode.observations.some(
        (one) => !isRefused(one) && one.observedAt >= reached.observedAt,
      );
      const account = last.subjects?.account ?? 'an account';
      const host = registry.asset(last.asset)?.name ?? last.asset;
      return [
        {
          anchor: episode.firstId,
          at: reached.observedAt,
          severity: succeeded ? ('high' as const) : ('medium' as const),
          summary: `${account} was refused more rights on ${host} ${refused.length} times${succeeded ? ', and then got them' : ''}`,
          assets: [last.asset],
          identities: identitiesOf(last, registry),
          observables: whoAndWhence(last),
          facts: { refusals: refused.length, succeeded },
          evidence: evidenceOf(episode.observations, EVIDENCE),
          tactic: 'T1548',
          count: refused.length,
        },
      ];
    });
  },
  samples: [
    {
      name: 'three refusals in a row',
      observations: [attempt(0, false), attempt(5_000, false), attempt(9_000, false)],
      expect: [{ at: 9_000, severity: 'medium', count: 3 }],
    },
    {
      name: 'refused three times and then not',
      observations: [attempt(0, false), attempt(5_000, false), attempt(9_000, false), attempt(20_000, true)],
      expect: [{ at: 9_000, severity: 'high', count: 3 }],
    },
    { name: 'a mistyped password', observations: [attempt(0, false), attempt(5_000, true)], expect: [] },
  ],
};

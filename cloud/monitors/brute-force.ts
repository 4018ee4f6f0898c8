import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { episodesOf, evidenceOf } from './episodes.ts';
import { type LogIn, logInsOf, toldOf } from './log-ins.ts';
import { identitiesOf, type Monitor, whoAndWhence } from './monitor.ts';

const configuration = z.strictObject({
  /** Failed log-ins from which on it is no longer a forgotten password. */
  failures: z.number().int().min(3).max(10_000).default(10),
  /** They must fall within this time. */
  withinMs: z
    .number()
    .int()
    .min(1_000)
    .default(10 * 60_000),
  /** A pause longer than this ends an attack; the next one is another. */
  pauseMs: z
    .number()
    .int()
    .min(1_000)
    .default(30 * 60_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 16;

/** The log-in with which the threshold was first reached: `failures` failed ones within `withinMs`. */
function crossing(failed: readonly LogIn[], { failures, withinMs }: Configuration): LogIn | undefined {
  return failed.find((last, index) => {
    const first = failed[index - failures + 1];
    return first !== undefined && last.at - first.at < withinMs;
  });
}

const failure = (at: number, over: Partial<Observation> = {}) => ({
  kind: 'login.failed' as const,
  asset: 'shop-admin',
  observedAt: at,
  subjects: { account: 'a.weber' },
  observables: { ip: '203.0.113.7' },
  ...over,
});

/** Many failed log-ins from one address at one place: somebody is guessing. */
export const bruteForce: Monitor<Configuration> = {
  kind: 'brute-force',
  title: 'Password guessing',
  configuration,
  observes: ['login.failed', 'login.succeeded'],
  keys(observation) {
    const ip = observation.observables?.ip;
    return ip === undefined ? [] : [`${observation.asset}|${ip}`];
  },
  rememberMs: ({ pauseMs, withinMs }) => pauseMs + withinMs + 24 * 3_600_000,
  counts: (observations) => logInsOf(observations).length,
  judge(course, settings, registry) {
    return episodesOf(course, settings.pauseMs).flatMap((episode) => {
      const failures = logInsOf(episode.observations).filter(({ kind }) => kind === 'login.failed');
      const failed = toldOf(failures);
      const reached = crossing(failures, settings);
      const last = failed.at(-1);
      if (last === undefined || (reached === undefined && episode.count <= episode.observations.length))
        return [];
      const at = reached?.at ?? episode.firstAt;
      const broken = episode.observations.find(
        ({ kind, observedAt }) => kind === 'login.succeeded' && observedAt >= at,
      );
      const accounts = [...new Set(failed.flatMap(({ subjects }) => subjects?.account ?? []))].sort();
      const attempts = episode.count - episode.observations.length + failures.length;
      const ip = last.observables?.ip ?? 'an unknown address';
      const whom = accounts.length === 1 ? `the account ${accounts[0]}` : `${accounts.length} accounts`;
      return [
        {
          anchor: episode.firstId,
          at,
          severity: broken === undefined ? ('medium' as const) : ('high' as const),
          summary: `${attempts} failed log-ins for ${whom} from ${ip}${broken === undefined ? '' : ', and then one that succeeded'}`,
          assets: [last.asset],
          identities: [...new Set(failed.flatMap((one) => identitiesOf(one, registry)))].sort().slice(0, 16),
          observables: accounts.length === 1 ? whoAndWhence(last) : { ip },
          facts: { attempts, accounts: accounts.length, succeeded: broken !== undefined },
          evidence: evidenceOf(broken === undefined ? failed : [...failed, broken], EVIDENCE),
          tactic: 'T1110',
          count: attempts,
        },
      ];
    });
  },
  samples: [
    {
      name: 'ten failures within ten minutes',
      observations: Array.from({ length: 12 }, (_, index) => failure(index * 10_000)),
      expect: [{ at: 90_000, severity: 'medium', count: 12 }],
    },
    {
      name: 'five failures, told by the shop, by its access log and by the system, are five',
      observations: Array.from({ length: 15 }, (_, index) =>
        failure(Math.floor(index / 3) * 10_000 + (index % 3) * 700, {
          source: ['shop-event:shop', 'web-access:shop', 'syslog:server'][index % 3] ?? '',
          ...(index % 3 === 1 ? { subjects: {} } : {}),
        }),
      ),
      expect: [],
    },
    {
      name: 'ten failures told three times are ten',
      observations: Array.from({ length: 30 }, (_, index) =>
        failure(Math.floor(index / 3) * 10_000 + (index % 3) * 700, {
          source: ['shop-event:shop', 'web-access:shop', 'syslog:server'][index % 3] ?? '',
        }),
      ),
      expect: [{ at: 90_000, severity: 'medium', count: 10 }],
    },
    {
      name: 'the guess that succeeds makes it serious',
      observations: [
        ...Array.from({ length: 12 }, (_, index) => failure(index * 10_000)),
        failure(130_000, { kind: 'login.succeeded' }),
      ],
      expect: [{ at: 90_000, severity: 'high', count: 12 }],
    },
    {
      name: 'a person who forgot the password is left alone',
      observations: [
        failure(0),
        failure(9_000),
        failure(30_000),
        failure(60_000, { kind: 'login.succeeded' }),
      ],
      expect: [],
    },
    {
      name: 'failures spread over hours are not a burst',
      observations: Array.from({ length: 12 }, (_, index) => failure(index * 20 * 60_000)),
      expect: [],
    },
    {
      name: 'failures of many addresses are not one attacker',
      observations: Array.from({ length: 12 }, (_, index) =>
        failure(index * 1_000, { observables: { ip: `192.0.2.${index}` } }),
      ),
      expect: [],
    },
    {
      name: 'two attacks with a long pause between are two',
      observations: [
        ...Array.from({ length: 10 }, (_, index) => failure(index * 1_000)),
        ...Array.from({ length: 10 }, (_, index) => failure(7_200_000 + index * 1_000)),
      ],
      expect: [
        { at: 9_000, severity: 'medium', count: 10 },
        { at: 7_209_000, severity: 'medium', count: 10 },
      ],
    },
  ],
};

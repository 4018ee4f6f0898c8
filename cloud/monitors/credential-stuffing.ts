import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { episodesOf, evidenceOf } from './episodes.ts';
import { type LogIn, logInsOf, toldOf } from './log-ins.ts';
import { identitiesOf, type Monitor } from './monitor.ts';

const configuration = z.strictObject({
  /** Accounts that fail from one address, from which on it is a list of stolen passwords. */
  accounts: z.number().int().min(3).max(1_000).default(8),
  /** They must fall within this time. */
  withinMs: z
    .number()
    .int()
    .min(1_000)
    .default(30 * 60_000),
  /** So much of what comes from there must fail: the address of an office or a telephone company has many honest people. */
  failing: z.number().min(0.1).max(1).default(0.7),
  pauseMs: z
    .number()
    .int()
    .min(1_000)
    .default(60 * 60_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 16;
const MAX_NAMED = 16;

const accountOf = (one: Observation): string | undefined => one.subjects?.account?.toLowerCase();

/** The failure with which so many accounts had failed within the time. */
function crossing(failed: readonly LogIn[], { accounts, withinMs }: Configuration) {
  const seen = new Map<string, number>();
  let start = 0;
  for (const one of failed) {
    const account = one.account ?? '';
    seen.set(account, (seen.get(account) ?? 0) + 1);
    for (let old = failed[start]; old !== undefined && one.at - old.at >= withinMs; old = failed[start]) {
      const name = old.account ?? '';
      const left = (seen.get(name) ?? 1) - 1;
      if (left === 0) seen.delete(name);
      else seen.set(name, left);
      start++;
    }
    if (seen.size >= accounts) return one;
  }
  return undefined;
}

const attempt = (at: number, account: string, over: Partial<Observation> = {}) => ({
  kind: 'login.failed' as const,
  asset: 'web-shop',
  observedAt: at,
  subjects: { account },
  observables: { ip: '203.0.113.9' },
  ...over,
});
const inside = (at: number, account: string) => attempt(at, account, { kind: 'login.succeeded' });
const stuffed = Array.from({ length: 12 }, (_, index) => attempt(index * 4_000, `c${index}@example.org`));

/**
 * One address tries the passwords of many accounts, one or two for each: a list that was stolen elsewhere. Whoever
 * then gets in has taken over an account, and each of those is named.
 */
export const credentialStuffing: Monitor<Configuration> = {
  kind: 'credential-stuffing',
  title: 'Stolen passwords tried',
  configuration,
  observes: ['login.failed', 'login.succeeded'],
  keys(observation) {
    const ip = observation.observables?.ip;
    return ip === undefined || accountOf(observation) === undefined ? [] : [`${observation.asset}|${ip}`];
  },
  rememberMs: ({ pauseMs, withinMs }) => pauseMs + withinMs + 24 * 3_600_000,
  counts: (observations) => logInsOf(observations).length,
  judge(course, settings, registry) {
    return episodesOf(course, settings.pauseMs).flatMap((episode) => {
      const logIns = logInsOf(episode.observations);
      const failures = logIns.filter(({ kind }) => kind === 'login.failed');
      const failed = toldOf(failures);
      const reached = crossing(failures, settings);
      const last = failed.at(-1);
      if (reached === undefined || last === undefined) return [];
      if (failures.length < settings.failing * logIns.length) return [];
      const accounts = new Set(failed.map(accountOf));
      // Somebody who forgot and then knew has failed first; whoever gets in at once had the right password on the list.
      const entered = episode.observations.filter(
        ({ kind, observedAt }) => kind === 'login.succeeded' && observedAt >= episode.firstAt,
      );
      const taken = [...new Set(entered.flatMap((one) => accountOf(one) ?? []))].sort();
      const ip = last.observables?.ip ?? 'an unknown address';
      const only = taken.length === 1 ? taken[0] : undefined;
      return [
        {
          anchor: episode.firstId,
          at: reached.at,
          severity: taken.length > 0 ? ('high' as const) : ('medium' as const),
          summary: `${ip} tried the passwords of ${accounts.size} accounts, ${failures.length} times in vain${taken.length === 0 ? '' : `, and got into ${taken.length === 1 ? `the account ${only}` : `${taken.length} accounts: ${taken.slice(0, 5).join(', ')}`}`}`,
          assets: [last.asset],
          identities: [...new Set(entered.flatMap((one) => identitiesOf(one, registry)))]
            .sort()
            .slice(0, MAX_NAMED),
          observables: { ip, ...(only === undefined ? {} : { account: only }) },
          facts: { accounts: accounts.size, failures: failures.length, takenOver: taken.length },
          evidence: [
            ...evidenceOf(failed, EVIDENCE - Math.min(8, entered.length)),
            ...entered.slice(0, 8).map(({ id }) => id),
          ],
          tactic: 'T1110.004',
          count: episode.count - episode.observations.length + logIns.length,
        },
      ];
    });
  },
  samples: [
    {
      name: 'twelve accounts, one try each',
      observations: stuffed,
      expect: [{ at: 28_000, severity: 'medium', count: 12 }],
    },
    {
      name: 'six accounts, told by the shop and by its access log, are not twelve',
      observations: stuffed.slice(0, 6).flatMap((one) => [
        { ...one, source: 'shop-event:shop' },
        { ...one, source: 'web-access:shop', observedAt: one.observedAt + 900 },
      ]),
      expect: [],
    },
    {
      name: 'twelve told twice are twelve',
      observations: stuffed.flatMap((one) => [
        { ...one, source: 'shop-event:shop' },
        { ...one, source: 'web-access:shop', observedAt: one.observedAt + 900 },
      ]),
      expect: [{ at: 28_000, severity: 'medium', count: 12 }],
    },
    {
      name: 'and one password is right',
      observations: [...stuffed, inside(50_000, 'c40@example.org')],
      expect: [{ at: 28_000, severity: 'high', count: 13 }],
    },
    {
      name: 'an office behind one address, where now and then somebody mistypes',
      observations: Array.from({ length: 60 }, (_, index) =>
        index % 6 === 0 ? attempt(index * 20_000, `c${index}`) : inside(index * 20_000, `c${index}`),
      ),
      expect: [],
    },
    {
      name: 'one account guessed many times is another matter',
      observations: Array.from({ length: 40 }, (_, index) => attempt(index * 1_000, 'a.weber')),
      expect: [],
    },
    {
      name: 'eight who fail over a day',
      observations: Array.from({ length: 8 }, (_, index) => attempt(index * 50 * 60_000, `c${index}`)),
      expect: [],
    },
  ],
};

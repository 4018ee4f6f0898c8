import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { evidenceOf } from './episodes.ts';
import { identitiesOf, type Monitor } from './monitor.ts';

const configuration = z.strictObject({
  /** What happens to an account so soon after a log-in from a new address was that log-in's purpose. */
  withinMs: z
    .number()
    .int()
    .min(1_000)
    .default(2 * 3_600_000),
  rememberMs: z
    .number()
    .int()
    .min(3_600_000)
    .default(30 * 24 * 3_600_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 12;
/** Changes that shut the owner out or turn the goods elsewhere. */
const grave: ReadonlySet<unknown> = new Set([
  'password-changed',
  'password-reset',
  'email-changed',
  'address-changed',
  'second-factor-disabled',
]);
const HOUR_MS = 3_600_000;

const login = (at: number, ip: string) => ({
  kind: 'login.succeeded' as const,
  asset: 'web-shop',
  observedAt: at,
  subjects: { account: 'jo' },
  observables: { ip },
});
const change = (at: number, to: string) => ({
  kind: 'account.changed' as const,
  asset: 'web-shop',
  observedAt: at,
  subjects: { account: 'jo' },
  facts: { change: to },
});
const ownLogins = [login(0, '198.51.100.7'), login(30 * HOUR_MS, '198.51.100.7')];
const lineOf = (observation: Observation): string | undefined => observation.observables?.ip;

/**
 * Somebody logs in from an address that the account never had, and soon changes what shuts its owner out or where its
 * goods go.
 */
export const accountTakeover: Monitor<Configuration> = {
  kind: 'account-takeover',
  title: 'Account taken over',
  configuration,
  observes: ['login.succeeded', 'account.changed'],
  keys(observation) {
    const account = observation.subjects?.account;
    return account === undefined ? [] : [`${observation.asset}|${account.toLowerCase()}`];
  },
  rememberMs: ({ rememberMs }) => rememberMs,
  judge({ observations }, { withinMs }, registry) {
    const known = new Set<string>();
    return observations.flatMap((entry, index) => {
      const ip = entry.kind === 'login.succeeded' ? lineOf(entry) : undefined;
      if (ip === undefined) return [];
      const isNew = known.size > 0 && !known.has(ip);
      known.add(ip);
      if (!isNew) return [];
      const changes = observations
        .slice(index + 1)
        .filter(
          ({ kind, facts, observedAt, observables }) =>
            kind === 'account.changed' &&
            grave.has(facts?.change) &&
            observedAt - entry.observedAt <= withinMs &&
            (observables?.ip === undefined || observables.ip === ip),
        );
      const first = changes[0];
      if (first === undefined) return [];
      const account = entry.subjects?.account ?? '';
      const what = [...new Set(changes.map(({ facts }) => String(facts?.change).replaceAll('-', ' ')))];
      const minutes = Math.round((first.observedAt - entry.observedAt) / 60_000);
      return [
        {
          anchor: entry.id,
          at: first.observedAt,
          severity: what.length > 1 ? ('high' as const) : ('medium' as const),
          summary: `The account ${account} was entered from ${ip}, an address it never had, and ${minutes} min later: ${what.join(', ')}`,
          assets: [entry.asset],
          identities: identitiesOf(entry, registry),
          observables: { ip, account },
          facts: { changes: changes.length, knownAddresses: known.size - 1 },
          evidence: evidenceOf([entry, ...changes], EVIDENCE),
          tactic: 'T1098',
          count: changes.length,
        },
      ];
    });
  },
  samples: [
    {
      name: 'from a new address, then another password and another address',
      observations: [
        ...ownLogins,
        login(50 * HOUR_MS, '203.0.113.9'),
        change(50 * HOUR_MS + 60_000, 'password-changed'),
        change(50 * HOUR_MS + 90_000, 'address-changed'),
      ],
      expect: [{ at: 50 * HOUR_MS + 60_000, severity: 'high', count: 2 }],
    },
    {
      name: 'a customer moves house and says so from home',
      observations: [...ownLogins, change(31 * HOUR_MS, 'address-changed')],
      expect: [],
    },
    {
      name: 'from a new address, to buy something',
      observations: [...ownLogins, login(50 * HOUR_MS, '203.0.113.9')],
      expect: [],
    },
    {
      name: 'a new customer',
      observations: [login(0, '203.0.113.9'), change(60_000, 'address-changed')],
      expect: [],
    },
  ],
};

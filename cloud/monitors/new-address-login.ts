import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { logInsOf } from './log-ins.ts';
import { identitiesOf, type Monitor, whoAndWhence } from './monitor.ts';

const configuration = z.strictObject({
  /** Roles whose log-ins are watched; a log-in without a stated role is watched on assets that are not public. */
  roles: z.array(z.string()).default(['admin', 'administrator', 'root']),
  /** Where every log-in counts as an administrator's. */
  assets: z.array(z.string()).default([]),
  /** An address not used for this long is new again. */
  rememberMs: z
    .number()
    .int()
    .min(3_600_000)
    .default(30 * 24 * 3_600_000),
  /** Failed log-ins from the address shortly before make a first log-in suspicious even without history. */
  failuresBefore: z.number().int().min(1).default(5),
});
type Configuration = z.infer<typeof configuration>;

const JUST_BEFORE_MS = 3_600_000;
const HOUR_MS = 3_600_000;

function isWatched(observation: Observation, { roles, assets }: Configuration): boolean {
  const role = observation.facts?.role;
  return (typeof role === 'string' && roles.includes(role)) || assets.includes(observation.asset);
}

const login = (at: number, ip: string, over: Partial<Observation> = {}) => ({
  kind: 'login.succeeded' as const,
  asset: 'shop-admin',
  observedAt: at,
  subjects: { account: 'a.weber' },
  observables: { ip },
  facts: { role: 'admin' },
  ...over,
});

/** An administrator logs in from an address never seen for this account: perhaps it is somebody else. */
export const newAddressLogin: Monitor<Configuration> = {
  kind: 'new-address-login',
  title: 'Administrator from a new address',
  configuration,
  observes: ['login.succeeded', 'login.failed'],
  keys(observation) {
    const account = observation.subjects?.account;
    return account === undefined ? [] : [`${observation.asset}|${account.toLowerCase()}`];
  },
  rememberMs: ({ rememberMs }) => rememberMs,
  judge({ observations, carried }, settings, registry) {
    const lastUse = new Map<string, number>();
    let hasHistory = carried !== undefined;
    return observations.flatMap((observation, index) => {
      const ip = observation.observables?.ip;
      if (observation.kind !== 'login.succeeded' || ip === undefined) return [];
      const used = lastUse.get(ip);
      const isNew = used === undefined || observation.observedAt - used > settings.rememberMs;
      const others = hasHistory && lastUse.size > 0;
      lastUse.set(ip, observation.observedAt);
      hasHistory = true;
      if (!isNew || !isWatched(observation, settings)) return [];
      const failures = observations
        .slice(0, index)
        .filter(
          (before) =>
            before.kind === 'login.failed' &&
            before.observables?.ip === ip &&
            observation.observedAt - before.observedAt <= JUST_BEFORE_MS,
        );
      const tries = logInsOf(failures).length;
      const guessed = tries >= settings.failuresBefore;
      if (!others && !guessed) return [];
      const account = observation.subjects?.account ?? 'an account';
      const person = registry.resolve(observation.subjects ?? {}, observation.asset);
      const whose = person === undefined ? account : `${account} (${person.name})`;
      return [
        {
          anchor: observation.id,
          at: observation.observedAt,
          severity: guessed ? ('high' as const) : ('medium' as const),
          summary: `Administrator log-in as ${whose} from ${ip}, an address never seen for this account${guessed ? `, after ${tries} failed attempts from there` : ''}`,
          assets: [observation.asset],
          identities: identitiesOf(observation, registry),
          observables: whoAndWhence(observation),
          facts: { failuresBefore: tries, knownAddresses: lastUse.size - 1 },
          evidence: [...failures.slice(-8).map(({ id }) => id), observation.id],
          tactic: 'T1078',
        },
      ];
    });
  },
  samples: [
    {
      name: 'an administrator who always came from one address comes from another',
      observations: [
        login(0, '198.51.100.20'),
        login(24 * HOUR_MS, '198.51.100.20'),
        login(30 * HOUR_MS, '203.0.113.7'),
      ],
      expect: [{ at: 30 * HOUR_MS, severity: 'medium' }],
    },
    {
      name: 'after a burst of failures from there it is serious, with or without history',
      observations: [
        ...Array.from({ length: 8 }, (_, index) =>
          login(index * 1_000, '203.0.113.7', { kind: 'login.failed' }),
        ),
        login(10_000, '203.0.113.7'),
      ],
      expect: [{ at: 10_000, severity: 'high' }],
    },
    {
      name: 'the very first log-in of an account is not news',
      observations: [login(0, '203.0.113.7')],
      expect: [],
    },
    {
      name: 'a customer may come from anywhere',
      observations: [
        login(0, '198.51.100.20', { facts: { role: 'customer' } }),
        login(HOUR_MS, '203.0.113.7', { facts: { role: 'customer' } }),
      ],
      expect: [],
    },
    {
      name: 'an address that was not used for months is new again',
      observations: [
        login(0, '203.0.113.7'),
        login(20 * 24 * HOUR_MS, '198.51.100.20'),
        login(45 * 24 * HOUR_MS, '203.0.113.7'),
      ],
      expect: [
        { at: 20 * 24 * HOUR_MS, severity: 'medium' },
        { at: 45 * 24 * HOUR_MS, severity: 'medium' },
      ],
    },
  ],
};
